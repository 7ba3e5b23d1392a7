//! Which commit stands where in the picture.

use super::index::CommitState;
use super::svg::length;

/// How wide the drawing is; all lengths are in its own units, about a pixel each on a wide screen.
pub(super) const WIDTH: f64 = 1160.0;
/// Where the commits begin and end; labels stand to the left, figures to the right.
pub(super) const LEFT: f64 = 232.0;
pub(super) const RIGHT: f64 = 976.0;
/// The most columns that can still be distinguished; a longer range shares them.
const COLUMNS: usize = 372;
/// No column is wider than this, so that a short range does not become a wall.
const WIDEST: f64 = 56.0;

/// The columns of the commits.
pub(super) struct Scale {
    /// How many commits share a column.
    pub per_column: usize,
    /// How many columns there are.
    pub columns: usize,
    /// How far apart they are.
    pub step: f64,
}

impl Scale {
    pub(super) fn new(commits: usize) -> Self {
        let per_column = commits.div_ceil(COLUMNS).max(1);
        let columns = commits.div_ceil(per_column);
        Self { per_column, columns, step: ((RIGHT - LEFT) / length(columns.max(1))).min(WIDEST) }
    }

    /// The column of a commit.
    pub(super) fn column(&self, position: usize) -> usize {
        position / self.per_column
    }

    /// The commits of a column.
    pub(super) fn members(&self, column: usize, commits: usize) -> std::ops::Range<usize> {
        let first = column * self.per_column;
        first.min(commits)..(first + self.per_column).min(commits)
    }

    /// The middle of a column.
    pub(super) fn x(&self, column: usize) -> f64 {
        LEFT + self.step * (length(column) + 0.5)
    }

    /// How wide a mark in it is.
    pub(super) fn mark(&self) -> f64 {
        (self.step - 1.6).max(self.step * 0.6).min(7.0)
    }
}

/// How many commits of a column are in each state, in the order they are stacked from the line outwards.
pub(super) fn stack(states: impl Iterator<Item = CommitState>) -> Vec<(CommitState, usize)> {
    let mut states: Vec<CommitState> = states.collect();
    states.sort_unstable();
    let mut out: Vec<(CommitState, usize)> = Vec::new();
    for state in states {
        match out.last_mut() {
            Some((last, count)) if *last == state => *count += 1,
            _ => out.push((state, 1)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_commit_has_a_column_and_every_column_fits() {
        for commits in [1, 2, 138, 372, 373, 10_000] {
            let scale = Scale::new(commits);
            assert!(scale.columns <= COLUMNS, "{commits}");
            assert_eq!(scale.column(commits - 1), scale.columns - 1, "{commits}");
            let members: usize = (0..scale.columns).map(|column| scale.members(column, commits).len()).sum();
            assert_eq!(members, commits);
            assert!(scale.x(scale.columns - 1) + scale.mark() / 2.0 <= RIGHT + 0.01, "{commits}");
        }
    }
}

//! The range as a picture: every commit from left to right, the conflicts it meets above the line, what the fork has of it
//! below, arcs from each root to its cascades, and under it the phases as lanes on the same scale.

use super::index::{CommitState, ReportIndex};
use super::lanes;
use super::months::{MonthMark, ticks};
use super::range;
use super::svg::{Svg, length};
use crate::text::{figure, grouped_count};

/// How wide the drawing is; all lengths are in its own units, about a pixel each on a wide screen.
pub(super) const WIDTH: f64 = 1160.0;
/// Where the commits begin and end; labels stand to the left, figures to the right.
pub(super) const LEFT: f64 = 232.0;
pub(super) const RIGHT: f64 = 976.0;
/// The most columns that can still be told apart; a longer range shares them.
const COLUMNS: usize = 372;
/// No column is wider than this, so that a short range does not become a wall.
const WIDEST: f64 = 56.0;
/// How far apart the names of two months must stand.
const MONTH: f64 = 62.0;
const AXIS: f64 = 24.0;

/// Which commit stands where.
pub(super) struct Scale {
    /// How many commits share a column.
    pub per_column: usize,
    /// How many columns there are.
    pub columns: usize,
    /// How far apart they are.
    pub step: f64,
}

impl Scale {
    fn new(commits: usize) -> Self {
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

/// The drawing, and what a reader must be told about it.
pub(super) struct Picture {
    /// The markup; empty where there is no commit to draw.
    pub svg: String,
    /// How many commits share a mark.
    pub per_mark: usize,
}

/// Draws it.
pub(super) fn draw(index: &ReportIndex<'_>) -> Picture {
    let commits = &index.facts.survey.commits;
    let scale = Scale::new(commits.len());
    let svg = if commits.is_empty() { String::new() } else { markup(index, &scale) };
    Picture { svg, per_mark: scale.per_column }
}

fn markup(index: &ReportIndex<'_>, scale: &Scale) -> String {
    let commits = &index.facts.survey.commits;
    let range = range::Range::new(index, scale);
    let lanes = lanes::Lanes::new(index);
    let top = range.height();
    let bottom = top + AXIS + lanes.height();
    let mut svg = Svg::open("range", WIDTH, bottom, "The upstream range, commit by commit", &about(index));
    let days: Vec<String> = commits.iter().map(|commit| commit.date.day()).collect();
    let gap = MONTH / scale.step * length(scale.per_column);
    axis(&mut svg, scale, &ticks(&days, gap), top, bottom);
    lanes.draw(&mut svg, index, scale, top + AXIS);
    range.draw(&mut svg, index, scale);
    svg.close()
}

/// The picture in words, for those who cannot see it.
fn about(index: &ReportIndex<'_>) -> String {
    let states = super::header::states(index);
    let parts: Vec<String> = states.iter().map(|state| format!("{} {}", figure(state.count), state.meaning)).collect();
    let total = grouped_count(index.facts.survey.commits.len(), "commit");
    format!("{total} in upstream's order: {}. The tables below say the same of each.", parts.join("; "))
}

fn axis(svg: &mut Svg, scale: &Scale, ticks: &[MonthMark], top: f64, bottom: f64) {
    for tick in ticks {
        let x = scale.x(scale.column(tick.at)) - scale.step / 2.0;
        svg.line("month", [x, top + 2.0, x, bottom - 8.0]);
        svg.text("month-name", x + 4.0, top + 14.0, &tick.name);
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

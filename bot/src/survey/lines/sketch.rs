//! The lines of a commit as they are kept for all commits at once: of very many, some.

use super::{Delta, LineHash};

/// The lines kept of all commits together, and of one: of more, those with the smallest hashes, which are as good as any.
const ALL: usize = 4_000_000;
const MOST: usize = 2_000;
const LEAST: usize = 50;

/// Lines that a commit changes, with how much each says.
#[derive(Debug, Clone, Default)]
pub(in crate::survey) struct Sketch(Box<[(LineHash, f32)]>);

impl Sketch {
    /// That of one of so many commits.
    pub(in crate::survey) fn of(delta: &Delta, commits: usize) -> Self {
        let most = (ALL / commits.max(1)).clamp(LEAST, MOST);
        let mut lines: Vec<(LineHash, f32)> = delta.all().iter().map(|(line, count)| (*line, count.says)).collect();
        if lines.len() > most {
            lines.select_nth_unstable_by_key(most, |(line, _)| *line);
            lines.truncate(most);
        }
        Self(lines.into())
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (LineHash, f32)> + '_ {
        self.0.iter().copied()
    }
}

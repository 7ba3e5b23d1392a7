//! How much of a unit the fork has, where it has it in a form of its own.

use std::collections::HashMap;

use serde::Serialize;

use super::changed::Changed;
use crate::units::Unit;
use engine::commit::Entry;
use engine::ids::TreeId;
use engine::{GitError, Merger};

/// The lines that a unit adds, and those of them that are in the fork's files of the same paths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LineShare {
    pub there: usize,
    /// All of them.
    pub of: usize,
}

impl LineShare {
    /// Compares a unit with the fork's files.
    pub(super) fn of(merger: &mut Merger<'_>, unit: &Unit, fork: TreeId) -> Result<Self, GitError> {
        let files = merger.files_at(fork, unit.changes.iter().map(|change| &change.path))?;
        let mut share = Self::default();
        for (change, file) in unit.changes.iter().zip(files) {
            let text = |entry: Option<Entry>| entry.filter(Entry::is_file);
            let Some(new) = text(change.new) else { continue };
            let Some(changed) = Changed::of(merger, text(change.old), new)? else { continue };
            let mut known: HashMap<&[u8], usize> = HashMap::new();
            let fork_lines = text(file).map(|file| merger.lines(file)).transpose()?;
            if let Some(lines) = &fork_lines {
                for line in lines.of(0..lines.count()) {
                    *known.entry(line.trim_ascii()).or_default() += 1;
                }
            }
            for line in changed.added().map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
                share.of += 1;
                if let Some(left) = known.get_mut(line).filter(|left| **left > 0) {
                    *left -= 1;
                    share.there += 1;
                }
            }
        }
        Ok(share)
    }

    /// Whether all of it is there.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.there == self.of
    }
}

//! The lines that a change of one file takes and brings.

use engine::commit::Entry;
use engine::{FileLines, GitError, LineHunk, Merger};

/// A file before and after, and where both differ.
pub(super) struct Changed {
    old: Option<FileLines>,
    new: FileLines,
    hunks: Vec<LineHunk>,
}

impl Changed {
    /// Compares two files; of a new file every line came. `None` where one of them is no text.
    pub(super) fn of(merger: &mut Merger<'_>, old: Option<Entry>, new: Entry) -> Result<Option<Self>, GitError> {
        let hunks = match old {
            Some(old) => merger.hunks(old, new)?,
            None => Some(vec![LineHunk { old: 0..0, new: 0..merger.lines(new)?.count() }]),
        };
        let Some(hunks) = hunks else { return Ok(None) };
        let old = old.map(|old| merger.lines(old)).transpose()?;
        Ok(Some(Self { old, new: merger.lines(new)?, hunks }))
    }

    /// The lines that came.
    pub(super) fn added(&self) -> impl Iterator<Item = &[u8]> {
        self.hunks.iter().flat_map(|hunk| self.new.of(hunk.new.clone()))
    }

    /// The lines that went.
    pub(super) fn removed(&self) -> impl Iterator<Item = &[u8]> {
        let old = self.old.iter();
        old.flat_map(|old| self.hunks.iter().flat_map(|hunk| old.of(hunk.old.clone())))
    }
}

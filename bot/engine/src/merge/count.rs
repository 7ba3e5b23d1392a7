//! How many lines a change adds and removes.

use std::sync::Arc;

use super::merger::Merger;
use super::store::{Blob, is_binary};
use super::text::{SourceText, most_lines};
use super::tree::Version;
use crate::commit::{Entry, FileChange};
use crate::error::GitError;

/// How many lines a change adds and removes, as `git diff --numstat` counts them; binary files count for none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineCount {
    /// Lines added.
    pub added: usize,
    /// Lines removed.
    pub removed: usize,
}

impl Merger<'_> {
    /// Counts the lines of a commit's changes.
    ///
    /// # Errors
    /// A file is missing.
    pub fn count_lines(&mut self, changes: &[FileChange]) -> Result<LineCount, GitError> {
        let mut count = LineCount::default();
        for change in changes.iter().filter(|change| !change.keeps_content()) {
            let [old, new] = [self.counted(change.old)?, self.counted(change.new)?];
            if is_binary(&old.1.bytes) || is_binary(&new.1.bytes) {
                continue;
            }
            let [old, new] = [&old, &new].map(|(id, blob)| SourceText { id: *id, bytes: &blob.bytes });
            let (added, removed) = self.memory.texts.count(old, new);
            count.added += added;
            count.removed += removed;
        }
        Ok(count)
    }

    /// Whether a commit's changes are of no more than `few` lines, where that is plain: what its files begin and end with alike is
    /// sooner found than the lines that differ in between.
    ///
    /// # Errors
    /// A file is missing.
    pub fn plainly_changes_few(&mut self, changes: &[FileChange], few: usize) -> Result<bool, GitError> {
        let mut most = 0;
        for change in changes.iter().filter(|change| !change.keeps_content()) {
            let [(_, old), (_, new)] = [self.counted(change.old)?, self.counted(change.new)?];
            most += most_lines(&old.bytes, &new.bytes);
            if most > few {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One side of a change with its name; of a submodule, the line that says where it is at.
    fn counted(&mut self, side: Option<Entry>) -> Result<([u8; 20], Arc<Blob>), GitError> {
        let Some(side) = side else { return Ok((Version::NONE.id, Arc::new(Blob { bytes: Vec::new() }))) };
        let blob = match side.content() {
            Some(id) => self.store.blob(*id.as_bytes())?,
            None => Arc::new(Blob { bytes: side.submodule_line() }),
        };
        Ok((*side.id.as_bytes(), blob))
    }
}

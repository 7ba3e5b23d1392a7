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

/// So many lines at most are not worth comparing two files.
const COMPARED: usize = 16;

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

    /// Whether a commit's changes are of no more than `few` lines, where that is plain: by what its files begin and end with alike, or as
    /// a merge compares them, which is at hand where they were compared before.
    ///
    /// # Errors
    /// A file is missing.
    pub fn plainly_changes_few(&mut self, changes: &[FileChange], few: usize) -> Result<bool, GitError> {
        let mut most = 0;
        for change in changes.iter().filter(|change| !change.keeps_content()) {
            most += self.most_lines(change)?;
            if most > few {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn most_lines(&mut self, change: &FileChange) -> Result<usize, GitError> {
        let [(_, old), (_, new)] = [self.counted(change.old)?, self.counted(change.new)?];
        let most = most_lines(&old.bytes, &new.bytes);
        if most > COMPARED
            && let (Some(old), Some(new)) = (change.old, change.new)
            && let Some(hunks) = self.hunks(old, new)?
        {
            return Ok(most.min(hunks.iter().map(|hunk| hunk.old.len() + hunk.new.len()).sum()));
        }
        Ok(most)
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

//! How many files differ between two trees, as `git diff` counts them.

use std::sync::Arc;

use super::merger::Merger;
use super::rename::{self, RenameRules};
use super::tree::Version;
use super::walk::{Moves, Relevance, Single};
use crate::error::GitError;
use crate::ids::TreeId;

impl Merger<'_> {
    /// How many files differ between two trees, a renamed file counted once: what `git diff --name-only` counts.
    ///
    /// # Errors
    /// A tree or a file is missing.
    pub fn files_changed(&mut self, old: TreeId, new: TreeId) -> Result<usize, GitError> {
        let changes = self.changes(old, new)?;
        let mut moves = Moves::default();
        for change in &changes {
            let (entry, added) = match (change.old, change.new) {
                (Some(entry), None) => (entry, false),
                (None, Some(entry)) => (entry, true),
                _ => continue,
            };
            let path: Arc<[u8]> = change.path.as_bytes().into();
            if !added {
                moves.relevant.insert(Arc::clone(&path), Relevance::Content);
            }
            moves.singles.push(Single { path, version: Version { mode: entry.mode, id: *entry.id.as_bytes() }, added });
        }
        let renames = rename::detect(&mut self.store, &mut self.memory.similarity, &mut moves, RenameRules::DIFF)?;
        Ok(changes.len() - renames.source.iter().flatten().count())
    }
}

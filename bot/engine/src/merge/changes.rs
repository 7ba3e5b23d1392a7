//! What differs between two trees, be they of the repository or made by merging.

use super::merger::Merger;
use super::tree::{Version, order};
use crate::commit::{Entry, FileChange};
use crate::error::GitError;
use crate::ids::{BlobId, TreeId};
use crate::path::RepoPath;

impl Merger<'_> {
    /// The paths at which two trees differ, in path order, with what either has there; either may be made here. Renames stand as
    /// a removal and an addition. No file is opened for it, nor a folder that is the same in both.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn changes(&mut self, old: TreeId, new: TreeId) -> Result<Vec<FileChange>, GitError> {
        let mut found = Vec::new();
        let top = |tree: TreeId| Version::folder(*tree.as_bytes());
        let mut pending = vec![(RepoPath::from(""), top(old), top(new))];
        while let Some((folder, old, new)) = pending.pop() {
            if old == new {
                continue;
            }
            let trees = [self.store.tree(old.tree())?, self.store.tree(new.tree())?];
            let [old, new] = &trees;
            let (mut i, mut j) = (0, 0);
            while i < old.len() || j < new.len() {
                let next = match (i < old.len(), j < new.len()) {
                    (true, false) => std::cmp::Ordering::Less,
                    (false, true) => std::cmp::Ordering::Greater,
                    _ => order(old.name(i), old.version(i).is_folder(), new.name(j), new.version(j).is_folder()),
                };
                let (mut before, mut after) = (Version::NONE, Version::NONE);
                let mut name: &[u8] = &[];
                if next.is_le() {
                    (name, before) = (old.name(i), old.version(i));
                    i += 1;
                }
                if next.is_ge() {
                    (name, after) = (new.name(j), new.version(j));
                    j += 1;
                }
                if before == after {
                    continue;
                }
                let path = folder.join(name);
                if before.is_folder() || after.is_folder() {
                    pending.push((path, before, after));
                } else {
                    found.push(FileChange { path, old: entry(before), new: entry(after) });
                }
            }
        }
        // A file that became a folder, or the other way round, stands there once for each.
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }
}

fn entry(version: Version) -> Option<Entry> {
    version.is_file().then(|| Entry { mode: version.mode, id: BlobId::from_bytes(version.id) })
}

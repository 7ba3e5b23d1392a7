//! The paths in which two trees differ.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Repo;
use crate::commit::{Entry, FileChange};
use crate::error::GitError;
use crate::ids::TreeId;
use crate::objects::Id;
use crate::objects::tree::{Tree, Version, order};
use crate::path::RepoPath;

/// Two folders compared side by side, and how far.
struct Pair {
    trees: [Arc<Tree>; 2],
    at: [usize; 2],
    /// How long the path was before this folder's name.
    outside: usize,
}

impl Pair {
    /// What both sides have under the name that comes next; `None` at the end.
    fn next(&mut self) -> Option<[Version; 2]> {
        let [old, new] = &self.trees;
        let has = [self.at[0] < old.len(), self.at[1] < new.len()];
        let first = match has {
            [false, false] => return None,
            [true, false] => Ordering::Less,
            [false, true] => Ordering::Greater,
            [true, true] => {
                let versions = [old.version(self.at[0]), new.version(self.at[1])];
                let names = [old.name(self.at[0]), new.name(self.at[1])];
                order(names[0], versions[0].is_folder(), names[1], versions[1].is_folder())
            }
        };
        let takes = [first != Ordering::Greater, first != Ordering::Less];
        let mut found = [Version::NONE; 2];
        for side in 0..2 {
            if takes[side] {
                found[side] = self.trees[side].version(self.at[side]);
                self.at[side] += 1;
            }
        }
        Some(found)
    }

    /// The name of what [`Pair::next`] gave last.
    fn name(&self, found: &[Version; 2]) -> &[u8] {
        let side = usize::from(found[0].is_none());
        self.trees[side].name(self.at[side] - 1)
    }
}

impl Repo {
    /// The paths that differ between two trees, in path order. Renames stand as a removal and an addition, and so does a path
    /// that is another kind of thing after than before.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn changes(&self, old: Option<TreeId>, new: TreeId) -> Result<Vec<FileChange>, GitError> {
        let mut changes = Vec::new();
        let mut path = Vec::new();
        let mut open = vec![self.pair([old.map(|old| *old.as_bytes()), Some(*new.as_bytes())], 0)?];
        while let Some(pair) = open.last_mut() {
            let Some(found) = pair.next() else {
                path.truncate(pair.outside);
                open.pop();
                continue;
            };
            if found[0] == found[1] {
                continue;
            }
            let outside = path.len();
            if outside > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(pair.name(&found));
            if found.iter().any(|version| version.is_folder()) {
                let inside = self.pair(found.map(Version::tree), outside)?;
                open.push(inside);
                continue;
            }
            let [old, new] = found.map(|version| (!version.is_none()).then(|| Entry::from(version)));
            let path_now = RepoPath::from_bytes(path.clone());
            if found[0].kind() == found[1].kind() || old.is_none() || new.is_none() {
                changes.push(FileChange { path: path_now, old, new });
            } else {
                changes.push(FileChange { path: path_now.clone(), old, new: None });
                changes.push(FileChange { path: path_now, old: None, new });
            }
            path.truncate(outside);
        }
        Ok(changes)
    }

    fn pair(&self, trees: [Option<Id>; 2], outside: usize) -> Result<Pair, GitError> {
        let [old, new] = trees.map(|tree| tree.map_or_else(|| Ok(Arc::default()), |tree| self.tree_at(&tree)));
        Ok(Pair { trees: [old?, new?], at: [0, 0], outside })
    }
}

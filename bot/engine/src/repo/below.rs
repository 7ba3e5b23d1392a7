//! A fork that holds upstream in a folder of its own (`git subtree`): upstream's commits are read as if all of their files stood in that
//! folder, so that whoever compares, merges or traces them finds what is the same file at the same path.
//!
//! It is done where a commit is read, and nowhere else: there each of upstream's commits gets the tree that has its own tree at the folder.
//! That is what git's `-Xsubtree` does to the trees that it merges. Such a tree is made in memory; its name is shared by all threads.

use std::collections::HashSet;
use std::sync::Arc;

use git2::ObjectType;

use super::Repo;
use crate::error::{Doing, GitError};
use crate::ids::{CommitId, TreeId};
use crate::objects::tree::{Tree, Version, encode};
use crate::path::RepoPath;

/// Where upstream is, and which commits are its own.
pub(super) struct Below {
    folder: RepoPath,
    commits: HashSet<CommitId>,
}

impl Repo {
    /// From now on reads this commit, and all before it, as if their files were in a folder.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn put_below(&mut self, folder: RepoPath, upstream: CommitId) -> Result<(), GitError> {
        let commits = self.walk(&[upstream], None)?.into_iter().collect();
        self.below = Some(Arc::new(Below { folder, commits }));
        Ok(())
    }

    /// The folder that upstream is in, where it is not at the top.
    #[must_use]
    pub fn below(&self) -> Option<&RepoPath> {
        self.below.as_ref().map(|below| &below.folder)
    }

    /// What a tree has of upstream: the tree at the folder, where there is one; without a folder, all of it.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn upstreams_part(&self, tree: TreeId) -> Result<Option<TreeId>, GitError> {
        let Some(folder) = self.below() else { return Ok(Some(tree)) };
        let mut found = Version::folder(*tree.as_bytes());
        for name in folder.as_bytes().split(|byte| *byte == b'/') {
            let Some(id) = found.tree() else { return Ok(None) };
            found = self.tree_at(&id)?.find(name);
        }
        Ok(found.tree().map(TreeId::from_bytes))
    }

    /// The tree a commit is read with.
    pub(super) fn shifted(&self, commit: CommitId, tree: TreeId) -> Result<TreeId, GitError> {
        let Some(below) = self.below.as_ref().filter(|below| below.commits.contains(&commit)) else { return Ok(tree) };
        let mut id = *tree.as_bytes();
        for name in below.folder.as_bytes().rsplit(|byte| *byte == b'/') {
            let raw = encode(std::iter::once((name, Version::folder(id))));
            let odb = self.inner.odb().doing("make a tree")?;
            let made = odb.write(ObjectType::Tree, &raw).doing("make a tree")?;
            id = super::bytes(made);
            if let Some(parsed) = Tree::parse(raw) {
                self.objects().pin(id, parsed);
            }
        }
        Ok(TreeId::from_bytes(id))
    }
}

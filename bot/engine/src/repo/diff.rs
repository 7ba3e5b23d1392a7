//! What a commit changes: where its change starts from, and its patch-id.

use std::sync::Arc;

use git2::{ObjectType, Oid, Tree};

use super::Repo;
use crate::commit::{Commit, Entry, FileChange};
use crate::error::{Doing, GitError};
use crate::ids::{PatchId, TreeId};
use crate::merge::{is_binary, patch_lines};
use crate::objects::Blob;

impl Repo {
    /// The tree a commit's change starts from: its first parent's; `None` (the empty tree) for a commit without parents.
    ///
    /// # Errors
    /// The parent is missing, as at the edge of a shallow clone.
    pub fn parent_tree(&self, commit: &Commit) -> Result<Option<TreeId>, GitError> {
        match commit.parents.first() {
            // A walk has been there already, mostly.
            Some(parent) => self.shifted(*parent, self.links(*parent)?.tree).map(Some),
            None => Ok(None),
        }
    }

    /// The tree a commit's change starts from, as a tree that is there: the empty one for a commit without parents.
    ///
    /// # Errors
    /// The parent is missing.
    pub fn base_tree(&self, commit: &Commit) -> Result<TreeId, GitError> {
        match self.parent_tree(commit)? {
            Some(tree) => Ok(tree),
            None => self.empty_tree(),
        }
    }

    /// The empty tree, as the base of a commit without parents.
    ///
    /// # Errors
    /// It cannot be kept in memory.
    pub fn empty_tree(&self) -> Result<TreeId, GitError> {
        let doing = "make the empty tree";
        Ok(self.inner.treebuilder(None).doing(doing)?.write().doing(doing)?.into())
    }

    /// The patch-id of the change from one tree to another: a hash of its paths and of its lines with three lines around each
    /// change, white space left out, as `git patch-id` has it; of files that are no text, of their content.
    ///
    /// It is our own hash, since libgit2's (`git_diff_patchid`, 1.9) gives the same for every change of a last line that no
    /// newline ends: two links to different places, say. It also takes a hundred bytes and more for each line of a file.
    ///
    /// # Errors
    /// A tree or a file is missing.
    pub fn patch_id(&self, old: Option<TreeId>, new: TreeId) -> Result<PatchId, GitError> {
        self.patch_id_of(&self.changes(old, new)?)
    }

    /// The patch-id of these changes, which are in path order.
    ///
    /// # Errors
    /// A file is missing.
    pub fn patch_id_of(&self, changes: &[FileChange]) -> Result<PatchId, GitError> {
        let mut text = Vec::new();
        let doing = "compute a patch-id";
        for change in changes {
            let sides = [change.old, change.new];
            for side in sides {
                text.extend_from_slice(change.path.as_bytes());
                text.extend_from_slice(format!("\0{:o}\0", side.map_or(0, |side| side.mode)).as_bytes());
            }
            if change.keeps_content() {
                continue;
            }
            let [old, new] = [self.compared(change.old)?, self.compared(change.new)?];
            if is_binary(&old.bytes) || is_binary(&new.bytes) {
                for side in sides {
                    text.extend_from_slice(&side.map_or([0; 20], |side| *side.id.as_bytes()));
                }
                continue;
            }
            patch_lines(&old.bytes, &new.bytes, &mut |origin, line| {
                text.push(origin);
                text.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
            });
        }
        let id = Oid::hash_object(ObjectType::Blob, &text).doing(doing)?;
        Ok(PatchId::from_bytes(super::bytes(id)))
    }

    /// What is compared of a file: its content; of a submodule, where it is at.
    fn compared(&self, side: Option<Entry>) -> Result<Arc<Blob>, GitError> {
        let Some(side) = side else { return Ok(Arc::new(Blob { bytes: Vec::new() })) };
        match side.content() {
            Some(id) => self.blob_at(id.as_bytes()),
            None => Ok(Arc::new(Blob { bytes: side.submodule_line() })),
        }
    }

    pub(super) fn tree(&self, id: TreeId) -> Result<Tree<'_>, GitError> {
        self.hand_over(id.as_bytes())?;
        self.inner.find_tree(id.into()).map_err(|_| self.missing(format!("the tree {id}")))
    }
}

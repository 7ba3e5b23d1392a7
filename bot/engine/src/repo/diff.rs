//! What a commit changes: patch-ids and counts of files.

use std::sync::Arc;

use git2::{Diff, DiffOptions, ObjectType, Oid, Patch, Tree};

use super::Repo;
use crate::commit::{Commit, Entry};
use crate::error::{Doing, GitError};
use crate::ids::{PatchId, TreeId};
use crate::objects::Blob;

/// How many files are compared in search of renames, git's own `diff.renameLimit`.
const RENAME_LIMIT: usize = 1000;

impl Repo {
    /// The tree a commit's change starts from: its first parent's; `None` (the empty tree) for a commit without parents.
    ///
    /// # Errors
    /// The parent is missing, as at the edge of a shallow clone.
    pub fn parent_tree(&self, commit: &Commit) -> Result<Option<TreeId>, GitError> {
        match commit.parents.first() {
            Some(parent) => Ok(Some(self.commit(*parent)?.tree)),
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
    /// newline ends: two links to different places, say.
    ///
    /// # Errors
    /// A tree or a file is missing.
    pub fn patch_id(&self, old: Option<TreeId>, new: TreeId) -> Result<PatchId, GitError> {
        let mut text = Vec::new();
        let doing = "compute a patch-id";
        for change in self.changes(old, new)? {
            let sides = [change.old, change.new];
            for side in sides {
                text.extend_from_slice(change.path.as_bytes());
                text.extend_from_slice(format!("\0{:o}\0", side.map_or(0, |side| side.mode)).as_bytes());
            }
            if change.keeps_content() {
                continue;
            }
            let contents = [self.compared(change.old)?, self.compared(change.new)?];
            let patch = patch(&contents).doing(doing)?;
            if patch.delta().flags().is_binary() {
                for side in sides {
                    text.extend_from_slice(&side.map_or([0; 20], |side| *side.id.as_bytes()));
                }
                continue;
            }
            for hunk in 0..patch.num_hunks() {
                for at in 0..patch.num_lines_in_hunk(hunk).doing(doing)? {
                    let line = patch.line_in_hunk(hunk, at).doing(doing)?;
                    if matches!(line.origin(), '+' | '-' | ' ') {
                        text.push(u8::try_from(line.origin()).unwrap_or(b' '));
                        text.extend(line.content().iter().filter(|byte| !byte.is_ascii_whitespace()));
                    }
                }
            }
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

    /// How many files differ between two trees, a renamed file counted once: what `git diff --name-only` counts.
    ///
    /// # Errors
    /// A tree or a file is missing.
    pub fn files_changed(&self, old: Option<TreeId>, new: TreeId) -> Result<usize, GitError> {
        // Renames are found by libgit2, which reads the files for it: none of them must be cut short.
        for change in self.changes(old, new)?.iter().filter(|change| change.old.is_none() || change.new.is_none()) {
            for side in [change.old, change.new].into_iter().flatten().filter_map(|side| side.content()) {
                self.whole(side.as_bytes())?;
            }
        }
        let mut diff = self.diff(old, new, &mut DiffOptions::new())?;
        let mut find = git2::DiffFindOptions::new();
        find.renames(true).rename_limit(RENAME_LIMIT);
        diff.find_similar(Some(&mut find)).map_err(|error| self.unreadable(error, "find renamed files"))?;
        Ok(diff.deltas().len())
    }

    fn diff(&self, old: Option<TreeId>, new: TreeId, options: &mut DiffOptions) -> Result<Diff<'_>, GitError> {
        let old = old.map(|id| self.tree(id)).transpose()?;
        let new = self.tree(new)?;
        let diff = self.inner.diff_tree_to_tree(old.as_ref(), Some(&new), Some(options));
        diff.map_err(|error| self.unreadable(error, "compare two trees"))
    }

    /// The error of reading files or trees for something: mostly one of them is not there, as in a partial clone.
    fn unreadable(&self, error: git2::Error, doing: &str) -> GitError {
        if error.code() == git2::ErrorCode::NotFound {
            return self.missing("a file or folder of the range".into());
        }
        GitError::Other { doing: doing.to_owned(), source: error }
    }

    pub(super) fn tree(&self, id: TreeId) -> Result<Tree<'_>, GitError> {
        self.inner.find_tree(id.into()).map_err(|_| self.missing(format!("the tree {id}")))
    }
}

/// What libgit2 makes of two contents, without attributes: they hang on what is checked out.
fn patch(contents: &[Arc<Blob>; 2]) -> Result<Patch<'_>, git2::Error> {
    let [old, new] = contents;
    Patch::from_buffers(&old.bytes, None, &new.bytes, None, None)
}

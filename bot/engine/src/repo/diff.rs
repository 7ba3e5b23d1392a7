//! What a commit changes: paths, patch-ids, counts of lines.

use std::cell::RefCell;

use git2::{Delta, Diff, DiffBinary, DiffDelta, DiffHunk, DiffLine, DiffOptions, ObjectType, Oid, Tree, TreeEntry};

use super::Repo;
use crate::commit::{Commit, Entry, FileChange};
use crate::error::{Doing, GitError};
use crate::ids::{PatchId, TreeId};
use crate::path::RepoPath;

/// How many files are compared in search of renames, git's own `diff.renameLimit`.
const RENAME_LIMIT: usize = 1000;

/// How many lines a change adds and removes; binary files count for none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lines {
    /// Lines added.
    pub added: usize,
    /// Lines removed.
    pub removed: usize,
}

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

    /// The paths that differ between two trees, in path order. Renames stand as a removal and an addition.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn changes(&self, old: Option<TreeId>, new: TreeId) -> Result<Vec<FileChange>, GitError> {
        let diff = self.diff(old, new, &mut DiffOptions::new())?;
        Ok(diff
            .deltas()
            .map(|delta| {
                let side = |file: git2::DiffFile<'_>, absent: Delta| {
                    (delta.status() != absent).then(|| Entry { mode: u32::from(file.mode()), id: file.id().into() })
                };
                let path = delta.new_file().path_bytes().or_else(|| delta.old_file().path_bytes()).unwrap_or_default();
                FileChange {
                    path: RepoPath::from_bytes(path),
                    old: side(delta.old_file(), Delta::Added),
                    new: side(delta.new_file(), Delta::Deleted),
                }
            })
            .collect())
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
        let diff = self.diff(old, new, &mut DiffOptions::new())?;
        let text = RefCell::new(Vec::new());
        let mut file = |delta: DiffDelta<'_>, _: f32| {
            let mut text = text.borrow_mut();
            for side in [delta.old_file(), delta.new_file()] {
                text.extend_from_slice(side.path_bytes().unwrap_or_default());
                text.extend_from_slice(format!("\0{:o}\0", u32::from(side.mode())).as_bytes());
            }
            true
        };
        let mut binary = |delta: DiffDelta<'_>, _: DiffBinary<'_>| {
            for side in [delta.old_file(), delta.new_file()] {
                text.borrow_mut().extend_from_slice(side.id().as_bytes());
            }
            true
        };
        let mut line = |_: DiffDelta<'_>, _: Option<DiffHunk<'_>>, line: DiffLine<'_>| {
            let mut text = text.borrow_mut();
            if matches!(line.origin(), '+' | '-' | ' ') {
                text.push(u8::try_from(line.origin()).unwrap_or(b' '));
                text.extend(line.content().iter().filter(|byte| !byte.is_ascii_whitespace()));
            }
            true
        };
        let read = diff.foreach(&mut file, Some(&mut binary), None, Some(&mut line));
        read.map_err(|error| self.unreadable(error, "compute a patch-id"))?;
        let id = Oid::hash_object(ObjectType::Blob, &text.into_inner()).doing("compute a patch-id")?;
        Ok(PatchId::from_bytes(super::bytes(id)))
    }

    /// How many lines the change from one tree to another adds and removes.
    ///
    /// # Errors
    /// A tree or a file is missing.
    pub fn lines(&self, old: Option<TreeId>, new: TreeId) -> Result<Lines, GitError> {
        let diff = self.diff(old, new, DiffOptions::new().context_lines(0))?;
        let stats = diff.stats().map_err(|error| self.unreadable(error, "count changed lines"))?;
        Ok(Lines { added: stats.insertions(), removed: stats.deletions() })
    }

    /// How many files differ between two trees, a renamed file counted once: what `git diff --name-only` counts.
    ///
    /// # Errors
    /// A tree or a file is missing.
    pub fn files_changed(&self, old: Option<TreeId>, new: TreeId) -> Result<usize, GitError> {
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

    /// The files a tree holds.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn files(&self, tree: TreeId) -> Result<Vec<RepoPath>, GitError> {
        Ok(self.entries(tree)?.into_keys().collect())
    }

    /// The file at a path, where there is one.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn entry(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Entry>, GitError> {
        // Part by part: git2 takes a path as a whole, and walks a tree, only where all is text.
        let mut folder = self.tree(tree)?;
        let mut name = path.as_bytes();
        while let Some(slash) = name.iter().position(|byte| *byte == b'/') {
            let inner = named(&folder, &name[..slash]).filter(|inner| inner.kind() == Some(ObjectType::Tree));
            let Some(inner) = inner.map(|inner| inner.id()) else { return Ok(None) };
            folder = self.tree(inner.into())?;
            name = &name[slash + 1..];
        }
        let mode = |entry: &TreeEntry<'_>| u32::try_from(entry.filemode()).ok();
        Ok(named(&folder, name).and_then(|entry| Some(Entry { mode: mode(&entry)?, id: entry.id().into() })))
    }
}

/// The entry of a folder with this name, which is bytes.
fn named<'t>(folder: &'t Tree<'_>, name: &[u8]) -> Option<TreeEntry<'t>> {
    // git2 takes no name with a zero in it, and no folder has one.
    if name.contains(&0) { None } else { folder.get_name_bytes(name) }
}

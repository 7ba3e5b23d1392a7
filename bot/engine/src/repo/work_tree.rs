//! A work tree of its own beside the clone's, linked to it as `git worktree` links one: where a person resolves what a merge left open.
//! It is on no branch, and the clone's own files and index stay as they are.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{Delta, IndexEntry, IndexTime, Repository};

use super::Repo;
use crate::commit::Entry;
use crate::error::{Doing, GitError};
use crate::ids::{CommitId, TreeId};
use crate::path::RepoPath;

/// A linked work tree.
pub struct WorkTree {
    inner: Repository,
    folder: PathBuf,
}

/// What the bits of an index entry say of a conflict begin at.
const STAGE: u16 = 12;

impl Repo {
    /// Makes a work tree in a folder, in the place of what is there: `HEAD` at the first parent of `merged`, the files and the index as
    /// `merged` has them, and in the index each of the conflicts unresolved, with what the base, the fork and upstream have there, as a merge that stopped leaves it.
    ///
    /// # Errors
    /// The folder, or a file in it, cannot be written.
    pub fn make_work_tree(
        &self,
        folder: &Path,
        merged: CommitId,
        conflicts: &[(RepoPath, [Option<Entry>; 3])],
    ) -> Result<WorkTree, GitError> {
        let doing = || format!("make a work tree in {}", folder.display());
        let on_disk = Self::open_to_write(self.path())?;
        self.send(&on_disk, merged)?;
        self.remove_work_tree(folder)?;
        let parent = self.commit(merged)?.parents.first().copied().unwrap_or(merged);
        self.link(folder, parent).map_err(|error| git2::Error::from_str(&error.to_string())).doing(doing())?;
        let tree = WorkTree::open(folder)?;
        let lacking = tree.check_out(merged).doing(doing())?;
        let mut index = tree.inner.index().doing(doing())?;
        for entry in &lacking {
            index.add(entry).doing(doing())?;
        }
        for (path, sides) in conflicts {
            index.remove(&path_of(path)?, 0).doing(doing())?;
            for (entry, stage) in sides.iter().zip(1..).filter_map(|(entry, stage)| Some(((*entry)?, stage))) {
                index.add(&index_entry(path, entry, stage)).doing(doing())?;
            }
        }
        index.write().doing(doing())?;
        Ok(tree)
    }

    /// Takes a work tree away, with all that is in it; none is no error.
    ///
    /// # Errors
    /// The folder cannot be removed.
    pub fn remove_work_tree(&self, folder: &Path) -> Result<(), GitError> {
        for gone in [folder, &self.admin(folder)] {
            match fs::remove_dir_all(gone) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    let error = git2::Error::from_str(&error.to_string());
                    return Err(error).doing(format!("remove {}", gone.display()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes the files by which git knows a linked work tree, and by which that knows its clone.
    fn link(&self, folder: &Path, head: CommitId) -> io::Result<()> {
        let admin = self.admin(folder);
        fs::create_dir_all(&admin)?;
        fs::create_dir_all(folder)?;
        let (admin, folder) = (fs::canonicalize(admin)?, fs::canonicalize(folder)?);
        fs::write(admin.join("commondir"), "../..\n")?;
        fs::write(admin.join("HEAD"), format!("{head}\n"))?;
        fs::write(admin.join("gitdir"), format!("{}\n", folder.join(".git").display()))?;
        fs::write(folder.join(".git"), format!("gitdir: {}\n", admin.display()))
    }

    /// Where git keeps what belongs to a linked work tree.
    fn admin(&self, folder: &Path) -> PathBuf {
        self.common_dir().join("worktrees").join(folder.file_name().unwrap_or_default())
    }

    /// The git folder that all work trees of the clone share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Whether a branch is checked out, here or in a linked work tree: then it is not moved under the person who works there.
    #[must_use]
    pub fn is_checked_out(&self, branch: &str) -> bool {
        let linked = fs::read_dir(self.common_dir().join("worktrees")).into_iter().flatten().flatten();
        let heads = linked.map(|entry| entry.path().join("HEAD")).chain([self.common_dir().join("HEAD")]);
        let wanted = format!("ref: refs/heads/{branch}");
        let is_bare = |head: &Path| self.inner.is_bare() && head.parent() == Some(self.common_dir());
        heads.filter(|head| !is_bare(head)).any(|head| fs::read_to_string(head).is_ok_and(|at| at.trim() == wanted))
    }
}

impl WorkTree {
    /// The work tree in a folder.
    ///
    /// # Errors
    /// There is none.
    pub fn open(folder: &Path) -> Result<Self, GitError> {
        let inner = Repository::open(folder).map_err(|source| GitError::Open { path: folder.to_path_buf(), source })?;
        Ok(Self { inner, folder: folder.to_path_buf() })
    }

    /// Puts the files of a commit out. Returns those that are left out, as a partial clone lacks them.
    fn check_out(&self, commit: CommitId) -> Result<Vec<IndexEntry>, git2::Error> {
        let objects = self.inner.odb()?;
        let mut files = git2::Index::new()?;
        files.read_tree(&self.inner.find_commit(commit.into())?.tree()?)?;
        let is_lacking = |entry: &IndexEntry| entry.mode != Entry::SUBMODULE && !objects.exists(entry.id);
        let lacking: Vec<IndexEntry> = files.iter().filter(is_lacking).collect();
        for entry in &lacking {
            files.remove(&path_of(&RepoPath::from_bytes(entry.path.clone())).unwrap_or_default(), 0)?;
        }
        let there = self.inner.find_tree(files.write_tree_to(&self.inner)?)?;
        self.inner.checkout_tree(there.as_object(), Some(CheckoutBuilder::new().force()))?;
        Ok(lacking)
    }

    /// The conflicts that nobody has marked as resolved, neither with `git add` nor with `git rm`.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn unmerged(&self) -> Result<BTreeSet<RepoPath>, GitError> {
        let mut index = self.inner.index().doing("read the index")?;
        index.read(true).doing("read the index")?;
        let staged = index.iter().filter(|entry| entry.flags >> STAGE & 3 != 0);
        Ok(staged.map(|entry| RepoPath::from_bytes(entry.path)).collect())
    }

    /// What is in a file; `None` where there is none, or a link or a folder is there.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn content(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, GitError> {
        let place = self.folder.join(path_of(path)?);
        match fs::symlink_metadata(&place) {
            Ok(there) if there.is_file() => fs::read(&place).map(Some),
            _ => Ok(None),
        }
        .map_err(|error| git2::Error::from_str(&error.to_string()))
        .doing(format!("read {}", place.display()))
    }

    /// The tree of what is in the files, those of `resolved` and all that git knows. What was made beside them and not added stays out.
    /// The index is not written: that takes a lock, which a program that was killed with it, ours or git, leaves behind.
    ///
    /// # Errors
    /// A file cannot be read, or is still unresolved.
    pub fn take_in(&self, resolved: &[RepoPath]) -> Result<TreeId, GitError> {
        let doing = "take in what is in the work tree";
        let mut index = self.inner.index().doing(doing)?;
        index.read(true).doing(doing)?;
        for path in resolved {
            let path = path_of(path)?;
            match fs::symlink_metadata(self.folder.join(&path)) {
                Ok(_) => index.add_path(&path).doing(doing)?,
                Err(_) => index.remove_path(&path).doing(doing)?,
            }
        }
        let changed = self.inner.diff_index_to_workdir(Some(&index), None).doing(doing)?;
        let objects = self.inner.odb().doing(doing)?;
        for delta in changed.deltas() {
            let old = delta.old_file();
            let Some(path) = old.path() else { continue };
            match delta.status() {
                // One that was never put out is not gone.
                Delta::Deleted if objects.exists(old.id()) => index.remove_path(path).doing(doing)?,
                Delta::Modified | Delta::Typechange => index.add_path(path).doing(doing)?,
                _ => {}
            }
        }
        Ok(index.write_tree().doing(doing)?.into())
    }
}

fn index_entry(path: &RepoPath, entry: Entry, stage: u16) -> IndexEntry {
    let never = IndexTime::new(0, 0);
    IndexEntry {
        ctime: never,
        mtime: never,
        dev: 0,
        ino: 0,
        mode: entry.mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id: entry.id.into(),
        flags: stage << STAGE,
        flags_extended: 0,
        path: path.as_bytes().to_vec(),
    }
}

/// A path as this system names files.
fn path_of(path: &RepoPath) -> Result<PathBuf, GitError> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Ok(std::ffi::OsStr::from_bytes(path.as_bytes()).into())
    }
    #[cfg(not(unix))]
    {
        let text = std::str::from_utf8(path.as_bytes()).map_err(|error| git2::Error::from_str(&error.to_string()));
        Ok(PathBuf::from(text.doing(format!("name the file {path}"))?))
    }
}

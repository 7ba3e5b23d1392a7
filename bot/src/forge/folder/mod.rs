//! A forge in a folder: a bare repository for the branches, and for each pull request a Markdown file to read and a JSON file
//! with the rest. The way to see a run's whole result without GitHub, and the test double of everything that publishes.
//!
//! ```text
//! branches.git/       the branches; borrows the objects of the fork's clone
//! pulls/1.md          the title as a heading, then the body
//! pulls/1.json        branch, base, labels, draft, state; to merge it by hand: state "merged", and "merged" the commit
//! issues/2.md, .json  likewise; numbered with the pull requests
//! comments/1.md       the text of a comment
//! comments/1.json     the number it is on, author, whether a program wrote it, when, reactions
//! labels.json         name, colour, description
//! permissions.json    login -> none, read, triage, write, maintain or admin
//! statuses/SHA.json   what each check says of a commit
//! dispatches/1.json   what was asked of a workflow
//! runs/1.json         the run of it, waiting until somebody edits it
//! ```
//!
//! All are files to read and to edit: what a person does on GitHub, a person or a test does here with an editor.
//!
//! A Markdown file is written before its JSON file, and a pull request without a JSON file does not exist yet: a run that
//! is cut short between the two leaves nothing half done.

mod branches;
mod checks;
mod issues;
mod pulls;
mod store;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::ForgeError;
use engine::Repo;

/// A forge in a folder; the folder need not exist before the first write.
pub struct Folder {
    path: PathBuf,
    lock: Option<File>,
}

impl Folder {
    /// The forge in this folder.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf(), lock: None }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the branches are.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.path.join("branches.git")
    }

    /// The file people read a pull request in.
    #[must_use]
    pub fn page(&self, number: u64) -> PathBuf {
        self.path.join("pulls").join(format!("{number}.md"))
    }

    fn open(&self) -> Result<Option<Repo>, ForgeError> {
        let path = self.repository();
        if path.is_dir() { Ok(Some(Repo::open_to_write(&path)?)) } else { Ok(None) }
    }

    /// The number of the next pull request or issue.
    fn next_number(&self) -> Result<u64, ForgeError> {
        let last =
            |kind| Ok::<_, ForgeError>(store::numbers(&self.path.join(kind))?.last().copied().unwrap_or_default());
        Ok(last("pulls")?.max(last("issues")?) + 1)
    }

    /// Makes the folder this run's alone until it ends, however it ends.
    fn lock(&mut self) -> Result<(), ForgeError> {
        if self.lock.is_some() {
            return Ok(());
        }
        let pulls = self.path.join("pulls");
        fs::create_dir_all(&pulls).map_err(|source| store::failed(&pulls, source))?;
        let path = self.path.join(".lock");
        let file = File::options().create(true).append(true).open(&path);
        let file = file.map_err(|source| store::failed(&path, source))?;
        match file.try_lock() {
            Ok(()) => self.lock = Some(file),
            Err(fs::TryLockError::WouldBlock) => return Err(ForgeError::Busy(self.path.display().to_string())),
            Err(fs::TryLockError::Error(source)) => return Err(store::failed(&path, source)),
        }
        match self.open()? {
            Some(repo) => Ok(repo.sweep()?),
            None => Ok(()),
        }
    }
}

impl Drop for Folder {
    /// Closing the file would free the lock too, but not while a program that was started meanwhile still has it open.
    fn drop(&mut self) {
        if let Some(lock) = &self.lock {
            let _freed = lock.unlock();
        }
    }
}

//! A clone that is a program's own: bare, with the branches of a repository on a server under the names they have there.

use std::fs;
use std::io;
use std::path::Path;

use super::command::run;
use super::default_of;
use crate::error::{Doing, GitError};
use crate::{Hosted, Repo};

impl Hosted {
    /// The branch that a clone of it begins on, its short name; `None` where it has no commit yet.
    ///
    /// # Errors
    /// Git is not installed, or the server cannot be reached; git's own words are in the error.
    pub fn default_branch(&self) -> Result<Option<String>, GitError> {
        let mut command = self.git();
        command.args(["ls-remote", "--quiet", "--symref", "--end-of-options", self.url(), "HEAD"]);
        let text = run(command, "ls-remote")?;
        Ok(default_of(&text))
    }
}

impl Repo {
    /// Makes the clone of a repository that begins on `branch`, without anything in it yet; one that is there is opened. It is there
    /// whole or not at all.
    ///
    /// # Errors
    /// The folder cannot be written, or what is there is no repository.
    pub fn clone_for(path: &Path, branch: &str, url: &str) -> Result<Self, GitError> {
        if !path.exists() {
            let failed = |error: io::Error| GitError::Open {
                path: path.to_path_buf(),
                source: git2::Error::from_str(&error.to_string()),
            };
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // No repository's name begins with a dot.
            let part = path.with_file_name(format!(".{name}.part"));
            if part.exists() {
                fs::remove_dir_all(&part).map_err(failed)?;
            }
            fs::create_dir_all(&part).map_err(failed)?;
            let repo = Self::init(&part, branch)?;
            repo.add_remote("origin", url)?;
            let mut config = repo.inner.config().doing("set a clone up")?;
            for name in ["gc.autoDetach", "maintenance.autoDetach"] {
                // Packs that git joins must not go away while a run reads them.
                config.set_bool(name, false).doing("set a clone up")?;
            }
            drop((repo, config));
            fs::rename(&part, path).map_err(failed)?;
        }
        Self::open(path)
    }

    /// Brings such a clone up to date: all branches, what is gone there going here too, and the branch it begins on.
    ///
    /// # Errors
    /// The server cannot be reached; git's own words are in the error.
    pub fn refresh(&self, remote: &Hosted, branch: &str) -> Result<(), GitError> {
        self.sweep()?;
        self.fetch_from(remote, &["refs/heads/*".to_owned()])?;
        let head = format!("refs/heads/{branch}");
        if self.head_name().as_deref() != Some(head.as_str()) {
            self.inner.set_head(&head).doing("follow the default branch")?;
        }
        Ok(())
    }
}

//! A clone that is a program's own: bare, with the branches of a repository on a server under the names they have there.

use std::fs;
use std::io;
use std::path::Path;

use super::command::{LARGEST, run};
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

    /// Brings such a clone up to date: all branches, what is gone there going here too, and the branch it begins on. From now on nothing is
    /// fetched into it by which its objects would take more than `most` bytes.
    ///
    /// # Errors
    /// The server cannot be reached; git's own words are in the error. Or it would be larger.
    pub fn refresh(&self, remote: &Hosted, branch: &str, most: Option<u64>) -> Result<(), GitError> {
        self.sweep()?;
        if let Some(most) = most {
            let mut config = self.inner.config().doing("set a clone up")?;
            config.set_i64(LARGEST, i64::try_from(most).unwrap_or(i64::MAX)).doing("set a clone up")?;
        }
        self.fetch_from(remote, &["refs/heads/*".to_owned()])?;
        let head = format!("refs/heads/{branch}");
        if self.head_name().as_deref() != Some(head.as_str()) {
            self.inner.set_head(&head).doing("follow the default branch")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::test_git::git;

    /// Bytes that no compression makes less.
    fn noise(length: u32) -> Vec<u8> {
        let next = |state: &mut u32| {
            *state ^= *state << 13;
            *state ^= *state >> 17;
            *state ^= *state << 5;
            Some(state.to_le_bytes()[0])
        };
        (0..length).scan(0x9e37_79b9, |state, _| next(state)).collect()
    }

    #[test]
    fn what_is_larger_than_a_clone_may_be_is_not_brought() {
        let folder = tempfile::tempdir().expect("a folder");
        let theirs = folder.path().join("theirs");
        fs::create_dir(&theirs).expect("a folder");
        git(&theirs, &["init", "--quiet", "--initial-branch=main"], b"");
        let commit = |name: &str, length: u32| {
            fs::write(theirs.join(name), noise(length)).expect("written");
            git(&theirs, &["add", "--all"], b"");
            git(&theirs, &["commit", "--quiet", "--message", name], b"");
        };
        commit("small", 1000);
        let url = theirs.to_str().expect("text");
        let remote = Hosted::new(url, None);
        let path = folder.path().join("ours");
        let clone = || Repo::clone_for(&path, "main", url).expect("a clone");
        let most = 1 << 20;
        clone().refresh(&remote, "main", Some(most)).expect("it fits");
        let before = clone().reference("refs/heads/main").expect("read");
        commit("large", 30 << 20);
        // Also where nobody says so again: what upstream has is fetched into the same clone.
        for limit in [Some(most), None] {
            let error = clone().refresh(&remote, "main", limit).expect_err("too large");
            assert!(matches!(error, GitError::TooLarge { most: 1_048_576, .. }), "{error}");
        }
        clone().refresh(&remote, "main", Some(64 << 20)).expect("it fits");
        assert_ne!(clone().reference("refs/heads/main").expect("read"), before);
    }
}

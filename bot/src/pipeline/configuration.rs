//! The configuration of a run: where it is, and reading it.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use super::RunError;
use crate::config::{CONFIG_PATH, Config, Lookup, WrittenConfig};
use crate::yaml::{Problems, text_of};
use engine::path::RepoPath;
use engine::{Repo, ResolvedName};

/// Where a configuration is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFrom {
    /// The fork's own [`CONFIG_PATH`], if it has one.
    Fork,
    File(PathBuf),
    /// Nowhere: one is about to be written.
    Nowhere,
}

/// A configuration as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigText {
    pub text: String,
    /// What to call it.
    pub name: String,
}

impl ConfigText {
    /// Reads it, without the repository.
    ///
    /// # Errors
    /// It has problems.
    pub fn read(&self) -> Result<WrittenConfig, RunError> {
        WrittenConfig::read(&self.text, &self.name).map_err(|problems| self.wrong(problems))
    }

    /// Checks it against the repository.
    ///
    /// # Errors
    /// It has problems.
    pub fn check(&self, repo: &Repo) -> Result<Config, RunError> {
        self.check_written(&self.read()?, repo)
    }

    pub(super) fn check_written(&self, written: &WrittenConfig, repo: &Repo) -> Result<Config, RunError> {
        let suggestions = Cell::new(SUGGESTIONS);
        written.check(&|sha| lookup(repo, sha, &suggestions)).map_err(|problems| self.wrong(problems))
    }

    /// What is wrong with it, as an error that shows where.
    #[must_use]
    pub fn wrong(&self, problems: Problems) -> RunError {
        RunError::Config { problems, text: self.text.clone() }
    }
}

/// For how many unknown names the history is searched for one that is like it.
const SUGGESTIONS: usize = 10;

fn lookup(repo: &Repo, sha: &str, suggestions: &Cell<usize>) -> Lookup {
    match repo.resolve(sha) {
        ResolvedName::Commit(id) => Lookup::Found(id),
        ResolvedName::Ambiguous => Lookup::Ambiguous(2),
        ResolvedName::Unknown => match suggestions.get().checked_sub(1) {
            Some(left) => {
                suggestions.set(left);
                Lookup::Unknown { like: repo.similar(sha) }
            }
            None => Lookup::Unknown { like: Vec::new() },
        },
    }
}

/// The configuration, checked against the repository; `None` where there is none.
///
/// # Errors
/// It cannot be read, or it has problems.
pub fn checked_config(repo: &Repo, from: &ConfigFrom) -> Result<Option<Config>, RunError> {
    read_config(repo, from)?.map(|source| source.check(repo)).transpose()
}

/// The configuration, unread.
///
/// # Errors
/// It was named and cannot be read, or it is no text.
pub fn read_config(repo: &Repo, from: &ConfigFrom) -> Result<Option<ConfigText>, RunError> {
    let source = |bytes: &[u8], name: String| match text_of(bytes, &name) {
        Ok(text) => Ok(Some(ConfigText { text: text.to_owned(), name })),
        Err(problems) => Err(RunError::Config { problems, text: String::from_utf8_lossy(bytes).into_owned() }),
    };
    let read = |path: &Path| match std::fs::read(path) {
        Ok(bytes) => source(&bytes, path.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && *from == ConfigFrom::Fork => Ok(None),
        Err(source) => Err(RunError::Read { path: path.to_path_buf(), source }),
    };
    match from {
        ConfigFrom::Fork => {}
        ConfigFrom::File(path) => return read(path),
        ConfigFrom::Nowhere => return Ok(None),
    }
    if let Some(folder) = repo.work_tree() {
        return read(&folder.join(CONFIG_PATH));
    }
    // A bare repository has its configuration on its branch only.
    let Some(head) = repo.head_name().map(|name| repo.reference(&name)).transpose()?.flatten() else { return Ok(None) };
    let Some(entry) = repo.entry(repo.commit(head)?.tree, &RepoPath::from(CONFIG_PATH))? else { return Ok(None) };
    let Some(content) = repo.content(entry)? else { return Ok(None) };
    source(&content, format!("{}:{CONFIG_PATH}", head.short()))
}

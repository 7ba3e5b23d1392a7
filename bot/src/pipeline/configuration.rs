//! The configuration of a run: where it is, and reading it.

use std::path::{Path, PathBuf};

use super::RunError;
use crate::config::{CONFIG_PATH, Config, Lookup};
use crate::yaml::text_of;
use engine::path::RepoPath;
use engine::{Repo, Resolved};

/// Where a configuration is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFrom {
    /// The fork's own [`CONFIG_PATH`], if it has one.
    Fork,
    /// This file.
    File(PathBuf),
    /// Nowhere: one is about to be written.
    Nowhere,
}

/// A configuration as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigText {
    /// Its text.
    pub text: String,
    /// What to call it.
    pub name: String,
}

/// Checks a configuration against the repository.
///
/// # Errors
/// It has problems.
pub fn check(repo: &Repo, text: &str, name: &str) -> Result<Config, RunError> {
    Config::parse(text, name, &|sha| lookup(repo, sha))
        .map_err(|problems| RunError::Config { problems, text: text.to_owned() })
}

fn lookup(repo: &Repo, sha: &str) -> Lookup {
    match repo.resolve(sha) {
        Resolved::Commit(id) => Lookup::Found(id),
        Resolved::Ambiguous => Lookup::Ambiguous(2),
        Resolved::Unknown => Lookup::Unknown { like: repo.similar(sha) },
    }
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

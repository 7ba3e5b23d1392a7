//! The formats that git reads and libgit2 does not, by their names.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{GitError, RepoFormat};

/// Why opening a repository failed: mostly there is none, but it may be one of a format that cannot be read.
pub(super) fn cannot_open(path: &Path, source: git2::Error) -> GitError {
    match format(path) {
        Some(format) => GitError::Format { path: path.to_path_buf(), format },
        None => GitError::Open { path: path.to_path_buf(), source },
    }
}

fn format(path: &Path) -> Option<RepoFormat> {
    let config = git2::Config::open(&config_file(path)?).ok()?;
    let value = |name: &str| config.get_string(name).ok().map(|value| value.to_ascii_lowercase());
    if value("extensions.objectformat").is_some_and(|format| format != "sha1") {
        return Some(RepoFormat::ObjectNames);
    }
    if value("extensions.refstorage").is_some_and(|format| format != "files") {
        return Some(RepoFormat::Branches);
    }
    value("extensions.compatobjectformat").map(|_| RepoFormat::TwoNames)
}

/// The configuration of the repository at a path: a work tree, one linked to another repository, or a bare one.
fn config_file(path: &Path) -> Option<PathBuf> {
    let dot_git = path.join(".git");
    let folder = match fs::read_to_string(&dot_git) {
        Ok(link) => path.join(link.strip_prefix("gitdir:")?.trim()),
        Err(_) if dot_git.is_dir() => dot_git,
        Err(_) => path.to_path_buf(),
    };
    let shared = fs::read_to_string(folder.join("commondir")).ok();
    let folder = shared.map_or(folder.clone(), |shared| folder.join(shared.trim()));
    Some(folder.join("config")).filter(|file| file.is_file())
}

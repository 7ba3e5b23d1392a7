//! What no git takes: a unit that brings it could be picked, and then neither pushed nor checked out.

use std::collections::HashSet;

use serde::Serialize;

use super::{Unit, modules};
use engine::commit::Entry;
use engine::path::{DEEPEST, RepoPath};
use engine::{GitError, Repo};

/// What of a unit git refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    pub path: RepoPath,
    pub kind: RefusedKind,
}

/// Why git refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedKind {
    /// Its name leads out of its folder, or is that of git's own folder to some file system.
    Name,
    /// It is in more folders than git goes down.
    TooDeep,
    /// A submodule at no commit.
    Nowhere,
    /// It is a file and a folder at once.
    Twice,
    /// `.gitmodules` as a link.
    Link,
    /// A list of submodules with a name, path, address or command that git refuses.
    Submodules,
}

impl Unit {
    /// The first of what it brings that git refuses.
    ///
    /// # Errors
    /// A list of submodules cannot be read.
    pub fn refused(&self, repo: &Repo) -> Result<Option<Refused>, GitError> {
        let brought = || self.changes.iter().filter_map(|change| Some((&change.path, change.new?)));
        let files: HashSet<&[u8]> = brought().map(|(path, _)| path.as_bytes()).collect();
        for (path, entry) in brought() {
            let kind = refused(path, entry).or_else(|| is_below(path, &files).then_some(RefusedKind::Twice));
            let kind = match kind {
                None if is_list(path) && repo.content(entry)?.is_some_and(|content| modules::is_refused(&content)) => {
                    Some(RefusedKind::Submodules)
                }
                kind => kind,
            };
            if let Some(kind) = kind {
                return Ok(Some(Refused { path: path.clone(), kind }));
            }
        }
        Ok(None)
    }
}

/// Whether it is a list of submodules.
fn is_list(path: &RepoPath) -> bool {
    path.file_name().eq_ignore_ascii_case(b".gitmodules")
}

fn refused(path: &RepoPath, entry: Entry) -> Option<RefusedKind> {
    if path.is_refused() {
        return Some(RefusedKind::Name);
    }
    if path.depth() > DEEPEST {
        return Some(RefusedKind::TooDeep);
    }
    if entry.mode == Entry::SUBMODULE && *entry.id.as_bytes() == [0; 20] {
        return Some(RefusedKind::Nowhere);
    }
    (entry.is_link() && is_list(path)).then_some(RefusedKind::Link)
}

/// Whether one of these files is where a folder of this path should be.
fn is_below(path: &RepoPath, files: &HashSet<&[u8]>) -> bool {
    let bytes = path.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| *byte == b'/' && files.contains(&bytes[..at]))
}

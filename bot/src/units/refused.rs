//! What no git takes: a unit that brings it could be picked, and then neither pushed nor checked out.

use std::collections::HashSet;

use serde::Serialize;

use super::Unit;
use engine::commit::Entry;
use engine::path::{DEEPEST, RepoPath};

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
}

impl Unit {
    /// The first of what it brings that git refuses.
    #[must_use]
    pub fn refused(&self) -> Option<Refused> {
        let brought = || self.changes.iter().filter_map(|change| Some((&change.path, change.new?)));
        let files: HashSet<&[u8]> = brought().map(|(path, _)| path.as_bytes()).collect();
        brought().find_map(|(path, entry)| {
            let kind = refused(path, entry).or_else(|| is_below(path, &files).then_some(RefusedKind::Twice))?;
            Some(Refused { path: path.clone(), kind })
        })
    }
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
    (entry.is_link() && path.file_name().eq_ignore_ascii_case(b".gitmodules")).then_some(RefusedKind::Link)
}

/// Whether one of these files is where a folder of this path should be.
fn is_below(path: &RepoPath, files: &HashSet<&[u8]>) -> bool {
    let bytes = path.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| *byte == b'/' && files.contains(&bytes[..at]))
}

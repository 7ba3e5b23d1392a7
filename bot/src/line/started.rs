//! What both sides started from: lines that the fork has from there are not its own, and those it lacks it removed.

use std::rc::Rc;

use super::origin::text;
use super::story::{LineKey, key};
use engine::hash::{HashMap, HashSet};
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, Merger, PathConflict};

/// The files of the state both sides started from, each read when it is asked for.
pub(super) struct Started {
    tree: TreeId,
    /// The paths the fork has changed since.
    changed: HashSet<RepoPath>,
    /// The folders, but for the top, from which the fork took files since, with those above them.
    left: HashSet<Vec<u8>>,
    known: HashMap<RepoPath, Option<Rc<HashSet<LineKey>>>>,
}

impl Started {
    pub(super) fn read(merger: &mut Merger<'_>, tree: TreeId, fork: TreeId) -> Result<Self, GitError> {
        let changes = merger.changes(tree, fork)?;
        let mut left = HashSet::default();
        for change in changes.iter().filter(|change| change.new.is_none()) {
            left.extend(folders(&change.path).map(<[u8]>::to_vec));
        }
        let changed = changes.into_iter().map(|change| change.path).collect();
        Ok(Self { tree, changed, left, known: HashMap::default() })
    }

    /// Whether the fork has changed a conflicting file, under any of its names: else nothing there is its own.
    pub(super) fn is_changed(&self, conflict: &PathConflict) -> bool {
        conflict.paths().any(|name| self.changed.contains(name)) || self.is_led(conflict)
    }

    /// Whether the fork moved the folder that a conflicting file was added to.
    fn is_led(&self, conflict: &PathConflict) -> bool {
        let added = conflict.kind == ConflictKind::Rename && conflict.base.is_none() && conflict.ours.is_none();
        added && folders(&conflict.names[2]).any(|folder| self.left.contains(folder))
    }

    /// The lines of a conflicting file as both sides started with it, under any of its names; none where there was no such file.
    pub(super) fn lines(
        &mut self,
        merger: &mut Merger<'_>,
        conflict: &PathConflict,
    ) -> Result<Option<Rc<HashSet<LineKey>>>, GitError> {
        for name in [&conflict.names[1], &conflict.names[0]] {
            if let Some(lines) = self.at(merger, name)? {
                return Ok(Some(lines));
            }
        }
        Ok(None)
    }

    fn at(&mut self, merger: &mut Merger<'_>, path: &RepoPath) -> Result<Option<Rc<HashSet<LineKey>>>, GitError> {
        if let Some(known) = self.known.get(path) {
            return Ok(known.clone());
        }
        let file = merger.files_at(self.tree, [path])?.into_iter().next().flatten();
        let lines = match (file, text(file)) {
            (_, Some(file)) => {
                let lines = merger.lines(file)?;
                Some(Rc::new(lines.of(0..lines.count()).filter_map(key).collect()))
            }
            (Some(_), None) => Some(Rc::default()),
            (None, None) => None,
        };
        self.known.insert(path.clone(), lines.clone());
        Ok(lines)
    }
}

/// The folders that a path is in, but for the top.
fn folders(path: &RepoPath) -> impl Iterator<Item = &[u8]> {
    let bytes = path.as_bytes();
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(move |(at, _)| &bytes[..at])
}

//! What both sides started from: lines that the fork has from there are not its own, and those it lacks it removed.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::origin::text;
use super::story::{LineKey, key};
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{GitError, Merger, PathConflict};

/// The files of the state both sides started from, each read when it is asked for.
pub(super) struct Started {
    tree: TreeId,
    /// The paths the fork has changed since.
    changed: HashSet<RepoPath>,
    known: HashMap<RepoPath, Option<Rc<HashSet<LineKey>>>>,
}

impl Started {
    pub(super) fn read(merger: &mut Merger<'_>, tree: TreeId, fork: TreeId) -> Result<Self, GitError> {
        let changed = merger.changes(tree, fork)?.into_iter().map(|change| change.path).collect();
        Ok(Self { tree, changed, known: HashMap::new() })
    }

    /// Whether the fork has changed a conflicting file, under any of its names: else nothing there is its own.
    pub(super) fn is_changed(&self, conflict: &PathConflict) -> bool {
        conflict.paths().any(|name| self.changed.contains(name))
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

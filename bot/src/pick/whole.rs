//! A slice is built on what has been decided. What a person decides in it is shown as it is on the whole line, where each earlier conflict
//! is resolved as upstream has it: so each decision is asked once, and all of them are asked at the same time.

use std::collections::HashSet;

use super::resolution::Resolution;
use super::resolve::{ConflictCache, MergeCase, Resolver};
use super::{Conflict, OpenMerge, conflict};
use engine::commit::Commit;
use engine::ids::{CommitId, TreeId};
use engine::{GitError, Merged, Merger, PathConflict, Repo};

/// The line up to somewhere, with everything on it.
#[derive(Debug, Clone)]
pub(super) struct Whole {
    pub(super) tree: TreeId,
    pub(super) there: HashSet<CommitId>,
}

/// What a unit meets there that is left to a person.
pub(super) struct Met {
    pub(super) conflicts: Vec<Conflict>,
    pub(super) resolutions: Vec<Resolution>,
    pub(super) open_merge: Option<OpenMerge>,
    /// As they were merged.
    pub(super) merged: Vec<PathConflict>,
}

impl Whole {
    pub(super) fn new(tree: TreeId) -> Self {
        Self { tree, there: HashSet::new() }
    }

    /// Goes on by a unit, with conflicts or without.
    pub(super) fn pass(
        &mut self,
        merger: &mut Merger<'_>,
        (base, commit): (TreeId, &Commit),
    ) -> Result<Merged, GitError> {
        let merged = merger.pick_from(base, commit, self.tree)?;
        self.tree = merged.tree;
        if !merged.is_clean() {
            let names = merged.conflicts.iter().flat_map(PathConflict::paths);
            self.tree = merger.with_files(merged.tree, names, commit.tree)?;
        }
        self.there.insert(commit.id);
        Ok(merged)
    }

    /// Goes on by a unit; returns what it meets, where that is left to a person.
    pub(super) fn go_on(
        &mut self,
        (repo, merger): (&Repo, &mut Merger<'_>),
        (resolver, known): (&Resolver<'_>, &mut ConflictCache),
        (base, commit): (TreeId, &Commit),
    ) -> Result<Option<Met>, GitError> {
        let before = self.tree;
        let merged = self.pass(merger, (base, commit))?;
        if merged.is_clean() {
            return Ok(None);
        }
        merger.keep(before)?;
        merger.keep(merged.tree)?;
        let case = MergeCase { before, base, theirs: commit.tree, merged: &merged, upstreams: &[] };
        let resolved = resolver.resolve(merger, known, &case)?;
        if resolved.open.is_empty() && merged.unclear.is_empty() {
            return Ok(None);
        }
        let mut conflicts = Vec::with_capacity(merged.conflicts.len());
        for found in merged.conflicts.iter().chain(&resolved.broken) {
            let mut conflict = conflict::read((repo, [commit.tree, before]), merger, found.clone())?;
            if let Some(open) = resolved.open.iter().find(|open| open.conflict.path == found.path) {
                open.describe(merger, &mut conflict)?;
            }
            conflicts.push(conflict);
        }
        conflicts.extend(merged.unclear.iter().cloned().map(conflict::unclear));
        merger.keep(resolved.tree)?;
        let open_merge = Some(OpenMerge { before, tree: resolved.tree });
        Ok(Some(Met { conflicts, resolutions: resolved.resolutions, open_merge, merged: merged.conflicts }))
    }
}

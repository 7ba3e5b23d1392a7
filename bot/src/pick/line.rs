//! What resolves conflicts on the line: what resolves them in phases, in all of them alike.

use std::collections::HashMap;

use super::resolve::{ConflictCache, MergeCase, ResolutionSources, Resolver};
use crate::config::PathRule;
use crate::config::raw::ResolveBy;
use crate::line::{Resolve, Resolved};
use crate::names::PhaseId;
use crate::units::Unit;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Merged, Merger, Repo};

/// Resolves what takes no person, wherever on the line it comes up.
pub struct LineResolver<'a> {
    ways: ResolutionSources<'a>,
    ancestor: TreeId,
    /// Decisions on paths are made for one phase each; the line is none.
    none: PhaseId,
    /// What came of the conflicts of one unit: it is applied to more than one state, and meets the same in most of its files.
    steps: (Option<CommitId>, ConflictCache),
}

impl<'a> LineResolver<'a> {
    /// One for a line that begins at no state until it is told ([`Resolve::begins_at`]).
    ///
    /// # Errors
    /// The empty tree cannot be made.
    pub fn new(repo: &Repo, ways: ResolutionSources<'a>) -> Result<Self, GitError> {
        let ancestor = repo.empty_tree()?;
        Ok(Self { ways, ancestor, none: PhaseId::default(), steps: (None, ConflictCache::default()) })
    }

    fn resolver(&self) -> Resolver<'_> {
        Resolver { ways: self.ways, phase: &self.none, ancestor: self.ancestor, accounts: false }
    }
}

/// The rules as they are where the fork's commits are brought onto upstream, so that the sides are the other way round.
#[must_use]
pub fn turned(rules: &[PathRule]) -> Vec<PathRule> {
    let turn = |rule: &PathRule| {
        let resolve = match rule.resolve {
            ResolveBy::Upstream => ResolveBy::Fork,
            ResolveBy::Fork | ResolveBy::KeepLocal => ResolveBy::Upstream,
            same @ (ResolveBy::Union
            | ResolveBy::Manifest
            | ResolveBy::Lockfile
            | ResolveBy::Follow
            | ResolveBy::Driver
            | ResolveBy::Propose) => same,
        };
        PathRule { resolve, ..rule.clone() }
    };
    rules.iter().map(turn).collect()
}

impl Resolve for LineResolver<'_> {
    fn begins_at(&mut self, ancestor: TreeId) {
        self.ancestor = ancestor;
    }

    fn resolve(
        &mut self,
        merger: &mut Merger<'_>,
        unit: &Unit,
        before: TreeId,
        merged: Merged,
    ) -> Result<Resolved, GitError> {
        let case = MergeCase { before, base: unit.base, theirs: unit.tree(), merged: &merged, upstreams: &[] };
        // The walk forgets files it has left behind, so nothing is remembered from one unit to the next.
        if self.steps.0.replace(unit.commit.id) != Some(unit.commit.id) {
            self.steps.1.clear();
        }
        let mut steps = std::mem::take(&mut self.steps.1);
        let found = self.resolver().resolve(merger, &mut steps, &case);
        self.steps.1 = steps;
        let found = found?;
        let mut places = HashMap::new();
        for open in found.open.iter().filter(|open| open.left.is_some()) {
            places.insert(open.conflict.path.clone(), open.places(merger)?);
        }
        let open = found.open.into_iter().map(|open| open.conflict).collect();
        Ok(Resolved { tree: found.tree, open, places, unclear: merged.unclear })
    }

    fn rules_over(&self, path: &RepoPath) -> bool {
        self.resolver().is_set_aside(path)
    }
}

//! Picks tried in memory, as if each conflict that nothing resolves were resolved with upstream's file; each tried once for what it
//! meets.

use std::rc::Rc;

use super::resolve::{ConflictCache, MergeCase, Resolver};
use crate::decision::Ruling;
use crate::names::PhaseId;
use engine::blame::Step;
use engine::commit::Entry;
use engine::hash::HashMap;
use engine::ids::TreeId;
use engine::{GitError, Merger, PathConflict, Repo, TouchedEntries, TreePatch, is_file_by_file};

/// When what was tried takes more than this many bytes, or there are so many of them, all of it is forgotten.
const MEMORY: usize = 128 << 20;
const MOST: usize = 200_000;

/// What came of a pick that was tried.
#[derive(Debug, Clone)]
pub(super) struct TrialResult {
    /// What conflicted and stayed open.
    pub(super) conflicts: Rc<[PathConflict]>,
    /// In how many places.
    pub(super) hunks: usize,
    /// Whether it was clean in all respects.
    pub(super) clean: bool,
}

/// What picks are tried on, one after the other: a tree, and what the last picks put into it.
#[derive(Clone)]
pub(super) struct TrialBase {
    tree: TreeId,
    patch: TreePatch,
}

impl TrialBase {
    pub(super) const fn new(tree: TreeId) -> Self {
        Self { tree, patch: TreePatch::new() }
    }
}

/// What came of a pick where nothing but the files it changes has a say, with these files after it: good wherever it meets the
/// same.
struct LocalResult {
    files: Vec<Option<Entry>>,
    tried: TrialResult,
}

/// What came of one file of a pick, where no other has a say in it.
struct FileResult {
    after: Option<Entry>,
    conflicts: Vec<PathConflict>,
    hunks: usize,
}

/// The picks tried so far. A row of picks is mostly tried again with one of them left out, and what that one does not touch
/// comes out as before; it takes no tree to know that.
pub(super) struct Trials<'r> {
    pub(super) merger: Merger<'r>,
    by_tree: HashMap<(TreeId, usize), (TrialResult, TreeId)>,
    by_files: HashMap<(usize, TouchedEntries), LocalResult>,
    /// By the pick, the place among its changes, and the file it meets there. A row mostly differs from the last in one file.
    by_file: HashMap<(usize, usize, Option<Entry>), FileResult>,
    steps: ConflictCache,
    /// The phase it was tried for: decisions may resolve things in one phase alone.
    phase: PhaseId,
}

impl<'r> Trials<'r> {
    pub(super) fn new(repo: &'r Repo) -> Result<Self, GitError> {
        let mut merger = Merger::new(repo)?;
        merger.leave_markers();
        Ok(Self {
            merger,
            by_tree: HashMap::default(),
            by_files: HashMap::default(),
            by_file: HashMap::default(),
            steps: ConflictCache::default(),
            phase: PhaseId::default(),
        })
    }

    /// Forgets what was tried where it would not come out the same for this resolver, or if it is much. The trees of earlier
    /// answers are gone then.
    pub(super) fn make_room(&mut self, resolver: &Resolver<'_>) {
        let by_phase = |ruling: &Ruling| matches!(ruling, Ruling::Resolve { .. });
        let moved =
            self.phase != *resolver.phase && resolver.ways.decisions.iter().any(|decision| by_phase(&decision.ruling));
        self.phase.clone_from(resolver.phase);
        if moved || self.merger.held() > MEMORY || self.by_tree.len() > MOST {
            self.by_tree.clear();
            self.by_files.clear();
            self.by_file.clear();
            self.steps.clear();
            self.merger.forget();
        }
    }

    /// Picks the commit at a place of the history, resolves what can be resolved, and moves the ground on. Where it was not tried
    /// before and `tries` are used up, it is not.
    pub(super) fn pick(
        &mut self,
        (at, step): (usize, &Step),
        resolver: &Resolver<'_>,
        ground: &mut TrialBase,
        tries: &mut usize,
    ) -> Result<Option<TrialResult>, GitError> {
        let paths = || step.changes.iter().map(|change| &change.path);
        let touched = self.merger.touched_entries(&step.changes, step.commit.tree, ground.tree, &ground.patch)?;
        let key = touched.map(|touched| (at, touched));
        if let Some(key) = &key
            && is_file_by_file(&step.changes)
            && !self.by_files.contains_key(key)
        {
            let Some(rest) = tries.checked_sub(1) else { return Ok(None) };
            *tries = rest;
            let local = self.files((at, step), resolver, &key.1)?;
            self.by_files.insert(key.clone(), local);
        }
        if let Some(key) = &key
            && let Some(local) = self.by_files.get(key)
        {
            let changed = paths().zip(&local.files).zip(&key.1).filter(|((_, after), before)| after != before);
            ground.patch.extend(changed.map(|((path, after), _)| (path.clone(), *after)));
            return Ok(Some(local.tried.clone()));
        }
        if !ground.patch.is_empty() {
            let patch = std::mem::take(&mut ground.patch);
            ground.tree = self.merger.with_entries(ground.tree, patch.iter().map(|(path, entry)| (path, *entry)))?;
        }
        if let Some((tried, after)) = self.by_tree.get(&(ground.tree, at)) {
            ground.tree = *after;
            return Ok(Some(tried.clone()));
        }
        let Some(rest) = tries.checked_sub(1) else { return Ok(None) };
        *tries = rest;
        let (tried, after) = self.merge(step, resolver, ground.tree)?;
        if let Some(key) = key {
            let files = self.merger.files_at(after, paths())?;
            self.by_files.insert(key, LocalResult { files, tried: tried.clone() });
        }
        self.by_tree.insert((ground.tree, at), (tried.clone(), after));
        ground.tree = after;
        Ok(Some(tried))
    }

    /// Picks file by file.
    fn files(
        &mut self,
        (at, step): (usize, &Step),
        resolver: &Resolver<'_>,
        touched: &TouchedEntries,
    ) -> Result<LocalResult, GitError> {
        let (mut files, mut conflicts, mut hunks) = (Vec::with_capacity(touched.len()), Vec::new(), 0);
        for (which, (change, here)) in step.changes.iter().zip(touched).enumerate() {
            let key = (at, which, *here);
            if !self.by_file.contains_key(&key) {
                let ([base, before, theirs], merged) =
                    self.merger.merge_file(&change.path, [change.old, *here, change.new])?;
                let case = MergeCase { before, base, theirs, merged: &merged, upstreams: &[] };
                let (tried, after) = self.resolve(resolver, &case)?;
                let after = self.merger.entry(after, &change.path)?;
                let found = FileResult { after, conflicts: tried.conflicts.to_vec(), hunks: tried.hunks };
                self.by_file.insert(key, found);
            }
            if let Some(found) = self.by_file.get(&key) {
                files.push(found.after);
                conflicts.extend_from_slice(&found.conflicts);
                hunks += found.hunks;
            }
        }
        Ok(LocalResult { files, tried: TrialResult { conflicts: conflicts.into(), hunks, clean: hunks == 0 } })
    }

    fn merge(&mut self, step: &Step, resolver: &Resolver<'_>, tree: TreeId) -> Result<(TrialResult, TreeId), GitError> {
        let commit = &step.commit;
        let merged = self.merger.pick_from(step.base, commit, tree)?;
        let case = MergeCase { before: tree, base: step.base, theirs: commit.tree, merged: &merged, upstreams: &[] };
        self.resolve(resolver, &case)
    }

    fn resolve(&mut self, resolver: &Resolver<'_>, case: &MergeCase<'_>) -> Result<(TrialResult, TreeId), GitError> {
        let resolution = resolver.resolve(&mut self.merger, &mut self.steps, case)?;
        let mut hunks = case.merged.unclear.len();
        for open in &resolution.open {
            hunks += open.places(&mut self.merger)?;
        }
        let conflicts: Rc<[PathConflict]> = resolution.open.into_iter().map(|open| open.conflict).collect();
        let paths = conflicts.iter().map(|conflict| &conflict.path);
        let tree = self.merger.with_files(resolution.tree, paths, case.theirs)?;
        Ok((TrialResult { clean: hunks == 0, conflicts, hunks }, tree))
    }
}

//! Walking the line.

use std::collections::{BTreeSet, HashSet};

use super::own::{Side, Whose};
use super::started::Started;
use super::story::Stories;
use super::{Known, Line, LineUnit, OnLine, Resolve, Resolved};
use crate::guard::Guard;
use crate::units::Unit;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::progress::Progress;
use engine::{GitError, MergeLabels, Merged, Merger, PathConflict, TreePatch};

/// After so many units, what the walk made and has left behind is forgotten.
const ROW: usize = 64;

/// What the line is walked on.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The units, in upstream's order.
    pub units: &'a [Unit],
    /// What is known of each.
    pub known: &'a [Known],
    /// The state both sides started from.
    pub start: TreeId,
    /// The fork's head.
    pub fork: TreeId,
    /// The paths that wait for a person.
    pub guard: &'a Guard,
}

/// Applies the units to the fork one after the other. The merger keeps what the end is made of.
///
/// # Errors
/// A file or a tree is missing.
pub fn walk(
    merger: &mut Merger<'_>,
    ground: Ground<'_>,
    resolve: &mut dyn Resolve,
    progress: &mut dyn Progress,
) -> Result<Line, GitError> {
    progress.stage("walking the line", ground.units.len());
    merger.leave_markers();
    let started = Started::read(merger, ground.start, ground.fork)?;
    let mut walk = Walk {
        merger,
        ground,
        resolve,
        stories: Stories::new(ground.units),
        started,
        whole: ground.fork,
        sure: ground.fork,
        resolved_paths: HashSet::new(),
        units: Vec::with_capacity(ground.units.len()),
    };
    for at in 0..ground.units.len() {
        let unit = walk.unit(at)?;
        walk.units.push(unit);
        if at % ROW == ROW - 1 {
            let kept = [walk.whole, walk.sure];
            walk.merger.forget_all_but_these(&kept)?;
        }
        progress.step();
    }
    Ok(Line { units: walk.units, end: walk.whole })
}

pub(super) struct Walk<'w, 'r> {
    pub(super) merger: &'w mut Merger<'r>,
    pub(super) ground: Ground<'w>,
    resolve: &'w mut dyn Resolve,
    pub(super) stories: Stories<'w>,
    pub(super) started: Started,
    /// The state with conflicts provisionally resolved.
    whole: TreeId,
    /// The state without what needs a person, and without what follows from it.
    pub(super) sure: TreeId,
    /// The paths on which rules, answers and the like resolved conflicts there.
    resolved_paths: HashSet<RepoPath>,
    /// The units behind us.
    pub(super) units: Vec<LineUnit>,
}

/// What came of applying a unit.
struct Applied {
    left: Resolved,
    /// Whether anything was resolved without a person.
    resolved: bool,
}

impl Walk<'_, '_> {
    fn unit(&mut self, at: usize) -> Result<LineUnit, GitError> {
        match self.ground.known[at] {
            Known::Open => self.guarded(at),
            Known::LetIn => self.applied(at),
            Known::LeftOut => Ok(with_outcome(OnLine::LeftOut)),
            Known::Taken => match self.undone(at)? {
                None => Ok(with_outcome(OnLine::Taken)),
                Some(by) => {
                    let found = self.applied(at)?;
                    // It applies once more, and is the fork's as before.
                    let applies = matches!(found.outcome, OnLine::Clean | OnLine::Resolved | OnLine::NoOp);
                    let outcome = if applies { OnLine::Taken } else { found.outcome };
                    Ok(LineUnit { outcome, again: Some(by), ..found })
                }
            },
        }
    }

    /// Applies a unit, unless it takes no person but for the guarded paths that it changes: then the line goes on as after any other
    /// that waits for one.
    fn guarded(&mut self, at: usize) -> Result<LineUnit, GitError> {
        let before = self.sure;
        let mut found = self.applied(at)?;
        if self.sure == before {
            return Ok(found);
        }
        let changes = self.merger.changes(before, self.sure)?;
        found.guarded =
            changes.into_iter().map(|change| change.path).filter(|path| self.ground.guard.covers(path)).collect();
        if !found.guarded.is_empty() {
            found.outcome = OnLine::Decide;
            self.sure = before;
        }
        Ok(found)
    }

    fn applied(&mut self, at: usize) -> Result<LineUnit, GitError> {
        let unit = &self.ground.units[at];
        let before = self.whole;
        let merged = self.merge(unit, before)?;
        if !merged.is_clean() {
            return self.root(at, merged);
        }
        self.whole = merged.tree;
        self.follow(at, before, &merged)
    }

    /// Applies a unit to the state without what needs a person, and resolves there what takes none.
    fn apply(&mut self, unit: &Unit) -> Result<Applied, GitError> {
        let merged = self.merge(unit, self.sure)?;
        if merged.is_clean() && !self.is_ruled(unit) {
            let resolved = !merged.driven.is_empty();
            return Ok(Applied { left: Resolved::of(merged), resolved });
        }
        let resolved = !merged.is_clean() || !merged.driven.is_empty();
        let met: Vec<RepoPath> = merged.conflicts.iter().map(|conflict| conflict.path.clone()).collect();
        let left = self.resolve.resolve(self.merger, unit, self.sure, merged)?;
        let closed = met.into_iter().filter(|path| !left.open.iter().any(|conflict| conflict.path == *path));
        self.resolved_paths.extend(closed);
        Ok(Applied { left, resolved })
    }

    /// Whether a rule has a say in a path that a unit changes, even where it merges cleanly.
    fn is_ruled(&self, unit: &Unit) -> bool {
        unit.changes.iter().any(|change| self.resolve.rules_over(&change.path))
    }

    fn merge(&mut self, unit: &Unit, onto: TreeId) -> Result<Merged, GitError> {
        if unit.base == onto {
            return Ok(Merged::of(unit.tree()));
        }
        self.merger.merge(unit.base, onto, unit.tree(), &MergeLabels::default())
    }

    /// A unit that conflicts by itself: its paths are resolved as upstream has them, and the line goes on.
    fn root(&mut self, at: usize, merged: Merged) -> Result<LineUnit, GitError> {
        let unit = &self.ground.units[at];
        // Where the fork calls the file by another name, upstream's is beside it.
        let mut provisional: Vec<RepoPath> = merged.conflicts.iter().flat_map(PathConflict::paths).cloned().collect();
        provisional.sort();
        provisional.dedup();
        let before =
            std::mem::replace(&mut self.whole, self.merger.with_files(merged.tree, &provisional, unit.tree())?);
        let replayed = |conflict: &PathConflict| unit.replayed.contains(conflict);
        if merged.unclear.is_empty() && merged.conflicts.iter().all(replayed) {
            let found = self.resolved(at, merged.conflicts)?;
            return Ok(LineUnit { provisional, ..found });
        }
        let applied = self.resolve.resolve(self.merger, unit, before, merged)?;
        if applied.is_clean() {
            let found = self.resolved(at, Vec::new())?;
            return Ok(LineUnit { provisional, root: true, ..found });
        }
        let (hunks, files) = (applied.open_places(self.merger)?, applied.open_files());
        let whose = self.whose_all(at, (&applied.open, &applied.unclear), Side::Whole)?;
        if whose.is_upstreams(applied.unclear.is_empty()) && self.is_upstreams(at, &applied.open, Side::Whole)? {
            let found = self.resolved(at, applied.open)?;
            return Ok(LineUnit { provisional, root: true, ..found });
        }
        let (outcome, after) = self.judge(at, whose)?;
        if outcome == OnLine::NotNeededYet && after.iter().all(|earlier| !self.units[*earlier].applied) {
            // What it came with is left out, and so is this.
            self.whole = before;
            return Ok(LineUnit { after, applied: false, ..with_outcome(outcome) });
        }
        Ok(LineUnit {
            outcome,
            applied: true,
            root: true,
            hunks,
            guarded: Vec::new(),
            files,
            after,
            provisional,
            upstreams: Vec::new(),
            again: None,
        })
    }

    /// A unit that takes no person where all before it is there. Where what needs a person is left out, the fork's own lines may be in
    /// its way all the same. `found` are its conflicts among upstream's own lines, as where its lines of history met, or where the
    /// fork has a later unit already: upstream's file is the answer to those, and to those that come up here.
    fn resolved(&mut self, at: usize, found: Vec<PathConflict>) -> Result<LineUnit, GitError> {
        let unit = &self.ground.units[at];
        let Applied { left: here, .. } = self.apply(unit)?;
        if here.is_clean() {
            self.sure = here.tree;
            return Ok(LineUnit { upstreams: found, ..with_outcome(OnLine::Resolved) });
        }
        if here.unclear.is_empty() && self.is_upstreams(at, &here.open, Side::Sure)? {
            let paths = here.open.iter().map(|conflict| &conflict.path);
            self.sure = self.merger.with_files(here.tree, paths, unit.tree())?;
            let upstreams = found.into_iter().chain(here.open).collect();
            return Ok(LineUnit { upstreams, ..with_outcome(OnLine::Resolved) });
        }
        let mut whose = self.whose_all(at, (&here.open, &here.unclear), Side::Sure)?;
        if found.is_empty() {
            self.waits(at, &here.open, &mut whose);
        }
        let (outcome, after) = self.judge(at, whose)?;
        let (hunks, files) = match outcome {
            // Only what it meets where all before it is there: the rest comes with what is left out here.
            OnLine::Decide if !found.is_empty() => {
                let found = Resolved { open: found.clone(), ..Resolved::of(Merged::of(here.tree)) };
                (found.open_places(self.merger)?, found.open_files())
            }
            OnLine::Decide => (here.open_places(self.merger)?, here.open_files()),
            _ => (0, 0),
        };
        Ok(LineUnit { after, hunks, files, upstreams: found, ..with_outcome(outcome) })
    }

    /// What becomes of a unit that applies where all before it is there: it may not where what needs a person is left out.
    fn follow(&mut self, at: usize, before: TreeId, merged: &Merged) -> Result<LineUnit, GitError> {
        let unit = &self.ground.units[at];
        let applied = merged.tree;
        let changed = applied != before;
        let mut outcome = match (changed, merged.driven.is_empty()) {
            (true, true) => OnLine::Clean,
            (true, false) => OnLine::Resolved,
            (false, _) => OnLine::NoOp,
        };
        if !self.is_ruled(unit) {
            if self.sure == before {
                self.sure = applied;
                return Ok(with_outcome(outcome));
            }
            if let Some(sure) = self.likewise(unit, before, applied)? {
                self.sure = sure;
                return Ok(with_outcome(outcome));
            }
        }
        let Applied { left: here, resolved } = self.apply(unit)?;
        if here.is_clean() {
            if resolved {
                outcome = OnLine::Resolved;
            }
            let nothing = here.tree == self.sure;
            self.sure = here.tree;
            if nothing && changed {
                // What it undoes, or builds on, is missing here.
                let after = self.touched(at)?;
                if after.is_empty() && self.is_ruled(unit) {
                    // A rule keeps it out of the paths it changes.
                    return Ok(with_outcome(OnLine::Resolved));
                }
                let outcome = if after.is_empty() { OnLine::NoOp } else { OnLine::NotNeededYet };
                return Ok(LineUnit { after, ..with_outcome(outcome) });
            }
            return Ok(with_outcome(outcome));
        }
        let mut whose = self.whose_all(at, (&here.open, &here.unclear), Side::Sure)?;
        self.waits(at, &here.open, &mut whose);
        let (outcome, after) = self.judge(at, whose)?;
        Ok(LineUnit { after, ..with_outcome(outcome) })
    }

    /// Takes what conflicts for a matter of the earlier units: the other row shows that no line of the fork's own is in the way once they
    /// are there.
    fn waits(&self, at: usize, open: &[PathConflict], whose: &mut Whose) {
        whose.own = false;
        if whose.missing.is_empty() {
            whose.missing = self.sharers(at, open);
        }
    }

    /// The state without what needs a person, where the unit meets there what it met on the whole line, and so comes out the same.
    fn likewise(&mut self, unit: &Unit, before: TreeId, applied: TreeId) -> Result<Option<TreeId>, GitError> {
        let over = TreePatch::new();
        let there = self.merger.touched_entries(&unit.changes, unit.tree(), before, &over)?;
        if there.is_none() || there != self.merger.touched_entries(&unit.changes, unit.tree(), self.sure, &over)? {
            return Ok(None);
        }
        let paths = || unit.changes.iter().map(|change| &change.path);
        let files = self.merger.files_at(applied, paths())?;
        self.merger.with_entries(self.sure, paths().zip(files)).map(Some)
    }

    /// The earlier unit that undid one that the fork has whole. What a resolution put away is not undone.
    fn undone(&mut self, at: usize) -> Result<Option<usize>, GitError> {
        let unit = &self.ground.units[at];
        let paths = || unit.changes.iter().map(|change| &change.path);
        let fork = self.ground.fork;
        let (had, has) = (self.merger.files_at(fork, paths())?, self.merger.files_at(self.sure, paths())?);
        let undone = |(path, (had, has))| (had != has && !self.resolved_paths.contains(path)).then_some(path);
        let lost: Vec<&RepoPath> = paths().zip(had.into_iter().zip(has)).filter_map(undone).collect();
        if lost.is_empty() || self.would_change(at, fork)? || !self.would_change(at, self.sure)? {
            return Ok(None);
        }
        let touches = |earlier: &usize| lost.iter().any(|path| self.stories.touches(*earlier, path));
        let there = |earlier: &usize| {
            matches!(self.ground.known[*earlier], Known::Open | Known::LetIn)
                && !self.units[*earlier].outcome.is_missing()
        };
        Ok((0..at).rev().find(|earlier| there(earlier) && touches(earlier)))
    }

    /// Whether applying a unit changes anything, or conflicts.
    fn would_change(&mut self, at: usize, onto: TreeId) -> Result<bool, GitError> {
        let merged = self.merge(&self.ground.units[at], onto)?;
        Ok(!merged.is_clean() || merged.tree != onto)
    }

    /// The earlier units that are missing and touch what conflicts; those that need a person, where there are any.
    fn sharers(&self, at: usize, conflicts: &[PathConflict]) -> BTreeSet<usize> {
        let names: Vec<&RepoPath> = conflicts.iter().flat_map(PathConflict::paths).collect();
        let shares = |earlier: &usize| {
            let touches = |name: &&RepoPath| self.stories.touches(*earlier, name);
            self.units[*earlier].outcome.is_missing() && names.iter().any(touches)
        };
        let all: Vec<usize> = (0..at).filter(shares).collect();
        let roots = all.iter().copied().filter(|earlier| self.units[*earlier].root);
        let roots: BTreeSet<usize> = roots.collect();
        if roots.is_empty() { all.into_iter().collect() } else { roots }
    }

    /// The outcome of a unit with places that conflict, and the units it waits for.
    fn judge(&mut self, at: usize, whose: Whose) -> Result<(OnLine, Vec<usize>), GitError> {
        if whose.own || whose.missing.is_empty() {
            return Ok((OnLine::Decide, whose.missing.into_iter().collect()));
        }
        let came_with = self.came_with(at)?;
        Ok(match came_with {
            Some(units) => (OnLine::NotNeededYet, units.into_iter().collect()),
            None => (OnLine::Follows, whose.missing.into_iter().collect()),
        })
    }
}

fn with_outcome(outcome: OnLine) -> LineUnit {
    LineUnit {
        outcome,
        root: false,
        hunks: 0,
        guarded: Vec::new(),
        files: 0,
        after: Vec::new(),
        provisional: Vec::new(),
        upstreams: Vec::new(),
        applied: !matches!(outcome, OnLine::Taken | OnLine::LeftOut),
        again: None,
    }
}

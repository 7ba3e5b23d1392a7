//! Whose lines a conflict is about: the fork's own, or those of units that are not there.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Known;
use super::origin::text;
use super::story::{LineKey, OLD, Story, key};
use super::walk::Walk;
use engine::commit::Entry;
use engine::hash::HashSet;
use engine::path::RepoPath;
use engine::{ConflictKind, GitError, PathConflict};

/// The lines both sides started with.
type Lines = HashSet<LineKey>;

/// The row a conflict came up on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The one with all earlier units there.
    Whole,
    /// The one without what needs a person.
    Sure,
}

/// What the places of a conflict are due to.
#[derive(Debug, Default)]
pub(super) struct Whose {
    /// Lines of the fork's own are there, or it removed lines that upstream changes.
    pub(super) own: bool,
    /// Earlier units that are not there.
    pub(super) missing: BTreeSet<usize>,
}

impl Whose {
    const OWN: Self = Self { own: true, missing: BTreeSet::new() };

    pub(super) fn join(&mut self, other: Self) {
        self.own |= other.own;
        self.missing.extend(other.missing);
    }

    /// Whether nothing speaks against the conflict being among upstream's own lines.
    pub(super) fn is_upstreams(&self, clear: bool) -> bool {
        clear && !self.own && self.missing.is_empty()
    }

    fn after(unit: usize) -> Self {
        Self { own: false, missing: BTreeSet::from([unit]) }
    }
}

impl Walk<'_, '_> {
    /// Whether a unit before another is not there.
    pub(super) fn is_missing(&self, unit: usize, before: usize) -> bool {
        unit < before && self.units.get(unit).is_some_and(|unit| unit.outcome.is_missing())
    }

    /// What all conflicts of the unit at a place are due to. Where it is unclear whether a file follows its folder, a person decides.
    pub(super) fn whose_all(
        &mut self,
        at: usize,
        (open, unclear): (&[PathConflict], &[RepoPath]),
        side: Side,
    ) -> Result<Whose, GitError> {
        let mut all = Whose { own: !unclear.is_empty(), missing: BTreeSet::new() };
        for conflict in open {
            all.join(self.whose(at, conflict, side)?);
        }
        Ok(all)
    }

    /// What a conflict of the unit at a place is due to.
    pub(super) fn whose(&mut self, at: usize, conflict: &PathConflict, side: Side) -> Result<Whose, GitError> {
        let mut whose = self.lines_of(at, conflict, side)?;
        whose.own &= self.started.is_changed(conflict);
        Ok(whose)
    }

    fn lines_of(&mut self, at: usize, conflict: &PathConflict, side: Side) -> Result<Whose, GitError> {
        let story = self.stories.of(self.merger, &conflict.names[0])?;
        if matches!(conflict.kind, ConflictKind::Rename | ConflictKind::Mode | ConflictKind::Submodule) {
            return Ok(self.last_missing(at, &story).map_or(Whose::OWN, Whose::after));
        }
        let started = self.started.lines(self.merger, conflict)?;
        let had = started.is_some();
        let started = started.unwrap_or_default();
        match (conflict.base, conflict.ours, conflict.theirs) {
            (_, None, _) => Ok(self.gone(at, &story, side, had)),
            (base, Some(ours), theirs) => {
                let (base, ours) = (text(base), text(Some(ours)));
                let whole = 0..usize::MAX;
                match (base, ours, text(theirs)) {
                    // One of the two is chosen as a whole.
                    (Some(base), Some(ours), Some(_)) if conflict.kind == ConflictKind::Whole => {
                        self.place(at, (&story, &started), (base, ours), (whole.clone(), whole))
                    }
                    (Some(base), Some(ours), Some(theirs)) => {
                        let Some(clashes) = self.merger.conflict_hunks(Some(base), ours, theirs)? else {
                            return Ok(self.last_missing(at, &story).map_or(Whose::OWN, Whose::after));
                        };
                        let mut whose = Whose::default();
                        for clash in clashes {
                            whose.join(self.place(at, (&story, &started), (base, ours), (clash.base, clash.ours))?);
                        }
                        Ok(whose)
                    }
                    (Some(base), Some(ours), None) => {
                        self.place(at, (&story, &started), (base, ours), (whole.clone(), whole))
                    }
                    (None, Some(ours), _) => {
                        let story = self.stories.of(self.merger, &conflict.names[2])?;
                        self.added(at, (&story, &started), ours)
                    }
                    _ => Ok(Whose::OWN),
                }
            }
        }
    }

    /// Whether the conflicting files hold nothing but what upstream has, or had, there, and nothing is missing.
    pub(super) fn is_upstreams(&mut self, at: usize, conflicts: &[PathConflict], side: Side) -> Result<bool, GitError> {
        for conflict in conflicts {
            if self.ground.units[at].replayed.contains(conflict) {
                continue;
            }
            if !self.whose(at, conflict, side)?.is_upstreams(true) {
                return Ok(false);
            }
            if !self.started.is_changed(conflict) {
                continue;
            }
            let story = self.stories.of(self.merger, &conflict.names[0])?;
            let Some(ours) = conflict.ours else { return Ok(false) };
            if story.versions.contains_key(&ours.id) {
                continue;
            }
            let started = self.started.lines(self.merger, conflict)?.unwrap_or_default();
            let (Some(base), Some(ours)) = (text(conflict.base), text(Some(ours))) else { return Ok(false) };
            let whole = self.place(at, (&story, &started), (base, ours), (0..usize::MAX, 0..usize::MAX))?;
            if !whole.is_upstreams(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A path our side does not have: the fork removed it, or the unit it came with is missing.
    fn gone(&self, at: usize, story: &Story, side: Side, had: bool) -> Whose {
        let before = story.placed.iter().rev().find(|unit| **unit < at);
        match before {
            Some(unit) if self.is_missing(*unit, at) => Whose::after(*unit),
            // On the row without what needs a person, whatever else is missing there.
            Some(unit) if side == Side::Sure && self.ground.known[*unit] != Known::Taken => Whose::after(*unit),
            None if !had => Whose::default(),
            _ => Whose::OWN,
        }
    }

    /// A file both sides added.
    fn added(&mut self, at: usize, (story, started): (&Story, &Lines), ours: Entry) -> Result<Whose, GitError> {
        let lines = self.merger.lines(ours)?;
        let own = |line: LineKey| !story.knows(line) && !started.contains(&line);
        let own = lines.of(0..lines.count()).filter_map(key).any(own);
        let missing = story.placed.iter().copied().filter(|unit| self.is_missing(*unit, at)).collect();
        Ok(Whose { own, missing })
    }

    /// The last unit before this one that is missing and touches a path.
    fn last_missing(&self, at: usize, story: &Story) -> Option<usize> {
        let units = story.brought.values().chain(story.removed.values()).flatten();
        let units = units.map(|unit| usize::try_from(*unit).unwrap_or(usize::MAX)).chain(story.placed.iter().copied());
        units.filter(|unit| self.is_missing(*unit, at)).max()
    }

    /// One place of a text: the lines of the base that our side lacks there, and those it has instead.
    fn place(
        &mut self,
        at: usize,
        (story, started): (&Story, &Lines),
        (base, ours): (Entry, Entry),
        (in_base, in_ours): (Range<usize>, Range<usize>),
    ) -> Result<Whose, GitError> {
        let Some(hunks) = self.merger.hunks(base, ours)? else { return Ok(Whose::OWN) };
        let (base_lines, our_lines) = (self.merger.lines(base)?, self.merger.lines(ours)?);
        let origins = story.versions.get(&base.id);
        let mut whose = Whose::default();
        let number = |unit: u32| usize::try_from(unit).unwrap_or(usize::MAX);
        let within = |hunk: &&engine::LineHunk| {
            let apart = hunk.old.end < in_base.start || in_base.end < hunk.old.start;
            let apart_too = hunk.new.end < in_ours.start || in_ours.end < hunk.new.start;
            !apart && !apart_too
        };
        for hunk in hunks.iter().filter(within) {
            let lines: Vec<LineKey> = our_lines.of(hunk.new.clone()).filter_map(key).collect();
            let units = |of: Option<&Vec<u32>>| of.into_iter().flatten().map(|unit| number(*unit)).collect::<Vec<_>>();
            // What units that the fork has put in the place of others is not the fork's own.
            let taken = |line: &LineKey| units(story.brought.get(line)).into_iter().any(|unit| self.has(unit));
            let replaced = !lines.is_empty() && lines.iter().all(taken);
            for (line, at_line) in base_lines.of(hunk.old.clone()).zip(hunk.old.clone()) {
                let Some(line) = key(line) else { continue };
                let from = origins.and_then(|origins| origins.get(at_line).copied()).unwrap_or(OLD);
                if from != OLD && self.is_missing(number(from), at) {
                    whose.missing.insert(number(from));
                } else {
                    let removed = units(story.removed.get(&line)).into_iter().any(|unit| self.has(unit));
                    whose.own |= !removed && !replaced && started.contains(&line);
                }
            }
            for line in lines {
                let removed = units(story.removed.get(&line));
                match removed.into_iter().rfind(|unit| self.is_missing(*unit, at)) {
                    Some(last) => drop(whose.missing.insert(last)),
                    None => whose.own |= !story.knows(line) && !started.contains(&line),
                }
            }
        }
        Ok(whose)
    }

    /// Whether the fork has a unit, or the line so far has brought it.
    fn has(&self, unit: usize) -> bool {
        match self.units.get(unit) {
            Some(behind) => !behind.outcome.is_missing(),
            None => self.ground.known.get(unit) == Some(&Known::Taken),
        }
    }
}

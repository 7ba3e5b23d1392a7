//! How far upstream is in: which units a commit of upstream's has in its history.

use std::collections::HashMap;

use super::Units;
use engine::commit::Commit;
use engine::ids::CommitId;

/// Upstream's commits since the common ancestor, parents before children.
pub(crate) struct Reach<'a> {
    units: &'a Units,
    commits: &'a [Commit],
    places: HashMap<CommitId, usize>,
}

impl<'a> Reach<'a> {
    pub(crate) fn new(units: &'a Units) -> Self {
        let commits = units.commits();
        let places = commits.iter().enumerate().map(|(at, commit)| (commit.id, at)).collect();
        Self { units, commits, places }
    }

    pub(crate) fn place(&self, commit: CommitId) -> Option<usize> {
        self.places.get(&commit).copied()
    }

    pub(crate) fn commit(&self, place: usize) -> CommitId {
        self.commits[place].id
    }

    /// The commit with most units in its history that are all done, by place; of two such the later one.
    pub(crate) fn furthest(&self, done: &[bool]) -> Option<usize> {
        let mut whole = vec![false; self.commits.len()];
        for (at, commit) in self.commits.iter().enumerate() {
            let own = self.units.place(commit.id).is_none_or(|unit| done[unit]);
            whole[at] = own && self.parents(at).all(|parent| whole[parent]);
        }
        // Only what is no part of a longer one, and no commit inside of a unit, which would cut that in two.
        let mut longest: Vec<bool> = (0..whole.len()).map(|at| whole[at] && self.ends_a_unit(at)).collect();
        for at in (0..whole.len()).filter(|at| whole[*at] && self.ends_a_unit(*at)) {
            for parent in self.parents(at) {
                longest[parent] = false;
            }
        }
        let ends = (0..longest.len()).filter(|at| longest[*at]);
        ends.max_by_key(|at| (self.units(*at).iter().filter(|covered| **covered).count(), *at))
    }

    /// Of each unit, whether it is in the history of a commit.
    pub(crate) fn units(&self, place: usize) -> Vec<bool> {
        let mut seen = vec![false; self.commits.len()];
        let mut pending = vec![place];
        let mut covered = vec![false; self.units.all().len()];
        while let Some(at) = pending.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            if let Some(unit) = self.units.place(self.commits[at].id) {
                covered[unit] = true;
            }
            pending.extend(self.parents(at));
        }
        covered
    }

    fn parents(&self, at: usize) -> impl Iterator<Item = usize> {
        self.commits[at].parents.iter().filter_map(|parent| self.place(*parent))
    }

    fn ends_a_unit(&self, at: usize) -> bool {
        let commit = self.commits[at].id;
        self.units.place(commit).is_none_or(|unit| self.units.all()[unit].commit.id == commit)
    }
}

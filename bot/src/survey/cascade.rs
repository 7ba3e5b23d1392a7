//! Roots and cascades: which conflicts are a unit's own, and which only follow from earlier ones.
//!
//! On a fork that has drifted most units conflict when picked alone, and nearly all of those only because a few others are not
//! there yet. The line tells them apart: what conflicts there, where all before it is resolved as upstream has it, is a root.

use std::collections::{BTreeSet, HashMap};

use super::{Alone, Cascade, Surveyed, Verdict};
use crate::line::Line;
use engine::blame::History;
use engine::ids::CommitId;

/// Says of each unit whether it is a root or a cascade, of which roots, and where its lines come from. `from` are the places in
/// the history that the conflicts of each unit come from when it is picked alone onto the fork's head.
pub(super) fn mark(history: &History, units: &mut [Surveyed], line: &Line, from: &[BTreeSet<usize>]) {
    let index: HashMap<CommitId, usize> = units.iter().enumerate().map(|(at, unit)| (unit.sha, at)).collect();
    for (at, from) in from.iter().enumerate() {
        if units[at].verdict == Verdict::Taken || units[at].alone != Alone::Conflict {
            continue;
        }
        let needs = from.iter().map(|place| history.step(*place).commit.id);
        let open = |sha: &CommitId| index.get(sha).is_some_and(|other| units[*other].verdict != Verdict::Taken);
        units[at].needs = needs.filter(open).collect();
    }
    for (unit, found) in units.iter_mut().zip(&line.units) {
        unit.cascade = match (unit.verdict, found.root, unit.alone) {
            (Verdict::Taken, ..) => Cascade::None,
            (_, true, _) => Cascade::Root,
            (_, false, Alone::Conflict) => Cascade::Cascade,
            (_, false, Alone::Clean | Alone::Noop) => Cascade::None,
        };
    }
    let roots = RootsBehind::of(units, &index);
    for at in 0..units.len() {
        if units[at].cascade == Cascade::Cascade {
            // The line knows best; where it had all that a unit needs, the origin of the lines says what that was.
            units[at].roots = match line.roots_of(at) {
                behind if behind.is_empty() => roots_of(units, &roots, at),
                behind => behind.into_iter().map(|root| units[root].sha).collect(),
            };
        }
    }
}

/// The roots among the commits a cascade's lines come from, theirs come from, and so on, in order.
///
/// Where its lines come from no open commit at all, the roots before it in the same files stand in for them: the walk, which
/// resolved those, shows that they are enough.
fn roots_of(commits: &[Surveyed], behind: &RootsBehind, at: usize) -> Vec<CommitId> {
    if commits[at].needs.is_empty() {
        let shares = |other: &&Surveyed| other.paths.iter().any(|path| commits[at].conflicts.contains(path));
        let roots = commits[..at].iter().filter(|other| other.cascade == Cascade::Root);
        return roots.filter(shares).map(|other| other.sha).collect();
    }
    behind.roots_of(at).map(|root| commits[root].sha).collect()
}

/// For each commit, the roots among the commits it needs, directly or by way of others.
struct RootsBehind {
    /// The places of the roots, in order.
    roots: Vec<usize>,
    /// For each commit, a bit for each root.
    sets: Vec<Vec<u64>>,
}

impl RootsBehind {
    fn of(commits: &[Surveyed], index: &HashMap<CommitId, usize>) -> Self {
        let roots: Vec<usize> = (0..commits.len()).filter(|at| commits[*at].cascade == Cascade::Root).collect();
        let mut sets: Vec<Vec<u64>> = Vec::with_capacity(commits.len());
        for commit in commits {
            let mut set = vec![0; if commit.needs.is_empty() { 0 } else { roots.len().div_ceil(64) }];
            // What is needed stands before what needs it, so its own set is there.
            for need in commit.needs.iter().filter_map(|need| index.get(need)) {
                for (word, theirs) in set.iter_mut().zip(sets.get(*need).into_iter().flatten()) {
                    *word |= theirs;
                }
                if let Ok(root) = roots.binary_search(need) {
                    set[root / 64] |= 1 << (root % 64);
                }
            }
            sets.push(set);
        }
        Self { roots, sets }
    }

    fn roots_of(&self, at: usize) -> impl Iterator<Item = usize> {
        let has = move |root: usize| self.sets[at].get(root / 64).is_some_and(|word| word >> (root % 64) & 1 == 1);
        self.roots.iter().enumerate().filter(move |(root, _)| has(*root)).map(|(_, place)| *place)
    }
}

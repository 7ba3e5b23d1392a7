//! What a conflicting pick needs: the fewest untaken upstream commits whose presence makes it clean, tried out in memory.
//!
//! Blame says where to begin: the commits that the conflicting lines come from, and those that their own come from. They are
//! picked in order onto the tree the pick met, then the pick itself; what still conflicts is asked for its lines in turn, until
//! no more is found. What turns out not to matter is then left out again, one by one. So the answer never rests on blame alone.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::resolve::Resolver;
use super::trial::{TrialBase, Trials};
use crate::survey::{Cascade, Survey, Verdict};
use engine::blame::{Blame, History};
use engine::ids::{CommitId, TreeId};
use engine::{GitError, PathConflict, Repo};

/// How many merges may be made for one conflicting pick. In a file that every commit touches (a lock file) what there is to try
/// grows with the square of the range; then the answer is the best so far, and says so.
const TRIES: usize = 300;
/// How many where the commits to take first leave as much to resolve as the pick alone: few people will take them, so it matters less
/// that none could be spared.
const FEW_TRIES: usize = 40;
/// How many picks may be looked at for one, most of which are known already.
const LOOKS: usize = 20_000;

/// What would make a conflicting pick clean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The commits to take first, in upstream's order.
    pub take: Vec<CommitId>,
    /// Those among them that conflict themselves, with the number of places to resolve in each.
    pub resolve: Vec<(CommitId, usize)>,
    /// The places of the pick itself that are left to resolve even then.
    pub left: usize,
    /// Whether it was tried: with `take` picked in order, and `resolve` resolved with upstream's files, the pick is clean.
    pub verified: bool,
    /// Whether each of `take` was tried to be left out, all others staying: then there is more to resolve, or the pick conflicts.
    pub least: bool,
    /// Whether the search was cut off, so that fewer commits may do.
    pub cut_off: bool,
}

/// Looks for what picks need. It remembers what it tried, so one search serves a whole plan.
pub struct NeedsSearch<'r> {
    history: History,
    /// For each place of the history whether it could be taken: neither a merge nor taken.
    open: Vec<bool>,
    /// For each place, the places its lines come from when it is picked alone.
    direct: HashMap<usize, Vec<usize>>,
    /// The cascades, which the walk has shown to be clean once enough is there.
    cascades: HashSet<usize>,
    trials: Trials<'r>,
}

/// What is tried for: that a pick applies.
#[derive(Clone, Copy)]
struct Target<'a> {
    /// The pick's place in the history.
    place: usize,
    /// What it is to apply to.
    tree: TreeId,
    /// What resolves conflicts without a person.
    resolver: &'a Resolver<'a>,
}

impl Target<'_> {
    /// The row before its first pick.
    fn start(self) -> RowStart {
        RowStart { ground: TrialBase::new(self.tree), run: TrialRun::default() }
    }
}

/// How much may still be tried.
struct Budget {
    tries: usize,
    looks: usize,
}

impl Budget {
    const fn new() -> Self {
        Self { tries: TRIES, looks: LOOKS }
    }

    const fn is_spent(&self) -> bool {
        self.tries == 0 || self.looks == 0
    }
}

/// What came of a row of picks.
#[derive(Debug, Clone, Default)]
struct TrialRun {
    /// The picks that conflicted, what conflicted, and in how many places.
    conflicting: Vec<(usize, Rc<[PathConflict]>, usize)>,
    /// The places to resolve in the row.
    resolve: usize,
    /// Those in the pick at its end.
    left: usize,
}

/// A row of picks up to one of them.
#[derive(Clone)]
struct RowStart {
    ground: TrialBase,
    run: TrialRun,
}

impl<'r> NeedsSearch<'r> {
    /// Gets ready to search in the range of a survey.
    ///
    /// # Errors
    /// The range cannot be read.
    pub fn new(repo: &'r Repo, survey: &Survey) -> Result<Self, GitError> {
        let history = survey.units.history(repo)?;
        let mut open = vec![false; history.steps().len()];
        let (mut direct, mut cascades) = (HashMap::new(), HashSet::new());
        for commit in &survey.commits {
            let Some(place) = history.place(commit.sha) else { continue };
            // What changes the licence is a person's to take, whatever it would make easier.
            open[place] = commit.verdict != Verdict::Taken && !commit.is_weighty();
            if commit.cascade == Cascade::Cascade {
                cascades.insert(place);
            }
            direct.insert(place, commit.needs.iter().filter_map(|sha| history.place(*sha)).collect());
        }
        Ok(Self { trials: Trials::new(repo)?, history, open, direct, cascades })
    }

    /// The history searched in.
    #[must_use]
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// What `commit` needs to apply to `tree`, on which the commits `there` already are, where `resolver` resolves what it can. A
    /// commit that is not of the range, or that applies as it is, needs nothing.
    ///
    /// # Errors
    /// A file or a tree is missing.
    pub(crate) fn find(
        &mut self,
        resolver: &Resolver<'_>,
        commit: CommitId,
        tree: TreeId,
        there: &HashSet<CommitId>,
    ) -> Result<Needs, GitError> {
        self.trials.make_room(resolver);
        let Some(place) = self.history.place(commit) else { return Ok(Needs::default()) };
        let there: HashSet<usize> = there.iter().filter_map(|sha| self.history.place(*sha)).collect();
        let aim = Target { place, tree, resolver };
        let mut budget = Budget::new();
        let mut set = self.closure(place, &there);
        let none = usize::MAX;
        let (mut row, complete) = loop {
            let Some(row) = self.try_row(aim, aim.start(), set.iter().copied(), (none, none), &mut budget)? else {
                break (TrialRun { left: 1, ..TrialRun::default() }, false);
            };
            let mut more = BTreeSet::new();
            for (at, conflicts, _) in &row.conflicting {
                more.extend(self.lack(*at, conflicts)?);
            }
            if more.iter().all(|at| set.contains(at)) && row.left > 0 && self.cascades.contains(&place) {
                more = self.same_files(place, &row);
            }
            more.retain(|at| self.open[*at] && !there.contains(at) && !set.contains(at) && *at < place);
            if more.is_empty() {
                break (row, true);
            }
            set.extend(more);
        };
        if complete && row.left > 0 && !set.is_empty() {
            let alone = self.try_row(aim, aim.start(), std::iter::empty(), (none, none), &mut budget)?;
            if alone.is_some_and(|alone| row.resolve + row.left >= alone.left) {
                budget.tries = budget.tries.min(FEW_TRIES);
            }
        }
        let least = complete && self.shrink(aim, &mut set, &mut row, &mut budget)?;
        let id = |at: usize| self.history.step(at).commit.id;
        Ok(Needs {
            take: set.iter().map(|at| id(*at)).collect(),
            resolve: row
                .conflicting
                .iter()
                .filter(|(at, ..)| *at != place)
                .map(|(at, _, hunks)| (id(*at), *hunks))
                .collect(),
            left: row.left,
            verified: complete && row.left == 0,
            least,
            cut_off: !least,
        })
    }

    /// Leaves out what a set can spare, one by one, until it can spare none; returns whether it came so far.
    fn shrink(
        &mut self,
        aim: Target<'_>,
        set: &mut BTreeSet<usize>,
        row: &mut TrialRun,
        budget: &mut Budget,
    ) -> Result<bool, GitError> {
        loop {
            let before = set.len();
            let Some(starts) = self.starts(aim, set, budget)? else { return Ok(false) };
            // The latest first: the row up to there is as it was.
            for (at, start) in starts.into_iter().rev() {
                let rest = set.range(at + 1..).copied();
                match self.try_row(aim, start, rest, (row.resolve, row.left), budget)? {
                    Some(smaller) => {
                        set.remove(&at);
                        *row = smaller;
                    }
                    None if budget.is_spent() => return Ok(false),
                    None => {}
                }
            }
            // What could not be spared may be once others are gone.
            if set.len() == before {
                return Ok(true);
            }
        }
    }

    /// All that touches the files in which the pick at the end of a row conflicts: for a cascade whose lines do not say what it
    /// hangs on, as where the fork has rewritten what a root would resolve.
    fn same_files(&self, place: usize, row: &TrialRun) -> BTreeSet<usize> {
        let conflicts =
            row.conflicting.iter().filter(|(at, ..)| *at == place).flat_map(|(_, conflicts, _)| &**conflicts);
        let paths = conflicts.flat_map(PathConflict::paths);
        paths.flat_map(|path| self.history.touches(path, place)).map(|(at, _)| at).collect()
    }

    /// The open commits the lines of one come from, and the lines of those, and so on.
    fn closure(&self, place: usize, there: &HashSet<usize>) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut pending = vec![place];
        while let Some(next) = pending.pop() {
            for need in self.direct.get(&next).into_iter().flatten() {
                if !there.contains(need) && found.insert(*need) {
                    pending.push(*need);
                }
            }
        }
        found
    }

    /// The row of a set before each of its picks; nothing when no try is left.
    fn starts(
        &mut self,
        aim: Target<'_>,
        set: &BTreeSet<usize>,
        budget: &mut Budget,
    ) -> Result<Option<Vec<(usize, RowStart)>>, GitError> {
        let mut starts = Vec::with_capacity(set.len());
        let mut row = aim.start();
        for at in set {
            starts.push((*at, row.clone()));
            if !self.go_on(aim, *at, &mut row, budget)? {
                return Ok(None);
            }
        }
        Ok(Some(starts))
    }

    /// Goes on with a row of picks, and ends it with the one aimed at. Ends early, with nothing, when there is more to resolve than
    /// the limits (in the set, and in the last), or no try is left.
    fn try_row(
        &mut self,
        aim: Target<'_>,
        mut row: RowStart,
        rest: impl Iterator<Item = usize>,
        limits: (usize, usize),
        budget: &mut Budget,
    ) -> Result<Option<TrialRun>, GitError> {
        for at in rest.chain([aim.place]) {
            if !self.go_on(aim, at, &mut row, budget)? || row.run.resolve > limits.0 || row.run.left > limits.1 {
                return Ok(None);
            }
        }
        Ok(Some(row.run))
    }

    /// Adds a pick to a row; returns whether there was a try left for it.
    fn go_on(&mut self, aim: Target<'_>, at: usize, row: &mut RowStart, budget: &mut Budget) -> Result<bool, GitError> {
        let Some(looks) = budget.looks.checked_sub(1) else { return Ok(false) };
        budget.looks = looks;
        let pick = (at, self.history.step(at));
        let Some(tried) = self.trials.pick(pick, aim.resolver, &mut row.ground, &mut budget.tries)? else {
            return Ok(false);
        };
        if !tried.clean {
            row.run.conflicting.push((at, tried.conflicts, tried.hunks));
        }
        *(if at == aim.place { &mut row.run.left } else { &mut row.run.resolve }) += tried.hunks;
        Ok(true)
    }

    /// The places the conflicting lines of a tried pick come from.
    fn lack(&mut self, at: usize, conflicts: &[PathConflict]) -> Result<BTreeSet<usize>, GitError> {
        let mut blame = Blame::new(&self.history, &mut self.trials.merger);
        let mut found = BTreeSet::new();
        for conflict in conflicts {
            found.extend(blame.lack(at, conflict)?);
        }
        Ok(found)
    }
}

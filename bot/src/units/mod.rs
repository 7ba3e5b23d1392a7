//! Units: what is surveyed, planned, picked and landed.
//!
//! Upstream's range is taken apart in one of two ways. By commits, where replaying them one after the other ends where upstream
//! ends; what a merge resolved beyond git's own merge of its parents is then a unit of its own. Else by steps of upstream's main
//! line: a commit, or a merge with the commits it brought in, whose change is the difference to its main-line parent. So what a
//! merge resolved is in it, and what it discarded is not.

mod commits;
mod main_line;
mod modules;
mod reach;
mod refused;
mod undoing;

use std::collections::HashMap;

use crate::config::raw::UnitsBy;
use engine::blame::{History, Step};
use engine::commit::{Commit, FileChange, pr_of};
use engine::ids::{CommitId, TreeId};
use engine::{GitError, MergeLabels, Merger, PathConflict, Repo};

pub use main_line::{MainBranch, pull_of};
pub(crate) use reach::Reach;
pub use refused::{Refused, RefusedKind};

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A commit with its change to its parent.
    Commit,
    /// A main-line merge with all it brought in.
    Merge,
    /// What a merge resolved beyond git's own merge of its parents.
    Resolution,
}

/// A unit of upstream's range.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The commit it is named after.
    pub commit: Commit,
    pub kind: UnitKind,
    /// The commits a merge brought in, parents before children.
    pub inside: Vec<CommitId>,
    /// The state its change starts from, kept by the merger it was made with.
    pub base: TreeId,
    /// Whether that state was made, and is no commit's: one who opens the repository again does not find it.
    pub made: bool,
    /// The paths its change touches, in path order.
    pub changes: Vec<FileChange>,
    /// The pull request it is.
    pub pull: Option<u64>,
    /// The earlier units whose change it says it undoes, by place.
    pub undoes: Vec<usize>,
    /// What conflicted when upstream's commits were replayed without the fork: lines of history met there, and nothing is the
    /// fork's.
    pub replayed: Vec<PathConflict>,
}

/// A range taken apart.
#[derive(Debug, Clone)]
pub struct Units {
    by: UnitsBy,
    start: TreeId,
    commits: Vec<Commit>,
    units: Vec<Unit>,
    places: HashMap<CommitId, usize>,
}

/// The two ends of a range, and how upstream's main line is known.
#[derive(Debug, Clone, Copy)]
pub struct Range<'a> {
    /// The fork's head: what it has is not of the range.
    pub fork: CommitId,
    /// Upstream's head.
    pub upstream: CommitId,
    /// The commit the fork is told to have begun from, where the two have no history in common.
    pub base: Option<CommitId>,
    /// Upstream's main branch.
    pub main: MainBranch<'a>,
}

impl Units {
    /// A range in which there is nothing: both sides are at the same state.
    #[must_use]
    pub fn none(start: TreeId) -> Self {
        let (commits, units, places) = (Vec::new(), Vec::new(), HashMap::new());
        Self { by: UnitsBy::Commits, start, commits, units, places }
    }

    /// Takes a range apart.
    ///
    /// # Errors
    /// A commit or a tree is missing.
    pub fn read(repo: &Repo, merger: &mut Merger<'_>, range: Range<'_>, by: UnitsBy) -> Result<Self, GitError> {
        let commits = repo.range(range.base.unwrap_or(range.fork), range.upstream)?;
        let start = match range.base {
            Some(base) => repo.commit(base)?.tree,
            None => merger.common_tree(&[range.fork], range.upstream)?,
        };
        merger.keep(start)?;
        let found =
            if by == UnitsBy::Mainline { None } else { by_commits(repo, merger, range, &commits, (start, by))? };
        let (by, units) = match found {
            Some(units) => (UnitsBy::Commits, units),
            None => (UnitsBy::Mainline, by_main_line(repo, merger, range, &commits, start)?),
        };
        let mut places = HashMap::new();
        for (at, unit) in units.iter().enumerate() {
            places.extend(unit.inside.iter().map(|inner| (*inner, at)));
            places.insert(unit.commit.id, at);
        }
        let mut read = Self { by, start, commits, units, places };
        undoing::mark(repo, &mut read)?;
        Ok(read)
    }

    /// What they are: commits or main-line steps.
    #[must_use]
    pub const fn by(&self) -> UnitsBy {
        self.by
    }

    /// The state both sides started from: the common ancestor's or, where there are several, git's merge of them.
    #[must_use]
    pub const fn start(&self) -> TreeId {
        self.start
    }

    /// All of them, in upstream's order.
    #[must_use]
    pub fn all(&self) -> &[Unit] {
        &self.units
    }

    /// All commits of the range, merges included, parents before children.
    #[must_use]
    pub fn commits(&self) -> &[Commit] {
        &self.commits
    }

    /// The range as a history to look for the origin of lines in: by commits, with the merges between them; or one step for each
    /// unit of the main line.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn history(&self, repo: &Repo) -> Result<History, GitError> {
        let step = |unit: &Unit| Step { commit: unit.commit.clone(), base: unit.base, changes: unit.changes.clone() };
        if self.by == UnitsBy::Mainline {
            return Ok(History::of(self.units.iter().map(step).collect()));
        }
        let steps = self.commits.iter().map(|commit| match self.place(commit.id) {
            Some(at) => Ok(step(&self.units[at])),
            None => Step::of(repo, commit.clone()),
        });
        Ok(History::of(steps.collect::<Result<_, _>>()?))
    }

    /// A commit with the state that its change starts from: a unit's own or, of a commit that is none, its first parent's.
    ///
    /// # Errors
    /// It is missing.
    pub fn change(&self, repo: &Repo, commit: CommitId) -> Result<(TreeId, Commit), GitError> {
        match self.place(commit).map(|at| &self.units[at]).filter(|unit| unit.commit.id == commit) {
            Some(unit) => Ok((unit.base, unit.commit.clone())),
            None => {
                let commit = repo.commit(commit)?;
                Ok((repo.base_tree(&commit)?, commit))
            }
        }
    }

    /// The place of the unit that a commit is, or is inside of.
    #[must_use]
    pub fn place(&self, commit: CommitId) -> Option<usize> {
        self.places.get(&commit).copied()
    }
}

/// The main-line steps of a range as units.
///
/// A fork that began on a side branch has part of what a later merge brings in. Where the steps, replayed on the common ancestor, do
/// not end at upstream's tree then, the line that leads through that ancestor is taken instead.
fn by_main_line(
    repo: &Repo,
    merger: &mut Merger<'_>,
    range: Range<'_>,
    commits: &[Commit],
    start: TreeId,
) -> Result<Vec<Unit>, GitError> {
    let (units, astray) = main_line::read(repo, merger, range, commits, None)?;
    let through = match range.base {
        Some(base) => Some(base),
        None => repo.merge_base(range.fork, range.upstream)?,
    };
    let Some(through) = through.filter(|_| astray) else { return Ok(units) };
    let mut state = start;
    for unit in &units {
        let merged = merger.merge(unit.base, state, unit.tree(), &MergeLabels::default())?;
        let names = merged.conflicts.iter().flat_map(PathConflict::paths);
        state = merger.with_files(merged.tree, names, unit.tree())?;
    }
    merger.forget();
    if state == repo.commit(range.upstream)?.tree {
        return Ok(units);
    }
    Ok(main_line::read(repo, merger, range, commits, Some(through))?.0)
}

/// The commits of a range as units; none where they are not to be proved.
///
/// The proof is that replaying them on the common ancestor ends at upstream's tree without a conflict. Of an upstream that lands
/// commit by commit, a stray merge may have resolved conflicts: there it is enough that the replay ends at that tree.
fn by_commits(
    repo: &Repo,
    merger: &mut Merger<'_>,
    range: Range<'_>,
    commits: &[Commit],
    (start, by): (TreeId, UnitsBy),
) -> Result<Option<Vec<Unit>>, GitError> {
    let may_conflict = by == UnitsBy::Commits || main_line::has_few_merges(range, commits);
    let replayed = commits::read(repo, merger, commits, start, may_conflict)?;
    merger.forget();
    let end = repo.commit(range.upstream)?.tree;
    Ok(replayed.filter(|replayed| by == UnitsBy::Commits || replayed.end == end).map(|replayed| replayed.units))
}

impl Unit {
    /// A commit of the fork's, to be applied elsewhere. Nothing is known of the paths that it touches.
    ///
    /// # Errors
    /// The state before it is missing.
    pub fn of_fork(repo: &Repo, commit: Commit) -> Result<Self, GitError> {
        let base = repo.base_tree(&commit)?;
        Ok(Self {
            base,
            commit,
            kind: UnitKind::Commit,
            inside: Vec::new(),
            made: false,
            changes: Vec::new(),
            pull: None,
            undoes: Vec::new(),
            replayed: Vec::new(),
        })
    }

    /// The state its change ends in.
    #[must_use]
    pub const fn tree(&self) -> TreeId {
        self.commit.tree
    }

    /// What a person reads: of a merged pull request its title, which those who merge write below their own words.
    #[must_use]
    pub fn subject(&self) -> String {
        match (self.kind, self.pull) {
            (UnitKind::Resolution, _) => format!("what merge {} resolved", self.commit.id.short()),
            (UnitKind::Merge, Some(pull)) if pr_of(self.commit.subject()).is_none() => {
                let mut body = self.commit.message.trim_start().lines().skip(1).map(str::trim);
                match body.find(|line| !line.is_empty()) {
                    Some(title) => format!("{title} (#{pull})"),
                    None => self.commit.subject().to_owned(),
                }
            }
            _ => self.commit.subject().to_owned(),
        }
    }
}

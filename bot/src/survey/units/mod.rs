//! Units: what is surveyed, planned, picked and landed.
//!
//! Upstream's range is taken apart in one of two ways. By commits, where replaying them one after the other ends where upstream
//! ends; what a merge resolved beyond git's own merge of its parents is then a unit of its own. Else by steps of upstream's main
//! line: a commit, or a merge with the commits it brought in, whose change is the difference to its main-line parent. So what a
//! merge resolved is in it, and what it discarded is not.

mod commits;
mod main_line;
mod undoing;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use engine::commit::{Commit, FileChange};
use engine::ids::{CommitId, TreeId};
use engine::{GitError, MergeLabels, Merger, PathConflict, Repo};

pub use main_line::{MainBranch, pull_of};

/// What a range is taken apart into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Commits where they replay cleanly to upstream's tree, else main-line steps.
    #[default]
    Auto,
    /// Each commit, and what merges resolved.
    Commits,
    /// Each step of upstream's main line.
    Mainline,
}

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
    /// What it is.
    pub kind: UnitKind,
    /// The commits a merge brought in, parents before children.
    pub inside: Vec<CommitId>,
    /// The state its change starts from, kept by the merger it was made with.
    pub base: TreeId,
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
    by: By,
    start: TreeId,
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
    /// Upstream's main branch.
    pub main: MainBranch<'a>,
}

impl Units {
    /// Takes a range apart.
    ///
    /// # Errors
    /// A commit or a tree is missing.
    pub fn read(repo: &Repo, merger: &mut Merger<'_>, range: Range<'_>, by: By) -> Result<Self, GitError> {
        let commits = repo.range(range.fork, range.upstream)?;
        let start = merger.common_tree(&[range.fork], range.upstream)?;
        merger.keep(start)?;
        let found = if by == By::Mainline { None } else { by_commits(repo, merger, range, &commits, (start, by))? };
        let (by, units) = match found {
            Some(units) => (By::Commits, units),
            None => (By::Mainline, by_main_line(repo, merger, range, &commits, start)?),
        };
        let mut places = HashMap::new();
        for (at, unit) in units.iter().enumerate() {
            places.extend(unit.inside.iter().map(|inner| (*inner, at)));
            places.insert(unit.commit.id, at);
        }
        let mut read = Self { by, start, units, places };
        undoing::mark(repo, &mut read)?;
        Ok(read)
    }

    /// What they are: commits or main-line steps.
    #[must_use]
    pub const fn by(&self) -> By {
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
    let Some(through) = repo.merge_base(range.fork, range.upstream)?.filter(|_| astray) else { return Ok(units) };
    let mut state = start;
    for unit in &units {
        let merged = merger.merge(unit.base, state, unit.tree(), &MergeLabels::default())?;
        let names = merged.conflicts.iter().flat_map(|conflict| conflict.names.iter().chain([&conflict.path]));
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
    (start, by): (TreeId, By),
) -> Result<Option<Vec<Unit>>, GitError> {
    let may_conflict = by == By::Commits || main_line::has_few_merges(range, commits);
    let replayed = commits::read(repo, merger, commits, start, may_conflict)?;
    merger.forget();
    let end = repo.commit(range.upstream)?.tree;
    Ok(replayed.filter(|replayed| by == By::Commits || replayed.end == end).map(|replayed| replayed.units))
}

impl Unit {
    /// The state its change ends in.
    #[must_use]
    pub const fn tree(&self) -> TreeId {
        self.commit.tree
    }

    /// What a person reads: a merge's own difference is named as such.
    #[must_use]
    pub fn subject(&self) -> String {
        match self.kind {
            UnitKind::Commit | UnitKind::Merge => self.commit.subject().to_owned(),
            UnitKind::Resolution => format!("what merge {} resolved", self.commit.id.short()),
        }
    }
}

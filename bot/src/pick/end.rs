//! Where all phases together end, held against git's own merge of the fork and upstream.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{BuiltPhase, Outcome};
use crate::survey::{Because, Difference, Survey, Surveyed, Verdict};
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, MergeLabels, Merger, PathConflict, Repo};

/// The check of where all phases together end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanEnd {
    /// Whether that is git's own merge, in every file that it merges cleanly.
    pub equal: bool,
    /// Whether besides every unit is there: taken, on a branch, or without anything left to change.
    pub complete: bool,
    /// How many paths git does not merge cleanly: there is nothing to hold them against.
    pub not_compared: usize,
    /// The paths where it is not.
    pub differs: Vec<Difference>,
}

/// Puts the phases together, each on those before, and compares; `None` where git's merge was not asked for.
///
/// # Errors
/// A file or a tree is missing.
pub(super) fn check(
    repo: &Repo,
    merger: &mut Merger<'_>,
    survey: &Survey,
    phases: &[BuiltPhase],
) -> Result<Option<PlanEnd>, GitError> {
    let Some(git) = &survey.end else { return Ok(None) };
    let mut end = repo.commit(survey.fork_head)?.tree;
    for phase in phases {
        end = with(repo, merger, end, phase)?;
    }
    let open: BTreeSet<&RepoPath> = git.open.iter().collect();
    let missing = missing(survey, phases);
    let resolved = resolved(phases);
    let mut differs = Vec::new();
    for path in merger.changed(git.merged, end)? {
        if !open.contains(&path) {
            let because = missing.get(&path).map_or_else(
                || resolved.get(&path).map_or(Because::Unknown, |rule| Because::Rule(rule.clone())),
                |unit| Because::Unit(*unit),
            );
            differs.push(Difference { path, because });
        }
    }
    let picks = phases.iter().flat_map(|phase| &phase.picks);
    let done = picks.filter(|pick| pick.commit.is_some() || pick.outcome == Outcome::NoOp);
    let done: HashSet<CommitId> = done.map(|pick| pick.sha).collect();
    let is_done = |unit: &Surveyed| unit.verdict == Verdict::Taken || unit.is_no_op() || done.contains(&unit.sha);
    let complete = differs.is_empty() && survey.commits.iter().all(is_done);
    Ok(Some(PlanEnd { equal: differs.is_empty(), complete, not_compared: git.not_compared, differs }))
}

/// A phase on top of those before it. Where they meet, the later one's file counts.
fn with(repo: &Repo, merger: &mut Merger<'_>, before: TreeId, phase: &BuiltPhase) -> Result<TreeId, GitError> {
    let base = repo.commit(phase.base_commit)?.tree;
    if base == before {
        return Ok(phase.tree);
    }
    let merged = merger.merge(base, before, phase.tree, &MergeLabels::default())?;
    let names = merged.conflicts.iter().flat_map(PathConflict::paths);
    merger.with_files(merged.tree, names, phase.tree)
}

/// For each path, the last unit that changes it and is in no phase's branch.
fn missing<'s>(survey: &'s Survey, phases: &[BuiltPhase]) -> HashMap<&'s RepoPath, CommitId> {
    let picks = phases.iter().flat_map(|phase| &phase.picks).filter(|pick| pick.commit.is_some());
    let there: HashSet<CommitId> = picks.map(|pick| pick.sha).collect();
    let units = survey.commits.iter().filter(|unit| !there.contains(&unit.sha));
    units.flat_map(|unit| unit.paths.iter().map(|path| (path, unit.sha))).collect()
}

/// For each path that something resolved in a phase, what that was.
fn resolved(phases: &[BuiltPhase]) -> HashMap<&RepoPath, String> {
    let picks = phases.iter().flat_map(|phase| &phase.picks);
    let resolutions = picks.flat_map(|pick| &pick.resolutions);
    let locks = phases.iter().flat_map(|phase| &phase.locks).map(|lock| (&lock.path, lock.pattern.clone()));
    resolutions.map(|found| (&found.path, found.by.word().to_owned())).chain(locks).collect()
}

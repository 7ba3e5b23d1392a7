//! Commits of the fork that brought many units at once: a sync with upstream that was squashed. What says so is the content.

use std::collections::{HashMap, HashSet};

use crate::units::Units;
use engine::blame::Step;
use engine::commit::Entry;
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{GitError, Repo};

/// How many states of upstream one commit is compared with: those whose files it has, the latest first.
const TRIES: usize = 3;

/// The commits of the fork after which a file is as a unit leaves it: among these are those that may have brought units.
pub(super) fn met(units: &Units, fork: &[Step]) -> HashSet<CommitId> {
    let changes = units.all().iter().flat_map(|unit| &unit.changes);
    let versions: HashSet<(&RepoPath, Option<Entry>)> = changes.map(|change| (&change.path, change.new)).collect();
    let meets = |step: &&Step| step.changes.iter().any(|change| versions.contains(&(&change.path, change.new)));
    fork.iter().filter(meets).map(|step| step.commit.id).collect()
}

/// For each unit, the commit of the fork that brought it with all before it: one after which every file that these units change is
/// as upstream had it then. `others` are commits of the fork that are known to be something else.
pub(super) fn find(
    repo: &Repo,
    units: &Units,
    fork: &[Step],
    others: &HashSet<CommitId>,
) -> Result<Vec<Option<CommitId>>, GitError> {
    let all = units.all();
    let mut brought = vec![None; all.len()];
    let mut versions: HashMap<(&RepoPath, Option<Entry>), usize> = HashMap::new();
    for (at, unit) in all.iter().enumerate() {
        versions.extend(unit.changes.iter().map(|change| ((&change.path, change.new), at)));
    }
    for step in fork.iter().filter(|step| !step.commit.is_merge() && !others.contains(&step.commit.id)) {
        let mut ends: Vec<usize> =
            step.changes.iter().filter_map(|change| versions.get(&(&change.path, change.new)).copied()).collect();
        ends.sort_unstable();
        ends.dedup();
        let touched: HashSet<&RepoPath> = step.changes.iter().map(|change| &change.path).collect();
        for end in ends.into_iter().rev().take(TRIES) {
            let until = &all[..=end];
            let many = until.iter().filter(|unit| unit.changes.iter().any(|change| touched.contains(&change.path)));
            if many.count() > 1 && has_all(repo, step, units, end)? {
                for found in brought.iter_mut().take(end + 1).filter(|found| found.is_none()) {
                    *found = Some(step.commit.id);
                }
                break;
            }
        }
    }
    Ok(brought)
}

/// Whether every file that the units up to one change is, after a commit of the fork, as it is after that unit.
fn has_all(repo: &Repo, step: &Step, units: &Units, end: usize) -> Result<bool, GitError> {
    let mut files: HashMap<&RepoPath, Option<Entry>> = HashMap::new();
    for unit in &units.all()[..=end] {
        files.extend(unit.changes.iter().map(|change| (&change.path, change.new)));
    }
    for (path, wanted) in files {
        if repo.entry(step.commit.tree, path)? != wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

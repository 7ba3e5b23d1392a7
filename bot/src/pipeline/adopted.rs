//! Phase branches as people left them: what they resolved is on it, and whether conflict markers are.

use std::collections::BTreeMap;

use super::RunError;
use crate::memory::by_trailer;
use crate::names::PhaseId;
use crate::pick::{Built, BuiltPhase, Outcome};
use crate::publish::{Adopted, Marker, Observed, PersonsPick};
use crate::text::markers::conflicts;
use engine::Repo;
use engine::commit::Entry;
use engine::ids::CommitId;
use engine::path::RepoPath;

/// The phases on whose branch people committed, as these branches are.
///
/// # Errors
/// The repository cannot be read.
pub(super) fn adopted(
    repo: &Repo,
    fork: CommitId,
    built: &Built,
    observed: &Observed,
) -> Result<BTreeMap<PhaseId, Adopted>, RunError> {
    let mut found = BTreeMap::new();
    for phase in &built.phases {
        let Some(pull) = observed.going_on(&phase.id) else { continue };
        let left = Marker::of(pull).map(|marker| marker.head);
        let branch = observed.branch(&pull.text.head).filter(|branch| branch.people);
        let branch = branch.filter(|branch| branch.head != phase.head && left != Some(branch.head));
        let Some(branch) = branch.filter(|branch| repo.has_commit(branch.head)) else { continue };
        found.insert(phase.id.clone(), adopt(repo, fork, phase, branch.head, left)?);
    }
    Ok(found)
}

/// `left` is where the bot left the branch: what is on it since is theirs.
fn adopt(
    repo: &Repo,
    fork: CommitId,
    phase: &BuiltPhase,
    head: CommitId,
    left: Option<CommitId>,
) -> Result<Adopted, RunError> {
    let line = repo.range(fork, head)?;
    let before = left.filter(|left| repo.has_commit(*left));
    let theirs = before.map(|before| repo.range(before, head)).transpose()?;
    let theirs: Vec<CommitId> = theirs.as_ref().unwrap_or(&line).iter().map(|commit| commit.id).collect();
    let pairs = by_trailer(&line);
    let mut phase = phase.clone();
    let mut picks = Vec::new();
    for pick in &mut phase.picks {
        // Where the branch merges upstream, it has the commit itself.
        let merged = repo.has_commit(pick.sha) && repo.contains(head, pick.sha)?;
        let picked = pairs.iter().find(|pair| pair.upstream == pick.sha).map(|pair| pair.commit);
        let on_branch = if merged { Some(pick.sha) } else { picked };
        pick.commit = on_branch;
        let Some(commit) = on_branch.filter(|commit| theirs.contains(commit)) else { continue };
        let by = line.iter().find(|found| found.id == commit).map(|found| found.committer.name.clone());
        picks.push(PersonsPick { sha: pick.sha, by: by.unwrap_or_default() });
        // What was learned from their commit is replayed by now; what cannot be learned is resolved all the same.
        if pick.outcome.waits() {
            pick.outcome = Outcome::Resolved;
            pick.conflicts.clear();
            pick.follows.clear();
        }
    }
    let markers = markers(repo, fork, head)?;
    (phase.head, phase.tree) = (head, repo.commit(head)?.tree);
    Ok(Adopted { phase, picks, markers })
}

/// The files with conflict markers that came with a branch, each with the line of the first.
pub(super) fn markers(repo: &Repo, fork: CommitId, head: CommitId) -> Result<Vec<(RepoPath, usize)>, RunError> {
    let mut found = Vec::new();
    for change in repo.changes(Some(repo.commit(fork)?.tree), repo.commit(head)?.tree)? {
        let text = |entry: Option<Entry>| entry.filter(Entry::is_file).map(|entry| repo.content(entry)).transpose();
        let Some(new) = text(change.new)?.flatten() else { continue };
        let old = text(change.old)?.flatten().unwrap_or_default();
        // A file may be about markers: only those that came with the branch count.
        let lines = conflicts(&new);
        if lines.len() > conflicts(&old).len() {
            found.extend(lines.first().map(|line| (change.path.clone(), *line)));
        }
    }
    Ok(found)
}

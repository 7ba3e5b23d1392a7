//! What GitHub does to a branch at the press of a button, "Update branch" as a merge or as a rebase, or the rebase of a stack: the commits
//! are its own then, and nothing in them is. Such a branch is the bot's as before.

use super::{Inputs, RunError};
use crate::memory::by_trailer;
use crate::pick::{Built, BuiltPhase};
use crate::publish::{Marker, Observed};
use engine::commit::{BROWSER, Commit};
use engine::ids::{CommitId, TreeId};
use engine::{MergeLabels, Merger, Repo};

/// Takes the branches for the bot's on which nothing is but what it put there and what GitHub made of that.
pub(super) fn recognise(inputs: &Inputs<'_>, built: &Built, observed: &mut Observed) -> Result<(), RunError> {
    for phase in &built.phases {
        let Some(pull) = observed.going_on(&phase.id) else { continue };
        let onto = observed.branch(&pull.text.base).map(|branch| branch.head);
        let head = pull.text.head.clone();
        let left = Marker::of(pull).map(|marker| marker.head);
        let Some(branch) = observed.branches.iter_mut().find(|branch| branch.name == head && branch.people) else {
            continue;
        };
        // As the bot left it, be it under another name than it has now.
        if left == Some(branch.head) {
            branch.people = false;
            continue;
        }
        let moved = MovedBranch { inputs, phase, onto };
        branch.people = !moved.is_bots(branch.head)?;
    }
    Ok(())
}

struct MovedBranch<'a> {
    inputs: &'a Inputs<'a>,
    phase: &'a BuiltPhase,
    /// Where the branch is that it goes into.
    onto: Option<CommitId>,
}

impl MovedBranch<'_> {
    /// Whether nothing that somebody else made is on a branch.
    fn is_bots(&self, head: CommitId) -> Result<bool, RunError> {
        let (repo, fork) = (&self.inputs.session.repo, self.inputs.session.heads.fork);
        if !repo.has_commit(head) {
            return Ok(false);
        }
        let mut merger = Merger::new(repo)?;
        let mut at = head;
        while !self.is_below(repo, fork, at)? {
            let commit = repo.commit(at)?;
            let Some(parent) = commit.parents.first().copied() else { return Ok(false) };
            let own = repo.is_bot(&commit.committer)
                || commit.committer.email == BROWSER
                    && match commit.parents[..] {
                        [_, other] => self.is_below(repo, fork, other)? && is_plain_merge(repo, &mut merger, &commit)?,
                        _ => repo.is_bot(&commit.author) || self.is_pick(repo, &mut merger, &commit)?,
                    };
            merger.forget();
            if !own {
                return Ok(false);
            }
            at = parent;
        }
        Ok(true)
    }

    /// Whether a commit is in what the branch stands on.
    fn is_below(&self, repo: &Repo, fork: CommitId, commit: CommitId) -> Result<bool, RunError> {
        for on in [Some(fork), Some(self.phase.base_commit), self.onto].into_iter().flatten() {
            if repo.contains(on, commit)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a commit is a pick of the bot's, of the same author, with the same message and the same change.
    fn is_pick(&self, repo: &Repo, merger: &mut Merger<'_>, commit: &Commit) -> Result<bool, RunError> {
        let pairs = by_trailer(std::slice::from_ref(commit));
        let Some(upstream) = pairs.first().map(|pair| pair.upstream) else { return Ok(false) };
        let built = self.phase.picks.iter().filter(|pick| pick.sha == upstream).filter_map(|pick| pick.commit);
        let rounds = self.inputs.ledger.phases().get(&self.phase.id).map_or(&[][..], |record| &record.rounds);
        let recorded = rounds.iter().filter(|round| !round.by_people).flat_map(|round| &round.picks);
        let recorded = recorded.filter(|pick| pick.sha == upstream).map(|pick| pick.commit);
        for own in built.chain(recorded).filter(|own| repo.has_commit(*own)) {
            let own = repo.commit(own)?;
            if own.author == commit.author && own.message == commit.message {
                let [before, own_before] = [commit, &own].map(|commit| parent_tree(repo, commit));
                // Brought to where the bot's stands, it comes to the same.
                let merged = merger.merge(before?, own_before?, commit.tree, &MergeLabels::default())?;
                if merged.is_clean() && merged.tree == own.tree {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

fn parent_tree(repo: &Repo, commit: &Commit) -> Result<TreeId, RunError> {
    Ok(repo.base_tree(commit)?)
}

/// Whether a merge commit holds what merging its parents gives, and nothing else.
fn is_plain_merge(repo: &Repo, merger: &mut Merger<'_>, commit: &Commit) -> Result<bool, RunError> {
    let [ours, theirs] = commit.parents[..] else { return Ok(false) };
    let Some(base) = repo.merge_base(ours, theirs)? else { return Ok(false) };
    let [base, ours, theirs] = [base, ours, theirs].map(|commit| repo.commit(commit).map(|commit| commit.tree));
    let merged = merger.merge(base?, ours?, theirs?, &MergeLabels::default())?;
    Ok(merged.is_clean() && merged.tree == commit.tree)
}

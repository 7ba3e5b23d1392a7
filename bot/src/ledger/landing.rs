//! What a published phase became in the fork: found however it was merged, and checked against the tree.

use std::collections::BTreeSet;

use super::{Attempt, AttemptPick, AttemptState, Landed, Ledger, MergeMethod};
use crate::names::PhaseId;
use crate::origin::trailer;
use engine::commit::Commit;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, MergeLabels, Merger, Repo};

/// A round that is in the fork's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// The phase's id.
    pub phase: PhaseId,
    /// Which of its rounds, counted from 0.
    pub round: usize,
    /// What it became.
    pub landed: Landed,
    /// The upstream commits whose change is really there, each with the fork's commit that holds it: its own, or the squashed one.
    pub picks: Vec<(CommitId, CommitId)>,
}

/// Every round that is in the fork's history, whether or not it was taken out again later. `merged` gives the commit a pull request
/// became, where the forge knows; without its word a round is found by its commits, or by a commit that makes just its change.
///
/// # Errors
/// A commit or a file is missing.
pub fn landings(
    repo: &Repo,
    ledger: &Ledger,
    fork: CommitId,
    merged: &dyn Fn(u64) -> Option<CommitId>,
) -> Result<Vec<Landing>, GitError> {
    let mut found = Vec::new();
    let mut finder = Finder { repo, fork, merger: Merger::new(repo)? };
    for (phase, record) in ledger.phases() {
        for (at, round) in record.rounds.iter().enumerate() {
            let said = round.pull.and_then(merged).filter(|commit| repo.has_commit(*commit));
            let Some(landed) = finder.find(round, said)? else { continue };
            let picks = finder.there(round, &landed)?;
            if !picks.is_empty() {
                found.push(Landing { phase: phase.clone(), round: at, landed, picks });
            }
        }
    }
    Ok(found)
}

/// The last of the commits that name a pick of the round each, where every pick has one of its own.
fn last_of_all(round: &Attempt, line: &[Commit]) -> Option<CommitId> {
    let mut places = Vec::with_capacity(round.picks.len());
    for pick in &round.picks {
        let trailer = trailer(pick.sha);
        places.push(line.iter().position(|commit| commit.message.contains(&trailer))?);
    }
    let mut distinct = places.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let last = places.iter().max().filter(|_| distinct.len() == places.len())?;
    Some(line[*last].id)
}

struct Finder<'r> {
    repo: &'r Repo,
    fork: CommitId,
    merger: Merger<'r>,
}

impl Finder<'_> {
    fn find(&mut self, round: &Attempt, said: Option<CommitId>) -> Result<Option<Landed>, GitError> {
        if round.picks.is_empty() {
            return Ok(None);
        }
        if let Some(landed) = &round.landed
            && self.is_in_fork(landed.commit)?
        {
            return Ok(Some(landed.clone()));
        }
        let whole = self.is_in_fork(round.head)?;
        if let Some(commit) = said
            && self.is_in_fork(commit)?
        {
            let how = if whole || self.repo.commit(commit)?.is_merge() {
                MergeMethod::Merge
            } else if round.picks.len() > 1 && last_of_all(round, &self.repo.range(round.base, commit)?) == Some(commit)
            {
                // Asked before the other: where all picks touch the same files, the last one looks like the whole.
                MergeMethod::Rebase
            } else if self.squashed(round, &self.repo.commit(commit)?)? || round.picks.len() < 2 {
                MergeMethod::Squash
            } else {
                MergeMethod::Rebase
            };
            return Ok(Some(Landed { commit, how }));
        }
        // Without the forge's word it is looked for on top of what it stood on; that of a stacked one may have been squashed, too.
        if !self.is_in_fork(round.base)? {
            return Ok(None);
        }
        if whole {
            return Ok(Some(Landed { commit: round.head, how: MergeMethod::Merge }));
        }
        if round.state == AttemptState::Closed {
            return Ok(None);
        }
        let line = self.repo.range(round.base, self.fork)?;
        if let Some(commit) = last_of_all(round, &line) {
            return Ok(Some(Landed { commit, how: MergeMethod::Rebase }));
        }
        for commit in line {
            if self.squashed(round, &commit)? {
                return Ok(Some(Landed { commit: commit.id, how: MergeMethod::Squash }));
            }
        }
        Ok(None)
    }

    /// Whether a commit makes just the change of the round, wherever it stands.
    fn squashed(&mut self, round: &Attempt, commit: &Commit) -> Result<bool, GitError> {
        let (false, Some(parent)) = (commit.is_merge(), commit.parents.first()) else { return Ok(false) };
        if !self.repo.has_commit(round.head) {
            return Ok(false);
        }
        let before = self.repo.commit(*parent)?.tree;
        // Comparing paths is quick, and rules nearly all commits out.
        if before == commit.tree || self.paths(before, commit.tree)? != self.round_paths(round)? {
            return Ok(false);
        }
        Ok(self.replay(round, before)? == Some(commit.tree))
    }

    /// What bringing a round onto a tree gives; `None` where that conflicts.
    fn replay(&mut self, round: &Attempt, onto: TreeId) -> Result<Option<TreeId>, GitError> {
        let (base, head) = (self.repo.commit(round.base)?.tree, self.repo.commit(round.head)?.tree);
        let merged = self.merger.merge(base, onto, head, &MergeLabels::default())?;
        let tree = merged.is_clean().then_some(merged.tree);
        self.merger.forget();
        Ok(tree)
    }

    fn paths(&self, before: TreeId, after: TreeId) -> Result<BTreeSet<RepoPath>, GitError> {
        Ok(self.repo.changes(Some(before), after)?.into_iter().map(|change| change.path).collect())
    }

    fn round_paths(&self, round: &Attempt) -> Result<BTreeSet<RepoPath>, GitError> {
        self.paths(self.repo.commit(round.base)?.tree, self.repo.commit(round.head)?.tree)
    }

    /// The picks of a round whose change is in the tree it landed in. Where the branch's own commits are not at hand any more, the
    /// upstream commits alone are asked.
    fn there(&mut self, round: &Attempt, landed: &Landed) -> Result<Vec<(CommitId, CommitId)>, GitError> {
        let tree = self.repo.commit(landed.commit)?.tree;
        let all = self.repo.has_commit(round.head) && self.replay(round, tree)? == Some(tree);
        let since = match landed.how {
            MergeMethod::Rebase => self.repo.range(round.base, landed.commit)?,
            MergeMethod::Merge | MergeMethod::Squash => Vec::new(),
        };
        let mut there = Vec::new();
        for pick in &round.picks {
            if !all && !self.is_there(pick, tree)? {
                continue;
            }
            let trailer = trailer(pick.sha);
            let own = match landed.how {
                MergeMethod::Squash => None,
                MergeMethod::Merge => self.is_in_fork(pick.commit)?.then_some(pick.commit),
                MergeMethod::Rebase => {
                    since.iter().find(|commit| commit.message.contains(&trailer)).map(|commit| commit.id)
                }
            };
            there.push((pick.sha, own.unwrap_or(landed.commit)));
        }
        Ok(there)
    }

    fn is_in_fork(&self, commit: CommitId) -> Result<bool, GitError> {
        Ok(self.repo.has_commit(commit) && self.repo.contains(self.fork, commit)?)
    }

    fn is_there(&mut self, pick: &AttemptPick, tree: TreeId) -> Result<bool, GitError> {
        for commit in [pick.commit, pick.sha] {
            if !self.repo.has_commit(commit) {
                continue;
            }
            let commit = self.repo.commit(commit)?;
            let merged = self.merger.pick(&commit, tree)?;
            let nothing = merged.is_clean() && merged.tree == tree;
            self.merger.forget();
            if nothing {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

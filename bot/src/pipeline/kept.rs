//! Phases whose published branch stays as it is though the fork's branch moved: merged, it comes to what would be rebuilt. A branch
//! that moves for nothing has its tests run again and its approvals taken back.

use std::collections::HashMap;

use super::{Inputs, RunError};
use crate::config::raw::Rebuild;
use crate::decision::Ruling;
use crate::ledger::{Attempt, LandedOutcome};
use crate::pick::{Built, BuiltPhase, Outcome};
use crate::publish::{Marker, Observed};
use engine::ids::CommitId;
use engine::{MergeLabels, Merger};

/// Puts the published branch in the place of the built one, phase by phase, where that is as good.
pub(super) fn keep(inputs: &Inputs<'_>, built: &mut Built, observed: &Observed) -> Result<(), RunError> {
    if inputs.session.config.rebuild == Rebuild::Always {
        return Ok(());
    }
    // Where the head of a phase is kept: what was built, and what stays instead.
    let mut kept: HashMap<CommitId, CommitId> = HashMap::new();
    for phase in &mut built.phases {
        let Some(there) = published(inputs, phase, observed) else { continue };
        let on_kept = kept.get(&phase.base_commit) == Some(&there.base);
        let on_fork = phase.on.is_none() && inputs.session.repo.contains(phase.base_commit, there.base)?;
        if (on_kept || on_fork) && merges_to_the_same(inputs, phase, &there)? {
            kept.insert(phase.head, there.head);
            there.put_into(phase, inputs)?;
        }
    }
    Ok(())
}

/// A phase's branch as the bot published it.
struct Published {
    base: CommitId,
    head: CommitId,
    /// The commit of each of its picks, by the upstream commit.
    picks: HashMap<CommitId, CommitId>,
}

/// The branch of a phase's open pull request, where it is as the bot left it, holds the same picks with the same outcomes, and nobody
/// wants it rebuilt.
fn published(inputs: &Inputs<'_>, phase: &BuiltPhase, observed: &Observed) -> Option<Published> {
    let repo = &inputs.session.repo;
    let pull = observed.going_on(&phase.id)?;
    let Marker { head, base, .. } = Marker::of(pull)?;
    let branch = observed.branch(&pull.text.head).filter(|branch| branch.head == head && !branch.people)?;
    if branch.head == phase.head || ![head, base].into_iter().all(|commit| repo.has_commit(commit)) {
        return None;
    }
    let made = repo.commit(head).ok().filter(|_| head != base);
    if made.is_some_and(|made| !repo.is_as_bot_makes(&made).unwrap_or_default()) {
        return None;
    }
    let rulings = inputs.ledger.effective();
    let asked = rulings.phase(&phase.id).and_then(|said| said.rebuild.as_ref()).map(|decision| &decision.ruling);
    if matches!(asked, Some(Ruling::Rebuild { head: at, .. }) if *at == head) {
        return None;
    }
    let on_branch: Vec<_> = phase.picks.iter().filter(|pick| pick.commit.is_some()).collect();
    let record = inputs.ledger.phases().get(&phase.id).and_then(|record| record.rounds.last());
    let picks = match record.filter(|round| is_of(round, pull.number, head, base)) {
        Some(round) => round.picks.as_slice(),
        // What holds no pick is on the ledger with none.
        None if on_branch.is_empty() => &[],
        None => return None,
    };
    let same = picks.len() == on_branch.len()
        && picks
            .iter()
            .zip(&on_branch)
            .all(|(there, built)| there.sha == built.sha && Some(there.outcome) == as_recorded(built.outcome));
    same.then(|| Published { base, head, picks: picks.iter().map(|pick| (pick.sha, pick.commit)).collect() })
}

fn is_of(round: &Attempt, pull: u64, head: CommitId, base: CommitId) -> bool {
    round.pull == Some(pull) && !round.by_people && round.head == head && round.base == base
}

/// How an outcome stands on the ledger, of a pick that is on a branch.
pub(super) const fn as_recorded(outcome: Outcome) -> Option<LandedOutcome> {
    match outcome {
        Outcome::Clean => Some(LandedOutcome::Clean),
        Outcome::Resolved => Some(LandedOutcome::Resolved),
        // With conflict markers, where the phase commits them.
        Outcome::Decide | Outcome::Follows | Outcome::NotNeededYet => Some(LandedOutcome::Conflicted),
        // Neither is ever on a branch.
        Outcome::NoOp | Outcome::LeftOut => None,
    }
}

/// Whether the published branch, merged into what the phase was built on, gives just what was built.
fn merges_to_the_same(inputs: &Inputs<'_>, phase: &BuiltPhase, there: &Published) -> Result<bool, RunError> {
    let repo = &inputs.session.repo;
    let tree = |commit: CommitId| repo.commit(commit).map(|commit| commit.tree);
    let mut merger = Merger::new(repo)?;
    let (base, ours, theirs) = (tree(there.base)?, tree(phase.base_commit)?, tree(there.head)?);
    let merged = merger.merge(base, ours, theirs, &MergeLabels::default())?;
    Ok(merged.is_clean() && merged.tree == phase.tree)
}

impl Published {
    fn put_into(self, phase: &mut BuiltPhase, inputs: &Inputs<'_>) -> Result<(), RunError> {
        (phase.base_commit, phase.head) = (self.base, self.head);
        phase.tree = inputs.session.repo.commit(self.head)?.tree;
        for pick in &mut phase.picks {
            pick.commit = pick.commit.and_then(|_| self.picks.get(&pick.sha).copied());
        }
        // Lock files are in the last commit, all of them.
        for lock in phase.locks.iter_mut().filter(|lock| lock.commit.is_some()) {
            lock.commit = Some(self.head);
        }
        Ok(())
    }
}

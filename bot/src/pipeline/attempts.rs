//! What is recorded of the phases as they are published, so that it is known afterwards however they were merged.

use super::RunError;
use super::proposal::Proposal;
use crate::forge::{Forge, PullRequest, State};
use crate::ledger::{
    Attempt, AttemptPick, AttemptState, Changed, Landed, LandedOutcome, Landing, Ledger, LedgerError, PhaseRecord,
    update,
};
use crate::names::PhaseId;
use crate::pick::{BuiltPhase, Outcome};
use crate::publish::Marker;
use crate::survey::{Survey, Verdict};
use engine::ids::CommitId;

impl Proposal<'_> {
    /// Records on the ledger what was published and what has landed or was closed; nothing where nothing is new.
    pub(super) fn record_attempts(&self, forge: &mut dyn Forge) -> Result<(), RunError> {
        let (session, landed) = (self.inputs.session, &self.inputs.landed);
        let pulls = &self.observed.pulls;
        let mut rounds: Vec<(PhaseId, Attempt)> = Vec::new();
        for phase in self.built.phases.iter().filter(|phase| phase.landed() > 0) {
            let own = |pull: &&PullRequest| Marker::of(pull).is_some_and(|marker| marker.phase == phase.id);
            let Some(pull) = pulls.iter().filter(own).rfind(|pull| pull.state == State::Open) else { continue };
            // Where people's commits are on it, the branch is not what was built.
            if self.observed.branch(&pull.text.head).is_some_and(|branch| branch.head == phase.head) {
                rounds.push((phase.id.clone(), round(phase, pull)));
            }
        }
        let closed: Vec<u64> =
            pulls.iter().filter(|pull| pull.state == State::Closed).map(|pull| pull.number).collect();
        let mut change = |before: &Ledger| {
            let mut ledger = before.clone();
            let mut ids: Vec<PhaseId> = before.phases().keys().cloned().collect();
            ids.extend(rounds.iter().map(|(id, _)| id.clone()));
            ids.sort();
            ids.dedup();
            for id in &ids {
                let mut record = ledger.phases().get(id).cloned().unwrap_or_default();
                for landing in landed.iter().filter(|landing| landing.phase == *id) {
                    update_record(&mut record, landing, &self.survey);
                }
                for round in record.rounds.iter_mut().filter(|round| round.state == AttemptState::Open) {
                    if round.pull.is_some_and(|pull| closed.contains(&pull)) {
                        round.state = AttemptState::Closed;
                    }
                }
                for (_, round) in rounds.iter().filter(|(of, _)| of == id) {
                    publish(&mut record, round.clone());
                }
                ledger = ledger.with_phase(id, record)?;
            }
            Ok::<_, LedgerError>(Changed { message: message(before, &ledger), ledger })
        };
        if change(&self.inputs.ledger)?.ledger != self.inputs.ledger {
            update(&session.repo, forge, &mut change)?;
        }
        Ok(())
    }
}

fn round(phase: &BuiltPhase, pull: &PullRequest) -> Attempt {
    let picks = phase.picks.iter().filter_map(|pick| {
        let commit = pick.commit?;
        let outcome = match pick.outcome {
            Outcome::Clean => LandedOutcome::Clean,
            Outcome::Resolved => LandedOutcome::Resolved,
            // With conflict markers, where the phase commits them.
            Outcome::Decide | Outcome::Follows | Outcome::NotNeededYet => LandedOutcome::Conflicted,
            // Neither is ever on a branch.
            Outcome::NoOp | Outcome::LeftOut => return None,
        };
        Some(AttemptPick { sha: pick.sha, commit, outcome })
    });
    Attempt {
        branch: pull.text.head.clone(),
        pull: Some(pull.number),
        base: phase.base_commit,
        head: phase.head,
        picks: picks.collect(),
        state: AttemptState::Open,
        landed: None,
    }
}

/// A round that is open goes on; after one that is not, a new one begins.
fn publish(record: &mut PhaseRecord, round: Attempt) {
    match record.rounds.last_mut().filter(|last| last.state == AttemptState::Open) {
        Some(open) => *open = round,
        None => record.rounds.push(round),
    }
}

/// A round that is in the fork is landed; where none of its picks is taken any more, it was taken out again.
fn update_record(record: &mut PhaseRecord, landing: &Landing, survey: &Survey) {
    let Some(round) = record.rounds.get_mut(landing.round) else { return };
    let open = |sha: &CommitId| survey.get(*sha).is_some_and(|commit| commit.verdict != Verdict::Taken);
    let reverted = landing.picks.iter().all(|(sha, _)| open(sha));
    round.state = if reverted { AttemptState::Reverted } else { AttemptState::Landed };
    round.landed = Some(Landed { ..landing.landed.clone() });
}

fn message(before: &Ledger, after: &Ledger) -> String {
    let mut lines = Vec::new();
    for (id, record) in after.phases().iter().filter(|(id, record)| before.phases().get(*id) != Some(record)) {
        let Some(last) = record.rounds.last() else { continue };
        let pull = last.pull.map(|pull| format!(", pull request {pull}")).unwrap_or_default();
        let landed = last.landed.as_ref().map(|landed| format!(" by {} as {}", landed.how, landed.commit.short()));
        lines.push(format!("{id}: {}{}{pull}, at {}", last.state, landed.unwrap_or_default(), last.head.short()));
    }
    format!("Record how the phases stand\n\n{}\n", lines.join("\n"))
}

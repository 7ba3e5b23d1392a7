//! What is recorded of the phases as they are published, so that it is known afterwards however they were merged.

use super::kept::as_recorded;
use super::proposal::Proposal;
use super::{RunError, Session};
use crate::forge::{Forge, PullRequest, State};
use crate::ledger::{
    Attempt, AttemptPick, AttemptState, Changed, Landed, Landing, Ledger, LedgerError, PhaseRecord, Stacks, update,
};
use crate::names::PhaseId;
use crate::pick::BuiltPhase;
use crate::publish::Marker;
use crate::survey::{Survey, Verdict};
use engine::ids::{CommitId, TreeId};
use engine::{GitError, MergeLabels, Merger, Repo};

impl Proposal<'_> {
    /// Records on the ledger what was published and what has landed or was closed; nothing where nothing is new.
    pub(super) fn record_attempts(&self, forge: &mut dyn Forge) -> Result<(), RunError> {
        let (session, landed) = (self.inputs.session, &self.inputs.landed);
        let pulls = &self.observed.pulls;
        let rounds = self.rounds()?;
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
            ledger = self.observed.noted(&ledger)?;
            ledger = self.observed.stacks(&Stacks::of(&ledger)?).put(&ledger)?;
            Ok::<_, LedgerError>(Changed { message: message(before, &ledger), ledger })
        };
        if change(&self.inputs.ledger)?.ledger != self.inputs.ledger {
            update(&session.repo, forge, &mut change)?;
        }
        Ok(())
    }

    /// The phases as they are published: as they were built, or as people left their branches.
    fn rounds(&self) -> Result<Vec<(PhaseId, Attempt)>, RunError> {
        let mut rounds = Vec::new();
        for phase in &self.built.phases {
            let own = |pull: &&PullRequest| Marker::of(pull).is_some_and(|marker| marker.phase == phase.id);
            let open = |pull: &&PullRequest| pull.state == State::Open;
            let Some(pull) = self.observed.pulls.iter().filter(own).rfind(open) else { continue };
            let built = || self.observed.branch(&pull.text.head).is_some_and(|branch| branch.head == phase.head);
            let round = match self.adopted.get(&phase.id) {
                // With conflict markers it is not to be merged.
                Some(adopted) if adopted.markers.is_empty() => self.by_people(&adopted.phase, pull)?,
                // One with nothing on it as well: slices begin where they were published, and a clone knows that from here alone.
                None if built() => Some(round(phase, pull)),
                _ => None,
            };
            rounds.extend(round.map(|round| (phase.id.clone(), round)));
        }
        Ok(rounds)
    }

    /// A phase as people left its branch. What they undid on it is not on it.
    fn by_people(&self, phase: &BuiltPhase, pull: &PullRequest) -> Result<Option<Attempt>, RunError> {
        let Session { repo, heads, .. } = self.inputs.session;
        let mut attempt = round(phase, pull);
        // They may have put it on another base than the bot did.
        let stands_on = phase.on.as_ref().and_then(|on| self.observed.head_of(on)).unwrap_or(heads.fork);
        let Some(base) = repo.merge_base(stands_on, phase.head)? else { return Ok(None) };
        let mut merger = Merger::new(repo)?;
        let mut picks = Vec::with_capacity(attempt.picks.len());
        for pick in attempt.picks {
            if !undone(repo, &mut merger, pick.commit, phase.tree)? {
                picks.push(pick);
            }
        }
        (attempt.base, attempt.picks, attempt.by_people) = (base, picks, true);
        Ok(Some(attempt).filter(|attempt| !attempt.picks.is_empty()))
    }
}

/// Whether nothing of a commit is left in a tree: reverting it there changes nothing. One that changed nothing cannot be undone.
fn undone(repo: &Repo, merger: &mut Merger<'_>, commit: CommitId, tree: TreeId) -> Result<bool, GitError> {
    let commit = repo.commit(commit)?;
    let Some(parent) = commit.parents.first() else { return Ok(false) };
    let before = repo.commit(*parent)?.tree;
    let reverted = merger.merge(commit.tree, tree, before, &MergeLabels::default())?;
    let is = before != commit.tree && reverted.is_clean() && reverted.tree == tree;
    merger.forget();
    Ok(is)
}

fn round(phase: &BuiltPhase, pull: &PullRequest) -> Attempt {
    let picks = phase.picks.iter().filter_map(|pick| {
        let commit = pick.commit?;
        Some(AttemptPick { sha: pick.sha, commit, outcome: as_recorded(pick.outcome)? })
    });
    Attempt {
        branch: pull.text.head.clone(),
        pull: Some(pull.number),
        base: phase.base_commit,
        head: phase.head,
        by_people: false,
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
    match lines.is_empty() {
        true => "Note what was made\n".to_owned(),
        false => format!("Record how the phases stand\n\n{}\n", lines.join("\n")),
    }
}

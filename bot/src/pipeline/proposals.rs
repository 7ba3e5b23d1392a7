//! What is proposed for conflicts: kept on the ledger before anybody sees it, and what people accept of it. What is accepted is what the
//! pull request showed, or nothing.

use super::proposal::Proposal;
use super::{Inputs, RunError};
use crate::chatops::NotAccepted;
use crate::decision::{Decision, Ruling};
use crate::forge::Forge;
use crate::ledger::{Changed, Ledger, LedgerError, update};
use crate::memory;
use crate::names::PhaseId;
use crate::pick::answer::Origin;
use crate::pick::proposal::KeptProposal;
use crate::pick::{Built, Conflict};
use crate::publish::{Marker, Observed};
use crate::text::{code, count};
use crate::view::note::accept_line;
use engine::ids::CommitId;
use engine::path::RepoPath;

impl Proposal<'_> {
    /// Puts what is proposed on the ledger, with what people accepted: before anything of it is shown, or landed.
    pub(super) fn keep_proposals(&self, forge: &mut dyn Forge) -> Result<(), RunError> {
        let Inputs { ledger, accepted, pending, .. } = &self.inputs;
        let found = whole_proposals(&self.built);
        if accepted.is_empty() && memory::propose(ledger, &found)? == *ledger {
            return Ok(());
        }
        let accepts = || pending.iter().filter(|decision| matches!(decision.ruling, Ruling::Accept { .. }));
        update(&self.inputs.session.repo, forge, &mut |before| {
            let mut changed = memory::propose(before, &found)?;
            for lesson in accepted {
                changed = memory::remember(&changed, lesson)?;
            }
            for decision in accepts().filter(|decision| !before.decisions().contains(decision)) {
                changed = changed.decide(decision.clone())?;
            }
            Ok::<_, LedgerError>(Changed { message: message(&found, accepts()), ledger: changed })
        })?;
        Ok(())
    }

    /// Takes from the ledger what is proposed for no conflict any more.
    pub(super) fn drop_proposals(&self, forge: &mut dyn Forge) -> Result<(), RunError> {
        let found = whole_proposals(&self.built);
        let without = |ledger: &Ledger| memory::keep_only(ledger, &found);
        if without(&self.inputs.ledger) == self.inputs.ledger {
            return Ok(());
        }
        let message = "Drop proposals that are for no conflict any more\n";
        update(&self.inputs.session.repo, forge, &mut |before| {
            Ok::<_, LedgerError>(Changed { ledger: without(before), message: message.to_owned() })
        })?;
        Ok(())
    }
}

/// What is proposed for whole files.
fn whole_proposals(built: &Built) -> Vec<KeptProposal> {
    let picks = built.phases.iter().flat_map(|phase| &phase.picks);
    let found = picks.flat_map(|pick| {
        pick.open().filter_map(|conflict| {
            let whole = conflict.proposal.as_ref()?.whole.clone()?;
            Some(KeptProposal { upstream: pick.sha, path: conflict.path.clone(), whole, again: false })
        })
    });
    found.collect()
}

fn message<'a>(found: &[KeptProposal], accepts: impl Iterator<Item = &'a Decision>) -> String {
    let mut text = format!("Keep {}\n", count(found.len(), "proposal"));
    for decision in accepts {
        text.push_str(&format!("\n{} by {}", decision.ruling, decision.describe()));
    }
    for kept in found.iter().take(50) {
        text.push_str(&format!("\n{} of {}", kept.path, kept.upstream.short()));
    }
    text
}

/// Where a comment stands that accepts something.
pub(super) struct AcceptScene<'a> {
    pub(super) built: Option<&'a Built>,
    pub(super) observed: &'a Observed,
    /// The phase of its pull request.
    pub(super) phase: Option<&'a PhaseId>,
    /// What the comment is called.
    pub(super) link: &'a str,
}

impl Inputs<'_> {
    /// What names the proposal that a comment accepts.
    pub(super) fn accepts(
        &self,
        scene: &AcceptScene<'_>,
        (sha, path): (CommitId, &str),
        named: Option<&str>,
    ) -> Result<String, NotAccepted> {
        // A run that was killed before it answered has accepted it already.
        let before = self.ledger.decisions().iter().filter(|decision| decision.link.as_deref() == Some(scene.link));
        for decision in before {
            if let Ruling::Accept { sha: of, path: at, proposal, .. } = &decision.ruling
                && (*of, at.as_str()) == (sha, path)
            {
                return Ok(proposal.clone());
            }
        }
        let (built, phase) = scene.built.zip(scene.phase).ok_or(NotAccepted::NoDecision)?;
        let conflict = open(built, Some(phase), sha, path).ok_or(NotAccepted::NoDecision)?;
        let whole = conflict.proposal.as_ref().and_then(|proposal| proposal.whole.as_ref());
        let whole = whole.ok_or(NotAccepted::Nothing)?;
        let digest = whole.digest();
        if named.is_some_and(|named| named != digest) {
            return Err(NotAccepted::Another);
        }
        let pull = scene.observed.of_phase(phase).filter(|pull| Marker::of(pull).is_some());
        let line = accept_line(&self.session.config.commands.prefix, sha, &conflict.path, &digest);
        if !pull.is_some_and(|pull| pull.text.body.contains(&code(&line))) {
            return Err(NotAccepted::NotShown);
        }
        let known = memory::proposals(&self.ledger);
        match known.get(&whole.key) {
            // What is shown and not kept was kept by nobody of ours.
            None => Err(NotAccepted::NotShown),
            Some(kept) if kept.again && named.is_none() => Err(NotAccepted::Again),
            Some(_) => Ok(digest),
        }
    }

    /// Remembers what a decision accepts.
    pub(super) fn accept(&mut self, built: Option<&Built>, decision: &Decision) -> Result<(), RunError> {
        let Ruling::Accept { phase, sha, path, proposal } = &decision.ruling else { return Ok(()) };
        let Some(conflict) = built.and_then(|built| open(built, Some(phase), *sha, path)) else { return Ok(()) };
        let whole = conflict.proposal.as_ref().and_then(|proposal| proposal.whole.as_ref());
        let Some(whole) = whole.filter(|whole| whole.digest() == *proposal) else { return Ok(()) };
        let origin = Origin { who: decision.by.clone(), when: decision.when, link: decision.link.clone() };
        let lesson = memory::accepted(&self.session.repo, *sha, conflict, whole, origin)?;
        self.ledger = memory::remember(&self.ledger, &lesson)?;
        self.accepted.push(lesson);
        Ok(())
    }
}

/// The conflict of a file that a phase leaves to a person.
fn open<'b>(built: &'b Built, phase: Option<&PhaseId>, sha: CommitId, path: &str) -> Option<&'b Conflict> {
    let path = RepoPath::shown(path);
    let phases = built.phases.iter().filter(|built| phase.is_none_or(|phase| built.id == *phase));
    let pick = phases.flat_map(|phase| &phase.picks).find(|pick| pick.sha == sha && pick.outcome.needs_person())?;
    pick.open().find(|conflict| conflict.path == path)
}

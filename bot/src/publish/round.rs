//! Which pull request a phase has at present, and on which branch. Pure.
//!
//! A branch name is used for one pull request only. GitHub never opens a closed pull request again once its branch was moved or
//! regenerated, so what begins again after a merge or a closing has a name of its own: `uptake/fixes`, `uptake/fixes-2`, and so on.

use std::collections::BTreeSet;

use super::marker::Marker;
use super::observed::Observed;
use crate::branch;
use crate::decision::Rulings;
use crate::forge::{PullRequest, State};
use crate::names::{BranchName, PhaseId};

/// A phase's pull request and its branch.
pub(super) struct PhasePull<'a> {
    pub(super) branch: BranchName,
    pub(super) life: PrState<'a>,
    /// Whether an earlier round was merged.
    pub(super) landed: bool,
    /// A pull request that the forge closed by itself, when the branch it went into was removed.
    pub(super) orphan: Option<&'a PullRequest>,
}

/// How a phase's pull request is.
pub(super) enum PrState<'a> {
    /// There is none, or the last one is over.
    New,
    Open(&'a PullRequest),
    /// It was closed, and a person wants it opened again; or a bot closed it.
    Reopen(&'a PullRequest),
    /// A person closed it.
    Rests(&'a PullRequest),
}

/// What rounds are told by.
pub(super) struct PhasePulls<'a> {
    pub(super) observed: &'a Observed,
    /// The ids of all phases.
    pub(super) ids: BTreeSet<PhaseId>,
    pub(super) rulings: &'a Rulings,
    /// Pull requests that the forge would not open again.
    pub(super) refused: &'a BTreeSet<u64>,
}

impl<'a> PhasePulls<'a> {
    /// The phase a pull request belongs to: by its marker, or, where a person took that away, by its branch.
    pub(super) fn phase(&self, pull: &PullRequest) -> Option<PhaseId> {
        if let Some(marker) = Marker::of(pull) {
            return Some(marker.phase);
        }
        let name = pull.text.head.strip_prefix(branch::PREFIX)?;
        let mut rounds = self.ids.iter().filter(|id| branch::round(&pull.text.head, id).is_some());
        // `uptake/fixes-2` is the first round of a phase of that name, if there is one.
        let own = self.ids.get(name);
        own.or_else(|| rounds.next()).cloned()
    }

    /// The present round of a phase.
    pub(super) fn of(&self, id: &PhaseId) -> PhasePull<'a> {
        let own: Vec<_> = self.observed.pulls.iter().filter(|pull| self.phase(pull).as_ref() == Some(id)).collect();
        let landed = own.iter().any(|pull| pull.state == State::Merged);
        let at = |pull: &'a PullRequest, life| PhasePull { branch: pull.text.head.clone(), life, landed, orphan: None };
        if let Some(open) = own.iter().rfind(|pull| pull.state == State::Open) {
            return at(open, PrState::Open(open));
        }
        let new = |orphan| PhasePull { branch: self.fresh(id), life: PrState::New, landed, orphan };
        let Some(closed) = own.last().filter(|pull| pull.state == State::Closed) else { return new(None) };
        let marker = Marker::of(closed);
        if marker.as_ref().is_some_and(|marker| marker.done) {
            return new(None);
        }
        let said = self.rulings.phase(id);
        if said.is_none_or(|said| said.close.is_none()) && self.orphaned(closed) {
            return new(Some(closed));
        }
        if self.observed.closed_by_bot(closed.number).is_some() {
            let there = self.observed.branch(&closed.text.head).is_some() && !self.refused.contains(&closed.number);
            return if there { at(closed, PrState::Reopen(closed)) } else { new(None) };
        }
        let reopen = said.and_then(|said| said.reopen.as_ref()).map(|said| said.when);
        let obeyed = marker.as_ref().and_then(|marker| marker.reopened);
        if reopen.is_none() || reopen == obeyed {
            return at(closed, PrState::Rests(closed));
        }
        let there = self.observed.branch(&closed.text.head).map(|branch| branch.head);
        let same = there.is_some() && there == marker.map(|marker| marker.head);
        if same && !self.refused.contains(&closed.number) { at(closed, PrState::Reopen(closed)) } else { new(None) }
    }

    /// Whether a pull request was closed by the forge, since the branch it went into is gone.
    fn orphaned(&self, pull: &PullRequest) -> bool {
        pull.text.base != self.observed.trunk && self.observed.branch(&pull.text.base).is_none()
    }

    /// The first name of a phase's branch that no pull request has had. A branch of that name may be there: it was made by a run
    /// that was cut short.
    fn fresh(&self, id: &PhaseId) -> BranchName {
        let used = |name: &str| self.observed.pulls.iter().any(|pull| pull.text.head == name);
        let free = |name: &BranchName| {
            !used(name) && name.strip_prefix(branch::PREFIX).is_none_or(|name| !self.ids.contains(name))
        };
        let first = branch::of_phase(id);
        if !used(&first) {
            return first;
        }
        let mut names = (2..).map(|number| branch::of_round(id, number));
        names.find(free).unwrap_or(first)
    }
}

//! What a forge must be told so that it shows what was built: desired against observed, as a list of changes. Pure.
//!
//! The order is such that a run may be cut short after any change and the next one goes on: decisions first, so that none is
//! lost; branches before the pull requests that bring them; another base for a pull request before the branch it went into is
//! removed; the dashboard last, since it tells of all the others.

use std::collections::{BTreeSet, HashMap};

use super::change::{Change, Changes, CloseReason};
use super::changes::{ChangeSet, edit, end};
use super::dashboard::{self, PhaseStatus};
use super::desired::{Desired, wanted};
use super::marker::Marker;
use super::notice::Notice;
use super::observed::Observed;
use super::round::{PhasePull, PhasePulls, PrState};
use super::situation::Situation;
use super::{adopted, ask, labels, stack, stale, stale_bot};
use crate::config::raw::Stacking;
use crate::decision::{Decision, Ruling};
use crate::forge::{PullRequest, PullText, State};
use crate::names::{BranchName, PhaseId};
use crate::record;
use engine::ids::CommitId;

/// Compares what is wanted with what there is.
#[must_use]
pub fn compare(situation: &Situation<'_>) -> Changes {
    let mut ids: BTreeSet<_> = situation.built.phases.iter().map(|phase| phase.id.clone()).collect();
    ids.insert(record::NAME.into());
    let Situation { observed, rulings, refused, .. } = *situation;
    let rounds = PhasePulls { observed, ids, rulings, refused };
    let of_phases: Vec<_> = situation.built.phases.iter().map(|phase| rounds.of(&phase.id)).collect();
    let branches: HashMap<BranchName, BranchName> = situation
        .built
        .phases
        .iter()
        .zip(&of_phases)
        .map(|(phase, round)| (phase.branch.clone(), round.branch.clone()))
        .collect();
    let wanted = wanted(situation, &branches);
    let mut found = ChangeSet::default();
    let mut comparison = Comparison { situation, found: &mut found, unsteady: BTreeSet::new(), turn: None };
    let standings: Vec<_> =
        wanted.iter().zip(&of_phases).map(|(wanted, round)| comparison.phase(wanted, round)).collect();
    // A phase with nothing left to take needs its branch no longer; any other does.
    let kept = standings.iter().zip(&of_phases).filter(|(standing, _)| **standing != PhaseStatus::Nothing);
    let mut kept: BTreeSet<&str> = kept.map(|(_, round)| round.branch.as_str()).collect();
    let of_record = rounds.of(&record::NAME.into());
    let record = comparison.record(&of_record);
    if record.is_some() {
        kept.insert(&of_record.branch);
    }
    stale::clear(situation, &rounds, &kept, &mut found);
    found.changes(situation, &wanted, &standings, record.as_ref())
}

impl ChangeSet {
    fn changes(
        self,
        situation: &Situation<'_>,
        wanted: &[Desired],
        standings: &[PhaseStatus],
        record: Option<&(Desired, PhaseStatus)>,
    ) -> Changes {
        let (apart, stacks) = stack::changes(situation, &self);
        let Self { records, phases, asks, endings, deletions, mut notices } = self;
        notices.splice(0..0, Notice::taken_over(situation.observed));
        let mut changes: Vec<_> = situation.said.iter().cloned().chain(records).map(Change::Record).collect();
        changes.extend(trunk(situation));
        let all: Vec<&Desired> = wanted.iter().chain(record.map(|(wanted, _)| wanted)).collect();
        changes.extend(missing_labels(situation, &all, &phases));
        changes.extend(apart);
        changes.extend(phases);
        changes.extend(asks);
        changes.extend(stacks);
        changes.extend(endings);
        changes.extend(deletions);
        match dashboard::change(situation, wanted, standings, record) {
            Ok(change) => changes.extend(change),
            Err(closed) => notices.push(closed),
        }
        Changes { changes, notices }
    }
}

/// The fork's branch, where the forge has a copy of it.
fn trunk(situation: &Situation<'_>) -> Option<Change> {
    let to = situation.survey.fork_head;
    let Observed { trunk, mirrors_trunk, .. } = situation.observed;
    let from = situation.observed.branch(trunk).map(|branch| branch.head);
    let differs = *mirrors_trunk && from != Some(to);
    differs.then(|| Change::Push { branch: trunk.clone(), to, from, known: from, commits: 0 })
}

/// The labels that are about to be used and that the repository does not have. One that is there stays as people made it.
fn missing_labels(situation: &Situation<'_>, wanted: &[&Desired], phases: &[Change]) -> Vec<Change> {
    let mut found: Vec<Change> = Vec::new();
    let mut seen: BTreeSet<String> = situation.observed.labels.iter().map(|label| label.name.to_lowercase()).collect();
    for change in phases {
        let (Change::Open(text) | Change::Edit { text, .. }) = change else { continue };
        let phase = wanted.iter().find(|wanted| wanted.text.head == text.head);
        let title = phase.and_then(|phase| situation.config.phase(&phase.phase)).map_or("", |phase| &phase.title);
        for name in &text.labels {
            if seen.insert(name.to_lowercase()) {
                found.push(Change::Label(labels::look(name, title, situation.config)));
            }
        }
    }
    found
}

struct Comparison<'a> {
    situation: &'a Situation<'a>,
    found: &'a mut ChangeSet,
    /// Phases whose branch is not what was built, so that nothing can stand on it.
    unsteady: BTreeSet<PhaseId>,
    /// The first phase that has not landed.
    turn: Option<PhaseId>,
}

impl Comparison<'_> {
    fn phase(&mut self, wanted: &Desired, round: &PhasePull<'_>) -> PhaseStatus {
        let standing = self.stand(wanted, round);
        let through = match standing {
            PhaseStatus::Nothing | PhaseStatus::Closed { .. } => true,
            // What applied has landed; what conflicts need not keep the others waiting.
            _ => round.landed && wanted.commits == 0,
        };
        if !through {
            self.turn.get_or_insert_with(|| wanted.phase.clone());
        }
        standing
    }

    /// The pull request that records that upstream is in, where there is anything to record.
    fn record(&mut self, round: &PhasePull<'_>) -> Option<(Desired, PhaseStatus)> {
        // It waits for no phase.
        self.turn = None;
        let Some(record) = self.situation.record else {
            if let PrState::Open(open) = round.life {
                end(open, self.reason(open, CloseReason::NoRecord), self.found);
            }
            return None;
        };
        let wanted = super::record::wanted(self.situation, record, &round.branch);
        let standing = self.stand(&wanted, round);
        Some((wanted, standing))
    }

    fn stand(&mut self, wanted: &Desired, round: &PhasePull<'_>) -> PhaseStatus {
        let Situation { rulings, observed, .. } = *self.situation;
        let said = rulings.phase(&wanted.phase).cloned().unwrap_or_default();
        let branch = observed.branch(&round.branch);
        let open = match round.life {
            PrState::Open(pull) | PrState::Reopen(pull) => Some(pull),
            PrState::New | PrState::Rests(_) => None,
        };
        let number = open.map(|pull| pull.number);
        let moved = branch.is_some_and(|branch| branch.head != wanted.head);
        let unread = number.filter(|number| self.situation.unread.contains(number));
        if moved && (said.hold.is_some() || unread.is_some()) {
            self.unsteady.insert(wanted.phase.clone());
        }
        if let Some(hold) = said.hold {
            self.found.notices.push(Notice::Held { phase: wanted.phase.clone(), by: hold.by.clone() });
            if let Some(open) = open {
                self.merge_by_hand(open);
            }
            return PhaseStatus::Held { pull: number, by: hold.by };
        }
        if let Some(number) = unread {
            return PhaseStatus::Unread { pull: number };
        }
        if let PrState::Rests(pull) = round.life {
            return self.rests(wanted, pull, said.close.as_ref());
        }
        if let Some(on) = wanted.on.as_ref().filter(|on| self.unsteady.contains(*on)) {
            self.found.notices.push(Notice::Behind { phase: wanted.phase.clone(), on: on.clone() });
            self.unsteady.insert(wanted.phase.clone());
            return PhaseStatus::Behind { pull: number, on: on.clone() };
        }
        let left = open.and_then(Marker::of).map(|marker| marker.head);
        if let Some(branch) = branch.filter(|branch| moved && branch.people && left != Some(branch.head)) {
            let asked = said.rebuild.as_ref().and_then(|decision| match decision.ruling {
                Ruling::Rebuild { head, .. } => Some(head),
                _ => None,
            });
            if asked != Some(branch.head) {
                self.unsteady.insert(wanted.phase.clone());
                self.found.notices.push(Notice::People { branch: branch.name.clone(), head: branch.head, asked });
                let open = self.open_again(wanted, round).or_else(|| open.cloned());
                if let Some(open) = &open {
                    match self.situation.adopted.get(&wanted.phase) {
                        Some(adopted) => {
                            let text = adopted::text(self.situation, open, adopted);
                            let labels = self.kept_open(open, text.labels.clone());
                            self.found.phases.extend(edit(open, PullText { labels, ..text }));
                        }
                        None => self.held(open, branch.head),
                    }
                }
                return PhaseStatus::People { pull: number, head: branch.head };
            }
        }
        if wanted.is_empty() {
            if let PrState::Open(open) = round.life {
                end(open, self.reason(open, CloseReason::NothingLeft), self.found);
            }
            return PhaseStatus::Nothing;
        }
        if let (PrState::New, Some(on)) = (&round.life, self.waits_for())
            && said.start.is_none()
        {
            self.found.notices.push(Notice::Waits { phase: wanted.phase.clone(), on: on.clone() });
            return PhaseStatus::Waits { on };
        }
        if (branch.is_none() || moved) && self.situation.immovable.contains(&round.branch) {
            self.unsteady.insert(wanted.phase.clone());
            return PhaseStatus::Refused { pull: number };
        }
        self.publish(wanted, round);
        PhaseStatus::Open { pull: number, branch: round.branch.clone() }
    }

    /// Why a pull request is closed: that it has landed says more than that nothing is left.
    fn reason(&self, open: &PullRequest, otherwise: CloseReason) -> CloseReason {
        if self.situation.landed.contains(&open.number) { CloseReason::Landed } else { otherwise }
    }

    fn waits_for(&self) -> Option<PhaseId> {
        self.turn.clone().filter(|_| self.situation.config.stacking == Stacking::Landed)
    }

    /// A person closed the pull request.
    fn rests(&mut self, wanted: &Desired, pull: &PullRequest, close: Option<&Decision>) -> PhaseStatus {
        if wanted.is_empty() {
            return PhaseStatus::Nothing;
        }
        let known = close.is_some_and(|decision| match decision.ruling {
            Ruling::Close { pull: known, .. } => known == pull.number,
            _ => false,
        });
        if !known {
            let ruling = Ruling::Close { phase: wanted.phase.clone(), pull: pull.number };
            let by = format!("pull request {}", pull.number);
            self.found.records.push(self.situation.decide(ruling, &by, "it was closed without merging"));
        }
        let (number, title) = (pull.number, pull.text.title.clone());
        let again = Marker::of(pull).is_some_and(|marker| marker.again);
        self.found.notices.push(Notice::Closed { number, title, again });
        self.unsteady.insert(wanted.phase.clone());
        PhaseStatus::Closed { pull: pull.number }
    }

    /// On hold a pull request is not merged by itself either.
    fn merge_by_hand(&mut self, open: &PullRequest) {
        let marker = Marker::of(open);
        let Some((marker, asked)) = marker.and_then(|marker| Some((marker.clone(), marker.asked.without_merge()?)))
        else {
            return;
        };
        self.found.phases.push(ask::off(open.number, &open.text));
        let body = Marker { asked, ..marker }.instead(&open.text.body);
        self.found.phases.extend(edit(open, PullText { body, ..open.text.clone() }));
    }

    /// Opens a closed pull request again, and returns it as it is then. What is to be known of it later stands there from the same moment.
    fn open_again(&mut self, wanted: &Desired, round: &PhasePull<'_>) -> Option<PullRequest> {
        let PrState::Reopen(pull) = round.life else { return None };
        let Marker { again, reopened, .. } = wanted.marker;
        let marker = Marker::of(pull).map(|marker| Marker { again, reopened, ..marker });
        let body = marker.map_or_else(|| pull.text.body.clone(), |marker| marker.instead(&pull.text.body));
        let closed_by = self.situation.observed.closed_by_bot(pull.number).map(str::to_owned);
        let (number, title) = (pull.number, pull.text.title.clone());
        self.found.phases.push(Change::Reopen { number, title, body: body.clone(), closed_by });
        Some(PullRequest { state: State::Open, text: PullText { body, ..pull.text.clone() }, ..pull.clone() })
    }

    fn publish(&mut self, wanted: &Desired, round: &PhasePull<'_>) {
        if let PrState::Open(pull) | PrState::Reopen(pull) = round.life {
            // Before the branch moves to what waits for a decision.
            self.found.phases.extend(ask::taken_back(wanted, pull.number));
        }
        // Before the branch moves: after that the forge would refuse.
        self.open_again(wanted, round);
        if let Some(orphan) = round.orphan {
            let base = orphan.text.base.clone();
            self.found.notices.push(Notice::Orphaned { number: orphan.number, base });
        }
        let from = self.situation.observed.branch(&round.branch).map(|branch| branch.head);
        if from != Some(wanted.head) {
            let (branch, known) = (round.branch.clone(), Some(wanted.base));
            self.found.phases.push(Change::Push { branch, to: wanted.head, from, known, commits: wanted.commits });
        }
        match round.life {
            PrState::New | PrState::Rests(_) => {
                self.found.phases.push(Change::Open(wanted.text.clone()));
                self.found.asks.extend(ask::asks(wanted, None, &wanted.text));
            }
            PrState::Open(pull) | PrState::Reopen(pull) => {
                let mut text = wanted.text.clone();
                if self.situation.fixed.contains(&pull.number) {
                    text.base.clone_from(&pull.text.base);
                }
                text.body = Marker::with_what_is_below(text.body, &pull.text.body);
                text.labels = labels::joined(&text.labels, &pull.text.labels, self.situation.config);
                if wanted.marker.again {
                    text.labels = stale_bot::PULLS.labels(text.labels, &pull.text.labels, self.situation);
                }
                if Marker::of(pull).is_some_and(|marker| marker.draft == text.draft) {
                    // Nothing changed for us, so whatever it is now is a person's wish.
                    text.draft = pull.text.draft;
                }
                self.found.asks.extend(ask::asks(wanted, Some(pull.number), &text));
                self.found.phases.extend(edit(pull, text));
            }
        }
    }

    /// The labels of a pull request that a bot closed, where it did.
    fn kept_open(&self, open: &PullRequest, labels: Vec<String>) -> Vec<String> {
        match Marker::of(open) {
            Some(Marker { again: true, .. }) => stale_bot::PULLS.labels(labels, &open.text.labels, self.situation),
            _ => labels,
        }
    }

    /// What a pull request says while people's commits are on its branch: all as it was, and why.
    fn held(&mut self, open: &PullRequest, theirs: CommitId) {
        let config = self.situation.config;
        let rest = match open.text.body.strip_prefix(adopted::SIGN) {
            Some(noted) => noted.split_once("\n\n").map_or("", |(_, rest)| rest),
            None => &open.text.body,
        };
        let again = adopted::how_to_rebuild(config);
        let body = format!(
            "{} (it is at `{}`), so it is theirs: Uptake leaves it alone. To have it built again on the newest base without their commits, {again}.\n\n{rest}",
            adopted::SIGN,
            theirs.short()
        );
        let labels = self.kept_open(open, labels::waiting(&open.text.labels, config));
        self.found.phases.extend(edit(open, PullText { body, labels, ..open.text.clone() }));
    }
}

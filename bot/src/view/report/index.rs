//! The facts by commit: where each one stands in the range, in the plan, and in the picture.

use std::collections::HashMap;

use serde::Serialize;

use super::prose::CommitRef;
use crate::config::Config;
use crate::pick::{Built, BuiltPhase, Outcome, Pick};
use crate::plan::Reason;
use crate::risk::Level;
use crate::survey::{Alone, Cascade, Survey, Surveyed, Verdict};
use crate::view::note::Links;
use engine::ids::CommitId;

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub struct ReportFacts<'a> {
    /// What upstream has.
    pub survey: &'a Survey,
    /// What came of the plan.
    pub built: &'a Built,
    /// What was asked for: where upstream lives, and the notes on commits.
    pub config: &'a Config,
}

/// What stands between the fork and one commit, in one word: the picture's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CommitState {
    /// The fork has it.
    Taken,
    /// It would change nothing.
    NoOp,
    /// It applies.
    Clean,
    /// It conflicts only for lack of earlier ones.
    Cascade,
    /// It conflicts, and whose fault that is has not been worked out.
    Conflict,
    /// It conflicts by itself.
    Root,
}

impl CommitState {
    /// All of them, in the order a legend names them.
    pub(super) const ALL: [Self; 6] = [Self::Clean, Self::Root, Self::Cascade, Self::Conflict, Self::Taken, Self::NoOp];

    /// The state of a surveyed commit.
    pub(super) fn of(commit: &Surveyed) -> Self {
        match (commit.verdict, commit.cascade, commit.alone) {
            (Verdict::Taken, ..) => Self::Taken,
            (Verdict::Open, ..) if commit.is_no_op() => Self::NoOp,
            (Verdict::Open, Cascade::Root, _) => Self::Root,
            (Verdict::Open, Cascade::Cascade, _) => Self::Cascade,
            (Verdict::Open, Cascade::None, Alone::Conflict) => Self::Conflict,
            (Verdict::Open, Cascade::None, Alone::Clean | Alone::Noop) => Self::Clean,
        }
    }

    /// The name of its style.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::NoOp => "no-op",
            Self::Clean => "clean",
            Self::Cascade => "cascade",
            Self::Conflict => "conflict",
            Self::Root => "root",
        }
    }

    /// What it means, after a number: `18 apply as they are`.
    pub(super) fn meaning(self, n: usize) -> &'static str {
        match (self, n) {
            (Self::Taken, 1) => "is in the fork already",
            (Self::Taken, _) => "are in the fork already",
            (Self::NoOp, _) => "would change nothing",
            (Self::Clean, 1) => "applies as it is",
            (Self::Clean, _) => "apply as they are",
            (Self::Cascade, 1) => "is a cascade: it applies once the roots are resolved",
            (Self::Cascade, _) => "are cascades: they apply once the roots are resolved",
            (Self::Conflict, 1) => "conflicts",
            (Self::Conflict, _) => "conflict",
            (Self::Root, 1) => "is a root: it conflicts by itself",
            (Self::Root, _) => "are roots: they conflict by themselves",
        }
    }
}

/// Where the plan has a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitPlace {
    /// A phase picks it: the phase, and the pick in it.
    Picked(usize, usize),
    /// A phase claims it but leaves it out.
    LeftOut(usize),
    /// No phase claims it.
    Unclaimed,
}

/// The facts, found by commit.
pub(super) struct ReportIndex<'a> {
    /// The facts themselves.
    pub facts: &'a ReportFacts<'a>,
    place: HashMap<CommitId, CommitPlace>,
    cascades: HashMap<CommitId, Vec<CommitId>>,
    /// Where commits and files can be read.
    pub links: Links<'a>,
}

impl<'a> ReportIndex<'a> {
    /// Reads the facts once.
    pub(super) fn new(facts: &'a ReportFacts<'a>) -> Self {
        let mut place = HashMap::new();
        for (number, phase) in facts.built.phases.iter().enumerate() {
            // A commit an earlier phase has is left out of the later one: its place is the earlier.
            for left in phase.left_out.iter().filter(|left| {
                !matches!(
                    left.reason,
                    Reason::InPhase(_) | Reason::Moved { .. } | Reason::WithUndone { .. } | Reason::OnLine { .. }
                )
            }) {
                place.entry(left.sha).or_insert(CommitPlace::LeftOut(number));
            }
        }
        for (number, phase) in facts.built.phases.iter().enumerate() {
            for (pick, picked) in phase.picks.iter().enumerate() {
                place.insert(picked.sha, CommitPlace::Picked(number, pick));
            }
        }
        let mut cascades: HashMap<CommitId, Vec<CommitId>> = HashMap::new();
        for commit in &facts.survey.commits {
            for root in &commit.roots {
                cascades.entry(*root).or_default().push(commit.sha);
            }
        }
        Self { facts, place, cascades, links: Links::of(facts.config) }
    }

    /// What is known of a commit of the range.
    pub(super) fn commit(&self, sha: CommitId) -> Option<&'a Surveyed> {
        self.facts.survey.get(sha)
    }

    /// Where it stands in the range; commits outside come first, as they are older.
    pub(super) fn position(&self, sha: CommitId) -> Option<usize> {
        self.facts.survey.position(sha)
    }

    /// Where the plan has it.
    pub(super) fn place(&self, sha: CommitId) -> CommitPlace {
        self.place.get(&sha).copied().unwrap_or(CommitPlace::Unclaimed)
    }

    /// The pick that takes it.
    pub(super) fn pick(&self, sha: CommitId) -> Option<(&'a BuiltPhase, &'a Pick)> {
        let CommitPlace::Picked(phase, pick) = self.place(sha) else { return None };
        let phase = &self.facts.built.phases[phase];
        Some((phase, &phase.picks[pick]))
    }

    /// The commits that hang on a root, in upstream's order.
    pub(super) fn cascades_of(&self, root: CommitId) -> &[CommitId] {
        self.cascades.get(&root).map_or(&[], Vec::as_slice)
    }

    /// Whether roots and cascades have been worked out.
    pub(super) fn knows_roots(&self) -> bool {
        self.facts.survey.commits.iter().any(|commit| commit.cascade != Cascade::None)
    }

    /// Its risk: the plan's word before the survey's.
    pub(super) fn risk(&self, commit: &Surveyed) -> Level {
        self.pick(commit.sha).map_or(commit.risk, |(_, pick)| pick.risk)
    }

    /// Upstream's repository, `owner/name`, where it is known and fit for a link.
    /// Where upstream is fetched from.
    pub(super) fn fetched(&self) -> Option<String> {
        self.links.fetched()
    }

    pub(super) fn repository(&self) -> Option<&'a str> {
        self.links.upstream()
    }

    /// How it is named and linked.
    pub(super) fn link(&self, sha: CommitId) -> CommitRef {
        let merge = || self.facts.survey.merges.iter().find(|merge| merge.sha == sha);
        let subject = self
            .commit(sha)
            .map(|commit| commit.subject.as_str())
            .or_else(|| merge().map(|merge| merge.subject.as_str()))
            .unwrap_or_default();
        self.links.commit(sha, subject)
    }
}

/// Whether a pick's change reached the phase's branch.
pub(super) fn applies(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Clean | Outcome::Resolved)
}

/// Whether a pick lacks earlier commits alone.
pub(super) fn follows(outcome: Outcome) -> bool {
    outcome.waits() && !outcome.needs_person()
}

/// Whether a pick needs a person, or one that does.
pub(super) fn waits(outcome: Outcome) -> bool {
    outcome.waits() || outcome == Outcome::LeftOut
}

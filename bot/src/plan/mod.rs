//! The plan: which commits go into which phase, in which order, and why the others do not. Pure: no git, no network.
//!
//! Whether a phase waits for its turn (`stacking: landed`), and whether a person had it begin before that (the ruling `start`), is
//! publishing's to follow: it follows from pull requests, which no plan sees. The plan has every phase either way, built on the
//! fork's branch.

mod assign;
mod groups;
mod pairs;
mod slices;

use std::collections::HashMap;

use crate::config::Ci;
use crate::config::raw::{Land, OnConflict};
use crate::decision::Decision;
use crate::names::PhaseId;
use crate::risk::Level;
use crate::survey::{Evidence, Refused, RiskReason, Survey, Surveyed, Verdict};
use engine::ids::CommitId;

pub use assign::{leaves_out, plan};
pub use groups::check_groups;
pub use slices::{PlannedSlice, SliceFacts};

/// One phase of all that the fork has not taken, in upstream's order, whatever a configuration says of phases.
#[must_use]
pub fn all_open(survey: &Survey) -> Plan {
    let open = survey.commits.iter().filter(|commit| commit.verdict != Verdict::Taken || commit.again.is_some());
    let choice = |commit: &Surveyed| ChosenCommit {
        sha: commit.sha,
        named_by: None,
        again: commit.again,
        risk: commit.risk,
        reasons: commit.reasons.clone(),
        note: None,
        decision: None,
    };
    let all = PlannedPhase {
        id: "all".into(),
        title: "All open commits in one sequence".into(),
        slice: None,
        choices: open.map(choice).collect(),
        left_out: Vec::new(),
        on_conflict: OnConflict::LeaveOut,
        ci: Ci::default(),
    };
    Plan { phases: vec![all], left_out: Vec::new(), unassigned: Vec::new() }
}

/// Why each unit is left out, of those that nothing takes after all.
pub fn reasons<'a>(
    left_out: impl Iterator<Item = &'a LeftOut>,
    taken: impl Iterator<Item = CommitId>,
) -> HashMap<CommitId, &'a Reason> {
    let mut found = HashMap::new();
    for LeftOut { sha, reason } in left_out {
        found.entry(*sha).or_insert(reason);
    }
    // One phase may leave a unit to another, where it is picked.
    for sha in taken {
        found.remove(&sha);
    }
    found
}

/// Whether git may be shown a unit as in without anything more being done: the fork has it, or it is left out for good.
#[must_use]
pub fn is_accounted_for(survey: &Survey, unit: &Surveyed, reason: Option<&Reason>) -> bool {
    match unit.verdict {
        // An earlier unit that is open brings an older file: then it is to be taken once more.
        Verdict::Taken => unit.again.is_none(),
        Verdict::Open => reason.is_some_and(|reason| reason.is_for_good(survey)) || unit.is_no_op(),
    }
}

/// What is to be built.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The phases in the order they are reviewed.
    pub phases: Vec<PlannedPhase>,
    /// What the configuration excludes or a person leaves out, and no phase claims, in upstream's order.
    pub left_out: Vec<LeftOut>,
    /// The commits of the range that no phase claims and nothing leaves out, whatever their verdict, in upstream's order.
    pub unassigned: Vec<CommitId>,
}

#[derive(Debug, Clone)]
pub struct PlannedPhase {
    /// Its short name.
    pub id: PhaseId,
    /// What people read.
    pub title: String,
    /// Which part of the line it is; `None`: it is chosen by what it is about.
    pub slice: Option<PlannedSlice>,
    /// What to take, in upstream's order.
    pub choices: Vec<ChosenCommit>,
    /// What was claimed but is not taken, in upstream's order.
    pub left_out: Vec<LeftOut>,
    /// What happens when a pick conflicts.
    pub on_conflict: OnConflict,
    /// The tests that run on it.
    pub ci: Ci,
}

impl PlannedPhase {
    /// Whether it lands as one merge commit.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.slice.as_ref().is_some_and(|slice| slice.land == Land::Merge)
    }
}

/// A commit chosen for a phase.
#[derive(Debug, Clone)]
pub struct ChosenCommit {
    pub sha: CommitId,
    /// The commit inside of it that the configuration names, where it names one of these.
    pub named_by: Option<CommitId>,
    /// Where the fork has it already: the earlier unit that brings an older file, so that it is taken again.
    pub again: Option<CommitId>,
    /// Its risk, the configuration's word before the survey's.
    pub risk: Level,
    /// Why.
    pub reasons: Vec<RiskReason>,
    /// The configuration's remark.
    pub note: Option<String>,
    /// The decision that put it into the phase.
    pub decision: Option<Box<Decision>>,
}

/// A commit a phase claims but does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub sha: CommitId,
    /// Why.
    pub reason: Reason,
}

/// Why a claimed commit is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The fork has it, on this evidence.
    Taken(Vec<Evidence>),
    /// It is older than the common ancestor.
    Ancestor,
    /// Another commit of its group is taken instead.
    Superseded {
        by: CommitId,
        /// What the group has in common.
        group: String,
    },
    /// The configuration leaves it out.
    Excluded {
        /// The reason given there.
        reason: String,
        /// The rule that found the commit, where no name did, as it is written.
        rule: Option<String>,
    },
    /// It leaves nothing to change.
    NoOp,
    /// Merges are never picked.
    Merge,
    /// A person left it out for good.
    Skipped(Box<Decision>),
    /// A person left it out for now.
    Deferred(Box<Decision>),
    /// A person took it into another phase.
    Moved { phase: PhaseId, decision: Box<Decision> },
    /// A person took it into a phase that the configuration does not have.
    NoPhase { phase: PhaseId, decision: Box<Decision> },
    /// An earlier phase has it.
    InPhase(PhaseId),
    /// The fork undid it on purpose.
    Reverted {
        /// By this commit of its own.
        by: CommitId,
    },
    /// It undoes what upstream brought again later, which the fork has.
    Moot {
        /// In this unit.
        reland: CommitId,
    },
    /// Upstream undid it later, and the undoing is not taken: neither is this.
    Undone {
        /// In this unit.
        by: CommitId,
    },
    /// It undoes a unit of another phase, so it is taken there.
    WithUndone {
        /// What it undoes.
        change: CommitId,
        phase: PhaseId,
    },
    /// It needs earlier units that its phase does not have, and more than a few: it is taken in its turn, on the line.
    OnLine {
        /// The earlier units.
        after: Vec<CommitId>,
        /// Whether the fork does not have the code that it changes, which came with these.
        absent: bool,
    },
    /// It brings what git refuses: no branch that has it could be pushed or checked out.
    Refused(Refused),
    /// It is not among upstream's commits since the common ancestor, nor before.
    OutOfRange,
}

impl Reason {
    /// One word for machines.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Taken(_) => "taken",
            Self::Ancestor => "ancestor",
            Self::Superseded { .. } => "superseded",
            Self::Excluded { .. } => "excluded",
            Self::NoOp => "no-op",
            Self::Merge => "merge",
            Self::Skipped(_) => "skipped",
            Self::Deferred(_) => "deferred",
            Self::Moved { .. } => "moved",
            Self::NoPhase { .. } => "no-phase",
            Self::InPhase(_) => "in-phase",
            Self::Reverted { .. } => "reverted",
            Self::Moot { .. } => "moot",
            Self::Undone { .. } => "undone",
            Self::WithUndone { .. } => "with-undone",
            Self::OnLine { .. } => "on-line",
            Self::Refused(_) => "refused",
            Self::OutOfRange => "out-of-range",
        }
    }
}

impl Reason {
    /// Whether a unit that is left out for this reason stays out.
    #[must_use]
    pub fn is_for_good(&self, survey: &Survey) -> bool {
        match self {
            Self::Skipped(_)
            | Self::Excluded { .. }
            | Self::Reverted { .. }
            | Self::Moot { .. }
            | Self::Undone { .. }
            | Self::NoOp => true,
            Self::Superseded { by, .. } => survey.get(*by).is_some_and(|unit| unit.verdict == Verdict::Taken),
            Self::Taken(_)
            | Self::Ancestor
            | Self::Merge
            | Self::Deferred(_)
            | Self::Moved { .. }
            | Self::NoPhase { .. }
            | Self::InPhase(_)
            | Self::WithUndone { .. }
            | Self::OnLine { .. }
            // A merge would bring what git refuses into the fork's history.
            | Self::Refused(_)
            | Self::OutOfRange => false,
        }
    }

    /// The decision behind it, where a person took one.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Skipped(decision)
            | Self::Deferred(decision)
            | Self::Moved { decision, .. }
            | Self::NoPhase { decision, .. } => Some(decision),
            Self::Taken(_)
            | Self::Ancestor
            | Self::Superseded { .. }
            | Self::Excluded { .. }
            | Self::NoOp
            | Self::Merge
            | Self::InPhase(_)
            | Self::Reverted { .. }
            | Self::Moot { .. }
            | Self::Undone { .. }
            | Self::WithUndone { .. }
            | Self::OnLine { .. }
            | Self::Refused(_)
            | Self::OutOfRange => None,
        }
    }
}

//! The plan: which commits go into which phase, in which order, and why the others do not. Pure: no git, no network.
//!
//! Whether a phase waits for its turn (`stacking: landed`), and whether a person had it begin before that (the ruling `start`), is
//! publishing's to heed: it follows from pull requests, which no plan sees. The plan has every phase either way, built on the
//! fork's branch.

mod assign;
mod groups;

use std::fmt;

use crate::config::Ci;
use crate::config::raw::OnConflict;
use crate::decision::Decision;
use crate::risk::Level;
use crate::survey::{Survey, Surveyed, Verdict};
use engine::ids::CommitId;

pub use assign::plan;
pub use groups::check_groups;

/// One phase of all that the fork has not taken, in upstream's order, whatever a configuration says of phases.
#[must_use]
pub fn all_open(survey: &Survey) -> Plan {
    let open = survey.commits.iter().filter(|commit| commit.verdict != Verdict::Taken);
    let choice = |commit: &Surveyed| ChosenCommit {
        sha: commit.sha,
        risk: commit.risk,
        reasons: commit.reasons.clone(),
        note: None,
    };
    let all = PlannedPhase {
        id: "all".into(),
        title: "All open commits in one sequence".into(),
        choices: open.map(choice).collect(),
        left_out: Vec::new(),
        on_conflict: OnConflict::LeaveOut,
        ci: Ci::default(),
    };
    Plan { phases: vec![all], left_out: Vec::new(), unassigned: Vec::new() }
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

/// One phase.
#[derive(Debug, Clone)]
pub struct PlannedPhase {
    /// Its short name.
    pub id: String,
    /// What people read.
    pub title: String,
    /// What to take, in upstream's order.
    pub choices: Vec<ChosenCommit>,
    /// What was claimed but is not taken, in upstream's order.
    pub left_out: Vec<LeftOut>,
    /// What happens when a pick conflicts.
    pub on_conflict: OnConflict,
    /// The tests that run on it.
    pub ci: Ci,
}

/// A commit chosen for a phase.
#[derive(Debug, Clone)]
pub struct ChosenCommit {
    /// Which.
    pub sha: CommitId,
    /// Its risk, the configuration's word before the survey's.
    pub risk: Level,
    /// Why.
    pub reasons: Vec<String>,
    /// The maintainer's remark.
    pub note: Option<String>,
}

/// A commit a phase claims but does not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Which.
    pub sha: CommitId,
    /// Why.
    pub reason: Reason,
}

/// Why a claimed commit is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The fork has it, on this evidence, for people to read: `authorship of 8c1df9b6f`.
    Taken(String),
    /// It is older than the common ancestor.
    Ancestor,
    /// Another commit of its group is taken instead.
    Superseded {
        /// Which.
        by: CommitId,
        /// What the group has in common.
        group: String,
    },
    /// The configuration leaves it out.
    Excluded(String),
    /// Picking it changes nothing.
    Vacuous,
    /// Merges are never picked.
    Merge,
    /// A person left it out for good.
    Skipped(Box<Decision>),
    /// A person left it out for now.
    Deferred(Box<Decision>),
    /// A person took it into another phase.
    Moved {
        /// Which.
        phase: String,
        /// By this decision.
        decision: Box<Decision>,
    },
    /// A person took it into a phase that the configuration does not have.
    NoPhase {
        /// Which.
        phase: String,
        /// By this decision.
        decision: Box<Decision>,
    },
    /// An earlier phase has it.
    InPhase(String),
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
            Self::Excluded(_) => "excluded",
            Self::Vacuous => "vacuous",
            Self::Merge => "merge",
            Self::Skipped(_) => "skipped",
            Self::Deferred(_) => "deferred",
            Self::Moved { .. } => "moved",
            Self::NoPhase { .. } => "no-phase",
            Self::InPhase(_) => "in-phase",
            Self::OutOfRange => "out-of-range",
        }
    }
}

impl Reason {
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
            | Self::Excluded(_)
            | Self::Vacuous
            | Self::Merge
            | Self::InPhase(_)
            | Self::OutOfRange => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(evidence) => write!(f, "taken: {evidence}"),
            Self::Ancestor => f.write_str("taken: older than the common ancestor, so the fork's history contains it"),
            Self::Superseded { by, group } => write!(f, "superseded by {} ({group})", by.short()),
            Self::Excluded(reason) => write!(f, "excluded: {reason}"),
            Self::Vacuous => f.write_str("vacuous: picking it onto the fork changes nothing"),
            Self::Merge => f.write_str("a merge: its commits are picked one by one"),
            Self::Skipped(decision) => write!(f, "skipped by {}", decision.describe()),
            Self::Deferred(decision) => write!(f, "waits: deferred by {}", decision.describe()),
            Self::Moved { phase, decision } => write!(f, "moved to phase {phase} by {}", decision.describe()),
            Self::NoPhase { phase, decision } => {
                write!(
                    f,
                    "decided for phase {phase}, which the configuration does not have, by {}",
                    decision.describe()
                )
            }
            Self::InPhase(phase) => write!(f, "in an earlier phase: {phase}"),
            Self::OutOfRange => f.write_str("not in upstream's branch"),
        }
    }
}

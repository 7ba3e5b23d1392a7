//! Why a sitting cannot go on.

use std::io;
use std::path::PathBuf;

use crate::ledger::LedgerError;
use crate::pick::Outcome;
use crate::pipeline::RunError;
use crate::view::why::NotFound;
use engine::GitError;
use engine::ids::CommitId;

/// Why a sitting cannot go on. What was resolved before is kept.
#[derive(Debug, thiserror::Error)]
pub enum SittingError {
    /// Planning, or the ledger, failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// What is kept of the sitting cannot be read or written.
    #[error("{}: {source}", path.display())]
    State {
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another command is at it.
    #[error("another uptake resolve is at work in this clone")]
    Busy,
    /// There is no sitting, or none of its decisions is at hand.
    #[error("{0}")]
    Nothing(&'static str),
    /// One with another scope is not done.
    #[error("a sitting is under way, and has another scope")]
    Other,
    /// The commit is no decision of a person's.
    #[error("{} is no decision: {}", sha.short(), why(*outcome))]
    NoDecision {
        sha: CommitId,
        /// What came of picking it; `None`: no phase takes it.
        outcome: Option<Outcome>,
    },
    /// What was asked for is neither a phase nor a commit.
    #[error("the plan has no phase '{name}'; its phases: {}", known.join(", "))]
    NoPhase {
        /// As it was given.
        name: String,
        /// The phases there are.
        known: Vec<String>,
    },
    /// Which path goes where is not remembered, so a sitting cannot resolve it.
    #[error("{} leaves open where a new file goes, which is not remembered", .0.short())]
    Unremembered(CommitId),
    /// A program could not be started.
    #[error("{what} could not be started: {source}")]
    Program {
        /// Which.
        what: String,
        /// Why.
        source: io::Error,
    },
}

fn why(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        None => "no phase takes it, or the fork has it",
        Some(Outcome::Clean | Outcome::Resolved) => "it is on its branch",
        Some(Outcome::NoOp) => "nothing is left to change",
        Some(Outcome::Follows | Outcome::NotNeededYet) => "it waits for earlier commits alone",
        Some(Outcome::Decide) => "it applies, and waits for what it changes: /pick lets it in",
        Some(Outcome::LeftOut) => "its phase ends before it",
    }
}

impl From<GitError> for SittingError {
    fn from(error: GitError) -> Self {
        Self::Run(error.into())
    }
}

impl From<LedgerError> for SittingError {
    fn from(error: LedgerError) -> Self {
        Self::Run(error.into())
    }
}

impl From<NotFound> for SittingError {
    fn from(error: NotFound) -> Self {
        Self::Run(error.into())
    }
}

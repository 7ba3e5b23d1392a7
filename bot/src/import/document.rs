//! What a document says beside its commits: when and of what it was written, what it sums up, what it advises for paths.

use serde::Serialize;

use super::analysis::{Amount, Stated};
use super::decision::Disposition;

/// What a document says of the whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DocumentWords {
    /// When it was written, as it says.
    pub date: Option<Stated<String>>,
    /// The range it looked at.
    pub range: Option<Stated<StatedRange>>,
    /// What it says upstream did.
    pub themes: Vec<Stated<String>>,
    /// What it advises.
    pub recommendations: Vec<Stated<String>>,
    /// How long it says things take.
    pub estimates: Vec<Stated<String>>,
    /// What it lists as to be done, and what of that it calls done.
    pub steps: Vec<Stated<StatedStep>>,
}

/// A range as git writes one, `v0.10.0..v0.11.3`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatedRange {
    /// Where it begins; that commit is not in it.
    pub from: String,
    /// Where it ends.
    pub to: String,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatedStep {
    /// What.
    pub text: String,
    /// Whether it is called done.
    pub done: bool,
}

/// What is said of conflicts in a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathWords {
    /// The line.
    pub line: usize,
    /// The path or glob.
    pub path: String,
    /// The side that is to be taken, where that is all that is said.
    pub side: Option<StatedSide>,
    /// What is said.
    pub text: String,
}

/// A side of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatedSide {
    /// Upstream's.
    Theirs,
    /// The fork's, in what conflicts.
    Ours,
    /// The fork's file as it is.
    OursWhole,
    /// Both, one after the other.
    Both,
}

/// How many commits are said to be decided one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DecisionCount {
    /// The line.
    pub line: usize,
    /// Which way.
    pub decision: Disposition,
    /// How many.
    pub amount: Amount,
}

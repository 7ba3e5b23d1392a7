//! What an integration analysis states, as values. Nothing here has been checked: a statement is what the document says, with
//! the line it says it on.

use serde::Serialize;

use super::decision::Disposition;
use super::document::{DecisionCount, DocumentWords, PathWords};
use crate::risk::Level;

/// Something the document states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stated<T> {
    /// The line of the document, from 1.
    pub line: usize,
    /// What is stated.
    pub value: T,
}

/// A whole analysis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Analysis {
    /// Statements about the range as a whole.
    pub claims: RangeClaims,
    /// The commit tables by priority, in the document's order.
    pub sections: Vec<PrioritySection>,
    /// The phases of the strategy, with the commands they give, in the document's order.
    pub steps: Vec<StrategyStep>,
    /// Commands to run after every phase.
    pub validate: Vec<Stated<String>>,
    /// The rows of the risk table.
    pub risks: Vec<RiskCount>,
    /// Groups of commits of which one is to be taken.
    pub superseded: Vec<Superseded>,
    /// CUDA versions named anywhere, lowest first, each where it is named first.
    pub cuda: Vec<Stated<String>>,
    /// Paths said to be the fork's alone, as globs.
    pub local: Vec<Stated<String>>,
    /// Paths said to be changed by both sides.
    pub both: Vec<SharedPath>,
    /// Conflicts said to come.
    pub expected: Vec<ExpectedConflict>,
    /// What is said of conflicts in paths.
    pub paths: Vec<PathWords>,
    /// How many commits are said to be decided which way.
    pub counts: Vec<DecisionCount>,
    /// What is said of the whole.
    pub document: DocumentWords,
    /// Commits that are named as the fork's own.
    pub own: Vec<Stated<String>>,
    /// Commands that nothing shows to build or test: a person confirms them first.
    pub confirm: Vec<Stated<String>>,
    /// Commands that delete, publish, log in or open an editor: they are never run.
    pub refused: Vec<Stated<String>>,
    /// Places where a commit was looked for and something else was found.
    pub unread: Vec<Stated<String>>,
    /// Parts that were not read at all, each with what they are.
    pub not_read: Vec<Stated<String>>,
}

impl Analysis {
    /// All rows of all commit tables, in the document's order. A commit listed twice stands twice.
    pub fn rows(&self) -> impl Iterator<Item = &CommitRow> {
        self.tables().flat_map(|table| &table.rows)
    }

    /// The rows of tables proper: lists and headings may well name a commit again.
    pub fn table_rows(&self) -> impl Iterator<Item = &CommitRow> {
        self.tables().filter(|table| table.listing == Listing::Table).flat_map(|table| &table.rows)
    }

    /// All commit tables, in the document's order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.sections.iter().flat_map(|section| &section.tables)
    }
}

/// Statements about the range as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RangeClaims {
    /// The common ancestor.
    pub ancestor: Option<Stated<NamedInProse>>,
    /// The commit upstream's branch is at.
    pub head: Option<Stated<NamedInProse>>,
    /// How many commits the range has.
    pub commits: Vec<Stated<Amount>>,
    /// How many files upstream changed.
    pub files: Vec<Stated<Amount>>,
    /// How many commits are safe to pick.
    pub safe: Option<Stated<Amount>>,
    /// How many need a person.
    pub review: Option<Stated<Amount>>,
    /// How many the fork has already.
    pub duplicates: Option<Stated<Amount>>,
    /// Sentences that say there are no conflicts.
    pub no_conflicts: Vec<Stated<String>>,
    /// The priorities said to be safe to pick as a whole.
    pub safe_priorities: Option<Stated<Vec<u32>>>,
}

/// A commit named in prose, `c109f5dda (Rust 1.90 clippy)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedInProse {
    /// The SHA as written, in lower case.
    pub sha: String,
    /// The subject given with it.
    pub subject: Option<String>,
}

/// A number, or a round one: `138`, `~120`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// The number.
    pub count: usize,
    /// Whether it is marked as round.
    pub about: bool,
}

impl Amount {
    /// Whether a true figure bears this number out; a round number may be a tenth off.
    #[must_use]
    pub fn fits(self, truth: usize) -> bool {
        let slack = if self.about { (self.count / 10).max(1) } else { 0 };
        self.count.abs_diff(truth) <= slack
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", if self.about { "~" } else { "" }, self.count)
    }
}

/// The commit tables under one priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrioritySection {
    /// The line of its heading.
    pub line: usize,
    /// The priority the heading gives; 1 comes first.
    pub number: Option<u32>,
    /// The heading without its number.
    pub title: String,
    pub tables: Vec<Table>,
    /// What else is said under the heading.
    pub words: Vec<Stated<String>>,
}

/// The form commits are listed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Listing {
    #[default]
    Table,
    /// A list, or a heading for each.
    List,
}

/// One commit table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The line of its head.
    pub line: usize,
    /// What it is.
    pub listing: Listing,
    /// The line of the heading it stands under; 0 where it is under none.
    pub heading: usize,
    /// The sub-heading it stands under.
    pub title: Option<String>,
    /// What else is said under that.
    pub words: Vec<Stated<String>>,
    pub rows: Vec<CommitRow>,
    /// The action recommended below it.
    pub action: Option<Stated<String>>,
}

/// One row of a commit table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitRow {
    pub line: usize,
    /// The SHA as written, in lower case.
    pub sha: String,
    /// What the commit is said to do, as a rule its subject.
    pub description: String,
    /// Whether that is meant to be its subject, word for word.
    pub exact: bool,
    /// The risk as written.
    pub risk: RiskMark,
    /// The remark.
    pub note: String,
    /// What is to become of it, where the row says so.
    pub decision: Option<Disposition>,
    /// Whether its decision is only that of the section it stands in.
    pub inherited: bool,
    /// Set where the row says the fork has the commit.
    pub duplicate: Option<Duplicate>,
    /// The commits the row says this one follows.
    pub follows: Vec<String>,
    /// The commits the row says this one stands against, and which of the two is the later.
    pub rivals: Vec<Rival>,
}

/// What stands in a risk column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RiskMark {
    Level(Level),
    /// `N/A`, a dash, or nothing.
    None,
    /// `DUP`.
    Duplicate,
    /// Something else.
    Other(String),
}

/// A commit the fork is said to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// The fork's commit, where one is named.
    pub fork: Option<String>,
}

/// A commit another one stands against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rival {
    /// The other commit, as written.
    pub sha: String,
    /// Which of the two is to be kept, where the remark says so.
    pub keep: Option<RivalSide>,
}

/// One of two rivals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RivalSide {
    /// The commit of the row.
    This,
    /// The one the remark names.
    Other,
}

/// A phase of the strategy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StrategyStep {
    /// The line of its heading.
    pub line: usize,
    /// The heading without number and without the remark in parentheses.
    pub title: String,
    /// Whether it is marked as optional, or leaves its list open (`# ... more as needed`).
    pub open: bool,
    /// The remark in parentheses behind the heading.
    pub remark: Option<String>,
    /// What its comments say that is about no single commit.
    pub words: Vec<Stated<String>>,
    /// The commits it picks, in its order.
    pub picks: Vec<StepPick>,
    /// The other commands it gives.
    pub validate: Vec<Stated<String>>,
}

/// One commit of a `git cherry-pick` line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepPick {
    pub line: usize,
    /// The SHA as written, in lower case.
    pub sha: String,
    /// The comment behind it.
    pub comment: Option<String>,
    /// The comment line above its block of commands.
    pub heading: Option<String>,
}

/// One row of the risk table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RiskCount {
    pub line: usize,
    /// The level, or duplicates.
    pub mark: RiskMark,
    /// How many commits are said to have it.
    pub amount: Amount,
}

/// Commits of which one is to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Superseded {
    /// The line that says so.
    pub line: usize,
    /// What they have in common.
    pub title: String,
    /// All of them, as written.
    pub commits: Vec<String>,
    /// The one to take, where it is named.
    pub keep: Option<String>,
}

/// A path said to be changed by both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedPath {
    pub line: usize,
    /// The path or glob.
    pub path: String,
    /// How many commits of upstream are said to change it, with the line that says so.
    pub upstream: Option<Stated<Amount>>,
}

/// A conflict said to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExpectedConflict {
    pub line: usize,
    /// The path or glob.
    pub path: String,
    /// How probable, where that is said.
    pub probability: Option<StatedProbability>,
}

/// How probable a conflict is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StatedProbability {
    /// Not very.
    Low,
    /// Perhaps.
    Medium,
    /// Very.
    High,
}

impl std::fmt::Display for StatedProbability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

//! The survey: everything known about the upstream range, unit by unit, with the line of them and where it ends.

mod advisory;
mod backports;
mod base;
mod brought;
mod carry;
mod cascade;
mod changed;
mod content;
mod describe;
mod end;
mod evidence;
mod facts;
pub(crate) mod form;
mod kinds;
mod lines;
mod listed;
mod mention;
mod message;
mod names;
mod overlap;
mod parts;
mod reverts;
mod risk;
mod roads;
mod run;
pub mod security;
mod share;
mod sign;
mod squash;
mod statement;
pub mod taken;
mod title;
pub mod topics;
mod totals;
mod warning;

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Serialize;

pub use crate::line::OnLine;
use crate::risk::Level;
use crate::units::Units;
pub use crate::units::{Refused, RefusedKind};
use engine::PathConflict;
use engine::commit::{Signature, When};
use engine::ids::CommitId;
use engine::path::RepoPath;

pub use base::{BestFit, merge};
pub use carry::{CarriedCommit, CarriedPaths, Carry};
pub use end::{Because, Difference, End};
pub use kinds::FileKind;
pub use risk::RiskReason;
pub use roads::{GivenUp, Road, RoadCosts, RoadKind, of_line, roads};
pub use run::{Given, Heads, SurveyError, survey};
pub use share::LineShare;
pub use sign::{Evidence, EvidenceKind, Strength};
pub use totals::{LineTotals, Totals};
pub use warning::{Warning, cut_history, other_remotes, replaced};

/// What upstream has that the fork lacks, and what is known of it. Serialises as the contract of `uptake survey --format json`.
#[derive(Debug, Clone, Serialize)]
pub struct Survey {
    /// The version of this contract.
    pub version: u32,
    /// The common ancestor of both branches.
    pub merge_base: CommitId,
    /// The commit upstream's branch is at.
    pub upstream_head: CommitId,
    /// The commit the fork's branch is at.
    pub fork_head: CommitId,
    /// What the fork's own commits are not in the history of: upstream's head or, where histories were joined, the fork's commit there.
    #[serde(skip)]
    pub own_since: CommitId,
    /// What to know before all this is believed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Counts over the whole range.
    pub totals: Totals,
    /// The units of the range in upstream's order (oldest first, topological).
    pub commits: Vec<Surveyed>,
    /// The merges of the range that are no units: counted, never picked.
    pub merges: Vec<MergeCommit>,
    /// Where the line ends; `None`, as what stands below is empty, where only single units were asked for.
    pub end: Option<End>,
    /// The ways of catching up; empty where nobody asked for them.
    pub roads: Vec<Road>,
    /// What the fork carries that upstream has not.
    pub carry: Carry,
    /// Files either side touched since the common ancestor.
    pub files: TouchedFiles,
    /// Where each commit stands in `commits`, looked up when it is first asked for.
    #[serde(skip)]
    pub index: CommitIndex,
    /// The units as they were read, with what their changes start from.
    #[serde(skip)]
    pub units: Units,
}

/// The places of commits by name.
#[derive(Debug, Clone, Default)]
pub struct CommitIndex(OnceLock<HashMap<CommitId, usize>>);

impl Survey {
    /// The version of the contract.
    pub const VERSION: u32 = 2;

    /// The units that the fork perhaps has, in upstream's order: what a person should look at first.
    pub fn perhaps(&self) -> impl Iterator<Item = &Surveyed> {
        self.commits.iter().filter(|unit| unit.perhaps.is_some())
    }

    /// What is known of a unit of the range, by its name or that of a commit inside of it.
    #[must_use]
    pub fn get(&self, sha: CommitId) -> Option<&Surveyed> {
        self.commits.get(self.position(sha)?)
    }

    /// Whether a commit of the fork is one of upstream's, taken.
    #[must_use]
    pub fn shows_taken(&self, fork_commit: CommitId) -> bool {
        let taken = self.commits.iter().filter(|unit| unit.verdict == Verdict::Taken);
        taken.flat_map(|unit| &unit.evidence).any(|sign| sign.fork_commit == fork_commit)
    }

    /// Where a commit stands in the range, counted from 0.
    #[must_use]
    pub fn position(&self, sha: CommitId) -> Option<usize> {
        let names = |at: usize| self.commits[at].inside.iter().chain([&self.commits[at].sha]);
        let places = || (0..self.commits.len()).flat_map(|at| names(at).map(move |sha| (*sha, at))).collect();
        self.index.0.get_or_init(places).get(&sha).copied()
    }
}

/// One unit of upstream's range.
#[derive(Debug, Clone, Serialize)]
pub struct Surveyed {
    /// The commit it is named after.
    pub sha: CommitId,
    /// The commits that a merge of the main line brought in, parents before children.
    pub inside: Vec<CommitId>,
    /// How many of those the fork has.
    pub inside_taken: usize,
    /// The first line of its message; of a merged pull request, its title.
    pub subject: String,
    /// The author's name.
    #[serde(serialize_with = "name_only")]
    pub author: Signature,
    /// When it was written.
    pub date: When,
    /// The pull request it is.
    pub pr: Option<u64>,
    /// Whether the fork has it.
    pub verdict: Verdict,
    /// Whether the fork has it in a form of its own: applying it would still change something.
    pub adapted: bool,
    /// Where it is adapted: how many of the lines it adds are in the fork.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<LineShare>,
    /// What says that the fork has it. Weak signs alone leave it open, unless applying it would change nothing.
    pub evidence: Vec<Evidence>,
    /// Where it is open, and nobody decided on it: the commit of the fork's that may have it, by the first of the weak signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub perhaps: Option<CommitId>,
    /// The earlier units whose change it says it undoes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undoes: Vec<CommitId>,
    /// Where the fork has it, yet this earlier unit brings an older file: whoever takes that takes this again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<CommitId>,
    /// The fork's commit that undid it on purpose: it does not come back unasked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverted_by: Option<CommitId>,
    /// Of an undoing: the unit that brought the change again, which the fork has. To undo it now would undo that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moot: Option<CommitId>,
    /// What it brings that git refuses: it is never picked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
    /// What picking it alone onto the fork's head gives.
    pub alone: Alone,
    /// The paths that conflict then.
    pub conflicts: Vec<RepoPath>,
    /// What becomes of it on the line.
    pub line: OnLine,
    /// The places on the line that are left to a person.
    pub hunks: usize,
    /// The files these are in.
    pub files: usize,
    /// Its conflicts there that are among upstream's own lines: upstream's file is the answer to each, where it comes up.
    #[serde(skip)]
    pub upstreams: Vec<PathConflict>,
    /// The earlier units that it waits for there: those it follows, or those its code came with.
    pub after: Vec<CommitId>,
    /// Whether its conflict is its own.
    pub cascade: Cascade,
    /// The roots a cascade hangs on.
    pub roots: Vec<CommitId>,
    /// The earlier commits, not taken, that its conflicting lines come from when it is picked alone, in upstream's order.
    pub needs: Vec<CommitId>,
    /// How risky it is to take.
    pub risk: Level,
    /// Why.
    pub reasons: Vec<RiskReason>,
    /// The paths it touches.
    pub paths: Vec<RepoPath>,
    /// Those among them that it changes on the line and that are guarded, where no person let it in: so it waits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guarded: Vec<RepoPath>,
}

impl Surveyed {
    /// An open unit of which nothing else is known: it applies, touches nothing and costs nothing.
    #[must_use]
    pub fn new(sha: CommitId, subject: String, author: Signature) -> Self {
        Self {
            sha,
            inside: Vec::new(),
            inside_taken: 0,
            subject,
            date: author.when,
            author,
            pr: None,
            verdict: Verdict::Open,
            adapted: false,
            share: None,
            evidence: Vec::new(),
            perhaps: None,
            undoes: Vec::new(),
            again: None,
            reverted_by: None,
            moot: None,
            refused: None,
            alone: Alone::Clean,
            conflicts: Vec::new(),
            line: OnLine::Clean,
            hunks: 0,
            files: 0,
            upstreams: Vec::new(),
            after: Vec::new(),
            cascade: Cascade::None,
            roots: Vec::new(),
            needs: Vec::new(),
            risk: Level::Low,
            reasons: Vec::new(),
            paths: Vec::new(),
            guarded: Vec::new(),
        }
    }

    /// The earlier units that are not to be published without this one.
    pub fn goes_with(&self) -> impl Iterator<Item = CommitId> {
        self.undoes.iter().chain(&self.again).copied()
    }

    /// Whether it is never advised to be taken first.
    #[must_use]
    pub fn is_weighty(&self) -> bool {
        self.reasons.iter().any(RiskReason::is_weighty)
    }

    /// Whether lines of the fork's own are in its way where all before it is there.
    #[must_use]
    pub fn decides(&self) -> bool {
        self.line == OnLine::Decide
    }

    /// Whether it conflicts on the fork's head only for lack of earlier units.
    #[must_use]
    pub fn lacks_earlier(&self) -> bool {
        let waits = matches!(self.line, OnLine::Follows | OnLine::NotNeededYet) || self.cascade == Cascade::Cascade;
        waits && self.alone == Alone::Conflict
    }

    /// Whether it is open, yet leaves nothing to change on the line.
    #[must_use]
    pub fn is_no_op(&self) -> bool {
        self.verdict == Verdict::Open && self.line == OnLine::NoOp
    }
}

/// A merge commit of the range.
#[derive(Debug, Clone, Serialize)]
pub struct MergeCommit {
    /// Its name.
    pub sha: CommitId,
    /// The first line of its message.
    pub subject: String,
}

/// Whether the fork has a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It has, and there is evidence.
    Taken,
    /// It has not, or nothing strong shows it.
    Open,
}

/// What picking a commit alone onto the fork's head gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Alone {
    /// It applies.
    Clean,
    Conflict,
    /// It changes nothing.
    Noop,
}

/// Whether a conflict is a commit's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cascade {
    /// It does not conflict.
    #[default]
    None,
    /// It conflicts even when everything before it is resolved.
    Root,
    /// It conflicts only because earlier commits are missing.
    Cascade,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Taken => "taken",
            Self::Open => "open",
        })
    }
}

impl std::fmt::Display for Alone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Clean => "clean",
            Self::Conflict => "conflict",
            Self::Noop => "no change",
        })
    }
}

/// Files touched since the common ancestor.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TouchedFiles {
    /// How many differ between the common ancestor and upstream's head.
    pub upstream: usize,
    /// How many differ between the common ancestor and the fork's head.
    pub fork: usize,
    /// Those both sides changed.
    pub both: Vec<SharedFile>,
    /// The fork's own paths, as configured, with what either side did there.
    pub local: Vec<OwnPaths>,
}

/// A file both sides changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedFile {
    pub path: RepoPath,
    /// How many upstream commits of the range touch it.
    pub upstream_commits: usize,
    /// How many fork commits since the common ancestor touch it.
    pub fork_commits: usize,
}

/// One of the fork's own path patterns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnPaths {
    /// The pattern as configured.
    pub pattern: String,
    /// How many files the fork has there.
    pub files: usize,
    /// The upstream commits of the range that touch it: none, where the pattern is right.
    pub upstream_commits: Vec<CommitId>,
}

fn name_only<S: serde::Serializer>(author: &Signature, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&author.name)
}

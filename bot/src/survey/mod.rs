//! The survey: everything known about the upstream range, per commit, before any choice is made.

mod cascade;
mod facts;
mod overlap;
mod risk;
mod run;
pub mod taken;
pub mod units;

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Serialize;

use crate::risk::Level;
use engine::commit::{Signature, When};
use engine::ids::CommitId;
use engine::path::RepoPath;

pub use risk::{RiskReason, TouchedKind};
pub use run::{Heads, SurveyError, survey};

/// What upstream has that the fork lacks, and what is known of it. Serialises as the contract of `uptake survey --format json`.
#[derive(Debug, Clone, Serialize)]
pub struct Survey {
    /// The common ancestor of both branches.
    pub merge_base: CommitId,
    /// The commit upstream's branch is at.
    pub upstream_head: CommitId,
    /// The commit the fork's branch is at.
    pub fork_head: CommitId,
    /// Counts over the whole range.
    pub totals: Totals,
    /// The commits of the range, merges left out, in upstream's order (oldest first, topological).
    pub commits: Vec<Surveyed>,
    /// The merges of the range: counted, never picked.
    pub merges: Vec<MergeCommit>,
    /// Files either side touched since the common ancestor.
    pub files: TouchedFiles,
    /// Where each commit stands in `commits`, looked up when it is first asked for.
    #[serde(skip)]
    pub index: CommitIndex,
}

/// The places of commits by name.
#[derive(Debug, Clone, Default)]
pub struct CommitIndex(OnceLock<HashMap<CommitId, usize>>);

impl Survey {
    /// What is known of a commit of the range.
    #[must_use]
    pub fn get(&self, sha: CommitId) -> Option<&Surveyed> {
        self.commits.get(self.position(sha)?)
    }

    /// Where a commit stands in the range, counted from 0.
    #[must_use]
    pub fn position(&self, sha: CommitId) -> Option<usize> {
        let places = || self.commits.iter().enumerate().map(|(at, commit)| (commit.sha, at)).collect();
        self.index.0.get_or_init(places).get(&sha).copied()
    }
}

/// Counts over the range; merges are in `merges` alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Commits that are no merges.
    pub commits: usize,
    /// Merges.
    pub merges: usize,
    /// Commits whose change the fork already has.
    pub taken: usize,
    /// Commits not taken whose pick changes nothing.
    pub vacuous: usize,
    /// All others.
    pub open: usize,
    /// Picked alone onto the fork's head: they apply.
    pub clean: usize,
    /// Picked alone: they conflict.
    pub conflict: usize,
    /// Picked alone: they change nothing.
    pub noop: usize,
    /// Commits that conflict on their own account.
    pub roots: usize,
    /// Commits that conflict only for lack of earlier ones.
    pub cascades: usize,
}

impl Totals {
    /// Counts the commits of a range that has so many merges besides.
    #[must_use]
    pub fn of(commits: &[Surveyed], merges: usize) -> Self {
        let count = |is: &dyn Fn(&Surveyed) -> bool| commits.iter().filter(|commit| is(commit)).count();
        Self {
            commits: commits.len(),
            merges,
            taken: count(&|commit| commit.verdict == Verdict::Taken),
            vacuous: count(&|commit| commit.verdict == Verdict::Vacuous),
            open: count(&|commit| commit.verdict == Verdict::Open),
            clean: count(&|commit| commit.alone == Alone::Clean),
            conflict: count(&|commit| commit.alone == Alone::Conflict),
            noop: count(&|commit| commit.alone == Alone::Noop),
            roots: count(&|commit| commit.cascade == Cascade::Root),
            cascades: count(&|commit| commit.cascade == Cascade::Cascade),
        }
    }
}

/// One upstream commit.
#[derive(Debug, Clone, Serialize)]
pub struct Surveyed {
    /// Its name.
    pub sha: CommitId,
    /// The first line of its message.
    pub subject: String,
    /// The author's name.
    #[serde(serialize_with = "name_only")]
    pub author: Signature,
    /// When it was written.
    pub date: When,
    /// The pull request its subject names.
    pub pr: Option<u64>,
    /// Whether the fork has it.
    pub verdict: Verdict,
    /// What says so.
    pub evidence: Vec<Evidence>,
    /// What picking it alone onto the fork's head gives.
    pub alone: Alone,
    /// The paths that conflict then.
    pub conflicts: Vec<RepoPath>,
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
    /// There is no evidence, yet picking it changes nothing.
    Vacuous,
    /// It has not.
    Open,
}

/// What picking a commit alone onto the fork's head gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Alone {
    /// It applies.
    Clean,
    /// It conflicts.
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
    /// It conflicts even when everything before it is settled.
    Root,
    /// It conflicts only because earlier commits are missing.
    Cascade,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Taken => "taken",
            Self::Vacuous => "vacuous",
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

/// A sign that the fork has a commit's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What kind of sign.
    pub kind: EvidenceKind,
    /// The fork's commit that shows it.
    pub fork_commit: CommitId,
}

/// The kinds of evidence, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// The fork's history contains the commit itself.
    Ancestor,
    /// A fork commit says `(cherry picked from commit …)`.
    Trailer,
    /// A fork commit makes the same change, line by line.
    PatchId,
    /// A fork commit has the same author and author date, which cherry-pick keeps.
    Authorship,
    /// A fork commit has the same subject line or pull request; never enough on its own.
    Subject,
    /// A merged phase brought it in.
    Ledger,
}

impl std::fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Ancestor => "ancestor",
            Self::Trailer => "trailer",
            Self::PatchId => "patch-id",
            Self::Authorship => "authorship",
            Self::Subject => "subject",
            Self::Ledger => "ledger",
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
    /// Where.
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

//! Picking: each phase's branch, built in memory from the plan.

pub mod answer;
mod build;
mod cargo;
mod check;
pub mod conflict;
mod contained;
mod decisions;
mod end;
mod fact;
mod guarded;
mod inputs;
mod lacking;
mod left;
mod line;
mod lock;
mod loss;
mod merged;
mod message;
mod module;
mod needs;
mod origin;
mod placeholder;
pub mod proposal;
mod propose;
pub mod recipe;
mod remark;
mod resolution;
mod resolve;
pub mod runner;
mod scope;
mod tip;
mod trial;
mod untried;
mod versions;
mod whole;

use std::collections::HashMap;

use serde::Serialize;

use crate::config::Ci;
use crate::decision::Decision;
use crate::names::{BranchName, PhaseId};
use crate::plan::{LeftOut, PlannedSlice, Reason, reasons};
use crate::risk::Level;
use crate::survey::RiskReason;
use engine::PathConflict;
use engine::commit::Entry;
use engine::ids::{BlobId, CommitId, TreeId};
use engine::path::RepoPath;

pub use engine::{ConflictKind, FollowedRename};

pub use build::{BuildContext, build};
pub use check::{IntegrityReport, UnexplainedLoss};
pub use decisions::{Cost, OpenDecision};
pub use end::PlanEnd;
pub use fact::{FileFact, LineEnds, MovedFolder};
pub use line::{LineResolver, turned};
pub use lock::{Lock, LockOutcome, LockfileCache, NotRegenerated, Tools};
pub use loss::DroppedLines;
pub(crate) use message::message;
pub use needs::{Needs, NeedsSearch};
pub(crate) use origin::Histories;
pub use origin::{Attribution, CommitSummary};
pub use proposal::Proposal;
pub use propose::ProposalSources;
pub use remark::{ProgramFailure, Remark, UnusedProgram};
pub use resolution::{
    ConflictSide, Method, Presence, Resolution, ResolutionNote, ResolvedBy, SideChoice, WholeKind, driver, word,
};
pub(crate) use resolve::Resolver;
pub use resolve::{MergedManifests, ResolutionSources};
pub use scope::Scope;

/// What picking gave: the branches as they would be, nothing of it visible yet.
#[derive(Debug, Clone)]
pub struct Built {
    /// The phases in the order they are reviewed.
    pub phases: Vec<BuiltPhase>,
    /// What the configuration excludes and no phase claims either.
    pub left_out: Vec<LeftOut>,
    /// The commits of the range that no phase claims and nothing excludes, whatever their verdict.
    pub unassigned: Vec<CommitId>,
    /// Where all phases together end; `None` where not all was built.
    pub end: Option<PlanEnd>,
}

impl Built {
    /// Why each unit is left out, where a phase or the configuration leaves it out and none picks it.
    #[must_use]
    pub fn reasons(&self) -> HashMap<CommitId, &Reason> {
        let left_out = self.phases.iter().flat_map(|phase| &phase.left_out).chain(&self.left_out);
        reasons(left_out, self.phases.iter().flat_map(|phase| &phase.picks).map(|pick| pick.sha))
    }
}

/// One phase's branch.
#[derive(Debug, Clone)]
pub struct BuiltPhase {
    /// The phase's short name.
    pub id: PhaseId,
    /// What people read.
    pub title: String,
    /// `uptake/<id>`.
    pub branch: BranchName,
    /// The branch its pull request goes into: the fork's, or the previous phase's.
    pub base: BranchName,
    /// The phase of that branch; `None` where it is the fork's.
    pub on: Option<PhaseId>,
    /// The commit it is built on.
    pub base_commit: CommitId,
    /// The commit it ends at. It is `base_commit` when there is nothing to take, and a commit that changes nothing on top of
    /// it when every pick waits for a person.
    pub head: CommitId,
    /// The files at its end.
    pub tree: TreeId,
    /// The highest risk of its picks, of those that wait for a person too.
    pub risk: Level,
    /// Its picks, in upstream's order.
    pub picks: Vec<Pick>,
    /// The lock files its picks are about, after them.
    pub locks: Vec<Lock>,
    /// What comparing the branch with what went into it found.
    pub checked: IntegrityReport,
    /// What the plan leaves out of it.
    pub left_out: Vec<LeftOut>,
    /// Which part of the line it is; `None`: it is chosen by what it is about.
    pub slice: Option<PlannedSlice>,
    /// Where it is one merge commit: the upstream commit that this brings in, with all before it.
    pub brings: Option<CommitId>,
    /// The tests that run on it.
    pub ci: Ci,
}

impl BuiltPhase {
    /// The commit that each of its picks was tried on, in their order: what the fork's side of their conflicts is.
    pub fn grounds(&self) -> impl Iterator<Item = CommitId> {
        let mut at = self.base_commit;
        self.picks.iter().map(move |pick| {
            let ground = at;
            at = pick.commit.unwrap_or(at);
            ground
        })
    }

    /// The phase of the configuration that it is, or is a slice of.
    #[must_use]
    pub fn configured(&self) -> &PhaseId {
        self.slice.as_ref().map_or(&self.id, |slice| &slice.of)
    }

    /// How many picks are on its branch.
    #[must_use]
    pub fn landed(&self) -> usize {
        self.picks.iter().filter(|pick| pick.commit.is_some()).count()
    }
}

/// One pick and what came of it.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The upstream commit.
    pub sha: CommitId,
    /// The commit inside of it that the configuration names, where it names one of these.
    pub named_by: Option<CommitId>,
    /// Where the fork has it already: the earlier unit that brings an older file, so that it is taken again.
    pub again: Option<CommitId>,
    /// What came of it.
    pub outcome: Outcome,
    /// The commit on the phase's branch, where there is one.
    pub commit: Option<CommitId>,
    /// What could not be merged, whether or not it was resolved then.
    pub conflicts: Vec<Conflict>,
    /// What was resolved without a person, and what that gave up.
    pub resolutions: Vec<Resolution>,
    /// Where something is left to a person: the merge as they meet it.
    pub open_merge: Option<OpenMerge>,
    /// The files that were followed where one side moved them.
    pub renames: Vec<FollowedRename>,
    /// The untaken upstream commits that would make it clean, where it conflicts.
    pub needs: Needs,
    /// The units that are not on its branch, and that it conflicts only for lack of, or whose code it changes.
    pub follows: Vec<CommitId>,
    /// The guarded paths it changes, where no person let it in: it is not on a branch then.
    pub guarded: Vec<RepoPath>,
    pub risk: Level,
    /// Why.
    pub reasons: Vec<RiskReason>,
    /// The paths it brings that not every file system tells from others that are there, each with the other.
    pub same_names: Vec<[RepoPath; 2]>,
    /// The configuration's remark.
    pub note: Option<String>,
    /// The decision that put it into the phase.
    pub decision: Option<Box<Decision>>,
}

/// A merge as a person meets it: all of it merged that needs no person, with conflict markers where something is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenMerge {
    /// The files it is made on.
    pub before: TreeId,
    /// The files it comes to.
    pub tree: TreeId,
}

impl Conflict {
    /// The commits that a submodule is at in the state both sides started from, in the fork and upstream, where it is about one.
    #[must_use]
    pub fn module_commits(&self) -> Option<[Option<BlobId>; 3]> {
        let sides = [self.base, self.ours, self.theirs];
        let at = sides.map(|side| side.filter(|side| side.mode == Entry::SUBMODULE).map(|side| side.id));
        at.iter().any(Option::is_some).then_some(at)
    }
}

impl Pick {
    /// Whether it applies, and waits for a person for what it changes alone.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        !self.guarded.is_empty() && self.open().next().is_none()
    }

    /// Whether it is never advised to be taken first.
    #[must_use]
    pub fn is_weighty(&self) -> bool {
        self.reasons.iter().any(RiskReason::is_weighty)
    }

    /// The conflicts that nothing resolved.
    pub fn open(&self) -> impl Iterator<Item = &Conflict> {
        let resolved = |path: &RepoPath| self.resolutions.iter().any(|resolution| resolution.path == *path);
        self.conflicts.iter().filter(move |conflict| !resolved(&conflict.path))
    }
}

/// What came of a pick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It applied.
    Clean,
    /// It conflicted, and a path rule or a remembered answer resolved it.
    Resolved,
    /// Lines of the fork's own are on the other side, or it changes what is guarded: a person decides.
    Decide,
    /// It conflicts only because earlier units are not on its branch.
    Follows,
    /// What it changes is not in the fork, and came with units that are not on its branch.
    NotNeededYet,
    /// It leaves nothing to change.
    NoOp,
    /// The phase ended before it, or the plan does not take it.
    LeftOut,
}

impl Outcome {
    /// All of them, in the order they are counted.
    pub const ALL: [Self; 7] =
        [Self::Clean, Self::Resolved, Self::Decide, Self::Follows, Self::NotNeededYet, Self::NoOp, Self::LeftOut];

    /// Whether it conflicts, be it by itself or for what is not there yet.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Decide | Self::Follows | Self::NotNeededYet)
    }

    /// Whether it is a person's work.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::Decide)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Clean => "clean",
            Self::Resolved => "resolved",
            Self::Decide => "decide",
            Self::Follows => "follows",
            Self::NotNeededYet => "not-needed-yet",
            Self::NoOp => "no-op",
            Self::LeftOut => "left-out",
        })
    }
}

/// One path that could not be merged, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub path: RepoPath,
    /// What the file is called on the fork's side and on upstream's: renames make them differ.
    pub names: [RepoPath; 2],
    /// What kind of disagreement.
    pub kind: ConflictKind,
    /// The file both sides started from, the fork's and upstream's.
    pub base: Option<Entry>,
    /// The fork's file.
    pub ours: Option<Entry>,
    /// Upstream's file.
    pub theirs: Option<Entry>,
    /// Of a submodule: where its commits can be read on GitHub, `owner/name`.
    pub module: Option<String>,
    /// In how many places a person would resolve it, as git's own markers show them.
    pub places: usize,
    /// The conflicting places of a text, each with the lines that both sides started from.
    pub hunks: Vec<Hunk>,
    /// Who put what at each of them, or one for the whole where there are none; empty where that was not looked for.
    pub whose: Vec<Attribution>,
    /// What else is to be known of it.
    pub facts: Vec<FileFact>,
    /// Why what should have resolved it did not.
    pub remarks: Vec<Remark>,
    /// What is proposed for what is left of it.
    pub proposal: Option<Proposal>,
    /// The same conflict with what was resolved of it on all sides, where something was: merging its files leaves the places above. The
    /// files are made, and in the repository's memory.
    pub left: Option<PathConflict>,
}

/// A conflicting place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The line in the fork's file it starts at, counted from 1.
    pub line: usize,
    /// The line in upstream's file it starts at, counted from 1.
    pub their_line: usize,
    /// The lines both sides started from.
    pub base: Vec<String>,
    /// The fork's lines.
    pub ours: Vec<String>,
    /// Upstream's lines.
    pub theirs: Vec<String>,
}

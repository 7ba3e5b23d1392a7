//! What a reader sees, as plain values: computed once, written out by `markdown` and the HTML page alike.
//!
//! Every text of others in here has passed `visible`; it is still to be escaped by the one who writes it.

use serde::Serialize;

use super::index::CommitState;
use super::prose::{CommitRef, Prose};
use crate::view::note::carry::CarryRow;
use crate::view::note::roads::RoadRow;
use crate::view::note::{Note, ResolvedSummary};

/// The whole report.
#[derive(Serialize)]
pub(super) struct ReportView {
    pub header: ReportHeader,
    /// The executive summary, a sentence or two each.
    pub summary: Vec<Prose>,
    /// What upstream did, the largest theme first, and how many commits are in none of these.
    pub themes: Vec<ThemeRow>,
    pub other_commits: usize,
    /// What an analysis by hand said of the whole.
    pub analysis: Option<AnalysisView>,
    pub phases: Vec<PhaseView>,
    pub local: Vec<OwnPathsRow>,
    pub both: Vec<SharedFileRow>,
    /// The ways of catching up.
    pub ways: Vec<RoadRow>,
    /// The one to take, and its command.
    pub way: Option<(String, String)>,
    /// What the fork carries, by kind.
    pub carry: Vec<CarryRow>,
    /// Its own commits with real changes to shared files, newest first.
    pub carried: Vec<CarriedRow>,
    pub roots: Vec<RootRow>,
    /// Why `roots` is empty, where it is.
    pub no_roots: Option<Prose>,
    pub expected: Vec<ProbabilityGroup>,
    pub risks: Vec<RiskRow>,
    /// How many picks wait for a person, and on how many branches there is something resolved to tell of.
    pub notes: usize,
    pub resolved: usize,
    pub left_out: Vec<LeftGroup>,
    pub unassigned: Vec<CommitView>,
    pub steps: Vec<NextStep>,
    pub totals: Vec<TotalRow>,
    /// Upstream's repository, where it is known.
    pub repository: Option<String>,
    /// How to make the remote the commands fetch from, where upstream's repository is known.
    pub remote: Option<String>,
}

/// Commits of the range that are about one thing.
#[derive(Serialize)]
pub(super) struct ThemeRow {
    pub title: String,
    pub commits: usize,
    /// How many of them the fork lacks.
    pub open: usize,
    /// The newest of them.
    pub example: Option<CommitRef>,
}

/// What an analysis by hand said of the whole.
#[derive(Serialize)]
pub(super) struct AnalysisView {
    pub date: Option<Prose>,
    pub themes: Vec<Prose>,
    pub advice: Vec<Prose>,
    pub estimates: Vec<Prose>,
    pub steps: Vec<StatedStepRow>,
}

/// Something an analysis wanted done.
#[derive(Serialize)]
pub(super) struct StatedStepRow {
    pub done: bool,
    pub text: Prose,
}

/// The title and what stands under it.
#[derive(Serialize)]
pub(super) struct ReportHeader {
    /// Upstream's repository, or its branch's role.
    pub upstream: String,
    pub fork: String,
    /// The report in one line.
    pub headline: String,
    /// The day of the newest commit that it knows, on either side.
    pub as_of: String,
    /// The first and the last day a commit of the range was written; empty where there is none.
    pub first_day: String,
    pub last_day: String,
    pub merge_base: CommitRef,
    pub upstream_head: CommitRef,
    pub fork_head: String,
    pub commits: String,
    pub merges: String,
    pub files: Prose,
    /// How many commits there are of each state that occurs.
    pub states: Vec<StateCount>,
}

/// How many commits there are of a state.
#[derive(Serialize)]
pub(super) struct StateCount {
    pub state: CommitState,
    pub count: usize,
    /// The number as people read it.
    pub figure: String,
    /// What follows the number.
    pub meaning: &'static str,
}

#[derive(Serialize)]
pub(super) struct PhaseView {
    pub number: usize,
    pub id: String,
    pub title: String,
    pub branch: String,
    pub base: String,
    pub base_commit: String,
    pub risk: &'static str,
    pub tally: PhaseTally,
    /// The tally in words.
    pub tally_text: Prose,
    pub state: PhaseState,
    /// What people said of it.
    pub said: Vec<Prose>,
    /// Its commits by category; those of none come first, without a title.
    pub groups: Vec<CommitGroup>,
    /// What is said of each pick that waits for a person.
    pub notes: Vec<Note>,
    /// What was resolved without one.
    pub resolved: ResolvedSummary,
    pub action: Vec<Prose>,
    pub commands: Option<PhaseCommands>,
    pub cuda: Vec<String>,
    /// The other cells of its matrix, by their names.
    pub tests: Vec<String>,
}

/// Commits of a phase that belong together.
#[derive(Serialize)]
pub(super) struct CommitGroup {
    /// Empty for those of no category.
    pub title: String,
    /// What people said of them.
    pub said: Option<Prose>,
    pub rows: Vec<CommitView>,
}

/// What came of the commits a phase claims; each is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct PhaseTally {
    /// The fork has them.
    pub taken: usize,
    /// They apply.
    pub clean: usize,
    /// They wait for a person, or for one that does.
    pub conflicted: usize,
    /// Picks that lack earlier commits alone.
    pub follows: usize,
    /// Superseded, excluded, without effect, or elsewhere.
    pub left_out: usize,
}

impl PhaseTally {
    pub(super) fn total(self) -> usize {
        self.taken + self.clean + self.conflicted + self.follows + self.left_out
    }
}

/// How far a phase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PhaseState {
    /// The fork has all of it.
    Done,
    /// There is nothing in it to take.
    Empty,
    /// All its picks apply.
    Ready,
    /// Some apply, some wait.
    Partly,
    /// None applies.
    Waits,
}

impl PhaseState {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Empty => "nothing to take",
            Self::Ready => "ready",
            Self::Partly => "partly ready",
            Self::Waits => "waits for a person",
        }
    }
}

/// One commit in a table.
#[derive(Serialize)]
pub(super) struct CommitView {
    pub commit: CommitRef,
    pub author: String,
    /// The day it was written; empty for a commit outside the range.
    pub day: String,
    /// Its risk, empty where it does not matter any more.
    pub risk: &'static str,
    pub reasons: Vec<String>,
    /// One word of DESIGN's vocabulary.
    pub outcome: String,
    /// The style of the outcome.
    pub class: &'static str,
    pub notes: Vec<Prose>,
    /// Whether this is the row a mark in the picture leads to.
    pub anchor: bool,
    /// Whether a person looks at it before others, so that a document too long for all has it.
    pub first: bool,
}

/// What to type to take a phase by hand.
#[derive(Serialize)]
pub(super) struct PhaseCommands {
    /// One line of a shell each.
    pub lines: Vec<String>,
    /// The commands that must pass afterwards.
    pub validate: Vec<String>,
    /// Where git will stop, and what to do then.
    pub stops: Option<Prose>,
}

/// One of the fork's own path patterns.
#[derive(Serialize)]
pub(super) struct OwnPathsRow {
    pub pattern: String,
    pub files: usize,
    pub touched_by: Vec<CommitRef>,
}

/// A file both sides changed.
#[derive(Serialize)]
pub(super) struct SharedFileRow {
    pub path: String,
    pub upstream: usize,
    pub fork: usize,
    /// How many open commits conflict in it when picked alone.
    pub conflicts: usize,
}

/// A commit of the fork's own.
#[derive(Serialize)]
pub(super) struct CarriedRow {
    pub sha: String,
    pub subject: String,
    pub author: String,
    pub day: String,
    pub files: Vec<String>,
}

/// A root and what hangs on it.
#[derive(Serialize)]
pub(super) struct RootRow {
    pub commit: CommitRef,
    pub cascades: Vec<CommitRef>,
    pub files: Vec<String>,
    /// The phase that has it; `None` where none does.
    pub phase: Option<String>,
}

/// Files whose conflicts are equally probable.
#[derive(Serialize)]
pub(super) struct ProbabilityGroup {
    pub level: &'static str,
    /// What puts a file here.
    pub meaning: &'static str,
    /// What to say where no file is here.
    pub none: &'static str,
    pub files: Vec<ExpectedFile>,
    /// The same by folder.
    pub folders: Vec<FolderRow>,
}

/// A folder, or a file at the top, in which conflicts are expected.
#[derive(Serialize)]
pub(super) struct FolderRow {
    pub folder: String,
    /// How many files.
    pub files: usize,
    /// How many commits conflict in them.
    pub commits: usize,
    /// What resolves that.
    pub resolution: Prose,
}

/// A file in which a conflict is expected.
#[derive(Serialize)]
pub(super) struct ExpectedFile {
    pub path: String,
    pub why: Prose,
    /// The commits that conflict there.
    pub commits: Vec<String>,
}

/// The commits of a risk level.
#[derive(Serialize)]
pub(super) struct RiskRow {
    pub level: &'static str,
    pub count: usize,
    /// Its share of the highest count, in percent: the length of its bar.
    pub share: usize,
    pub examples: Vec<CommitRef>,
    /// What stands where there are no examples.
    pub note: &'static str,
}

/// Commits left out for one kind of reason.
#[derive(Serialize)]
pub(super) struct LeftGroup {
    pub title: &'static str,
    pub rows: Vec<LeftOutRow>,
}

/// A commit left out.
#[derive(Serialize)]
pub(super) struct LeftOutRow {
    pub commit: CommitRef,
    /// The phase that claims it; empty where none does.
    pub phase: String,
    pub why: Prose,
}

/// Something to do.
#[derive(Serialize)]
pub(super) struct NextStep {
    pub state: &'static str,
    pub class: &'static str,
    pub text: Prose,
}

/// A line of the totals.
#[derive(Serialize)]
pub(super) struct TotalRow {
    pub name: &'static str,
    pub value: String,
}

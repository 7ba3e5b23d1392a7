//! The configuration as it is written: the shape of `.github/uptake.yml`, and the source of its JSON schema.
//!
//! The doc comments here are what an editor shows its user through the schema, so they speak to the maintainer of a fork.

mod ci;
mod commits;
mod dashboard;
mod phase;
mod ready;
mod said;
mod sides;
mod slice;
mod stacking;
mod units;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words;
use crate::risk::Level;

pub(in crate::config) use ci::WrittenAt;
pub use ci::{CiWhen, Container, Input, RawCell, RawCi, RawInputs};
pub use commits::CommitSettings;
pub use dashboard::DashboardSettings;
pub use phase::{RawNotedPick, RawPhase, RawPick, Sha};
pub use ready::ReadySettings;
pub use said::{RawAnalysis, RawCategory, RawPathNote, RawStep};
pub use sides::{WhichFork, WhichRepo};
pub use slice::{Land, RawSlice, RawSliceEvery, SliceAt, Take};
pub use stacking::{NativeStacks, Rebuild, Stacking};
pub use units::UnitsBy;

/// Configuration of Uptake: which upstream to follow and how to take its commits into this fork, phase by phase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawConfig {
    /// The repository this fork was made from.
    pub upstream: WhichRepo,
    /// This fork.
    pub fork: WhichFork,
    /// What is taken as one: `commits` (each commit), `mainline` (each step of upstream's main line, so a merged pull request is one),
    /// or `auto` (commits where that ends at upstream's tree, else the main line).
    #[serde(skip_serializing_if = "UnitsBy::is_auto")]
    pub units: UnitsBy,
    /// The upstream commit that this fork began from, where it began as a copy of the files and the two have no history in common.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Sha>,
    /// Paths only this fork has: globs, `*` within a folder, `**` across folders, and a folder means all that is in it. No
    /// conflict is expected there, so an upstream commit that touches them is reported.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub local: Vec<String>,
    /// Paths that no pick changes on a branch before a person decided with `/pick`, on top of `.github/workflows` and `.github/actions`,
    /// which always wait so: globs of what else runs on a push, such as the settings of another test service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub guard: Vec<String>,
    /// Take upstream's changes to `.github/workflows` and `.github/actions` like any other. Only for a fork whose workflows are given no
    /// secret and no token that may write: a push of a phase's branch runs them before anybody looked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub trust_workflows: bool,
    /// The phases, each with the upstream commits it takes. A commit that several claim goes to the first of them by priority.
    pub phases: Vec<RawPhase>,
    /// Commits that are not taken at all, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<RawExclude>,
    /// Groups of commits of which only one is taken, such as successive updates of one dependency.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub supersede: Vec<RawSupersede>,
    /// What makes a commit risky, on top of what the survey finds out itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub risk: Vec<RawRiskRule>,
    /// How conflicts on certain paths are resolved; the first rule whose path matches wins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<RawPathRule>,
    /// What to know of paths: shown with their conflicts, in the pull request and the report. It resolves nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<RawPathNote>,
    /// What an analysis of the range said of the whole: themes, estimates, steps. The report shows it.
    #[serde(skip_serializing_if = "RawAnalysis::is_empty")]
    pub analysis: RawAnalysis,
    /// Formatters. Where both sides changed a file of such a path, it is merged in the form that its formatter gives, so that what was
    /// merely formatted again is no conflict. The first whose path matches is used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub format: Vec<RawFormat>,
    /// The test matrix that runs on each phase. A phase may have its own `ci`.
    pub ci: RawCi,
    /// The labels on pull requests.
    pub labels: LabelSettings,
    /// What each phase is built on: `fork` (each stands alone on the fork's branch), `previous` (each on the phase before), or
    /// `landed` (on the fork's branch, once those before it have landed).
    pub stacking: Stacking,
    /// Whether pull requests that go into each other's branches are made a stack of GitHub's, where it has them: `offer` (once; a stack that a
    /// person takes apart is not made again) or `never`. A stack is merged from the bottom up by its own button, and has no auto-merge.
    pub native_stacks: NativeStacks,
    /// When a push to the fork's branch moves the branches of the phases: `when-needed` (where a phase would come to something else than
    /// its branch merged, or its branch does not merge any more) or `always`. A branch that stays keeps its tests and approvals.
    pub rebuild: Rebuild,
    /// Slash commands in pull request comments.
    pub commands: CommandSettings,
    /// The issue that says how the whole stands.
    pub dashboard: DashboardSettings,
    /// What is done with the pull request of a phase in which nothing waits for a decision.
    #[serde(skip_serializing_if = "ReadySettings::is_default")]
    pub ready: ReadySettings,
    /// Whom the commits are by that Uptake makes, and what is put on them.
    #[serde(skip_serializing_if = "CommitSettings::is_default")]
    pub commits: CommitSettings,
    /// Whether the host of the GitHub App runs for this fork together with all others (`uptake fleet`), so that it needs no schedule of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fleet: bool,
}

/// Chooses commits. All conditions given must hold; a list holds when any of it does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("minProperties" = 1))]
#[schemars(rename = "Rule")]
pub struct RawRule {
    /// A regular expression found in the subject line; `(?i)` before it ignores case. Put it in single quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub subject: Option<String>,
    /// Globs, one of which a touched path matches. `*` stays within a folder, `**` does not; a folder means all in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub paths: Vec<String>,
    /// Globs, one of which every touched path matches: `["**/*.md"]` chooses what changes nothing but Markdown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub only: Vec<String>,
    /// A regular expression found in `Name <mail>` of the author.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub author: Option<String>,
    /// Authored on or after this day, `2025-11-22`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Day>")]
    pub since: Option<String>,
    /// Authored on or before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Day>")]
    pub until: Option<String>,
    /// Types of the conventional-commit kind, such as `fix` in `fix(server): …`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::CommitType>")]
    pub types: Vec<String>,
}

/// Commits that are not taken, with the reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Exclude")]
pub struct RawExclude {
    /// The reason, shown in each list of what is left out.
    #[schemars(with = "words::Reason")]
    pub reason: String,
    /// Commits named one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<Sha>,
    /// Commits chosen by what they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RawRule>,
}

/// Commits of which only one is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Supersede")]
pub struct RawSupersede {
    /// What the commits have in common.
    #[schemars(with = "words::Title")]
    pub title: String,
    /// The commits, two or more; each belongs to a phase.
    #[schemars(length(min = 2))]
    pub commits: Vec<Sha>,
    /// Which one is taken: `latest` (in upstream's order), or a SHA of the group.
    #[serde(default)]
    pub keep: Keep,
}

/// Which commit of a supersede group is taken: `latest` (in upstream's order), or the SHA of one of the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("patternErrorMessage" = "write `latest`, or the SHA of one commit of the group (7 to 40 digits, each 0-9 or a-f)"))]
pub struct Keep(#[schemars(regex(pattern = r"^(latest|[0-9a-f]{7,40})$"))] pub String);

impl Default for Keep {
    fn default() -> Self {
        Self("latest".into())
    }
}

/// Gives commits a risk level.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RiskRule")]
pub struct RawRiskRule {
    /// The level; the highest of all that apply counts, unless a phase names the commit with its own.
    pub level: Level,
    /// Why; shown to the reviewer.
    #[schemars(with = "words::Reason")]
    pub reason: String,
    /// Which commits.
    #[serde(rename = "match")]
    pub rule: RawRule,
}

/// How conflicts on some paths are resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PathRule")]
pub struct RawPathRule {
    /// A glob: `Cargo.lock` is the one at the top, `**/Cargo.lock` any. With `lockfile`, `vendor/**` is a folder that the command fills.
    #[schemars(with = "words::Text")]
    pub path: String,
    /// What is done.
    pub r#use: ResolveBy,
    /// The command, one word per item; it never goes through a shell. For `lockfile`, what makes the file again, or fills the folder; it runs in the folder that has it. For `driver`, a merge
    /// driver as git calls one, with `%O`, `%A`, `%B`, `%L`, `%P`, `%S`, `%X` and `%Y` in its words. For `propose`, what reads a brief (JSON) from
    /// its input and writes the file it proposes; without it, the changes of both sides are put together word by word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub command: Vec<String>,
    /// For `driver`: what it is called. A file with `merge=NAME` in `.gitattributes` is given to the driver of this name, where no rule
    /// speaks for its path. Without it, the name of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub name: Option<String>,
    /// For `lockfile` and `propose`: whether the command may use the network. Without it, it has what was downloaded before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub network: bool,
    /// For `propose`: how many seconds the command may take. Without it, 120.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 900))]
    pub seconds: Option<u32>,
}

/// A formatter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Format")]
pub struct RawFormat {
    /// A glob: `**/*.md`.
    #[schemars(with = "words::Text")]
    pub path: String,
    /// What reads a file from its input and writes it formatted, one word per item: `[mdformat, "-"]`. `%P` is the file's path. It never
    /// goes through a shell.
    #[schemars(with = "Vec<words::Text>", length(min = 1))]
    pub command: Vec<String>,
}

/// A way to resolve a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Resolve")]
pub enum ResolveBy {
    /// Upstream's lines in each conflicting place.
    Upstream,
    /// The fork's lines in each conflicting place.
    Fork,
    /// Both, the fork's first.
    Union,
    /// A merge of the structure of a manifest: TOML, JSON, or Go's `go.mod` and `go.work`.
    Manifest,
    /// Made again after the phase's picks: a file, or (`vendor/**`) a folder with all that is in it.
    Lockfile,
    /// The fork's file entirely.
    KeepLocal,
    /// What one side adds to a folder that the other moved goes where the folder went; any other conflict stays.
    Follow,
    /// What a merge driver makes of the file; where it cannot, the conflict stays as it was.
    Driver,
    /// What all other rules leave open stays so, and something is proposed for it, which a person takes or does not. Such rules are looked at
    /// apart from the others: the first of them whose path matches proposes.
    Propose,
}

/// What happens when a pick conflicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnConflict {
    /// The pick is left out, with a note.
    #[default]
    LeaveOut,
    /// The pick is committed with conflict markers and the pull request is a draft.
    CommitMarkers,
    /// The phase ends before the pick.
    Stop,
}

/// The labels on pull requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Labels")]
pub struct LabelSettings {
    /// What stands before the phase's id: `phase:` gives `phase:bug-fixes`.
    #[schemars(with = "words::LabelStart")]
    pub phase: String,
    /// What stands before the risk level: `risk:` gives `risk:high`.
    #[schemars(with = "words::LabelStart")]
    pub risk: String,
    /// On a phase with conflicts.
    #[schemars(with = "words::Label")]
    pub conflicts: String,
    /// On a phase that cannot go on before a person decides or resolves something.
    #[schemars(with = "words::Label")]
    pub needs_human: String,
    /// On a phase that stands on another one.
    #[schemars(with = "words::Label")]
    pub stacked: String,
    /// On what a bot closed and Uptake opened again: have such bots pass over it (`exempt-pr-labels` and `exempt-issue-labels` of
    /// actions/stale).
    #[schemars(with = "words::Label")]
    pub keep_open: String,
    /// Further labels on every pull request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Label>")]
    pub extra: Vec<String>,
}

impl Default for LabelSettings {
    fn default() -> Self {
        Self {
            phase: "phase:".into(),
            risk: "risk:".into(),
            conflicts: "conflicts".into(),
            needs_human: "needs-human".into(),
            stacked: "stacked".into(),
            keep_open: "pinned".into(),
            extra: Vec::new(),
        }
    }
}

/// Slash commands in pull request comments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Commands")]
pub struct CommandSettings {
    /// Whether comments are obeyed at all.
    pub enabled: bool,
    /// A word before each command, `/uptake skip …`, where other bots listen too. Empty: `/skip …`.
    #[schemars(with = "words::Prefix")]
    pub prefix: String,
    /// The least access to the repository that lets a person ask for tests with `/retest`: `triage`, `write`, `maintain` or
    /// `admin`. All other commands take write access.
    pub retest: Access,
}

/// What a person may do in a repository, from the least to the most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Sort issues and pull requests.
    Triage,
    /// Push.
    #[default]
    Write,
    /// Manage, settings that destroy left out.
    Maintain,
    /// Everything.
    Admin,
}

impl Default for CommandSettings {
    fn default() -> Self {
        Self { enabled: true, prefix: String::new(), retest: Access::Write }
    }
}

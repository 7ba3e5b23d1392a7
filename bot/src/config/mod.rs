//! The configuration: the YAML as written ([`mod@raw`]), checked into values the stages can trust ([`Config`]).
//!
//! A text goes through `source` (is it YAML, and where does everything stand), `shape` (has it the keys and kinds of the JSON
//! [`schema()`]) and `check` (does it make sense); what is wrong at any of them comes back together as [`Problems`].
//!
//! A configuration without phases is a right one: `survey` and `init` need none, and with none a plan leaves every commit
//! unassigned. An entirely empty file is not: nobody means that.

mod check;
mod ci;
mod glob;
mod lookup;
mod path_rule;
pub mod raw;
mod releases;
mod rule;
mod schema;
mod words;
mod write;

pub use ci::{Cell, Ci};
pub(crate) use glob::literal as literal_glob;
pub use lookup::Lookup;
pub use path_rule::{FormatRule, PathRule};
pub use releases::Releases;
pub(crate) use rule::RegexBudget;
pub use rule::{CommitFacts, OwnedFacts, commit_type};
pub use schema::schema;

use globset::{GlobMatcher, GlobSet};
use regex::Regex;

use crate::guard::Guard;
use crate::hosts::Hosts;
use crate::names::PhaseId;
use crate::risk::Level;
use crate::yaml::{Problem, Problems, SourcePos};
use engine::ids::CommitId;
use engine::path::RepoPath;
use raw::{
    CommandSettings, CommitSettings, DashboardSettings, LabelSettings, Land, NativeStacks, OnConflict, RawConfig,
    ReadySettings, Rebuild, ResolveBy, Stacking,
};

/// Where a fork keeps its configuration.
pub const CONFIG_PATH: &str = ".github/uptake.yml";

/// A configuration that has been checked against itself and, where one was at hand, against the repository.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The repository the fork was made from.
    pub upstream: raw::WhichRepo,
    /// Which of its tags are releases, where these are followed.
    pub releases: Option<Releases>,
    pub fork: raw::WhichRepo,
    /// The servers that both are on, as whoever runs it knows.
    pub hosts: Hosts,
    /// The folder of the fork that upstream's files are in, where they are not at its top.
    pub below: Option<RepoPath>,
    /// What is taken as one.
    pub units: raw::UnitsBy,
    /// The upstream commit that the fork began from, where the two have no history in common.
    pub base: Option<CommitId>,
    /// Paths only the fork has: the pattern as written, and its matcher.
    pub local: Vec<(String, GlobMatcher)>,
    /// The paths that wait for a person.
    pub guard: Guard,
    /// The phases, by priority, then as written.
    pub phases: Vec<Phase>,
    /// Commits left out.
    pub exclude: Vec<Exclude>,
    /// Groups of which one is taken.
    pub supersede: Vec<Supersede>,
    /// Risk rules.
    pub risk: Vec<RiskRule>,
    /// Path rules; the first that matches wins.
    pub conflicts: Vec<PathRule>,
    /// What proposes something for what these leave open; the first that fits a path counts.
    pub proposers: Vec<PathRule>,
    /// What to know of paths.
    pub notes: Vec<PathNote>,
    /// What an analysis said of the whole range.
    pub analysis: raw::RawAnalysis,
    /// What brings files into one form; the first that fits a path counts.
    pub formats: Vec<FormatRule>,
    pub labels: LabelSettings,
    /// What phases are built on.
    pub stacking: Stacking,
    /// Whether those that stand on each other are made a stack.
    pub native_stacks: NativeStacks,
    /// When a push to the fork's branch moves the phases.
    pub rebuild: Rebuild,
    /// Slash commands.
    pub commands: CommandSettings,
    /// The issue that says how the whole stands.
    pub dashboard: DashboardSettings,
    /// What is done with a pull request that waits for no decision.
    pub ready: ReadySettings,
    /// Whom the bot's commits are by.
    pub commits: CommitSettings,
}

/// A configuration as it is written, read but not checked yet.
pub struct WrittenConfig {
    name: String,
    document: check::Document,
}

impl WrittenConfig {
    /// Reads a configuration. `name` is what the file is called in messages.
    ///
    /// # Errors
    /// It is no YAML, or so wrong that nothing can be made of it. All else is found by the checks.
    pub fn read(text: &str, name: &str) -> Result<Self, Problems> {
        let document = check::Document::read(text).map_err(|list| Problems::new(name, list))?;
        Ok(Self { name: name.to_owned(), document })
    }

    /// What is written, where all is right that can be checked without a repository: everything but whether its commits exist.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn check_alone(&self) -> Result<&RawConfig, Problems> {
        self.document.check(None).map_err(|list| Problems::new(&self.name, list))?;
        Ok(&self.document.raw)
    }

    /// What it comes to; `lookup` finds commits in the repository by the beginning of their SHA.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn check(&self, lookup: &dyn Fn(&str) -> Lookup) -> Result<Config, Problems> {
        self.document.check(Some(lookup)).map_err(|list| Problems::new(&self.name, list))
    }
}

/// Reads a configuration and checks all that can be checked without a repository.
///
/// # Errors
/// All that is wrong with the text.
pub fn check_text(text: &str, name: &str) -> Result<RawConfig, Problems> {
    WrittenConfig::read(text, name)?.check_alone().cloned()
}

/// A phase as configured.
#[derive(Debug, Clone)]
pub struct Phase {
    /// Its short name.
    pub id: PhaseId,
    /// What people read.
    pub title: String,
    /// 1 comes first.
    pub priority: u32,
    /// How it walks the line; `None`: it is chosen by what it is about.
    pub line: Option<LineSettings>,
    /// What a person said of it.
    pub said: PhaseWords,
    /// Commits named one by one, those of its categories too.
    pub picks: Vec<NotedPick>,
    /// Commits chosen by what they are.
    pub rules: Vec<Rule>,
    /// What happens when a pick conflicts.
    pub on_conflict: OnConflict,
    /// The test matrix, its own or the common one.
    pub ci: Ci,
}

/// What a person said of a phase.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhaseWords {
    /// What to do with it.
    pub note: Option<String>,
    /// How long it takes.
    pub estimate: Option<String>,
    /// Whether it may be left away.
    pub optional: bool,
    /// The titles of its categories, each with what to do with it.
    pub categories: Vec<(String, Option<String>)>,
}

/// What to know of a path.
#[derive(Debug, Clone)]
pub struct PathNote {
    /// The pattern as written.
    pub pattern: String,
    pub path: GlobMatcher,
    /// How a person would resolve it.
    pub note: String,
}

/// How the line is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSettings {
    pub slice: Slice,
    /// What a slice lands as.
    pub land: Land,
}

/// Where the line is cut into slices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// After so many units.
    Units(usize),
    /// After so many days.
    Days(u32),
    /// After each tagged commit.
    Release,
    /// Before each unit that a person decides on.
    Decision,
}

impl Config {
    /// Upstream, `owner/name`, where its pull requests and issues can be linked without a trace there.
    #[must_use]
    pub fn linked_upstream(&self) -> Option<&str> {
        self.upstream.repository.as_deref().filter(|_| self.hosts.links_issues())
    }

    /// The phase that walks the line.
    #[must_use]
    pub fn line(&self) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.line.is_some())
    }

    /// The phase as configured that one of these names: a phase's own, or that of a slice of the line.
    #[must_use]
    pub fn phase(&self, id: &PhaseId) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.id == *id).or_else(|| self.line().filter(|line| is_slice(&line.id, id)))
    }

    /// Whether a path is a lock file that is regenerated: nobody's lines are in it.
    #[must_use]
    pub fn makes_anew(&self, path: &RepoPath) -> bool {
        let rule = self.conflicts.iter().find(|rule| rule.path.is_match(&*path.to_text()));
        rule.is_some_and(|rule| rule.resolve == ResolveBy::Lockfile)
    }
}

/// The name of the slice of a line that begins with a commit.
#[must_use]
pub fn slice_id(line: &PhaseId, first: CommitId) -> PhaseId {
    format!("{line}-{}", first.short()).into()
}

/// Whether a name is that of a slice of a line.
#[must_use]
pub fn is_slice(line: &PhaseId, id: &PhaseId) -> bool {
    let begin = id.strip_prefix(line.as_str()).and_then(|rest| rest.strip_prefix('-'));
    begin.is_some_and(|first| first.len() >= 7 && first.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

/// A commit named in a phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedPick {
    pub sha: CommitId,
    /// Its risk, where people know better.
    pub risk: Option<Level>,
    /// A remark for the reviewer.
    pub note: Option<String>,
    /// The category of the phase it belongs to.
    pub category: Option<String>,
}

/// Commits left out.
#[derive(Debug, Clone)]
pub struct Exclude {
    /// Why.
    pub reason: String,
    /// Named one by one.
    pub commits: Vec<CommitId>,
    /// Chosen by what they are.
    pub rules: Vec<Rule>,
}

/// A group of which one commit is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supersede {
    /// What they have in common.
    pub title: String,
    /// All of them.
    pub commits: Vec<GroupCommit>,
    /// The one taken; `None`: the latest in upstream's order.
    pub keep: Option<CommitId>,
}

/// A commit of such a group, and where it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCommit {
    /// What its name means.
    pub sha: CommitId,
    /// Its name as the file has it.
    pub written: String,
    /// Where the file names it.
    pub pos: SourcePos,
}

impl GroupCommit {
    /// That no phase takes it.
    pub(crate) fn in_no_phase(&self) -> Problem {
        check::in_no_phase(self.pos, &self.written)
    }
}

/// A rule that chooses commits: all its conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    /// Found in the subject.
    pub subject: Option<Regex>,
    /// One touched path matches.
    pub paths: Option<GlobSet>,
    /// Every touched path matches one of these.
    pub only: Option<GlobSet>,
    /// Found in `Name <mail>`.
    pub author: Option<Regex>,
    /// First day, inclusive, `2025-11-22`: such days sort as text.
    pub since: Option<String>,
    /// Last day, inclusive.
    pub until: Option<String>,
    /// Conventional-commit types.
    pub types: Vec<String>,
    /// The patterns of `paths` as written, for people.
    pub patterns: Vec<String>,
    /// Those of `only`.
    pub only_patterns: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct RiskRule {
    /// The level it gives.
    pub level: Level,
    /// Why.
    pub reason: String,
    /// To which commits.
    pub rule: Rule,
}

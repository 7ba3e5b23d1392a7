//! From the configuration as written to values the stages can trust: all that its meaning gets wrong.

mod cells;
mod commits;
mod line;
mod paths;
mod workflow;

pub(super) use commits::in_no_phase;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use globset::GlobSet;

use super::lookup::Lookup;
use super::raw::{self, RawConfig, ResolveBy};
use super::rule::{RegexBudget, RuleError};
use super::words::LABEL_MAX;
use super::{Config, Phase, PhaseWords, Releases, RiskRule, Rule, glob, schema};
use crate::guard::Guard;
use crate::risk::Level;
use crate::text::hides;
use crate::yaml::Problem;
use crate::yaml::shape;
use crate::yaml::source::{Positions, YamlSource, join};
use crate::yaml::wording::{quoted, quoted_list};
use engine::path::RepoPath;

/// Made once: a run may read its configuration at several commits.
static FORM: LazyLock<shape::Form> = LazyLock::new(|| shape::Form::new(schema::schema()));

/// Ids the bot's own branches use, and what for.
const RESERVED: [(&str, &str); 3] = [
    ("ledger", "the branch `uptake/ledger` keeps the decisions"),
    ("record", "the branch `uptake/record` tells git how far upstream is in"),
    ("bisect", "branches `uptake/bisect/…` hold what is tried"),
];

/// A text that was read, and brought into shape where it was not.
pub(super) struct Document {
    pub(super) raw: RawConfig,
    positions: Positions,
    /// What was put right to get there.
    problems: Vec<Problem>,
    resolved: HashSet<String>,
    incomplete: HashSet<String>,
}

impl Document {
    pub(super) fn read(text: &str) -> Result<Self, Vec<Problem>> {
        let YamlSource { value, positions } = YamlSource::read(text)?;
        let shape::Shaped { value, problems, resolved, incomplete } = shape::check(value, &FORM, &positions);
        let raw = serde_yaml_ng::from_value(value).map_err(|error| {
            // The shape is right by now, so this is a fault of ours; it must still reach people as a message.
            vec![Problem::new(crate::yaml::SourcePos::START, format!("cannot be read: {error}"))]
        })?;
        Ok(Self { raw, positions, problems, resolved, incomplete })
    }

    /// Checks it; with no `lookup`, all but what takes a repository to know. The value is complete only with one.
    pub(super) fn check(&self, lookup: Option<&dyn Fn(&str) -> Lookup>) -> Result<Config, Vec<Problem>> {
        let mut checker = Checker {
            positions: &self.positions,
            resolved: &self.resolved,
            incomplete: &self.incomplete,
            problems: self.problems.clone(),
            lookup,
            known: HashMap::new(),
            expressions: RegexBudget::default(),
        };
        let config = checker.config(&self.raw);
        if checker.problems.is_empty() { Ok(config) } else { Err(checker.problems) }
    }
}

struct Checker<'a> {
    positions: &'a Positions,
    resolved: &'a HashSet<String>,
    incomplete: &'a HashSet<String>,
    problems: Vec<Problem>,
    lookup: Option<&'a dyn Fn(&str) -> Lookup>,
    /// What looking up each written commit gave.
    known: HashMap<String, commits::NameStatus>,
    expressions: RegexBudget,
}

impl Checker<'_> {
    fn config(&mut self, raw: &RawConfig) -> Config {
        self.side(&raw.upstream, "upstream");
        self.side(&raw.fork.side(), "fork");
        self.below(raw.fork.path.as_deref());
        self.phase_ids(&raw.phases);
        self.labels(raw);
        let common = self.ci(&raw.ci, "ci");
        let picks = self.picks(&raw.phases);
        let mut phases: Vec<Phase> = Vec::new();
        for (index, (phase, picks)) in raw.phases.iter().zip(picks).enumerate() {
            let path = join("phases", index);
            let rules = self.rules(&phase.rules, &join(&path, "rules"));
            let earlier = phases.iter().any(|phase| phase.line.is_some());
            let line = self.line(phase, &path, (earlier, raw.upstream.tags.is_some()));
            let nothing = phase.commits.is_empty() && phase.categories.is_empty() && phase.rules.is_empty();
            self.empty(line.is_none() && nothing, &path, "this phase takes nothing");
            phases.push(Phase {
                id: phase.id.as_str().into(),
                title: phase.title.clone(),
                priority: phase.priority,
                line,
                said: PhaseWords {
                    note: phase.note.clone(),
                    estimate: phase.estimate.clone(),
                    optional: phase.optional,
                    categories: phase.categories.iter().map(|one| (one.title.clone(), one.note.clone())).collect(),
                },
                picks,
                rules,
                on_conflict: phase.on_conflict.unwrap_or_default(),
                ci: phase.ci.as_ref().map_or_else(|| common.clone(), |ci| self.ci(ci, &join(&path, "ci"))),
            });
        }
        phases.sort_by_key(|phase| phase.priority);
        // One that proposes has no say in what is resolved.
        let (proposers, conflicts) =
            self.conflicts(&raw.conflicts).into_iter().partition(|rule| rule.resolve == ResolveBy::Propose);
        Config {
            hosts: crate::hosts::Hosts::default(),
            upstream: raw.upstream.clone(),
            releases: self.releases(&raw.upstream),
            fork: raw.fork.side(),
            below: raw.fork.path.as_deref().map(|folder| RepoPath::from(folder.trim_end_matches('/'))),
            units: raw.units,
            base: raw.base.as_ref().and_then(|sha| self.one(sha, "base")),
            local: self.local(&raw.local),
            guard: Guard::with(self.globs(&raw.guard, "guard"), raw.trust_workflows),
            exclude: self.exclude(raw),
            supersede: self.supersede(raw),
            risk: self.risk(&raw.risk),
            conflicts,
            proposers,
            notes: self.notes(&raw.notes),
            analysis: raw.analysis.clone(),
            formats: self.formats(&raw.format),
            phases,
            labels: raw.labels.clone(),
            stacking: raw.stacking,
            native_stacks: raw.native_stacks,
            rebuild: raw.rebuild,
            commands: raw.commands.clone(),
            dashboard: raw.dashboard.clone(),
            ready: raw.ready.clone(),
            commits: self.committer(&raw.commits),
        }
    }

    /// Reports a problem, unless what stands there was made up by the shape check.
    fn report(&mut self, path: &str, problem: Problem) {
        let mut around = path;
        loop {
            if self.resolved.contains(around) {
                return;
            }
            match around.rfind('/') {
                Some(end) => around = &around[..end],
                None => break,
            }
        }
        self.problems.push(problem);
    }

    fn fault(&mut self, path: &str, fault: RuleError) {
        let path = if fault.at.is_empty() { path.to_owned() } else { format!("{path}/{}", fault.at) };
        let problem = Problem::new(self.positions.value(&path), fault.message);
        self.report(
            &path,
            match fault.help {
                Some(help) => problem.help(help),
                None => problem,
            },
        );
    }

    /// Reports a mapping that chooses no commits, unless it meant to with what the shape check took away.
    fn empty(&mut self, empty: bool, path: &str, what: &str) {
        let meant =
            ["commits", "categories", "rules", "take"].iter().any(|key| self.resolved.contains(&join(path, key)));
        if empty && !meant && !self.incomplete.contains(path) {
            let problem = Problem::new(self.positions.value(path), what);
            self.report(path, problem.help("name commits under `commits`, or choose them by `rules`"));
        }
    }

    fn side(&mut self, side: &raw::WhichRepo, name: &str) {
        let path = join(name, "branch");
        let Some(branch) = &side.branch else { return };
        let place = self.positions.value(&path);
        if let Some(plain) = ["refs/heads/", "refs/remotes/"].iter().find_map(|prefix| branch.strip_prefix(prefix)) {
            let problem = Problem::new(place, format!("`branch` cannot be {}", quoted(branch)));
            self.report(&path, problem.help(format!("write the branch alone: {}", quoted(plain))));
        } else if !is_branch(branch) {
            let problem = Problem::new(place, format!("git takes no branch named {}", quoted(branch)));
            self.report(&path, problem.help("`git check-ref-format --branch NAME` tells"));
        }
    }

    /// Whom the bot's commits are by: a name with its address, and a key with both.
    fn committer(&mut self, raw: &raw::CommitSettings) -> raw::CommitSettings {
        let whole = raw.name.is_some() && raw.email.is_some();
        let asks =
            [("name", raw.name.is_some()), ("email", raw.email.is_some()), ("signing_key", raw.signing_key.is_some())];
        if let Some((key, _)) = asks.iter().rev().find(|(_, there)| *there && !whole) {
            let path = join("commits", key);
            let problem =
                Problem::new(self.positions.key(&path), format!("`{key}` goes with a committer's name and address"));
            self.report(&path, problem.help("write both `name` and `email`"));
        }
        raw.clone()
    }

    /// Which of upstream's tags are followed.
    fn releases(&mut self, upstream: &raw::WhichRepo) -> Option<Releases> {
        let pattern = upstream.tags.as_ref()?;
        let path = join("upstream", "tags");
        if upstream.branch.is_some() {
            let problem = Problem::new(self.positions.key(&path), "upstream is followed by its branch or by its tags");
            self.report(&path, problem.help("leave one of `branch` and `tags` out"));
        }
        match glob::matcher(pattern) {
            Ok(matcher) => Some(Releases { pattern: pattern.clone(), matcher }),
            Err(fault) => {
                self.fault(&path, fault);
                None
            }
        }
    }

    /// The folder of the fork that upstream is in.
    fn below(&mut self, folder: Option<&str>) {
        let Some(folder) = folder else { return };
        let wrong = |part: &str| matches!(part, "" | "." | ".." | ".git");
        if folder.trim_end_matches('/').split('/').any(wrong) || folder.contains(['\\', '\0']) {
            let path = join("fork", "path");
            let problem = Problem::new(self.positions.value(&path), format!("no folder is at {}", quoted(folder)));
            self.report(
                &path,
                problem.help("write it from the top of the fork, such as `firmware` or `vendor/engine`"),
            );
        }
    }

    fn phase_ids(&mut self, phases: &[raw::RawPhase]) {
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (index, phase) in phases.iter().enumerate() {
            let path = join(&join("phases", index), "id");
            let place = self.positions.value(&path);
            if let Some((_, use_for)) = RESERVED.iter().find(|(id, _)| *id == phase.id) {
                let message = format!("the id `{}` is taken: {use_for}", phase.id);
                self.report(&path, Problem::new(place, message).help("choose another id"));
            }
            if let Some(earlier) = first.get(phase.id.as_str()) {
                let earlier = self.positions.value(&join(&join("phases", earlier), "id"));
                let message = format!("the phase {} is there twice, first on line {}", quoted(&phase.id), earlier.line);
                let problem = Problem::new(place, message).help("join the two, or give one another id");
                self.report(&path, problem.related(earlier, "first here"));
            } else {
                first.insert(&phase.id, index);
            }
        }
    }

    fn labels(&mut self, raw: &RawConfig) {
        let mut check = |start: &str, end: &str, path: String| {
            let length = start.chars().count() + end.chars().count();
            if length > LABEL_MAX {
                let label = quoted(&format!("{start}{end}"));
                let message = format!("the label {label} would have {length} characters; GitHub takes {LABEL_MAX}");
                self.report(
                    &path,
                    Problem::new(self.positions.value(&path), message).help("shorten the one or the other"),
                );
            }
        };
        for (index, phase) in raw.phases.iter().enumerate() {
            check(&raw.labels.phase, &phase.id, join(&join("phases", index), "id"));
        }
        check(&raw.labels.risk, &Level::Critical.to_string(), "labels/risk".into());
    }

    fn globs(&mut self, patterns: &[String], path: &str) -> GlobSet {
        glob::set(patterns, &mut self.expressions).unwrap_or_else(|faults| {
            faults.into_iter().for_each(|(index, fault)| self.fault(&join(path, index), fault));
            GlobSet::empty()
        })
    }

    fn rules(&mut self, rules: &[raw::RawRule], path: &str) -> Vec<Rule> {
        let checked = rules.iter().enumerate().filter_map(|(index, rule)| self.rule(rule, &join(path, index)));
        checked.collect()
    }

    fn rule(&mut self, rule: &raw::RawRule, path: &str) -> Option<Rule> {
        match Rule::new(rule, &mut self.expressions) {
            Ok(rule) => Some(rule),
            Err(faults) => {
                for fault in faults {
                    // A rule may be empty because its only key was misspelt or of the wrong kind.
                    let below = format!("{path}/");
                    let robbed =
                        self.incomplete.contains(path) || self.resolved.iter().any(|at| at.starts_with(&below));
                    if !(fault.at.is_empty() && robbed) {
                        self.fault(path, fault);
                    }
                }
                None
            }
        }
    }

    fn risk(&mut self, rules: &[raw::RawRiskRule]) -> Vec<RiskRule> {
        let mut checked = Vec::new();
        for (index, risk) in rules.iter().enumerate() {
            let rule = self.rule(&risk.rule, &join(&join("risk", index), "match"));
            checked.extend(rule.map(|rule| RiskRule { level: risk.level, reason: risk.reason.clone(), rule }));
        }
        checked
    }

    fn local(&mut self, patterns: &[String]) -> Vec<(String, globset::GlobMatcher)> {
        let mut checked = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            match glob::matcher(pattern) {
                Ok(matcher) => checked.push((pattern.clone(), matcher)),
                Err(fault) => self.fault(&join("local", index), fault),
            }
        }
        checked
    }
}

/// Whether git takes a name for a branch (`git check-ref-format --branch`), beyond what the schema's pattern says.
fn is_branch(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    name.split('/').all(part)
        && !name.contains("..")
        && !name.contains("@{")
        && !name.ends_with('.')
        && name != "@"
        && name != "HEAD"
        // Git takes these; but nobody sees them, and the name beside it looks the same.
        && !name.chars().any(hides)
}

/// The words of a list of suggestions.
fn suggestion(like: &[String]) -> Option<String> {
    (!like.is_empty()).then(|| format!("did you mean {}?", quoted_list(like.iter().map(String::as_str), "or")))
}

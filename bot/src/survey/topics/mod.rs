//! Topics of a range, learned from the range itself: what a project calls its areas, what its commits are about by the files they
//! touch, and the folders that are left. Pure.
//!
//! A topic is rules of the configuration, so that what it takes is what a plan with these rules will take.

mod folders;
mod parts;
mod subject;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::{FileKind, RiskReason, Surveyed, security};
use crate::config::raw::RawRule;
use crate::config::{OwnedFacts, RegexBudget, Rule, literal_glob};
use engine::ids::CommitId;
use subject::{TYPES, VERBS};

/// The most commits a topic has, before it is parted by time.
pub const MOST: usize = 50;

/// What a topic is about.
#[derive(Debug, Clone)]
pub struct Topic {
    /// What people read.
    pub title: String,
    /// The commits it takes; any rule is enough.
    pub rules: Vec<RawRule>,
    /// Commits it takes by name, since no rule can see why.
    pub named: Vec<CommitId>,
}

/// Topics, and what each takes of the commits they were learned from.
#[derive(Debug, Clone, Default)]
pub struct Topics<'a> {
    /// Each with its commits, in upstream's order; the first that fits takes a commit.
    pub taken: Vec<(Topic, Vec<&'a Surveyed>)>,
    /// The commits that no topic takes.
    pub left: Vec<&'a Surveyed>,
}

/// Learns the topics of some commits. None has more than [`MOST`] where its commits can be distinguished by day.
#[must_use]
pub fn learn<'a>(commits: &[&'a Surveyed]) -> Topics<'a> {
    let mut learned = themes(commits);
    learned.taken = learned.taken.into_iter().flat_map(|(topic, commits)| parts::of(topic, commits, MOST)).collect();
    learned
}

/// Learns the topics of some commits, however large they are.
#[must_use]
pub fn themes<'a>(commits: &[&'a Surveyed]) -> Topics<'a> {
    let mut learner = Learner { left: commits.to_vec(), taken: Vec::new(), least: (commits.len() / 100).max(3) };
    learner.known();
    learner.areas();
    learner.work();
    learner.folders();
    Topics { taken: learner.taken, left: learner.left }
}

struct Learner<'a> {
    left: Vec<&'a Surveyed>,
    taken: Vec<(Topic, Vec<&'a Surveyed>)>,
    /// How many commits make a topic.
    least: usize,
}

impl<'a> Learner<'a> {
    /// Takes what a topic takes of what is left, where that is enough.
    fn take(&mut self, topic: Topic, least: usize) {
        let rules = compiled(&topic.rules);
        let is_in = |commit: &&Surveyed| {
            let facts = OwnedFacts::from(*commit);
            topic.named.contains(&commit.sha) || rules.iter().any(|rule| rule.matches(&facts.facts()))
        };
        let (taken, left): (Vec<&Surveyed>, Vec<&Surveyed>) = self.left.iter().copied().partition(is_in);
        if taken.len() >= least.max(1) {
            self.left = left;
            self.taken.push((topic, taken));
        }
    }

    /// What every project has, by signs that hold in all of them.
    fn known(&mut self) {
        self.take(security_topic(&self.left), 1);
        let update = r"(?i)^((build|chore|fix|ci|feat)\s*\(deps(-dev)?\)!?:|(chore|build): bump |bump \S+ |(update|upgrade) (dependency |module |\S+ (from|to) (version )?v?\d)|\[?deps\]?:)";
        let bots = r"(?i)(dependabot|renovate)\b";
        let dependencies = vec![
            RawRule { subject: Some(update.into()), ..RawRule::default() },
            RawRule { author: Some(bots.into()), ..RawRule::default() },
            RawRule { only: globs_of(&[FileKind::Manifest, FileKind::Lock], &self.left), ..RawRule::default() },
        ];
        let all = self.left.clone();
        let here = |kinds: &[FileKind]| globs_of(kinds, &all);
        let only = |kind: FileKind| RawRule { only: here(&[kind]), ..RawRule::default() };
        let touching = |kind: FileKind| RawRule { paths: here(&[kind]), ..RawRule::default() };
        let spoken = |subject: &str| RawRule { subject: Some(subject.into()), ..RawRule::default() };
        let topics = [
            ("Dependencies", dependencies),
            (
                "Translations",
                vec![
                    spoken(r"(?i)\b(crowdin|weblate|transifex|new translations|update translations)\b"),
                    only(FileKind::Translation),
                ],
            ),
            ("Vendored code", vec![only(FileKind::Vendored)]),
            ("Database migrations", vec![touching(FileKind::Migration)]),
            (
                "Continuous integration",
                vec![RawRule { types: vec!["ci".into()], ..RawRule::default() }, only(FileKind::Ci)],
            ),
            (
                "Releases",
                vec![spoken(
                    r"(?i)^((chore|build)(\(release\))?: )?(bump version|prepare (for )?v?\d|release v?\d|version bump|v?\d+\.\d+\.\d+\S*$)",
                )],
            ),
            (
                "Documentation",
                vec![RawRule { types: texts(&["docs", "doc"]), ..RawRule::default() }, only(FileKind::Docs)],
            ),
            ("Tests", vec![RawRule { types: texts(&["test", "tests"]), ..RawRule::default() }, only(FileKind::Test)]),
            ("Build", vec![RawRule { types: vec!["build".into()], ..RawRule::default() }, only(FileKind::Build)]),
        ];
        for (title, mut rules) in topics {
            // A kind of files that the range does not have makes no rule.
            rules.retain(|rule| *rule != RawRule::default());
            self.take(Topic { title: title.into(), rules, named: Vec::new() }, 2);
        }
    }

    /// What the project's own subjects name, the most frequent first.
    fn areas(&mut self) {
        let mut areas: BTreeMap<String, usize> = BTreeMap::new();
        for area in self.left.iter().filter_map(|commit| subject::area(&commit.subject)) {
            *areas.entry(area).or_default() += 1;
        }
        let mut areas: Vec<(String, usize)> = areas.into_iter().filter(|(_, count)| *count >= self.least).collect();
        areas.sort_by_key(|(area, count)| (std::cmp::Reverse(*count), area.clone()));
        for (area, _) in areas {
            let rules = vec![RawRule { subject: Some(subject::of_area(&area)), ..RawRule::default() }];
            self.take(Topic { title: capital(&area), rules, named: Vec::new() }, self.least);
        }
    }

    /// What kind of work the rest is, by type or by the word a subject begins with.
    fn work(&mut self) {
        let many = self.left.len() > MOST;
        for (work, types) in TYPES {
            let verb = VERBS.iter().find(|(of, _)| *of == work).map(|(_, pattern)| *pattern);
            let mut rules = vec![RawRule { types: texts(types), ..RawRule::default() }];
            rules.extend(verb.map(|pattern| RawRule { subject: Some(pattern.into()), ..RawRule::default() }));
            let topic = Topic { title: work.title().into(), rules, named: Vec::new() };
            // Much of one kind is better distinguished by where it is.
            if !many || self.would_take(&topic) <= MOST * 2 {
                self.take(topic, self.least);
            }
        }
    }

    fn would_take(&self, topic: &Topic) -> usize {
        let rules = compiled(&topic.rules);
        let fits = |commit: &&&Surveyed| rules.iter().any(|rule| rule.matches(&OwnedFacts::from(**commit).facts()));
        self.left.iter().filter(fits).count()
    }

    /// The folders what is left is in.
    fn folders(&mut self) {
        for folder in folders::of(&self.left, self.least, MOST) {
            let rules = vec![RawRule { paths: vec![format!("{}/**", literal_glob(&folder))], ..RawRule::default() }];
            self.take(Topic { title: folder, rules, named: Vec::new() }, self.least);
        }
    }
}

/// Rules made ready once: a report after the other asks for the same.
fn compiled(rules: &[RawRule]) -> Vec<Rule> {
    static READY: Mutex<BTreeMap<String, Rule>> = Mutex::new(BTreeMap::new());
    /// More than one project has.
    const MANY: usize = 500;
    let mut ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
    if ready.len() > MANY {
        ready.clear();
    }
    let one = |rule: &RawRule| {
        let key = format!("{rule:?}");
        if let Some(known) = ready.get(&key) {
            return Some(known.clone());
        }
        let made = Rule::new(rule, &mut RegexBudget::default()).ok()?;
        ready.insert(key, made.clone());
        Some(made)
    };
    rules.iter().filter_map(one).collect()
}

/// What mends security faults: by rule where the subject says so, by name where only the body does.
fn security_topic(commits: &[&Surveyed]) -> Topic {
    let rules = vec![
        RawRule { subject: Some(security::ADVISORY.into()), ..RawRule::default() },
        RawRule { subject: Some(security::FAULT.into()), ..RawRule::default() },
        RawRule { types: vec!["security".into()], ..RawRule::default() },
    ];
    let checked = compiled(&rules);
    let by_rule = |commit: &Surveyed| checked.iter().any(|rule| rule.matches(&OwnedFacts::from(commit).facts()));
    let unseen = |commit: &&&Surveyed| commit.reasons.contains(&RiskReason::Security) && !by_rule(commit);
    let named = commits.iter().filter(unseen).map(|commit| commit.sha).collect();
    Topic { title: "Security".into(), rules, named }
}

/// The patterns of some kinds that fit a path of the range: those of its own languages and tools.
fn globs_of(kinds: &[FileKind], commits: &[&Surveyed]) -> Vec<String> {
    let globs = kinds.iter().flat_map(|kind| kind.globs());
    let fits = |glob: &&&str| {
        let Ok(matcher) = globset::GlobBuilder::new(glob).literal_separator(true).build() else { return false };
        let matcher = matcher.compile_matcher();
        commits.iter().flat_map(|commit| &commit.paths).any(|path| matcher.is_match(&*path.to_text()))
    };
    globs.filter(fits).map(|glob| (*glob).to_owned()).collect()
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// An area as a title; a path stays as it is.
fn capital(word: &str) -> String {
    if word.contains(['/', '.', '_']) {
        return word.to_owned();
    }
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The longest id of a topic, of whole words.
const LONGEST: usize = 40;

/// Short names for topics, each another.
#[must_use]
pub fn ids(topics: &Topics<'_>) -> Vec<String> {
    let mut used = BTreeSet::new();
    let id = |title: &str| {
        let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let mut id = String::new();
        for word in words.map(str::to_ascii_lowercase) {
            if !id.is_empty() && id.len() + 1 + word.len() > LONGEST {
                break;
            }
            id.push_str(if id.is_empty() { "" } else { "-" });
            id.extend(word.chars().take(LONGEST));
        }
        if id.is_empty() { "topic".to_owned() } else { id }
    };
    let mut all = Vec::new();
    for (topic, _) in &topics.taken {
        let stem = id(&topic.title);
        let mut name = stem.clone();
        let mut n = 1;
        while !used.insert(name.clone()) || matches!(name.as_str(), "ledger" | "record" | "bisect") {
            n += 1;
            name = format!("{stem}-{n}");
        }
        all.push(name);
    }
    all
}

//! A configuration to start from, made from a survey: phases by rules that really claim commits of the range.

use std::collections::HashMap;

use crate::config::raw::{
    RawConfig, RawPathRule, RawPhase, RawRule, RawSlice, RawSliceEvery, ResolveBy, Take, WhichRepo,
};
use crate::config::{OwnedFacts, RegexBudget, Rule as Checked, literal_glob};
use crate::survey::{Alone, Survey, Surveyed, Verdict};
use crate::yaml::wording::quoted;

/// How many commits of a phase are shown as examples.
const EXAMPLES: usize = 3;

/// What cannot wait: a regular expression on the subject, and the type of a conventional commit.
const URGENT: (&str, &str) = (
    r"(?i)\b(security|vulnerab\w*|cve-\d+|overflow|use.after.free|out.of.bounds|panics?|crash\w*|hangs?|deadlock\w*|segfault\w*|data race|data loss|leaks?|corrupt\w*)\b",
    "security",
);

/// How many units a slice of the line has.
const UNITS: u32 = 25;

/// Lock files, and the command that makes each anew. It must not need more than the manifest.
const LOCK_FILES: [(&str, &[&str]); 9] = [
    ("Cargo.lock", &["cargo", "update", "--workspace"]),
    ("package-lock.json", &["npm", "install", "--package-lock-only", "--ignore-scripts"]),
    ("pnpm-lock.yaml", &["pnpm", "install", "--lockfile-only", "--ignore-scripts"]),
    ("yarn.lock", &["yarn", "install", "--mode=update-lockfile"]),
    // A Gemfile is a program of upstream's, which would run: a person does.
    ("Gemfile.lock", &[]),
    ("composer.lock", &["composer", "update", "--lock", "--no-install", "--no-scripts", "--no-plugins"]),
    ("go.sum", &["go", "mod", "tidy"]),
    ("poetry.lock", &["poetry", "lock"]),
    ("uv.lock", &["uv", "lock"]),
];

/// Manifests whose structure can be merged.
const MANIFESTS: [&str; 6] =
    ["Cargo.toml", "package.json", "pyproject.toml", "composer.json", "go.mod", "libs.versions.toml"];

/// A starting configuration with comments. `local` are the top folders only the fork has, suggested as its own; the sides are
/// written as given. The result is a right configuration.
#[must_use]
pub fn starting(survey: &Survey, upstream: &WhichRepo, fork: &WhichRepo, local: &[String]) -> String {
    let open: Vec<&Surveyed> = survey.commits.iter().filter(|commit| commit.verdict == Verdict::Open).collect();
    let (urgent, rest) = parted(&open);
    let (mut phases, mut remarks) = (Vec::new(), Vec::new());
    if !urgent.is_empty() {
        phases.push(RawPhase { priority: 1, rules: rules(), ..named("urgent", "Security and crash fixes") });
        remarks.push(remark(&urgent));
    }
    let slice = RawSlice::Every(RawSliceEvery { units: Some(UNITS), days: None });
    let priority = if urgent.is_empty() { 1 } else { 2 };
    phases.push(RawPhase { priority, take: Take::Line, slice: Some(slice), ..named("line", "Upstream") });
    remarks.push(along(&rest));
    let config = RawConfig {
        upstream: upstream.clone(),
        fork: fork.clone().into(),
        local: local.iter().map(|folder| format!("{}/**", literal_glob(folder.trim_end_matches('/')))).collect(),
        phases,
        conflicts: conflicts(survey),
        ..RawConfig::default()
    };
    let mut comments = HashMap::new();
    comments.insert(String::new(), head(survey, open.len()));
    comments.insert("phases".to_owned(), PHASES.to_owned());
    comments.insert("local".to_owned(), "Paths only this fork has: a conflict there would be news.".to_owned());
    comments.insert(
        "conflicts".to_owned(),
        "How conflicts on certain paths are resolved; the first that fits wins.".to_owned(),
    );
    for (index, remark) in remarks.into_iter().enumerate() {
        comments.insert(format!("phases/{index}"), remark);
    }
    config.to_yaml_with(&|path| comments.get(path).cloned()) + TAIL
}

const PHASES: &str = "What cannot wait has a pull request of its own, where it applies without the rest. Name commits one by one under `commits`\n\
    where the rules guess wrong: `uptake plan` shows which phase takes what.";

const TAIL: &str = "
# Further settings, as examples; all are in the schema:
# `uptake schema > .github/uptake.schema.json` puts it where editors look for it, to explain and complete.
#
# exclude:
#   - reason: Replaced by our own server
#     rules: [{ paths: [\"server/**\"] }]
#
# risk:
#   - level: high
#     reason: Touches what runs in production
#     match: { paths: [\"src/engine/**\"] }
#
# ci:
#   cuda: [\"12.9\", \"13.0\", \"13.1\"]
#   validate:
#     - make test
";

fn head(survey: &Survey, open: usize) -> String {
    let totals = &survey.totals;
    format!(
        "Made by `uptake init`: {open} commits of upstream are open (of {} since {}; {} are taken already).\n\
         `uptake check` says whether it is right.",
        totals.commits,
        survey.merge_base.short(),
        totals.taken
    )
}

/// What a phase takes now, for whoever looks the guess over.
fn remark(commits: &[&Surveyed]) -> String {
    let conflicts = commits.iter().filter(|commit| commit.alone == Alone::Conflict).count();
    let number = if commits.len() == 1 { "1 commit".to_owned() } else { format!("{} commits", commits.len()) };
    let alone = match conflicts {
        0 => String::new(),
        count => format!(", {count} in conflict when picked alone"),
    };
    let mut text = format!("{number} now{alone}, such as:");
    for commit in commits.iter().take(EXAMPLES) {
        text.push_str(&format!("\n  {} {}", commit.sha.short(), quoted(&commit.subject).trim_matches('`')));
    }
    text
}

/// What the rest is like, for whoever wonders about the order.
fn along(commits: &[&Surveyed]) -> String {
    let number = if commits.len() == 1 { "1 commit".to_owned() } else { format!("{} commits", commits.len()) };
    format!(
        "All the rest in upstream's order, {number} now, in slices that stand on each other: what conflicts is decided once.\n\
         A slice may also end after so many days (`{{ days: 14 }}`), at each `release`, or before each `decision`."
    )
}

/// What cannot wait, and the rest.
fn parted<'a>(open: &[&'a Surveyed]) -> (Vec<&'a Surveyed>, Vec<&'a Surveyed>) {
    // The same rules the configuration will hold, so that what the comments say is what the plan will do.
    let mut budget = RegexBudget::default();
    let rules: Vec<Checked> = rules().iter().filter_map(|rule| Checked::new(rule, &mut budget).ok()).collect();
    open.iter().copied().partition(|commit| {
        let facts = OwnedFacts::from(*commit);
        rules.iter().any(|rule| rule.matches(&facts.facts()))
    })
}

fn named(id: &str, title: &str) -> RawPhase {
    RawPhase { id: id.into(), title: title.into(), ..RawPhase::default() }
}

fn rules() -> Vec<RawRule> {
    let (subject, kind) = URGENT;
    vec![
        RawRule { subject: Some(subject.into()), ..RawRule::default() },
        RawRule { types: vec![kind.into()], ..RawRule::default() },
    ]
}

/// Rules for the lock files and manifests both sides changed.
fn conflicts(survey: &Survey) -> Vec<RawPathRule> {
    let changed = |name: &str| survey.files.both.iter().any(|both| both.path.file_name() == name.as_bytes());
    let anywhere = |name: &str| format!("**/{name}");
    let locks = LOCK_FILES.iter().filter(|(name, _)| changed(name)).map(|(name, command)| RawPathRule {
        path: anywhere(name),
        r#use: ResolveBy::Lockfile,
        command: command.iter().map(|&word| word.to_owned()).collect(),
        name: None,
        network: false,
        seconds: None,
    });
    let manifests = MANIFESTS.iter().filter(|name| changed(name)).map(|name| RawPathRule {
        path: anywhere(name),
        r#use: ResolveBy::Manifest,
        command: Vec::new(),
        name: None,
        network: false,
        seconds: None,
    });
    locks.chain(manifests).collect()
}

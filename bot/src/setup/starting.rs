//! A configuration to start from, made from a survey: phases by rules that really claim commits of the range.

use std::collections::{BTreeMap, HashMap};

use crate::config::raw::{RawConfig, RawPathRule, RawPhase, RawRule, ResolveBy, WhichRepo};
use crate::config::{OwnedFacts, Rule as Checked, literal_glob};
use crate::survey::{Alone, Survey, Surveyed, Verdict};
use crate::yaml::wording::quoted;

/// How many commits of a phase are shown as examples.
const EXAMPLES: usize = 3;

/// A kind of commit that makes a phase of its own, and the words it is known by.
struct CommitKind {
    id: &'static str,
    title: &'static str,
    /// A regular expression on the subject; empty for none.
    subject: &'static str,
    types: &'static [&'static str],
}

/// In the order they are reviewed; a commit that fits several belongs to the first. What others build on stands before them:
/// a fork that builds, then correct, then on the same dependencies; documentation describes what was taken before.
const KINDS: [CommitKind; 7] = [
    CommitKind {
        id: "critical-fixes",
        title: "Security and crash fixes",
        subject: r"(?i)\b(security|vulnerab\w*|cve-\d+|overflow|use.after.free|out.of.bounds|panics?|crash\w*|hangs?|deadlock\w*|segfault\w*|data race|data loss|leaks?|corrupt\w*)\b",
        types: &["security"],
    },
    CommitKind {
        id: "build-fixes",
        title: "Build",
        subject: r"(?i)\b(build|compil\w+|toolchain|linker|msrv|ci)\b",
        types: &["build", "ci"],
    },
    CommitKind {
        id: "bug-fixes",
        title: "Bug fixes",
        subject: r"(?i)(\b(fix(es|ed)?|hotfix|bug ?fix(es)?|regression|revert|correctly)\b|^handle\b)",
        types: &["fix", "revert"],
    },
    CommitKind {
        id: "dependencies",
        title: "Dependencies",
        subject: r"(?i)(\b(bump|deps?|dependenc(y|ies))\b|^(chore\(deps\)|(update|upgrade)d? .+ (to|->) v?\d))",
        types: &["deps"],
    },
    CommitKind {
        id: "performance",
        title: "Performance",
        subject: r"(?i)\b(perf|performance|optimi[sz]\w*|faster|speed\w*)\b",
        types: &["perf"],
    },
    CommitKind {
        id: "features",
        title: "Features",
        subject: r"(?i)^(\[[^\]]*\] )?(add|support|implement|introduce|allow|enable|expose)(s|ed)?\b",
        types: &["feat", "feature"],
    },
    CommitKind {
        id: "documentation",
        title: "Documentation",
        subject: r"(?i)\b(docs?|documentation|readme|changelog|typos?|examples?)\b",
        types: &["docs", "doc"],
    },
];

/// Lock files, and the command that makes each anew. It must not need more than the manifest.
const LOCK_FILES: [(&str, &[&str]); 5] = [
    ("Cargo.lock", &["cargo", "update", "--workspace"]),
    ("package-lock.json", &["npm", "install", "--package-lock-only", "--ignore-scripts"]),
    ("go.sum", &["go", "mod", "tidy"]),
    ("poetry.lock", &["poetry", "lock"]),
    ("uv.lock", &["uv", "lock"]),
];

/// Manifests whose structure can be merged.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "package.json"];

/// A starting configuration with comments. `local` are the top folders only the fork has, suggested as its own; the sides are
/// written as given. The result is a right configuration.
#[must_use]
pub fn starting(survey: &Survey, upstream: &WhichRepo, fork: &WhichRepo, local: &[String]) -> String {
    let open: Vec<&Surveyed> = survey.commits.iter().filter(|commit| commit.verdict == Verdict::Open).collect();
    let claimed = claim(&open);
    let phases: Vec<(RawPhase, &[&Surveyed])> =
        (1..).zip(&claimed).map(|(priority, (kind, commits))| (phase(priority, *kind), commits.as_slice())).collect();
    let config = RawConfig {
        upstream: upstream.clone(),
        fork: fork.clone().into(),
        local: local.iter().map(|folder| format!("{}/**", literal_glob(folder.trim_end_matches('/')))).collect(),
        phases: phases.iter().map(|(phase, _)| phase.clone()).collect(),
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
    for (index, (_, commits)) in phases.iter().enumerate() {
        comments.insert(format!("phases/{index}"), remark(commits));
    }
    config.to_yaml_with(&|path| comments.get(path).cloned()) + TAIL
}

const PHASES: &str = "Each phase becomes one pull request, in this order. A commit that fits several belongs to the first.\n\
    Name commits one by one under `commits` where the rules guess wrong: `uptake plan` shows which phase takes what.";

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

/// The commits each kind claims, kinds that claim none left out; `None` claims the rest.
fn claim<'a>(open: &[&'a Surveyed]) -> Vec<(Option<&'static CommitKind>, Vec<&'a Surveyed>)> {
    // The same rules the configuration will hold, so that what the comments say is what the plan will do.
    let rules: Vec<Vec<Checked>> = KINDS
        .iter()
        .map(|kind| rules(Some(kind)).iter().filter_map(|rule| Checked::new(rule).ok()).collect())
        .collect();
    let mut claimed: BTreeMap<usize, Vec<&Surveyed>> = BTreeMap::new();
    for commit in open {
        let facts = OwnedFacts::from(*commit);
        let fits = |rules: &Vec<Checked>| rules.iter().any(|rule| rule.matches(&facts.facts()));
        claimed.entry(rules.iter().position(fits).unwrap_or(KINDS.len())).or_default().push(commit);
    }
    claimed.into_iter().map(|(index, commits)| (KINDS.get(index), commits)).collect()
}

fn phase(priority: u32, kind: Option<&CommitKind>) -> RawPhase {
    let (id, title) = kind.map_or(("the-rest", "All the rest"), |kind| (kind.id, kind.title));
    RawPhase { id: id.into(), title: title.into(), priority, rules: rules(kind), ..RawPhase::default() }
}

fn rules(kind: Option<&CommitKind>) -> Vec<RawRule> {
    let Some(kind) = kind else { return vec![RawRule { paths: vec!["**".into()], ..RawRule::default() }] };
    let types = kind.types.iter().map(|&name| name.to_owned()).collect();
    vec![RawRule { subject: Some(kind.subject.into()), ..RawRule::default() }, RawRule { types, ..RawRule::default() }]
}

/// Rules for the lock files and manifests both sides changed.
fn conflicts(survey: &Survey) -> Vec<RawPathRule> {
    let changed = |name: &str| survey.files.both.iter().any(|both| both.path.file_name() == name.as_bytes());
    let anywhere = |name: &str| format!("**/{name}");
    let locks = LOCK_FILES.iter().filter(|(name, _)| changed(name)).map(|(name, command)| RawPathRule {
        path: anywhere(name),
        r#use: ResolveBy::Lockfile,
        command: command.iter().map(|&word| word.to_owned()).collect(),
        network: false,
    });
    let manifests = MANIFESTS.iter().filter(|name| changed(name)).map(|name| RawPathRule {
        path: anywhere(name),
        r#use: ResolveBy::Manifest,
        command: Vec::new(),
        network: false,
    });
    locks.chain(manifests).collect()
}

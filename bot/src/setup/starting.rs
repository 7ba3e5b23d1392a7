//! A configuration to start from, made from a survey: phases by rules that really claim commits of the range.

use std::collections::HashMap;

use super::cells::SuggestedMatrix;
use crate::config::raw::{
    RawConfig, RawPathRule, RawPhase, RawPick, RawRule, RawSlice, RawSliceEvery, ResolveBy, Sha, Take, WhichRepo,
};
use crate::config::{OwnedFacts, RegexBudget, Rule as Checked, literal_glob};
use crate::survey::{Alone, RiskReason, Survey, Surveyed, Verdict, security, topics};
use crate::yaml::wording::quoted;

/// How many commits of a phase are shown as examples.
const EXAMPLES: usize = 3;

/// How many units a slice of the line has.
const UNITS: u32 = 25;

/// Lock files, and the command that makes each again. It must not need more than the manifest.
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

/// What a starting configuration is made from.
#[derive(Debug, Clone, Copy)]
pub struct StartFrom<'a> {
    pub survey: &'a Survey,
    /// Both sides, which are written as given.
    pub upstream: &'a WhichRepo,
    pub fork: &'a WhichRepo,
    /// The folders that only the fork has, suggested as its own.
    pub local: &'a [String],
    /// The pattern of upstream's releases, where the fork follows these.
    pub releases: Option<&'a str>,
    pub layout: Layout,
    /// The matrix shown as an example.
    pub matrix: &'a SuggestedMatrix,
}

/// How upstream's commits are laid out in phases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// In upstream's order, but for what cannot wait.
    #[default]
    Line,
    /// By topics that are learned from the range.
    Topics,
}

/// A starting configuration with comments. The result is a right configuration.
#[must_use]
pub fn starting(from: StartFrom<'_>) -> String {
    let StartFrom { survey, upstream, fork, local, releases, layout, matrix } = from;
    let open: Vec<&Surveyed> = survey.commits.iter().filter(|commit| commit.verdict == Verdict::Open).collect();
    let (phases, remarks, about) = match layout {
        Layout::Line => line(&open),
        Layout::Topics => by_topics(&open),
    };
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
    comments.insert("phases".to_owned(), about);
    comments.insert("local".to_owned(), "Paths only this fork has: a conflict there would be news.".to_owned());
    if let Some(pattern) = releases {
        let choice = format!("Or follow upstream's releases: instead of `branch`,\n  tags: \"{pattern}\"");
        comments.insert("upstream".to_owned(), choice);
    }
    comments.insert(
        "conflicts".to_owned(),
        "How conflicts on certain paths are resolved; the first that fits wins.".to_owned(),
    );
    for (index, remark) in remarks.into_iter().enumerate() {
        comments.insert(format!("phases/{index}"), remark);
    }
    config.to_yaml_with(&|path| comments.get(path).cloned()) + TAIL + &example(matrix)
}

/// Phases, a remark on each, and one on all of them.
type Laid = (Vec<RawPhase>, Vec<String>, String);

/// What cannot wait, and the line.
fn line(open: &[&Surveyed]) -> Laid {
    let by_rules = by_rules();
    let cannot_wait = |commit: &&Surveyed| commit.reasons.contains(&RiskReason::Security) || by_rules(commit);
    let (urgent, rest): (Vec<&Surveyed>, Vec<&Surveyed>) = open.iter().copied().partition(cannot_wait);
    let (mut phases, mut remarks) = (Vec::new(), Vec::new());
    if !urgent.is_empty() {
        // What only its body shows to mend a security fault no rule reads, so that it is named.
        let unseen = urgent.iter().filter(|commit| !by_rules(commit));
        let commits = unseen.map(|commit| RawPick::Sha(Sha(commit.sha.short()))).collect();
        phases.push(RawPhase { priority: 1, commits, rules: rules(), ..named("urgent", "Security and crash fixes") });
        remarks.push(remark(&urgent));
    }
    let slice = RawSlice::Every(RawSliceEvery { units: Some(UNITS), days: None });
    let priority = if urgent.is_empty() { 1 } else { 2 };
    phases.push(RawPhase { priority, take: Take::Line, slice: Some(slice), ..named("line", "Upstream") });
    remarks.push(along(&rest));
    (phases, remarks, PHASES.to_owned())
}

/// A phase for each topic of the range.
fn by_topics(open: &[&Surveyed]) -> Laid {
    let topics = topics::learn(open);
    let ids = topics::ids(&topics);
    let (mut phases, mut remarks) = (Vec::new(), Vec::new());
    for (((topic, commits), id), priority) in topics.taken.iter().zip(ids).zip(1..) {
        let commits_named = topic.named.iter().map(|sha| RawPick::Sha(Sha(sha.short()))).collect();
        phases.push(RawPhase {
            priority,
            commits: commits_named,
            rules: topic.rules.clone(),
            ..named(&id, &topic.title)
        });
        remarks.push(remark(commits));
    }
    let left = match topics.left.len() {
        0 => String::new(),
        1 => "\n1 commit fits none of them, and is unassigned.".to_owned(),
        count => format!("\n{count} commits fit none of them, and are unassigned."),
    };
    (phases, remarks, format!("{TOPICS}{left}"))
}

const PHASES: &str = "What cannot wait has a pull request of its own, where it applies without the rest. Name commits one by one under `commits`\n\
    where the rules guess wrong: `uptake plan` shows which phase takes what.";

const TOPICS: &str = "Topics learned from the range: what the project calls its areas, kinds of files, kinds of work and folders. The first that fits\n\
    takes a commit. Topics have to be resolved one by one; without `--topics`, `uptake init` takes upstream's order, which asks far less.";

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
";

const OF_CUDA: &str = "\
#   cuda: [\"12.9\", \"13.0\", \"13.1\"]
#   validate:
#     - make test
";

const OF_CELLS: &str = "\
#   workflow: uptake-tests.yml   # `uptake init --workflows` writes it
#   validate:
#     - make test
";

/// A matrix as an example: each of its cells is a run of the workflow, with these inputs.
fn example(matrix: &SuggestedMatrix) -> String {
    let own = match matrix {
        SuggestedMatrix::Cuda => return OF_CUDA.to_owned(),
        SuggestedMatrix::Cells(cells) => cells.lines().map(|lines| (cells, lines)),
        SuggestedMatrix::Unknown => None,
    };
    let (about, lines) = match own {
        Some((cells, lines)) => (format!("   # as {} has them", quoted(&cells.workflow)), lines),
        None => {
            let line = |version: &str| format!("{{ name: v{version}, inputs: {{ version: \"{version}\" }} }}");
            (String::new(), vec![line("1"), line("2")])
        }
    };
    let cells: String = lines.iter().map(|line| format!("#     - {line}\n")).collect();
    format!("{OF_CELLS}#   matrix:{about}\n{cells}")
}

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

/// What a phase takes now, for a person who looks the guess over.
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

/// What the rest is like, for a person who wonders about the order.
fn along(commits: &[&Surveyed]) -> String {
    let number = if commits.len() == 1 { "1 commit".to_owned() } else { format!("{} commits", commits.len()) };
    format!(
        "All the rest in upstream's order, {number} now, in slices that stand on each other: what conflicts is decided once.\n\
         A slice may also end after so many days (`{{ days: 14 }}`), at each `release`, or before each `decision`. A choice:\n  \
         land: merge   # a slice lands as one merge commit, and git itself counts upstream as in"
    )
}

/// Says whether the rules of what cannot wait take a commit: the same that the configuration will hold. Making it compiles them.
fn by_rules() -> impl Fn(&Surveyed) -> bool {
    let mut budget = RegexBudget::default();
    let checked: Vec<_> = rules().iter().filter_map(|rule| Checked::new(rule, &mut budget).ok()).collect();
    move |commit| {
        let facts = OwnedFacts::from(commit);
        checked.iter().any(|rule| rule.matches(&facts.facts()))
    }
}

fn named(id: &str, title: &str) -> RawPhase {
    RawPhase { id: id.into(), title: title.into(), ..RawPhase::default() }
}

/// What cannot wait: security faults and crashes that a subject says are mended.
fn rules() -> Vec<RawRule> {
    let subject = |pattern: &str| RawRule { subject: Some(pattern.into()), ..RawRule::default() };
    let kind = RawRule { types: vec!["security".into()], ..RawRule::default() };
    vec![subject(security::ADVISORY), subject(security::FAULT), subject(security::CRASH), kind]
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
    let vendored = survey.files.both.iter().filter_map(|both| {
        let folder =
            both.path.to_text().strip_suffix("/modules.txt").filter(|folder| folder.ends_with("vendor"))?.to_owned();
        Some(RawPathRule {
            path: format!("{folder}/**"),
            r#use: ResolveBy::Lockfile,
            command: ["go", "mod", "vendor"].map(str::to_owned).to_vec(),
            name: None,
            network: false,
            seconds: None,
        })
    });
    let manifests = MANIFESTS.iter().filter(|name| changed(name)).map(|name| RawPathRule {
        path: anywhere(name),
        r#use: ResolveBy::Manifest,
        command: Vec::new(),
        name: None,
        network: false,
        seconds: None,
    });
    locks.chain(vendored).chain(manifests).collect()
}

//! How risky a commit is to take, with every reason. Pure.

use std::sync::LazyLock;

use regex::Regex;

use super::Alone;
use crate::config::{CommitFacts, Config, RiskRule};
use crate::risk::Level;
use crate::text::count;
use engine::LineCount;
use engine::path::RepoPath;

/// What is known of a commit when its risk is judged.
#[derive(Debug, Clone)]
pub(crate) struct RiskInput<'a> {
    /// What rules can match.
    pub(crate) facts: CommitFacts<'a>,
    /// The whole message.
    pub(crate) message: &'a str,
    /// What picking it alone gives.
    pub(crate) alone: Alone,
    /// How many paths conflict then.
    pub(crate) conflicts: usize,
    /// How large it is.
    pub(crate) lines: LineCount,
}

static SECURITY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(cve-\d|security|vulnerab|exploit|(buffer|stack|heap|integer) overflow|use[- ]after[- ]free|out[- ]of[- ]bounds|arbitrary code|path traversal|injection)",
    )
    .ok()
});

/// The mark of a breaking change in a conventional commit, `feat(api)!: …`.
static BREAKING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\w+(\([^)]*\))?!:").ok());

/// The level, which is the highest any reason gives, and the reasons, highest first.
pub(crate) fn assess(case: &RiskInput<'_>, config: &Config) -> (Level, Vec<String>) {
    let mut found: Vec<(Level, String)> = Vec::new();
    for RiskRule { level, reason, rule } in &config.risk {
        if rule.matches(&case.facts) {
            found.push((*level, reason.clone()));
        }
    }
    let mut add = |level, reason: String| found.push((level, reason));
    if SECURITY.as_ref().is_some_and(|pattern| pattern.is_match(case.facts.subject)) {
        add(Level::Critical, "its subject speaks of security".into());
    }
    if BREAKING.as_ref().is_some_and(|pattern| pattern.is_match(case.facts.subject))
        || case.message.contains("\nBREAKING CHANGE")
    {
        add(Level::High, "marked as a breaking change".into());
    }
    let local: Vec<_> = config
        .local
        .iter()
        .filter(|(_, glob)| case.facts.paths.iter().any(|path| glob.is_match(&*path.to_text())))
        .map(|(pattern, _)| pattern.as_str())
        .collect();
    if !local.is_empty() {
        add(Level::High, format!("touches paths of the fork's own: {}", local.join(", ")));
    }
    if case.alone == Alone::Conflict {
        let level = if case.conflicts > 5 { Level::High } else { Level::Medium };
        add(level, format!("picked alone it conflicts in {}", count(case.conflicts, "file")));
    }
    let (files, lines) = (case.facts.paths.len(), case.lines.added + case.lines.removed);
    if files > 50 || lines > 2000 {
        add(Level::High, format!("large: {}, {}", count(files, "file"), count(lines, "line")));
    } else if files > 15 || lines > 500 {
        add(Level::Medium, format!("sizeable: {}, {}", count(files, "file"), count(lines, "line")));
    }
    for (what, is) in KINDS {
        let touched = case.facts.paths.iter().filter(|path| is(path)).count();
        if touched > 0 {
            add(Level::Medium, format!("{what} ({})", count(touched, "file")));
        }
    }
    found.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    let level = found.first().map_or(Level::Low, |(level, _)| *level);
    (level, found.into_iter().map(|(_, reason)| reason).collect())
}

type PathKind = (&'static str, fn(&RepoPath) -> bool);

/// Files whose change reaches further than its lines.
const KINDS: [PathKind; 3] = [
    ("changes a dependency manifest", |path| {
        matches!(
            path.file_name(),
            b"Cargo.toml" | b"package.json" | b"pyproject.toml" | b"requirements.txt" | b"go.mod" | b"pom.xml"
        )
    }),
    ("changes how it is built", |path| {
        matches!(path.file_name(), b"build.rs" | b"Makefile" | b"CMakeLists.txt" | b"Dockerfile" | b"setup.py")
    }),
    ("changes workflows, which run with secrets", |path| path.as_bytes().starts_with(b".github/workflows/")),
];

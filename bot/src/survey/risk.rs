//! How risky a commit is to take, with every reason. Pure.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Serialize, Serializer};

use super::Alone;
use crate::config::{CommitFacts, Config, RiskRule};
use crate::risk::Level;
use crate::text::{count, visible};
use engine::path::RepoPath;
use engine::{FollowedRename, LineCount};

/// Why a commit is risky to take. Written as a phrase, here and in the survey's JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiskReason {
    /// A rule of the configuration gives this reason.
    Configured(String),
    /// The configuration sets the level of this commit.
    Set {
        to: Level,
        /// What the survey found.
        surveyed: Level,
    },
    /// Its subject speaks of security.
    Security,
    /// It is marked as a breaking change.
    Breaking,
    /// It touches paths that the fork has for itself, by these patterns.
    OwnPaths(Vec<String>),
    /// Picked alone it conflicts.
    Conflicts {
        /// In so many files.
        files: usize,
    },
    /// It changes a file that the fork moved, or moves one that the fork changed, and which file that is now is not certain.
    AmbiguousRename {
        from: RepoPath,
        /// Where the change goes.
        to: RepoPath,
        /// A file that it could as well be.
        rival: RepoPath,
    },
    Large {
        /// How many files it touches.
        files: usize,
        /// How many lines it adds and removes.
        lines: usize,
    },
    /// It is not small.
    Sizeable {
        /// How many files it touches.
        files: usize,
        /// How many lines it adds and removes.
        lines: usize,
    },
    /// It changes guarded files: what is there may run as soon as it is pushed.
    Guarded {
        /// How many.
        files: usize,
    },
    /// It touches files whose change reaches further than its lines.
    Touches {
        /// Which kind.
        what: TouchedKind,
        /// How many.
        files: usize,
    },
}

/// A kind of files whose change reaches further than its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TouchedKind {
    /// Dependency manifests.
    Manifest,
    /// What says how it is built.
    Build,
}

impl fmt::Display for RiskReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured(reason) => f.write_str(reason),
            Self::Set { to, surveyed } => write!(f, "set to {to} by the configuration (the survey says {surveyed})"),
            Self::Security => f.write_str("its subject speaks of security"),
            Self::Breaking => f.write_str("marked as a breaking change"),
            Self::OwnPaths(patterns) => write!(f, "touches paths of the fork's own: {}", patterns.join(", ")),
            Self::Conflicts { files } => write!(f, "picked alone it conflicts in {}", count(*files, "file")),
            Self::AmbiguousRename { from, to, rival } => {
                let [from, to, rival] = [from, to, rival].map(|path| visible(&path.to_string()));
                write!(f, "follows a rename that is not certain: {from} became {to}, and {rival} is as much alike")
            }
            Self::Large { files, lines } => write!(f, "large: {}, {}", count(*files, "file"), count(*lines, "line")),
            Self::Sizeable { files, lines } => {
                write!(f, "sizeable: {}, {}", count(*files, "file"), count(*lines, "line"))
            }
            Self::Guarded { files } => {
                write!(f, "changes guarded files, which may run on a push ({})", count(*files, "file"))
            }
            Self::Touches { what, files } => {
                let what = match what {
                    TouchedKind::Manifest => "changes a dependency manifest",
                    TouchedKind::Build => "changes how it is built",
                };
                write!(f, "{what} ({})", count(*files, "file"))
            }
        }
    }
}

impl Serialize for RiskReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

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
    /// The renames it follows that could be others.
    pub(crate) ambiguous: &'a [FollowedRename],
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
pub(crate) fn assess(case: &RiskInput<'_>, config: &Config) -> (Level, Vec<RiskReason>) {
    let mut found: Vec<(Level, RiskReason)> = Vec::new();
    for RiskRule { level, reason, rule } in &config.risk {
        if rule.matches(&case.facts) {
            found.push((*level, RiskReason::Configured(reason.clone())));
        }
    }
    let mut add = |level, reason| found.push((level, reason));
    if SECURITY.as_ref().is_some_and(|pattern| pattern.is_match(case.facts.subject)) {
        add(Level::Critical, RiskReason::Security);
    }
    if BREAKING.as_ref().is_some_and(|pattern| pattern.is_match(case.facts.subject))
        || case.message.contains("\nBREAKING CHANGE")
    {
        add(Level::High, RiskReason::Breaking);
    }
    let local: Vec<_> = config
        .local
        .iter()
        .filter(|(_, glob)| case.facts.paths.iter().any(|path| glob.is_match(&*path.to_text())))
        .map(|(pattern, _)| pattern.clone())
        .collect();
    if !local.is_empty() {
        add(Level::High, RiskReason::OwnPaths(local));
    }
    let guarded = case.facts.paths.iter().filter(|path| config.guard.covers(path)).count();
    if guarded > 0 {
        add(Level::High, RiskReason::Guarded { files: guarded });
    }
    if case.alone == Alone::Conflict {
        let level = if case.conflicts > 5 { Level::High } else { Level::Medium };
        add(level, RiskReason::Conflicts { files: case.conflicts });
    }
    for FollowedRename { from, to, rivals, .. } in case.ambiguous {
        if let Some(rival) = rivals.first() {
            let (from, to, rival) = (from.clone(), to.clone(), rival.clone());
            add(Level::High, RiskReason::AmbiguousRename { from, to, rival });
        }
    }
    let (files, lines) = (case.facts.paths.len(), case.lines.added + case.lines.removed);
    if files > 50 || lines > 2000 {
        add(Level::High, RiskReason::Large { files, lines });
    } else if files > 15 || lines > 500 {
        add(Level::Medium, RiskReason::Sizeable { files, lines });
    }
    for (what, is) in KINDS {
        let touched = case.facts.paths.iter().filter(|path| is(path)).count();
        if touched > 0 {
            add(Level::Medium, RiskReason::Touches { what, files: touched });
        }
    }
    found.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    let level = found.first().map_or(Level::Low, |(level, _)| *level);
    (level, found.into_iter().map(|(_, reason)| reason).collect())
}

type PathKind = (TouchedKind, fn(&RepoPath) -> bool);

/// Files whose change reaches further than its lines.
const KINDS: [PathKind; 2] = [
    (TouchedKind::Manifest, |path| {
        matches!(
            path.file_name(),
            b"Cargo.toml" | b"package.json" | b"pyproject.toml" | b"requirements.txt" | b"go.mod" | b"pom.xml"
        )
    }),
    (TouchedKind::Build, |path| {
        matches!(path.file_name(), b"build.rs" | b"Makefile" | b"CMakeLists.txt" | b"Dockerfile" | b"setup.py")
    }),
];

//! How risky a commit is to take, with every reason. Pure.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Serialize, Serializer};

use super::kinds::FileKind;
use super::{Alone, Surveyed, security};
use crate::config::{CommitFacts, Config, RiskRule};
use crate::line::OnLine;
use crate::risk::Level;
use crate::text::{count, visible};
use engine::FollowedRename;
use engine::path::RepoPath;

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
    /// It mends a security fault, by its advisory or by what its subject says.
    Security,
    /// It changes the licence of the project.
    Licence {
        /// In so many files.
        files: usize,
    },
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
        what: FileKind,
        /// How many.
        files: usize,
    },
}

/// Reasons, each with the level it gives.
pub(crate) type JudgedReasons = Vec<(Level, RiskReason)>;

impl RiskReason {
    /// Whether a unit is never advised to be taken first, whatever it would make easier.
    #[must_use]
    pub fn is_weighty(&self) -> bool {
        matches!(self, Self::Licence { .. })
    }
}

impl fmt::Display for RiskReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured(reason) => f.write_str(reason),
            Self::Set { to, surveyed } => write!(f, "set to {to} by the configuration (the survey says {surveyed})"),
            Self::Security => f.write_str("it mends a security fault"),
            Self::Licence { files } => write!(f, "changes the licence ({})", count(*files, "file")),
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
                    FileKind::Manifest => "changes a dependency manifest",
                    FileKind::Lock => "changes a lock file",
                    FileKind::Migration => "changes a database's schema",
                    FileKind::Interface => "changes an interface that others build on",
                    _ => "changes how it is built",
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

/// How large a commit is.
pub(crate) struct Size {
    pub(crate) files: usize,
    pub(crate) lines: usize,
}

/// What changes more than this is sizeable, and what changes more than that is large.
pub(crate) const FEW: Size = Size { files: 15, lines: 500 };
const MANY: Size = Size { files: 50, lines: 2000 };

/// What is known of a commit when its risk is judged.
#[derive(Debug, Clone)]
pub(crate) struct RiskInput<'a> {
    /// What rules can match.
    pub(crate) facts: CommitFacts<'a>,
    /// The whole message.
    pub(crate) message: &'a str,
    /// The renames it follows that could be others.
    pub(crate) ambiguous: &'a [FollowedRename],
    /// How many lines it adds and removes, where these may be more than [`FEW`], or its files are.
    pub(crate) lines: Option<usize>,
}

/// The mark of a breaking change in a conventional commit, `feat(api)!: …`.
static BREAKING: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\w+(\([^)]*\))?!:").expect("a constant pattern"));

/// The level, which is the highest any reason gives, and the reasons, highest first.
pub(crate) fn assess(case: &RiskInput<'_>, config: &Config) -> JudgedReasons {
    let mut found: JudgedReasons = Vec::new();
    for RiskRule { level, reason, rule } in &config.risk {
        if rule.matches(&case.facts) {
            found.push((*level, RiskReason::Configured(reason.clone())));
        }
    }
    let mut add = |level, reason| found.push((level, reason));
    if security::mends(case.facts.subject, case.message) {
        add(Level::Critical, RiskReason::Security);
    }
    let kinds: Vec<Option<FileKind>> = case.facts.paths.iter().map(FileKind::of).collect();
    let of = |kind: FileKind| kinds.iter().filter(|found| **found == Some(kind)).count();
    if of(FileKind::Licence) > 0 {
        add(Level::Critical, RiskReason::Licence { files: of(FileKind::Licence) });
    }
    if BREAKING.is_match(case.facts.subject) || case.message.contains("\nBREAKING CHANGE") {
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
    for FollowedRename { from, to, rivals, .. } in case.ambiguous {
        if let Some(rival) = rivals.first() {
            let (from, to, rival) = (from.clone(), to.clone(), rival.clone());
            add(Level::High, RiskReason::AmbiguousRename { from, to, rival });
        }
    }
    // What tools write, and other projects' code, is not read line by line.
    let made = of(FileKind::Lock) + of(FileKind::Vendored);
    let (files, lines) = (case.facts.paths.len() - made, case.lines.unwrap_or_default());
    if files > MANY.files || (lines > MANY.lines && made == 0) {
        add(Level::High, RiskReason::Large { files, lines });
    } else if files > FEW.files || (lines > FEW.lines && made == 0) {
        add(Level::Medium, RiskReason::Sizeable { files, lines });
    }
    // An update of dependencies alone is distinguished from one that needed other code.
    let updates =
        [FileKind::Manifest, FileKind::Lock, FileKind::Vendored, FileKind::Docs].map(of).iter().sum::<usize>();
    let manifest = if updates == kinds.len() { Level::Low } else { Level::Medium };
    for (kind, level) in [
        (FileKind::Migration, Level::High),
        (FileKind::Interface, Level::Medium),
        (FileKind::Build, Level::Medium),
        (FileKind::Manifest, manifest),
        (FileKind::Lock, Level::Low),
    ] {
        if of(kind) > 0 {
            add(level, RiskReason::Touches { what: kind, files: of(kind) });
        }
    }
    found
}

/// What a conflict says of the risk, once the line has shown whose it is: one that is there only since earlier units are missing goes
/// with them.
pub(crate) fn conflict(unit: &Surveyed) -> Option<(Level, RiskReason)> {
    let files = unit.conflicts.len();
    let level = match unit.line {
        OnLine::Decide if files > 5 => Level::High,
        OnLine::Decide => Level::Medium,
        _ => Level::Low,
    };
    (unit.alone == Alone::Conflict).then_some((level, RiskReason::Conflicts { files }))
}

/// The level, which is the highest any reason gives, and the reasons, highest first.
pub(crate) fn conclude(mut found: JudgedReasons) -> (Level, Vec<RiskReason>) {
    found.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    let level = found.first().map_or(Level::Low, |(level, _)| *level);
    (level, found.into_iter().map(|(_, reason)| reason).collect())
}

//! How a conflict was settled without a person, and what that gave up. A value, shown wherever the pick is.

use serde::Serialize;

use super::answer::Origin;
use super::loss::DroppedLines;
use crate::config::raw::ResolveBy;
use crate::decision::FileResolution;
use engine::ConflictKind;
use engine::path::RepoPath;

/// One path settled in one way. A text whose places were settled in several ways has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// Where.
    pub path: RepoPath,
    /// What kind of disagreement there was; `None` where there was none and the path is not upstream's to change.
    pub kind: Option<ConflictKind>,
    /// What settled it.
    pub by: By,
    /// What was done, as a phrase.
    pub how: String,
    /// What either side gave up.
    pub lost: DroppedLines,
    /// What else is to be said of it, a sentence each.
    pub notes: Vec<String>,
}

/// What settled a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A path rule of the configuration.
    Rule {
        /// Its pattern, as it is written.
        pattern: String,
        /// What it says.
        settle: ResolveBy,
    },
    /// A decision on this phase and path.
    Decision {
        /// What it says.
        how: FileResolution,
        /// Whose.
        origin: Origin,
    },
    /// An answer somebody gave to the same conflict before.
    Memory {
        /// What it is called where it is kept.
        key: String,
        /// Whose.
        origin: Origin,
    },
}

impl By {
    /// The word for programs.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Rule { .. } => "rule",
            Self::Decision { .. } => "decision",
            Self::Memory { .. } => "memory",
        }
    }

    /// Who said so, where it was a person.
    #[must_use]
    pub const fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Rule { .. } => None,
            Self::Decision { origin, .. } | Self::Memory { origin, .. } => Some(origin),
        }
    }
}

/// How a way to settle is written in the configuration.
#[must_use]
pub const fn word(settle: ResolveBy) -> &'static str {
    match settle {
        ResolveBy::Upstream => "upstream",
        ResolveBy::Fork => "fork",
        ResolveBy::Union => "union",
        ResolveBy::Manifest => "manifest",
        ResolveBy::Lockfile => "lockfile",
        ResolveBy::KeepLocal => "keep-local",
    }
}

/// As `uptake plan --format json` and `uptake why --format json` give it.
#[derive(Debug, Serialize)]
struct ResolutionJson<'a> {
    path: &'a RepoPath,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    settle: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a Origin>,
    how: &'a str,
    lost: &'a DroppedLines,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
}

impl Serialize for Resolution {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ResolutionJson::from(self).serialize(serializer)
    }
}

impl<'a> From<&'a Resolution> for ResolutionJson<'a> {
    fn from(resolution: &'a Resolution) -> Self {
        let (rule, settle) = match &resolution.by {
            By::Rule { pattern, settle } => (Some(pattern.as_str()), Some(word(*settle).to_owned())),
            By::Decision { how, .. } => (None, Some(how.to_string())),
            By::Memory { .. } => (None, None),
        };
        let key = match &resolution.by {
            By::Memory { key, .. } => Some(key.as_str()),
            By::Rule { .. } | By::Decision { .. } => None,
        };
        Self {
            path: &resolution.path,
            by: resolution.by.word(),
            rule,
            key,
            settle,
            origin: resolution.by.origin(),
            how: &resolution.how,
            lost: &resolution.lost,
            notes: &resolution.notes,
        }
    }
}

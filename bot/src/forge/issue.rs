//! Issues, comments, labels and who may do what, as a forge has them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::State;

/// A label of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Its name, at most 50 characters. Upper and lower case are the same label.
    pub name: String,
    /// Six hexadecimal digits, without `#`.
    pub colour: String,
    /// What it means, at most 100 characters.
    pub description: String,
}

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its number; issues and pull requests are numbered together.
    pub number: u64,
    /// Open or closed.
    pub state: State,
    /// The title.
    pub title: String,
    /// The body, Markdown.
    pub body: String,
    /// Its labels, sorted.
    pub labels: Vec<String>,
}

/// A comment on a pull request or an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id, one of a kind in the whole forge.
    pub id: u64,
    /// The login of whoever wrote it.
    pub author: String,
    /// Whether a program wrote it: this one or another.
    pub bot: bool,
    /// The text, Markdown.
    pub body: String,
    /// When, RFC 3339, UTC.
    pub created: String,
    /// Whether it said something else before.
    pub edited: bool,
    /// Where people see it.
    pub link: String,
}

/// What somebody may do with the repository; more comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Nothing, or nobody of that name.
    None,
    /// Look. On a public repository everybody may.
    Read,
    /// Sort issues and pull requests.
    Triage,
    /// Push.
    Write,
    /// Change most settings.
    Maintain,
    /// Everything.
    Admin,
}

/// A sign put on a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// Seen.
    Eyes,
    /// On its way.
    Rocket,
    /// Done.
    PlusOne,
    /// Refused.
    MinusOne,
    /// Not understood.
    Confused,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        })
    }
}

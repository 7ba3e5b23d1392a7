//! Pull requests and branches, as a forge has them.

use serde::{Deserialize, Serialize};

use engine::ids::CommitId;

/// A pull request as the forge has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Whether it is open.
    pub state: State,
    /// What it says and where it goes.
    pub text: PullText,
    /// Whether this program opened it: only then does a hidden marker in it mean anything.
    pub own: bool,
}

/// Whether a pull request or an issue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is.
    Open,
    /// It was closed; a pull request, without merging it.
    Closed,
    /// It was merged.
    Merged,
}

/// What a pull request says and where it goes: the part of it that we decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullText {
    /// The title.
    pub title: String,
    /// The body, Markdown.
    pub body: String,
    /// The branch it brings.
    pub head: String,
    /// The branch it goes into.
    pub base: String,
    /// Its labels, sorted.
    pub labels: Vec<String>,
    /// Whether it is a draft.
    pub draft: bool,
}

/// A branch as the forge has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its short name.
    pub name: String,
    /// The commit it is at.
    pub head: CommitId,
    /// Whether it holds commits that the bot did not make.
    pub people: bool,
}

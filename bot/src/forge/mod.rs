//! Where branches and pull requests live: reading them, and changing them.
//!
//! Reading and writing are two traits, so that what only looks cannot change anything, and a dry run is simply one that is
//! handed no writer.

pub mod folder;

use serde::{Deserialize, Serialize};

use crate::git::{GitError, Repo};
use crate::ids::CommitId;

/// A pull request as the forge has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Whether it is open.
    pub state: State,
    /// What it says and where it goes.
    pub text: PullText,
}

/// Whether a pull request is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is.
    Open,
    /// A person closed it without merging.
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

/// What can go wrong with a forge.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// The branches could not be read or moved.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file of a folder forge could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of a folder forge does not hold what it should.
    #[error("{}: {message}", path.display())]
    Content {
        /// Which.
        path: std::path::PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Another run is writing.
    #[error("another run is writing to {0}; try again when it is done")]
    Busy(String),
}

/// Reads a forge.
pub trait ForgeRead {
    /// All pull requests whose branch starts with `prefix`, by number.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn pulls(&self, prefix: &str) -> Result<Vec<PullRequest>, ForgeError>;

    /// All branches whose name starts with `prefix`, and `base` itself, by name.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn branches(&self, prefix: &str, base: &str) -> Result<Vec<Branch>, ForgeError>;
}

/// Changes a forge. Each call may be repeated after a run that was cut short.
pub trait ForgeWrite {
    /// Brings a commit to the forge and moves a branch to it, only if the branch is at `expected` (`None`: not there yet).
    /// `known` is a commit of `repo` that the forge has.
    ///
    /// # Errors
    /// The branch is elsewhere, or the forge cannot be written.
    fn push(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        known: Option<CommitId>,
    ) -> Result<(), ForgeError>;

    /// Opens a pull request and returns its number.
    ///
    /// # Errors
    /// The forge cannot be written.
    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError>;

    /// Makes a pull request say this.
    ///
    /// # Errors
    /// The forge cannot be written.
    fn edit_pull(&mut self, number: u64, text: &PullText) -> Result<(), ForgeError>;

    /// Closes a pull request.
    ///
    /// # Errors
    /// The forge cannot be written.
    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError>;
}

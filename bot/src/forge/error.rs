//! What can go wrong with a forge.

use super::github::GitHubError;
use crate::names::BranchName;
use engine::GitError;

/// A failure of a forge. What a run has to expect, such as a branch that is gone already, is not one.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// The branches could not be read or moved.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file of a folder forge could not be read or written.
    #[error("cannot use {}: {}", path.display(), crate::files::reason(source))]
    File {
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of a folder forge does not hold what it should.
    #[error("{}: {message}", path.display())]
    Content {
        path: std::path::PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Another run is writing.
    #[error("another run is writing to {0}; try again when it is done")]
    Busy(String),
    /// There is no pull request, issue, comment, run or branch of this name or number.
    #[error("the forge has no {0}")]
    Missing(String),
    /// A pull request cannot be opened, since its branch has no commit that its base lacks.
    #[error("no pull request from {head} into {base}: there are no commits between them")]
    NoCommits {
        /// The branch it was to bring.
        head: BranchName,
        /// The branch it was to go into.
        base: BranchName,
    },
    /// This repository can have no draft pull requests: a private one, without a plan that has them.
    #[error("this repository cannot have draft pull requests")]
    NoDrafts,
    /// A pull request is given no other base, since it is in a stack.
    #[error(
        "pull request {number} cannot go into {base} while it is in stack {stack}, which was not taken apart: press Unstack there, or run again later"
    )]
    Stacked {
        number: u64,
        stack: u64,
        /// Where it is to go.
        base: BranchName,
    },
    /// The forge will not have this branch moved there, or removed: by a rule, or since the token is not good for what is in it. Other
    /// branches are another matter.
    #[error("branch {branch}: {why}")]
    BranchRefused {
        /// Its short name.
        branch: BranchName,
        /// Why, and what to do.
        why: Box<GitHubError>,
    },
    /// Nothing can be said in a conversation: it is locked, or was moved to another repository. Other conversations are another matter.
    #[error("{what} {}", why.words())]
    Shut {
        /// The pull request, the issue or the comment.
        what: String,
        /// Why, and what to do.
        why: Box<GitHubError>,
    },
    /// GitHub, or the way there.
    #[error(transparent)]
    GitHub(Box<GitHubError>),
    /// A closed pull request cannot be opened again: its branch is gone, or was moved to where the pull request never was. A new
    /// pull request from a branch of another name can be.
    #[error("pull request {number} cannot be opened again: {why}")]
    CannotReopen {
        number: u64,
        /// The forge's own words.
        why: String,
    },
}

impl ForgeError {
    /// Whether what was asked for in a conversation failed for that conversation alone: it is shut, or it is gone, or what was spoken of
    /// there is.
    #[must_use]
    pub const fn is_of_conversation(&self) -> bool {
        matches!(self, Self::Shut { .. } | Self::Missing(_))
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        match self {
            Self::BranchRefused { why, .. } | Self::Shut { why, .. } | Self::GitHub(why) => why.advice(),
            _ => None,
        }
    }

    /// What went wrong, and what to do about it.
    #[must_use]
    pub fn with_advice(&self) -> String {
        self.advice().map_or_else(|| self.to_string(), |advice| format!("{self}; {advice}"))
    }

    /// Whether a branch was moved meanwhile, so that reading the forge again and trying again is right.
    #[must_use]
    pub const fn is_moved(&self) -> bool {
        matches!(self, Self::Git(GitError::RefMoved { .. }))
    }
}

impl From<GitHubError> for ForgeError {
    fn from(error: GitHubError) -> Self {
        Self::GitHub(Box::new(error))
    }
}

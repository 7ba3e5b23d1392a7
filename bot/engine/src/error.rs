//! What can go wrong between us and a repository: one variant per operation, with what it was done to.

use std::path::PathBuf;

use crate::ids::{CommitId, TreeId};

/// A failure of a git operation. Conflicts, empty picks and missing references are values, not these.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The folder holds no repository, or one this program may not read.
    #[error("cannot open a git repository at {}: {source}", path.display())]
    Open {
        /// Where.
        path: PathBuf,
        /// Git's own words.
        source: git2::Error,
    },
    /// An object that the history names is not in the repository.
    #[error("{what} is not in this repository{}", hint.map(|hint| format!(" ({hint})")).unwrap_or_default())]
    Missing {
        /// Which object, in words.
        what: String,
        /// Why it may be missing and what to do.
        hint: Option<&'static str>,
    },
    /// An object is in the repository, but is not whole.
    #[error("{what} is damaged in this repository, or larger than a gigabyte (git fsck names all that is damaged)")]
    Damaged {
        /// Which object, in words.
        what: String,
    },
    /// Two trees could not be merged.
    #[error("cannot merge {theirs} onto {ours}: {source}")]
    Merge {
        /// The tree picked onto.
        ours: TreeId,
        /// The tree of the picked commit.
        theirs: TreeId,
        /// Git's own words.
        source: git2::Error,
    },
    /// A commit could not be read.
    #[error("cannot read commit {commit}: {source}")]
    Commit {
        /// Which.
        commit: CommitId,
        /// Git's own words.
        source: git2::Error,
    },
    /// A reference is not where it was expected to be; nothing was moved.
    #[error("{name} is not at the expected commit any more: it moved while we worked")]
    RefMoved {
        /// The full name.
        name: String,
    },
    /// The system's git, asked to fetch or to push, said no.
    #[error("git {operation} failed: {message}")]
    Command {
        /// `fetch`, `ls-remote` or `push`.
        operation: &'static str,
        /// What git printed.
        message: String,
    },
    /// Anything else, with what was being done.
    #[error("cannot {doing}: {source}")]
    Other {
        /// What was being done.
        doing: String,
        /// Git's own words.
        source: git2::Error,
    },
}

/// `.doing("walk the history")`: gives a bare git2 error the operation it belongs to.
pub(super) trait Doing<T> {
    fn doing(self, doing: impl Into<String>) -> Result<T, GitError>;
}

impl<T> Doing<T> for Result<T, git2::Error> {
    fn doing(self, doing: impl Into<String>) -> Result<T, GitError> {
        self.map_err(|source| GitError::Other { doing: doing.into(), source })
    }
}

//! What can go wrong with the ledger.

use crate::forge::ForgeError;
use crate::yaml::Problems;
use engine::GitError;

/// A failure to read or to write the ledger.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Files on it are not right.
    #[error("the ledger has problems")]
    Problems {
        /// All of them, file by file, each with the text it is in.
        files: Vec<(Problems, String)>,
    },
    /// Something could not be written so that it is read again as it was.
    #[error("cannot put {what} on the ledger: {message}")]
    Unfit {
        what: String,
        /// What is wrong with it.
        message: String,
    },
    /// Others kept writing to it.
    #[error("the ledger kept moving while we wrote to it ({0} attempts); nothing was written, try again")]
    Contended(usize),
    /// The clone has two ledgers, neither of which has all of the other.
    #[error("{here} and {there} went different ways")]
    Diverged {
        here: String,
        /// The other.
        there: String,
    },
    /// The repository could not be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The forge could not be read or written.
    #[error(transparent)]
    Forge(#[from] ForgeError),
}

impl LedgerError {
    pub(super) fn problems(files: Vec<(Problems, Vec<u8>)>) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self::Problems { files: files.into_iter().map(|(problems, bytes)| (problems, text(bytes))).collect() }
    }

    pub(super) fn malformed(what: &str, problems: &Problems) -> Self {
        let all: Vec<String> = problems.list.iter().map(|problem| problem.message.clone()).collect();
        Self::Unfit { what: what.to_owned(), message: all.join("; ") }
    }

    /// Whether somebody else wrote meanwhile, so that reading again and trying again is right.
    pub(super) fn is_moved(&self) -> bool {
        match self {
            Self::Git(GitError::RefMoved { .. }) => true,
            Self::Forge(error) => error.is_moved(),
            _ => false,
        }
    }
}

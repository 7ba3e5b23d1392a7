//! Why a run could not be done.

use std::path::PathBuf;

use super::decide::DecisionError;
use crate::config::CONFIG_PATH;
use crate::forge::ForgeError;
use crate::ledger::LedgerError;
use crate::publish::ApplyError;
use crate::survey::SurveyError;
use crate::view::why::NotFound;
use crate::yaml::Problems;
use engine::GitError;

/// Why a run could not be done.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration has problems.
    #[error("the configuration has problems")]
    Config {
        /// All of them.
        problems: Problems,
        /// The text they are in.
        text: String,
    },
    /// A file could not be read.
    #[error("cannot read {}: {}", path.display(), crate::files::reason(source))]
    Read {
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no configuration, and the work cannot be done without.
    #[error("no configuration: {} has no {CONFIG_PATH}", repo.display())]
    NoConfig {
        /// The repository.
        repo: PathBuf,
    },
    /// The commits are to be signed, and there is no key.
    #[error("commits.signing_key says that the commits are signed, and there is no private key")]
    NoSigningKey {
        /// Whether the fork is somebody else's, whose commits are never signed with a key of ours.
        guest: bool,
    },
    /// What was given as the private key signs nothing.
    #[error("UPTAKE_SIGNING_KEY cannot be used: {0}")]
    SigningKey(String),
    /// A branch is not there.
    #[error("{0}")]
    NoBranch(String),
    /// The survey could not be made.
    #[error(transparent)]
    Survey(#[from] SurveyError),
    /// A name means no commit that could be taken.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The repository could not be read.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The forge could not be read or written.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// A decision that cannot be taken.
    #[error(transparent)]
    Undecidable(#[from] DecisionError),
    /// The ledger is not right, or could not be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<ApplyError> for RunError {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Forge(error) => Self::Forge(error),
            ApplyError::Ledger(error) => Self::Ledger(error),
        }
    }
}

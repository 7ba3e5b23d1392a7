//! Where the ledger is kept, and writing to it so that nothing anybody wrote is lost.

use std::path::PathBuf;

use super::{BRANCH, Ledger, LedgerError};
use crate::forge::Branches;
use engine::Repo;
use engine::ids::CommitId;

/// How often a write is tried again when others write at the same time.
const ATTEMPTS: usize = 20;

/// A place that keeps the branch of the ledger.
pub trait LedgerStore {
    /// Where the branch is; that commit and all it needs are within reach of `repo` then.
    ///
    /// # Errors
    /// The place cannot be read.
    fn at(&mut self, repo: &Repo) -> Result<Option<CommitId>, LedgerError>;

    /// Moves the branch, only if it is at `expected`.
    ///
    /// # Errors
    /// The branch is elsewhere, or the place cannot be written.
    fn advance(&mut self, repo: &Repo, new: CommitId, expected: Option<CommitId>) -> Result<(), LedgerError>;
}

impl<F: Branches + ?Sized> LedgerStore for F {
    fn at(&mut self, repo: &Repo) -> Result<Option<CommitId>, LedgerError> {
        Ok(self.fetch_branch(repo, BRANCH)?)
    }

    fn advance(&mut self, repo: &Repo, new: CommitId, expected: Option<CommitId>) -> Result<(), LedgerError> {
        Ok(self.push_branch(repo, BRANCH, new, expected, expected)?)
    }
}

/// The ledger of a clone: its own branch, for a person to push; until there is one, what was fetched from `origin`.
#[derive(Debug)]
pub struct InClone {
    path: PathBuf,
    own: Option<CommitId>,
}

impl InClone {
    /// The ledger of this clone.
    #[must_use]
    pub fn new(repo: &Repo) -> Self {
        Self { path: repo.path().to_path_buf(), own: None }
    }
}

impl LedgerStore for InClone {
    fn at(&mut self, repo: &Repo) -> Result<Option<CommitId>, LedgerError> {
        self.own = repo.reference(&own())?;
        find_in_clone(repo)
    }

    fn advance(&mut self, repo: &Repo, new: CommitId, _expected: Option<CommitId>) -> Result<(), LedgerError> {
        let to = Repo::open_to_write(&self.path)?;
        repo.send(&to, new)?;
        Ok(to.move_reference(&own(), new, self.own)?)
    }
}

fn own() -> String {
    format!("refs/heads/{BRANCH}")
}

/// Where a clone has the ledger: on its own branch, or on the one fetched from `origin`, whichever has all of the other.
///
/// # Errors
/// They went different ways, or the repository cannot be read.
pub fn find_in_clone(repo: &Repo) -> Result<Option<CommitId>, LedgerError> {
    let (here, there) = (own(), format!("refs/remotes/origin/{BRANCH}"));
    match (repo.reference(&here)?, repo.reference(&there)?) {
        (Some(own), Some(fetched)) if repo.contains(own, fetched)? => Ok(Some(own)),
        (Some(own), Some(fetched)) if repo.contains(fetched, own)? => Ok(Some(fetched)),
        (Some(_), Some(_)) => Err(LedgerError::Diverged { here, there }),
        (own, fetched) => Ok(own.or(fetched)),
    }
}

/// What a change of the ledger comes to.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The changed ledger.
    pub ledger: Ledger,
    /// What was changed and why: the commit's message.
    pub message: String,
}

/// What became of a change.
#[derive(Debug, Clone)]
pub struct Updated {
    /// The ledger as it is now.
    pub ledger: Ledger,
    /// Where its branch is; `None` where there is still nothing on it.
    pub at: Option<CommitId>,
    /// Whether anything was written.
    pub wrote: bool,
}

/// Changes the ledger where it is kept. `change` is given the ledger as it is there, and again where somebody else wrote before
/// we could, so that neither's word is lost. Nothing is written where nothing changed.
///
/// # Errors
/// The ledger has problems, `change` says no, or others kept writing.
pub fn update<S: LedgerStore + ?Sized>(
    repo: &Repo,
    store: &mut S,
    change: &mut dyn FnMut(&Ledger) -> Result<Changed, LedgerError>,
) -> Result<Updated, LedgerError> {
    for _ in 0..ATTEMPTS {
        let at = store.at(repo)?;
        let before = Ledger::read(repo, at)?;
        let Changed { ledger, message } = change(&before)?;
        if ledger == before {
            return Ok(Updated { ledger, at, wrote: false });
        }
        let new = ledger.commit(repo, at, &message)?;
        match store.advance(repo, new, at) {
            Ok(()) => return Ok(Updated { ledger, at: Some(new), wrote: true }),
            Err(error) if error.is_moved() => {}
            Err(error) => return Err(error),
        }
    }
    Err(LedgerError::Contended(ATTEMPTS))
}

//! What the bot made under a login that others write under, too: every workflow of a repository comments as `github-actions[bot]`. There
//! the login proves nothing, so what the bot made is on the ledger, which only those who may write to the fork can change. A mark in
//! anything else is a copy.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BRANCH, Changed, Ledger, LedgerError, LedgerStore, update};
use crate::yaml::document;
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{GitError, Repo};

const FILE: &str = "made.yml";

/// How many comments are remembered: those of closed pull requests are not looked at any more.
const COMMENTS: usize = 5000;

/// What the bot made, by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// Pull requests and the dashboard, which are numbered together.
    #[serde(default)]
    pub numbers: BTreeSet<u64>,
    /// Comments, by id.
    #[serde(default)]
    pub comments: BTreeSet<u64>,
}

impl Made {
    /// What a ledger says of it. A file that cannot be read proves nothing; reading the whole ledger says what is wrong with it.
    ///
    /// # Errors
    /// The ledger is missing.
    pub fn at(repo: &Repo, ledger: Option<CommitId>) -> Result<Self, GitError> {
        let Some(ledger) = ledger else { return Ok(Self::default()) };
        let entry = repo.entry(repo.commit(ledger)?.tree, &RepoPath::from(FILE))?;
        let content = entry.map(|entry| repo.content(entry)).transpose()?.flatten().unwrap_or_default();
        Ok(document(&content, &format!("{BRANCH}:{FILE}")).ok().flatten().unwrap_or_default())
    }

    /// With what is on the ledger by now, and this.
    fn with(mut self, more: &Self) -> Self {
        self.numbers.extend(&more.numbers);
        self.comments.extend(&more.comments);
        while self.comments.len() > COMMENTS {
            self.comments.pop_first();
        }
        self
    }

    /// Puts it on the ledger, with what is there.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn note(&self, repo: &Repo, store: &mut (impl LedgerStore + ?Sized)) -> Result<(), LedgerError> {
        let mut change = |ledger: &Ledger| {
            let known = ledger.get::<Self>(FILE)?.unwrap_or_default();
            let ledger = ledger.with(FILE, &known.with(self))?;
            Ok(Changed { ledger, message: "Note what was made\n".into() })
        };
        update(repo, store, &mut change).map(drop)
    }
}

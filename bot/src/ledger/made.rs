//! What the bot made, by number. A login proves little: every workflow of a repository comments as `github-actions[bot]`, and a trial with a
//! person's token is followed by an App. So the numbers are on the ledger, which only those who may write to the fork can change. A mark
//! in anything else is a copy, but for what stands under a login that is the bot's alone.

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
    /// The login that it was made under last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Whether others write under that login, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
    /// The dashboard's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dashboard: Option<u64>,
    /// Pull requests and the dashboard, which are numbered together.
    #[serde(default)]
    pub numbers: BTreeSet<u64>,
    /// Comments under a login that others have, too, by id.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub comments: BTreeSet<u64>,
    /// People's comments that were obeyed and cannot be answered, since their conversation is locked.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unanswered: BTreeSet<u64>,
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

    /// With this, of which the later word holds.
    #[must_use]
    pub fn with(mut self, more: &Self) -> Self {
        if let Some(login) = &more.login {
            (self.login, self.shared) = (Some(login.clone()), more.shared);
        }
        self.dashboard = more.dashboard.or(self.dashboard);
        self.numbers.extend(&more.numbers);
        for (all, more) in [(&mut self.comments, &more.comments), (&mut self.unanswered, &more.unanswered)] {
            all.extend(more);
            while all.len() > COMMENTS {
                all.pop_first();
            }
        }
        self
    }

    /// The ledger with this and what it says of it already.
    ///
    /// # Errors
    /// What the ledger says cannot be read.
    pub fn put(&self, ledger: &Ledger) -> Result<Ledger, LedgerError> {
        let known = ledger.get::<Self>(FILE)?.unwrap_or_default();
        let all = known.clone().with(self);
        if all == known { Ok(ledger.clone()) } else { ledger.with(FILE, &all) }
    }

    /// Puts it on the ledger, with what is there.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn note(&self, repo: &Repo, store: &mut (impl LedgerStore + ?Sized)) -> Result<(), LedgerError> {
        let mut change =
            |ledger: &Ledger| Ok(Changed { ledger: self.put(ledger)?, message: "Note what was made\n".into() });
        update(repo, store, &mut change).map(drop)
    }
}

//! The ledger: the branch `uptake/ledger`, on which people's decisions and what became of each phase are kept as plain files.
//!
//! ```text
//! README.md            what this is, and how to edit it by hand
//! decisions.yml        every decision, oldest first; of several on the same thing the last one holds
//! resolutions/<key>/…  how conflicts were resolved (read and written by the room `memory`)
//! proposals/<key>/…    what is proposed for conflicts (likewise)
//! made.yml             what the bot made, by number, and under which login
//! stacks.yml           which pull requests the bot made a stack
//! rest.yml             what the last run left, by which the next knows whether anything is new (room `pipeline`)
//! phases/<id>.yml      each time a phase was published: its picks, its pull request, how it landed
//! ```
//!
//! A [`Ledger`] is a plain value: read from a commit, changed by methods that return the changed one, and made into a commit
//! again. Files it does not know are kept as they are. Only [`update`] writes, and only where nobody else wrote meanwhile.

mod error;
mod landing;
mod list;
mod made;
mod phase;
mod read;
mod stacks;
mod store;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::decision::{Decision, Rulings};
use crate::names::PhaseId;
use crate::text::inert_message;
use crate::yaml::{Problems, document};
use engine::commit::{Entry, Signature, When};
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{GitError, Repo};

pub use crate::method::MergeMethod;
pub use error::LedgerError;
pub use landing::{Landing, landings};
pub use made::Made;
pub use phase::{Attempt, AttemptPick, AttemptState, Landed, LandedOutcome, PhaseRecord};
pub use stacks::Stacks;
pub use store::{Changed, InClone, LedgerStore, Updated, find_in_clone, update};

/// The branch it is on.
pub const BRANCH: &str = crate::branch::LEDGER;

const DECISIONS: &str = "decisions.yml";
const README: &str = "README.md";
const REGULAR: u32 = 0o100_644;

/// Everything that is on the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    files: BTreeMap<RepoPath, LedgerFile>,
    decisions: Vec<Decision>,
    phases: BTreeMap<PhaseId, PhaseRecord>,
}

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LedgerFile {
    /// A file.
    Regular { mode: u32, content: Vec<u8> },
    /// A link or a submodule: nothing of ours, kept as it is.
    Other(Entry),
}

impl Ledger {
    /// Every decision, oldest first.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// What is in effect.
    #[must_use]
    pub fn effective(&self) -> Rulings {
        Rulings::of(&self.decisions)
    }

    /// What is known of each phase that was ever published, by id.
    #[must_use]
    pub fn phases(&self) -> &BTreeMap<PhaseId, PhaseRecord> {
        &self.phases
    }

    /// The ledger with one more decision. What people wrote into the file stays as it is, comments too; a reason of several lines
    /// is put on one.
    ///
    /// # Errors
    /// The decision could not be read again as it is: a phase's id or a moment is malformed.
    pub fn decide(&self, decision: Decision) -> Result<Self, LedgerError> {
        let decision = list::tidy(decision);
        let text = list::append(self.text(DECISIONS), &self.decisions, &decision)
            .map_err(|problems| LedgerError::malformed(&decision.ruling.to_string(), &problems))?;
        let mut changed = self.clone();
        changed.put(DECISIONS, text.into_bytes());
        changed.decisions.push(decision);
        Ok(changed)
    }

    /// The ledger with what is now known of a phase.
    ///
    /// # Errors
    /// The record could not be read again as it is: the phase's id is malformed.
    pub fn with_phase(&self, id: &PhaseId, record: PhaseRecord) -> Result<Self, LedgerError> {
        if self.phases.get(id) == Some(&record) {
            return Ok(self.clone());
        }
        let mut changed = self.with(&phase::path(id), &record)?;
        changed.phases.insert(id.to_owned(), record);
        Ok(changed)
    }

    /// A YAML file of the ledger, such as `ci/fixes.yml`; `None` where it is not there or says nothing.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn get<T: DeserializeOwned + JsonSchema>(&self, path: &str) -> Result<Option<T>, LedgerError> {
        let Some(bytes) = self.bytes(path) else { return Ok(None) };
        document(bytes, &named(path)).map_err(|problems| LedgerError::problems(vec![(problems, bytes.to_vec())]))
    }

    /// The ledger with this value as a YAML file, such as `ci/fixes.yml`.
    ///
    /// # Errors
    /// The value could not be read again as it was.
    pub fn with<T>(&self, path: &str, value: &T) -> Result<Self, LedgerError>
    where
        T: Serialize + DeserializeOwned + JsonSchema + PartialEq,
    {
        let text = serde_yaml_ng::to_string(value)
            .map_err(|error| LedgerError::Unfit { what: path.to_owned(), message: error.to_string() })?;
        let again: Result<Option<T>, Problems> = document(text.as_bytes(), path);
        match again {
            Ok(again) if again.as_ref() == Some(value) => {}
            Ok(_) => {
                let message = "it would be read as something else".to_owned();
                return Err(LedgerError::Unfit { what: path.to_owned(), message });
            }
            Err(problems) => return Err(LedgerError::malformed(path, &problems)),
        }
        let mut changed = self.clone();
        changed.put(path, text.into_bytes());
        Ok(changed)
    }

    /// The ledger without a file, such as `ci/fixes.yml`.
    #[must_use]
    pub fn without(&self, path: &str) -> Self {
        let mut changed = self.clone();
        changed.files.remove(&RepoPath::from(path));
        changed
    }

    /// The ledger without the files below a folder, such as `resolutions/264d71bafa7a/`.
    #[must_use]
    pub fn without_below(&self, folder: &str) -> Self {
        let mut changed = self.clone();
        changed.files.retain(|path, _| !path.as_bytes().starts_with(folder.as_bytes()));
        changed
    }

    /// The ledger with a file of these bytes, which are kept as they are.
    #[must_use]
    pub fn with_bytes(&self, path: &str, bytes: Vec<u8>) -> Self {
        let mut changed = self.clone();
        changed.put(path, bytes);
        changed
    }

    /// The ledger's files as far as they are wanted, each with a name for its content, as one text: the same files give the same.
    #[must_use]
    pub fn names(&self, wanted: &dyn Fn(&str) -> bool) -> String {
        let name = |file: &LedgerFile| match file {
            LedgerFile::Regular { content, .. } => engine::name_of(content),
            LedgerFile::Other(entry) => entry.id,
        };
        let line = |(path, file): (&RepoPath, &LedgerFile)| {
            let path = path.to_string();
            wanted(&path).then(|| format!("{} {path}\n", name(file)))
        };
        self.files.iter().filter_map(line).collect()
    }

    /// The paths of the files whose path starts with this and is text, in order.
    pub fn paths<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = &'a str> {
        self.files
            .keys()
            .filter_map(|path| str::from_utf8(path.as_bytes()).ok())
            .filter(move |path| path.starts_with(beginning))
    }

    /// Makes the commit that holds the ledger, in memory, on top of `parent`, where it was read. Where nothing changed it is
    /// `parent` itself. The same ledger gives the same commit: its date is the latest moment the ledger speaks of.
    ///
    /// # Errors
    /// The parent is missing.
    pub fn commit(&self, repo: &Repo, parent: Option<CommitId>, message: &str) -> Result<CommitId, GitError> {
        let mut files = BTreeMap::new();
        for (path, file) in &self.files {
            let entry = match file {
                LedgerFile::Regular { mode, content } => Entry { mode: *mode, id: repo.make_blob(content)? },
                LedgerFile::Other(entry) => *entry,
            };
            files.insert(path.clone(), entry);
        }
        let id = repo.make_blob(include_bytes!("README.md"))?;
        files.entry(RepoPath::from(README)).or_insert(Entry { mode: REGULAR, id });
        let tree = repo.make_tree(&files)?;
        let mut seconds = self.latest(repo);
        let message = inert_message(&format!("{}\n", message.trim_end()));
        let Some(parent) = parent else {
            return repo.make_first_commit(tree, &bot(repo, seconds), &message);
        };
        let before = repo.commit(parent)?;
        if before.tree == tree {
            return Ok(parent);
        }
        seconds = seconds.max(before.committer.when.seconds);
        repo.make_commit(parent, tree, &bot(repo, seconds), &message)
    }

    /// The latest moment the ledger speaks of, in seconds since 1970: of a decision, or of a commit that a phase was built on.
    fn latest(&self, repo: &Repo) -> i64 {
        let said = self.decisions.iter().map(|decision| decision.when.time());
        let rounds = self.phases.values().flat_map(|phase| &phase.rounds);
        let built = rounds.filter_map(|round| repo.commit(round.base).ok()).map(|base| base.committer.when.seconds);
        said.map(Timestamp::as_second).chain(built).max().unwrap_or_default()
    }

    /// The content of a file; `None` where there is none.
    #[must_use]
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        match self.files.get(&RepoPath::from(path))? {
            LedgerFile::Regular { content, .. } => Some(content),
            LedgerFile::Other(_) => None,
        }
    }

    /// The content of a file of text; empty where there is none.
    #[must_use]
    pub fn text(&self, path: &str) -> &str {
        self.bytes(path).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    fn put(&mut self, path: &str, content: Vec<u8>) {
        self.files.insert(RepoPath::from(path), LedgerFile::Regular { mode: REGULAR, content });
    }
}

/// What a file of the ledger is called in messages, as git names it.
#[must_use]
pub fn named(path: &str) -> String {
    format!("{BRANCH}:{path}")
}

fn bot(repo: &Repo, seconds: i64) -> Signature {
    repo.bot(When { seconds, offset: 0 })
}

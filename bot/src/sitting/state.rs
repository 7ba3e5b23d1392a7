//! What is kept of a sitting between two commands, so that one that was stopped or killed is gone on with. It is written whole or not at
//! all, after what it tells of was done: what it does not tell of is done once more, with the same result.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::files;
use crate::names::{BranchName, PhaseId};
use engine::ids::{CommitId, TreeId};

const FILE: &str = "state.json";

/// What is to be resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SittingScope {
    /// Every decision of the plan.
    All,
    /// Those of one phase.
    Phase(PhaseId),
    /// This commit alone.
    Commit(CommitId),
}

/// A sitting as far as it got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SittingState {
    pub scope: SittingScope,
    /// A command that must succeed in the work tree before a resolution is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate: Option<String>,
    /// Whether it ends with a push.
    pub push: bool,
    /// Whether nothing was left of its scope.
    pub done: bool,
    /// How many decisions it has in all, as far as is known.
    pub total: usize,
    /// How many places the decisions have that are still to be resolved.
    pub places_left: usize,
    /// What was resolved, in that order.
    pub resolved: Vec<ResolvedDecision>,
    /// What was left for another time.
    pub skipped: Vec<CommitId>,
    /// What is being resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<CurrentDecision>,
    /// The branches that were built, and where each is to be.
    #[serde(default)]
    pub branches: Vec<(BranchName, CommitId)>,
}

/// A decision that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResolvedDecision {
    /// The upstream commit.
    pub sha: CommitId,
    /// The person's commit, from which it was learned.
    pub commit: CommitId,
    /// The picks that apply since then, and did not before.
    pub freed: Vec<CommitId>,
    /// Whether its pick still waits, for what is not on its branch yet.
    pub waits: bool,
}

/// The decision that a person is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurrentDecision {
    /// The upstream commit.
    pub sha: CommitId,
    pub subject: String,
    pub phase: PhaseId,
    /// The state that upstream's change starts from.
    pub base: TreeId,
    /// The commit of the merge as it was laid out; its parent is what it was made on.
    pub merged: CommitId,
    /// What is left to a person in it.
    pub paths: Vec<OpenPath>,
    /// In how many places.
    pub places: usize,
    /// The picks that waited when it was begun.
    pub waiting: Vec<CommitId>,
    /// Whether the work tree is laid out: before that, nothing of a person's is in it.
    pub ready: bool,
    /// The person's commit, once what they did was found to be whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
}

/// A path that is left to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenPath {
    /// As git shows it.
    pub path: String,
    /// The other names the file has on one side or the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// In how many places.
    pub places: usize,
    /// For how many of them something is proposed.
    #[serde(default, skip_serializing_if = "is_none")]
    pub proposed: usize,
    /// Whether markers say where: else a person says with git that it is resolved.
    pub by_lines: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_none(number: &usize) -> bool {
    *number == 0
}

impl SittingState {
    /// How many decisions were resolved or skipped.
    #[must_use]
    pub fn count(&self) -> usize {
        self.resolved.len() + self.skipped.len()
    }

    /// Whether a decision was resolved or skipped in this sitting.
    #[must_use]
    pub fn is_done(&self, sha: CommitId) -> bool {
        self.resolved.iter().any(|resolved| resolved.sha == sha) || self.skipped.contains(&sha)
    }

    /// One of this scope that begins.
    pub(super) fn new(scope: SittingScope) -> Self {
        Self {
            scope,
            validate: None,
            push: false,
            done: false,
            total: 0,
            places_left: 0,
            resolved: Vec::new(),
            skipped: Vec::new(),
            current: None,
            branches: Vec::new(),
        }
    }

    /// What is kept in a folder; `None` where there is none.
    ///
    /// # Errors
    /// The file cannot be read, or a person or another version wrote it.
    pub(super) fn read(folder: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(folder.join(FILE)) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text).map_err(io::Error::from)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        files::write(&folder.join(FILE), &text)
    }

    pub(super) fn remove(folder: &Path) -> io::Result<()> {
        match std::fs::remove_file(folder.join(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

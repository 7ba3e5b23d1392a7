//! What is proposed for a conflict that is left to a person, as a value. Nothing of it is on a branch before a person took it, and what a
//! person takes is what was shown: it is kept as it was proposed, and a proposer is not asked twice for the same conflict.

use std::collections::HashMap;

use engine::ids::{BlobId, CommitId};
use engine::name_of;
use engine::path::RepoPath;

/// What is proposed for the places of a file that are left to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub by: Proposer,
    /// Each place that is left, in the file's order.
    pub places: Vec<ProposedPlace>,
    /// The whole file, where something is proposed for each of them: only that can be accepted as it is.
    pub whole: Option<WholeProposal>,
}

/// Who proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposer {
    /// The changes of both sides, put together word by word.
    Words,
    /// A program of the configuration, by its name.
    Program(String),
}

/// A place that is left to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedPlace {
    /// Where it is in the fork's file, counted from 1.
    pub line: usize,
    /// The fork's lines there.
    pub ours: Vec<u8>,
    /// What is proposed instead, whole lines; `None` where nothing is.
    pub lines: Option<Vec<u8>>,
}

/// A file with a proposal in each of its places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeProposal {
    /// What names the conflict and the proposer: what it is kept under.
    pub key: String,
    /// Git's mode.
    pub mode: u32,
    pub bytes: Vec<u8>,
}

impl WholeProposal {
    /// What names this proposal: of the same name is only the same file for the same conflict.
    #[must_use]
    pub fn digest(&self) -> String {
        let text = [self.key.as_bytes(), &[0], format!("{:o}", self.mode).as_bytes(), &[0], &self.bytes].concat();
        name_of(&text).short()
    }
}

impl Proposal {
    /// How many places it proposes something for.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.iter().filter(|place| place.lines.is_some()).count()
    }
}

/// A proposal as it is kept, so that it is the same the next time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProposal {
    /// The upstream commit whose pick conflicts.
    pub upstream: CommitId,
    pub path: RepoPath,
    pub whole: WholeProposal,
    /// Whether another one was kept for the same file of the same commit when this came: somebody may have seen that one.
    pub again: bool,
}

/// The proposals that are kept.
#[derive(Debug, Clone, Default)]
pub struct ProposalStore(HashMap<String, KeptProposal>);

impl ProposalStore {
    #[must_use]
    pub fn new(kept: Vec<KeptProposal>) -> Self {
        Self(kept.into_iter().map(|kept| (kept.whole.key.clone(), kept)).collect())
    }

    /// The one that is kept under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&KeptProposal> {
        self.0.get(key)
    }
}

/// What a proposal is kept under: of the path, the three files, and the command that proposes.
#[must_use]
pub(super) fn key(path: &RepoPath, files: [Option<BlobId>; 3], command: &[String]) -> String {
    let mut text = path.as_bytes().to_vec();
    for side in files {
        text.push(0);
        text.extend(side.map(|id| id.to_string()).unwrap_or_default().into_bytes());
    }
    for word in command {
        text.push(0);
        text.extend_from_slice(word.as_bytes());
    }
    name_of(&text).to_string().chars().take(12).collect()
}

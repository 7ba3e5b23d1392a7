//! Where a branch ends while it is built.

use std::collections::HashSet;

use crate::names::{BranchName, PhaseId};
use engine::ids::{CommitId, TreeId};
use engine::{GitError, Repo};

/// The end of a branch while it is built.
#[derive(Clone)]
pub(super) struct Tip {
    pub(super) head: CommitId,
    pub(super) tree: TreeId,
    /// The upstream commits that are on it.
    pub(super) there: HashSet<CommitId>,
}

impl Tip {
    pub(super) fn new(repo: &Repo, head: CommitId) -> Result<Self, GitError> {
        Ok(Self { head, tree: repo.commit(head)?.tree, there: HashSet::new() })
    }
}

/// What a phase is built on.
pub(super) struct Base {
    pub(super) branch: BranchName,
    /// The phase of that branch, where it is not the fork's own.
    pub(super) phase: Option<PhaseId>,
    pub(super) tip: Tip,
}

//! Branches, as a forge has them.

use std::collections::HashMap;

use super::ForgeError;
use crate::names::BranchName;
use engine::Repo;
use engine::commit::Commit;
use engine::ids::CommitId;

/// A branch as the forge has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgeBranch {
    /// Its short name.
    pub name: BranchName,
    /// The commit it is at.
    pub head: CommitId,
    /// Whether it holds commits that the bot did not make.
    pub people: bool,
}

/// Reads and moves the branches of a forge.
pub trait Branches {
    /// All branches whose name starts with `prefix`, and `base` itself, by name. They and all they need are within reach of `repo`
    /// then, without any branch of `repo` being moved.
    fn branches(&self, repo: &Repo, prefix: &str, base: &str) -> Result<Vec<ForgeBranch>, ForgeError>;

    /// Where a branch is; `None` where there is none. That commit and all it needs are within reach of `repo` then, without any
    /// branch of `repo` being moved.
    fn fetch_branch(&self, repo: &Repo, branch: &str) -> Result<Option<CommitId>, ForgeError>;

    /// Whether the fork's own branch is to be copied there, since nobody else brings it.
    fn mirrors_trunk(&self) -> bool;

    /// Brings a commit to the forge and moves a branch to it, only if the branch is at `expected` (`None`: not there yet) or at
    /// `head` already. `known` is a commit of `repo` that the forge has.
    ///
    /// # Errors
    /// The branch is elsewhere ([`engine::GitError::RefMoved`]).
    fn push_branch(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        known: Option<CommitId>,
    ) -> Result<(), ForgeError>;

    /// Removes a branch, only if it is at `expected`; one that is gone is no error. The forge closes the pull requests that bring it,
    /// and those that go into it, for good: give those another base first.
    ///
    /// # Errors
    /// The branch is elsewhere.
    fn delete_branch(&mut self, branch: &str, expected: CommitId) -> Result<(), ForgeError>;
}

/// The full name of a branch.
pub(super) fn full(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// Whether a branch of `repo` holds commits that the bot did not make, on top of its base; `clone` knows whom the bot commits as. What a merge commit of the bot's brings in was not put
/// there by anybody else, so only first parents are followed.
///
/// # Errors
/// The repository cannot be read.
pub fn people(clone: &Repo, repo: &Repo, base: Option<CommitId>, head: CommitId) -> Result<bool, ForgeError> {
    let Some(base) = base else { return Ok(false) };
    let range: HashMap<CommitId, Commit> =
        repo.range(base, head)?.into_iter().map(|commit| (commit.id, commit)).collect();
    let mut at = Some(head);
    while let Some(commit) = at.and_then(|id| range.get(&id)) {
        if !clone.is_bot(&commit.committer) {
            return Ok(true);
        }
        at = commit.parents.first().copied();
    }
    Ok(false)
}

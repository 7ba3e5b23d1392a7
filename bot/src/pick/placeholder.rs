//! The commit of a branch that has no other.

use crate::names::PhaseId;
use engine::ids::CommitId;
use engine::{GitError, Repo};

/// A commit that changes nothing: a pull request needs one, and where every pick of a phase conflicts, the pull request with its notes
/// is the whole point.
pub(super) fn placeholder(repo: &Repo, phase: &PhaseId, on: CommitId) -> Result<CommitId, GitError> {
    let base = repo.commit(on)?;
    let bot = repo.bot(base.committer.when);
    let text = format!(
        "Hold the place of phase {phase}\n\nEvery pick of it waits; its pull request says what to do. This commit changes nothing\nand is dropped as soon as a pick lands.\n"
    );
    repo.make_commit(on, base.tree, &bot, &text)
}

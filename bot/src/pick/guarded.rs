//! What a pick changes of guarded paths.

use super::Pick;
use crate::guard::Guard;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{GitError, Merger};

/// The guarded paths that differ before and after a pick, by whatever way that came: a rename on the fork's side leads upstream's change
/// to a path that upstream does not have. None where a person let it in.
pub(super) fn paths(
    merger: &mut Merger<'_>,
    guard: &Guard,
    pick: &Pick,
    [before, after]: [TreeId; 2],
) -> Result<Vec<RepoPath>, GitError> {
    if pick.decision.as_ref().is_some_and(|decision| decision.lets_in(pick.sha)) {
        return Ok(Vec::new());
    }
    let changes = merger.changes(before, after)?;
    Ok(changes.into_iter().map(|change| change.path).filter(|path| guard.covers(path)).collect())
}

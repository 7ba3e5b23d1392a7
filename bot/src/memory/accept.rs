//! What a person accepted of what was proposed, as an answer of theirs.

use super::{LearnedResolution, key, learn};
use crate::pick::Conflict;
use crate::pick::answer::{Origin, RecordedResolution, ResolvedPath, places};
use crate::pick::proposal::WholeProposal;
use engine::ids::CommitId;
use engine::{GitError, Merger, Repo};

/// The answer that a person gives to a conflict of an upstream commit by accepting this file for it.
///
/// # Errors
/// A file is missing.
pub fn accepted(
    repo: &Repo,
    upstream: CommitId,
    conflict: &Conflict,
    whole: &WholeProposal,
    origin: Origin,
) -> Result<LearnedResolution, GitError> {
    let mut merger = Merger::new(repo)?;
    let sides = [conflict.base, conflict.ours, conflict.theirs];
    let chunks = match sides {
        [base, Some(ours), Some(theirs)] => merger.chunks(base, ours, theirs)?.unwrap_or_default(),
        _ => Vec::new(),
    };
    let texts = learn::texts(&mut merger, sides)?;
    let [base, ours, theirs] = sides.map(|side| side.map(|side| side.id));
    let answer = RecordedResolution {
        key: key(&conflict.path, [base, ours, theirs, None]),
        path: conflict.path.clone(),
        base,
        ours,
        theirs,
        beside: None,
        resolved: ResolvedPath::File { mode: whole.mode, bytes: whole.bytes.clone() },
        places: places(&chunks, &whole.bytes),
        keys: learn::keys(&conflict.path, &texts, &whole.bytes),
        origin,
    };
    Ok(LearnedResolution { answer, upstream, commit: None })
}

//! A range taken apart into its commits, and into what its merges resolved.

use std::collections::HashMap;

use super::{Unit, UnitKind, pull_of};
use engine::commit::Commit;
use engine::ids::{CommitId, TreeId};
use engine::{GitError, MergeLabels, Merger, Repo};

/// After so many commits, what the replay made and has left behind is forgotten.
const ROW: usize = 64;

/// The units of a range, and what replaying them came to.
pub(super) struct Replayed {
    pub(super) units: Vec<Unit>,
    /// Where it ended.
    pub(super) end: TreeId,
}

/// The units of a range, replayed on the common ancestor's tree on the way. With `may_conflict`, a path that conflicts is resolved
/// with the file of the commit that is replayed; without, there are no units then. Nor are there where a file may have to follow
/// its folder.
pub(super) fn read(
    repo: &Repo,
    merger: &mut Merger<'_>,
    range: &[Commit],
    start: TreeId,
    may_conflict: bool,
) -> Result<Option<Replayed>, GitError> {
    let trees: HashMap<CommitId, TreeId> = range.iter().map(|commit| (commit.id, commit.tree)).collect();
    let mut units = Vec::with_capacity(range.len());
    let mut state = start;
    merger.leave_markers();
    for (at, commit) in range.iter().enumerate() {
        let (base, kind) = if commit.is_merge() {
            // A merge whose state the commits reach by themselves resolved nothing that they lack.
            if state == commit.tree {
                continue;
            }
            let merged = merger.merge_parents(commit)?;
            if merged.is_clean() && merged.tree == commit.tree {
                continue;
            }
            merger.keep(merged.tree)?;
            (merged.tree, UnitKind::Resolution)
        } else {
            let known = commit.parents.first().and_then(|parent| trees.get(parent).copied());
            (known.map_or_else(|| repo.base_tree(commit), Ok)?, UnitKind::Commit)
        };
        let mut replayed = Vec::new();
        if base == state {
            state = commit.tree;
        } else {
            let merged = merger.merge(base, state, commit.tree, &MergeLabels::default())?;
            if !(merged.is_clean() || may_conflict && merged.unclear.is_empty()) {
                return Ok(None);
            }
            replayed = merged.conflicts;
            state = merger.with_files(merged.tree, replayed.iter().map(|conflict| &conflict.path), commit.tree)?;
        }
        units.push(Unit {
            made: kind == UnitKind::Resolution,
            kind,
            inside: Vec::new(),
            base,
            changes: merger.changes(base, commit.tree)?,
            pull: pull_of(&commit.message),
            undoes: Vec::new(),
            replayed,
            commit: commit.clone(),
        });
        if at % ROW == ROW - 1 {
            merger.forget_all_but(state)?;
        }
    }
    Ok(Some(Replayed { units, end: state }))
}

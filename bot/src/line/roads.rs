//! What a way of catching up would ask of a person: conflicts counted, in memory, after whatever needs no person.

use super::Resolve;
use crate::units::Unit;
use engine::ids::TreeId;
use engine::progress::Progress;
use engine::{GitError, MergeLabels, Merged, Merger, PathConflict};

/// After so many steps, what the walk made and has left behind is forgotten.
const ROW: usize = 64;

/// What is left to a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Steps that stop.
    pub stops: usize,
    /// Files to decide on, each as often as a step stops there.
    pub files: usize,
    /// Places to decide on.
    pub hunks: usize,
}

impl std::ops::AddAssign for Asked {
    fn add_assign(&mut self, other: Self) {
        self.stops += other.stops;
        self.files += other.files;
        self.hunks += other.hunks;
    }
}

/// Applies steps one after the other. Each path that conflicts, whatever resolves it, is then as the step has it, so that a later step
/// meets it only by itself. Returns what was asked, and where it ends; the merger keeps that.
///
/// # Errors
/// A file or a tree is missing.
pub fn walk<'u>(
    merger: &mut Merger<'_>,
    onto: TreeId,
    steps: impl IntoIterator<Item = &'u Unit>,
    resolve: &mut dyn Resolve,
    progress: &mut dyn Progress,
) -> Result<(Asked, TreeId), GitError> {
    let (mut asked, mut head) = (Asked::default(), onto);
    for (at, step) in steps.into_iter().enumerate() {
        let merged = merger.merge(step.base, head, step.tree(), &MergeLabels::default())?;
        if merged.is_clean() {
            head = merged.tree;
        } else {
            let (tree, conflicts) = (merged.tree, merged.conflicts.clone());
            asked += left(merger, (step, head), merged, resolve)?;
            let names = conflicts.iter().flat_map(PathConflict::paths);
            head = merger.with_files(tree, names, step.tree())?;
        }
        if at % ROW == ROW - 1 {
            merger.forget_all_but_these(&[onto, head])?;
        }
        progress.step();
    }
    merger.keep(head)?;
    Ok((asked, head))
}

/// What a merge that was made leaves to a person; `step` is what was merged into `before`.
///
/// # Errors
/// A file or a tree is missing.
pub fn left(
    merger: &mut Merger<'_>,
    (step, before): (&Unit, TreeId),
    merged: Merged,
    resolve: &mut dyn Resolve,
) -> Result<Asked, GitError> {
    let left = resolve.resolve(merger, step, before, merged)?;
    let files = left.open_files();
    Ok(Asked { stops: usize::from(files > 0), files, hunks: left.open_places(merger)? })
}

//! Where the line ends, held against git's own merge of the fork and upstream.

use super::{Known, Line};
use crate::units::Unit;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{GitError, Merged, Merger};

/// The check of the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Where the line ends.
    pub tree: TreeId,
    /// What git's own merge of the two heads gives.
    pub merged: TreeId,
    /// The paths that git merges cleanly and that the line leaves otherwise, in path order.
    pub differs: Vec<Difference>,
    /// The paths that git does not merge cleanly: there is nothing to hold them against.
    pub open: usize,
    /// These paths, under each of their names.
    pub open_paths: Vec<RepoPath>,
}

/// A path that the line leaves otherwise than git's merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub path: RepoPath,
    /// The unit it is due to, by place; none where no unit touches the path.
    pub because: Option<usize>,
}

impl End {
    /// Whether the line ends where git's merge does, where that is clean.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.differs.is_empty()
    }
}

/// Compares with `merged`, git's own merge of the two heads. The merger must be the one the line was walked with.
///
/// # Errors
/// A commit, a file or a tree is missing.
pub fn check(
    merger: &mut Merger<'_>,
    merged: &Merged,
    (units, known): (&[Unit], &[Known]),
    line: &Line,
) -> Result<End, GitError> {
    let found = merger.differing(merged, line.end)?.into_iter();
    let differs = found.map(|path| Difference { because: due(&path, units, known, line), path }).collect();
    let open_paths = merged.open_paths().into_iter().cloned().collect();
    let open = merged.conflicts.len() + merged.unclear.len();
    Ok(End { tree: line.end, merged: merged.tree, differs, open, open_paths })
}

/// The unit a difference is due to: the last that was resolved there as upstream has it, or was left out, or takes back what the
/// fork has, or that the fork has in its own way, or that changes the path at all.
fn due(path: &RepoPath, units: &[Unit], known: &[Known], line: &Line) -> Option<usize> {
    let provisional = line.units.iter().rposition(|unit| unit.provisional.binary_search(path).is_ok());
    let touching = |is: &dyn Fn(usize) -> bool| {
        let touches = |at: &usize| units[*at].changes.binary_search_by(|change| change.path.cmp(path)).is_ok();
        (0..units.len()).rev().filter(touches).find(|at| is(*at))
    };
    provisional
        .or_else(|| touching(&|at| known[at] == Known::LeftOut))
        .or_else(|| touching(&|at| units[at].undoes.iter().any(|undone| known[*undone] == Known::Taken)))
        .or_else(|| touching(&|at| known[at] == Known::Taken))
        .or_else(|| touching(&|_| true))
}

//! What the three trees have at a path, and what is known of its merge so far.

use std::sync::Arc;

use super::tree::Version;

/// A path within the repository, shared freely.
pub(super) type TreePath = Arc<[u8]>;

/// A side of the merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MergeSide {
    /// What is picked onto.
    Ours,
    /// What is picked.
    Theirs,
}

impl MergeSide {
    pub(super) const BOTH: [Self; 2] = [Self::Ours, Self::Theirs];

    /// The place of this side among the three stages; the base is 0.
    pub(super) fn stage(self) -> usize {
        match self {
            Self::Ours => 1,
            Self::Theirs => 2,
        }
    }

    /// The place of this side among the two.
    pub(super) fn index(self) -> usize {
        self.stage() - 1
    }

    /// The bit of this side in a set of stages.
    pub(super) fn bit(self) -> u8 {
        1 << self.stage()
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Ours => Self::Theirs,
            Self::Theirs => Self::Ours,
        }
    }
}

/// The bit of the base in a set of stages.
pub(super) const BASE: u8 = 1;
/// Both sides, without the base.
pub(super) const SIDES: u8 = 6;
/// All three.
pub(super) const ALL: u8 = 7;

/// The bits of those stages that hold files (or links, or submodules), and of those that hold folders.
pub(super) fn kinds(stages: &[Version; 3]) -> (u8, u8) {
    let (mut files, mut folders) = (0, 0);
    for (i, version) in stages.iter().enumerate() {
        if version.is_folder() {
            folders |= 1 << i;
        } else if version.is_file() {
            files |= 1 << i;
        }
    }
    (files, folders)
}

/// The bits of those stages that agree; none if all differ.
pub(super) fn agreeing(stages: &[Version; 3]) -> u8 {
    let [base, ours, theirs] = *stages;
    let ours_kept = !base.is_none() && base == ours;
    let theirs_kept = !base.is_none() && base == theirs;
    match (ours_kept, theirs_kept) {
        (true, true) => ALL,
        (true, false) => BASE | MergeSide::Ours.bit(),
        (false, true) => BASE | MergeSide::Theirs.bit(),
        (false, false) if !ours.is_none() && ours == theirs => SIDES,
        (false, false) => 0,
    }
}

/// A path that is still to be decided.
#[derive(Debug, Clone)]
pub(super) struct PathNode {
    /// The files at this path: base, ours, theirs. Renames bring them here from elsewhere.
    pub(super) stages: [Version; 3],
    /// Where each of them came from.
    pub(super) names: [TreePath; 3],
    /// Which stages are files.
    pub(super) files: u8,
    /// Which stages are folders.
    pub(super) folders: u8,
    /// Which stages agree, as files.
    pub(super) agreeing: u8,
    /// Whether the path itself is disputed, by renames.
    pub(super) disputed: bool,
    /// Whether it turned out that nothing stays here.
    pub(super) removed: bool,
}

impl PathNode {
    pub(super) fn new(path: &TreePath, versions: [Version; 3]) -> Self {
        let (files, folders) = kinds(&versions);
        let stages = versions.map(|version| if version.is_file() { version } else { Version::NONE });
        Self {
            stages,
            names: [Arc::clone(path), Arc::clone(path), Arc::clone(path)],
            files,
            folders,
            agreeing: agreeing(&versions) & files,
            disputed: false,
            removed: false,
        }
    }

    /// Whether this path is a file in one tree and a folder in another.
    pub(super) fn is_file_and_folder(&self) -> bool {
        self.files != 0 && self.folders != 0
    }
}

/// The folder a path is in; the top is the empty path.
pub(super) fn parent(path: &[u8]) -> &[u8] {
    path.iter().rposition(|byte| *byte == b'/').map_or(&[], |slash| &path[..slash])
}

/// The last part of a path.
pub(super) fn file_name(path: &[u8]) -> &[u8] {
    path.iter().rposition(|byte| *byte == b'/').map_or(path, |slash| &path[slash + 1..])
}

/// A path within a folder.
pub(super) fn join(folder: &[u8], name: &[u8]) -> TreePath {
    if folder.is_empty() { name.into() } else { [folder, b"/", name].concat().into() }
}

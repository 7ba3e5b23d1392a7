//! Picking one change onto a tree: a three-way merge of trees, in memory, with git's own answer.
//!
//! Git's answer is that of its `ort` strategy as `git merge-tree --write-tree --merge-base` runs it, down to the choice among
//! equals; the differential tests hold us to it. The way there is another: a pick changes a few paths of thousands, so the
//! three trees are walked together (`walk`) and what only one side changed is never opened; files are followed where a
//! side moved them (`rename`, `folders`, `follow`) only if the other side changed them; each path left is decided (`resolve`,
//! `content`, `text`), as `.gitattributes` has it (`attributes`); and only folders with a changed path are written (`edits`). `compare` and `chunks` give texts line by line.

mod attributes;
mod changes;
mod chunks;
mod compare;
mod content;
mod count;
mod each;
mod edits;
mod files_changed;
mod folders;
mod follow;
mod merger;
mod node;
mod order;
mod parents;
mod rename;
mod resolve;
mod rivals;
mod similarity;
mod store;
mod text;
mod touched;
mod walk;

pub use attributes::MergeDriver;
pub use chunks::{FileText, MergeChunk};
pub use compare::{ConflictHunk, FileLines, LineHunk};
pub use count::LineCount;
pub use each::{Threads, each};
pub(crate) use merger::MergeMemory;
pub use merger::{GitVersion, MergeLabels, Merger};
pub(crate) use similarity::SharedSpans;
pub(crate) use store::is_binary;
pub(crate) use text::patch_lines;
pub use touched::{TouchedEntries, TreePatch, is_file_by_file};

use std::collections::BTreeSet;

use crate::commit::{Commit, Entry};
use crate::error::GitError;
use crate::ids::TreeId;
use crate::objects::tree;
use crate::path::RepoPath;
use crate::visible::short;

/// The answer of a merge. A conflict is an answer, not a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The result; where there are conflicts, with the conflicting files as `git merge-tree` leaves them: conflict markers in
    /// texts, our side (or the only side there is) of all else.
    pub tree: TreeId,
    /// The paths that could not be merged, in path order; empty when the merge is clean.
    pub conflicts: Vec<PathConflict>,
    /// Where it is unclear, though no path conflicts, whether a new file should follow a folder that the other side moved: the
    /// folder whose files went several ways, or the path that is taken already. Such a merge is not clean either.
    pub unclear: Vec<RepoPath>,
    /// The files that `.gitattributes` decided on, in path order: those that conflict as texts, and do not for it.
    pub driven: Vec<DrivenFile>,
    /// The files that one side moved and the other changed, so that the change goes where the file went; in path order. Only where it
    /// is asked for ([`Merger::note_renames`]).
    pub renames: Vec<FollowedRename>,
}

/// A file that one side moved and the other changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedRename {
    /// What it was called in the base.
    pub from: RepoPath,
    /// What the side that moved it calls it.
    pub to: RepoPath,
    /// Whether our side moved it; else theirs did.
    pub by_us: bool,
    /// How much of the old file is in the new one, in percent, as git counts it.
    pub alike: u8,
    /// Other files that it could as well be: as much like the new one, if they went, or like the old one, if they came.
    pub rivals: Vec<RepoPath>,
}

/// A file that both sides changed, merged by a driver that `.gitattributes` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrivenFile {
    pub path: RepoPath,
    pub driver: MergeDriver,
    /// The file both sides started from.
    pub base: Option<Entry>,
    /// Our side: what is picked onto.
    pub ours: Entry,
    /// Their side: what is picked.
    pub theirs: Entry,
}

impl Merged {
    /// A merge with nothing to say of: just this tree.
    #[must_use]
    pub const fn of(tree: TreeId) -> Self {
        Self { tree, conflicts: Vec::new(), unclear: Vec::new(), driven: Vec::new(), renames: Vec::new() }
    }

    /// Whether git, too, would call this merge clean.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.conflicts.is_empty() && self.unclear.is_empty()
    }

    /// The paths that did not merge, under each of their names.
    #[must_use]
    pub fn open_paths(&self) -> BTreeSet<&RepoPath> {
        self.unclear.iter().chain(self.conflicts.iter().flat_map(PathConflict::paths)).collect()
    }
}

/// A path on which both sides disagree.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PathConflict {
    /// Where, as `git merge-tree` names it.
    pub path: RepoPath,
    /// What the file is called in the base, on our side and on theirs: renames make them differ.
    pub names: [RepoPath; 3],
    /// What kind of disagreement.
    pub kind: ConflictKind,
    /// The file both sides started from.
    pub base: Option<Entry>,
    /// Our side: what is picked onto.
    pub ours: Option<Entry>,
    /// Their side: what is picked.
    pub theirs: Option<Entry>,
}

impl PathConflict {
    /// Both sides, where they are merged line by line.
    #[must_use]
    pub fn by_lines(&self) -> Option<(Entry, Entry)> {
        match (self.kind, self.ours, self.theirs) {
            (ConflictKind::Binary | ConflictKind::Whole | ConflictKind::Pointer, ..) => None,
            (_, Some(ours), Some(theirs)) => Some((ours, theirs)),
            _ => None,
        }
    }

    /// Every path it is about: the names of the file on all sides, and where the conflict is.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.names.iter().chain([&self.path])
    }
}

/// Why a path could not be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConflictKind {
    /// Both sides changed the same lines.
    Text,
    /// Both sides added different files at the same path.
    AddAdd,
    /// We removed (or never had) a file that they changed.
    DeletedByUs,
    /// They removed a file that we changed.
    DeletedByThem,
    /// Both sides changed a file that is no text.
    Binary,
    /// Both sides changed a file that `.gitattributes` says is never merged line by line.
    Whole,
    /// Both sides changed a file of Git LFS, of which there is a pointer here.
    Pointer,
    /// Both sides moved a submodule, or one side removed it.
    Submodule,
    /// A file on one side is a folder, a link or a submodule on the other, or the modes disagree.
    Mode,
    /// A file was renamed in two ways, or renamed onto another, or added to a folder the other side moved.
    Rename,
}

impl Merger<'_> {
    /// Brings the change a commit made to its first parent onto a tree. A commit without parents adds all its files.
    ///
    /// # Errors
    /// An object is missing or malformed.
    pub fn pick(&mut self, commit: &Commit, onto: TreeId) -> Result<Merged, GitError> {
        let base = self.store.repo().base_tree(commit)?;
        self.pick_from(base, commit, onto)
    }

    /// Brings the change from a state to a commit onto a tree, as where a merge is picked against its main-line parent.
    ///
    /// # Errors
    /// An object is missing or malformed.
    pub fn pick_from(&mut self, base: TreeId, commit: &Commit, onto: TreeId) -> Result<Merged, GitError> {
        let theirs = format!("{} ({})", commit.id.short(), short(commit.subject(), LABEL));
        self.merge(base, onto, commit.tree, &MergeLabels { theirs, ..MergeLabels::default() })
    }
}

/// The longest subject in a conflict marker, in characters.
const LABEL: usize = 72;

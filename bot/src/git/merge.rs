//! Picking one change onto a tree: a three-way merge of trees, in memory.

use std::collections::BTreeMap;

use git2::{IndexEntry, MergeFileOptions, MergeOptions};

use super::Repo;
use super::error::{Doing, GitError};
use crate::commit::Entry;
use crate::ids::TreeId;
use crate::path::RepoPath;

/// The answer of a merge. A conflict is an answer, not a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The result; where there are conflicts, with the conflicting files as `git merge-tree` leaves them: conflict markers in
    /// texts, our side (or the only side there is) of all else.
    pub tree: TreeId,
    /// The paths that could not be merged, in path order; empty when the merge is clean.
    pub conflicts: Vec<PathConflict>,
}

/// A path on which both sides disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathConflict {
    /// Where, as `git merge-tree` names it.
    pub path: RepoPath,
    /// What kind of disagreement.
    pub kind: ConflictKind,
    /// The file both sides started from.
    pub base: Option<Entry>,
    /// Our side: what is picked onto.
    pub ours: Option<Entry>,
    /// Their side: what is picked.
    pub theirs: Option<Entry>,
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
    /// Both sides moved a submodule, or one side removed it.
    Submodule,
    /// A file on one side is a folder, a link or a submodule on the other, or the modes disagree.
    Mode,
    /// A file was renamed in two ways, or renamed onto another, or added to a folder the other side moved.
    Rename,
}

/// How many paths may differ before libgit2 stops looking for renames. Its default (1000) switches renames off in silence on a
/// fork that has drifted, and a file upstream edits that the fork moved would then count as deleted.
const RENAME_LIMIT: u32 = 10_000;

impl Repo {
    /// Brings the change from `base` to `theirs` onto `ours`, renames followed.
    ///
    /// # Errors
    /// An object of the three trees is missing.
    pub fn merge(&self, base: TreeId, ours: TreeId, theirs: TreeId) -> Result<Merged, GitError> {
        let tree = |id: TreeId| self.inner.find_tree(id.into()).map_err(|_| self.missing(format!("the tree {id}")));
        let failed = |source| GitError::Merge { ours, theirs, source };
        let mut options = MergeOptions::new();
        options.find_renames(true).target_limit(RENAME_LIMIT).diff3_style(true);
        let mut index =
            self.inner.merge_trees(&tree(base)?, &tree(ours)?, &tree(theirs)?, Some(&options)).map_err(failed)?;
        if !index.has_conflicts() {
            return Ok(Merged {
                tree: index.write_tree_to(&self.inner).map_err(failed)?.into(),
                conflicts: Vec::new(),
            });
        }
        let found: Vec<_> = index.conflicts().map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
        let mut conflicts = BTreeMap::new();
        for conflict in found {
            let (base, ours, theirs) = (&conflict.ancestor, &conflict.our, &conflict.their);
            let Some(any) = base.as_ref().or(ours.as_ref()).or(theirs.as_ref()) else { continue };
            let path = any.path.clone();
            index.conflict_remove(std::path::Path::new(&*String::from_utf8_lossy(&path))).map_err(failed)?;
            if let Some(entry) = self.marked(base.as_ref(), ours.as_ref(), theirs.as_ref())? {
                index.add(&entry).map_err(failed)?;
            }
            let entry = |side: &Option<IndexEntry>| side.as_ref().map(|e| Entry { mode: e.mode, id: e.id.into() });
            let (base, ours, theirs) = (entry(base), entry(ours), entry(theirs));
            let kind = self.kind(base, ours, theirs)?;
            conflicts.insert(path.clone(), PathConflict { path: RepoPath::from_bytes(path), kind, base, ours, theirs });
        }
        let tree = index.write_tree_to(&self.inner).map_err(failed)?.into();
        Ok(Merged { tree, conflicts: conflicts.into_values().collect() })
    }

    /// What a conflicting path holds in the resulting tree: both sides between markers, or the side there is.
    fn marked(
        &self,
        base: Option<&IndexEntry>,
        ours: Option<&IndexEntry>,
        theirs: Option<&IndexEntry>,
    ) -> Result<Option<IndexEntry>, GitError> {
        let (Some(base), Some(ours), Some(theirs)) = (base, ours, theirs) else {
            let mut only = ours.or(theirs).map(copy);
            if let Some(entry) = &mut only {
                entry.flags &= !STAGE_MASK;
            }
            return Ok(only);
        };
        let mut options = MergeFileOptions::new();
        options.style_diff3(true).our_label("fork").their_label("upstream");
        let mut entry = copy(ours);
        entry.flags &= !STAGE_MASK;
        if let Ok(merged) = self.inner.merge_file_from_index(base, ours, theirs, Some(&mut options)) {
            entry.id = self.inner.blob(merged.content()).doing("keep a conflicting file")?;
        }
        Ok(Some(entry))
    }

    fn kind(&self, base: Option<Entry>, ours: Option<Entry>, theirs: Option<Entry>) -> Result<ConflictKind, GitError> {
        let sides = [base, ours, theirs];
        let format = |entry: &Entry| entry.mode & 0o170_000;
        if sides.iter().flatten().any(|entry| format(entry) == 0o160_000) {
            return Ok(ConflictKind::Submodule);
        }
        let (Some(one), Some(two)) = (ours, theirs) else {
            return Ok(match (ours, theirs) {
                (None, Some(_)) if base.is_some() => ConflictKind::DeletedByUs,
                (Some(_), None) if base.is_some() => ConflictKind::DeletedByThem,
                _ => ConflictKind::Rename,
            });
        };
        if format(&one) != format(&two) || base.is_some_and(|base| format(&base) != format(&one)) {
            return Ok(ConflictKind::Mode);
        }
        for entry in [one, two] {
            // Git takes a file for binary when there is a NUL in its first 8000 bytes (buffer_is_binary).
            if self.blob(entry.id)?.iter().take(8000).any(|byte| *byte == 0) {
                return Ok(ConflictKind::Binary);
            }
        }
        Ok(if base.is_none() { ConflictKind::AddAdd } else { ConflictKind::Text })
    }
}

/// The two bits of an index entry that say which side of a conflict it is (`GIT_INDEX_ENTRY_STAGEMASK`).
const STAGE_MASK: u16 = 0x3000;

fn copy(entry: &IndexEntry) -> IndexEntry {
    IndexEntry {
        ctime: entry.ctime,
        mtime: entry.mtime,
        dev: entry.dev,
        ino: entry.ino,
        mode: entry.mode,
        uid: entry.uid,
        gid: entry.gid,
        file_size: entry.file_size,
        id: entry.id,
        flags: entry.flags,
        flags_extended: entry.flags_extended,
        path: entry.path.clone(),
    }
}

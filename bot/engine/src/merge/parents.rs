//! Merging two commits as `git merge` does: from their best common ancestor or, where they have several, from a merge of those.

use super::merger::{ConflictOutput, MergeLabels, Merger};
use super::{LABEL, Merged};
use crate::commit::Commit;
use crate::error::GitError;
use crate::ids::{CommitId, TreeId};
use crate::visible::short;

impl Merger<'_> {
    /// What git makes of two commits: `git merge-tree --write-tree OURS THEIRS`. One that has the other is the answer itself.
    ///
    /// # Errors
    /// A commit, a tree or a file is missing.
    pub fn merge_commits(&mut self, ours: CommitId, theirs: CommitId) -> Result<Merged, GitError> {
        let commit = self.store.repo().commit(ours)?;
        self.join(&[ours], commit.tree, theirs)
    }

    /// What git makes of the parents of a merge: of two, as [`Merger::merge_commits`]; of more, one after the other. A commit with
    /// one parent or none is what it was made on.
    ///
    /// # Errors
    /// A commit, a tree or a file is missing.
    pub fn merge_parents(&mut self, merge: &Commit) -> Result<Merged, GitError> {
        let tree = self.store.repo().base_tree(merge)?;
        self.merge_heads(tree, &merge.parents)
    }

    /// What git makes of several commits, one after the other. `tree` is that of the first.
    ///
    /// # Errors
    /// A commit, a tree or a file is missing.
    pub fn merge_heads(&mut self, tree: TreeId, heads: &[CommitId]) -> Result<Merged, GitError> {
        let mut merged = Merged::of(tree);
        for (at, head) in heads.iter().enumerate().skip(1) {
            let next = self.join(&heads[..at], merged.tree, *head)?;
            merged.tree = next.tree;
            merged.conflicts.extend(next.conflicts);
            merged.unclear.extend(next.unclear);
            merged.driven.extend(next.driven);
            merged.renames.extend(next.renames);
        }
        merged.conflicts.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(merged)
    }

    /// The tree from which commits that were merged into one, and another, are to be merged: their best common ancestor's, or a
    /// merge of several of them, conflicts and all; the empty tree where they have none.
    ///
    /// # Errors
    /// A commit, a tree or a file is missing.
    pub fn common_tree(&mut self, ours: &[CommitId], theirs: CommitId) -> Result<TreeId, GitError> {
        let bases = self.store.repo().merge_bases(theirs, ours)?;
        self.merged_bases(bases)
    }

    /// Merges a commit into a tree that holds what `ours` have.
    fn join(&mut self, ours: &[CommitId], tree: TreeId, theirs: CommitId) -> Result<Merged, GitError> {
        let bases = self.store.repo().merge_bases(theirs, ours)?;
        let other = self.store.repo().commit(theirs)?;
        if bases.contains(&theirs) {
            return Ok(Merged::of(tree));
        }
        if let ([ours], [base]) = (ours, &*bases)
            && ours == base
        {
            return Ok(Merged::of(other.tree));
        }
        let base = self.merged_bases(bases)?;
        let theirs = format!("{} ({})", other.id.short(), short(other.subject(), LABEL));
        self.merge(base, tree, other.tree, &MergeLabels { theirs, ..MergeLabels::default() })
    }

    /// One tree of several common ancestors, given the youngest first. Git merges them from the oldest on, each step as a merge of
    /// its own, and what conflicts then is a text with markers that both sides are held against.
    fn merged_bases(&mut self, bases: Vec<CommitId>) -> Result<TreeId, GitError> {
        let mut bases = bases.into_iter().rev();
        let Some(first) = bases.next() else { return self.store.repo().empty_tree() };
        let mut tree = self.store.repo().commit(first)?.tree;
        let mut merged = vec![first];
        for next in bases {
            let common = self.store.repo().merge_bases(next, &merged)?;
            let wanted = std::mem::replace(&mut self.conflicts, ConflictOutput::Marked);
            self.depth += 1;
            let result = self.merged_bases(common).and_then(|base| {
                let theirs = self.store.repo().commit(next)?.tree;
                self.merge(base, tree, theirs, &temporary())
            });
            self.depth -= 1;
            self.conflicts = wanted;
            tree = result?.tree;
            merged.push(next);
        }
        Ok(tree)
    }
}

/// What git names the sides when it merges common ancestors.
fn temporary() -> MergeLabels {
    MergeLabels {
        base: "merged common ancestors".to_owned(),
        ours: "Temporary merge branch 1".to_owned(),
        theirs: "Temporary merge branch 2".to_owned(),
    }
}

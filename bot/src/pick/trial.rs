//! Picks tried in memory, as if each conflict were settled with upstream's file; each tried once for what it meets.

use std::collections::HashMap;
use std::rc::Rc;

use crate::commit::Entry;
use crate::git::{ConflictStyle, Footing, GitError, Merger, PathConflict, Repo};
use crate::ids::TreeId;
use crate::lineage::Step;

/// When what was tried takes more than this many bytes, or there are so many of them, all of it is forgotten.
const MEMORY: usize = 128 << 20;
const MOST: usize = 200_000;

/// What came of a pick that was tried.
#[derive(Debug, Clone)]
pub(super) struct Tried {
    /// The tree after it, conflicts settled with upstream's files.
    pub(super) tree: TreeId,
    /// What conflicted.
    pub(super) conflicts: Rc<[PathConflict]>,
    /// In how many places.
    pub(super) hunks: usize,
    /// Whether it was clean in all respects.
    pub(super) clean: bool,
}

/// What came of it where nothing but the files it changes has a say: good for every tree that has the same there.
struct Local {
    files: Vec<Option<Entry>>,
    tried: Tried,
}

/// The picks tried so far. A row of picks is mostly tried again with one of them left out, and what that one does not touch
/// comes out as before.
pub(super) struct Trials<'r> {
    pub(super) merger: Merger<'r>,
    by_tree: HashMap<(TreeId, usize), Tried>,
    by_files: HashMap<(usize, Footing), Local>,
}

impl<'r> Trials<'r> {
    pub(super) fn new(repo: &'r Repo) -> Result<Self, GitError> {
        let merger = Merger::new(repo, ConflictStyle::default())?;
        Ok(Self { merger, by_tree: HashMap::new(), by_files: HashMap::new() })
    }

    /// Forgets what was tried, if it is much. The trees of earlier answers are gone then.
    pub(super) fn make_room(&mut self) {
        if self.merger.held() > MEMORY || self.by_tree.len() > MOST {
            self.by_tree.clear();
            self.by_files.clear();
            self.merger.forget();
        }
    }

    /// Picks the commit at a place of the history onto a tree. Where it was not tried before and `tries` are used up, it is not.
    pub(super) fn pick(
        &mut self,
        at: usize,
        step: &Step,
        tree: TreeId,
        tries: &mut usize,
    ) -> Result<Option<Tried>, GitError> {
        if let Some(tried) = self.by_tree.get(&(tree, at)) {
            return Ok(Some(tried.clone()));
        }
        let paths = || step.changes.iter().map(|change| &change.path);
        let footing = self.merger.footing(&step.changes, step.commit.tree, tree)?.map(|footing| (at, footing));
        let tried = match footing.as_ref().and_then(|footing| self.by_files.get(footing)) {
            Some(local) => {
                let files = paths().zip(local.files.iter().copied());
                Tried { tree: self.merger.with_entries(tree, files)?, ..local.tried.clone() }
            }
            None => {
                let Some(rest) = tries.checked_sub(1) else { return Ok(None) };
                *tries = rest;
                let tried = self.merge(step, tree)?;
                if let Some(footing) = footing {
                    let files = self.merger.files_at(tried.tree, paths())?;
                    self.by_files.insert(footing, Local { files, tried: tried.clone() });
                }
                tried
            }
        };
        self.by_tree.insert((tree, at), tried.clone());
        Ok(Some(tried))
    }

    fn merge(&mut self, step: &Step, tree: TreeId) -> Result<Tried, GitError> {
        let commit = &step.commit;
        let merged = self.merger.pick(commit, tree)?;
        let clean = merged.is_clean();
        let mut hunks = merged.unclear.len();
        for conflict in &merged.conflicts {
            hunks += self.merger.places(conflict)?;
        }
        let paths = merged.conflicts.iter().map(|conflict| &conflict.path);
        let tree = self.merger.with_files(merged.tree, paths, commit.tree)?;
        Ok(Tried { tree, conflicts: merged.conflicts.into(), hunks, clean })
    }
}

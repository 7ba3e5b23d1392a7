//! The commits of one side since the common ancestor, with what each changed, found by path.

use std::sync::Mutex;

use super::annotation::Annotation;
use crate::commit::{Commit, FileChange};
use crate::hash::HashMap;
use crate::ids::{BlobId, CommitId, TreeId};
use crate::objects::cache::Cache;
use crate::path::RepoPath;
use crate::progress::Progress;
use crate::{GitError, Repo};

/// One side's range, merges included, parents before children.
pub struct History {
    steps: Vec<Step>,
    places: HashMap<CommitId, usize>,
    /// For each path, the commits that change it and which of their changes that is, in order.
    touches: HashMap<RepoPath, Vec<ChangeId>>,
    /// For each content, the changes that end in it, in order.
    versions: HashMap<BlobId, Vec<ChangeId>>,
    /// What is known of versions, shared by all who ask.
    pub(super) annotations: Mutex<Cache<ChangeId, Slot>>,
}

/// A commit by its place, and which of its changes.
pub(super) type ChangeId = (usize, usize);

/// The annotation of a version: made by the first who asks for it, while others wait.
pub(super) type Slot = Mutex<Option<std::sync::Arc<Annotation>>>;

/// Bytes of annotations that are remembered.
const BUDGET: usize = 64 << 20;

/// A commit and what it changed.
#[derive(Debug, Clone)]
pub struct Step {
    pub commit: Commit,
    /// The state its changes start from: its first parent's, unless whoever made the step knows better.
    pub base: TreeId,
    /// Its changes, in path order.
    pub changes: Vec<FileChange>,
}

impl Step {
    /// A commit with what it changed against its first parent.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn of(repo: &Repo, commit: Commit) -> Result<Self, GitError> {
        let base = repo.base_tree(&commit)?;
        let changes = repo.changes(Some(base), commit.tree)?;
        Ok(Self { commit, base, changes })
    }
}

impl History {
    /// Reads the commits that `tip` has and `hidden` lacks.
    ///
    /// # Errors
    /// A commit or a tree is missing.
    pub fn read(
        repo: &Repo,
        hidden: CommitId,
        tip: CommitId,
        stage: &str,
        progress: &mut dyn Progress,
    ) -> Result<Self, GitError> {
        let range = repo.range(hidden, tip)?;
        progress.stage(stage, range.len());
        let mut steps = Vec::with_capacity(range.len());
        for commit in range {
            steps.push(Step::of(repo, commit)?);
            progress.step();
        }
        Ok(Self::of(steps))
    }

    /// The history that these steps make, parents before children.
    #[must_use]
    pub fn of(steps: Vec<Step>) -> Self {
        let mut history = Self {
            steps: Vec::new(),
            places: HashMap::default(),
            touches: HashMap::default(),
            versions: HashMap::default(),
            annotations: Mutex::new(Cache::new(BUDGET)),
        };
        for (at, step) in steps.iter().enumerate() {
            for (which, change) in step.changes.iter().enumerate() {
                history.touches.entry(change.path.clone()).or_default().push((at, which));
                if let Some(new) = change.new {
                    history.versions.entry(new.id).or_default().push((at, which));
                }
            }
            history.places.insert(step.commit.id, at);
        }
        history.steps = steps;
        history
    }

    /// All commits, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The commit at a place.
    #[must_use]
    pub fn step(&self, place: usize) -> &Step {
        &self.steps[place]
    }

    /// Where a commit stands in the range; `None` if it is not of it.
    #[must_use]
    pub fn place(&self, commit: CommitId) -> Option<usize> {
        self.places.get(&commit).copied()
    }

    /// The changes made to a path by commits that stand before a place, the latest first.
    pub fn touches(&self, path: &RepoPath, before: usize) -> impl Iterator<Item = (usize, &FileChange)> {
        let all = self.touches.get(path).map_or(&[][..], Vec::as_slice);
        let end = all.partition_point(|(at, _)| *at < before);
        all[..end].iter().rev().map(|(at, which)| (*at, &self.steps[*at].changes[*which]))
    }

    /// The change that last brought a file to a content, of those made by commits that stand before a place.
    pub(super) fn version(&self, path: &RepoPath, content: BlobId, before: usize) -> Option<ChangeId> {
        let all = self.versions.get(&content).map_or(&[][..], Vec::as_slice);
        let end = all.partition_point(|(at, _)| *at < before);
        all[..end].iter().rev().find(|change| self.change(**change).path == *path).copied()
    }

    pub(super) fn change(&self, (at, which): ChangeId) -> &FileChange {
        &self.steps[at].changes[which]
    }
}

//! How commits stand to each other: where histories meet, and what one has that another lacks.

use std::collections::HashSet;
use std::fs;

use super::Repo;
use crate::error::{Doing, GitError};
use crate::ids::CommitId;

impl Repo {
    /// The commits that any of `tips` has and `hidden` lacks, parents before children, older before younger where history leaves the
    /// choice.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn beyond(&self, hidden: CommitId, tips: &[CommitId]) -> Result<Vec<CommitId>, GitError> {
        self.walk(tips, Some(hidden))
    }

    /// How many commits one has that the other lacks, and the other way round.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn ahead_behind(&self, one: CommitId, other: CommitId) -> Result<(usize, usize), GitError> {
        Ok((self.beyond(other, &[one])?.len(), self.beyond(one, &[other])?.len()))
    }

    /// The commits that any of `tips` has and `hidden` lacks whose parents were left out when the repository was cloned
    /// (`git clone --depth`).
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn cut_off(&self, tips: &[CommitId], hidden: Option<CommitId>) -> Result<Vec<CommitId>, GitError> {
        let edges = self.shallow();
        if edges.is_empty() {
            return Ok(Vec::new());
        }
        let all = self.walk(tips, hidden)?;
        Ok(all.into_iter().filter(|commit| edges.contains(commit)).collect())
    }

    /// How many commits have no parents here because they were left out when the repository was cloned.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.shallow().len()
    }

    /// The objects that `refs/replace/` has others for. Git shows those in their place; here they are read as they are stored.
    ///
    /// # Errors
    /// The references cannot be read.
    pub fn replaced(&self) -> Result<Vec<CommitId>, GitError> {
        let doing = "list what is replaced";
        let mut found = Vec::new();
        for name in self.inner.references_glob("refs/replace/*").doing(doing)?.names() {
            let name = name.doing(doing)?;
            found.extend(name.strip_prefix("refs/replace/").and_then(|object| object.parse::<CommitId>().ok()));
        }
        found.sort();
        Ok(found)
    }

    fn shallow(&self) -> HashSet<CommitId> {
        let edges = fs::read_to_string(self.inner.commondir().join("shallow")).unwrap_or_default();
        edges.lines().filter_map(|line| line.parse().ok()).collect()
    }
}

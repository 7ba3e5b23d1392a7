//! How commits stand to each other: where histories meet, and what one has that another lacks.

use std::collections::HashSet;
use std::fs;

use git2::{ErrorCode, Sort};

use super::{Oid, Repo};
use crate::error::{Doing, GitError};
use crate::ids::CommitId;

impl Repo {
    /// All best common ancestors of a commit and of a merge of others, the youngest first: histories that merged each other
    /// crosswise have several. None where they never meet.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn merge_bases(&self, one: CommitId, others: &[CommitId]) -> Result<Vec<CommitId>, GitError> {
        let commits: Vec<Oid> = std::iter::once(&one).chain(others).map(|id| Oid::from(*id)).collect();
        match self.commits()?.merge_bases_many(&commits) {
            Ok(bases) => Ok(bases.iter().map(|id| CommitId::from(*id)).collect()),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Vec::new()),
            Err(source) => {
                let tips: Vec<CommitId> = std::iter::once(one).chain(others.iter().copied()).collect();
                Err(self.stopped(source, &tips, "find the common ancestors"))
            }
        }
    }

    /// The commits that any of `tips` has and `hidden` lacks, parents before children.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn beyond(&self, hidden: CommitId, tips: &[CommitId]) -> Result<Vec<CommitId>, GitError> {
        let doing = "walk the history";
        let mut walk = self.commits()?.revwalk().doing(doing)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).doing(doing)?;
        for tip in tips {
            walk.push((*tip).into()).doing(doing)?;
        }
        walk.hide(hidden.into()).doing(doing)?;
        walk.map(|id| id.map(CommitId::from).map_err(|source| self.stopped(source, tips, doing))).collect()
    }

    /// How many commits one has that the other lacks, and the other way round.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn ahead_behind(&self, one: CommitId, other: CommitId) -> Result<(usize, usize), GitError> {
        let found = self.commits()?.graph_ahead_behind(one.into(), other.into());
        found.map_err(|source| self.stopped(source, &[one, other], "compare two branches"))
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
        let doing = "look for where history is cut";
        let mut walk = self.commits()?.revwalk().doing(doing)?;
        for tip in tips {
            walk.push((*tip).into()).doing(doing)?;
        }
        if let Some(hidden) = hidden {
            walk.hide(hidden.into()).doing(doing)?;
        }
        let all: Vec<CommitId> = walk.map(|id| id.map(CommitId::from).doing(doing)).collect::<Result<_, _>>()?;
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

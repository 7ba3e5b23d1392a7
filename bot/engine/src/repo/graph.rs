//! How commits stand to each other: where histories meet, and what one has that another lacks.

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
        match self.inner.merge_bases_many(&commits) {
            Ok(bases) => Ok(bases.iter().map(|id| CommitId::from(*id)).collect()),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Vec::new()),
            Err(source) => Err(GitError::Other { doing: "find the common ancestors".into(), source }),
        }
    }

    /// The commits that any of `tips` has and `hidden` lacks, parents before children.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn beyond(&self, hidden: CommitId, tips: &[CommitId]) -> Result<Vec<CommitId>, GitError> {
        let doing = "walk the history";
        let mut walk = self.inner.revwalk().doing(doing)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).doing(doing)?;
        for tip in tips {
            walk.push((*tip).into()).doing(doing)?;
        }
        walk.hide(hidden.into()).doing(doing)?;
        walk.map(|id| id.map(CommitId::from).doing(doing)).collect()
    }
}

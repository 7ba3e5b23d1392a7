//! Branches, commits and the range between two of them.

use git2::ErrorCode;

use super::links::parsed;
use super::{Oid, Repo};
use crate::commit::Commit;
use crate::error::{Doing, GitError};
use crate::ids::CommitId;

/// What a shortened name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolvedName {
    Commit(CommitId),
    /// More than one object.
    Ambiguous,
    /// No commit of this repository.
    Unknown,
}

impl Repo {
    /// The commit a reference such as `refs/heads/main` is at; `None` where there is none.
    ///
    /// # Errors
    /// The reference is there but cannot be read, or names no commit.
    pub fn reference(&self, name: &str) -> Result<Option<CommitId>, GitError> {
        let doing = || format!("read {name}");
        match self.inner.find_reference(name).and_then(|reference| reference.resolve()) {
            Ok(reference) => {
                let target =
                    reference.target().ok_or_else(|| git2::Error::from_str("it is at no object")).doing(doing())?;
                match self.peeled(target.into()) {
                    Err(GitError::Missing { .. }) => Err(self.missing(format!("commit {target}, which {name} is at,"))),
                    found => found.map(Some),
                }
            }
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => Ok(None),
            Err(source) => Err(GitError::Other { doing: doing(), source }),
        }
    }

    /// The full names of the references below a prefix such as `refs/heads/uptake/`, with the commits they are at.
    ///
    /// # Errors
    /// The references cannot be read.
    pub fn references(&self, prefix: &str) -> Result<Vec<(String, CommitId)>, GitError> {
        let mut found = Vec::new();
        for reference in self.inner.references_glob(&format!("{prefix}*")).doing("list the branches")? {
            let reference = reference.doing("list the branches")?;
            let target = reference.resolve().ok().and_then(|reference| reference.target());
            if let (Ok(name), Some(target)) = (reference.name(), target)
                && let Ok(commit) = self.peeled(target.into())
            {
                found.push((name.to_owned(), commit));
            }
        }
        found.sort();
        Ok(found)
    }

    /// The reference `HEAD` stands for, `refs/heads/main`; `None` where it is detached.
    #[must_use]
    pub fn head_name(&self) -> Option<String> {
        self.symbolic_target("HEAD")
    }

    /// The reference that another stands for; `None` where it is not there, or stands for a commit.
    #[must_use]
    pub fn symbolic_target(&self, name: &str) -> Option<String> {
        self.inner.find_reference(name).ok()?.symbolic_target().ok().flatten().map(str::to_owned)
    }

    /// The commit a full or shortened SHA stands for.
    #[must_use]
    pub fn resolve(&self, sha: &str) -> ResolvedName {
        if sha.len() < 4 || !sha.bytes().all(|b| b.is_ascii_hexdigit()) {
            return ResolvedName::Unknown;
        }
        let found = Oid::from_str(sha).and_then(|short| self.inner.odb()?.exists_prefix(short, sha.len()));
        match found {
            Ok(id) if self.has_commit(id.into()) => ResolvedName::Commit(id.into()),
            Err(error) if error.code() == ErrorCode::Ambiguous => ResolvedName::Ambiguous,
            Ok(_) | Err(_) => ResolvedName::Unknown,
        }
    }

    /// Commits whose shortened SHA is nearly `sha`, with their subject: what may have been meant. Only the youngest commits are
    /// looked at, since a slip is made on one of those.
    #[must_use]
    pub fn similar(&self, sha: &str) -> Vec<String> {
        const YOUNGEST: usize = 5000;
        let tips = self.references("refs/").unwrap_or_default().into_iter().map(|(_, commit)| commit);
        let mut near: Vec<(usize, String)> = Vec::new();
        for id in self.youngest(tips, YOUNGEST) {
            let full = id.to_string();
            let distance = strsim::osa_distance(full.get(..sha.len()).unwrap_or(&full), sha);
            if distance <= 2
                && let Ok(commit) = self.commit(id)
            {
                near.push((distance, format!("{} ({})", commit.id.short(), commit.subject())));
            }
        }
        near.sort();
        near.into_iter().map(|(_, text)| text).take(3).collect()
    }

    /// The best common ancestor of two commits; `None` where their histories never meet.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn merge_base(&self, one: CommitId, two: CommitId) -> Result<Option<CommitId>, GitError> {
        Ok(self.merge_bases(one, &[two])?.first().copied())
    }

    /// Whether `ancestor` is `commit` itself or in its history.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn contains(&self, commit: CommitId, ancestor: CommitId) -> Result<bool, GitError> {
        Ok(self.merge_base(ancestor, commit)? == Some(ancestor))
    }

    /// The commits that `tip` has and `hidden` lacks, parents before children, older before younger where history leaves the
    /// choice.
    ///
    /// # Errors
    /// A commit of the range is missing or cannot be read.
    pub fn range(&self, hidden: CommitId, tip: CommitId) -> Result<Vec<Commit>, GitError> {
        self.beyond(hidden, &[tip])?.into_iter().map(|id| self.commit(id)).collect()
    }

    /// A commit, read.
    ///
    /// # Errors
    /// It is missing or damaged.
    pub fn commit(&self, id: CommitId) -> Result<Commit, GitError> {
        let raw = self.stored(id)?;
        let stored = parsed(id, &raw)?;
        let tree = self.shifted(id, stored.tree)?;
        Ok(stored.read(id, tree, self.parents_of(id, &stored.parents)))
    }
}

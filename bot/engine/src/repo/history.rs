//! Branches, commits and the range between two of them.

use git2::{Commit as GitCommit, ErrorCode, Sort};

use super::encoding::decode;
use super::{Oid, Repo};
use crate::commit::{Commit, Signature, When};
use crate::error::{Doing, GitError};
use crate::ids::CommitId;

/// What a shortened name stands for.
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
        let repo = self.commits()?;
        match repo.find_reference(name).and_then(|reference| reference.peel_to_commit()) {
            Ok(commit) => Ok(Some(commit.id().into())),
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {
                match repo.find_reference(name).ok().and_then(|reference| reference.target()) {
                    // Somebody may have written it since this repository was last looked through.
                    Some(target)
                        if repo.odb().and_then(|odb| odb.refresh()).is_ok() && repo.find_commit(target).is_ok() =>
                    {
                        Ok(Some(target.into()))
                    }
                    Some(target) => Err(self.missing(format!("commit {target}, which {name} is at,"))),
                    None => Ok(None),
                }
            }
            Err(source) => Err(GitError::Other { doing: format!("read {name}"), source }),
        }
    }

    /// The full names of the references below a prefix such as `refs/heads/uptake/`, with the commits they are at.
    ///
    /// # Errors
    /// The references cannot be read.
    pub fn references(&self, prefix: &str) -> Result<Vec<(String, CommitId)>, GitError> {
        let mut found = Vec::new();
        for reference in self.commits()?.references_glob(&format!("{prefix}*")).doing("list the branches")? {
            let reference = reference.doing("list the branches")?;
            if let (Ok(name), Ok(commit)) = (reference.name(), reference.peel_to_commit()) {
                found.push((name.to_owned(), commit.id().into()));
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
        let Ok(repo) = self.commits() else { return ResolvedName::Unknown };
        match repo.find_commit_by_prefix(sha) {
            Ok(commit) => ResolvedName::Commit(commit.id().into()),
            Err(error) if error.code() == ErrorCode::Ambiguous => ResolvedName::Ambiguous,
            Err(_) => ResolvedName::Unknown,
        }
    }

    /// Commits whose shortened SHA is nearly `sha`, with their subject: what may have been meant. Only the youngest commits are
    /// looked at, since a slip is made on one of those.
    #[must_use]
    pub fn similar(&self, sha: &str) -> Vec<String> {
        const YOUNGEST: usize = 5000;
        let Ok(Ok(mut walk)) = self.commits().map(git2::Repository::revwalk) else { return Vec::new() };
        if walk.set_sorting(Sort::TIME).is_err() || walk.push_glob("refs/*").is_err() {
            return Vec::new();
        }
        let mut near: Vec<(usize, String)> = Vec::new();
        for id in walk.take(YOUNGEST).flatten() {
            let full = id.to_string();
            let distance = strsim::osa_distance(full.get(..sha.len()).unwrap_or(&full), sha);
            if distance <= 2
                && let Ok(commit) = self.commit(id.into())
            {
                near.push((distance, format!("{} ({})", commit.id.short(), commit.subject())));
            }
        }
        near.sort();
        near.into_iter().map(|(_, text)| text).take(3).collect()
    }

    /// The error of a walk from these commits: what stopped it is nearly always one commit that cannot be read, so that is named.
    pub(super) fn stopped(&self, source: git2::Error, tips: &[CommitId], doing: &str) -> GitError {
        let mut seen = std::collections::HashSet::new();
        let mut pending: Vec<CommitId> = tips.to_vec();
        while let Some(id) = pending.pop() {
            match self.inner.find_commit(id.into()) {
                Ok(commit) => {
                    pending.extend(commit.parent_ids().map(CommitId::from).filter(|parent| seen.insert(*parent)));
                }
                Err(error) if error.code() == ErrorCode::NotFound => {}
                Err(source) => return GitError::Commit { commit: id, source },
            }
        }
        GitError::Other { doing: doing.to_owned(), source }
    }

    /// The best common ancestor of two commits; `None` where their histories never meet.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn merge_base(&self, one: CommitId, two: CommitId) -> Result<Option<CommitId>, GitError> {
        match self.commits()?.merge_base(one.into(), two.into()) {
            Ok(base) => Ok(Some(base.into())),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(source) => Err(self.stopped(source, &[one, two], "find the common ancestor")),
        }
    }

    /// Whether `ancestor` is `commit` itself or in its history.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn contains(&self, commit: CommitId, ancestor: CommitId) -> Result<bool, GitError> {
        Ok(commit == ancestor
            || self
                .commits()?
                .graph_descendant_of(commit.into(), ancestor.into())
                .map_err(|source| self.stopped(source, &[commit, ancestor], "look for a commit in a history"))?)
    }

    /// The commits that `tip` has and `hidden` lacks, parents before children, older before younger where history leaves the
    /// choice.
    ///
    /// # Errors
    /// A commit of the range is missing or cannot be read.
    pub fn range(&self, hidden: CommitId, tip: CommitId) -> Result<Vec<Commit>, GitError> {
        let doing = "walk the history";
        let mut walk = self.commits()?.revwalk().doing(doing)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME | Sort::REVERSE).doing(doing)?;
        let stopped = |source| self.stopped(source, &[tip, hidden], doing);
        walk.push(tip.into()).map_err(stopped)?;
        walk.hide(hidden.into()).map_err(stopped)?;
        walk.map(|id| match id {
            Ok(id) => self.commit(id.into()),
            Err(error) if error.code() == ErrorCode::NotFound => Err(self.missing("a commit of the range".into())),
            Err(source) => Err(self.stopped(source, &[tip, hidden], doing)),
        })
        .collect()
    }

    /// A commit, read.
    ///
    /// # Errors
    /// It is missing or damaged.
    pub fn commit(&self, id: CommitId) -> Result<Commit, GitError> {
        match self.commits()?.find_commit(Oid::from(id)) {
            Ok(commit) => {
                let read = read(&commit);
                Ok(Commit { tree: self.shifted(id, read.tree)?, ..read })
            }
            Err(error) if error.code() == ErrorCode::NotFound => Err(self.missing(format!("commit {id}"))),
            Err(source) => Err(GitError::Commit { commit: id, source }),
        }
    }
}

pub(super) fn read(commit: &GitCommit<'_>) -> Commit {
    let encoding = commit.message_encoding().ok().flatten();
    Commit {
        id: commit.id().into(),
        tree: commit.tree_id().into(),
        parents: commit.parent_ids().map(CommitId::from).collect(),
        author: signature(&commit.author(), encoding),
        committer: signature(&commit.committer(), encoding),
        message: decode(commit.message_bytes(), encoding),
    }
}

fn signature(signature: &git2::Signature<'_>, encoding: Option<&str>) -> Signature {
    let when = signature.when();
    Signature {
        name: decode(signature.name_bytes(), encoding),
        email: decode(signature.email_bytes(), encoding),
        when: When { seconds: when.seconds(), offset: when.offset_minutes() },
    }
}

//! Where a range begins: the common ancestor of both branches or, for a fork that began as a copy, the commit it is told to have
//! begun from.

use std::collections::HashMap;

use super::{Heads, SurveyError};
use crate::config::Config;
use engine::commit::Commit;
use engine::ids::{CommitId, TreeId};
use engine::{GitError, Repo};

/// How many of upstream's commits from before the fork began are compared with its first state.
const LOOKED_AT: usize = 200;

/// The commit a fork without common history seems to have begun from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestFit {
    pub commit: CommitId,
    /// The first line of its message.
    pub subject: String,
    /// The fork's commit it was compared with.
    pub like: CommitId,
    /// How many files of that are not as they are there.
    pub differ: usize,
}

/// The commit a range begins after, and whether it is only told to be.
pub(super) fn find(repo: &Repo, heads: Heads, config: &Config) -> Result<(CommitId, bool), SurveyError> {
    if let Some(base) = repo.merge_base(heads.upstream, heads.fork)? {
        return Ok((base, false));
    }
    if let Some(base) = config.base {
        if repo.contains(heads.upstream, base)? {
            return Ok((base, true));
        }
        return Err(SurveyError::NotUpstreams { base, upstream: heads.upstream });
    }
    let shallow = repo.is_shallow();
    let fits = if shallow { None } else { best_fit(repo, heads)? };
    Err(SurveyError::Unrelated { upstream: heads.upstream, fork: heads.fork, shallow, fits })
}

/// The commit of upstream whose files are those of one of the fork's commits, the latest such, as where upstream's history was
/// written anew; else the one whose files are nearest to those of the fork's first commit.
fn best_fit(repo: &Repo, heads: Heads) -> Result<Option<BestFit>, GitError> {
    let fork = repo.range(heads.upstream, heads.fork)?;
    let Some(first) = fork.first() else { return Ok(None) };
    let upstream = repo.range(heads.fork, heads.upstream)?;
    let fit = |commit: &Commit, like: &Commit, differ| BestFit {
        commit: commit.id,
        subject: commit.subject().to_owned(),
        like: like.id,
        differ,
    };
    let states: HashMap<TreeId, &Commit> = upstream.iter().map(|commit| (commit.tree, commit)).collect();
    if let Some((same, like)) = fork.iter().rev().find_map(|like| Some((states.get(&like.tree)?, like))) {
        return Ok(Some(fit(same, like, 0)));
    }
    let before = |commit: &&Commit| commit.committer.when.seconds <= first.committer.when.seconds;
    let mut best: Option<BestFit> = None;
    for commit in upstream.iter().filter(before).rev().take(LOOKED_AT) {
        let differ = repo.files_changed(Some(commit.tree), first.tree)?;
        if best.as_ref().is_none_or(|best| differ < best.differ) {
            best = Some(fit(commit, first, differ));
        }
    }
    // One that shares none of the files fits nothing.
    let files = repo.files(first.tree)?.len();
    Ok(best.filter(|best| best.differ < files))
}

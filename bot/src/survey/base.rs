//! Where a range begins: the common ancestor of both branches or, for a fork that began as a copy, the commit it is told to have
//! begun from.

use std::collections::HashMap;

use super::{Heads, SurveyError};
use crate::config::Config;
use engine::commit::Commit;
use engine::ids::{CommitId, TreeId};
use engine::{GitError, MergeLabels, Merged, Merger, Repo};

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
    if let Some(base) = split(repo, heads)? {
        return Ok((base, true));
    }
    let shallow = repo.is_shallow();
    let fits = if shallow { None } else { best_fit(repo, heads)? };
    let replaced = !repo.replaced()?.is_empty();
    Err(SurveyError::Unrelated { upstream: heads.upstream, fork: heads.fork, shallow, fits, replaced })
}

/// What git's own merge of the two heads gives. `begun` is the commit the fork began from, where git knows of no history in common.
///
/// # Errors
/// A commit, a tree or a file is missing.
pub fn merge(repo: &Repo, merger: &mut Merger<'_>, heads: Heads, begun: Option<CommitId>) -> Result<Merged, GitError> {
    let Some(begun) = begun else { return merger.merge_commits(heads.fork, heads.upstream) };
    let [base, ours, theirs] =
        [begun, heads.fork, heads.upstream].map(|commit| repo.commit(commit).map(|read| read.tree));
    merger.merge(base?, ours?, theirs?, &MergeLabels::default())
}

/// The commit that the latest `git subtree add` or `pull` with `--squash` says it brought into the folder.
fn split(repo: &Repo, heads: Heads) -> Result<Option<CommitId>, GitError> {
    let Some(folder) = repo.below() else { return Ok(None) };
    for commit in repo.range(heads.upstream, heads.fork)?.iter().rev() {
        let value = |name: &str| commit.message.lines().rev().find_map(|line| line.strip_prefix(name).map(str::trim));
        let here = value("git-subtree-dir:").is_some_and(|named| named.trim_end_matches('/') == folder.to_text());
        let Some(Ok(base)) = value("git-subtree-split:").filter(|_| here).map(str::parse::<CommitId>) else { continue };
        if repo.contains(heads.upstream, base).unwrap_or(false) {
            return Ok(Some(base));
        }
    }
    Ok(None)
}

/// The commit of upstream whose files are those of one of the fork's commits, the latest such, as where upstream's history was
/// written anew; else the one whose files are nearest to those of the fork's first commit.
fn best_fit(repo: &Repo, heads: Heads) -> Result<Option<BestFit>, GitError> {
    let fork = repo.range(heads.upstream, heads.fork)?;
    let mut states = Vec::with_capacity(fork.len());
    for commit in &fork {
        states.extend(repo.upstreams_part(commit.tree)?.map(|tree| (commit, tree)));
    }
    let Some((first, first_tree)) = states.first().copied() else { return Ok(None) };
    let upstream = repo.range(heads.fork, heads.upstream)?;
    let fit = |commit: &Commit, like: &Commit, differ| BestFit {
        commit: commit.id,
        subject: commit.subject().to_owned(),
        like: like.id,
        differ,
    };
    let mut known: HashMap<TreeId, &Commit> = HashMap::new();
    for commit in &upstream {
        known.extend(repo.upstreams_part(commit.tree)?.map(|tree| (tree, commit)));
    }
    if let Some((same, like)) = states.iter().rev().find_map(|(like, tree)| Some((known.get(tree)?, like))) {
        return Ok(Some(fit(same, like, 0)));
    }
    let before = |commit: &&Commit| commit.committer.when.seconds <= first.committer.when.seconds;
    let mut best: Option<BestFit> = None;
    for commit in upstream.iter().filter(before).rev().take(LOOKED_AT) {
        let differ = repo.files_changed(repo.upstreams_part(commit.tree)?, first_tree)?;
        if best.as_ref().is_none_or(|best| differ < best.differ) {
            best = Some(fit(commit, first, differ));
        }
    }
    // One that shares none of the files fits nothing.
    let files = repo.files(first_tree)?.len();
    Ok(best.filter(|best| best.differ < files))
}

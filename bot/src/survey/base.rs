//! Where a range begins: the common ancestor of both branches or, for a fork that began as a copy, the commit it is told to have
//! begun from; or the youngest state that both have, where a history was rewritten.

use std::collections::{HashMap, HashSet};

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
    /// How many states both histories have.
    pub states: usize,
}

/// So many states that both histories have are no coincidence: one of them was rewritten. A copy has one.
const WRITTEN_ANEW: usize = 2;

/// Where both sides begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begin {
    /// The commit of upstream's that the range begins after.
    pub(super) base: CommitId,
    /// Whether git knows of it: else somebody or something says so.
    pub(super) common: bool,
    /// The commit of the fork's with the same files, where the two histories were joined there: what is before it is upstream's.
    pub(super) joined: Option<CommitId>,
}

/// Where both sides begin.
pub(super) fn find(repo: &Repo, heads: Heads, config: &Config) -> Result<Begin, SurveyError> {
    let told = |base| Begin { base, common: false, joined: None };
    if let Some(base) = repo.merge_base(heads.upstream, heads.fork)? {
        return Ok(Begin { base, common: true, joined: None });
    }
    if let Some(base) = config.base {
        if repo.contains(heads.upstream, base)? {
            return Ok(told(base));
        }
        return Err(SurveyError::NotUpstreams { base, upstream: heads.upstream });
    }
    if let Some(base) = split(repo, heads)? {
        return Ok(told(base));
    }
    let shallow = repo.is_shallow();
    let fits = if shallow { None } else { best_fit(repo, heads)? };
    if let Some(BestFit { commit: base, like, differ: 0, states, .. }) = fits
        && states >= WRITTEN_ANEW
    {
        return Ok(Begin { base, common: false, joined: Some(like) });
    }
    let replaced = !repo.replaced()?.is_empty();
    Err(SurveyError::Unrelated {
        upstream: heads.upstream,
        fork: heads.fork,
        shallow,
        fits: fits.map(Box::new),
        replaced,
    })
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
/// rewritten; else the one whose files are nearest to those of the fork's first commit.
fn best_fit(repo: &Repo, heads: Heads) -> Result<Option<BestFit>, GitError> {
    let fork = repo.range(heads.upstream, heads.fork)?;
    let mut states = Vec::with_capacity(fork.len());
    for commit in &fork {
        states.extend(repo.upstreams_part(commit.tree)?.map(|tree| (commit, tree)));
    }
    let Some((first, first_tree)) = states.first().copied() else { return Ok(None) };
    let upstream = repo.range(heads.fork, heads.upstream)?;
    let fit = |commit: &Commit, like: &Commit, differ, states| BestFit {
        commit: commit.id,
        subject: commit.subject().to_owned(),
        like: like.id,
        differ,
        states,
    };
    let mut known: HashMap<TreeId, &Commit> = HashMap::new();
    for commit in &upstream {
        known.extend(repo.upstreams_part(commit.tree)?.map(|tree| (tree, commit)));
    }
    if let Some((same, like)) = states.iter().rev().find_map(|(like, tree)| Some((known.get(tree)?, like))) {
        let both: HashSet<TreeId> =
            states.iter().map(|(_, tree)| *tree).filter(|tree| known.contains_key(tree)).collect();
        return Ok(Some(fit(same, like, 0, both.len())));
    }
    let before = |commit: &&Commit| commit.committer.when.seconds <= first.committer.when.seconds;
    let mut best: Option<BestFit> = None;
    let mut merger = Merger::new(repo)?;
    for commit in upstream.iter().filter(before).rev().take(LOOKED_AT) {
        let there = repo.upstreams_part(commit.tree)?.map_or_else(|| repo.empty_tree(), Ok)?;
        let differ = merger.files_changed(there, first_tree)?;
        if best.as_ref().is_none_or(|best| differ < best.differ) {
            best = Some(fit(commit, first, differ, 0));
        }
    }
    // One that shares none of the files fits nothing.
    let files = repo.files(first_tree)?.len();
    Ok(best.filter(|best| best.differ < files))
}

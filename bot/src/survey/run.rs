//! Surveys a repository: reads both sides, picks each commit alone, and puts together what is known.

use std::collections::BTreeSet;

use super::taken::{CommitPaths, PatchIds, evidence};
use super::{Alone, Cascade, CommitIndex, MergeCommit, Survey, Surveyed, Totals, Verdict, cascade, overlap, risk};
use crate::config::{CommitFacts, Config};
use engine::blame::{Blame, History, Step};
use engine::commit::Commit;
use engine::ids::{CommitId, PatchId};
use engine::path::RepoPath;
use engine::progress::Progress;
use engine::{GitError, LineCount, Merger, Repo, Threads, each};

/// Where both branches are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    /// Upstream's.
    pub upstream: CommitId,
    /// The fork's.
    pub fork: CommitId,
}

/// Why there is no survey.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The branches have no commit in common.
    #[error("upstream ({}) and the fork ({}) have no common ancestor{}", upstream.short(), fork.short(),
        if *shallow { ": this is a shallow clone, so the ancestor may be cut off; run git fetch --unshallow" }
        else { ": is this a fork of that upstream?" })]
    Unrelated {
        /// Upstream's head.
        upstream: CommitId,
        /// The fork's head.
        fork: CommitId,
        /// Whether history was cut off.
        shallow: bool,
    },
    /// Reading the repository failed.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// Surveys what upstream has that the fork lacks. `landed`: upstream commits that a merged phase brought in, each with the fork's
/// commit that holds it, as the ledger knows them.
///
/// # Errors
/// The branches are unrelated, or the repository cannot be read.
pub fn survey(
    repo: &Repo,
    heads: Heads,
    config: &Config,
    landed: &[(CommitId, CommitId)],
    progress: &mut dyn Progress,
) -> Result<Survey, SurveyError> {
    let Heads { upstream: upstream_head, fork: fork_head } = heads;
    let Some(merge_base) = repo.merge_base(upstream_head, fork_head)? else {
        return Err(SurveyError::Unrelated { upstream: upstream_head, fork: fork_head, shallow: repo.is_shallow() });
    };
    let history = History::read(repo, fork_head, upstream_head, "reading upstream", progress)?;
    let (merges, range): (Vec<_>, Vec<_>) = history.steps().iter().partition(|step| step.commit.is_merge());
    let upstream: Vec<CommitPaths> = range.into_iter().map(CommitPaths::from).collect();
    let fork = History::read(repo, upstream_head, fork_head, "reading the fork", progress)?;
    let fork: Vec<CommitPaths> = fork.steps().iter().map(CommitPaths::from).collect();

    let fork_tree = repo.commit(fork_head)?.tree;
    progress.stage("picking each commit alone", upstream.len());
    let (mut alone, mut lacking) = (Vec::with_capacity(upstream.len()), Vec::with_capacity(upstream.len()));
    let pick = |merger: &mut Merger<'_>, at: usize| {
        let commit = &upstream[at].commit;
        let merged = merger.pick(commit, fork_tree)?;
        // Asked for right away: the merger still has at hand what it read and compared.
        let (mut from, mut lines) = (BTreeSet::new(), LineCount::default());
        if let Some(place) = history.place(commit.id) {
            lines = merger.count_lines(&history.step(place).changes)?;
            for conflict in &merged.conflicts {
                from.extend(Blame::new(&history, merger).lack(place, conflict)?);
            }
        }
        Ok((merged, from, lines))
    };
    for (merged, from, lines) in each(repo, upstream.len(), Threads::All, pick, &mut || progress.step())? {
        let result = match (merged.is_clean(), merged.tree == fork_tree) {
            (false, _) => Alone::Conflict,
            (true, true) => Alone::Noop,
            (true, false) => Alone::Clean,
        };
        let mut paths: Vec<RepoPath> = merged.conflicts.iter().map(|conflict| conflict.path.clone()).collect();
        paths.extend(merged.unclear);
        alone.push((result, paths, lines));
        lacking.push(from);
    }

    progress.stage("looking for what the fork has already", 1);
    let absorbed: Vec<bool> = alone.iter().map(|(alone, ..)| *alone == Alone::Noop).collect();
    let found = evidence(&upstream, &fork, &absorbed, landed, &mut RepoPatchIds::new(repo))?;
    progress.step();

    let mut commits = Vec::with_capacity(upstream.len());
    progress.stage("judging risks", upstream.len());
    for ((change, (alone, conflicts, lines)), evidence) in upstream.iter().zip(alone).zip(found) {
        let commit = &change.commit;
        let case = risk::RiskInput {
            facts: CommitFacts {
                subject: commit.subject(),
                author: &format!("{} <{}>", commit.author.name, commit.author.email),
                day: &commit.author.when.day(),
                paths: &change.paths,
            },
            message: &commit.message,
            alone,
            conflicts: conflicts.len(),
            lines,
        };
        let (level, reasons) = risk::assess(&case, config);
        commits.push(Surveyed {
            sha: commit.id,
            subject: commit.subject().to_owned(),
            author: commit.author.clone(),
            date: commit.author.when,
            pr: commit.pr(),
            verdict: match (evidence.is_empty(), alone) {
                (false, _) => Verdict::Taken,
                (true, Alone::Noop) => Verdict::Vacuous,
                (true, Alone::Clean | Alone::Conflict) => Verdict::Open,
            },
            evidence,
            alone,
            conflicts,
            cascade: Cascade::None,
            roots: Vec::new(),
            needs: Vec::new(),
            risk: level,
            reasons,
            paths: change.paths.clone(),
        });
        progress.step();
    }

    cascade::mark(repo, &history, fork_tree, &mut commits, &lacking, progress)?;

    let base_tree = Some(repo.commit(merge_base)?.tree);
    let upstream_tree = repo.commit(upstream_head)?.tree;
    let counts = (repo.files_changed(base_tree, upstream_tree)?, repo.files_changed(base_tree, fork_tree)?);
    let files = overlap::files(&upstream, &fork, counts, &repo.files(fork_tree)?, config);
    let merges: Vec<MergeCommit> = merges
        .iter()
        .map(|merge| MergeCommit { sha: merge.commit.id, subject: merge.commit.subject().to_owned() })
        .collect();
    Ok(Survey {
        merge_base,
        upstream_head,
        fork_head,
        totals: Totals::of(&commits, merges.len()),
        commits,
        merges,
        files,
        index: CommitIndex::default(),
    })
}

impl From<&Step> for CommitPaths {
    fn from(step: &Step) -> Self {
        Self { commit: step.commit.clone(), paths: step.changes.iter().map(|change| change.path.clone()).collect() }
    }
}

/// Patch-ids read from the repository, each computed once.
struct RepoPatchIds<'a> {
    repo: &'a Repo,
    known: std::collections::HashMap<(CommitId, bool), PatchId>,
}

impl<'a> RepoPatchIds<'a> {
    fn new(repo: &'a Repo) -> Self {
        Self { repo, known: std::collections::HashMap::new() }
    }
}

impl PatchIds for RepoPatchIds<'_> {
    type Error = GitError;

    fn patch_id(&mut self, commit: &Commit, reversed: bool) -> Result<PatchId, GitError> {
        if let Some(known) = self.known.get(&(commit.id, reversed)) {
            return Ok(*known);
        }
        let parent = self.repo.base_tree(commit)?;
        let (old, new) = if reversed { (commit.tree, parent) } else { (parent, commit.tree) };
        let id = self.repo.patch_id(Some(old), new)?;
        self.known.insert((commit.id, reversed), id);
        Ok(id)
    }
}

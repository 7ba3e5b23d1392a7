//! Who put what at the places of a conflict: the fork's commits whose lines stand there, and the upstream commits whose lines the
//! fork lacks.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use crate::survey::{Survey, Verdict};
use engine::blame::{Blame, Extra, History, Span};
use engine::commit::{Commit, Entry, When};
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Merger, PathConflict, Repo};

/// A commit with enough to know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitSummary {
    /// Its name.
    pub sha: CommitId,
    /// The first line of its message.
    pub subject: String,
    /// The author's name.
    pub author: String,
    /// When it was written.
    pub date: When,
    /// Of an upstream commit of the range: whether the fork has it.
    pub verdict: Option<Verdict>,
}

impl CommitSummary {
    /// The commit with this name.
    pub(crate) fn read(repo: &Repo, sha: CommitId, verdict: Option<Verdict>) -> Result<Self, GitError> {
        let commit = repo.commit(sha)?;
        let subject = commit.subject().to_owned();
        Ok(Self { sha, subject, date: commit.author.when, author: commit.author.name, verdict })
    }
}

/// Who stands on either side of a conflicting place, each the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Attribution {
    /// The fork's commits that its side comes from.
    pub fork: Vec<CommitSummary>,
    /// The picks before it on the same branch that its side comes from.
    pub picked: Vec<CommitSummary>,
    /// The upstream commits that the lines the fork lacks come from.
    pub upstream: Vec<CommitSummary>,
}

/// Both histories, ready to be asked.
pub(crate) struct Histories<'a, 'r> {
    repo: &'r Repo,
    upstream: &'a History,
    fork: &'a History,
    fork_tree: TreeId,
    survey: &'a Survey,
}

/// Places in the fork's history, in upstream's of picks on the branch, and in upstream's of what is missing.
type SideSpans = [BTreeSet<usize>; 3];

impl<'a, 'r> Histories<'a, 'r> {
    /// For a survey's range; `upstream` and `fork` are both sides of it.
    pub(crate) fn new(
        repo: &'r Repo,
        survey: &'a Survey,
        upstream: &'a History,
        fork: &'a History,
    ) -> Result<Self, GitError> {
        Ok(Self { repo, upstream, fork, fork_tree: repo.commit(survey.fork_head)?.tree, survey })
    }

    /// For each place of a conflict that picking `commit` met, in order; one for the whole where there are no places. `there` are
    /// the picks on the branch before it.
    pub(crate) fn of(
        &self,
        commit: &Commit,
        conflict: &PathConflict,
        there: &HashSet<CommitId>,
        merger: &mut Merger<'r>,
    ) -> Result<Vec<Attribution>, GitError> {
        let latest = |history: &History, places: &BTreeSet<usize>| {
            let named = places.iter().rev().map(|place| {
                let sha = history.step(*place).commit.id;
                CommitSummary::read(self.repo, sha, self.survey.get(sha).map(|commit| commit.verdict))
            });
            named.collect::<Result<Vec<_>, _>>()
        };
        let sides = self.sides(commit, conflict, there, merger)?;
        let whose = sides.iter().map(|[fork, picked, missing]| {
            Ok(Attribution {
                fork: latest(self.fork, fork)?,
                picked: latest(self.upstream, picked)?,
                upstream: latest(self.upstream, missing)?,
            })
        });
        whose.collect()
    }

    fn sides(
        &self,
        commit: &Commit,
        conflict: &PathConflict,
        there: &HashSet<CommitId>,
        merger: &mut Merger<'r>,
    ) -> Result<Vec<SideSpans>, GitError> {
        let at = self.upstream.place(commit.id).unwrap_or_default();
        let end = self.fork.steps().len();
        let [base_name, our_name, _] = &conflict.names;
        let text = |entry: Option<Entry>| entry.filter(Entry::is_file);
        let hunks = match (text(conflict.ours), text(conflict.theirs)) {
            (Some(ours), Some(theirs))
                if conflict.by_lines().is_some() && (conflict.base.is_none() || text(conflict.base).is_some()) =>
            {
                merger.conflict_hunks(conflict.base, ours, theirs)?.map(|hunks| (ours, hunks))
            }
            _ => None,
        };
        let Some((ours, hunks)) = hunks.filter(|(_, hunks)| !hunks.is_empty()) else {
            let fork = self.fork.touches(our_name, end).next().map(|(at, _)| at).into_iter().collect();
            let missing = Blame::new(self.upstream, merger).lack(at, conflict)?;
            return Ok(vec![[fork, BTreeSet::new(), missing]]);
        };
        let mut sides = Vec::with_capacity(hunks.len());
        for hunk in hunks {
            let (mut missing, mut removed) = (BTreeSet::new(), Extra::default());
            if let Some(base) = conflict.base {
                let mut blame = Blame::new(self.upstream, merger);
                let (span, extra) = blame.missing(base, ours, &hunk.base)?;
                missing = blame.trace(base_name, base.id, at, &span, &extra)?;
                let lines = merger.lines(base)?;
                removed = Extra::of(&lines.of(hunk.base).collect::<Vec<_>>());
            }
            // Where the fork has nothing, somebody took it away.
            let mut span = Span::of_lines(hunk.ours.clone());
            span.gaps.extend(hunk.ours.start..=hunk.ours.end);
            let (fork, made) = self.fork_side(our_name, ours, &span, &removed, merger)?;
            let picks = || self.upstream.touches(our_name, at).map(|(at, _)| at);
            let picked = picks().filter(|at| made && there.contains(&self.upstream.step(*at).commit.id));
            sides.push([fork, picked.collect(), missing]);
        }
        Ok(sides)
    }

    /// The fork's commits that made a span of a file as it is on the branch, and whether picks before made some of it.
    fn fork_side(
        &self,
        path: &RepoPath,
        file: Entry,
        span: &Span,
        removed: &Extra,
        merger: &mut Merger<'r>,
    ) -> Result<(BTreeSet<usize>, bool), GitError> {
        let end = self.fork.steps().len();
        let own = self.repo.entry(self.fork_tree, path)?;
        let mut blame = Blame::new(self.fork, merger);
        match own {
            Some(own) if own.id != file.id => match blame.back(own, file, span, removed)? {
                Some((earlier, made)) => Ok((blame.trace(path, own.id, end, &earlier, removed)?, made)),
                None => Ok((BTreeSet::new(), true)),
            },
            Some(_) => Ok((blame.trace(path, file.id, end, span, removed)?, false)),
            None => Ok((blame.trace(path, file.id, end, span, removed)?, true)),
        }
    }
}

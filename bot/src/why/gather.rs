//! Gathers what is to be said of a commit: picks it alone, and asks both histories whose lines stand where.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Claim, Named, Offer, Path, Place, Settle, Sign, Why, recipe};
use crate::commit::Commit;
use crate::git::{ConflictStyle, GitError, Merger, PathConflict, Repo};
use crate::ids::{CommitId, TreeId};
use crate::lineage::{Blame, Extra, History, Span};
use crate::pick::conflict::{read, told};
use crate::pick::{Built, Needs, NeedsSearch, offers};
use crate::progress::Silent;
use crate::survey::{Alone, Survey, Surveyed, Verdict};

/// All that is known of a commit of the range. `built` is the plan as it was built, where there is a configuration; `branch`
/// is the fork's.
///
/// # Errors
/// The repository cannot be read.
pub fn why(
    repo: &Repo,
    survey: &Survey,
    built: Option<&Built>,
    branch: &str,
    commit: &Surveyed,
) -> Result<Why, GitError> {
    let verdicts: HashMap<CommitId, Verdict> = survey.commits.iter().map(|c| (c.sha, c.verdict)).collect();
    let scene = Scene { repo, verdicts };
    let mut shown_by = Vec::new();
    for sign in &commit.evidence {
        shown_by.push(Sign { kind: sign.kind, by: scene.named(sign.fork_commit)? });
    }
    let (mut paths, mut needs) = (Vec::new(), Needs::default());
    if commit.alone == Alone::Conflict {
        let fork_tree = repo.commit(survey.fork_head)?.tree;
        let mut search = NeedsSearch::new(repo, survey)?;
        if commit.verdict != Verdict::Taken {
            needs = search.find(commit.sha, fork_tree, &HashSet::new())?;
        }
        let fork = History::read(repo, survey.upstream_head, survey.fork_head, "reading the fork", &mut Silent)?;
        paths = scene.paths(&repo.commit(commit.sha)?, fork_tree, search.history(), &fork)?;
    }
    let by_hand = paths.iter().map(|path| path.hunks.len()).sum();
    let phase = built.and_then(|built| claim(built, commit.sha));
    let recipe = recipe::recipe(commit, phase.as_ref(), branch, &needs);
    Ok(Why {
        shown_by,
        paths,
        hangs_on: scene.all(commit.roots.iter().copied())?,
        offer: Offer {
            by_hand,
            take: scene.all(needs.take.iter().copied())?,
            settle: needs.settle.iter().map(|(sha, hunks)| Settle { sha: *sha, hunks: *hunks }).collect(),
            left: needs.left,
            verified: needs.verified,
            minimal: needs.least,
            needs,
        },
        phase,
        recipe,
        commit: commit.clone(),
    })
}

fn claim(built: &Built, sha: CommitId) -> Option<Claim> {
    built.phases.iter().find_map(|phase| {
        let pick = phase.picks.iter().find(|pick| pick.sha == sha);
        let outcome = pick.map(|pick| pick.outcome);
        let reason = phase.left_out.iter().find(|left| left.sha == sha).map(|left| left.reason.to_string());
        (outcome.is_some() || reason.is_some()).then(|| Claim {
            id: phase.id.clone(),
            title: phase.title.clone(),
            branch: phase.branch.clone(),
            outcome,
            blocked_by: pick.map(|pick| pick.needs.blocked_by.clone()).unwrap_or_default(),
            reason,
        })
    })
}

/// The commits that explain a conflicting place, as places in the fork's history and in upstream's.
type Sides = (BTreeSet<usize>, BTreeSet<usize>);

struct Scene<'r> {
    repo: &'r Repo,
    verdicts: HashMap<CommitId, Verdict>,
}

impl<'r> Scene<'r> {
    fn named(&self, sha: CommitId) -> Result<Named, GitError> {
        let commit = self.repo.commit(sha)?;
        Ok(Named {
            sha,
            subject: commit.subject().to_owned(),
            date: commit.author.when,
            author: commit.author.name,
            verdict: self.verdicts.get(&sha).copied(),
        })
    }

    fn all(&self, commits: impl IntoIterator<Item = CommitId>) -> Result<Vec<Named>, GitError> {
        commits.into_iter().map(|sha| self.named(sha)).collect()
    }

    /// The commits at places of a history, the latest first.
    fn latest(&self, history: &History, places: &BTreeSet<usize>) -> Result<Vec<Named>, GitError> {
        self.all(places.iter().rev().map(|place| history.step(*place).commit.id))
    }

    fn paths(
        &self,
        commit: &Commit,
        fork_tree: TreeId,
        upstream: &History,
        fork: &History,
    ) -> Result<Vec<Path>, GitError> {
        let mut merger = Merger::new(self.repo, ConflictStyle::default())?;
        let merged = merger.pick(commit, fork_tree)?;
        merger.keep(merged.tree)?;
        let mut paths = Vec::new();
        for conflict in &merged.conflicts {
            let shown = read(self.repo, conflict.clone(), merged.tree)?;
            let blocks = self.blocks(commit, conflict, &mut merger, upstream, fork)?;
            let mut hunks: Vec<Place> = Vec::with_capacity(blocks.len());
            let mut lines = shown.hunks.into_iter();
            for (ours, theirs) in blocks {
                let hunk = lines.next();
                hunks.push(Place {
                    line: hunk.as_ref().map(|hunk| hunk.line),
                    fork: self.latest(fork, &ours)?,
                    upstream: self.latest(upstream, &theirs)?,
                    ..hunk.map_or_else(Place::whole, Place::of)
                });
            }
            paths.push(Path { path: conflict.path.clone(), kind: told(conflict.kind), hunks });
        }
        let unclear = merged.unclear.into_iter().map(|path| Path {
            path,
            kind: told(crate::git::ConflictKind::Rename),
            hunks: vec![Place::whole()],
        });
        paths.extend(unclear);
        Ok(paths)
    }

    /// For each conflicting place, the commits of the fork and those of upstream that explain it.
    fn blocks(
        &self,
        commit: &Commit,
        conflict: &PathConflict,
        merger: &mut Merger<'r>,
        upstream: &History,
        fork: &History,
    ) -> Result<Vec<Sides>, GitError> {
        let at = upstream.place(commit.id).unwrap_or_default();
        let end = fork.steps().len();
        let [base_name, our_name, _] = &conflict.names;
        let text = |entry: Option<crate::commit::Entry>| entry.filter(|entry| entry.mode & 0o170_000 == 0o100_000);
        let clashes = match (text(conflict.ours), text(conflict.theirs)) {
            (Some(ours), Some(theirs)) if conflict.base.is_none() || text(conflict.base).is_some() => {
                merger.clashes(conflict.base.map(|base| base.id), ours.id, theirs.id)?.map(|clashes| (ours.id, clashes))
            }
            _ => None,
        };
        let Some((ours, clashes)) = clashes.filter(|(_, clashes)| !clashes.is_empty()) else {
            let fork_side = fork.touches(our_name, end).next().map(|(at, _)| at).into_iter().collect();
            return Ok(vec![(fork_side, Blame::new(self.repo, upstream, merger).lack(at, conflict)?)]);
        };
        let mut blocks = Vec::with_capacity(clashes.len());
        for clash in clashes {
            let (mut theirs, mut removed) = (BTreeSet::new(), Extra::default());
            if let Some(base) = conflict.base {
                let mut blame = Blame::new(self.repo, upstream, merger);
                let (span, extra) = blame.missing(base.id, ours, &clash.base)?;
                theirs = blame.trace(base_name, base.id, at, span, &extra)?;
                let lines = merger.lines(base.id)?;
                removed = Extra::of(&lines.of(clash.base).collect::<Vec<_>>());
            }
            // Where the fork has nothing, somebody took it away.
            let mut span = Span::of_lines(clash.ours.clone());
            span.gaps.extend(clash.ours.start..=clash.ours.end);
            let fork_side = Blame::new(self.repo, fork, merger).trace(our_name, ours, end, span, &removed)?;
            blocks.push((fork_side, theirs));
        }
        Ok(blocks)
    }
}

impl Place {
    /// A whole file.
    fn whole() -> Self {
        let none = Vec::new;
        Self { line: None, ours: none(), base: none(), theirs: none(), fork: Vec::new(), upstream: Vec::new() }
    }

    fn of(hunk: crate::pick::Hunk) -> Self {
        Self {
            line: Some(hunk.line),
            ours: hunk.ours,
            base: hunk.base,
            theirs: hunk.theirs,
            fork: Vec::new(),
            upstream: Vec::new(),
        }
    }
}

impl Why {
    /// The ways out of its conflict, in words; none where it has none.
    #[must_use]
    pub fn offers(&self, name: &dyn Fn(CommitId) -> String) -> Vec<String> {
        if self.commit.alone != Alone::Conflict || self.commit.verdict == Verdict::Taken {
            return Vec::new();
        }
        offers::offers(&self.offer.needs, self.offer.by_hand, name)
    }
}

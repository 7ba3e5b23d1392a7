//! Upstream's main line, step by step.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::{Range, Unit, UnitKind};
use engine::commit::{Commit, pr_of};
use engine::ids::{CommitId, TreeId};
use engine::{GitError, Merger, PathConflict, Repo};

/// Upstream's main branch, as merges of it are named.
#[derive(Debug, Clone, Copy)]
pub struct MainBranch<'a> {
    /// Its name.
    pub branch: &'a str,
    /// The repository it is in, `owner/name`; empty where that is unknown.
    pub repository: &'a str,
}

static MERGED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^Merge (?:remote-tracking )?branch '([^']+)'(?: of (\S+))?(?: into '?([^\s']+)'?)?\.?$")
});
static PULL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?m)^(?:Merge pull request #|(?:Auto )?[Mm]erge(?: of)? #|Merge PR #|See merge request \S*!)(\d+)\b")
});

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The pull request a commit says it is: at the end of its subject, or in the words of the buttons and bots that merge them.
#[must_use]
pub fn pull_of(message: &str) -> Option<u64> {
    let subject = message.trim_start().lines().next().unwrap_or_default();
    pr_of(subject).or_else(|| PULL.captures(message)?[1].parse().ok())
}

/// Whether a merge brought the main branch into a side branch, which then became the main branch itself: what was the main line
/// up to there is its second parent.
fn is_back_merge(commit: &Commit, main: MainBranch<'_>) -> bool {
    let Some(named) = MERGED.captures(commit.subject()).filter(|_| commit.parents.len() == 2) else { return false };
    let (source, address, target) = (&named[1], named.get(2), named.get(3));
    let (remote, source) = match source.rsplit_once('/') {
        Some((remote, name)) if name == main.branch && source != main.branch => (Some(remote), name),
        _ => (None, source),
    };
    if source != main.branch {
        return false;
    }
    match (target, address) {
        (Some(target), _) => target.as_str() != main.branch,
        // Pulled from upstream's own main branch, into the same branch of somebody's clone.
        (None, Some(address)) => {
            let address = address.as_str().trim_end_matches('/').trim_end_matches(".git").to_ascii_lowercase();
            let repository = main.repository.to_ascii_lowercase();
            !repository.is_empty() && address.strip_suffix(&repository).is_some_and(|host| host.ends_with(['/', ':']))
        }
        (None, None) => matches!(remote, Some("origin" | "upstream")),
    }
}

/// One main-line step in so many may be a merge, for an upstream that lands commit by commit.
const FEW: usize = 20;

/// Whether upstream lands commit by commit, but for a stray merge.
pub(super) fn has_few_merges(range: Range<'_>, commits: &[Commit]) -> bool {
    let steps = steps(range, commits, &order_of(commits));
    steps.iter().filter(|(at, _)| commits[*at].is_merge()).count() * FEW <= steps.len()
}

fn order_of(commits: &[Commit]) -> HashMap<CommitId, usize> {
    commits.iter().enumerate().map(|(at, commit)| (commit.id, at)).collect()
}

/// The steps of the main line by place, each with its main-line parent, the oldest first.
fn steps(range: Range<'_>, commits: &[Commit], order: &HashMap<CommitId, usize>) -> Vec<(usize, Option<CommitId>)> {
    let mut steps = Vec::new();
    let mut next = Some(range.upstream);
    while let Some(at) = next.and_then(|id| order.get(&id).copied()) {
        let commit = &commits[at];
        next = commit.parents.get(usize::from(is_back_merge(commit, range.main))).copied();
        steps.push((at, next));
    }
    steps.reverse();
    steps
}

/// The steps of a line of history that leads through a commit, by main-line parents where those have it.
fn steps_through(
    repo: &Repo,
    range: Range<'_>,
    commits: &[Commit],
    (order, through): (&HashMap<CommitId, usize>, CommitId),
) -> Result<Vec<(usize, Option<CommitId>)>, GitError> {
    let mut steps = Vec::new();
    let mut next = Some(range.upstream);
    while let Some(at) = next.and_then(|id| order.get(&id).copied()) {
        let commit = &commits[at];
        next = commit.parents.get(usize::from(is_back_merge(commit, range.main))).copied();
        for parent in next.into_iter().chain(commit.parents.iter().copied()).filter(|_| commit.is_merge()) {
            if repo.contains(parent, through)? {
                next = Some(parent);
                break;
            }
        }
        steps.push((at, next));
    }
    steps.reverse();
    Ok(steps)
}

/// The units of the main line, the oldest first; and whether the fork has commits that the main line does not have where it enters
/// the range. With `through`, it is the line that leads through that commit.
pub(super) fn read(
    repo: &Repo,
    merger: &mut Merger<'_>,
    range: Range<'_>,
    commits: &[Commit],
    through: Option<CommitId>,
) -> Result<(Vec<Unit>, bool), GitError> {
    let order = order_of(commits);
    let steps = match through {
        Some(through) => steps_through(repo, range, commits, (&order, through))?,
        None => steps(range, commits, &order),
    };
    let start = steps.first().and_then(|(_, parent)| *parent);
    let mut brought = Brought { commits, order: &order, seen: vec![false; commits.len()] };
    let inside: Vec<Inside> = steps.iter().map(|(at, parent)| brought.by(*at, *parent)).collect();
    let astray = Astray::find(repo, start, &inside)?;
    let mut units = Vec::with_capacity(steps.len());
    merger.leave_markers();
    for ((at, parent), inside) in steps.into_iter().zip(inside) {
        let commit = commits[at].clone();
        let base = match parent {
            Some(parent) => match order.get(&parent) {
                Some(before) => commits[*before].tree,
                None => repo.commit(parent)?.tree,
            },
            None => repo.base_tree(&commit)?,
        };
        let main = base;
        let base = astray.join(repo, merger, (parent, base), &inside)?;
        units.push(Unit {
            kind: if commit.is_merge() { UnitKind::Merge } else { UnitKind::Commit },
            base,
            made: base != main,
            changes: merger.changes(base, commit.tree)?,
            pull: pull_of(&commit.message),
            undoes: Vec::new(),
            replayed: Vec::new(),
            inside: inside.commits.iter().map(|at| commits[*at].id).collect(),
            commit,
        });
    }
    merger.forget();
    Ok((units, !astray.0.is_empty()))
}

/// What a merge brought in.
struct Inside {
    /// Commits of the range, by place.
    commits: Vec<usize>,
    /// The commits before the range that they build on.
    roots: Vec<CommitId>,
}

/// Gives each commit to the first step that has it.
struct Brought<'a> {
    commits: &'a [Commit],
    order: &'a HashMap<CommitId, usize>,
    seen: Vec<bool>,
}

impl Brought<'_> {
    fn by(&mut self, at: usize, main: Option<CommitId>) -> Inside {
        self.seen[at] = true;
        let (mut inside, mut roots) = (Vec::new(), Vec::new());
        let mut pending: Vec<CommitId> =
            self.commits[at].parents.iter().copied().filter(|parent| Some(*parent) != main).collect();
        while let Some(id) = pending.pop() {
            let Some(at) = self.order.get(&id).copied() else {
                roots.push(id);
                continue;
            };
            if !std::mem::replace(&mut self.seen[at], true) {
                inside.push(at);
                pending.extend(&self.commits[at].parents);
            }
        }
        inside.sort_unstable();
        Inside { commits: inside, roots }
    }
}

/// Commits that the fork has, yet the main line does not where it enters the range: a later merge brings them in, and they are
/// no change to the fork.
struct Astray(HashSet<CommitId>);

impl Astray {
    fn find(repo: &Repo, start: Option<CommitId>, inside: &[Inside]) -> Result<Self, GitError> {
        let mut roots: Vec<CommitId> = inside.iter().flat_map(|inside| &inside.roots).copied().collect();
        roots.sort_unstable();
        roots.dedup();
        let Some(start) = start.filter(|_| !roots.is_empty()) else { return Ok(Self(HashSet::new())) };
        Ok(Self(repo.beyond(start, &roots)?.into_iter().collect()))
    }

    /// The state a merge starts from for a fork that has part of what it brings in: git's own merge of that part into the main
    /// line. Where that conflicts, it is the main line's file.
    fn join(
        &self,
        repo: &Repo,
        merger: &mut Merger<'_>,
        (parent, base): (Option<CommitId>, TreeId),
        inside: &Inside,
    ) -> Result<TreeId, GitError> {
        let Some(parent) = parent else { return Ok(base) };
        let mut heads = vec![parent];
        for root in inside.roots.iter().filter(|root| self.0.contains(root)) {
            // Of one line of history the last is enough.
            let mut contained = false;
            for head in &heads[1..] {
                contained |= repo.contains(*head, *root)?;
            }
            if !contained {
                heads.push(*root);
            }
        }
        if heads.len() == 1 {
            return Ok(base);
        }
        let merged = merger.merge_heads(base, &heads)?;
        let conflicting = merged.conflicts.iter().flat_map(PathConflict::paths);
        let joined = merger.with_files(merged.tree, conflicting, base)?;
        merger.keep(joined)?;
        Ok(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pull_requests_are_known_by_the_words_of_those_who_merge_them() {
        for (message, pull) in [
            ("Fix it (#12)", Some(12)),
            ("Merge pull request #1849 from una/rename\n\nRename it", Some(1849)),
            ("Auto merge of #7 - una:fix, r=fred", Some(7)),
            ("Merge #31\n\n31: Fix it r=una", Some(31)),
            ("Merge branch 'fix' into 'main'\n\nFix it\n\nSee merge request group/engine!44", Some(44)),
            ("Merge branch 'fix'", None),
            ("Fix #12", None),
        ] {
            assert_eq!(pull_of(message), pull, "{message}");
        }
    }
}

//! Roots and cascades: which conflicts are a commit's own, and which only follow from earlier ones.
//!
//! On a fork that has drifted most commits conflict when picked alone, and nearly all of those only because a few others are
//! not there yet. To tell them apart, upstream's open commits are walked in order as if each conflict were settled in upstream's
//! favour: what still conflicts then is a root.

use std::collections::{BTreeSet, HashMap};

use super::{Alone, Cascade, Surveyed, Verdict};
use engine::blame::History;
use engine::ids::{CommitId, TreeId};
use engine::progress::Progress;
use engine::{GitError, Merger, Repo};

/// After so many picks, what the walk made and has left behind is forgotten.
const ROW: usize = 64;

/// Says of each commit whether it is a root or a cascade, of which roots, and where its lines come from. `from` are the places in
/// the history that the conflicts of each commit come from when it is picked alone onto the fork's head.
pub(super) fn mark(
    repo: &Repo,
    history: &History,
    fork_tree: TreeId,
    commits: &mut [Surveyed],
    from: &[BTreeSet<usize>],
    progress: &mut dyn Progress,
) -> Result<(), GitError> {
    let roots = walk(repo, history, fork_tree, commits, progress)?;
    let index: HashMap<CommitId, usize> = commits.iter().enumerate().map(|(at, commit)| (commit.sha, at)).collect();
    for (at, from) in from.iter().enumerate() {
        if commits[at].verdict == Verdict::Taken || commits[at].alone != Alone::Conflict {
            continue;
        }
        let needs = from.iter().map(|place| history.step(*place).commit.id);
        let open = |sha: &CommitId| index.get(sha).is_some_and(|other| commits[*other].verdict != Verdict::Taken);
        commits[at].needs = needs.filter(open).collect();
    }
    for (commit, root) in commits.iter_mut().zip(&roots) {
        commit.cascade = match (commit.verdict, root, commit.alone) {
            (Verdict::Taken, ..) => Cascade::None,
            (_, true, _) => Cascade::Root,
            (_, false, Alone::Conflict) => Cascade::Cascade,
            (_, false, Alone::Clean | Alone::Noop) => Cascade::None,
        };
    }
    let roots = RootsBehind::of(commits, &index);
    for at in 0..commits.len() {
        if commits[at].cascade == Cascade::Cascade {
            commits[at].roots = roots_of(commits, &roots, at);
        }
    }
    Ok(())
}

/// Which commits conflict on the walk from the fork's head, on which each conflicted path is settled with upstream's file at
/// that commit.
fn walk(
    repo: &Repo,
    history: &History,
    fork_tree: TreeId,
    commits: &[Surveyed],
    progress: &mut dyn Progress,
) -> Result<Vec<bool>, GitError> {
    progress.stage("walking the open commits", commits.len());
    let mut merger = Merger::new(repo)?;
    let mut tree = fork_tree;
    let mut roots = vec![false; commits.len()];
    for (at, commit) in commits.iter().enumerate() {
        progress.step();
        let Some(place) = history.place(commit.sha).filter(|_| commit.verdict != Verdict::Taken) else { continue };
        let picked = &history.step(place).commit;
        let merged = merger.pick(picked, tree)?;
        roots[at] = !merged.is_clean();
        tree = merger.with_files(merged.tree, merged.conflicts.iter().map(|conflict| &conflict.path), picked.tree)?;
        if at % ROW == ROW - 1 {
            merger.forget_all_but(tree)?;
        }
    }
    Ok(roots)
}

/// The roots among the commits a cascade's lines come from, theirs come from, and so on, in order.
///
/// Where its lines come from no open commit at all, the roots before it in the same files stand in for them: the walk, which
/// settled those, shows that they are enough.
fn roots_of(commits: &[Surveyed], behind: &RootsBehind, at: usize) -> Vec<CommitId> {
    if commits[at].needs.is_empty() {
        let shares = |other: &&Surveyed| other.paths.iter().any(|path| commits[at].conflicts.contains(path));
        let roots = commits[..at].iter().filter(|other| other.cascade == Cascade::Root);
        return roots.filter(shares).map(|other| other.sha).collect();
    }
    behind.roots_of(at).map(|root| commits[root].sha).collect()
}

/// For each commit, the roots among the commits it needs, directly or by way of others.
struct RootsBehind {
    /// The places of the roots, in order.
    roots: Vec<usize>,
    /// For each commit, a bit for each root.
    sets: Vec<Vec<u64>>,
}

impl RootsBehind {
    fn of(commits: &[Surveyed], index: &HashMap<CommitId, usize>) -> Self {
        let roots: Vec<usize> = (0..commits.len()).filter(|at| commits[*at].cascade == Cascade::Root).collect();
        let mut sets: Vec<Vec<u64>> = Vec::with_capacity(commits.len());
        for commit in commits {
            let mut set = vec![0; if commit.needs.is_empty() { 0 } else { roots.len().div_ceil(64) }];
            // What is needed stands before what needs it, so its own set is there.
            for need in commit.needs.iter().filter_map(|need| index.get(need)) {
                for (word, theirs) in set.iter_mut().zip(sets.get(*need).into_iter().flatten()) {
                    *word |= theirs;
                }
                if let Ok(root) = roots.binary_search(need) {
                    set[root / 64] |= 1 << (root % 64);
                }
            }
            sets.push(set);
        }
        Self { roots, sets }
    }

    fn roots_of(&self, at: usize) -> impl Iterator<Item = usize> {
        let has = move |root: usize| self.sets[at].get(root / 64).is_some_and(|word| word >> (root % 64) & 1 == 1);
        self.roots.iter().enumerate().filter(move |(root, _)| has(*root)).map(|(_, place)| *place)
    }
}

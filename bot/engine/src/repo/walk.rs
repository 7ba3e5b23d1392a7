//! Walks through history: what one commit has that another lacks, in git's order, and where histories meet.
//!
//! The walks are git's own, by date and with a little more looked at than seems needed, since clocks are wrong now and then. What comes
//! first among commits of one second is as in libgit2, by which earlier versions walked.

use std::collections::{HashMap, VecDeque};

use super::Repo;
use crate::error::GitError;
use crate::ids::CommitId;
use crate::objects::cache::IdHash;

/// How many more commits that nobody asked for are looked at once none is left that somebody did.
const SLOP: usize = 5;

/// Reached from the one side, from the other, from what both have; and found to be an answer.
const ONE: u8 = 1;
const OTHER: u8 = 2;
const STALE: u8 = 4;
const RESULT: u8 = 8;

/// A commit in a walk.
#[derive(Default)]
struct Node {
    /// What follows is known of it; before, it is only a parent of another.
    is_read: bool,
    time: i64,
    parents: Vec<usize>,
    seen: bool,
    hidden: bool,
    added: bool,
    children: usize,
    sides: u8,
    queued: usize,
}

/// A walk: the commits it has come to.
struct Walk<'r> {
    repo: &'r Repo,
    ids: Vec<CommitId>,
    nodes: Vec<Node>,
    known: HashMap<CommitId, usize, IdHash>,
}

impl<'r> Walk<'r> {
    fn new(repo: &'r Repo) -> Self {
        Self { repo, ids: Vec::new(), nodes: Vec::new(), known: HashMap::default() }
    }

    fn node(&mut self, id: CommitId) -> usize {
        *self.known.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.nodes.push(Node::default());
            self.nodes.len() - 1
        })
    }

    fn read(&mut self, at: usize) -> Result<(), GitError> {
        if !self.nodes[at].is_read {
            let links = self.repo.links(self.ids[at])?;
            let parents = links.parents.iter().map(|id| self.node(*id)).collect();
            let node = &mut self.nodes[at];
            (node.is_read, node.time, node.parents) = (true, links.time, parents);
        }
        Ok(())
    }

    /// A commit that was named.
    fn named(&mut self, id: CommitId) -> Result<usize, GitError> {
        let at = self.node(id);
        self.read(at)?;
        Ok(at)
    }

    fn time(&self, at: usize) -> i64 {
        self.nodes[at].time
    }

    /// The parents of a commit, each read.
    fn parents(&mut self, at: usize) -> Result<Vec<usize>, GitError> {
        let parents = self.nodes[at].parents.clone();
        parents.iter().try_for_each(|parent| self.read(*parent))?;
        Ok(parents)
    }

    /// Hides what a hidden commit's parents are known to have.
    fn hide_parents(&mut self, at: usize) {
        let mut pending = self.nodes[at].parents.clone();
        while let Some(at) = pending.pop() {
            if !std::mem::replace(&mut self.nodes[at].hidden, true) {
                pending.extend_from_slice(&self.nodes[at].parents);
            }
        }
    }

    /// Takes a commit into a list that is ordered by date, after those of the same second.
    fn insert(&self, list: &mut VecDeque<usize>, at: usize) {
        let time = self.time(at);
        let place = list.iter().position(|other| self.time(*other) < time);
        list.insert(place.unwrap_or(list.len()), at);
    }

    /// What the commits in the list have that the hidden ones among them lack, the youngest first.
    fn limited(&mut self, mut list: VecDeque<usize>) -> Result<Vec<usize>, GitError> {
        let (mut found, mut slop, mut youngest) = (Vec::new(), SLOP, i64::MAX);
        while let Some(at) = list.pop_front() {
            if !std::mem::replace(&mut self.nodes[at].added, true) {
                let hidden = self.nodes[at].hidden;
                for parent in self.parents(at)? {
                    if hidden {
                        self.nodes[parent].hidden = true;
                        self.hide_parents(parent);
                    }
                    if !std::mem::replace(&mut self.nodes[parent].seen, true) || hidden {
                        self.insert(&mut list, parent);
                    }
                }
            }
            if !self.nodes[at].hidden {
                youngest = self.time(at);
                found.push(at);
                continue;
            }
            self.hide_parents(at);
            let Some(next) = list.front() else { break };
            let more = youngest <= self.time(*next)
                || list.iter().any(|at| !self.nodes[*at].hidden || self.time(*at) > youngest);
            slop = if more { SLOP } else { slop - 1 };
            if slop == 0 {
                break;
            }
        }
        Ok(found)
    }

    /// Children before parents, and the younger first where that leaves a choice.
    fn sorted(&mut self, found: &[usize]) -> Vec<usize> {
        for at in found {
            self.nodes[*at].children = 1;
        }
        for at in found {
            for parent in self.nodes[*at].parents.clone() {
                self.nodes[parent].children += usize::from(self.nodes[parent].children > 0);
            }
        }
        let mut queue = Heap::default();
        for at in found.iter().filter(|at| self.nodes[**at].children == 1) {
            queue.push(self.time(*at), *at);
        }
        let mut order = Vec::with_capacity(found.len());
        while let Some(at) = queue.pop() {
            for parent in self.nodes[at].parents.clone() {
                let children = &mut self.nodes[parent].children;
                *children = children.saturating_sub(1);
                if *children == 1 {
                    queue.push(self.time(parent), parent);
                }
            }
            self.nodes[at].children = 0;
            order.push(at);
        }
        // Some were found before it was known that they are hidden.
        order.retain(|at| !self.nodes[*at].hidden);
        order
    }

    /// Where the history of one meets that of any of the others: each commit that both have, and no other that is found has.
    fn common(&mut self, one: usize, others: &[usize]) -> Result<Vec<usize>, GitError> {
        for node in &mut self.nodes {
            (node.sides, node.queued) = (0, 0);
        }
        let (mut queue, mut found, mut fresh) = (Heap::default(), Vec::new(), 0);
        for (at, side) in std::iter::once((one, ONE)).chain(others.iter().map(|other| (*other, OTHER))) {
            self.nodes[at].sides |= side;
            self.nodes[at].queued += 1;
            fresh += 1;
            queue.push(self.time(at), at);
        }
        // As long as something is in the queue that not both are known to have.
        while fresh > 0 {
            let Some(at) = queue.pop() else { break };
            let node = &mut self.nodes[at];
            node.queued -= 1;
            fresh -= usize::from(node.sides & STALE == 0);
            let mut sides = node.sides & (ONE | OTHER | STALE);
            if sides == ONE | OTHER {
                if node.sides & RESULT == 0 {
                    node.sides |= RESULT;
                    found.push(at);
                }
                sides |= STALE;
            }
            for parent in self.parents(at)? {
                let node = &mut self.nodes[parent];
                if node.sides & sides == sides {
                    continue;
                }
                if node.sides & STALE == 0 && sides & STALE != 0 {
                    fresh -= node.queued;
                }
                node.sides |= sides;
                node.queued += 1;
                fresh += usize::from(node.sides & STALE == 0);
                queue.push(self.time(parent), parent);
            }
        }
        Ok(found.into_iter().filter(|at| self.nodes[*at].sides & STALE == 0).collect())
    }

    /// Those of some commits that no other of them has in its history.
    fn independent(&mut self, commits: &[usize]) -> Result<Vec<usize>, GitError> {
        let mut redundant = vec![false; commits.len()];
        for (at, commit) in commits.iter().enumerate() {
            if redundant[at] {
                continue;
            }
            let others: Vec<usize> = (0..commits.len()).filter(|other| *other != at && !redundant[*other]).collect();
            if others.is_empty() {
                break;
            }
            let nodes: Vec<usize> = others.iter().map(|other| commits[*other]).collect();
            self.common(*commit, &nodes)?;
            redundant[at] = self.nodes[*commit].sides & OTHER != 0;
            for other in others {
                redundant[other] |= self.nodes[commits[other]].sides & ONE != 0;
            }
        }
        Ok(commits.iter().zip(redundant).filter(|(_, redundant)| !redundant).map(|(commit, _)| *commit).collect())
    }
}

impl Repo {
    /// The commits that any of `tips` has and `hidden` lacks, parents before children, older before younger where history leaves
    /// the choice.
    pub(super) fn walk(&self, tips: &[CommitId], hidden: Option<CommitId>) -> Result<Vec<CommitId>, GitError> {
        let mut walk = Walk::new(self);
        // What was named last is looked at first.
        let mut list = VecDeque::new();
        let named = tips.iter().map(|tip| (*tip, false)).chain(hidden.map(|hidden| (hidden, true)));
        let named: Vec<_> = named.collect();
        for (id, hidden) in named.into_iter().rev() {
            let at = walk.named(id)?;
            if hidden {
                walk.nodes[at].hidden = true;
                walk.hide_parents(at);
            }
            if !std::mem::replace(&mut walk.nodes[at].seen, true) {
                list.push_back(at);
            }
        }
        let found = walk.limited(list)?;
        let order = walk.sorted(&found);
        Ok(order.into_iter().rev().map(|at| walk.ids[at]).collect())
    }

    /// All best common ancestors of a commit and of a merge of others, the youngest first: histories that merged each other
    /// crosswise have several. None where they never meet.
    ///
    /// # Errors
    /// The history cannot be walked.
    pub fn merge_bases(&self, one: CommitId, others: &[CommitId]) -> Result<Vec<CommitId>, GitError> {
        if others.contains(&one) {
            return Ok(vec![one]);
        }
        let mut walk = Walk::new(self);
        let one = walk.named(one)?;
        let others = others.iter().map(|id| walk.named(*id)).collect::<Result<Vec<_>, _>>()?;
        let ordered = |walk: &Walk<'_>, found: Vec<usize>| {
            let mut list = VecDeque::new();
            found.into_iter().for_each(|at| walk.insert(&mut list, at));
            Vec::from(list)
        };
        let mut found = walk.common(one, &others)?;
        // Those that were found last come first, as among equals in libgit2.
        found.reverse();
        let mut found = ordered(&walk, found);
        if found.len() > 1 {
            found = walk.independent(&found)?;
            found = ordered(&walk, found);
        }
        Ok(found.into_iter().map(|at| walk.ids[at]).collect())
    }
}

/// A queue by date, the youngest first. Among equals the order is that of libgit2's heap, of which walks are made.
#[derive(Default)]
struct Heap(Vec<(i64, usize)>);

impl Heap {
    fn push(&mut self, time: i64, at: usize) {
        let mut place = self.0.len();
        self.0.push((time, at));
        while place > 0 {
            let parent = (place - 1) / 2;
            if self.0[parent].0 >= time {
                break;
            }
            self.0.swap(parent, place);
            place = parent;
        }
    }

    fn pop(&mut self) -> Option<usize> {
        let last = self.0.len().checked_sub(1)?;
        self.0.swap(0, last);
        let (_, at) = self.0.pop()?;
        let mut place = 0;
        loop {
            let (left, right) = (2 * place + 1, 2 * place + 2);
            let Some((time, _)) = self.0.get(left) else { break };
            let child = if self.0.get(right).is_some_and(|(other, _)| other > time) { right } else { left };
            if self.0[place].0 >= self.0[child].0 {
                break;
            }
            self.0.swap(place, child);
            place = child;
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use git2::{ErrorCode, Oid, Sort};
    use proptest::prelude::*;

    use super::*;
    use crate::commit::{Signature, When};

    /// A history: of each commit its date, and which of those before it are its parents.
    fn histories() -> impl Strategy<Value = Vec<(i64, Vec<usize>)>> {
        let parents = prop::collection::vec(0..6_usize, 0..3);
        prop::collection::vec((0..8_i64, parents), 2..40)
    }

    fn made(repo: &Repo, history: &[(i64, Vec<usize>)]) -> Vec<CommitId> {
        let tree = repo.empty_tree().expect("a tree");
        let mut commits: Vec<CommitId> = Vec::new();
        for (at, (date, back)) in history.iter().enumerate() {
            let mut parents: Vec<CommitId> = Vec::new();
            for back in back {
                let parent = at.checked_sub(back + 1).map(|parent| commits[parent]);
                parents.extend(parent.filter(|parent| !parents.contains(parent)));
            }
            // Mostly later than what came before, and some by a wrong clock.
            let seconds = if *date == 7 { 1000 } else { 1_000_000 + at as i64 / 3 * 10 + date / 4 };
            let by = Signature { name: "A".into(), email: "a@b".into(), when: When { seconds, offset: 0 } };
            let by = crate::repo::stored::line(&by);
            let commit = repo.commit_as(&by, &parents, tree, &by, &at.to_string()).expect("a commit");
            // libgit2 walks it, too.
            repo.hand_over(commit.as_bytes()).expect("written");
            commits.push(commit);
        }
        commits
    }

    fn libgit2(repo: &Repo, tips: &[CommitId], hidden: CommitId) -> Vec<CommitId> {
        let mut walk = repo.inner.revwalk().expect("a walk");
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME | Sort::REVERSE).expect("sorted");
        tips.iter().for_each(|tip| walk.push((*tip).into()).expect("a tip"));
        walk.hide(hidden.into()).expect("hidden");
        walk.map(|id| id.expect("read").into()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn histories_are_walked_as_by_libgit2(history in histories(), pairs in prop::collection::vec((0..40_usize, 0..40_usize), 12)) {
            let folder = tempfile::tempdir().expect("a folder");
            drop(Repo::init(folder.path(), "main").expect("a repository"));
            let repo = Repo::open(folder.path()).expect("opened");
            let commits = made(&repo, &history);
            let last = commits[commits.len() - 1];
            for (one, other) in pairs {
                let [one, other] = [one, other].map(|at| commits[at % commits.len()]);
                prop_assert_eq!(repo.walk(&[one], Some(other)).expect("walked"), libgit2(&repo, &[one], other));
                let both = [one, last];
                prop_assert_eq!(repo.walk(&both, Some(other)).expect("walked"), libgit2(&repo, &both, other));
                for others in [vec![other], vec![other, last]] {
                    let ids: Vec<Oid> = std::iter::once(&one).chain(&others).map(|id| (*id).into()).collect();
                    let expected: Vec<CommitId> = match repo.inner.merge_bases_many(&ids) {
                        Ok(bases) => bases.iter().map(|id| (*id).into()).collect(),
                        Err(error) if error.code() == ErrorCode::NotFound => Vec::new(),
                        Err(error) => panic!("{error}"),
                    };
                    prop_assert_eq!(repo.merge_bases(one, &others).expect("walked"), expected);
                }
                let below = one == other || repo.inner.graph_descendant_of(one.into(), other.into()).expect("walked");
                prop_assert_eq!(repo.contains(one, other).expect("walked"), below);
            }
        }
    }
}

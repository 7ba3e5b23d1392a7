//! What the fork undid: a revert of its own is a decision, and the change never comes back unasked.
//!
//! A revert counts while nothing undid it, so the newest is looked at first, and none is looked at twice: reverts of reverts of
//! reverts, crossed as anybody likes, cost no more than their number.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::brought::brought_in;
use super::taken::{CommitPaths, PatchIds};
use engine::ids::{CommitId, PatchId};
use engine::path::RepoPath;

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
static REVERT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)this reverts commit ([0-9a-f]{7,40})").unwrap());

/// Which commits of the fork still stand, and what undid the others.
#[derive(Debug)]
pub(super) struct Undone {
    stands: Vec<bool>,
    by: HashMap<CommitId, CommitId>,
    /// Commits that are none of the fork's own, as reverts name them, each with the place of the last revert and its name.
    named: HashMap<String, (usize, CommitId)>,
    /// How long these names are.
    lengths: BTreeSet<usize>,
    places: HashMap<CommitId, usize>,
}

impl Undone {
    /// The fork's commits whose change still stands: those that a later commit reverted are left out, and one whose revert was
    /// itself reverted is back.
    pub(super) fn standing<'a>(&self, fork: &'a [CommitPaths]) -> impl Iterator<Item = &'a CommitPaths> {
        fork.iter().zip(&self.stands).filter_map(|(change, stands)| stands.then_some(change))
    }

    /// The others.
    pub(super) fn gone<'a>(&self, fork: &'a [CommitPaths]) -> impl Iterator<Item = &'a CommitPaths> {
        fork.iter().zip(&self.stands).filter_map(|(change, stands)| (!stands).then_some(change))
    }

    /// What undid a commit of the fork.
    pub(super) fn by(&self, fork_commit: CommitId) -> Option<CommitId> {
        self.by.get(&fork_commit).copied()
    }

    /// The fork's last revert that names a commit of upstream.
    pub(super) fn named(&self, upstream: CommitId) -> Option<CommitId> {
        let name = upstream.to_string();
        self.lengths.iter().filter_map(|length| self.named.get(&name[..*length])).max().map(|(_, by)| *by)
    }

    /// Whether one commit of the fork comes after another.
    pub(super) fn is_later(&self, one: CommitId, other: CommitId) -> bool {
        self.places.get(&one) > self.places.get(&other)
    }
}

/// Finds what the fork undid, each commit looked at once. `picked` are commits of the fork that are picks of upstream's: what they
/// say is upstream's word, not the fork's. Of commits other than those that matter it may be missed that they were undone.
///
/// # Errors
/// Whatever `patch_ids` reports.
pub(super) fn undone<P: PatchIds>(
    fork: &[CommitPaths],
    (picked, matters): (&HashSet<CommitId>, &HashSet<CommitId>),
    patch_ids: &mut P,
) -> Result<Undone, P::Error> {
    let ids: Vec<CommitId> = fork.iter().map(|change| change.commit.id).collect();
    let places: HashMap<CommitId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut names: Vec<(String, usize)> = ids.iter().enumerate().map(|(at, id)| (id.to_string(), at)).collect();
    names.sort_unstable();
    let mut undone = Undone {
        stands: vec![true; fork.len()],
        by: HashMap::new(),
        named: HashMap::new(),
        lengths: BTreeSet::new(),
        places,
    };
    let says = says(fork, &names, picked);
    let silent = silent(fork, &says, (picked, matters), patch_ids)?;
    // Newest first: when a commit is looked at, all that could undo it were. What it says counts where it stands.
    for at in (0..fork.len()).rev().filter(|at| !picked.contains(&ids[*at])) {
        if !undone.stands[at] {
            continue;
        }
        for said in &says[at] {
            match said {
                Named::Ours(earlier) => undone.undo(fork, *earlier, ids[at]),
                Named::Other(sha) => {
                    undone.lengths.insert(sha.len());
                    undone.named.entry(sha.clone()).or_insert((at, ids[at]));
                }
            }
        }
        if let Some(earlier) = silent[at] {
            undone.undo(fork, earlier, ids[at]);
        }
    }
    Ok(undone)
}

impl Undone {
    /// Notes what undid a commit. Undoing a merge undoes what it brought in.
    fn undo(&mut self, fork: &[CommitPaths], at: usize, by: CommitId) {
        let commit = &fork[at].commit;
        if !std::mem::replace(&mut self.stands[at], false) && self.by.contains_key(&commit.id) && commit.is_merge() {
            // Whatever it brought in was noted with it.
            return;
        }
        self.by.entry(commit.id).or_insert(by);
        for inner in brought_in(fork, &self.places, commit) {
            self.stands[inner] = false;
            self.by.entry(fork[inner].commit.id).or_insert(by);
        }
    }
}

/// What a revert names.
enum Named {
    /// An earlier commit of the fork, by place.
    Ours(usize),
    /// Any other, as it is written.
    Other(String),
}

/// What the message of each commit says it reverts, each once.
fn says(fork: &[CommitPaths], names: &[(String, usize)], picked: &HashSet<CommitId>) -> Vec<Vec<Named>> {
    let read = |(at, change): (usize, &CommitPaths)| {
        if picked.contains(&change.commit.id) {
            return Vec::new();
        }
        let said: BTreeSet<String> =
            REVERT.captures_iter(&change.commit.message).map(|found| found[1].to_ascii_lowercase()).collect();
        let place = |sha: String| {
            let from = names.partition_point(|(name, _)| *name < sha);
            let alike = names[from..].iter().take_while(|(name, _)| name.starts_with(&sha)).map(|(_, place)| *place);
            alike.filter(|place| *place < at).max().map_or(Named::Other(sha), Named::Ours)
        };
        said.into_iter().map(place).collect()
    };
    fork.iter().enumerate().map(read).collect()
}

/// A revert need not say so: undoing the same lines of the same files is one. For each commit whose message says nothing, the last one
/// before it that it undoes so. A patch-id takes long, so it is asked only where one of the commits with these files matters, or says
/// that it undoes another: no other can change what becomes of those.
fn silent<P: PatchIds>(
    fork: &[CommitPaths],
    says: &[Vec<Named>],
    (picked, matters): (&HashSet<CommitId>, &HashSet<CommitId>),
    patch_ids: &mut P,
) -> Result<Vec<Option<usize>>, P::Error> {
    let mut touching: HashMap<&[RepoPath], Vec<usize>> = HashMap::new();
    for (at, change) in fork.iter().enumerate() {
        if !change.paths.is_empty() && !change.commit.is_merge() {
            touching.entry(&change.paths).or_default().push(at);
        }
    }
    let mut silent = vec![None; fork.len()];
    let asked = |at: &usize| !says[*at].is_empty() || matters.contains(&fork[*at].commit.id);
    for places in touching.values().filter(|places| places.len() > 1 && places.iter().any(asked)) {
        let mut undoing: HashMap<PatchId, usize> = HashMap::new();
        for at in places {
            let commit = &fork[*at].commit;
            let ours = says[*at].iter().any(|said| matches!(said, Named::Ours(_)));
            if !ours && !picked.contains(&commit.id) && !undoing.is_empty() {
                silent[*at] = undoing.get(&patch_ids.patch_id(commit, false)?).copied();
            }
            if Some(at) != places.last() {
                undoing.insert(patch_ids.patch_id(commit, true)?, *at);
            }
        }
    }
    Ok(silent)
}

#[cfg(test)]
mod tests {
    use engine::commit::{Commit, Signature, When};
    use engine::ids::TreeId;

    use super::*;

    /// Of commits whose messages say all there is to know.
    struct None;

    impl PatchIds for None {
        type Error = std::convert::Infallible;

        fn patch_id(&mut self, commit: &Commit, reversed: bool) -> Result<PatchId, Self::Error> {
            let mut id = *commit.id.as_bytes();
            id[19] = u8::from(reversed);
            Ok(PatchId::from_bytes(id))
        }
    }

    fn id(at: usize) -> CommitId {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&(at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        bytes[8..16].copy_from_slice(&(at as u64).to_be_bytes());
        CommitId::from_bytes(bytes)
    }

    /// A line of commits, each of which reverts those before it that `reverts` names.
    fn line(commits: usize, reverts: impl Fn(usize) -> Vec<usize>) -> Vec<CommitPaths> {
        let nobody = Signature { name: "a".into(), email: "b".into(), when: When { seconds: 0, offset: 0 } };
        let commit = |at: usize| Commit {
            id: id(at),
            tree: TreeId::from_bytes([0; 20]),
            parents: at.checked_sub(1).map(id).into_iter().collect(),
            author: nobody.clone(),
            committer: nobody.clone(),
            message: reverts(at).iter().map(|at| format!("This reverts commit {}.\n", id(*at))).collect(),
        };
        (0..commits).map(|at| CommitPaths { commit: commit(at), paths: vec![RepoPath::from("a")] }).collect()
    }

    fn standing(fork: &[CommitPaths]) -> Vec<usize> {
        let Ok(undone) = undone(fork, (&HashSet::new(), &HashSet::new()), &mut None);
        (0..fork.len()).filter(|at| undone.stands[*at]).collect()
    }

    #[test]
    fn a_revert_of_a_revert_brings_back_what_was_undone() {
        assert_eq!(standing(&line(2, |at| (at > 0).then_some(0).into_iter().collect())), [1]);
        assert_eq!(standing(&line(3, |at| at.checked_sub(1).into_iter().collect())), [0, 2]);
        // Two say so, and one of these is undone.
        let twice = |at: usize| [vec![], vec![0], vec![0], vec![2]][at].clone();
        assert_eq!(standing(&line(4, twice)), [1, 3]);
    }

    #[test]
    fn reverts_crossed_in_any_way_are_each_looked_at_once() {
        let crossed = |at: usize| (at.saturating_sub(3)..at).collect();
        assert_eq!(standing(&line(61, crossed)), (0..61).filter(|at| at % 4 == 0).collect::<Vec<_>>());
        assert_eq!(standing(&line(500, |at| (0..at).collect())), [499]);
    }

    #[test]
    fn a_long_chain_of_reverts_needs_no_stack() {
        let chain = line(30_000, |at| at.checked_sub(1).into_iter().collect());
        let on_a_small_stack = std::thread::Builder::new().stack_size(256 << 10).spawn(move || standing(&chain).len());
        assert_eq!(on_a_small_stack.expect("started").join().expect("ended"), 15_000);
    }
}

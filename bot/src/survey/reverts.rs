//! What the fork undid: a revert of its own is a decision, and the change never comes back unasked.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::taken::{CommitPaths, PatchIds, brought_in, pattern};
use engine::ids::CommitId;

static REVERT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)this reverts commit ([0-9a-f]{7,40})"));

/// Which commits of the fork still stand, and what undid the others.
#[derive(Debug)]
pub(super) struct Undone {
    stands: Vec<bool>,
    by: HashMap<CommitId, CommitId>,
    /// Commits that are none of the fork's own, as reverts name them, each with the revert.
    named: Vec<(String, CommitId)>,
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
        self.named.iter().rfind(|(sha, _)| name.starts_with(sha)).map(|(_, by)| *by)
    }

    /// Whether one commit of the fork comes after another.
    pub(super) fn is_later(&self, one: CommitId, other: CommitId) -> bool {
        self.places.get(&one) > self.places.get(&other)
    }
}

/// Finds what the fork undid. `picked` are commits of the fork that are picks of upstream's undoings: these are upstream's word, not
/// the fork's.
///
/// # Errors
/// Whatever `patch_ids` reports.
pub(super) fn undone<P: PatchIds>(
    fork: &[CommitPaths],
    picked: &HashSet<CommitId>,
    patch_ids: &mut P,
) -> Result<Undone, P::Error> {
    let ids: Vec<CommitId> = fork.iter().map(|change| change.commit.id).collect();
    let places: HashMap<CommitId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let mut stands = vec![true; fork.len()];
    let mut named: Vec<(usize, String)> = Vec::new();
    let mut undoes: Vec<Vec<usize>> = vec![Vec::new(); fork.len()];
    for (at, change) in fork.iter().enumerate() {
        if picked.contains(&change.commit.id) {
            continue;
        }
        for found in REVERT.captures_iter(&change.commit.message) {
            let sha = found[1].to_ascii_lowercase();
            let Some(undone) = fork[..at].iter().rposition(|earlier| earlier.commit.id.to_string().starts_with(&sha))
            else {
                named.push((at, sha));
                continue;
            };
            undoes[at].push(undone);
            // Undoing a merge undoes what it brought in.
            undoes[at].extend(brought_in(fork, &places, &fork[undone].commit));
        }
        if undoes[at].is_empty() && !change.paths.is_empty() && !change.commit.is_merge() {
            // A revert need not say so: undoing the same lines of the same files is one.
            for earlier in (0..at).rev() {
                let other = &fork[earlier];
                if stands[earlier]
                    && !other.commit.is_merge()
                    && other.paths == change.paths
                    && patch_ids.patch_id(&other.commit, true)? == patch_ids.patch_id(&change.commit, false)?
                {
                    undoes[at].push(earlier);
                    break;
                }
            }
        }
        let undone = undoes[at].clone();
        for earlier in undone {
            set(&mut stands, &undoes, earlier, false);
        }
    }
    let mut by = HashMap::new();
    for (at, undoes) in undoes.iter().enumerate().filter(|(at, _)| stands[*at]) {
        by.extend(undoes.iter().map(|earlier| (ids[*earlier], ids[at])));
    }
    let named = named.into_iter().filter(|(at, _)| stands[*at]).map(|(at, sha)| (sha, ids[at])).collect();
    Ok(Undone { stands, by, named, places })
}

/// Marks a commit as standing or not; what it had undone itself turns the other way.
fn set(stands: &mut [bool], undoes: &[Vec<usize>], at: usize, to: bool) {
    if stands[at] == to {
        return;
    }
    stands[at] = to;
    for earlier in &undoes[at] {
        set(stands, undoes, *earlier, !to);
    }
}

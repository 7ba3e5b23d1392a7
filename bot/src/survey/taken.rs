//! Whether the fork has an upstream change already, and what says so.
//!
//! Picked by hand, a change comes in altered: conflicts were settled, the formatter ran, two commits became one. So no single
//! sign is enough (patch-id alone sees 8 of 17 on a real fork), and every sign is weighed here. Cheap signs come first; a
//! patch-id is computed only for commits that touch exactly the same paths.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::{Evidence, EvidenceKind};
use engine::commit::{Commit, pr_of};
use engine::ids::{CommitId, PatchId};
use engine::path::RepoPath;

/// A commit with the paths it touches, sorted.
#[derive(Debug, Clone)]
pub struct CommitPaths {
    /// The commit.
    pub commit: Commit,
    /// Its paths.
    pub paths: Vec<RepoPath>,
}

/// Gives the patch-id of a commit, or of its reverse; asked for only where it can matter.
pub trait PatchIds {
    /// What goes wrong.
    type Error;
    /// The patch-id of what the commit does, or (`reversed`) of undoing it.
    ///
    /// # Errors
    /// The commit's files cannot be read.
    fn patch_id(&mut self, commit: &Commit, reversed: bool) -> Result<PatchId, Self::Error>;
}

static TRAILER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\(cherry picked from commit ([0-9a-f]{7,40})\)"));
static REVERT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)this reverts commit ([0-9a-f]{7,40})"));

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The evidence for each commit of `upstream`, in the same order; none where the fork does not have it. `absorbed` says of each
/// whether picking it onto the fork's head changes nothing; `landed` are those that a merged phase brought in, with the fork's
/// commit that holds them.
///
/// # Errors
/// Whatever `patch_ids` reports.
pub fn evidence<P: PatchIds>(
    upstream: &[CommitPaths],
    fork: &[CommitPaths],
    absorbed: &[bool],
    landed: &[(CommitId, CommitId)],
    patch_ids: &mut P,
) -> Result<Vec<Vec<Evidence>>, P::Error> {
    let standing = standing(fork, patch_ids)?;
    let stands: HashSet<CommitId> = standing.iter().map(|change| change.commit.id).collect();
    let index = EvidenceIndex::new(upstream, &standing);
    let mut found = Vec::with_capacity(upstream.len());
    for change in upstream {
        let mut strong = index.strong(change, patch_ids)?;
        // What was reverted after it had landed is open again.
        let of_phases = landed.iter().filter(|(sha, holds)| *sha == change.commit.id && stands.contains(holds));
        strong.extend(of_phases.map(|(_, holds)| Evidence { kind: EvidenceKind::Ledger, fork_commit: *holds }));
        found.push(strong);
    }
    // A fork commit that is surely one upstream commit is not also another of the same subject line; a squashed phase is many.
    let surely = found.iter().flatten().filter(|evidence: &&Evidence| evidence.kind != EvidenceKind::Ledger);
    let spoken_for: HashSet<CommitId> = surely.map(|evidence| evidence.fork_commit).collect();
    for ((change, found), absorbed) in upstream.iter().zip(&mut found).zip(absorbed) {
        index.subject(change, *absorbed, &spoken_for, found);
        found.sort_by_key(|evidence| (evidence.kind, evidence.fork_commit));
    }
    Ok(found)
}

/// The fork's commits whose change still stands: those that a later commit reverted are left out, and one whose revert was
/// itself reverted is back.
fn standing<'a, P: PatchIds>(fork: &'a [CommitPaths], patch_ids: &mut P) -> Result<Vec<&'a CommitPaths>, P::Error> {
    let mut stands = vec![true; fork.len()];
    let mut undoes: Vec<Vec<usize>> = vec![Vec::new(); fork.len()];
    for (at, change) in fork.iter().enumerate() {
        for named in REVERT.captures_iter(&change.commit.message) {
            let Some(undone) =
                fork[..at].iter().rposition(|earlier| earlier.commit.id.to_string().starts_with(&named[1]))
            else {
                continue;
            };
            undoes[at].push(undone);
            undoes[at].extend(brought_in(fork, undone));
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
    Ok(fork.iter().zip(stands).filter_map(|(change, stands)| stands.then_some(change)).collect())
}

/// The commits that a merge brought in: undoing it undoes them.
fn brought_in(fork: &[CommitPaths], merge: usize) -> Vec<usize> {
    let [first, others @ ..] = fork[merge].commit.parents.as_slice() else { return Vec::new() };
    if others.is_empty() {
        return Vec::new();
    }
    let place: HashMap<CommitId, usize> =
        fork[..merge].iter().enumerate().map(|(at, change)| (change.commit.id, at)).collect();
    let reach = |from: &[CommitId]| {
        let mut found = HashSet::new();
        let mut pending: Vec<usize> = from.iter().filter_map(|id| place.get(id).copied()).collect();
        while let Some(at) = pending.pop() {
            if found.insert(at) {
                pending.extend(fork[at].commit.parents.iter().filter_map(|id| place.get(id).copied()));
            }
        }
        found
    };
    let before = reach(&[*first]);
    reach(others).into_iter().filter(|at| !before.contains(at)).collect()
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

type AuthorKey<'a> = (&'a str, &'a str, i64);

fn author_key(commit: &Commit) -> AuthorKey<'_> {
    (&commit.author.name, &commit.author.email, commit.author.when.seconds)
}

/// How many paths of one commit another touches too.
fn shared(change: &CommitPaths, other: &CommitPaths) -> usize {
    change.paths.iter().filter(|path| other.paths.binary_search(path).is_ok()).count()
}

/// The fork's standing commits by what they can be found by.
struct EvidenceIndex<'a> {
    by_trailer: HashMap<CommitId, Vec<CommitId>>,
    by_author: HashMap<AuthorKey<'a>, Vec<&'a CommitPaths>>,
    by_paths: HashMap<&'a [RepoPath], Vec<&'a CommitPaths>>,
    by_subject: HashMap<&'a str, Vec<&'a CommitPaths>>,
    by_pr: HashMap<u64, Vec<&'a CommitPaths>>,
    /// How many upstream commits have the same author and date: with more than one, the date alone tells nothing.
    same_author: HashMap<AuthorKey<'a>, usize>,
}

impl<'a> EvidenceIndex<'a> {
    fn new(upstream: &'a [CommitPaths], fork: &[&'a CommitPaths]) -> Self {
        let mut index = Self {
            by_trailer: HashMap::new(),
            by_author: HashMap::new(),
            by_paths: HashMap::new(),
            by_subject: HashMap::new(),
            by_pr: HashMap::new(),
            same_author: HashMap::new(),
        };
        let mut names: Vec<(String, CommitId)> =
            upstream.iter().map(|change| (change.commit.id.to_string(), change.commit.id)).collect();
        names.sort_unstable();
        for change in upstream {
            *index.same_author.entry(author_key(&change.commit)).or_default() += 1;
        }
        for change in fork {
            for named in TRAILER.captures_iter(&change.commit.message) {
                // A trailer may name a commit of another repository, or nothing at all: it counts only for one of the range.
                let at = names.partition_point(|(name, _)| name.as_str() < &named[1]);
                if let Some((name, id)) = names.get(at)
                    && name.starts_with(&named[1])
                {
                    index.by_trailer.entry(*id).or_default().push(change.commit.id);
                }
            }
            index.by_author.entry(author_key(&change.commit)).or_default().push(change);
            if !change.commit.is_merge() && !change.paths.is_empty() {
                index.by_paths.entry(&change.paths).or_default().push(change);
            }
            index.by_subject.entry(change.commit.subject()).or_default().push(change);
            if let Some(pr) = change.commit.pr() {
                index.by_pr.entry(pr).or_default().push(change);
            }
        }
        index
    }

    /// Evidence that is enough on its own.
    fn strong<P: PatchIds>(&self, change: &CommitPaths, patch_ids: &mut P) -> Result<Vec<Evidence>, P::Error> {
        let mut found = Vec::new();
        let mut add = |kind, fork_commit| found.push(Evidence { kind, fork_commit });
        for fork_commit in self.by_trailer.get(&change.commit.id).into_iter().flatten() {
            add(EvidenceKind::Trailer, *fork_commit);
        }
        let key = author_key(&change.commit);
        let unique = self.same_author.get(&key) == Some(&1);
        for other in self.by_author.get(&key).into_iter().flatten() {
            // Scripts make commits in the same second, so the date is believed only of commits that have something in common.
            if other.commit.subject() == change.commit.subject() || (unique && shared(change, other) > 0) {
                add(EvidenceKind::Authorship, other.commit.id);
            }
        }
        for other in self.by_paths.get(change.paths.as_slice()).into_iter().flatten() {
            if patch_ids.patch_id(&change.commit, false)? == patch_ids.patch_id(&other.commit, false)? {
                add(EvidenceKind::PatchId, other.commit.id);
            }
        }
        Ok(found)
    }

    /// The same subject line, or the same pull request: supports other evidence, and is enough only where the change is also
    /// absorbed or the same paths were touched. A pull request number alone may be the fork's own, so it asks for more than half
    /// of the paths.
    fn subject(&self, change: &CommitPaths, absorbed: bool, spoken_for: &HashSet<CommitId>, found: &mut Vec<Evidence>) {
        let known: HashSet<CommitId> = found.iter().map(|evidence| evidence.fork_commit).collect();
        let subject = change.commit.subject();
        let same_subject = self.by_subject.get(subject).into_iter().flatten().map(|other| (other, 1));
        let same_pr = pr_of(subject).and_then(|pr| self.by_pr.get(&pr)).into_iter().flatten();
        let same_pr = same_pr.map(|other| (other, change.paths.len() / 2 + 1));
        for (other, wanted) in same_subject.chain(same_pr) {
            let id = other.commit.id;
            let already = found.iter().any(|e| e.kind == EvidenceKind::Subject && e.fork_commit == id);
            if already || (spoken_for.contains(&id) && !known.contains(&id)) {
                continue;
            }
            if known.contains(&id) || absorbed || shared(change, other) >= wanted {
                found.push(Evidence { kind: EvidenceKind::Subject, fork_commit: id });
            }
        }
    }
}

//! Whether the fork has an upstream change already, and what says so.
//!
//! Picked by hand, a change comes in altered: conflicts were resolved, the formatter ran, two commits became one. So no single
//! sign is enough (patch-id alone sees 8 of 17 on a real fork), and every sign is weighed here. Cheap signs come first; a
//! patch-id is computed only for commits that touch exactly the same paths.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use regex::Regex;

use super::reverts::{self, Undone};
use super::{Evidence, EvidenceKind};
use engine::commit::{Commit, pr_of};
use engine::ids::{CommitId, PatchId};
use engine::path::RepoPath;

/// A commit with the paths it touches, sorted.
#[derive(Debug, Clone)]
pub struct CommitPaths {
    pub commit: Commit,
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

/// The ways in which people name the upstream commit that a backport comes from: git's own, and those of distributions and of
/// the kernel's stable branches.
static TRAILER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xim)
          \( (?:cherry[-\x20]picked|back-?ported) \s+ from \s+ commit \s+ ([0-9a-f]{7,40}) \b
        | ^ commit \x20 ([0-9a-f]{7,40}) \x20 upstream \.? \x20* $
        | ^ \[ \x20* upstream \x20 commit \x20 ([0-9a-f]{7,40}) \x20* \]
        | ^ upstream-commit: \x20* ([0-9a-f]{7,40}) \b
        | (?:cherry[-\x20]picked|back-?ported) \x20+ from:? \x20+ https?://\S+/commit/([0-9a-f]{7,40}) \b",
    )
});

#[expect(clippy::unwrap_used, reason = "a fixed pattern, compiled by every test")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The commits that a message says its change was picked or ported from, as they are named there.
fn origins(message: &str) -> impl Iterator<Item = String> + '_ {
    TRAILER.captures_iter(message).filter_map(|found| {
        let sha = found.iter().skip(1).flatten().next()?;
        Some(sha.as_str().to_ascii_lowercase())
    })
}

/// Upstream's side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Upstream<'a> {
    /// The commits of the range.
    pub commits: &'a [CommitPaths],
    /// The earlier ones whose change each says it undoes, by place.
    pub undoes: &'a [Vec<usize>],
    /// Of each, whether picking it onto the fork's head changes nothing.
    pub absorbed: &'a [bool],
}

/// What the fork's commits say of one upstream commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signs {
    /// The signs that the fork has it.
    pub evidence: Vec<Evidence>,
    /// The fork's commit that undid it on purpose.
    pub reverted_by: Option<CommitId>,
    /// Of an undoing: the place of the commit that brought the change again, which the fork has.
    pub moot: Option<usize>,
}

/// What the fork's commits say of each commit of upstream, in the same order. `landed` are those that a merged phase brought in,
/// with the fork's commit that holds them. Besides, the fork's commits that a later one undid.
///
/// # Errors
/// Whatever `patch_ids` reports.
pub fn evidence<P: PatchIds>(
    upstream: Upstream<'_>,
    fork: &[CommitPaths],
    landed: &[(CommitId, CommitId)],
    patch_ids: &mut P,
) -> Result<(Vec<Signs>, Vec<CommitId>), P::Error> {
    let picked = picked_undoings(upstream, fork, patch_ids)?;
    let undone = reverts::undone(fork, &picked, patch_ids)?;
    let standing: Vec<&CommitPaths> = undone.standing(fork).collect();
    let gone: Vec<&CommitPaths> = undone.gone(fork).collect();
    let stands: HashSet<CommitId> = standing.iter().map(|change| change.commit.id).collect();
    let (index, before) =
        (EvidenceIndex::new(upstream.commits, &standing), EvidenceIndex::new(upstream.commits, &gone));
    let mut found = Vec::with_capacity(upstream.commits.len());
    for change in upstream.commits {
        let mut strong = index.strong(change, patch_ids)?;
        // What was reverted after it had landed is open again.
        let of_phases = landed.iter().filter(|(sha, holds)| *sha == change.commit.id && stands.contains(holds));
        strong.extend(of_phases.map(|(_, holds)| Evidence { kind: EvidenceKind::Ledger, fork_commit: *holds }));
        let named = undone.named(change.commit.id);
        strong.retain(|sign| named.is_none_or(|by| undone.is_later(sign.fork_commit, by)));
        let reverted_by = match (strong.is_empty(), named) {
            (false, _) => None,
            (true, Some(by)) => Some(by),
            (true, None) => before.strong(change, patch_ids)?.iter().find_map(|sign| undone.by(sign.fork_commit)),
        };
        found.push(Signs { evidence: strong, reverted_by, moot: None });
    }
    reland(upstream, &undone, &mut found, patch_ids)?;
    // A fork commit that is surely one upstream commit is not also another of the same subject line; a squashed phase is many.
    let signs = found.iter().flat_map(|signs| &signs.evidence);
    let surely = signs.filter(|evidence: &&Evidence| evidence.kind != EvidenceKind::Ledger);
    let spoken_for: HashSet<CommitId> = surely.map(|evidence| evidence.fork_commit).collect();
    for ((change, signs), absorbed) in upstream.commits.iter().zip(&mut found).zip(upstream.absorbed) {
        index.subject(change, *absorbed, &spoken_for, &mut signs.evidence);
        signs.evidence.sort_by_key(|evidence| (evidence.kind, evidence.fork_commit));
    }
    Ok((found, gone.iter().map(|change| change.commit.id).collect()))
}

/// The fork's commits that are picks of upstream's undoings: they undo what upstream undid, and are no decision of the fork's.
fn picked_undoings<P: PatchIds>(
    upstream: Upstream<'_>,
    fork: &[CommitPaths],
    patch_ids: &mut P,
) -> Result<HashSet<CommitId>, P::Error> {
    let mut picked = HashSet::new();
    if upstream.undoes.iter().all(Vec::is_empty) {
        return Ok(picked);
    }
    let index = EvidenceIndex::new(upstream.commits, &fork.iter().collect::<Vec<_>>());
    let messages: HashMap<CommitId, &str> =
        fork.iter().map(|change| (change.commit.id, change.commit.message.as_str())).collect();
    for (change, undoes) in upstream.commits.iter().zip(upstream.undoes).filter(|(_, undoes)| !undoes.is_empty()) {
        let signs = index.strong(change, patch_ids)?;
        let names = |fork: CommitId| {
            let message = messages.get(&fork).copied().unwrap_or_default();
            undoes.iter().any(|undone| message.contains(&upstream.commits[*undone].commit.id.to_string()))
        };
        let is_pick = |sign: &&Evidence| sign.kind != EvidenceKind::PatchId || names(sign.fork_commit);
        picked.extend(signs.iter().filter(is_pick).map(|sign| sign.fork_commit));
    }
    Ok(picked)
}

/// Sorts out changes that upstream undid and brought again. A commit of the fork that looks like both is the first, unless the fork
/// has the undoing, and from before; and an undoing is moot where the fork has the change that came after it.
fn reland<P: PatchIds>(
    upstream: Upstream<'_>,
    undone: &Undone,
    found: &mut [Signs],
    patch_ids: &mut P,
) -> Result<(), P::Error> {
    for (undoing, undoes) in upstream.undoes.iter().enumerate() {
        for first in undoes {
            let theirs: Vec<CommitId> = found[*first].evidence.iter().map(|sign| sign.fork_commit).collect();
            let shares = |signs: &Signs| signs.evidence.iter().any(|sign| theirs.contains(&sign.fork_commit));
            let later: Vec<usize> = (undoing + 1..found.len()).filter(|at| shares(&found[*at])).collect();
            for again in later {
                for sign in found[again].evidence.clone() {
                    if sign.kind == EvidenceKind::Trailer || !theirs.contains(&sign.fork_commit) {
                        continue;
                    }
                    let undone_before =
                        found[undoing].evidence.iter().any(|undo| undone.is_later(sign.fork_commit, undo.fork_commit));
                    let loser = if undone_before { *first } else { again };
                    found[loser]
                        .evidence
                        .retain(|other| other.fork_commit != sign.fork_commit || other.kind == EvidenceKind::Trailer);
                }
            }
            for again in undoing + 1..found.len() {
                if found[again].evidence.is_empty() || !found[undoing].evidence.is_empty() {
                    continue;
                }
                let [one, other] = [*first, again].map(|at| &upstream.commits[at]);
                let comes_again = upstream.undoes[again].contains(&undoing)
                    || one.paths == other.paths
                        && patch_ids.patch_id(&one.commit, false)? == patch_ids.patch_id(&other.commit, false)?;
                if comes_again {
                    found[undoing].moot = Some(again);
                }
            }
        }
    }
    Ok(())
}

/// The commits that a merge brought in, by place; none for a commit that is no merge.
pub(super) fn brought_in(commits: &[CommitPaths], places: &HashMap<CommitId, usize>, merge: &Commit) -> Vec<usize> {
    let [first, others @ ..] = merge.parents.as_slice() else { return Vec::new() };
    if others.is_empty() {
        return Vec::new();
    }
    let reach = |from: &[CommitId]| {
        let mut reached = HashSet::new();
        let mut pending: Vec<usize> = from.iter().filter_map(|id| places.get(id).copied()).collect();
        while let Some(at) = pending.pop() {
            if reached.insert(at) {
                pending.extend(commits[at].commit.parents.iter().filter_map(|id| places.get(id).copied()));
            }
        }
        reached
    };
    let before = reach(&[*first]);
    let mut brought: Vec<usize> = reach(others).into_iter().filter(|at| !before.contains(at)).collect();
    brought.sort_unstable();
    brought
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
            for named in origins(&change.commit.message) {
                // A trailer may name a commit of another repository, or nothing at all: it counts only for one of the range.
                let at = names.partition_point(|(name, _)| *name < named);
                if let Some((name, id)) = names.get(at)
                    && name.starts_with(&named)
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

//! Whether the fork has an upstream change already, and what says so.
//!
//! Picked by hand, a change comes in altered: conflicts were resolved, the formatter ran, two commits became one. So no single
//! sign is enough (patch-id alone sees 8 of 17 on a real fork), and every sign is weighed here. Cheap signs come first; a
//! patch-id is computed only for commits that touch exactly the same paths.

use std::collections::{HashMap, HashSet};

use super::backports::{self, Deltas};
use super::names::{self, SharedNames};
use super::reverts::{self, Undone};
use super::{Evidence, EvidenceKind};
use crate::origin::origins;
use engine::commit::Commit;
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

/// Upstream's side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Upstream<'a> {
    /// The commits of the range.
    pub commits: &'a [CommitPaths],
    /// The earlier ones whose change each says it undoes, by place.
    pub undoes: &'a [Vec<usize>],
    /// Of each, whether picking it onto the fork's head changes nothing.
    pub absorbed: &'a [bool],
    /// The fork's commits after which a file is as some commit of the range leaves it.
    pub met: &'a HashSet<CommitId>,
    /// The pull requests that merges are.
    pub pulls: &'a HashMap<CommitId, u64>,
    /// Upstream's repository, `OWNER/NAME`.
    pub repository: Option<&'a str>,
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
pub(super) fn evidence<P: PatchIds, D: Deltas<Error = P::Error>>(
    upstream: Upstream<'_>,
    fork: &[CommitPaths],
    landed: &[(CommitId, CommitId)],
    patch_ids: &mut P,
    deltas: &mut D,
) -> Result<(Vec<Signs>, Vec<CommitId>), P::Error> {
    let all = EvidenceIndex::new(upstream, &fork.iter().collect::<Vec<_>>());
    let shared = names::shared(upstream, fork);
    let picked = picked_undoings(upstream, fork, &all, patch_ids)?;
    let like = upstream.commits.iter().flat_map(|change| all.like(change));
    let called = shared.keys().map(|(_, by)| fork[*by].commit.id);
    let matters = like.chain(called).chain(upstream.met.iter().copied()).collect();
    let undone = reverts::undone(fork, (&picked, &matters), patch_ids)?;
    let standing: Vec<&CommitPaths> = undone.standing(fork).collect();
    let gone: Vec<&CommitPaths> = undone.gone(fork).collect();
    let stands: HashSet<CommitId> = standing.iter().map(|change| change.commit.id).collect();
    let (index, before) = (EvidenceIndex::new(upstream, &standing), EvidenceIndex::new(upstream, &gone));
    let mut found = Vec::with_capacity(upstream.commits.len());
    for change in upstream.commits {
        let mut strong = index.strong(change, patch_ids)?;
        // What was reverted after it had landed is open again.
        let of_phases = landed.iter().filter(|(sha, holds)| *sha == change.commit.id && stands.contains(holds));
        strong.extend(of_phases.map(|(_, holds)| Evidence::new(EvidenceKind::Ledger, *holds)));
        let named = undone.named(change.commit.id);
        strong.retain(|sign| named.is_none_or(|by| undone.is_later(sign.fork_commit, by)));
        let reverted_by = match (strong.is_empty(), named) {
            (false, _) => None,
            (true, Some(by)) => Some(by),
            (true, None) => before.strong(change, patch_ids)?.iter().find_map(|sign| undone.by(sign.fork_commit)),
        };
        found.push(Signs { evidence: strong, reverted_by, moot: None });
    }
    // A fork commit that is surely one upstream commit is not also another; a squashed phase is many.
    let surely = |sign: &&Evidence| sign.kind != EvidenceKind::Ledger;
    let signs = found.iter().flat_map(|signs| &signs.evidence).filter(surely).map(|sign| sign.fork_commit);
    let spoken_for: HashSet<CommitId> = signs.chain(all.speaks.keys().copied()).collect();
    let open = (0..found.len()).filter(|at| found[*at].evidence.is_empty()).collect();
    let ours = backports::Fork { commits: fork, names: &shared, spoken_for: &spoken_for, stands: &stands };
    let others = backports::find(upstream, &open, ours, deltas)?;
    for ((change, signs), others) in upstream.commits.iter().zip(&mut found).zip(others) {
        let named = undone.named(change.commit.id);
        for sign in others {
            if !stands.contains(&sign.fork_commit) {
                let by = undone.by(sign.fork_commit).filter(|_| sign.is_strong());
                signs.reverted_by = signs.reverted_by.or(by);
            } else if named.is_none_or(|by| undone.is_later(sign.fork_commit, by)) {
                signs.evidence.push(sign);
            }
        }
        if signs.evidence.iter().any(Evidence::is_strong) {
            signs.reverted_by = None;
        }
    }
    reland(upstream, &undone, &mut found, patch_ids)?;
    support(&mut found, fork, &shared);
    for signs in &mut found {
        signs.evidence.sort_by_key(|evidence| (evidence.kind, evidence.fork_commit));
    }
    Ok((found, gone.iter().map(|change| change.commit.id).collect()))
}

/// Adds what else speaks for a commit of the fork's that is one of upstream's for sure: that it is called the same.
fn support(found: &mut [Signs], fork: &[CommitPaths], shared: &SharedNames) {
    for ((at, by), names) in shared {
        let (signs, id) = (&mut found[*at].evidence, fork[*by].commit.id);
        if !signs.iter().any(|sign| sign.fork_commit == id && sign.is_strong()) {
            continue;
        }
        let titled = names.iter().any(|name| name.kind == EvidenceKind::Subject);
        // A title has the number, and what names the id is a trailer.
        let said = |kind| kind == EvidenceKind::Name || kind == EvidenceKind::Number && titled;
        for name in names.iter().filter(|name| !said(name.kind)) {
            if !signs.iter().any(|sign| sign.fork_commit == id && sign.kind == name.kind) {
                signs.push(Evidence::new(name.kind, id));
            }
        }
    }
}

/// The fork's commits that are picks of upstream's: of its undoings, by any sign, and of others by what their trailers say. What
/// their messages say of undoing is upstream's word, and no decision of the fork's.
fn picked_undoings<P: PatchIds>(
    upstream: Upstream<'_>,
    fork: &[CommitPaths],
    index: &EvidenceIndex<'_>,
    patch_ids: &mut P,
) -> Result<HashSet<CommitId>, P::Error> {
    let mut picked: HashSet<CommitId> = index.speaks.keys().copied().collect();
    if upstream.undoes.iter().all(Vec::is_empty) {
        return Ok(picked);
    }
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
            let strong = |signs: &'_ Signs| {
                signs.evidence.iter().filter(|sign| sign.is_strong()).map(|sign| sign.fork_commit).collect::<Vec<_>>()
            };
            let theirs = strong(&found[*first]);
            let shares = |signs: &Signs| strong(signs).iter().any(|by| theirs.contains(by));
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
                if strong(&found[again]).is_empty() || !strong(&found[undoing]).is_empty() {
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

type AuthorKey<'a> = (&'a str, &'a str, i64);

fn author_key(commit: &Commit) -> AuthorKey<'_> {
    (&commit.author.name, &commit.author.email, commit.author.when.seconds)
}

/// How many paths of one commit another touches too.
fn shared(change: &CommitPaths, other: &CommitPaths) -> usize {
    change.paths.iter().filter(|path| other.paths.binary_search(path).is_ok()).count()
}

/// Whether two commits have a file in common, in whichever folder each side has it. A merge may have none of its own.
fn has_in_common(change: &CommitPaths, other: &CommitPaths) -> bool {
    let names: HashSet<&[u8]> = other.paths.iter().map(RepoPath::file_name).collect();
    change.paths.is_empty() || change.paths.iter().any(|path| names.contains(path.file_name()))
}

/// The fork's standing commits by what they can be found by.
struct EvidenceIndex<'a> {
    by_trailer: HashMap<CommitId, Vec<CommitId>>,
    /// Of each commit of the fork with a trailer, the one of upstream's that it comes from: it counts for no other.
    speaks: HashMap<CommitId, CommitId>,
    by_author: HashMap<AuthorKey<'a>, Vec<&'a CommitPaths>>,
    by_paths: HashMap<&'a [RepoPath], Vec<&'a CommitPaths>>,
    /// How many upstream commits have the same author and date: with more than one, the date alone tells nothing.
    same_author: HashMap<AuthorKey<'a>, usize>,
}

impl<'a> EvidenceIndex<'a> {
    fn new(upstream: Upstream<'a>, fork: &[&'a CommitPaths]) -> Self {
        let mut index = Self {
            by_trailer: HashMap::new(),
            speaks: HashMap::new(),
            by_author: HashMap::new(),
            by_paths: HashMap::new(),
            same_author: HashMap::new(),
        };
        let commits = upstream.commits;
        let mut names: Vec<(String, usize)> =
            commits.iter().enumerate().map(|(at, change)| (change.commit.id.to_string(), at)).collect();
        names.sort_unstable();
        for change in commits {
            *index.same_author.entry(author_key(&change.commit)).or_default() += 1;
        }
        for change in fork {
            index.trailers(upstream, &names, change);
            index.by_author.entry(author_key(&change.commit)).or_default().push(change);
            if !change.commit.is_merge() && !change.paths.is_empty() {
                index.by_paths.entry(&change.paths).or_default().push(change);
            }
        }
        index
    }

    /// Reads the trailers of a commit of the fork. A pick adds its own below those that its message had, and anybody may have written
    /// those: so the last counts, where both commits touch a file in common. Those before it count where the fork has all of what
    /// they name, as after several picks were squashed.
    fn trailers(&mut self, upstream: Upstream<'_>, names: &[(String, usize)], change: &CommitPaths) {
        // A trailer may name a commit of another repository, or nothing at all: it counts only for one of the range.
        let in_range = |named: String| {
            let at = names.partition_point(|(name, _)| *name < named);
            names.get(at).filter(|(name, _)| name.starts_with(&named)).map(|(_, at)| *at)
        };
        let named: Vec<usize> = origins(&change.commit.message).filter_map(in_range).collect();
        let Some((last, before)) = named.split_last() else { return };
        let mut counts: Vec<usize> = before.iter().copied().filter(|at| upstream.absorbed[*at] && at != last).collect();
        counts.sort_unstable();
        counts.dedup();
        if upstream.absorbed[*last] || has_in_common(&upstream.commits[*last], change) {
            self.speaks.insert(change.commit.id, upstream.commits[*last].commit.id);
            counts.push(*last);
        }
        for at in counts {
            self.by_trailer.entry(upstream.commits[at].commit.id).or_default().push(change.commit.id);
        }
    }

    /// Whether a commit of the fork says that it comes from another one of upstream's.
    fn speaks_for_another(&self, fork: &CommitPaths, change: &CommitPaths) -> bool {
        self.speaks.get(&fork.commit.id).is_some_and(|upstream| *upstream != change.commit.id)
    }

    /// The commits of the fork that any sign but a name may hold for.
    fn like(&self, change: &CommitPaths) -> Vec<CommitId> {
        let alike = [self.by_author.get(&author_key(&change.commit)), self.by_paths.get(change.paths.as_slice())];
        let alike = alike.into_iter().flatten().flatten().map(|other| other.commit.id);
        alike.chain(self.by_trailer.get(&change.commit.id).into_iter().flatten().copied()).collect()
    }

    /// Evidence that is enough on its own.
    fn strong<P: PatchIds>(&self, change: &CommitPaths, patch_ids: &mut P) -> Result<Vec<Evidence>, P::Error> {
        let mut found = Vec::new();
        let mut add = |kind, fork_commit| found.push(Evidence::new(kind, fork_commit));
        for fork_commit in self.by_trailer.get(&change.commit.id).into_iter().flatten() {
            add(EvidenceKind::Trailer, *fork_commit);
        }
        let key = author_key(&change.commit);
        let unique = self.same_author.get(&key) == Some(&1);
        let by_author = self.by_author.get(&key).into_iter().flatten();
        for other in by_author.filter(|other| !self.speaks_for_another(other, change)) {
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
}

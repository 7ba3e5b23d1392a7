//! The evidence for each unit: its own, and that for the commits inside of it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::backports::{Among, Deltas};
use super::kinds::FileKind;
use super::lines::{self, Common, Delta, Sketch, Words};
use super::taken::{self, CommitPaths, PatchIds, Signs};
use super::{Evidence, EvidenceKind, brought, squash};
use crate::units::{UnitKind, Units};
use engine::blame::{History, Step};
use engine::commit::{Commit, FileChange};
use engine::ids::{CommitId, PatchId, TreeId};
use engine::{GitError, Merger, Repo};

/// What is compared.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    /// Upstream's units.
    pub(super) units: &'a Units,
    /// The history of these.
    pub(super) history: &'a History,
    /// The fork's commits since the common ancestor, with what each changed.
    pub(super) steps: &'a [Step],
    /// These with their paths alone.
    pub(super) fork: &'a [CommitPaths],
    /// What the fork has now.
    pub(super) head: TreeId,
    /// Upstream's repository, `OWNER/NAME`.
    pub(super) repository: Option<&'a str>,
    /// Of each unit, whether picking it alone changes nothing.
    pub(super) absorbed: &'a [bool],
    /// Of each unit, the lines that it changes.
    pub(super) sketches: &'a [Sketch],
    /// Upstream commits that a merged phase brought in, each with the fork's commit that holds it.
    pub(super) landed: &'a [(CommitId, CommitId)],
    /// Upstream commits that a person says the fork has, each with the fork's commit that has it.
    pub(super) stated: &'a [(CommitId, CommitId)],
}

/// What was found for a unit.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The signs that the fork has it.
    pub(super) evidence: Vec<Evidence>,
    /// The fork's commit that undid it on purpose.
    pub(super) reverted_by: Option<CommitId>,
    /// The unit that brought again what this one undoes, where the fork has it.
    pub(super) moot: Option<CommitId>,
    /// How many of the commits inside of it the fork has.
    pub(super) inside: usize,
}

/// Finds the evidence for each unit.
///
/// People name merges and the commits below them alike: what a trailer says of a merge holds for all it brought in, and a merge
/// whose commits are all there is there itself.
pub(super) fn find(repo: &Repo, merger: &mut Merger<'_>, sides: Sides<'_>) -> Result<Vec<Found>, GitError> {
    let units = sides.units;
    let mut steps: Vec<Cow<'_, Step>> = Vec::with_capacity(units.commits().len());
    let mut absorbed = Vec::with_capacity(units.commits().len());
    for commit in units.commits() {
        steps.push(match sides.history.place(commit.id) {
            Some(place) => Cow::Borrowed(sides.history.step(place)),
            // Inside of a merge that is taken as one.
            None => Cow::Owned(Step::of(repo, commit.clone())?),
        });
        let unit = units.place(commit.id).filter(|at| units.all()[*at].commit.id == commit.id);
        absorbed.push(unit.is_some_and(|at| sides.absorbed[at]));
    }
    let upstream: Vec<CommitPaths> = steps.iter().map(|step| CommitPaths::from(&**step)).collect();
    let all = steps.iter().map(|step| &**step).chain(sides.steps);
    let mut changes: HashMap<CommitId, &[FileChange]> = all.map(|step| (step.commit.id, &step.changes[..])).collect();
    changes.extend(units.all().iter().map(|unit| (unit.commit.id, &unit.changes[..])));
    let mut patch_ids = RepoPatchIds { repo, changes, known: HashMap::new() };
    let places: HashMap<CommitId, usize> =
        upstream.iter().enumerate().map(|(at, change)| (change.commit.id, at)).collect();
    let mut undoes = vec![Vec::new(); upstream.len()];
    for unit in units.all() {
        let undone = unit.undoes.iter().map(|at| places[&units.all()[*at].commit.id]);
        undoes[places[&unit.commit.id]] = undone.collect();
    }
    let met = squash::met(units, sides.steps);
    let pulls = units.all().iter().filter_map(|unit| Some((unit.commit.id, unit.pull?))).collect();
    let range = taken::Upstream {
        commits: &upstream,
        undoes: &undoes,
        absorbed: &absorbed,
        met: &met,
        pulls: &pulls,
        repository: sides.repository,
    };
    let sketches = units.all().iter().zip(sides.sketches).map(|(unit, sketch)| (unit.commit.id, sketch)).collect();
    let mut deltas = RepoDeltas { merger, upstream: &steps, sketches, fork: sides.steps, head: sides.head };
    let (mut found, gone) = taken::evidence(range, sides.fork, sides.landed, &mut patch_ids, &mut deltas)?;
    let strong = found.iter().flat_map(|signs| &signs.evidence).filter(|sign| sign.is_strong());
    let others: HashSet<CommitId> = strong.map(|sign| sign.fork_commit).chain(gone).collect();
    for (unit, by) in units.all().iter().zip(squash::find(repo, units, sides.steps, &others)?) {
        let signs = &mut found[places[&unit.commit.id]];
        if let Some(fork_commit) = by.filter(|_| !signs.evidence.iter().any(Evidence::is_strong)) {
            signs.evidence.push(Evidence::new(EvidenceKind::Squash, fork_commit));
            signs.reverted_by = None;
        }
    }
    for (sha, fork_commit) in sides.stated {
        // One inside of a unit stands for the unit.
        let Some(unit) = units.place(*sha).map(|at| &units.all()[at]) else { continue };
        let signs = &mut found[places[&unit.commit.id]];
        signs.evidence.push(Evidence::new(EvidenceKind::Ledger, *fork_commit));
        (signs.reverted_by, signs.moot) = (None, None);
    }
    hand_down(&upstream, &places, &mut found);
    Ok(units
        .all()
        .iter()
        .map(|unit| {
            let own = &found[places[&unit.commit.id]];
            let mut of_unit = Found {
                evidence: own.evidence.clone(),
                reverted_by: own.reverted_by,
                moot: own.moot.map(|at| upstream[at].commit.id),
                inside: 0,
            };
            if unit.kind == UnitKind::Merge {
                let inner = unit.inside.iter().map(|sha| places[sha]).filter(|at| !upstream[*at].commit.is_merge());
                let inner: Vec<usize> = inner.collect();
                let is_there = |at: &&usize| found[**at].evidence.iter().any(Evidence::is_strong);
                of_unit.inside = inner.iter().filter(is_there).count();
                if !inner.is_empty() && of_unit.inside == inner.len() {
                    for sign in inner.iter().flat_map(|at| &found[*at].evidence).filter(|sign| sign.is_strong()) {
                        if !of_unit.evidence.contains(sign) {
                            of_unit.evidence.push(sign.clone());
                        }
                    }
                }
            }
            of_unit
        })
        .collect())
}

/// What a trailer, a patch, a name or a landed phase says of a merge is said of the commits it brought in.
fn hand_down(upstream: &[CommitPaths], places: &HashMap<CommitId, usize>, found: &mut [Signs]) {
    for at in 0..upstream.len() {
        let commit = &upstream[at].commit;
        let says = |sign: &&Evidence| {
            use EvidenceKind::{Ledger, Name, Number, PatchId, Trailer};
            sign.is_strong() && matches!(sign.kind, Trailer | PatchId | Ledger | Name | Number)
        };
        let signs: Vec<Evidence> = found[at].evidence.iter().filter(says).cloned().collect();
        if !commit.is_merge() || signs.is_empty() {
            continue;
        }
        for inner in brought::brought_in(upstream, places, commit) {
            for sign in &signs {
                if !found[inner].evidence.contains(sign) {
                    found[inner].evidence.push(sign.clone());
                }
            }
        }
    }
}

/// Patch-ids read from the repository, each computed once: a fork that is rebased has the same change many times.
struct RepoPatchIds<'a> {
    repo: &'a Repo,
    /// What each commit changes.
    changes: HashMap<CommitId, &'a [FileChange]>,
    known: HashMap<(&'a [FileChange], bool), PatchId>,
}

impl PatchIds for RepoPatchIds<'_> {
    type Error = GitError;

    fn patch_id(&mut self, commit: &Commit, reversed: bool) -> Result<PatchId, GitError> {
        let changes = self.changes[&commit.id];
        if let Some(known) = self.known.get(&(changes, reversed)) {
            return Ok(*known);
        }
        let id = match reversed {
            true => self.repo.patch_id_of(&FileChange::reversed(changes))?,
            false => self.repo.patch_id_of(changes)?,
        };
        self.known.insert((changes, reversed), id);
        Ok(id)
    }
}

/// The lines that commits change, read from the repository.
struct RepoDeltas<'a, 'm, 'r> {
    merger: &'m mut Merger<'r>,
    upstream: &'a [Cow<'a, Step>],
    /// What is known already.
    sketches: HashMap<CommitId, &'a Sketch>,
    fork: &'a [Step],
    head: TreeId,
}

impl Deltas for RepoDeltas<'_, '_, '_> {
    type Error = GitError;

    fn of_upstream(&mut self, at: usize) -> Result<Delta, GitError> {
        Delta::read(self.merger, &self.upstream[at].changes)
    }

    fn sketch(&mut self, at: usize) -> Result<Cow<'_, Sketch>, GitError> {
        match self.sketches.get(&self.upstream[at].commit.id) {
            Some(sketch) => Ok(Cow::Borrowed(*sketch)),
            None => Ok(Cow::Owned(Sketch::of(&self.of_upstream(at)?, self.upstream.len()))),
        }
    }

    fn of_fork(&mut self, at: usize, names: &dyn Fn(&[u8]) -> bool) -> Result<Delta, GitError> {
        let changes = self.fork[at].changes.iter();
        Delta::read(self.merger, changes.filter(|change| names(change.path.file_name())))
    }

    fn words(&mut self, upstream: usize, fork: &[usize], among: Among) -> Result<Common, GitError> {
        let theirs: Vec<&FileChange> = self.upstream[upstream].changes.iter().collect();
        let ours: Vec<&FileChange> = fork.iter().flat_map(|by| &self.fork[*by].changes).collect();
        let names = |changes: &[&FileChange]| -> HashSet<Vec<u8>> {
            changes.iter().map(|change| change.path.file_name().to_vec()).collect()
        };
        let (here, there) = (names(&ours), names(&theirs));
        let counts = |change: &&FileChange| {
            let name = change.path.file_name();
            let (here, there) = (|| here.contains(name), || there.contains(name));
            match among {
                Among::SameNames => here() && there(),
                Among::TheirNames => there(),
                Among::TheirCode => there() && FileKind::of(&change.path) != Some(FileKind::Docs),
                Among::All => true,
            }
        };
        let theirs = Words::read(self.merger, theirs.into_iter().filter(counts))?;
        Ok(theirs.common(&Words::read(self.merger, ours.into_iter().filter(counts))?))
    }

    fn holds(&mut self, upstream: usize, fork: usize) -> Result<bool, GitError> {
        for file in self.of_upstream(upstream)?.files {
            let same = self.fork[fork].changes.iter().filter(|change| change.path.file_name() == file.name);
            let here = lines::of_files(self.merger, same.map(|change| change.new))?;
            if file.lines.iter().any(|(line, count)| count.added && !here.contains(line)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn stands(&mut self, upstream: usize, fork: usize) -> Result<bool, GitError> {
        let delta = self.of_upstream(upstream)?;
        let both = [&*self.upstream[upstream], &self.fork[fork]];
        let paths: HashSet<_> = both.iter().flat_map(|step| &step.changes).map(|change| &change.path).collect();
        let files = self.merger.files_at(self.head, paths)?;
        let here = lines::of_files(self.merger, files)?;
        let (mut all, mut there) = (0, 0);
        for (line, count) in delta.files.iter().flat_map(|file| &file.lines).filter(|(_, count)| count.added) {
            all += count.times;
            there += if here.contains(line) { count.times } else { 0 };
        }
        Ok(there * 2 >= all)
    }
}

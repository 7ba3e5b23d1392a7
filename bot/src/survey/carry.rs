//! What the fork carries: its side of the range, path by path and commit by commit, looked at as carefully as upstream's.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;

use super::{Surveyed, Verdict, form};
use crate::config::Config;
use crate::units::{Unit, Units};
use engine::blame::Step;
use engine::commit::{Entry, FileChange, When};
use engine::ids::{BlobId, CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Merger};

/// What the fork has that upstream has not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Carry {
    /// The fork's commits since the common ancestor that are no merges.
    pub commits: usize,
    /// Its merges.
    pub merges: usize,
    /// Of the commits, those that brought upstream's own changes.
    pub taken: usize,
    /// Of the others, those in paths that only the fork has.
    pub own: usize,
    /// Those that change form alone.
    pub form: usize,
    /// Those of which nothing is left at the fork's head.
    pub gone: usize,
    /// The paths that differ from the common ancestor.
    pub paths: CarriedPaths,
    /// The commits with changes of the fork's own to files that upstream has too, newest first.
    pub real: Vec<CarriedCommit>,
    /// Those files, in path order.
    pub files: Vec<RepoPath>,
    /// The commits that are not upstream's, in order.
    #[serde(skip)]
    pub steps: Vec<CommitId>,
}

/// Counts of the paths that the fork changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CarriedPaths {
    /// As upstream has or had them, or changed by commits that brought upstream's changes alone.
    pub taken: usize,
    /// Paths that upstream never had.
    pub own: usize,
    /// Changed in form alone.
    pub form: usize,
    /// Really changed, and upstream has the file too.
    pub shared: usize,
}

/// A commit of the fork with real changes to shared files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarriedCommit {
    pub sha: CommitId,
    pub subject: String,
    /// The author's name.
    pub author: String,
    /// When it was written.
    pub date: When,
    /// The shared files it really changes.
    pub paths: Vec<RepoPath>,
}

/// What a path that the fork changed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Taken,
    Own,
    Form,
    Shared,
}

/// What the fork's side is compared with.
pub(super) struct Sides<'a> {
    pub(super) units: &'a Units,
    pub(super) surveyed: &'a [Surveyed],
    /// The fork's commits, merges included, parents before children.
    pub(super) steps: &'a [Step],
    /// The state both sides started from.
    pub(super) base: TreeId,
    pub(super) fork: TreeId,
}

/// Looks at all that the fork changed.
///
/// # Errors
/// A file or a tree is missing.
pub(super) fn find(merger: &mut Merger<'_>, sides: &Sides<'_>, config: &Config) -> Result<Carry, GitError> {
    let taken = taken(sides.surveyed);
    let looker = Looker::new(sides, &taken, config);
    let changes = merger.changes(sides.base, sides.fork)?;
    // A file that the fork moved is upstream's under another name.
    let removed: HashSet<BlobId> =
        changes.iter().filter(|it| it.new.is_none()).filter_map(|it| Some(it.old?.id)).collect();
    let mut kinds: HashMap<&RepoPath, Kind> = HashMap::new();
    let mut carry = Carry::default();
    for change in &changes {
        let kind = match looker.kind(merger, change)? {
            Kind::Own if change.new.is_some_and(|new| removed.contains(&new.id)) => Kind::Shared,
            kind => kind,
        };
        kinds.insert(&change.path, kind);
        let count = match kind {
            Kind::Taken => &mut carry.paths.taken,
            Kind::Own => &mut carry.paths.own,
            Kind::Form => &mut carry.paths.form,
            Kind::Shared => &mut carry.paths.shared,
        };
        *count += 1;
        if kind == Kind::Shared {
            carry.files.push(change.path.clone());
        }
    }
    let mut compared = Compared::new();
    for step in sides.steps {
        if step.commit.is_merge() {
            carry.merges += 1;
        } else {
            carry.commits += 1;
            carry.taken += usize::from(taken.contains(&step.commit.id));
            if is_own(step, &taken) {
                carry.steps.push(step.commit.id);
                commit(merger, step, &kinds, (&mut compared, &mut carry))?;
            }
        }
    }
    carry.real.reverse();
    Ok(carry)
}

/// The fork's commits that brought upstream's changes.
fn taken(surveyed: &[Surveyed]) -> HashSet<CommitId> {
    let units = surveyed.iter().filter(|unit| unit.verdict == Verdict::Taken);
    units.flat_map(|unit| &unit.evidence).map(|sign| sign.fork_commit).collect()
}

/// The files that upstream's range has had at a path.
#[derive(Default)]
struct Versions {
    all: BTreeSet<BlobId>,
    /// The one it ends with.
    last: Option<Entry>,
}

fn upstream(units: &[Unit]) -> HashMap<&RepoPath, Versions> {
    let mut versions: HashMap<&RepoPath, Versions> = HashMap::new();
    for change in units.iter().flat_map(|unit| &unit.changes) {
        let known = versions.entry(&change.path).or_default();
        known.all.extend(change.new.map(|new| new.id));
        known.last = change.new;
    }
    versions
}

/// The paths that these commits touch.
fn touched<'s>(steps: impl Iterator<Item = &'s Step>) -> HashSet<&'s RepoPath> {
    steps.flat_map(|step| &step.changes).map(|change| &change.path).collect()
}

/// Whether a commit is a change of the fork's own. The first commit of a fork that began as a copy is none.
fn is_own(step: &Step, taken: &HashSet<CommitId>) -> bool {
    !step.commit.is_merge() && !step.commit.parents.is_empty() && !taken.contains(&step.commit.id)
}

/// Whether changes that were looked at are of form alone: a fork that is rebased has the same change many times.
type Compared<'a> = HashMap<&'a FileChange, bool>;

struct Looker<'a> {
    upstream: HashMap<&'a RepoPath, Versions>,
    /// The paths that the fork's own commits touch.
    own: HashSet<&'a RepoPath>,
    /// Those that commits touch which brought upstream's changes.
    taken: HashSet<&'a RepoPath>,
    config: &'a Config,
}

impl<'a> Looker<'a> {
    fn new(sides: &Sides<'a>, taken: &HashSet<CommitId>, config: &'a Config) -> Self {
        Self {
            upstream: upstream(sides.units.all()),
            own: touched(sides.steps.iter().filter(|step| is_own(step, taken))),
            taken: touched(sides.steps.iter().filter(|step| taken.contains(&step.commit.id))),
            config,
        }
    }

    fn kind(&self, merger: &mut Merger<'_>, change: &FileChange) -> Result<Kind, GitError> {
        let path = &change.path;
        let versions = self.upstream.get(path);
        let as_upstream = match (change.new, versions) {
            (Some(new), Some(versions)) => versions.all.contains(&new.id),
            (None, Some(versions)) => versions.last.is_none(),
            (_, None) => false,
        };
        if as_upstream || self.taken.contains(path) && !self.own.contains(path) {
            return Ok(Kind::Taken);
        }
        let is_local = self.config.local.iter().any(|(_, glob)| glob.is_match(&*path.to_text()));
        if is_local || change.old.is_none() && versions.is_none() {
            return Ok(Kind::Own);
        }
        let Some(new) = change.new else { return Ok(Kind::Shared) };
        let last = versions.and_then(|versions| versions.last);
        for like in change.old.into_iter().chain(last) {
            if is_form(merger, path, like, new)? {
                return Ok(Kind::Form);
            }
        }
        Ok(Kind::Shared)
    }
}

/// Whether a file differs from another in form alone; a file's mode is no form.
fn is_form(merger: &mut Merger<'_>, path: &RepoPath, old: Entry, new: Entry) -> Result<bool, GitError> {
    if old.mode != new.mode || !old.is_file() {
        return Ok(false);
    }
    let (Some(old), Some(new)) = (merger.text(old)?, merger.text(new)?) else { return Ok(false) };
    Ok(form::is_same(path.file_name(), &old, &new))
}

/// Counts a commit of the fork's own by the most that it does.
fn commit<'a>(
    merger: &mut Merger<'_>,
    step: &'a Step,
    kinds: &HashMap<&RepoPath, Kind>,
    (compared, carry): (&mut Compared<'a>, &mut Carry),
) -> Result<(), GitError> {
    let (mut own, mut form, mut copied, mut real) = (false, false, false, Vec::new());
    for change in &step.changes {
        match kinds.get(&change.path) {
            None => {}
            Some(Kind::Taken) => copied = true,
            Some(Kind::Own) => own = true,
            Some(Kind::Form) => form = true,
            Some(Kind::Shared) => match (change.old, change.new) {
                (Some(old), Some(new)) => {
                    let known = compared.get(change).copied();
                    let is_form = known.map_or_else(|| is_form(merger, &change.path, old, new), Ok)?;
                    compared.insert(change, is_form);
                    if is_form {
                        form = true;
                    } else {
                        real.push(change.path.clone());
                    }
                }
                _ => real.push(change.path.clone()),
            },
        }
    }
    match (real.is_empty(), own, form, copied) {
        (false, ..) => {
            let Step { commit, .. } = step;
            carry.real.push(CarriedCommit {
                sha: commit.id,
                subject: commit.subject().to_owned(),
                author: commit.author.name.clone(),
                date: commit.author.when,
                paths: real,
            });
        }
        (_, true, ..) => carry.own += 1,
        (_, _, true, _) => carry.form += 1,
        (.., true) => carry.taken += 1,
        (..) => carry.gone += 1,
    }
    Ok(())
}

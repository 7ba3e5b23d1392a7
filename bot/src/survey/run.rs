//! Surveys a repository: reads both sides, picks each unit alone, walks the line, and puts together what is known.

use std::collections::{BTreeSet, HashMap};

use super::base;
use super::content::{self, LastSteps};
use super::describe::{self, Described, PickedAlone, describe_all, judge};
use super::evidence::{self, Sides};
use super::lines::{Delta, Sketch};
use super::taken::CommitPaths;
use super::warning::{Warning, contradicted, same_names};
use super::{
    Alone, Because, BestFit, Carry, CommitIndex, Difference, End, LineShare, MergeCommit, Survey, Surveyed, Totals,
    TouchedFiles, Verdict, carry, cascade, overlap,
};
use crate::config::Config;
use crate::line::{self, Ground, Known, Line, Resolve};
use crate::text::visible;
use crate::units::{MainBranch, Range, Unit, Units};
use engine::blame::{Blame, History, Step};
use engine::ids::{CommitId, TreeId};
use engine::progress::Progress;
use engine::{GitError, Merged, Merger, Repo, Threads, each};

/// Where both branches are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heads {
    pub upstream: CommitId,
    pub fork: CommitId,
}

/// What is known before a survey is made.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// What the fork wants.
    pub config: &'a Config,
    /// Upstream's main branch.
    pub main: MainBranch<'a>,
    /// Upstream commits that a merged phase brought in, each with the fork's commit that holds it, as the ledger knows them.
    pub landed: &'a [(CommitId, CommitId)],
    /// Upstream commits that a person says the fork has, each with the fork's commit that has it.
    pub stated: &'a [(CommitId, CommitId)],
    /// Whether a rule or a person leaves a unit out.
    pub leaves_out: &'a dyn Fn(&Surveyed) -> bool,
    /// Whether a person let a unit in that changes what is guarded.
    pub lets_in: &'a dyn Fn(CommitId) -> bool,
    /// Whether the range is looked at as a whole, too: where its line ends beside git's own merge, what the fork carries, and the files
    /// that both sides changed. The answer to a question about one unit has nothing of that.
    pub whole: bool,
}

/// Why there is no survey.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The branches have no commit in common.
    #[error("upstream ({}) and the fork ({}) have no common ancestor{}", upstream.short(), fork.short(),
        match (shallow, fits, replaced) {
            (true, ..) => ": this is a shallow clone, so the ancestor may be cut off; run git fetch --unshallow".to_owned(),
            (false, Some(fits), _) => began(fits),
            (false, None, false) => ": is this a fork of that upstream?".to_owned(),
            (false, None, true) => ": is this a fork of that upstream? git replace may join them, which is not followed here: name the commit that the fork began from as base:".to_owned(),
        })]
    Unrelated {
        /// Upstream's head.
        upstream: CommitId,
        /// The fork's head.
        fork: CommitId,
        /// Whether history was cut off.
        shallow: bool,
        /// The commit the fork seems to have begun from.
        fits: Option<Box<BestFit>>,
        /// Whether git shows other objects in the place of some, which may join the two.
        replaced: bool,
    },
    /// The commit the fork is told to have begun from is none of upstream's.
    #[error("base: {} is not in upstream's branch ({}): name the upstream commit that the fork began from", base.short(), upstream.short())]
    NotUpstreams {
        /// The commit.
        base: CommitId,
        /// Upstream's head.
        upstream: CommitId,
    },
    /// Reading the repository failed.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// What to do about a fork that began as a copy.
fn began(fits: &BestFit) -> String {
    let how = match fits.differ {
        0 => format!("has the files of the fork's {}", fits.like.short()),
        1 => format!("is nearest to the fork's {}: 1 file differs", fits.like.short()),
        files => format!("is nearest to the fork's {}: {files} files differ", fits.like.short()),
    };
    let subject = visible(&fits.subject);
    format!(
        ". A fork that began as a copy names the upstream commit it began from: base: {}  ({subject}; it {how})",
        fits.commit.short()
    )
}

/// Surveys what upstream has that the fork lacks. `resolve` is what resolves conflicts on the line without a person.
///
/// # Errors
/// The branches are unrelated, or the repository cannot be read.
pub fn survey(
    repo: &Repo,
    heads: Heads,
    given: Given<'_>,
    resolve: &mut dyn Resolve,
    progress: &mut dyn Progress,
) -> Result<Survey, SurveyError> {
    let Heads { upstream: upstream_head, fork: fork_head } = heads;
    let begin = base::find(repo, heads, given.config)?;
    let merge_base = begin.base;
    resolve.begins_at(repo.commit(merge_base)?.tree);
    progress.stage("reading upstream", 1);
    let mut merger = Merger::new(repo)?;
    let base = (!begin.common).then_some(merge_base);
    let range = Range { fork: fork_head, upstream: upstream_head, base, main: given.main };
    let units = Units::read(repo, &mut merger, range, given.config.units)?;
    let history = units.history(repo)?;
    progress.step();
    let own_since = begin.joined.unwrap_or(upstream_head);
    let fork = History::read(repo, own_since, fork_head, "reading the fork", progress)?;
    let steps = fork.steps();
    let fork: Vec<CommitPaths> = steps.iter().map(CommitPaths::from).collect();
    let fork_tree = repo.commit(fork_head)?.tree;
    let base_tree = repo.commit(merge_base)?.tree;

    let last = content::last_steps(steps);
    let mut picked = pick_alone((repo, &mut merger), (&units, &history), (&last, fork_tree), progress)?;
    progress.stage("looking for what the fork has already", 1);
    let sketches: Vec<Sketch> = picked.iter_mut().map(|picked| std::mem::take(&mut picked.sketch)).collect();
    let worded: Vec<bool> = picked.iter().map(|picked| picked.worded).collect();
    let absorbed: Vec<bool> = picked.iter().map(|picked| picked.alone == Alone::Noop).collect();
    let sides = Sides {
        units: &units,
        history: &history,
        steps,
        fork: &fork,
        head: fork_tree,
        repository: given.config.upstream.repository.as_deref(),
        absorbed: &absorbed,
        sketches: &sketches,
        landed: given.landed,
        stated: given.stated,
    };
    let found = evidence::find(repo, &mut merger, sides)?;
    drop(sketches);
    progress.step();

    let Described { mut surveyed, lacking, judged } =
        describe_all(repo, &units, (picked, found), given.config, progress)?;
    let contradictions = adapt(&mut merger, units.all(), &mut surveyed, fork_tree)?;
    content::mark(units.all(), &mut surveyed, &worded, &last);
    let known: Vec<Known> = surveyed.iter().map(|unit| known(unit, given)).collect();
    ask(&mut surveyed, &known);
    let guard = &given.config.guard;
    let ground = Ground { units: units.all(), known: &known, start: units.start(), fork: fork_tree, guard };
    let line = line::walk(&mut merger, ground, resolve, progress)?;
    let end = match given.whole {
        true => {
            let merged = base::merge(repo, &mut merger, heads, base)?;
            let end = line::end::check(&mut merger, &merged, (units.all(), &known), &line)?;
            merger.keep(end.merged)?;
            Some(end)
        }
        false => None,
    };
    merger.keep(line.end)?;
    put_on_line(&mut surveyed, &line);
    let mut warnings: Vec<Warning> =
        begin.joined.map(|fork| Warning::Joined { upstream: merge_base, fork }).into_iter().collect();
    warnings.extend(contradictions);
    warnings.extend(same_names(repo, (fork_tree, line.end), (&units, &surveyed))?);
    cascade::mark(&history, &mut surveyed, &line, &lacking);
    judge(&mut surveyed, judged);

    let (carry, files) = match given.whole {
        true => {
            let trees = [base_tree, repo.commit(upstream_head)?.tree, fork_tree];
            both_sides((repo, &mut merger), (&units, &surveyed), (steps, &fork), trees, given.config)?
        }
        false => Default::default(),
    };
    let (merges, commits): (Vec<_>, Vec<_>) = units.commits().iter().partition(|commit| commit.is_merge());
    let totals = Totals::of(&surveyed, (commits.len(), merges.len()));
    let merges = merges.into_iter().filter(|merge| units.place(merge.id).is_none());
    let merges = merges.map(|merge| MergeCommit { sha: merge.id, subject: merge.subject().to_owned() }).collect();
    Ok(Survey {
        version: Survey::VERSION,
        merge_base,
        upstream_head,
        fork_head,
        own_since,
        warnings,
        totals,
        end: end.map(|end| End {
            tree: end.tree,
            equal: end.is_equal(),
            not_compared: end.open,
            merged: end.merged,
            open: end.open_paths,
            differs: end.differs.into_iter().map(|differs| difference(differs, &surveyed)).collect(),
        }),
        commits: surveyed,
        merges,
        roads: Vec::new(),
        carry,
        files,
        index: CommitIndex::default(),
        units,
    })
}

/// What the fork carries, and the files that either side touched. The trees are the common ancestor's, upstream's and the fork's.
fn both_sides(
    (repo, merger): (&Repo, &mut Merger<'_>),
    (units, surveyed): (&Units, &[Surveyed]),
    (steps, fork): (&[Step], &[CommitPaths]),
    [base, upstream_tree, fork_tree]: [TreeId; 3],
    config: &Config,
) -> Result<(Carry, TouchedFiles), GitError> {
    let sides = carry::Sides { units, surveyed, steps, base: units.start(), fork: fork_tree };
    let carry = carry::find(merger, &sides, config)?;
    // Where upstream has nothing, nobody asks which of the fork's files were renamed, and finding them takes most of the time.
    let mut counts = |tree: TreeId| match units.commits().is_empty() {
        true => Ok(repo.changes(Some(base), tree)?.len()),
        false => merger.files_changed(base, tree),
    };
    let counts = (counts(upstream_tree)?, counts(fork_tree)?);
    let upstream: Vec<CommitPaths> = units.all().iter().map(CommitPaths::from).collect();
    Ok((carry, overlap::files(&upstream, fork, counts, &repo.files(fork_tree)?, config)))
}

/// Says of what the fork has whether it is in a form of its own. What its words say and its content contradicts is open; that is returned.
fn adapt(
    merger: &mut Merger<'_>,
    units: &[Unit],
    surveyed: &mut [Surveyed],
    fork_tree: TreeId,
) -> Result<Vec<Warning>, GitError> {
    let mut contradictions = Vec::new();
    let mut undoings: HashMap<usize, Vec<usize>> = HashMap::new();
    for at in (0..units.len()).rev() {
        let (unit, found) = (&units[at], &mut surveyed[at]);
        if found.verdict != Verdict::Taken {
            continue;
        }
        if found.alone != Alone::Noop {
            let share = LineShare::of(merger, unit, fork_tree)?;
            let undone = match undoings.get(&at).filter(|_| !share.is_whole()) {
                Some(undoings) => is_undone(merger, unit, undoings, units)?,
                None => false,
            };
            if let Some(says) = contradicted(found, share).filter(|_| !undone) {
                found.verdict = Verdict::Open;
                contradictions.push(Warning::Contradiction { unit: found.sha, says, share });
                continue;
            }
            found.adapted = !undone && !share.is_whole();
            found.share = found.adapted.then_some(share);
        }
        for undone in &unit.undoes {
            undoings.entry(*undone).or_default().push(at);
        }
    }
    contradictions.reverse();
    Ok(contradictions)
}

/// Whether one of these units, which the fork has, takes back what a unit brings: then nothing of it is left to be there.
fn is_undone(merger: &mut Merger<'_>, unit: &Unit, undoings: &[usize], units: &[Unit]) -> Result<bool, GitError> {
    let brings = Delta::read(merger, &unit.changes)?;
    for undoing in undoings {
        if Delta::read(merger, &units[*undoing].changes)?.takes_back(&brings) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Asks a person of what the fork perhaps has, where nobody decided on it.
fn ask(surveyed: &mut [Surveyed], known: &[Known]) {
    for (unit, known) in surveyed.iter_mut().zip(known) {
        let asked = *known == Known::Open && unit.alone != Alone::Noop && unit.reverted_by.is_none();
        let weak = unit.evidence.iter().find(|_| asked).filter(|sign| !sign.is_strong());
        unit.perhaps = weak.map(|sign| sign.fork_commit);
    }
}

/// Picks each unit alone onto the fork's head.
fn pick_alone(
    (repo, merger): (&Repo, &mut Merger<'_>),
    (units, history): (&Units, &History),
    (last, fork): (&LastSteps<'_>, TreeId),
    progress: &mut dyn Progress,
) -> Result<Vec<PickedAlone>, GitError> {
    let all = units.all();
    progress.stage("picking each commit alone", all.len());
    let one = |merger: &mut Merger<'_>, at: usize| {
        let unit = &all[at];
        merger.note_renames();
        let merged = merger.pick_from(unit.base, &unit.commit, fork)?;
        // Asked for right away: the merger still has at hand what it read and compared.
        let mut lacking = BTreeSet::new();
        let sketch = Sketch::of(&Delta::read(merger, &unit.changes)?, all.len());
        let lines = describe::lines(merger, unit)?;
        if let Some(place) = history.place(unit.commit.id) {
            for conflict in &merged.conflicts {
                lacking.extend(Blame::new(history, merger).lack(place, conflict)?);
            }
        }
        let alone = match (merged.is_clean(), merged.tree == fork) {
            (false, _) => Alone::Conflict,
            (true, true) => Alone::Noop,
            (true, false) => Alone::Clean,
        };
        let worded = alone != Alone::Noop && content::is_there(merger, unit, (last, fork))?;
        let Merged { conflicts, unclear, renames, .. } = merged;
        let ambiguous = renames.into_iter().filter(|rename| !rename.rivals.is_empty()).collect();
        let conflicts = conflicts.into_iter().map(|conflict| conflict.path).chain(unclear).collect();
        Ok(PickedAlone { alone, conflicts, ambiguous, lines, sketch, worded, lacking })
    };
    // What starts from a state that no commit has is known to the merger alone that made it.
    let shared: Vec<usize> = (0..all.len()).filter(|at| !all[*at].made).collect();
    let work = |merger: &mut Merger<'_>, at: usize| one(merger, shared[at]);
    let mut found = merger.lend(|| each(repo, shared.len(), Threads::All, work, &mut || progress.step()))?;
    for at in (0..all.len()).filter(|at| all[*at].made) {
        found.insert(at, one(merger, at)?);
        progress.step();
    }
    Ok(found)
}

fn known(unit: &Surveyed, given: Given<'_>) -> Known {
    match unit.verdict {
        Verdict::Taken => Known::Taken,
        Verdict::Open if (given.leaves_out)(unit) => Known::LeftOut,
        Verdict::Open if (given.lets_in)(unit.sha) => Known::LetIn,
        Verdict::Open => Known::Open,
    }
}

fn put_on_line(surveyed: &mut [Surveyed], line: &Line) {
    let names: Vec<CommitId> = surveyed.iter().map(|unit| unit.sha).collect();
    for (unit, found) in surveyed.iter_mut().zip(&line.units) {
        unit.line = found.outcome;
        unit.hunks = found.hunks;
        unit.guarded.clone_from(&found.guarded);
        unit.files = found.files;
        unit.again = found.again.map(|earlier| names[earlier]);
        unit.upstreams.clone_from(&found.upstreams);
        unit.after = found.after.iter().map(|earlier| names[*earlier]).collect();
    }
}

fn difference(found: line::end::Difference, surveyed: &[Surveyed]) -> Difference {
    Difference {
        path: found.path,
        because: found.because.map_or(Because::Unknown, |at| Because::Unit(surveyed[at].sha)),
    }
}

impl From<&Step> for CommitPaths {
    fn from(step: &Step) -> Self {
        Self { commit: step.commit.clone(), paths: step.changes.iter().map(|change| change.path.clone()).collect() }
    }
}

impl From<&Unit> for CommitPaths {
    fn from(unit: &Unit) -> Self {
        Self { commit: unit.commit.clone(), paths: unit.changes.iter().map(|change| change.path.clone()).collect() }
    }
}

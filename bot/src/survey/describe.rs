//! Units as they are described before and after the line is walked: what they touch, what shows that the fork has them, how risky they are.

use std::collections::BTreeSet;

use super::lines::Sketch;
use super::run::SurveyError;
use super::{Alone, Evidence, Surveyed, Verdict, evidence, risk};
use crate::config::{CommitFacts, Config};
use crate::units::{Unit, Units};
use engine::path::RepoPath;
use engine::progress::Progress;
use engine::{FollowedRename, GitError, Merger, Repo};

/// What picking a unit alone onto the fork's head gives.
pub(super) struct PickedAlone {
    pub(super) alone: Alone,
    pub(super) conflicts: Vec<RepoPath>,
    /// The renames it follows that could be others.
    pub(super) ambiguous: Vec<FollowedRename>,
    /// How many lines it adds and removes, where its risk asks for that.
    pub(super) lines: Option<usize>,
    pub(super) sketch: Sketch,
    /// Whether its words are in the fork's files.
    pub(super) worded: bool,
    /// The places in the history that the conflicting lines come from.
    pub(super) lacking: BTreeSet<usize>,
}

/// How many lines a unit adds and removes, unless these, like its files, are so few that nothing is said of them.
pub(super) fn lines(merger: &mut Merger<'_>, unit: &Unit) -> Result<Option<usize>, GitError> {
    let few = risk::FEW;
    if unit.changes.len() <= few.files && merger.plainly_changes_few(&unit.changes, few.lines)? {
        return Ok(None);
    }
    let count = merger.count_lines(&unit.changes)?;
    Ok(Some(count.added + count.removed))
}

/// The units before the line is walked.
pub(super) struct Described {
    pub(super) surveyed: Vec<Surveyed>,
    /// For each, the earlier units that its conflicting lines come from.
    pub(super) lacking: Vec<BTreeSet<usize>>,
    /// For each, what is to be said of its risk so far.
    pub(super) judged: Vec<risk::JudgedReasons>,
}

pub(super) fn describe_all(
    repo: &Repo,
    units: &Units,
    (picked, found): (Vec<PickedAlone>, Vec<evidence::Found>),
    config: &Config,
    progress: &mut dyn Progress,
) -> Result<Described, SurveyError> {
    progress.stage("judging risks", units.all().len());
    let mut all = Described { surveyed: Vec::new(), lacking: Vec::new(), judged: Vec::new() };
    for ((unit, mut picked), found) in units.all().iter().zip(picked).zip(found) {
        all.lacking.push(std::mem::take(&mut picked.lacking));
        let undoes = unit.undoes.iter().map(|undone| units.all()[*undone].commit.id).collect();
        let refused = unit.refused(repo)?;
        let (described, reasons) = describe(unit, picked, found, config);
        all.surveyed.push(Surveyed { undoes, refused, ..described });
        all.judged.push(reasons);
        progress.step();
    }
    Ok(all)
}

/// Concludes on the risk of each unit, once the line has shown whose its conflict is.
pub(super) fn judge(surveyed: &mut [Surveyed], judged: Vec<risk::JudgedReasons>) {
    for (unit, mut reasons) in surveyed.iter_mut().zip(judged) {
        reasons.extend(risk::conflict(unit));
        (unit.risk, unit.reasons) = risk::conclude(reasons);
    }
}

/// A unit before the line is walked, and what is to be said of its risk so far.
fn describe(
    unit: &Unit,
    picked: PickedAlone,
    found: evidence::Found,
    config: &Config,
) -> (Surveyed, risk::JudgedReasons) {
    let PickedAlone { alone, conflicts, ambiguous, lines, .. } = picked;
    let (commit, subject) = (&unit.commit, unit.subject());
    let paths: Vec<RepoPath> = unit.changes.iter().map(|change| change.path.clone()).collect();
    let case = risk::RiskInput {
        facts: CommitFacts {
            subject: &subject,
            author: &format!("{} <{}>", commit.author.name, commit.author.email),
            day: &commit.author.when.day(),
            paths: &paths,
        },
        message: &commit.message,
        ambiguous: &ambiguous,
        lines,
    };
    let judged = risk::assess(&case, config);
    // What is called the same is the same only where applying it would change nothing.
    let strong = found.evidence.iter().any(Evidence::is_strong);
    let taken = strong || !found.evidence.is_empty() && alone == Alone::Noop;
    let described = Surveyed {
        inside: unit.inside.clone(),
        inside_taken: found.inside,
        pr: unit.pull,
        verdict: if taken { Verdict::Taken } else { Verdict::Open },
        evidence: found.evidence,
        reverted_by: found.reverted_by,
        moot: found.moot,
        alone,
        conflicts,
        paths,
        ..Surveyed::new(commit.id, subject, commit.author.clone())
    };
    (described, judged)
}

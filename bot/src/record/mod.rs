//! The record: a merge commit with the fork's own tree and an upstream commit as its second parent. It changes no file; from then on
//! git knows that upstream is in up to there.
//!
//! It is offered once every unit up to there is in the fork or is left out for good, and every file that git's own merge would
//! change has its reason. While anything is open it is refused, and the refusal names what is.

mod check;

use crate::pick::Built;
use crate::plan::{Reason, is_accounted_for};
use crate::survey::{Difference, Evidence, EvidenceKind, LineShare, Survey, Surveyed, Verdict};
use crate::units::Reach;
use engine::ids::CommitId;
use engine::path::RepoPath;

pub use check::make;

/// The name that its branch, pull request and decisions go by. No phase may be called so.
pub const NAME: &str = "record";

/// How many units it takes for a record short of upstream's head: fewer would be one more pull request for every few commits.
const ENOUGH: usize = 20;

/// What a record would say.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The last upstream commit that is in.
    pub up_to: CommitId,
    /// The units up to there, in upstream's order.
    pub units: Vec<Recorded>,
    /// How many units come after.
    pub left: usize,
}

/// A record that may be made.
#[derive(Debug, Clone)]
pub struct Record {
    pub says: Candidate,
    /// The merge commit, in memory until it is pushed.
    pub commit: CommitId,
    /// The fork's commit that it stands on.
    pub base: CommitId,
    /// The files that git's own merge would change, and what each is due to.
    pub differs: Vec<Difference>,
    /// The pull request that recorded something before and was not merged with a merge commit, so that it told git nothing.
    pub lost: Option<u64>,
}

/// A unit that a record covers.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub sha: CommitId,
    pub subject: String,
    pub grounds: Grounds,
}

/// Why a unit may be recorded.
#[derive(Debug, Clone)]
pub enum Grounds {
    /// A person or the configuration leaves it out for good.
    LeftOut(Reason),
    /// The fork has it in a form of its own.
    Adapted { evidence: Vec<Evidence>, share: Option<LineShare> },
    /// There is nothing left to change.
    NoOp,
    /// The fork has it.
    Taken(Vec<Evidence>),
}

/// Why there is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Git knows already that upstream is in.
    UpToDate,
    /// The commit is none of upstream's that the fork lacks.
    NotInRange(CommitId),
    /// Units that are neither in nor left out for good, in upstream's order.
    Open(Vec<CommitId>),
    /// Units that are said to be taken, but of whose lines the fork has less than half.
    Doubtful(Vec<CommitId>),
    /// Files that git's merge would change for no reason that is known.
    Unexplained(Vec<RepoPath>),
}

/// The record that takes in most of upstream, or the one up to `wanted`.
///
/// # Errors
/// There is none to be made, and why.
pub fn find(survey: &Survey, built: &Built, wanted: Option<CommitId>) -> Result<Candidate, Refusal> {
    if survey.units.commits().is_empty() {
        return Err(Refusal::UpToDate);
    }
    let reasons = built.reasons();
    let grounds: Vec<Option<Grounds>> =
        survey.commits.iter().map(|unit| grounds(survey, unit, reasons.get(&unit.sha).copied())).collect();
    let done: Vec<bool> = grounds.iter().map(Option::is_some).collect();
    let reach = Reach::new(&survey.units);
    let up_to = match wanted {
        Some(wanted) => reach.place(wanted).ok_or(Refusal::NotInRange(wanted))?,
        None => match reach.furthest(&done) {
            Some(found) => found,
            None => return Err(Refusal::Open(open(survey, &done, &vec![true; done.len()]))),
        },
    };
    let covered = reach.units(up_to);
    let missing = open(survey, &done, &covered);
    if !missing.is_empty() {
        return Err(Refusal::Open(missing));
    }
    let left = covered.iter().filter(|covered| !**covered).count();
    let units: Vec<Recorded> = survey
        .commits
        .iter()
        .zip(grounds)
        .zip(&covered)
        .filter(|(_, covered)| **covered)
        .filter_map(|((unit, grounds), _)| {
            Some(Recorded { sha: unit.sha, subject: unit.subject.clone(), grounds: grounds? })
        })
        .collect();
    if wanted.is_none() && left > 0 && units.len() < ENOUGH {
        return Err(Refusal::Open(open(survey, &done, &vec![true; done.len()])));
    }
    let doubtful: Vec<CommitId> = units.iter().filter(|unit| unit.grounds.is_doubtful()).map(|unit| unit.sha).collect();
    if !doubtful.is_empty() {
        return Err(Refusal::Doubtful(doubtful));
    }
    Ok(Candidate { up_to: reach.commit(up_to), units, left })
}

impl Grounds {
    /// Whether a commit says that the fork has it, and the files say otherwise. What a pull request of ours brought, or a person
    /// states, is not doubted.
    fn is_doubtful(&self) -> bool {
        let Self::Adapted { evidence, share: Some(share) } = self else { return false };
        let stated = evidence.iter().any(|sign| sign.kind == EvidenceKind::Ledger);
        !stated && share.there * 2 < share.of
    }
}

/// The units among `of` that are not done.
fn open(survey: &Survey, done: &[bool], of: &[bool]) -> Vec<CommitId> {
    let all = survey.commits.iter().zip(done).zip(of);
    all.filter(|((_, done), of)| !**done && **of).map(|((unit, _), _)| unit.sha).collect()
}

fn grounds(survey: &Survey, unit: &Surveyed, reason: Option<&Reason>) -> Option<Grounds> {
    if !is_accounted_for(survey, unit, reason) {
        return None;
    }
    let evidence = unit.evidence.clone();
    Some(match (unit.verdict, reason.filter(|reason| reason.is_for_good(survey))) {
        (Verdict::Taken, _) if unit.adapted => Grounds::Adapted { evidence, share: unit.share },
        (Verdict::Taken, _) => Grounds::Taken(evidence),
        (Verdict::Open, Some(reason)) => Grounds::LeftOut(reason.clone()),
        (Verdict::Open, None) => Grounds::NoOp,
    })
}

//! What a run begins with: the fork, what people decided so far, and what became of the phases.

use std::collections::{BTreeMap, HashMap};

use super::{RunError, Session};
use crate::decision::{Decision, Ruling, Rulings};
use crate::forge::{Ahead, Forge, PullRequest, State};
use crate::ledger::{Landing, Ledger, find_in_clone, landings};
use crate::memory::{self, LearnReport, LearnedResolution};
use crate::names::PhaseId;
use crate::pick::{LineResolver, LockfileCache, MergedManifests};
use crate::plan::leaves_out;
use crate::publish::{Observed, ticked_boxes};
use crate::survey::{Given, Survey, Surveyed, survey};
use engine::Repo;
use engine::ids::CommitId;
use engine::progress::Progress;

/// What a survey and the phases are made from.
pub struct Inputs<'s> {
    pub(super) session: &'s Session,
    /// What people decided, and what became of each phase.
    pub ledger: Ledger,
    /// The decisions among those that are not written to the forge yet.
    pub(super) pending: Vec<Decision>,
    /// How people resolved conflicts on the branches of the forge; in the ledger above, but not written to the forge yet.
    pub(super) learned: LearnReport,
    /// The attempts of phases that are in the fork.
    pub(super) landed: Vec<Landing>,
    /// The phases that have, or had, a pull request on the forge, and whether that is open.
    pub(super) published: BTreeMap<PhaseId, bool>,
    /// Lock files that were generated before.
    pub(super) lockfiles: LockfileCache,
    /// What people accepted of what was proposed, in comments of this run; in the ledger above, but not written to the forge yet.
    pub(super) accepted: Vec<LearnedResolution>,
    /// Which programs have a say in what is built, besides those that resolve something.
    pub programs: Programs,
    /// What came of merging manifests so far.
    pub(super) manifests: MergedManifests,
}

/// Which programs have a say in what is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Programs {
    /// Those that make lock files again.
    pub lock: bool,
    /// Those that propose something.
    pub propose: bool,
}

impl Programs {
    const ALL: Self = Self { lock: true, propose: true };
}

impl<'s> Inputs<'s> {
    /// With the ledger that the clone has.
    ///
    /// # Errors
    /// The ledger is not right, or the repository cannot be read.
    pub fn of_clone(session: &'s Session) -> Result<Self, RunError> {
        let ledger = Ledger::read(&session.repo, find_in_clone(&session.repo)?)?;
        let landed = landings(&session.repo, &ledger, session.heads.fork, &|_| None)?;
        let lockfiles = known_lockfiles(&session.repo, &ledger)?;
        let (pending, learned, published) = (Vec::new(), LearnReport::default(), BTreeMap::new());
        let (accepted, programs, manifests) = (Vec::new(), Programs::ALL, MergedManifests::default());
        Ok(Self { session, ledger, pending, learned, landed, published, lockfiles, accepted, programs, manifests })
    }

    /// With the ledger that a forge keeps, whatever the clone has of one; and with what people said on its dashboard and how they
    /// resolved conflicts on its branches, which is obeyed at once and written to the ledger as the run goes on.
    ///
    /// # Errors
    /// The forge or the repository cannot be read, or the ledger is not right.
    pub(super) fn of_forge(session: &'s Session, observed: &Observed, forge: &dyn Forge) -> Result<Self, RunError> {
        let repo = &session.repo;
        let ledger = Ledger::read(repo, observed.ledger)?;
        let merged = merged(&ledger, observed, forge)?;
        let landed = landings(repo, &ledger, session.heads.fork, &|pull| merged.get(&pull).copied())?;
        let (ledger, pending) = ticked_on_dashboard(session, ledger, observed)?;
        let (ledger, learned) = super::resolutions::learn_from_branches(session, &ledger, observed)?;
        let lockfiles = known_lockfiles(repo, &ledger)?;
        let published = observed.phases();
        let (accepted, programs, manifests) = (Vec::new(), Programs::ALL, MergedManifests::default());
        Ok(Self { session, ledger, pending, learned, landed, published, lockfiles, accepted, programs, manifests })
    }

    /// Surveys the range.
    ///
    /// # Errors
    /// The branches are unrelated, or the repository cannot be read.
    pub fn survey(&self, progress: &mut dyn Progress) -> Result<Survey, RunError> {
        self.surveyed(true, progress)
    }

    /// Surveys the units of the range, and nothing that is about all of it: for a question about one of them.
    ///
    /// # Errors
    /// The branches are unrelated, or the repository cannot be read.
    pub fn survey_units(&self, progress: &mut dyn Progress) -> Result<Survey, RunError> {
        self.surveyed(false, progress)
    }

    fn surveyed(&self, whole: bool, progress: &mut dyn Progress) -> Result<Survey, RunError> {
        let Session { repo, heads, config, .. } = self.session;
        let landed = self.landed.iter().flat_map(|landing| &landing.picks).copied().collect::<Vec<_>>();
        let rulings = self.ledger.effective();
        let stated = stated(repo, heads.fork, &rulings)?;
        let leaves_out = |unit: &Surveyed| leaves_out(config, &rulings, unit);
        let main = self.session.main_branch();
        let lets_in = |sha| rulings.lets_in(sha);
        let (landed, stated) = (&landed[..], &stated[..]);
        let given = Given { config, main, landed, stated, leaves_out: &leaves_out, lets_in: &lets_in, whole };
        let store = memory::recall(&self.ledger)?;
        let mut resolve = LineResolver::new(repo, self.sources(&store))?;
        let mut survey =
            survey(repo, *heads, given, &mut resolve, progress).map_err(|error| self.session.located(error.into()))?;
        survey.warnings.splice(0..0, self.session.warnings()?);
        Ok(survey)
    }
}

/// The commits that people say the fork has, as far as the fork still has the commits they name for it.
fn stated(repo: &Repo, fork: CommitId, rulings: &Rulings) -> Result<Vec<(CommitId, CommitId)>, RunError> {
    let mut found = Vec::new();
    for (_, decision) in rulings.commits() {
        if let Ruling::Taken { sha, commit } = decision.ruling
            && repo.has_commit(commit)
            && repo.contains(fork, commit)?
        {
            found.push((sha, commit));
        }
    }
    Ok(found)
}

/// Of the pull requests that were merged: the commits they became, where the ledger does not have them yet.
fn merged(ledger: &Ledger, observed: &Observed, forge: &dyn Forge) -> Result<HashMap<u64, CommitId>, RunError> {
    // What is recorded already is not asked for in every run again, and what was never recorded is of no use.
    let attempts = || ledger.phases().values().flat_map(|record| &record.rounds);
    let unknown = |pull: &&PullRequest| {
        pull.state == State::Merged
            && attempts().any(|attempt| attempt.pull == Some(pull.number) && attempt.landed.is_none())
    };
    let numbers: Vec<u64> = observed.pulls.iter().filter(unknown).map(|pull| pull.number).collect();
    forge.read_ahead(&numbers.iter().copied().map(Ahead::Pull).collect::<Vec<_>>())?;
    let mut merged = HashMap::new();
    for number in numbers {
        merged.extend(forge.merge_commit(number)?.map(|commit| (number, commit)));
    }
    Ok(merged)
}

/// The ledger with what people ticked on the dashboard since it was last written, and those decisions.
fn ticked_on_dashboard(
    session: &Session,
    mut ledger: Ledger,
    observed: &Observed,
) -> Result<(Ledger, Vec<Decision>), RunError> {
    let Some(dashboard) = &observed.dashboard else { return Ok((ledger, Vec::new())) };
    let known = observed.phases();
    let configured = session.config.phases.iter().map(|phase| &phase.id);
    let phases: Vec<_> = configured.chain(known.keys()).map(PhaseId::as_str).collect();
    let decisions = ticked_boxes(&dashboard.body, &ledger.effective(), &phases, session.now);
    for decision in &decisions {
        ledger = ledger.decide(decision.clone())?;
    }
    Ok((ledger, decisions))
}

/// The lock files on the heads where the ledger says that the bot left a branch, so that they are not generated once more. What stands on
/// any other branch, be it called as it may, anybody may have written.
fn known_lockfiles(repo: &Repo, ledger: &Ledger) -> Result<LockfileCache, RunError> {
    let mut cache = LockfileCache::default();
    for round in ledger.phases().values().flat_map(|record| &record.rounds) {
        if !round.by_people && repo.has_commit(round.head) {
            cache.learn(repo, round.head)?;
        }
    }
    Ok(cache)
}

//! What a run proposes for a forge, and the forge made to show it.

use std::collections::{BTreeMap, BTreeSet};

use super::comments::NewComments;
use super::rest::{self, Glance, RestRecord};
use super::targets::KnownTarget;
use super::{Inputs, RunError, RunReport, resolutions};
use crate::ci::{MatrixOutcome, TestTarget};
use crate::forge::{Forge, ForgeError, State};
use crate::ledger::{Changed, Ledger, LedgerError, Stacks, update};
use crate::names::{BranchName, PhaseId};
use crate::pick::{Built, BuiltPhase, Lock};
use crate::publish::{
    Adopted, ApplyError, Change, Changes, Marker, Notice, Observed, Situation, StaleBot, apply, compare,
};
use crate::record::Record;
use crate::survey::Survey;
use crate::text::visible;
use crate::view::matrix;
use engine::ids::CommitId;

/// Why there is no dashboard though one is wanted: a fork begins so.
const NO_ISSUES: &str = "the repository has no issues, and the dashboard is one: Settings, General, Features, Issues; or set \
                         `dashboard.enabled: false`";

/// All that a run is going to show on the forge.
pub(super) struct Proposal<'s> {
    pub(super) inputs: Inputs<'s>,
    pub(super) survey: Survey,
    pub(super) comments: NewComments,
    pub(super) built: Built,
    /// Phases on whose branch people committed, as they are there.
    pub(super) adopted: BTreeMap<PhaseId, Adopted>,
    /// What may be recorded as in.
    pub(super) record: Option<Record>,
    pub(super) observed: Observed,
    /// The bots that close what nobody touches, as the fork's files have them; none where none closed anything.
    pub(super) stale_bots: Vec<StaleBot>,
    /// The forge as it was before anything was read.
    pub(super) glance: Glance,
}

/// What was changed on the forge, and what could not be, in words.
#[derive(Debug, Default)]
pub(super) struct Shown {
    changes: Changes,
    missed: BTreeSet<String>,
}

impl Shown {
    pub(super) fn extend(&mut self, mut more: Self) {
        self.changes.changes.extend(more.changes.changes);
        more.changes.notices.retain(|notice| !self.changes.notices.contains(notice));
        self.changes.notices.extend(more.changes.notices);
        self.missed.extend(more.missed);
    }
}

/// What a forge turned out not to have or not to do while it was written to.
#[derive(Debug, Default)]
struct MissingFeatures {
    /// Pull requests that it would not open again.
    refused: BTreeSet<u64>,
    /// Draft pull requests.
    drafts: bool,
    /// Pull requests that it would give no other base, since they are in a stack.
    fixed: BTreeSet<u64>,
    /// Branches that it would not have moved, or removed, and why, in words.
    immovable: BTreeSet<BranchName>,
    /// What could not be shown and why, in words.
    missed: BTreeSet<String>,
    /// How often others moved a branch that this run was about to move.
    moved: usize,
}

/// How often a run looks again at a forge that others change meanwhile.
const LOOKS: usize = 3;

impl Proposal<'_> {
    /// Puts the sign on new comments that says that they were seen.
    pub(super) fn acknowledge(&self, forge: &mut dyn Forge) -> Result<(), RunError> {
        self.comments.acknowledge(forge)
    }

    /// Makes the forge show what was built.
    pub(super) fn show(&mut self, forge: &mut dyn Forge) -> Result<Shown, RunError> {
        let mut missing = MissingFeatures::default();
        let mut made = Changes::default();
        loop {
            let changes = self.changes(&missing)?;
            let session = self.inputs.session;
            let done = apply(&changes.changes, &session.repo, forge, &mut self.observed, session.now, &mut made);
            self.forget_stacks(&made)?;
            match done {
                Ok(()) => {
                    // They are on the ledger now.
                    self.inputs.pending.clear();
                    let notices = changes.notices.into_iter().chain(made.notices).collect();
                    return Ok(Shown { changes: Changes { notices, ..made }, missed: missing.missed });
                }
                // It goes on in a new pull request instead.
                Err(ApplyError::Forge(ForgeError::CannotReopen { number, .. })) if missing.refused.insert(number) => {}
                Err(ApplyError::Forge(ForgeError::NoDrafts)) if !missing.drafts => missing.drafts = true,
                // One phase's trouble is not the others'.
                Err(ApplyError::Forge(error @ ForgeError::BranchRefused { .. })) => {
                    let ForgeError::BranchRefused { branch, .. } = &error else { return Err(error.into()) };
                    if !missing.immovable.insert(branch.clone()) {
                        return Err(error.into());
                    }
                    missing.missed.insert(visible(&error.with_advice()));
                }
                Err(ApplyError::Forge(error @ ForgeError::Stacked { number, .. })) if missing.fixed.insert(number) => {
                    missing.missed.insert(visible(&error.to_string()));
                }
                Err(ApplyError::Forge(error)) if error.is_moved() && missing.moved < LOOKS => missing.moved += 1,
                Err(error) => return Err(error.into()),
            }
            self.observed.read_again(forge, &session.repo)?;
        }
    }

    /// What this run took apart was not taken apart by a person.
    fn forget_stacks(&mut self, made: &Changes) -> Result<(), RunError> {
        for change in &made.changes {
            if let Change::Unstack { pulls, .. } = change {
                let ledger = &self.inputs.ledger;
                self.inputs.ledger = Stacks::of(ledger)?.without(pulls).put(ledger)?;
            }
        }
        Ok(())
    }

    /// Records on the ledger what was learned, what was published, and what has landed or was closed. It comes after publishing; what
    /// a run that was cut short could not record, the next one does.
    pub(super) fn record(&self, forge: &mut dyn Forge) -> Result<(), RunError> {
        resolutions::keep(&self.inputs.session.repo, forge, &self.inputs.learned.lessons)?;
        self.record_attempts(forge)?;
        self.drop_proposals(forge)
    }

    /// Notes on the ledger what this run leaves, so that the next rests where nothing is new. Where anything is left to do nothing is noted.
    pub(super) fn rest(&self, shown: &Shown, tests: &MatrixOutcome, forge: &mut dyn Forge) -> Result<(), RunError> {
        let left = |notice: &Notice| matches!(notice, Notice::Changed { .. } | Notice::Opening { .. });
        let retry = self.built.phases.iter().flat_map(|phase| &phase.locks).any(Lock::is_pending);
        let open = !self.comments.notices.is_empty()
            || !shown.missed.is_empty()
            || shown.changes.notices.iter().any(left)
            || !tests.failed.is_empty()
            || tests.left_to_another
            || self.searches()?
            || self.unheard()?;
        let (false, Some(began)) = (open, forge.began()?) else { return Ok(()) };
        let Some(conversations) = rest::conversations(&self.observed, &self.comments.heard) else { return Ok(()) };
        let session = self.inputs.session;
        let told = self.told()?;
        let record = |ledger: &Ledger| -> Result<RestRecord, LedgerError> {
            // What cannot be read now is no reason to rest.
            let seen = rest::seen(session, &self.observed.branches, ledger).unwrap_or_default();
            Ok(RestRecord {
                settings: rest::settings(session),
                seen,
                since: rest::since(began),
                retry,
                waits: self.built.phases.iter().flat_map(|phase| &phase.picks).any(|pick| pick.outcome.needs_person()),
                phases: self.built.phases.iter().map(|phase| phase.id.clone()).collect(),
                pulls: self.built.phases.iter().filter_map(|phase| self.open_pull(phase)).collect(),
                conversations: conversations.clone(),
                tests: self.known_targets(),
                told: told.clone(),
            })
        };
        let message = "Note what this run leaves\n".to_owned();
        let noted = update(&session.repo, forge, &mut |ledger| {
            let record = record(ledger)?;
            // What people wrote there meanwhile is for the next run.
            let same = !rest::is_obeyed(&self.inputs.ledger, ledger) || self.glance.has(&record);
            let ledger = if same { ledger.clone() } else { ledger.with(rest::FILE, &record)? };
            Ok(Changed { ledger, message: message.clone() })
        });
        match noted {
            // Others write there: then there is something new for the next.
            Err(LedgerError::Contended(_)) => Ok(()),
            noted => noted.map(drop).map_err(RunError::from),
        }
    }

    /// The number of a phase's open pull request.
    fn open_pull(&self, phase: &BuiltPhase) -> Option<u64> {
        let pull = self.observed.of_phase(&phase.id).filter(|pull| pull.state == State::Open);
        pull.map(|pull| pull.number)
    }

    fn known_targets(&self) -> Vec<KnownTarget> {
        let targets = self.targets();
        let pull = |target: &TestTarget| {
            let shows = self.built.phases.iter().find(|phase| phase.id == *target.of);
            shows.and_then(|phase| self.open_pull(phase))
        };
        let phase = |target: &TestTarget| {
            let base = KnownTarget::is_base(target);
            let is = |phase: &&BuiltPhase| match base {
                true => phase.base_commit == target.head,
                false => phase.id == *target.of,
            };
            self.built.phases.iter().find(is).map(|phase| phase.configured().clone())
        };
        targets.iter().filter_map(|target| KnownTarget::of(target, &phase(target)?, pull(target))).collect()
    }

    /// What came of it all.
    pub(super) fn report(self, shown: Shown, tests: &MatrixOutcome) -> RunReport {
        let waiting = matrix::waiting(tests);
        let NewComments { notices, unanswered, .. } = self.comments;
        let mut waiting: Vec<String> =
            notices.into_iter().chain(unanswered).chain(shown.missed).chain(waiting).collect();
        if self.inputs.session.config.dashboard.enabled && self.observed.no_issues {
            waiting.push(NO_ISSUES.to_owned());
        }
        let Inputs { learned, .. } = self.inputs;
        let Self { survey, built, observed, .. } = self;
        RunReport { survey, built, learned, changes: shown.changes, tests: matrix::done(tests), waiting, observed }
    }

    /// What would be changed.
    pub(super) fn preview(self) -> Result<RunReport, RunError> {
        let changes = self.changes(&MissingFeatures::default())?;
        let Self { inputs: Inputs { learned, .. }, survey, built, comments, observed, .. } = self;
        Ok(RunReport { survey, built, learned, changes, tests: Vec::new(), waiting: comments.notices, observed })
    }

    /// Where the ledger has the branch of each pull request.
    fn heads(&self) -> BTreeMap<u64, CommitId> {
        let rounds = self.inputs.ledger.phases().values().flat_map(|record| &record.rounds);
        rounds.filter_map(|round| Some((round.pull?, round.head))).collect()
    }

    /// The open pull requests whose branch is in the fork's, though the forge does not call them merged.
    fn landed(&self) -> Result<BTreeSet<u64>, RunError> {
        let session = self.inputs.session;
        let mut landed = BTreeSet::new();
        for pull in self.observed.pulls.iter().filter(|pull| pull.state == State::Open) {
            let branch = self.observed.branch(&pull.text.head);
            if let Some(branch) = branch.filter(|branch| Marker::of(pull).is_some_and(|own| own.base != branch.head))
                && session.repo.contains(session.heads.fork, branch.head)?
            {
                landed.insert(pull.number);
            }
        }
        Ok(landed)
    }

    /// What must be changed so that the forge shows what was built.
    fn changes(&self, missing: &MissingFeatures) -> Result<Changes, RunError> {
        let session = self.inputs.session;
        Ok(compare(&Situation {
            built: &self.built,
            adopted: &self.adopted,
            landed: &self.landed()?,
            record: self.record.as_ref(),
            squashed: self.inputs.squashed(&self.observed)?,
            release: session.release.as_deref(),
            survey: &self.survey,
            config: &session.config,
            rulings: &self.inputs.ledger.effective(),
            said: &self.inputs.pending,
            stale_bots: &self.stale_bots,
            observed: &self.observed,
            heads: &self.heads(),
            tests: &self.tables()?,
            refused: &missing.refused,
            immovable: &missing.immovable,
            unread: &self.comments.unread,
            fixed: &missing.fixed,
            stacked: &Stacks::of(&self.inputs.ledger)?,
            drafts: !missing.drafts,
            now: session.now,
        }))
    }
}

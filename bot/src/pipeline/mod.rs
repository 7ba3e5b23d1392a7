//! The pipeline: configuration and repository to survey, plan, branches and changes. [`run`] is the one list of its steps; the
//! command line, the action, `serve` and the tests all come through here.
//!
//! Each step takes the value of the one before: a [`Session`] becomes [`Inputs`], these a survey and what is built from it, and all of
//! them a proposal, which is shown or carried out. What needs no forge, such as a plan, stops half way.

mod adopted;
mod answers;
mod attempts;
mod bot;
mod build;
mod clock;
mod comments;
mod configuration;
pub mod decide;
mod ended;
mod error;
mod inputs;
mod kept;
mod matrix;
mod moved;
mod own_branch;
mod own_folders;
mod proposal;
mod proposals;
mod record;
pub mod resolutions;
mod rest;
mod roads;
mod session;
mod stacks;
mod stale_bots;
mod targets;
mod untested;
mod upstream;

use crate::forge::Forge;
use crate::memory::LearnReport;
use crate::pick::Built;
use crate::publish::{Changes, Observed};
use crate::survey::Survey;
use engine::progress::Progress;

pub use bot::open_as_bot;
pub use configuration::{ConfigFrom, ConfigText, checked_config, read_config};
pub use error::RunError;
pub use inputs::{Inputs, Programs};
pub use own_folders::{followed_releases, own_folders};
pub use rest::Rested;
pub use session::{Context, Session};

use proposal::Proposal;
use rest::Glance;

/// What a run found, built and did, or would do.
#[derive(Debug)]
pub struct RunReport {
    /// What upstream has.
    pub survey: Survey,
    /// What was built of it.
    pub built: Built,
    /// How people resolved conflicts, as far as this run learned it.
    pub learned: LearnReport,
    /// What was changed on the forge, and what was left alone.
    pub changes: Changes,
    /// What was done about tests, in words.
    pub tests: Vec<String>,
    /// What could not be done and waits for the next run, in words.
    pub waiting: Vec<String>,
    /// What the forge has now.
    pub observed: Observed,
}

/// How a run ended.
#[derive(Debug)]
pub enum RunEnd {
    /// Nothing is new since the last run, or nothing but how tests stand.
    Rested(Rested),
    /// It did the whole job.
    Done(Box<RunReport>),
}

/// The whole job, where anything is new since the last run.
///
/// # Errors
/// As [`run`].
pub fn run_or_rest(session: &Session, forge: &mut dyn Forge, progress: &mut dyn Progress) -> Result<RunEnd, RunError> {
    session.require_config()?;
    session.require_signer()?;
    let glance = Glance::read(session, forge)?;
    let rested = match glance.rests(session, forge)? {
        Some(record) => ended::follow(&glance, record, session, forge)?,
        None => None,
    };
    match rested {
        Some(rested) => Ok(RunEnd::Rested(rested)),
        None => Ok(RunEnd::Done(run_on(session, forge, glance, progress)?.into())),
    }
}

/// The whole job, once: what was built is shown on the forge, tests are asked for and their results reported, and what people said is
/// answered.
///
/// # Errors
/// A step fails. What was changed before stays, and the next run goes on from there.
pub fn run(session: &Session, forge: &mut dyn Forge, progress: &mut dyn Progress) -> Result<RunReport, RunError> {
    session.require_config()?;
    session.require_signer()?;
    let glance = Glance::read(session, forge)?;
    run_on(session, forge, glance, progress)
}

fn run_on(
    session: &Session,
    forge: &mut dyn Forge,
    glance: Glance,
    progress: &mut dyn Progress,
) -> Result<RunReport, RunError> {
    let mut proposal = propose(session, forge, glance, progress)?;
    proposal.acknowledge(forge)?;
    proposal.keep_proposals(forge)?;
    let mut shown = proposal.show(forge)?;
    proposal.record(forge)?;
    let mut tests = proposal.test(forge)?;
    proposal.report_untested(forge, &mut tests)?;
    proposal.report_markers(forge, &mut tests)?;
    if !tests.is_empty() {
        // What came of the tests is shown in the pull requests too, and so is why one could not be asked for.
        shown.extend(proposal.show(forge)?);
    }
    proposal.answer(forge)?;
    proposal.rest(&shown, &tests, forge)?;
    Ok(proposal.report(shown, &tests))
}

/// What a run would do to the forge; nothing is changed.
///
/// # Errors
/// A step fails.
pub fn preview(session: &Session, forge: &dyn Forge, progress: &mut dyn Progress) -> Result<RunReport, RunError> {
    session.require_config()?;
    session.require_signer()?;
    propose(session, forge, Glance::read(session, forge)?, progress)?.preview()
}

/// The first half of a run, which only reads.
fn propose<'s>(
    session: &'s Session,
    forge: &dyn Forge,
    glance: Glance,
    progress: &mut dyn Progress,
) -> Result<Proposal<'s>, RunError> {
    let mut observed = Observed::read_beside(forge, &session.repo, &session.branch, glance.branches.clone())?;
    let inputs = Inputs::of_forge(session, &observed, forge)?;
    let mut survey = inputs.survey(progress)?;
    // Comments name commits, so they are understood once these are known, and obeyed by what is built next.
    let decided = inputs.ledger.decisions().len();
    let (inputs, comments) = inputs.read_comments(&survey, &observed, &glance, forge)?;
    // What is left out or let in changes the line: what was surveyed before a decision holds no more.
    if inputs.ledger.decisions().len() > decided {
        survey = inputs.survey(progress)?;
    }
    let mut built = inputs.build(&survey, progress)?;
    inputs.roads(&mut survey, progress)?;
    let record =
        inputs.record(&survey, &built, None)?.ok().map(|record| inputs.after(record, &observed)).transpose()?;
    let stale_bots = inputs.find_closed_by_bots(&built, record.is_some(), &mut observed, forge)?;
    moved::recognise(&inputs, &built, &mut observed)?;
    kept::keep(&inputs, &mut built, &observed)?;
    observed.offers_stacks = stacks::are_offered(session, &built, &observed, forge)?;
    let adopted = adopted::adopted(&session.repo, session.heads.fork, &built, &observed)?;
    Ok(Proposal { inputs, survey, comments, built, adopted, record, observed, glance, stale_bots })
}

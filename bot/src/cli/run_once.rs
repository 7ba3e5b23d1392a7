//! `uptake run`: the whole job, once.

use clap::Args;

use super::guest::refresh_guest;
use super::memory::report_learned;
use super::plan::PlanView;
use super::publish::{ForgeHandle, Target};
use super::term::bold;
use super::{DONE, Failure, GuestArgs, Invocation, WAITS, publish, waits};
use crate::pipeline::{self, Rested, RunEnd};
use crate::text::visible;

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Where branches and pull requests go: github, or folder:DIR
    #[arg(long, value_name = "github|folder:DIR", value_parser = publish::forge)]
    forge: Target,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Look at everything, even where nothing is new since the last run
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    pub(super) guest: GuestArgs,
}

/// What a run does where nothing is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunMode {
    /// Nothing.
    Rest,
    /// All the same.
    Anew,
    /// It says what it would do.
    Preview,
}

impl RunMode {
    pub(super) const fn of(dry_run: bool, again: bool) -> Self {
        match (dry_run, again) {
            (true, _) => Self::Preview,
            (false, true) => Self::Anew,
            (false, false) => Self::Rest,
        }
    }
}

/// What is said where nothing is new.
pub(super) const RESTED: &str =
    "nothing is new: fork, upstream, decisions, conversations and tests are as the last run left them";

/// What is said where nothing else is new.
pub(super) const FOLLOWED: &str = "nothing is new but how tests stand: nothing was built";

/// What is said of a run that did no more than look at the tests; `plainly`: on a terminal.
pub(super) fn rested_said(rested: &Rested, plainly: bool) -> String {
    let bold = |text: &str| if plainly { bold(text) } else { text.to_owned() };
    let stop = if plainly { "" } else { "." };
    let mut text = match rested.done.is_empty() && rested.waiting.is_empty() {
        true => format!("{}: {RESTED}{stop}\n", bold("Nothing to change")),
        false => format!("{}: {FOLLOWED}{stop}\n", bold("Tests")),
    };
    rested.done.iter().for_each(|done| text.push_str(&format!("  {}\n", visible(done))));
    rested.waiting.iter().for_each(|waiting| text.push_str(&format!("  waits: {}\n", visible(waiting))));
    text
}

/// One run for the fork, or what it would do.
pub(super) fn run_once(call: &Invocation, target: &Target, mode: RunMode) -> Result<(ForgeHandle, RunEnd), Failure> {
    let mut bars = call.bars();
    let session = call.session(&mut bars)?;
    session.require_config()?;
    let purpose = publish::purpose(&session.config, mode == RunMode::Preview);
    let mut handle = publish::open_forge(call, target, &session.repo, &session.config, purpose)?;
    let end = match mode {
        RunMode::Preview => RunEnd::Done(pipeline::preview(&session, &*handle.forge, &mut bars)?.into()),
        RunMode::Anew => RunEnd::Done(pipeline::run(&session, &mut *handle.forge, &mut bars)?.into()),
        RunMode::Rest => pipeline::run_or_rest(&session, &mut *handle.forge, &mut bars)?,
    };
    drop(bars);
    if let RunEnd::Done(report) = &end {
        call.warn(&report.survey);
    }
    Ok((handle, end))
}

pub(super) fn run(call: &Invocation, args: &RunArgs) -> Result<u8, Failure> {
    refresh_guest(call, &args.forge)?;
    let (handle, end) = run_once(call, &args.forge, RunMode::of(args.dry_run, args.again))?;
    let report = match end {
        RunEnd::Done(report) => report,
        RunEnd::Rested(rested) => {
            call.print(&rested_said(&rested, true))?;
            call.remark("--again looks at everything all the same.");
            return Ok(if rested.waits { WAITS } else { DONE });
        }
    };
    report_learned(call, &report.learned);
    let mut text = publish::describe(&report, args.dry_run);
    text.push_str(&PlanView::new(&report.built, &report.survey).summary());
    call.print(&text)?;
    if !args.dry_run {
        call.remark(&handle.where_to_look);
    }
    Ok(waits(&report.built))
}

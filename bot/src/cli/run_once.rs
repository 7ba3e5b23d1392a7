//! `uptake run`: the whole job, once.

use clap::Args;

use super::guest::refresh_guest;
use super::memory::report_learned;
use super::plan::PlanView;
use super::publish::{ForgeHandle, Target};
use super::term::bold;
use super::{DONE, Failure, GuestArgs, Invocation, WAITS, publish, waits};
use crate::pipeline::{self, RunEnd};

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
            call.print(&format!("{}: {RESTED}\n", bold("Nothing to change")))?;
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

//! `uptake run`: the whole job, once.

use clap::Args;

use super::guest::refresh_guest;
use super::memory::report_learned;
use super::plan::PlanView;
use super::publish::{ForgeHandle, Target};
use super::{Failure, GuestArgs, Invocation, publish, waits};
use crate::pipeline::{self, RunReport};

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Where branches and pull requests go: github, or folder:DIR
    #[arg(long, value_name = "github|folder:DIR", value_parser = publish::forge)]
    forge: Target,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub(super) guest: GuestArgs,
}

/// One run for the fork, or what it would do.
pub(super) fn run_once(call: &Invocation, target: &Target, dry_run: bool) -> Result<(ForgeHandle, RunReport), Failure> {
    let mut bars = call.bars();
    let session = call.session(&mut bars)?;
    session.require_config()?;
    let purpose = publish::purpose(&session.config, dry_run);
    let mut handle = publish::open_forge(call, target, &session.repo, &session.config, purpose)?;
    let report = match dry_run {
        true => pipeline::preview(&session, &*handle.forge, &mut bars)?,
        false => pipeline::run(&session, &mut *handle.forge, &mut bars)?,
    };
    drop(bars);
    call.warn(&report.survey);
    Ok((handle, report))
}

pub(super) fn run(call: &Invocation, args: &RunArgs) -> Result<u8, Failure> {
    refresh_guest(call, &args.forge)?;
    let (handle, report) = run_once(call, &args.forge, args.dry_run)?;
    report_learned(call, &report.learned);
    let mut text = publish::describe(&report, args.dry_run);
    text.push_str(&PlanView::new(&report.built, &report.survey).summary());
    call.print(&text)?;
    if !args.dry_run {
        call.remark(&handle.where_to_look);
    }
    Ok(waits(&report.built))
}

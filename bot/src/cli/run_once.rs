//! `uptake run`: the whole job, once.

use clap::Args;

use super::publish::Target;
use super::{Failure, GlobalArgs, GuestArgs, Job, github, plan, publish, waits};

#[derive(Debug, Args)]
#[command(after_help = github::CREDENTIALS)]
pub(super) struct RunArgs {
    /// Where branches and pull requests go: github, or folder:DIR
    #[arg(long, value_name = "FORGE", value_parser = publish::forge)]
    forge: Target,
    /// Print what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub(super) guest: GuestArgs,
}

impl GlobalArgs {
    pub(super) fn run(&self, args: &RunArgs) -> Result<u8, Failure> {
        self.refresh_guest(&args.forge)?;
        let (mut job, mut handle) = self.job_for(&args.forge, args.dry_run)?;
        let done = job.act(&mut *handle.forge, args.dry_run)?;
        let Job { opened, found, built, .. } = job;
        self.report_learned(&opened.learned);
        let mut text = publish::describe(&done, args.dry_run);
        text.push_str(&plan::PlanView::new(&built, &found).summary());
        self.print(&text)?;
        if !args.dry_run {
            self.remark(&handle.where_to_look);
        }
        Ok(waits(&built))
    }
}

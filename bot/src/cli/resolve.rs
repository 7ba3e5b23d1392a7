//! `uptake resolve`: the sitting, as a person at a terminal has it.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;
use std::rc::Rc;

use clap::Args;

use super::secrets::MARK;
use super::term::{BAD, GOOD, WAIT, bold, faint, styled, table};
use super::{Bars, Colour, DONE, Failure, Invocation, OutputFormat, WAITS, print, say};
use crate::pick::runner::RememberingRunner;
use crate::pipeline::Context;
use crate::programs::at_terminal;
use crate::sitting::{
    BranchNews, CurrentDecision, Desk, Moved, ResolvedDecision, Sent, Sitting, SittingEnd, SittingError, SittingNews,
    SittingPlan, SittingState,
};
use crate::text::{count, short, visible};
use engine::progress::Progress;

/// How many picks that came free are named.
const NAMED: usize = 5;

#[derive(Debug, Args)]
pub(super) struct ResolveArgs {
    /// A commit, or a phase, whose decisions are to be resolved [default: all of the plan]
    #[arg(value_name = "SHA|PHASE")]
    what: Option<String>,
    /// Look at what was done in the work tree, take it, and go on
    #[arg(long, group = "how")]
    r#continue: bool,
    /// Leave the decision at hand for another time, and go on
    #[arg(long, group = "how")]
    skip: bool,
    /// Say how the sitting stands
    #[arg(long, group = "how")]
    status: bool,
    /// End the sitting: what was resolved stays, what is at hand is left as it was
    #[arg(long, group = "how")]
    abort: bool,
    /// Send the branches and the ledger to origin: what is resolved so far where a sitting is under way, else once nothing is left
    #[arg(long)]
    push: bool,
    /// Open nothing: say where the files are, and wait for --continue
    #[arg(long, conflicts_with = "mergetool")]
    wait: bool,
    /// Open git mergetool instead of an editor
    #[arg(long)]
    mergetool: bool,
    /// A command that must succeed in the work tree before a resolution is taken, such as 'cargo check'
    #[arg(long, value_name = "COMMAND")]
    validate: Option<String>,
    /// How to print how it stands in the end
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    format: OutputFormat,
}

pub(super) fn resolve(call: &Invocation, args: &ResolveArgs) -> Result<u8, Failure> {
    // The plan is regenerated after each decision, with the same files for most programs.
    let runner = Rc::new(RememberingRunner::new(Rc::clone(&call.context.runner)));
    let context = &Context { runner, ..call.context.clone() };
    if args.status {
        return status(call, args.format, Sitting::status(context)?.as_ref());
    }
    let mut desk = Terminal::new(call, args);
    let (mut sitting, plan) = if args.r#continue || args.skip || args.abort {
        (Sitting::resume(context)?, None)
    } else {
        Sitting::begin(context, args.what.as_deref(), args.push, &mut desk)?
    };
    if args.abort {
        let state = sitting.state.clone();
        sitting.end()?;
        call.remark(&format!("Ended; {} resolved.", count(state.resolved.len(), "decision")));
        return Ok(DONE);
    }
    sitting.state.push |= args.push;
    if args.validate.is_some() {
        sitting.state.validate.clone_from(&args.validate);
    }
    sitting.keep()?;
    if args.skip {
        let skipped = sitting.skip()?;
        call.remark(&format!("Left for another time: {}.", skipped.sha.short()));
    }
    let at_hand = sitting.state.current.as_ref().is_some_and(|current| current.ready);
    if args.push && at_hand && plan.is_none() && !args.r#continue && !args.skip {
        sitting.bring_up(&mut desk)?;
        sent(call, &sitting.push()?);
        return status(call, args.format, Some(&sitting.state));
    }
    let end = sitting.go_on(plan, args.r#continue, &mut desk)?;
    drop(desk);
    let code = match &end {
        SittingEnd::Done => finish(call, sitting, args.format)?,
        SittingEnd::Waits(folder) => {
            call.remark(&waiting(&sitting.state, folder));
            if args.format == OutputFormat::Json {
                status(call, args.format, Some(&sitting.state))?;
            }
            WAITS
        }
        SittingEnd::Faults(folder, faults) => {
            let mut text = format!("{}\n", styled("Not taken yet:", BAD));
            for fault in faults {
                let _ = writeln!(text, "  {}", visible(&fault.to_string()));
            }
            let _ = write!(text, "The files are in {}. Next: uptake resolve --continue", folder.display());
            say(&text, call.colour);
            WAITS
        }
    };
    Ok(code)
}

/// Ends a sitting in which nothing is left: says what it came to, and sends it where that is wanted.
fn finish(call: &Invocation, mut sitting: Sitting<'_>, format: OutputFormat) -> Result<u8, Failure> {
    let state = sitting.state.clone();
    let open = !state.skipped.is_empty() || state.resolved.iter().any(|resolved| resolved.waits);
    if state.push {
        sent(call, &sitting.push()?);
    }
    if state.push || state.resolved.is_empty() {
        sitting.end()?;
    } else {
        call.remark("Next: uptake resolve --push sends the branches and what was learned.");
    }
    match format {
        OutputFormat::Json => status(call, format, Some(&state)).map(drop)?,
        _ if state.total == 0 => call.print("Nothing is left for a person to resolve.\n")?,
        _ => call.print(&format!(
            "{}: {} resolved, {} left for another time.\n",
            count(state.total, "decision"),
            state.resolved.len(),
            state.skipped.len()
        ))?,
    }
    Ok(if open { WAITS } else { DONE })
}

/// Says what was sent, and what was not.
fn sent(call: &Invocation, all: &[Sent]) {
    for sent in all {
        call.remark(&match sent {
            Sent::There(branch) => format!("Sent {}.", visible(branch)),
            Sent::Before(branch) => format!("{} was there already.", visible(branch)),
            Sent::Unpublished(branch) => format!("{} is not published yet: a run does that.", visible(branch)),
            Sent::Behind(branch) => format!(
                "{} stays as it is: the fork's branch is further at origin than here. The next run builds it with what was learned.",
                visible(branch)
            ),
            Sent::ByPeople(branch) => format!(
                "{} holds commits by people at origin and stays as it is; a run learns from them, and /rebuild builds it again.",
                visible(branch)
            ),
        });
    }
}

/// Where a person goes on.
fn waiting(state: &SittingState, folder: &Path) -> String {
    let Some(current) = &state.current else { return String::new() };
    format!("Resolve {} in {}, then: uptake resolve --continue", count(current.paths.len(), "file"), folder.display())
}

/// How a sitting stands, for a program.
#[derive(serde::Serialize)]
struct StatusJson<'a> {
    version: u8,
    /// Whether one is under way.
    active: bool,
    total: usize,
    resolved: &'a [ResolvedDecision],
    skipped: &'a [engine::ids::CommitId],
    /// How many places are left, those at hand among them.
    places_left: usize,
    current: Option<&'a CurrentDecision>,
}

fn status(call: &Invocation, format: OutputFormat, state: Option<&SittingState>) -> Result<u8, Failure> {
    if format == OutputFormat::Json {
        Invocation::print_json(&StatusJson {
            version: 2,
            active: state.is_some(),
            total: state.map_or(0, |state| state.total),
            resolved: state.map_or(&[], |state| &state.resolved),
            skipped: state.map_or(&[], |state| &state.skipped),
            places_left: state.map_or(0, |state| state.places_left),
            current: state.and_then(|state| state.current.as_ref()),
        })?;
    } else if let Some(state) = state {
        let mut text = format!("{}\n", bold(&progress(state)));
        if let Some(current) = &state.current {
            text.push_str(&at_hand(current));
        }
        call.print(&text)?;
    } else {
        call.print("No sitting is under way.\n")?;
    }
    Ok(if state.is_some_and(|state| state.current.is_some()) { WAITS } else { DONE })
}

/// `7 of 20, 12 places left`.
fn progress(state: &SittingState) -> String {
    let number = state.count() + usize::from(state.current.is_some());
    format!("{number} of {}, {} left", state.total, count(state.places_left, "place"))
}

/// A decision and its files.
fn at_hand(current: &CurrentDecision) -> String {
    let mut text = format!("{}  {}\n", current.sha.short(), short(&current.subject, 90));
    let rows: Vec<Vec<String>> = current
        .paths
        .iter()
        .map(|open| {
            let what = match open.by_lines {
                true if open.proposed > 0 => {
                    format!("{}; something is proposed for {}", count(open.places, "place"), open.proposed)
                }
                true => count(open.places, "place"),
                false => "keep it with git add, or remove it with git rm".to_owned(),
            };
            vec![short(&open.path, 90), faint(&what)]
        })
        .collect();
    text.push_str(&table(&rows));
    text
}

/// A person at a terminal.
struct Terminal<'a> {
    bars: Bars,
    colour: Colour,
    quiet: bool,
    args: &'a ResolveArgs,
}

impl<'a> Terminal<'a> {
    fn new(call: &Invocation, args: &'a ResolveArgs) -> Self {
        Self { bars: call.bars(), colour: call.colour, quiet: call.quiet, args }
    }

    fn show(&self, text: &str) -> Result<(), SittingError> {
        if !self.quiet && self.args.format != OutputFormat::Json {
            let printed = print(text, self.colour);
            printed.map_err(|source| SittingError::Program { what: "printing".into(), source })?;
        }
        Ok(())
    }
}

impl Desk for Terminal<'_> {
    fn resolve(&mut self, folder: &Path, decision: &CurrentDecision) -> Result<bool, SittingError> {
        if self.args.wait {
            return Ok(false);
        }
        // From where it runs, so that no name is taken for an option; and no link is followed.
        let there = |path: &String| folder.join(path).symlink_metadata().is_ok_and(|there| there.is_file());
        let files: Vec<String> = decision.paths.iter().map(|open| format!("./{}", open.path)).filter(there).collect();
        let (command, arguments) = match (self.args.mergetool, editor(), files.is_empty()) {
            (true, ..) => ("git mergetool".to_owned(), Vec::new()),
            (false, Some(editor), false) => (editor, files.iter().map(OsStr::new).collect()),
            (false, ..) => return Ok(false),
        };
        // What the editor made of it is looked at in any case.
        let run = at_terminal(&command, folder, &arguments, MARK.0);
        run.map(|_| true).map_err(|source| SittingError::Program { what: command, source })
    }

    fn validate(&mut self, command: &str, folder: &Path) -> Result<bool, SittingError> {
        let run = at_terminal(command, folder, &[], MARK.0);
        run.map_err(|source| SittingError::Program { what: command.to_owned(), source })
    }

    fn tell(&mut self, news: &SittingNews<'_>) -> Result<(), SittingError> {
        match news {
            SittingNews::LaidOut(state, folder) => {
                let at_hand = state.current.as_ref().map(at_hand).unwrap_or_default();
                self.show(&format!("{}  {}\n{at_hand}", bold(&progress(state)), faint(&folder.display().to_string())))
            }
            SittingNews::Resolved(resolved, plan) => self.show(&came_free(resolved, plan)),
            SittingNews::BroughtUp(branches) => {
                let lines: String = branches.iter().map(brought_up).collect();
                self.show(&lines)
            }
            SittingNews::Begun | SittingNews::TakenUp | SittingNews::Committed | SittingNews::Remembered => Ok(()),
        }
    }

    fn progress(&mut self) -> &mut dyn Progress {
        &mut self.bars
    }
}

/// The editor a person has, as git looks for one.
#[expect(clippy::disallowed_methods, reason = "an entry: which editor somebody has is said in the environment")]
fn editor() -> Option<String> {
    ["VISUAL", "EDITOR"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.trim().is_empty())
}

/// What a resolution came to.
fn came_free(resolved: &ResolvedDecision, plan: &SittingPlan) -> String {
    let subject = |sha| plan.survey.get(sha).map(|unit| unit.subject.as_str()).unwrap_or_default();
    let name = resolved.sha.short();
    let mut text = match resolved.waits {
        false => format!("{} {name}: resolved, remembered", styled("ok", GOOD)),
        true => format!("{} {name}: remembered; its branch still lacks what it builds on", styled("ok", WAIT)),
    };
    if !resolved.freed.is_empty() {
        let _ = write!(text, "; {} free now", count(resolved.freed.len(), "more pick"));
    }
    text.push('\n');
    for sha in resolved.freed.iter().take(NAMED) {
        let _ = writeln!(text, "   {}  {}", sha.short(), short(subject(*sha), 90));
    }
    if resolved.freed.len() > NAMED {
        let _ = writeln!(text, "   and {} more", resolved.freed.len() - NAMED);
    }
    text
}

fn brought_up(news: &BranchNews) -> String {
    let (branch, to) = (visible(&news.branch), news.to.short());
    match news.how {
        Moved::There => format!("{branch} is at {to}.\n"),
        Moved::CheckedOut => format!("{branch} is checked out, and stays as it is; it would be at {to}.\n"),
        Moved::ByPeople => format!("{branch} has somebody's commits here, and stays as it is.\n"),
    }
}

impl From<SittingError> for Failure {
    fn from(error: SittingError) -> Self {
        let message = error.to_string();
        let hint = match error {
            SittingError::Run(error) => return error.into(),
            SittingError::State { .. } => {
                return Self::failed(message);
            }
            SittingError::Program { .. } => {
                return Self::failed(format!("{message}; uptake resolve goes on where it stopped"));
            }
            SittingError::Busy => "wait until it ends, or end it",
            SittingError::Nothing(_) => "uptake resolve begins a sitting, uptake resolve --status says how one stands",
            SittingError::Other => "go on with it: uptake resolve; or end it: uptake resolve --abort",
            SittingError::NoDecision { .. } => "uptake plan lists what is to be decided",
            SittingError::NoPhase { .. } => "or name a commit by four digits of its SHA or more",
            SittingError::Unremembered(_) => "with git alone: uptake why has the commands",
        };
        Self::wrong(message, Some(hint.into()))
    }
}

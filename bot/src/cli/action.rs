//! `uptake action`: a run as a step of a GitHub workflow. The environment and the event say why; the run is the ordinary one; what
//! came of it goes to the job's summary and to its later steps.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::document::cannot_write;
use super::guest::refresh_guest;
use super::run_once::{FOLLOWED, RESTED, RunMode, rested_said, run_once};
use super::term::{print, say};
use super::{DONE, Failure, GuestArgs, Invocation, publish};
use crate::action::{
    AnnotationLevel, EventError, Mode, RunOutputs, RunSummary, annotation, decide, harmless, outputs, summary,
};
use crate::files;
use crate::forge::github::{BadName, RepoName};
use crate::pipeline::{Rested, RunEnd};
use crate::text::inert_line;
use crate::view::note::warning::{Reader, warnings};

#[derive(Debug, Args)]
pub(super) struct ActionArgs {
    /// Where branches and pull requests go: github, or folder:DIR
    #[arg(long, value_name = "FORGE", value_parser = publish::forge)]
    forge: publish::Target,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub(super) guest: GuestArgs,
}

/// What the runner says of the job.
struct Environment {
    event: String,
    payload: PathBuf,
    repository: String,
    output: Option<PathBuf>,
    summary: Option<PathBuf>,
    temporary: PathBuf,
    workspace: Option<PathBuf>,
}

impl Environment {
    fn read() -> Result<Self, Failure> {
        #[expect(clippy::disallowed_methods, reason = "an entry: what the runner says, it says in the environment")]
        let value = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let needed = |name: &str| {
            let hint = "this command is a step of a GitHub workflow; on a terminal it is uptake run".to_owned();
            value(name).ok_or_else(|| Failure::wrong(format!("{name} is not set"), Some(hint)))
        };
        Ok(Self {
            event: needed("GITHUB_EVENT_NAME")?,
            payload: needed("GITHUB_EVENT_PATH")?.into(),
            repository: needed("GITHUB_REPOSITORY")?,
            output: value("GITHUB_OUTPUT").map(Into::into),
            summary: value("GITHUB_STEP_SUMMARY").map(Into::into),
            temporary: needed("RUNNER_TEMP")?.into(),
            workspace: value("GITHUB_WORKSPACE").map(Into::into),
        })
    }

    fn mode(&self) -> Result<Mode, Failure> {
        let unreadable =
            |error| Failure::wrong(format!("cannot read {}: {}", self.payload.display(), files::reason(&error)), None);
        let payload = std::fs::read(&self.payload).map_err(unreadable)?;
        decide(&self.event, &payload, &self.repository).map_err(|error| {
            let hint = match &error {
                EventError::Unknown { .. } => Some("take it from the workflow's `on:`".to_owned()),
                EventError::Malformed { .. } | EventError::Elsewhere { .. } => None,
            };
            Failure::wrong(error.to_string(), hint)
        })
    }

    /// Puts the page where the job shows it, and where later steps find it.
    fn show(&self, page: &str) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.summary {
            append(path, page)?;
        }
        let path = self.temporary.join("uptake-summary.md");
        files::write(&path, page.as_bytes()).map_err(|error| cannot_write(&path, &error))?;
        Ok(path)
    }

    /// Which fork it runs for.
    fn fork(&self, call: &Invocation) -> Result<RepoName, Failure> {
        let named = call.guest.as_ref().map(|guest| guest.fork.clone());
        let read = || self.repository.parse().map_err(|error: BadName| Failure::wrong(error.to_string(), None));
        named.map_or_else(read, Ok)
    }

    /// Does nothing, and says why.
    fn rest(&self, call: &Invocation, because: &str) -> Result<(), Failure> {
        call.print(&harmless(&format!("Nothing to do: {because}.\n")))?;
        let path = self.show(&format!("## Uptake: nothing to do\n\n{}.\n", inert_line(because)))?;
        let nothing = RunOutputs { phases: &[], pulls: &[], changes: 0, waits: false };
        self.put_out(&nothing.lines(&path.display().to_string()))
    }

    /// Says that nothing is new since the last run, and what that left.
    fn rested(&self, call: &Invocation, rested: &Rested) -> Result<(), Failure> {
        call.print(&harmless(&rested_said(rested, false)))?;
        // The job is green: what was not done must be seen all the same.
        for waiting in &rested.waiting {
            call.print(&annotation(AnnotationLevel::Warning, None, waiting))?;
        }
        let lines = rested.done.iter().chain(&rested.waiting).map(|line| format!("- {}\n", inert_line(line)));
        let page = match lines.collect::<String>() {
            none if none.is_empty() => format!("## Uptake: nothing is new\n\n{RESTED}.\n"),
            lines => format!("## Uptake: tests\n\n{FOLLOWED}.\n\n{lines}"),
        };
        let path = self.show(&page)?;
        let phases: Vec<&str> = rested.phases.iter().map(|phase| &**phase).collect();
        let outputs =
            RunOutputs { phases: &phases, pulls: &rested.pulls, changes: rested.done.len(), waits: rested.waits };
        self.put_out(&outputs.lines(&path.display().to_string()))
    }

    fn put_out(&self, text: &str) -> Result<(), Failure> {
        self.output.as_ref().map_or(Ok(()), |path| append(path, text))
    }
}

pub(super) fn action(call: &Invocation, args: &ActionArgs) -> Result<u8, Failure> {
    let environment = Environment::read()?;
    match act(call, args, &environment) {
        Ok(()) => Ok(DONE),
        Err(fault) => {
            // The log is read by the runner too, which takes some lines for commands.
            let top = environment.workspace.as_deref();
            print(&fault.annotations(top), call.colour)?;
            say(&harmless(&fault.render(false)), call.colour);
            environment.show(&fault.page())?;
            Ok(fault.code())
        }
    }
}

fn act(call: &Invocation, args: &ActionArgs, environment: &Environment) -> Result<(), Failure> {
    let because = match environment.mode()? {
        Mode::Run(because) => because,
        Mode::Ask { who, because } => {
            if !publish::may_ask(call, &args.forge, environment.fork(call)?, &[who])? {
                return environment.rest(call, "its author may not ask for anything here");
            }
            because
        }
        Mode::Rest(because) => return environment.rest(call, &because),
    };
    call.print(&harmless(&format!("Why: {because}.\n")))?;
    refresh_guest(call, &args.forge)?;
    let (handle, end) = run_once(call, &args.forge, RunMode::of(args.dry_run, false))?;
    let report = match end {
        RunEnd::Done(report) => report,
        RunEnd::Rested(rested) => return environment.rested(call, &rested),
    };
    let warnings: Vec<String> = warnings(&report.survey, Reader::Actions).collect();
    let ran = RunSummary {
        because: &because,
        dry: args.dry_run,
        fork: handle.fork.as_deref(),
        warnings: &warnings,
        survey: &report.survey,
        built: &report.built,
        changes: &report.changes,
        waiting: &report.waiting,
        pulls: &report.observed.pulls,
    };
    call.print(&harmless(&publish::describe(&report, args.dry_run)))?;
    let path = environment.show(&summary(&ran))?;
    environment.put_out(&outputs(&ran, &path.display().to_string()))?;
    for said in &warnings {
        call.print(&annotation(AnnotationLevel::Warning, None, said))?;
    }
    // The job is green: what was not done must be seen all the same.
    for waiting in &report.waiting {
        call.print(&annotation(AnnotationLevel::Warning, None, waiting))?;
    }
    if ran.waits() {
        call.print(&annotation(
            AnnotationLevel::Notice,
            None,
            "Conflicts wait for a person: the job's summary says where.",
        ))?;
    }
    Ok(())
}

/// Adds to a file that the runner reads, and that other steps add to as well.
fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| cannot_write(path, &error))
}

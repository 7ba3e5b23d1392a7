//! The command line: arguments, what each command prints, and exit codes.

mod action;
mod app;
mod demo;
mod doctor;
mod document;
mod fault;
mod fleet;
mod github;
mod guest;
mod job;
mod ledger;
mod memory;
mod plan;
mod publish;
mod run_once;
mod serve;
mod settled;
mod survey;
mod term;
mod why;
mod workflows;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use fault::Failure;
pub use term::Colour;

use crate::pick::{Built, Outcome};
use crate::pipeline::{self, ConfigFrom, NewComments, Options, RunError, Session};
use crate::programs::SystemRunner;
use crate::text::count;
use crate::view::note::Links;
use crate::view::note::json::PlanJson;
use engine::Repo;
use guest::{Guest, GuestArgs};
use job::Job;
use publish::{ForgeHandle, Target};
use term::{Bars, print, say};

/// All is done.
const DONE: u8 = 0;
/// Done, but conflicts wait for a person.
const WAITS: u8 = 3;

/// Takes upstream commits up into a long-lived fork, in phases.
///
/// A run surveys what upstream has that the fork lacks, plans it into phases, builds one branch per phase by picking commits
/// in memory, and publishes branches and pull requests. Each step can be looked at alone; nothing but `run` writes anything.
#[derive(Debug, Parser)]
#[command(name = "uptake", version, after_help = EXIT_CODES, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    common: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong use or bad configuration, 3 done but conflicts wait for a person.

Start here:
  uptake demo                            the whole job on a small example, in a temporary folder
  uptake survey --offline                what upstream has that this fork lacks
  uptake why SHA                         all that is known of one upstream commit, and how to take it
  uptake init                            write a starting .github/uptake.yml from a survey
  uptake init --workflows                write the workflows that run it on GitHub
  uptake run --forge folder:out          build the phases and put branches and pull requests into a folder
  uptake run --forge github --dry-run    what a run on GitHub would change; uptake run --help says what it needs";

/// Options of every command.
#[derive(Debug, Args)]
struct GlobalArgs {
    /// The clone of the fork: a work tree or a bare repository
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    repo: PathBuf,
    /// The configuration [default: .github/uptake.yml of the fork]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Do not fetch: take `refs/remotes/upstream/<branch>` and the local branch as they are
    #[arg(long, global = true)]
    offline: bool,
    /// No progress bars and no remarks
    #[arg(long, short, global = true)]
    quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Colour::Auto)]
    color: Colour,
    /// The fork, where it is a guest's: see [`guest`].
    #[arg(skip)]
    guest: Option<Guest>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Say what upstream has that the fork lacks: verdicts with evidence, conflicts, risks
    Survey {
        /// How to print it
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
    },
    /// Say what each phase would take, and what came of picking it
    Plan {
        /// Take all open commits in one sequence instead, as if they were one phase, to see how far it gets
        #[arg(long)]
        all: bool,
        /// How to print it
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
    },
    /// Say all that is known of one upstream commit: evidence, conflicts hunk by hunk, what it needs, a recipe
    Why {
        /// The commit, as few digits as tell it from the others (at least 4)
        #[arg(value_name = "SHA")]
        sha: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
    },
    /// Build the phases and publish branches and pull requests
    Run(run_once::RunArgs),
    /// Run as a step of a GitHub workflow: the event says why, the job shows what came of it
    Action(action::ActionArgs),
    /// Decide on a commit or a phase: skip, defer, pick, move, hold, …
    ///
    /// The same as a slash command in a pull request. The decision goes onto the branch uptake/ledger, with who, when and why, and
    /// every run heeds it.
    Decide(ledger::DecideArgs),
    /// Look at the ledger: what was decided, and what became of each phase
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// How people settled conflicts: list it, withdraw an answer, learn from a history
    #[command(subcommand)]
    Memory(memory::MemoryCommand),
    /// Take webhooks of a GitHub App, and run for the forks they are of
    Serve(serve::ServeArgs),
    /// List the forks that the GitHub App is installed on and that ask for it: a matrix for one scheduled workflow
    Fleet(fleet::FleetArgs),
    /// Write the analysis: summary, tables, conflicts, commands, risks, next steps
    Report(document::ReportArgs),
    /// Read an integration analysis written by hand into a configuration, and say where it is wrong
    Import(document::ImportArgs),
    /// Write a starting configuration from a survey, or the workflows of a fork
    Init(document::InitArgs),
    /// Say whether the configuration is right, and all that is wrong with it
    Check,
    /// Print the JSON schema of the configuration, for editors
    Schema,
    /// Look at a set-up from end to end: configuration, key, permissions, workflows, runners, rules
    Doctor(doctor::DoctorArgs),
    /// Register the GitHub App a fork's runs act as, with exactly what they need
    App(app::AppArgs),
    /// Run the whole job on a small example, and show where to look
    Demo {
        /// Where to put it: a folder that is empty or not there yet [default: a new temporary folder]
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// For a terminal
    Text,
    /// For a document
    Markdown,
    /// For a program
    Json,
}

/// Runs the program with these arguments and returns its exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output and is no fault; the rest is wrong use.
            let code = u8::try_from(error.exit_code()).unwrap_or(fault::USE);
            let _gone = error.print();
            return ExitCode::from(code);
        }
    };
    let colour = cli.common.color;
    match cli.work() {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            say(&fault.render(colour.on_stderr()), colour);
            ExitCode::from(fault.code())
        }
    }
}

impl Cli {
    fn work(self) -> Result<u8, Failure> {
        let Self { common, command } = self;
        match command {
            Command::Survey { format } => common.survey(format),
            Command::Plan { all, format } => common.plan(all, format),
            Command::Why { sha, format } => common.why(&sha, format),
            Command::Run(args) => common.hosting(&args.guest).run(&args),
            Command::Action(args) => common.hosting(&args.guest).action(&args),
            Command::Decide(args) => common.decide(args),
            Command::Ledger(command) => common.ledger(command),
            Command::Memory(command) => common.memory(command),
            Command::Serve(args) => common.take_webhooks(&args),
            Command::Fleet(args) => common.fleet(&args),
            Command::Report(args) => common.report(&args),
            Command::Import(args) => common.import(&args),
            Command::Init(args) => common.init(&args),
            Command::Check => common.check(),
            Command::Schema => common.print(&json(&crate::config::schema())?).map(|()| DONE),
            Command::App(args) => common.app(&args),
            Command::Doctor(args) => common.doctor(&args),
            Command::Demo { dir } => common.demo(dir),
        }
    }
}

impl GlobalArgs {
    fn bars(&self) -> Bars {
        Bars::new(self.quiet)
    }

    fn config_from(&self) -> ConfigFrom {
        self.config.clone().map_or(ConfigFrom::Fork, ConfigFrom::File)
    }

    fn open(&self, bars: &mut Bars) -> Result<Session, Failure> {
        self.open_with(self.config_from(), bars)
    }

    /// Opens, surveys and builds: what every command that speaks of phases begins with.
    /// Lock files made before are known from the phase branches of the clone.
    fn job(&self, needs: Requires) -> Result<Job, Failure> {
        let mut bars = self.bars();
        let mut opened = self.open(&mut bars)?;
        if needs != Requires::Nothing {
            opened.configured()?;
        }
        opened.recall(None)?;
        let found = opened.survey(&mut bars)?;
        let built = match needs {
            Requires::AllInOne => opened.build_all(&found, &mut bars)?,
            Requires::Configuration | Requires::Nothing => opened.build(&found, &mut bars)?,
        };
        Ok(Job { opened, found, built, heard: NewComments::default() })
    }

    /// The same with a forge: with what people decided and said there, and with the lock files that were made for it.
    fn job_for(&self, target: &Target, dry_run: bool) -> Result<(Job, ForgeHandle), Failure> {
        let mut bars = self.bars();
        let opened = pipeline::open_without_ledger(&self.options(self.config_from()), &mut bars)?;
        opened.configured()?;
        let purpose = publish::purpose(&opened.config, dry_run);
        let handle = self.open_forge(target, &opened.repo, &opened.config, purpose)?;
        let forge = &*handle.forge;
        let opened = self.with_programs(opened).with_ledger_of(forge)?;
        let mut opened = opened.with_dashboard_of(forge)?.with_lessons_of(forge)?;
        opened.recall(None)?;
        if let Some(branches) = forge.local_copy("uptake/", &opened.branch)? {
            opened.recall(Some(&branches))?;
        }
        let found = opened.survey(&mut bars)?;
        // What was said names commits, so it is understood once they are known, and heeded by what is built next.
        let (opened, heard) = opened.with_comments_of(&found, forge)?;
        let built = opened.build(&found, &mut bars)?;
        Ok((Job { opened, found, built, heard }, handle))
    }

    fn options(&self, config: ConfigFrom) -> Options {
        let upstream_token = if self.trusts() { github::upstream_token() } else { None };
        Options { repo: self.repo.clone(), config, offline: self.offline, upstream_token }
    }

    fn open_with(&self, config: ConfigFrom, bars: &mut Bars) -> Result<Session, Failure> {
        Ok(self.with_programs(pipeline::open(&self.options(config), bars)?))
    }

    fn with_programs(&self, mut opened: Session) -> Session {
        if self.trusts() {
            opened.workshop = Box::new(SystemRunner { offline: self.offline, ..programs() });
        }
        opened
    }

    fn print(&self, text: &str) -> Result<(), Failure> {
        Ok(print(text, self.color)?)
    }

    fn remark(&self, text: &str) {
        if !self.quiet {
            say(text, self.color);
        }
    }

    fn survey(&self, format: OutputFormat) -> Result<u8, Failure> {
        let mut bars = self.bars();
        let opened = self.open(&mut bars)?;
        let found = opened.survey(&mut bars)?;
        drop(bars);
        self.print(&match format {
            OutputFormat::Text => survey::text(&found),
            OutputFormat::Markdown => survey::markdown(&found, opened.config.upstream.repository.as_deref()),
            OutputFormat::Json => json(&found)?,
        })?;
        Ok(DONE)
    }

    fn why(&self, sha: &str, format: OutputFormat) -> Result<u8, Failure> {
        let mut bars = self.bars();
        let opened = self.open(&mut bars)?;
        let found = opened.survey(&mut bars)?;
        let why = opened.why(&found, sha, &mut bars)?;
        drop(bars);
        self.print(&match format {
            OutputFormat::Text => why::text(&why, Links::of(&opened.config)),
            OutputFormat::Markdown => crate::view::why::markdown(&why, Links::of(&opened.config)),
            OutputFormat::Json => json(&why)?,
        })?;
        Ok(DONE)
    }

    fn plan(&self, all: bool, format: OutputFormat) -> Result<u8, Failure> {
        let needs = if all { Requires::AllInOne } else { Requires::Configuration };
        let Job { opened, found, built, .. } = self.job(needs)?;
        let view = plan::PlanView::new(&built, &found);
        self.print(&match format {
            OutputFormat::Text => view.text(),
            OutputFormat::Markdown => view.markdown(opened.config.upstream.repository.as_deref()),
            OutputFormat::Json => json(&PlanJson::from(&built))?,
        })?;
        Ok(waits(&built))
    }

    fn check(&self) -> Result<u8, Failure> {
        let repo = Repo::open(&self.repo)?;
        let Some(source) = pipeline::read_config(&repo, &self.config_from())? else {
            return Err(RunError::NoConfig { repo: self.repo.clone() }.into());
        };
        let config = pipeline::check(&repo, &source.text, &source.name)?;
        let picks: usize = config.phases.iter().map(|phase| phase.picks.len()).sum();
        self.print(&format!(
            "{}: right: {}, {} named\n",
            source.name,
            count(config.phases.len(), "phase"),
            count(picks, "commit")
        ))?;
        Ok(DONE)
    }
}

/// What a command cannot do without.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Requires {
    Nothing,
    Configuration,
    /// The configuration, but its phases taken for one.
    AllInOne,
}

/// What may be started, where this program was.
fn programs() -> SystemRunner {
    #[expect(clippy::disallowed_methods, reason = "an entry: where programs are is a fact of the machine")]
    SystemRunner::from_environment(&|name| std::env::var_os(name))
}

fn waits(built: &Built) -> u8 {
    let mut outcomes = built.phases.iter().flat_map(|phase| &phase.picks).map(|pick| pick.outcome);
    if outcomes.any(Outcome::waits) { WAITS } else { DONE }
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| Failure::failed(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

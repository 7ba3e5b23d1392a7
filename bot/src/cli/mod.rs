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
mod invocation;
mod ledger;
mod memory;
mod plan;
mod publish;
mod record;
mod resolve;
mod resolved;
mod run_once;
mod secrets;
mod serve;
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
use crate::pipeline::{RunError, read_config};
use crate::text::count;
use crate::view::note::warning::Reader;
use engine::Repo;
use guest::{Guest, GuestArgs};
use invocation::Invocation;
use term::{Bars, print, say};

/// All is done.
const DONE: u8 = 0;
/// Done, but decisions wait for a person.
const WAITS: u8 = 3;

/// Takes upstream commits up into a long-lived fork, in phases.
///
/// A run surveys what upstream has that the fork lacks, plans it into phases, builds one branch per phase by picking commits
/// in memory, and publishes branches and pull requests. Each step can be looked at alone; nothing but
/// `run` changes anything on a forge.
#[derive(Debug, Parser)]
#[command(name = "uptake", version, after_help = EXIT_CODES, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 failed, 2 wrong use or bad configuration, 3 done but decisions wait for a person.

Start here:
  uptake demo                            the whole job on a small example, in a temporary folder
  uptake survey --offline                what upstream has that this fork lacks
  uptake why SHA                         all that is known of one upstream commit, and how to take it
  uptake resolve                         resolve what is left for a person, in one sitting
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
    ///
    /// A line a phase: how many picks are ready on its branch, how many need a decision, how many follow others. With a phase, each of
    /// its picks.
    Plan {
        /// Show each pick of this phase, by its id
        #[arg(value_name = "PHASE", conflicts_with = "all")]
        phase: Option<String>,
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
    /// Resolve what is left for a person, one decision after the other, the cheapest first
    ///
    /// Each is laid out in a work tree of its own, below the clone's git folder, with everything merged that needs no person: conflict
    /// markers stand where something is left. $VISUAL or $EDITOR opens its files, or `git mergetool`, or it waits for --continue. What you
    /// made of it is checked, remembered on the branch uptake/ledger of this clone, and the plan is built on it. You can stop at any time:
    /// `uptake resolve` goes on.
    Resolve(resolve::ResolveArgs),
    /// Build the phases and publish branches and pull requests
    Run(run_once::RunArgs),
    /// Run as a step of a GitHub workflow: the event says why, the job shows what came of it
    Action(action::ActionArgs),
    /// Say how far upstream is in, and what keeps git from being told
    ///
    /// Once every upstream commit up to some point is in the fork or left out for good, a run opens a pull request with a merge
    /// commit that changes no file. Merged with a merge commit, it moves the common ancestor, and GitHub stops counting those commits
    /// as missing. This command shows what such a record would say, or names what is still open.
    Record(record::RecordArgs),
    /// Decide on a commit or a phase: skip, defer, taken, pick, move, hold, …
    ///
    /// The same as a slash command in a pull request. The decision goes onto the branch uptake/ledger, with who, when and why, and
    /// every run heeds it.
    Decide(ledger::DecideArgs),
    /// Look at the ledger: what was decided, and what became of each phase
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// How people resolved conflicts: list it, withdraw an answer, learn from a history
    #[command(subcommand)]
    Memory(memory::MemoryCommand),
    /// Take webhooks of a GitHub App, and run for the forks they are of
    Serve(serve::ServeArgs),
    /// One run of `serve`, in a process of its own
    #[command(hide = true)]
    ServeOne(serve::ServeOneArgs),
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
    secrets::take();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output and is no fault; the rest is wrong use.
            let code = u8::try_from(error.exit_code()).unwrap_or(fault::USE);
            let _gone = error.print();
            return ExitCode::from(code);
        }
    };
    let colour = cli.global.color;
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
        let Self { global, command } = self;
        let call = |guest| Invocation::new(global, guest);
        match command {
            Command::Survey { format } => survey::survey(&call(None), format),
            Command::Plan { phase, all, format } => plan::plan(&call(None), phase.as_deref(), all, format),
            Command::Why { sha, format } => why::why(&call(None), &sha, format),
            Command::Resolve(args) => resolve::resolve(&call(None), &args),
            Command::Run(args) => run_once::run(&call(args.guest.guest()), &args),
            Command::Action(args) => {
                let mut call = call(args.guest.guest());
                // The fork's own workflow says what it checks out.
                call.context.trusts_checkout = true;
                action::action(&call, &args)
            }
            Command::Record(args) => record::record(&call(None), &args),
            Command::Decide(args) => ledger::decide_command(&call(None), args),
            Command::Ledger(command) => ledger::ledger(&call(None), command),
            Command::Memory(command) => memory::memory(&call(None), command),
            Command::Serve(args) => serve::serve(&call(None), &args),
            Command::ServeOne(args) => serve::serve_one(&call(None), &args),
            Command::Fleet(args) => fleet::fleet(&call(None), &args),
            Command::Report(args) => document::report(&call(None), &args),
            Command::Import(args) => document::import(&call(None), &args),
            Command::Init(args) => document::init(&call(None), &args),
            Command::Check => check(&call(None)),
            Command::Schema => call(None).print(&json(&crate::config::schema())?).map(|()| DONE),
            Command::App(args) => app::app(&call(None), &args),
            Command::Doctor(args) => doctor::doctor(&call(None), &args),
            Command::Demo { dir } => demo::demo(&call(None), dir),
        }
    }
}

fn check(call: &Invocation) -> Result<u8, Failure> {
    let repo = Repo::open(&call.context.repo)?;
    let Some(source) = read_config(&repo, &call.context.config)? else {
        return Err(RunError::NoConfig { repo: call.context.repo.clone() }.into());
    };
    let config = source.check(&repo)?;
    let picks: usize = config.phases.iter().map(|phase| phase.picks.len()).sum();
    call.print(&format!(
        "{}: right: {}, {} named\n",
        source.name,
        count(config.phases.len(), "phase"),
        count(picks, "commit")
    ))?;
    Ok(DONE)
}

/// Whether this program is a step of a workflow, or somebody is at a terminal.
fn reader() -> Reader {
    #[expect(clippy::disallowed_methods, reason = "an entry: where it runs is said in the environment")]
    let on_actions = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    if on_actions { Reader::Actions } else { Reader::Terminal }
}

fn waits(built: &Built) -> u8 {
    let mut outcomes = built.phases.iter().flat_map(|phase| &phase.picks).map(|pick| pick.outcome);
    if outcomes.any(Outcome::needs_person) { WAITS } else { DONE }
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| Failure::failed(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

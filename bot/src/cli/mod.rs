//! The command line: arguments, what each command prints, and exit codes.

mod action;
mod app;
mod complete;
mod demo;
mod doctor;
mod document;
mod fault;
mod fleet;
mod github;
mod guest;
mod help;
mod invocation;
mod ledger;
mod manual;
mod memory;
mod plan;
mod publish;
mod record;
mod reference;
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

use clap::{Args, FromArgMatches, Parser, Subcommand, ValueEnum};

pub use fault::Failure;
pub use help::all_help;
pub use reference::{ReferencePage, reference};
pub use term::Colour;

use crate::pick::{Built, Outcome};
use crate::pipeline::{RunError, read_config};
use crate::text::count;
use crate::view::note::warning::{Reader, warning};
use engine::Repo;
use guest::{Guest, GuestArgs};
use invocation::Invocation;
use term::{Bars, print, say};

/// All is done.
const DONE: u8 = 0;
/// Done, but decisions wait for a person.
const WAITS: u8 = 3;

/// Keeps a long-lived fork up to date, one reviewable pull request at a time
///
/// Uptake finds what upstream has that your fork lacks, groups it into pull requests, builds each branch in memory, and says of every
/// conflict whose lines meet and what to do. Looking changes nothing; only `run` and what you tell it to write do.
#[derive(Debug, Parser)]
#[command(name = "uptake", arg_required_else_help = true, max_term_width = help::WIDTH)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct GlobalArgs {
    /// The clone of the fork: a work tree or a bare repository [default: the one this folder is in]
    #[arg(long, global = true, value_name = "DIR")]
    repo: Option<PathBuf>,
    /// The configuration [default: .github/uptake.yml of the fork]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Do not fetch: use `refs/remotes/upstream/<branch>` and the local branch as they are
    #[arg(long, global = true)]
    offline: bool,
    /// Show no progress and no remarks
    #[arg(long, short, global = true)]
    quiet: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Colour::Auto)]
    color: Colour,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what upstream has that your fork lacks, commit by commit
    Survey {
        /// How to print it
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
    },
    /// Show the pull requests to come, and what is in each
    ///
    /// One line per phase: how many picks are ready on its branch, how many need a decision, how many follow others. With PHASE, each of
    /// its picks.
    Plan {
        /// Show each pick of this phase, by its id
        #[arg(value_name = "PHASE", conflicts_with = "all", add = complete::phases())]
        phase: Option<String>,
        /// As PHASE
        #[arg(long = "phase", hide = true, value_name = "PHASE", conflicts_with_all = ["phase", "all"])]
        named: Option<String>,
        /// Take all open commits in one sequence instead, as if they were one phase, to see how far it gets
        #[arg(long)]
        all: bool,
        /// How to print it
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
    },
    /// Explain one upstream commit: evidence, conflicts, what to do
    Why {
        /// The commit, as few digits as tell it from the others (at least 4)
        #[arg(value_name = "SHA", add = complete::commits())]
        sha: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
    },
    /// Resolve the open decisions one by one, the cheapest first
    ///
    /// Each is laid out in a work tree of its own, below the clone's git folder, with everything merged that needs no person: conflict
    /// markers stand where something is left. $VISUAL or $EDITOR opens its files, or `git mergetool`, or it waits for --continue. What you
    /// made of it is checked, remembered on the branch uptake/ledger of this clone, and the plan is built on it. You can stop at any time:
    /// `uptake resolve` goes on.
    Resolve(resolve::ResolveArgs),
    /// Build the branches and publish them with their pull requests
    Run(run_once::RunArgs),
    /// Do a run as a step of a GitHub workflow
    Action(action::ActionArgs),
    /// Show how far upstream is in, and what is still open
    ///
    /// Once every upstream commit up to some point is in the fork or left out for good, a run opens a pull request with a merge
    /// commit that changes no file. Merged with a merge commit, it moves the common ancestor, and GitHub stops counting those commits
    /// as missing. This command shows what such a record would say, or names what is still open.
    Record(record::RecordArgs),
    /// Decide about a commit or a phase: skip, pick, move, hold, …
    ///
    /// The same as a slash command in a pull request. The decision goes onto the branch uptake/ledger, with who, when and why, and
    /// every run follows it.
    Decide(ledger::DecideArgs),
    /// Show or check the decisions and the state of each phase
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// List, withdraw or learn remembered conflict resolutions
    #[command(subcommand)]
    Memory(memory::MemoryCommand),
    /// Receive the webhooks of a GitHub App, and run for its forks
    Serve(serve::ServeArgs),
    /// One run of `serve`, in a process of its own
    #[command(hide = true)]
    ServeOne(serve::ServeOneArgs),
    /// List the forks that the GitHub App runs for, as a job matrix
    Fleet(fleet::FleetArgs),
    /// Write the whole analysis, as Markdown or as a web page
    Report(document::ReportArgs),
    /// Turn an analysis written by hand into a configuration
    Import(document::ImportArgs),
    /// Write a starting configuration, or the GitHub workflows
    Init(document::InitArgs),
    /// Check the configuration, and report every mistake at once
    Check,
    /// Print the configuration's JSON schema, for editors
    Schema,
    /// Check a whole set-up, and say how to fix what is wrong
    Doctor(doctor::DoctorArgs),
    /// Register the GitHub App that runs act as
    App(app::AppArgs),
    /// Print what completes commands, phases and commits in a shell
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages
    Man {
        /// The folder to write them into, one page for each command
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
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
    complete::answer_shell();
    secrets::take();
    // Whom the API trusts, git trusts too.
    if let (Some(certificates), None) = (secrets::variable("SSL_CERT_FILE"), secrets::variable("GIT_SSL_CAINFO")) {
        engine::trust(certificates.into());
    }
    let read = help::command().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match read {
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
            Command::Survey { format } => survey::survey(&call(None)?, format),
            Command::Plan { phase, named, all, format } => {
                plan::plan(&call(None)?, phase.or(named).as_deref(), all, format)
            }
            Command::Why { sha, format } => why::why(&call(None)?, &sha, format),
            Command::Resolve(args) => resolve::resolve(&call(None)?, &args),
            Command::Run(args) => run_once::run(&call(args.guest.guest())?, &args),
            Command::Action(args) => {
                let mut call = call(args.guest.guest())?;
                // The fork's own workflow says what it checks out.
                call.context.trusts_checkout = true;
                action::action(&call, &args)
            }
            Command::Record(args) => record::record(&call(None)?, &args),
            Command::Decide(args) => ledger::decide_command(&call(None)?, args),
            Command::Ledger(command) => ledger::ledger(&call(None)?, command),
            Command::Memory(command) => memory::memory(&call(None)?, command),
            Command::Serve(args) => serve::serve(&call(None)?, &args),
            Command::ServeOne(args) => serve::serve_one(&call(None)?, &args),
            Command::Fleet(args) => fleet::fleet(&call(None)?, &args),
            Command::Report(args) => document::report(&call(None)?, &args),
            Command::Import(args) => document::import(&call(None)?, &args),
            Command::Init(args) => document::init(&call(None)?, &args),
            Command::Check => check(&call(None)?),
            Command::Schema => call(None)?.print(&json(&crate::config::schema())?).map(|()| DONE),
            Command::App(args) => app::app(&call(None)?, &args),
            Command::Doctor(args) => doctor::doctor(&call(None)?, &args),
            Command::Completions { shell } => complete::print_script(&call(None)?, shell),
            Command::Man { folder } => manual::write(&call(None)?, &folder),
            Command::Demo { dir } => demo::demo(&call(None)?, dir),
        }
    }
}

fn check(call: &Invocation) -> Result<u8, Failure> {
    let repo = Repo::open(&call.context.repo)?;
    let Some(source) = read_config(&repo, &call.context.config)? else {
        return Err(RunError::NoConfig { repo: call.context.repo.clone() }.into());
    };
    let config = source.check(&repo)?;
    for found in crate::survey::other_remotes(&repo, &config) {
        call.say_warning(&warning(&found, reader()));
    }
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

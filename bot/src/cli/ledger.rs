//! The commands that speak of the ledger: `decide`, and `ledger show` and `check`.

use std::fmt::Write;

use clap::{Args, Subcommand};

use super::publish::{Target, open_forge};
use super::term::{bold, faint, table};
use super::{DONE, Failure, Invocation, OutputFormat, complete, json, publish};
use crate::config::Config;
use crate::decision::{FileResolution, Ruling};
use crate::forge::github::Purpose;
use crate::ledger::{self, InClone, Ledger, Updated, find_in_clone};
use crate::names::PhaseId;
use crate::pipeline::decide::{DecisionMeta, commit_named, decide, fork_commit_named, phase_named};
use crate::pipeline::{self, RunError};
use crate::text::{count, short};
use engine::Repo;

#[derive(Debug, Args)]
pub(super) struct DecideArgs {
    #[command(subcommand)]
    what: What,
    /// The reason, for those who ask later
    #[arg(long, global = true, value_name = "TEXT")]
    why: Option<String>,
    /// Who decides [default: git's user.name]
    #[arg(long, global = true, value_name = "NAME")]
    by: Option<String>,
    /// Where it was discussed
    #[arg(long, global = true, value_name = "URL")]
    link: Option<String>,
    /// Whose ledger: github, or folder:DIR [default: the branch uptake/ledger of the clone, for you to push]
    #[arg(long, global = true, value_name = "FORGE", value_parser = publish::forge)]
    forge: Option<Target>,
}

/// The commit that is decided about.
#[derive(Debug, Args)]
struct OfCommit {
    /// The upstream commit, as few digits as tell it from the others (at least 4)
    #[arg(value_name = "SHA", add = complete::commits())]
    sha: String,
}

/// The phase that is decided about.
#[derive(Debug, Args)]
struct OfPhase {
    /// The id of the phase, as `uptake plan` shows it
    #[arg(value_name = "PHASE", add = complete::phases())]
    phase: String,
}

/// What can be decided: the same as with a slash command.
#[derive(Debug, Subcommand)]
enum What {
    /// Leave a commit out for good
    Skip(OfCommit),
    /// Leave a commit out for now
    Defer(OfCommit),
    /// Take back a decision: the configuration decides again
    Readmit(OfCommit),
    /// Take a commit in a phase, even against the configuration
    Pick {
        #[command(flatten)]
        commit: OfCommit,
        #[command(flatten)]
        phase: OfPhase,
    },
    /// State that the fork has a commit in its own form
    Taken {
        #[command(flatten)]
        commit: OfCommit,
        /// The fork's commit that has it, after the word `as`
        #[arg(value_name = "as OURS", required = true, num_args = 1..=2)]
        ours: Vec<String>,
    },
    /// Take a commit in another phase
    Move {
        #[command(flatten)]
        commit: OfCommit,
        #[command(flatten)]
        phase: OfPhase,
    },
    /// Choose how conflicts in a file of a phase are resolved
    Resolve {
        #[command(flatten)]
        phase: OfPhase,
        /// The file, from the top of the repository
        path: String,
        /// Whose lines are taken
        #[arg(value_enum)]
        how: FileResolution,
    },
    /// Leave a phase's branch and pull request as they are
    Hold(OfPhase),
    /// Go on with a phase that was held
    Unhold(OfPhase),
    /// Open a phase again whose pull request a person closed
    Reopen(OfPhase),
    /// Begin a phase though an earlier one has not landed
    Start(OfPhase),
}

#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Show the decisions in effect and the state of each phase
    Show {
        /// How to print it
        #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
        format: OutputFormat,
        /// Whose ledger: github, or folder:DIR [default: the clone's]
        #[arg(long, value_name = "FORGE", value_parser = publish::forge)]
        forge: Option<Target>,
    },
    /// Check the ledger, and report every mistake at once
    Check {
        /// Whose ledger: github, or folder:DIR [default: the clone's]
        #[arg(long, value_name = "FORGE", value_parser = publish::forge)]
        forge: Option<Target>,
    },
}

pub(super) fn decide_command(call: &Invocation, args: DecideArgs) -> Result<u8, Failure> {
    let (repo, config) = pipeline::open_as_bot(&call.context)?;
    let ruling = args.what.ruling(&repo, config.as_ref())?;
    if matches!(ruling, Ruling::Skip { .. }) && args.why.as_deref().is_none_or(|why| why.trim().is_empty()) {
        let hint = "add --why 'TEXT', for those who ask later; nothing was changed".to_owned();
        return Err(Failure::wrong("decide skip: a reason is missing".to_owned(), Some(hint)));
    }
    let said = DecisionMeta { by: args.by, why: args.why, link: args.link };
    let (decision, updated, place) = match &args.forge {
        Some(target) => {
            let known = config.clone().unwrap_or_default();
            let mut handle = open_forge(call, target, &repo, &known, Purpose::Publish)?;
            let name = format!("the ledger of {}", handle.name);
            let (decision, updated) = decide(&repo, &mut *handle.forge, ruling, said)?;
            (decision, updated, name)
        }
        None => {
            let (decision, updated) = decide(&repo, &mut InClone::new(&repo), ruling, said)?;
            (decision, updated, "the clone's ledger".to_owned())
        }
    };
    let Updated { at, .. } = updated;
    let at = at.map(|at| format!(" ({})", at.short())).unwrap_or_default();
    call.print(&format!("Decided: {}, by {}. It is on {place}{at}.\n", decision.ruling, decision.describe()))?;
    if args.forge.is_none() {
        call.remark(&format!("Next: git push origin {}", ledger::BRANCH));
    }
    Ok(DONE)
}

pub(super) fn ledger(call: &Invocation, command: LedgerCommand) -> Result<u8, Failure> {
    match command {
        LedgerCommand::Show { format, forge } => {
            let ledger = read_ledger(call, forge)?;
            call.print(&match format {
                OutputFormat::Json => json(&LedgerJson::from(&ledger))?,
                OutputFormat::Text | OutputFormat::Markdown => describe(&ledger),
            })?;
        }
        LedgerCommand::Check { forge } => {
            let ledger = read_ledger(call, forge)?;
            let answers = crate::memory::list(&ledger)?;
            call.print(&format!(
                "{}: right: {}, {} with a record, {} remembered\n",
                ledger::BRANCH,
                count(ledger.decisions().len(), "decision"),
                count(ledger.phases().len(), "phase"),
                count(answers.len(), "answer")
            ))?;
        }
    }
    Ok(DONE)
}

pub(super) fn read_ledger(call: &Invocation, forge: Option<Target>) -> Result<Ledger, Failure> {
    let repo = Repo::open(&call.context.repo)?;
    let at = match forge {
        Some(Target::Folder(folder)) if !folder.is_dir() => {
            let hint = format!("uptake run --forge folder:{} makes it", folder.display());
            return Err(Failure::wrong(format!("there is no folder {}", folder.display()), Some(hint)));
        }
        Some(target) => {
            let config = pipeline::checked_config(&repo, &call.context.config)?.unwrap_or_default();
            open_forge(call, &target, &repo, &config, Purpose::Read)?.forge.fetch_branch(&repo, ledger::BRANCH)?
        }
        None => find_in_clone(&repo)?,
    };
    Ok(Ledger::read(&repo, at)?)
}

impl What {
    fn ruling(self, repo: &Repo, config: Option<&Config>) -> Result<Ruling, RunError> {
        let commit = |of: OfCommit| commit_named(repo, &of.sha);
        let phase = |of: OfPhase| match config {
            Some(config) => phase_named(config, &of.phase),
            None => Ok(of.phase.into()),
        };
        Ok(match self {
            Self::Skip(of) => Ruling::Skip { sha: commit(of)? },
            Self::Defer(of) => Ruling::Defer { sha: commit(of)? },
            Self::Readmit(of) => Ruling::Readmit { sha: commit(of)? },
            Self::Pick { commit: of, phase: to } => Ruling::Pick { sha: commit(of)?, phase: phase(to)? },
            Self::Move { commit: of, phase: to } => Ruling::Move { sha: commit(of)?, phase: phase(to)? },
            Self::Resolve { phase: of, path, how } => Ruling::Resolve { phase: phase(of)?, path, how },
            Self::Taken { commit: of, ours } => {
                let ours = ours.last().map(String::as_str).unwrap_or_default();
                let branch = config.and_then(|config| config.fork.branch.as_ref());
                Ruling::Taken { sha: commit(of)?, commit: fork_commit_named(repo, branch, ours)? }
            }
            Self::Hold(of) => Ruling::Hold { phase: phase(of)? },
            Self::Unhold(of) => Ruling::Unhold { phase: phase(of)? },
            Self::Reopen(of) => Ruling::Reopen { phase: phase(of)? },
            Self::Start(of) => Ruling::Start { phase: phase(of)? },
        })
    }
}

/// The ledger for a program.
#[derive(serde::Serialize)]
struct LedgerJson<'a> {
    decisions: &'a [crate::decision::Decision],
    phases: &'a std::collections::BTreeMap<PhaseId, ledger::PhaseRecord>,
}

impl<'a> From<&'a Ledger> for LedgerJson<'a> {
    fn from(ledger: &'a Ledger) -> Self {
        Self { decisions: ledger.decisions(), phases: ledger.phases() }
    }
}

fn describe(ledger: &Ledger) -> String {
    let mut text = String::new();
    let decisions = ledger.decisions();
    let _ = writeln!(text, "{}", bold(&count(decisions.len(), "decision")));
    let rulings = ledger.effective();
    let rows: Vec<Vec<String>> = decisions
        .iter()
        .map(|decision| {
            let ruling = decision.ruling.to_string();
            let held = rulings.holds(decision);
            let ruling = if held { ruling } else { faint(&format!("{ruling}, no longer")) };
            vec![decision.when.day(), ruling, short(&decision.describe(), 90)]
        })
        .collect();
    text.push_str(&table(&rows));
    let _ = writeln!(text, "\n{}", bold(&format!("{} published", count(ledger.phases().len(), "phase"))));
    let rows: Vec<Vec<String>> = ledger
        .phases()
        .iter()
        .flat_map(|(id, record)| record.rounds.iter().map(move |round| (id, round)))
        .map(|(id, round)| {
            let pull = round.pull.map(|number| format!("pull request {number}")).unwrap_or_default();
            let landed = round.landed.as_ref();
            let landed = landed.map(|landed| format!("by {} as {}", landed.how, landed.commit.short()));
            vec![
                id.to_string(),
                pull,
                count(round.picks.len(), "pick"),
                format!("{} {}", round.state, landed.unwrap_or_default()).trim_end().to_owned(),
            ]
        })
        .collect();
    text.push_str(&table(&rows));
    text
}

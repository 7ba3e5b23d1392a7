//! The one table of slash commands: how each is written, what it does, what it speaks of, and who may say it.

use super::parse::{self, ParseError, Words};
use crate::decision::FileResolution;
use crate::names::CellName;
use crate::text::slash;

/// One command of the table.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    /// Its name, without the slash.
    pub name: &'static str,
    /// Its arguments as help shows them.
    pub arguments: &'static str,
    /// What it does, in one sentence.
    pub help: &'static str,
    /// What it speaks of, and so where it can be said.
    pub speaks_of: CommandSubject,
    /// Who may say it.
    pub who: RequiredRole,
    /// Reads its arguments.
    pub(super) read: fn(&'static Self, &Words<'_>) -> Result<SlashCommand, ParseError>,
}

/// What a command speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandSubject {
    /// The phase of the pull request it is said in.
    Phase,
    /// The whole job: it can be said on the dashboard too.
    Job,
}

/// Who may say a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredRole {
    /// Whoever can write to the repository.
    Writers,
    /// Whom the configuration lets ask for tests (`commands.retest`).
    Testers,
}

/// A command with its arguments as it is written in a comment, behind the configured prefix.
#[must_use]
pub fn written(prefix: &str, command: &str) -> String {
    slash(prefix, command)
}

impl CommandSpec {
    /// As it is written in a comment, behind the configured prefix.
    #[must_use]
    pub fn written(&self, prefix: &str) -> String {
        let space = if self.arguments.is_empty() { "" } else { " " };
        written(prefix, &format!("{}{space}{}", self.name, self.arguments))
    }

    /// The command of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }
}

/// A command as it was said, its words checked for form but not yet against the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlashCommand {
    /// Take this commit in this phase.
    Pick {
        /// The beginning of its SHA, or all of it.
        sha: String,
    },
    /// Leave it out.
    Skip {
        /// The beginning of its SHA.
        sha: String,
        /// Why.
        reason: String,
    },
    /// Leave it for later.
    Defer {
        /// The beginning of its SHA.
        sha: String,
        /// Why, where that was said.
        reason: Option<String>,
    },
    /// The fork has it in a form of its own.
    Taken {
        /// The beginning of its SHA.
        sha: String,
        /// The beginning of that of the fork's commit.
        commit: String,
    },
    /// Take it in another phase.
    Move {
        /// The beginning of its SHA.
        sha: String,
        /// The phase's id.
        phase: String,
    },
    /// Resolve conflicts in a file.
    Resolve {
        /// The path in the repository.
        path: String,
        how: FileResolution,
    },
    /// Take what is proposed for a file of a commit.
    Accept {
        /// The beginning of its SHA.
        sha: String,
        /// The path in the repository.
        path: String,
        /// What names the proposal, where that was said.
        proposal: Option<String>,
    },
    /// What a commit needs.
    Needs {
        /// The beginning of its SHA.
        sha: String,
    },
    /// All that is known of a commit.
    Why {
        /// The beginning of its SHA.
        sha: String,
    },
    /// Build the branch again.
    Rebuild,
    /// Leave the pull request as it is.
    Hold,
    /// Go on with it.
    Unhold,
    /// Open it again.
    Reopen,
    /// Run the tests again.
    Retest {
        /// In these cells of the matrix; empty: in all.
        cells: Vec<CellName>,
    },
    /// Find the pick that breaks the tests.
    Bisect {
        /// The cell of the matrix that is red.
        cell: CellName,
    },
    /// How the phase stands.
    Status,
    /// The commands.
    Help,
}

macro_rules! entry {
    ($name:literal, $arguments:literal, $help:literal, $of:ident, $who:ident, $read:expr) => {
        CommandSpec {
            name: $name,
            arguments: $arguments,
            help: $help,
            speaks_of: CommandSubject::$of,
            who: RequiredRole::$who,
            read: $read,
        }
    };
}

/// All commands, in the order help lists them.
pub const COMMANDS: &[CommandSpec] = &[
    entry!("pick", "SHA", "take this commit in this phase", Phase, Writers, |entry, words| {
        Ok(SlashCommand::Pick { sha: parse::only_sha(entry, words)? })
    }),
    entry!("skip", "SHA REASON", "leave this commit out, and say why", Job, Writers, |entry, words| {
        let (sha, reason) = parse::sha_and_reason(entry, words)?;
        let reason = reason.ok_or(ParseError::Missing { entry, what: "the reason" })?;
        Ok(SlashCommand::Skip { sha, reason })
    }),
    entry!("defer", "SHA [REASON]", "leave this commit for a later run", Job, Writers, |entry, words| {
        let (sha, reason) = parse::sha_and_reason(entry, words)?;
        Ok(SlashCommand::Defer { sha, reason })
    }),
    entry!(
        "taken",
        "SHA as OURS",
        "say that the fork has this commit, as a commit of its own",
        Job,
        Writers,
        |entry, words| {
            let (sha, commit) = parse::sha_as_ours(entry, words)?;
            Ok(SlashCommand::Taken { sha, commit })
        }
    ),
    entry!("move", "SHA PHASE", "take this commit in another phase", Job, Writers, |entry, words| {
        let (sha, phase) = parse::sha_and_phase(entry, words)?;
        Ok(SlashCommand::Move { sha, phase })
    }),
    entry!(
        "resolve",
        "PATH upstream|fork|union|manual",
        "resolve conflicts in this file in this way",
        Phase,
        Writers,
        |entry, words| {
            let (path, how) = parse::path_and_how(entry, words)?;
            Ok(SlashCommand::Resolve { path, how })
        }
    ),
    entry!(
        "accept",
        "SHA PATH [PROPOSAL]",
        "take what is proposed for this file of this commit, as it is shown",
        Phase,
        Writers,
        |entry, words| {
            let (sha, path, proposal) = parse::proposal(entry, words)?;
            Ok(SlashCommand::Accept { sha, path, proposal })
        }
    ),
    entry!("needs", "SHA", "list the commits this one needs", Job, Writers, |entry, words| {
        Ok(SlashCommand::Needs { sha: parse::only_sha(entry, words)? })
    }),
    entry!("why", "SHA", "explain verdict, risk and conflicts of this commit", Job, Writers, |entry, words| {
        Ok(SlashCommand::Why { sha: parse::only_sha(entry, words)? })
    }),
    entry!(
        "rebuild",
        "",
        "build the branch again on the newest base, with what was resolved there; other commits on it go",
        Phase,
        Writers,
        |entry, words| { parse::nothing(entry, words).map(|()| SlashCommand::Rebuild) }
    ),
    entry!("hold", "", "leave this pull request as it is until `unhold`", Phase, Writers, |entry, words| {
        parse::nothing(entry, words).map(|()| SlashCommand::Hold)
    }),
    entry!("unhold", "", "go on with it", Phase, Writers, |entry, words| {
        parse::nothing(entry, words).map(|()| SlashCommand::Unhold)
    }),
    entry!("reopen", "", "open it again after it was closed", Phase, Writers, |entry, words| {
        parse::nothing(entry, words).map(|()| SlashCommand::Reopen)
    }),
    entry!(
        "retest",
        "[TEST…]",
        "run the tests again, all or those with these names",
        Phase,
        Testers,
        |entry, words| Ok(SlashCommand::Retest { cells: parse::cells(entry, words)? })
    ),
    entry!("bisect", "TEST", "find the pick that breaks the test with this name", Phase, Writers, |entry, words| {
        Ok(SlashCommand::Bisect { cell: parse::one_cell(entry, words)? })
    }),
    entry!("status", "", "say how the phase stands", Job, Writers, |entry, words| {
        parse::nothing(entry, words).map(|()| SlashCommand::Status)
    }),
    entry!("help", "", "list the commands", Job, Writers, |entry, words| {
        parse::nothing(entry, words).map(|()| SlashCommand::Help)
    }),
];

impl SlashCommand {
    /// Its line of the table.
    #[must_use]
    pub fn entry(&self) -> &'static CommandSpec {
        let name = match self {
            Self::Pick { .. } => "pick",
            Self::Skip { .. } => "skip",
            Self::Defer { .. } => "defer",
            Self::Taken { .. } => "taken",
            Self::Move { .. } => "move",
            Self::Resolve { .. } => "resolve",
            Self::Accept { .. } => "accept",
            Self::Needs { .. } => "needs",
            Self::Why { .. } => "why",
            Self::Rebuild => "rebuild",
            Self::Hold => "hold",
            Self::Unhold => "unhold",
            Self::Reopen => "reopen",
            Self::Retest { .. } => "retest",
            Self::Bisect { .. } => "bisect",
            Self::Status => "status",
            Self::Help => "help",
        };
        // Every name above is in the table; a test reads each back.
        CommandSpec::named(name).unwrap_or(&COMMANDS[COMMANDS.len() - 1])
    }
}

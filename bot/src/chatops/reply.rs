//! What is said of a command that was not obeyed, and how a reply looks.
//!
//! Whatever of it comes from others is inert, and no line begins with a slash: other bots listen too.

use std::fmt::Write;

use super::command::{COMMANDS, CommandSpec};
use super::parse::ParseError;
use super::scene::{ContextError, NotAccepted};
use super::{MOST, note};
use crate::config::raw::CommandSettings;
use crate::forge::Permission;
use crate::text::{self, markdown_line, short};

/// One thing said in a reply: the line it is about, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyPart {
    /// The line of the comment.
    pub line: String,
    /// The text, Markdown.
    pub text: String,
}

/// How much of a line is repeated.
const LINE: usize = 100;

/// The longest reply: GitHub takes 65,536 characters.
const LONGEST: usize = 60_000;

/// The reply to a comment, with a hidden mark that says to which.
#[must_use]
pub fn reply(comment: u64, parts: &[ReplyPart]) -> String {
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate() {
        let line = short(&part.line, LINE);
        let gap = if part.text.trim().contains('\n') { "\n\n" } else { " " };
        let piece = format!("{}:{gap}{}\n\n", code(&line), part.text.trim());
        if text.chars().count() + piece.chars().count() > LONGEST {
            let _ = writeln!(text, "The rest is too long for a comment: {} not shown.\n", left(parts.len() - at));
            break;
        }
        text.push_str(&piece);
    }
    defuse_commands(&text) + &note::mark_reply(comment)
}

fn left(parts: usize) -> String {
    if parts == 1 { "1 answer is".into() } else { format!("{parts} answers are") }
}

/// The text with no line that another bot, or we ourselves, could take for a command.
#[must_use]
pub fn defuse_commands(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let inner = line.trim_start();
        let mut after = inner.chars();
        if after.next() == Some('/') && after.next().is_some_and(char::is_alphabetic) {
            result.push_str(&line[..line.len() - inner.len()]);
            result.push('\u{200b}');
            result.push_str(inner);
        } else {
            result.push_str(line);
        }
    }
    result
}

/// Inline code outside a table, where `|` is no border and stands for itself.
fn code(text: &str) -> String {
    text::code(text).replace("\\|", "|")
}

fn usage(entry: &CommandSpec, prefix: &str) -> String {
    format!("It is written {}.", code(&entry.written(prefix)))
}

fn meant(like: Option<&str>) -> String {
    like.map(|like| format!(" Did you mean {}?", code(like))).unwrap_or_default()
}

/// What is wrong with a line.
pub(super) fn wrong(wrong: &ParseError, prefix: &str) -> String {
    let written = |entry: &CommandSpec| entry.written(prefix);
    match wrong {
        ParseError::Unknown { like: Some(entry) } => {
            format!("there is no such command. Did you mean {}?", code(&written(entry)))
        }
        ParseError::Unknown { like: None } => {
            let help = CommandSpec::named("help").map(written).unwrap_or_default();
            format!("there is no such command. {} lists them.", code(&help))
        }
        ParseError::Missing { entry, what } => format!("{what} is missing. {}", usage(entry, prefix)),
        ParseError::Form { entry, word, should, like } => {
            let is = if word.is_empty() { "nothing".to_owned() } else { code(word) };
            format!("{is} is not {should}.{} {}", meant(*like), usage(entry, prefix))
        }
        ParseError::Extra { entry, word } => {
            format!("{} is too much. {}", code(word), usage(entry, prefix))
        }
    }
}

/// That a comment says something else than it did at first.
pub(super) fn edited() -> String {
    "this comment was edited before it was read, and only new ones are obeyed. Say it in another.".to_owned()
}

/// That a person may not say this.
pub(super) fn refused(entry: &CommandSpec, least: Permission, prefix: &str) -> String {
    let least = match least {
        Permission::None | Permission::Read | Permission::Triage => "triage",
        Permission::Write => "write",
        Permission::Maintain => "maintain",
        Permission::Admin => "admin",
    };
    let name = CommandSpec { arguments: "", ..*entry }.written(prefix);
    format!("refused: {} takes {least} access to this repository. Nothing was changed.", code(&name))
}

/// Why a command cannot be obeyed here.
pub(super) fn describe_error(entry: &CommandSpec, unfit: &ContextError, prefix: &str) -> String {
    match unfit {
        ContextError::NoPhaseHere => {
            let name = CommandSpec { arguments: "", ..*entry }.written(prefix);
            format!("{} is about a phase: say it in the pull request of that phase.", code(&name))
        }
        ContextError::NoCommit(why) => format!("{}.", markdown_line(why.trim_end_matches('.'), None)),
        ContextError::NoPhase { word, like, all } => {
            let all: Vec<String> = all.iter().map(|id| code(id)).collect();
            format!("there is no phase {}.{} The phases are {}.", code(word), meant(like.as_deref()), all.join(", "))
        }
        ContextError::NotTested => {
            "no test matrix is configured for this phase (`ci.matrix`, or `ci.cuda`).".to_owned()
        }
        ContextError::NoCell { cell, like, all } => {
            let names: Vec<String> = all.iter().map(|cell| code(cell.short())).collect();
            match cell.cuda() {
                Some(version) if all.iter().all(|cell| cell.cuda().is_some()) => {
                    format!("this phase is not tested with CUDA {}, but with {}.", code(version), names.join(", "))
                }
                _ => {
                    let meant = meant(like.as_deref());
                    format!("this phase has no test {}.{meant} Its tests are {}.", code(cell.short()), names.join(", "))
                }
            }
        }
        ContextError::NoPath { path, like } => {
            format!("no commit of this phase touches {}.{}", code(path), meant(like.as_deref()))
        }
        ContextError::NotAccepted { path, why } => {
            let path = code(path);
            match why {
                NotAccepted::NoDecision => {
                    format!(
                        "nothing is to be decided in {path} of that commit in this pull request. Nothing was changed."
                    )
                }
                NotAccepted::Nothing => {
                    format!("nothing that resolves all of {path} is proposed for it. Nothing was changed.")
                }
                NotAccepted::NotShown => format!(
                    "what is proposed for {path} is not what this pull request showed: the conflict has changed since, or it was too long to be shown. Nothing was changed: look at what is shown after this run, or open it with `uptake resolve`."
                ),
                NotAccepted::Another => format!(
                    "what is proposed for {path} is another one by now. Nothing was changed: look at what is shown after this run."
                ),
                NotAccepted::Again => format!(
                    "another proposal was shown for {path} before this one. Say which you mean, with the name that stands at the end of the command in the note."
                ),
            }
        }
        ContextError::NoBranch => "this phase has no branch yet: the next run makes it.".to_owned(),
    }
}

/// That a comment has more commands than are obeyed.
pub(super) fn too_many() -> String {
    format!("a comment may hold {MOST} commands: from here on none was obeyed. Write the rest in another.")
}

/// The commands, as a table.
#[must_use]
pub fn table(commands: &CommandSettings) -> String {
    let mut text = String::from("| Command | What it does |\n|---|---|\n");
    for command in COMMANDS {
        let _ = writeln!(text, "| {} | {} |", text::code(&command.written(&commands.prefix)), command.help);
    }
    text
}

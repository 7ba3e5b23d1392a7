//! One change to a forge, with its sentence for people, and what a run leaves alone.

use std::fmt;

use super::ask::Ask;
use super::page::DashboardPage;
use crate::decision::Decision;
use crate::forge::{Label, PullText};
use crate::names::BranchName;
use crate::text::{count, listed, short};
use engine::ids::CommitId;

/// More branches than these are not named one by one.
const FEW: usize = 5;

/// One change to a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Write a decision to the ledger.
    Record(Decision),
    /// Move a branch, or make it.
    Push {
        /// Its short name.
        branch: BranchName,
        to: CommitId,
        /// Where it must be for that; `None`: not there.
        from: Option<CommitId>,
        /// What the forge has of it already.
        known: Option<CommitId>,
        /// How many commits it holds.
        commits: usize,
    },
    /// Make a label.
    Label(Label),
    /// Open a closed pull request again.
    Reopen {
        number: u64,
        title: String,
        /// What it says from then on.
        body: String,
        /// The bot that closed it, where it was one.
        closed_by: Option<String>,
    },
    /// Open a pull request.
    Open(PullText),
    /// Make a pull request say something else.
    Edit {
        number: u64,
        /// What it says then.
        text: PullText,
        /// What of it changes, for people.
        what: Vec<&'static str>,
    },
    /// Ask something of people, or of the forge, in a pull request.
    Ask {
        /// Its number; `None`: the one that is opened from this branch before.
        pull: Option<u64>,
        head: BranchName,
        title: String,
        what: Ask,
    },
    /// Note in a pull request what was asked for in it.
    Note {
        /// Its number; `None`: the one that is opened from its branch before.
        pull: Option<u64>,
        text: PullText,
    },
    /// Make pull requests a stack, or put them on top of one.
    Stack {
        /// The stack that is there.
        onto: Option<u64>,
        /// Their branches, from the lowest up: some pull requests are opened before.
        branches: Vec<BranchName>,
    },
    /// Take a stack apart: what is in one cannot be given another base.
    Unstack {
        stack: u64,
        /// What is open in it.
        pulls: Vec<u64>,
    },
    /// Close a pull request.
    Close { number: u64, title: String, why: CloseReason },
    /// Remove a branch that nothing needs any more.
    Delete {
        /// Its short name.
        branch: BranchName,
        /// Where it must be for that.
        at: CommitId,
    },
    /// Open the dashboard, or make it say something else.
    Dashboard {
        /// Its number, where it is there.
        number: Option<u64>,
        /// What it says; it is not written where a person changed it since it was read.
        page: DashboardPage,
        /// What it said when it was read.
        before: String,
        /// Its labels from then on, where a bot closed it and it is opened again.
        again: Option<Vec<String>>,
    },
}

/// Why the bot closes a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseReason {
    /// The fork has it all.
    NothingLeft,
    /// The configuration has no such phase any more.
    NoPhase,
    /// What it records is not so any more.
    NoRecord,
    /// Its commits are in the fork's branch, and the forge did not notice: somebody brought them there past it.
    Landed,
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NothingLeft => "nothing is left to take",
            Self::NoRecord => "what it records does not hold any more",
            Self::Landed => "it has landed, its commits are in the fork's branch",
            Self::NoPhase => "its phase is not in the configuration any more",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(decision) => {
                write!(f, "record on the ledger: {} (by {})", decision.ruling, short(&decision.by, 60))
            }
            Self::Push { branch, to, from: None, commits, .. } => {
                write!(f, "create branch {branch} at {}{}", to.short(), picks(*commits))
            }
            Self::Push { branch, to, from: Some(from), commits, .. } => {
                write!(f, "move branch {branch} from {} to {}{}", from.short(), to.short(), picks(*commits))
            }
            Self::Label(label) => write!(f, "create label \"{}\"", label.name),
            Self::Reopen { number, title, closed_by, .. } => {
                let why = closed_by.as_ref().map(|bot| format!(": {} closed it, and no person", short(bot, 60)));
                write!(f, "open pull request {number} \"{title}\" again{}", why.unwrap_or_default())
            }
            Self::Open(text) => {
                let draft = if text.draft { "draft " } else { "" };
                write!(f, "open {draft}pull request \"{}\" ({} into {})", text.title, text.head, text.base)
            }
            Self::Edit { number, text, what } => {
                write!(f, "edit pull request {number} \"{}\": {}", text.title, what.join(", "))
            }
            Self::Ask { pull, title, what, .. } => write!(f, "{}: {what}", named(*pull, title)),
            Self::Note { pull, text } => write!(f, "{}: note what was asked for", named(*pull, &text.title)),
            Self::Stack { onto, branches } => {
                let which = pulls_of(branches);
                match onto {
                    Some(stack) => write!(f, "put {which} on top of stack {stack}"),
                    None => write!(f, "offer {which} as one stack"),
                }
            }
            Self::Unstack { stack, pulls } => {
                let pulls: Vec<String> = pulls.iter().map(ToString::to_string).collect();
                let what = if pulls.len() == 1 { "pull request" } else { "pull requests" };
                write!(f, "take stack {stack} apart ({what} {}) to change what is in it", listed(&pulls, "and"))
            }
            Self::Close { number, title, why } => write!(f, "close pull request {number} \"{title}\": {why}"),
            Self::Delete { branch, at } => {
                write!(f, "delete branch {branch} (at {}): its pull request is over", at.short())
            }
            Self::Dashboard { number: None, page, .. } => write!(f, "open the dashboard \"{}\"", page.title),
            Self::Dashboard { number: Some(number), page, again, .. } => {
                let what = if again.is_some() { "open again and edit" } else { "edit" };
                write!(f, "{what} the dashboard {number} \"{}\"", page.title)
            }
        }
    }
}

/// The pull requests of these branches, in words.
pub(super) fn pulls_of(branches: &[BranchName]) -> String {
    match branches {
        [one] => format!("the pull request of {one}"),
        [first, .., last] if branches.len() > FEW => {
            format!("the {} pull requests from that of {first} up to that of {last}", branches.len())
        }
        few => format!("the pull requests of {}", listed(few, "and")),
    }
}

fn named(pull: Option<u64>, title: &str) -> String {
    let number = pull.map(|number| format!(" {number}")).unwrap_or_default();
    format!("pull request{number} \"{title}\"")
}

fn picks(commits: usize) -> String {
    if commits == 0 { String::new() } else { format!(" ({})", count(commits, "pick")) }
}

/// The changes, in the order they must be made, and what is left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// To be made.
    pub changes: Vec<Change>,
    /// Left alone.
    pub notices: Vec<super::Notice>,
}

impl Changes {
    /// Adds one that was made, once: a run that begins again after a refusal comes by the same change twice.
    pub(super) fn add(&mut self, change: &Change) {
        if !self.changes.contains(change) {
            self.changes.push(change.clone());
        }
    }
}

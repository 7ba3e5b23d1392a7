//! What a run leaves alone, and why.

use std::fmt;

use super::change::pulls_of;
use super::observed::Observed;
use crate::forge::State;
use crate::moment::Moment;
use crate::names::{BranchName, PhaseId};
use crate::text::{listed, short, visible};
use engine::ids::CommitId;

/// Something a run leaves alone, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// People pushed to the branch; it is theirs until they say otherwise.
    People {
        branch: BranchName,
        /// Where they left it.
        head: CommitId,
        /// Where it was when a person asked to have it rebuilt: they pushed again after that.
        asked: Option<CommitId>,
    },
    /// A person closed the pull request, or it was closed a second time.
    Closed { number: u64, title: String, again: bool },
    /// The forge closed the pull request by itself; another one takes its place.
    Orphaned {
        number: u64,
        /// The branch it went into.
        base: BranchName,
    },
    /// A person asked to leave the phase as it is.
    Held { phase: PhaseId, by: String },
    /// The phase starts when an earlier one has landed.
    Waits {
        phase: PhaseId,
        /// The earlier one.
        on: PhaseId,
    },
    /// The phase stands on another whose branch is not what was built.
    Behind {
        phase: PhaseId,
        /// The one it stands on.
        on: PhaseId,
    },
    /// A branch that no pull request needs, with commits by people.
    Stale { branch: BranchName, head: CommitId },
    /// A branch under the bot's names that it does not know.
    Unknown { branch: BranchName },
    /// What was asked for in a pull request was refused. It is asked for once.
    Unasked { number: u64, why: String },
    /// The forge would not make pull requests a stack.
    Apart { branches: Vec<BranchName>, why: String },
    /// The dashboard is closed.
    Dashboard { number: u64 },
    /// The dashboard was changed after this run read it.
    Changed { number: u64 },
    /// What the bot made under another login goes on under the one it has now.
    TakenOver {
        /// The other login.
        from: String,
        login: String,
        /// The open pull requests.
        pulls: Vec<u64>,
        dashboard: Option<u64>,
    },
    /// Another run is about to open the dashboard.
    Opening {
        /// When that run began.
        since: Moment,
    },
}

impl Notice {
    /// That the bot has another login than before, where it left anything under that.
    pub(super) fn taken_over(observed: &Observed) -> Option<Self> {
        let (from, login) = (observed.former()?.to_owned(), observed.login.clone());
        let open = observed.pulls.iter().filter(|pull| pull.own && pull.state == State::Open);
        let pulls: Vec<u64> = open.map(|pull| pull.number).collect();
        let dashboard = observed.dashboard.as_ref().map(|issue| issue.number);
        (!pulls.is_empty() || dashboard.is_some()).then_some(Self::TakenOver { from, login, pulls, dashboard })
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::People { branch, head, asked } => {
                write!(f, "branch {branch} holds commits by people (it is at {}): left alone", head.short())?;
                match asked {
                    Some(asked) => write!(f, "; to rebuild it was asked for when it was at {}", asked.short()),
                    None => Ok(()),
                }
            }
            Self::Closed { number, title, again } => {
                let how = if *again { "once more" } else { "by a person" };
                write!(f, "pull request {number} \"{title}\" was closed {how}: it stays closed")
            }
            Self::Orphaned { number, base } => {
                write!(f, "pull request {number} was closed by the removal of {base}: its phase goes on in a new one")
            }
            Self::Held { phase, by } => write!(f, "phase {phase} is on hold by {}: left alone", short(by, 60)),
            Self::Waits { phase, on } => write!(f, "phase {phase} starts when {on} has landed"),
            Self::Behind { phase, on } => {
                write!(f, "phase {phase} is built on {on}, whose branch is not what was built: left as it is")
            }
            Self::Stale { branch, head } => write!(
                f,
                "branch {branch} (at {}) is of no use any more, but holds commits by people: left alone",
                head.short()
            ),
            Self::Unknown { branch } => {
                write!(f, "branch {branch} is of no phase and no pull request of ours: left alone")
            }
            Self::Unasked { number, why } => {
                write!(f, "pull request {number}: {}; it is not asked for again", visible(why.trim_end_matches('.')))
            }
            Self::Apart { branches, why } => {
                let why = visible(why.trim_end_matches('.'));
                let are = if branches.len() == 1 { "is" } else { "are" };
                write!(f, "{} {are} in no stack: {why}", pulls_of(branches))
            }
            Self::Dashboard { number } => write!(
                f,
                "the dashboard {number} is closed: left alone (open it again, or set `dashboard.enabled: false`)"
            ),
            Self::Changed { number } => {
                write!(
                    f,
                    "the dashboard {number} was changed during this run: left to the next, which obeys what was ticked"
                )
            }
            Self::TakenOver { from, login, pulls, dashboard } => {
                let pulls: Vec<String> = pulls.iter().map(ToString::to_string).collect();
                let pulls = match pulls.as_slice() {
                    [] => None,
                    [one] => Some(format!("pull request {one}")),
                    many => Some(format!("pull requests {}", listed(many, "and"))),
                };
                let dashboard = dashboard.map(|number| format!("the dashboard {number}"));
                let all: Vec<String> = pulls.into_iter().chain(dashboard).collect();
                write!(f, "what {from} made goes on under {login}: {}", listed(&all, "and"))
            }
            Self::Opening { since } => {
                write!(f, "the run that began at {since} set out to open the dashboard: left to it for ten minutes")
            }
        }
    }
}

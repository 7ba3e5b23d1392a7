//! What a forge must be told so that it shows what was built: desired against observed, as a list of changes. Pure.

use std::fmt;

use super::desired::Wanted;
use super::marker::Marker;
use crate::forge::{Branch, PullRequest, PullText, State};
use crate::ids::CommitId;
use crate::text::count;

/// One change to a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Move a branch, or make it.
    Push {
        /// Its short name.
        branch: String,
        /// Where to.
        to: CommitId,
        /// Where it must be for that; `None`: not there.
        from: Option<CommitId>,
        /// What the forge has of it already.
        known: Option<CommitId>,
        /// How many commits it holds.
        commits: usize,
    },
    /// Open a pull request.
    Open(PullText),
    /// Make a pull request say something else.
    Edit {
        /// Which.
        number: u64,
        /// What it says then.
        text: PullText,
        /// What of it changes, for people.
        what: Vec<&'static str>,
    },
    /// Close a pull request whose phase has nothing left to take.
    Close {
        /// Which.
        number: u64,
        /// Its title.
        title: String,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Push { branch, to, from: None, commits, .. } => {
                write!(f, "create branch {branch} at {}{}", to.short(), picks(*commits))
            }
            Self::Push { branch, to, from: Some(from), commits, .. } => {
                write!(f, "move branch {branch} from {} to {}{}", from.short(), to.short(), picks(*commits))
            }
            Self::Open(text) => {
                let draft = if text.draft { "draft " } else { "" };
                write!(f, "open {draft}pull request \"{}\" ({} into {})", text.title, text.head, text.base)
            }
            Self::Edit { number, text, what } => {
                write!(f, "edit pull request {number} \"{}\": {}", text.title, what.join(", "))
            }
            Self::Close { number, title } => {
                write!(f, "close pull request {number} \"{title}\": nothing is left to take")
            }
        }
    }
}

fn picks(commits: usize) -> String {
    if commits == 0 { String::new() } else { format!(" ({})", count(commits, "pick")) }
}

/// Something a run leaves alone, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// People pushed to the branch; it is theirs until they say otherwise.
    People {
        /// The branch.
        branch: String,
        /// Where they left it.
        head: CommitId,
    },
    /// A person closed the pull request.
    Closed {
        /// Its number.
        number: u64,
        /// Its title.
        title: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::People { branch, head } => {
                write!(f, "branch {branch} holds commits by people (it is at {}): left alone", head.short())
            }
            Self::Closed { number, title } => {
                write!(f, "pull request {number} \"{title}\" was closed by a person: it stays closed")
            }
        }
    }
}

/// The changes, in the order they must be made, and what is left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// To be made.
    pub changes: Vec<Change>,
    /// Left alone.
    pub notices: Vec<Notice>,
}

/// Compares what is wanted with what there is.
///
/// `base` is the fork's branch with the commit it must be at, where the forge is to hold a copy of it.
#[must_use]
pub fn compare(
    wanted: &[Wanted],
    base: Option<(&str, CommitId)>,
    branches: &[Branch],
    pulls: &[PullRequest],
) -> Changes {
    let mut found = Changes::default();
    let at = |name: &str| branches.iter().find(|branch| branch.name == name);
    if let Some((name, head)) = base {
        let from = at(name).map(|branch| branch.head);
        if from != Some(head) {
            found.changes.push(Change::Push { branch: name.to_owned(), to: head, from, known: from, commits: 0 });
        }
    }
    for wanted in wanted {
        let own = || pulls.iter().filter(|pull| pull.text.head == wanted.text.head);
        let open = own().find(|pull| pull.state == State::Open);
        let closed = own().rfind(|pull| pull.state == State::Closed);
        if let (None, Some(closed)) = (open, closed)
            && !wanted.is_empty()
        {
            found.notices.push(Notice::Closed { number: closed.number, title: closed.text.title.clone() });
            continue;
        }
        phase(wanted, at(&wanted.text.head), open, &mut found);
    }
    found
}

fn phase(wanted: &Wanted, branch: Option<&Branch>, open: Option<&PullRequest>, found: &mut Changes) {
    let left = open.and_then(|pull| Marker::read(&pull.text.body)).map(|marker| marker.head);
    if let Some(branch) = branch
        && branch.head != wanted.head
        && branch.people
        && left != Some(branch.head)
    {
        found.notices.push(Notice::People { branch: branch.name.clone(), head: branch.head });
        if let Some(open) = open {
            let text = wanted.held(&open.text, branch.head);
            edit(open, text, found);
        }
        return;
    }
    if wanted.is_empty() {
        if let Some(open) = open {
            found.changes.push(Change::Close { number: open.number, title: open.text.title.clone() });
        }
        return;
    }
    let from = branch.map(|branch| branch.head);
    if from != Some(wanted.head) {
        let known = Some(wanted.base);
        let (branch, to) = (wanted.text.head.clone(), wanted.head);
        found.changes.push(Change::Push { branch, to, from, known, commits: wanted.commits });
    }
    match open {
        None => found.changes.push(Change::Open(wanted.text.clone())),
        Some(open) => edit(open, wanted.text.clone(), found),
    }
}

fn edit(open: &PullRequest, text: PullText, found: &mut Changes) {
    let old = &open.text;
    let parts = [
        (old.title != text.title, "title"),
        (old.body != text.body, "text"),
        (old.base != text.base, "base"),
        (old.labels != text.labels, "labels"),
        (old.draft != text.draft, "draft"),
    ];
    let what: Vec<_> = parts.into_iter().filter_map(|(differs, what)| differs.then_some(what)).collect();
    if !what.is_empty() {
        found.changes.push(Change::Edit { number: open.number, text, what });
    }
}

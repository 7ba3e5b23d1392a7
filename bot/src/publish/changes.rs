//! The changes found so far, by kind, and what several that look for changes share.

use super::change::{Change, CloseReason};
use super::marker::Marker;
use super::notice::Notice;
use super::observed::Observed;
use crate::decision::Decision;
use crate::forge::{PullRequest, PullText, State};

/// Changes by kind, until they are put in order.
#[derive(Default)]
pub(super) struct ChangeSet {
    pub(super) records: Vec<Decision>,
    /// Pushes, and what is opened or edited, phase by phase.
    pub(super) phases: Vec<Change>,
    /// What is asked for in pull requests that are there by then.
    pub(super) asks: Vec<Change>,
    /// Pull requests that are over: their last edit, and that they are closed.
    pub(super) endings: Vec<Change>,
    pub(super) deletions: Vec<Change>,
    pub(super) notices: Vec<Notice>,
}

impl ChangeSet {
    fn of_pulls(&self) -> impl DoubleEndedIterator<Item = &Change> {
        self.phases.iter().chain(&self.endings)
    }

    /// What a pull request is made to say, where it is made to say anything else.
    pub(super) fn text_of(&self, pull: &PullRequest) -> Option<&PullText> {
        self.of_pulls().rev().find_map(|change| match change {
            Change::Edit { number, text, .. } if *number == pull.number => Some(text),
            _ => None,
        })
    }

    /// The pull requests that are open once these changes are made: what each says, and what there is of it before.
    pub(super) fn left<'a>(
        &'a self,
        observed: &'a Observed,
    ) -> impl Iterator<Item = (&'a PullText, Option<&'a PullRequest>)> {
        let is = |pull: &PullRequest, reopened: bool| {
            self.of_pulls().any(|change| match change {
                Change::Reopen { number, .. } => reopened && *number == pull.number,
                Change::Close { number, .. } => !reopened && *number == pull.number,
                _ => false,
            })
        };
        let open = move |pull: &&PullRequest| match pull.state {
            State::Open => !is(pull, false),
            State::Closed => is(pull, true),
            State::Merged => false,
        };
        let there = observed.pulls.iter().filter(open);
        let there = there.map(|pull| (self.text_of(pull).unwrap_or(&pull.text), Some(pull)));
        let new = self.of_pulls().filter_map(|change| match change {
            Change::Open(text) => Some((text, None)),
            _ => None,
        });
        there.chain(new)
    }
}

/// Says in a pull request that it is over, and closes it. What it says comes first: a closed one that says nothing was closed by
/// a person.
pub(super) fn end(open: &PullRequest, why: CloseReason, found: &mut ChangeSet) {
    if let Some(marker) = Marker::read(&open.text.body).filter(|marker| !marker.done) {
        let note = format!("> [!NOTE]\n> Closed by Uptake: {why}.\n\n{}", open.text.body);
        let body = Marker { done: true, ..marker }.put(&note);
        found.endings.extend(edit(open, PullText { body, ..open.text.clone() }));
    }
    found.endings.push(Change::Close { number: open.number, title: open.text.title.clone(), why });
}

/// Whether two texts say the same, line ends and space at the end aside: a forge may give those back otherwise.
pub(super) fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n").trim_end() == other.replace("\r\n", "\n").trim_end()
}

/// The change that makes a pull request say something else, where it does not say it already.
pub(super) fn edit(open: &PullRequest, text: PullText) -> Option<Change> {
    let old = &open.text;
    let parts = [
        (old.title.trim_end() != text.title.trim_end(), "title"),
        (!same(&old.body, &text.body), "text"),
        (old.base != text.base, "base"),
        (old.labels != text.labels, "labels"),
        (old.draft != text.draft, "draft"),
    ];
    let what: Vec<_> = parts.into_iter().filter_map(|(differs, what)| differs.then_some(what)).collect();
    (!what.is_empty()).then_some(Change::Edit { number: open.number, text, what })
}

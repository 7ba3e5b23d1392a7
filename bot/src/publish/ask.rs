//! Who is asked for a review of a pull request, whom it is assigned to, and whether the forge merges it by itself: each once, as soon as
//! nothing in it waits for a decision. What was asked is in its marker, so that what people change of it stays. Pure.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::desired::Desired;
use super::marker::Marker;
use super::situation::Situation;
use crate::config::raw::ReadySettings;
use crate::forge::{PullText, State};
use crate::method::MergeMethod;
use crate::names::BranchName;
use crate::text::listed;

/// What was asked for in a pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    reviewers: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    assignees: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_merge: Option<MergeMethod>,
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// A review by these.
    Review(Vec<String>),
    /// That these take it on.
    Assign(Vec<String>),
    /// That the forge merges it once it may, or does not.
    AutoMerge(Option<MergeMethod>),
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Review(who) => write!(f, "ask {} for a review", listed(who, "and")),
            Self::Assign(who) => write!(f, "assign {}", listed(who, "and")),
            Self::AutoMerge(Some(method)) => write!(f, "turn on auto-merge ({method})"),
            Self::AutoMerge(None) => f.write_str("turn off auto-merge"),
        }
    }
}

impl Asked {
    /// Whether nothing was.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What was asked for in the pull request of a branch.
    pub(super) fn of(situation: &Situation<'_>, head: &BranchName) -> Self {
        let mut own = situation.observed.pulls.iter().filter(|pull| pull.text.head == *head);
        let open = own.rfind(|pull| pull.state != State::Merged);
        open.and_then(Marker::of).map(|marker| marker.asked).unwrap_or_default()
    }

    /// What is asked for once all is done that is to be done now. `merges` are the ways it may be merged by itself.
    pub(super) fn after(&self, ready: bool, said: &ReadySettings, merges: &[MergeMethod]) -> Self {
        let mut after = self.clone();
        if ready {
            after.reviewers.extend(said.reviewers.iter().cloned());
            after.assignees.extend(said.assignees.iter().cloned());
        }
        after.auto_merge = said.auto_merge.filter(|method| ready && merges.contains(method));
        after
    }

    /// Without the forge merging it by itself.
    pub(super) fn without_merge(&self) -> Option<Self> {
        self.auto_merge.is_some().then(|| Self { auto_merge: None, ..self.clone() })
    }

    /// What has to be asked to get from here there, but for what is taken back.
    fn to(&self, after: &Self) -> Vec<Ask> {
        let new =
            |now: &BTreeSet<String>, before: &BTreeSet<String>| now.difference(before).cloned().collect::<Vec<_>>();
        let reviewers = Some(new(&after.reviewers, &self.reviewers)).filter(|who| !who.is_empty());
        let assignees = Some(new(&after.assignees, &self.assignees)).filter(|who| !who.is_empty());
        let merge = after.auto_merge.filter(|_| after.auto_merge != self.auto_merge);
        let (review, assign) = (reviewers.map(Ask::Review), assignees.map(Ask::Assign));
        review.into_iter().chain(assign).chain(merge.map(|method| Ask::AutoMerge(Some(method)))).collect()
    }
}

/// That the forge does not merge a pull request by itself any more, where it was to: it comes before anything else.
pub(super) fn taken_back(wanted: &Desired, pull: u64) -> Option<Change> {
    let before = &wanted.marker.asked;
    (before.auto_merge.is_some() && wanted.asked.auto_merge.is_none()).then(|| off(pull, &wanted.text))
}

/// That the forge does not merge a pull request by itself.
pub(super) fn off(pull: u64, text: &PullText) -> Change {
    let (head, title) = (text.head.clone(), text.title.clone());
    Change::Ask { pull: Some(pull), head, title, what: Ask::AutoMerge(None) }
}

/// What is asked for, and the note of it in the pull request, which comes after: what was not noted is asked for again.
pub(super) fn asks(wanted: &Desired, pull: Option<u64>, text: &PullText) -> Vec<Change> {
    if wanted.asked == wanted.marker.asked {
        return Vec::new();
    }
    let (head, title) = (&text.head, &text.title);
    let one = |what| Change::Ask { pull, head: head.clone(), title: title.clone(), what };
    let marker = Marker { asked: wanted.asked.clone(), ..wanted.marker.clone() };
    let noted = PullText { body: marker.instead(&text.body), ..text.clone() };
    let asks = wanted.marker.asked.to(&wanted.asked).into_iter().map(one);
    asks.chain([Change::Note { pull, text: noted }]).collect()
}

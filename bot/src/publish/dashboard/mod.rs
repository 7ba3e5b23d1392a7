//! The dashboard: one issue that says how the whole stands, what waits on whom, and takes orders by check boxes. It is edited in
//! place. Pure.

mod bar;
mod boxes;
mod next;
mod progress;
mod text;

pub use boxes::ticked_boxes;

use super::change::Change;
use super::changes::same;
use super::desired::Desired;
use super::notice::Notice;
use super::situation::Situation;
use super::stale_bot::ISSUES;
use crate::forge::State;
use crate::names::{BranchName, PhaseId};
use engine::ids::CommitId;

/// How a phase stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PhaseStatus {
    /// There is nothing left to take.
    Nothing,
    /// It has a pull request, or will have.
    Open {
        /// Which; `None`: it is about to be opened.
        pull: Option<u64>,
        /// The branch it brings.
        branch: BranchName,
    },
    /// It starts when another one has landed.
    Waits {
        /// The other phase's id.
        on: PhaseId,
    },
    /// It stands on one that is not what was built.
    Behind {
        /// Its pull request.
        pull: Option<u64>,
        /// The other phase's id.
        on: PhaseId,
    },
    /// A person holds it.
    Held {
        /// Its pull request.
        pull: Option<u64>,
        by: String,
    },
    /// What people said in its pull request could not be read.
    Unread { pull: u64 },
    /// The forge will not have its branch as it should be.
    Refused {
        /// Its pull request.
        pull: Option<u64>,
    },
    /// A person closed its pull request.
    Closed { pull: u64 },
    /// People's commits are on its branch.
    People {
        /// Its pull request.
        pull: Option<u64>,
        /// Where the branch is.
        head: CommitId,
    },
}

/// What must be done so that the dashboard says how things stand.
///
/// # Errors
/// A person closed it.
pub(super) fn change(
    situation: &Situation<'_>,
    wanted: &[Desired],
    standings: &[PhaseStatus],
    record: Option<&(Desired, PhaseStatus)>,
) -> Result<Option<Change>, Notice> {
    if !situation.config.dashboard.enabled || situation.observed.no_issues {
        return Ok(None);
    }
    let there = situation.observed.dashboard.as_ref();
    let shut = there.filter(|issue| issue.state != State::Open);
    let by_bot = shut.filter(|issue| situation.observed.closed_by_bot(issue.number).is_some());
    if let Some(closed) = shut.filter(|_| by_bot.is_none()) {
        return Err(Notice::Dashboard { number: closed.number });
    }
    let page = text::page(situation, wanted, standings, record);
    let again = by_bot.map(|issue| ISSUES.labels(issue.labels.clone(), &issue.labels, situation));
    if let Some(issue) = there
        && again.is_none()
        && !page.is_open()
        && issue.title == page.title
        && same(&issue.body, &page.text(&|_| None))
    {
        return Ok(None);
    }
    let before = there.map(|issue| issue.body.clone()).unwrap_or_default();
    Ok(Some(Change::Dashboard { number: there.map(|issue| issue.number), page, before, again }))
}

//! What a forge has, read once before anything is compared.

use super::marker::Marker;
use super::page;
use crate::branch::PREFIX;
use crate::forge::{Forge, ForgeBranch, ForgeError, Issue, Label, PullRequest, State};
use engine::ids::CommitId;

/// The branches, pull requests, labels and the dashboard of a forge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// The bot's branches and the fork's own, by name.
    pub branches: Vec<ForgeBranch>,
    /// The pull requests that bring a branch of the bot, by number.
    pub pulls: Vec<PullRequest>,
    /// The open pull requests that go into a branch of the bot, whosever they are: number and branch.
    pub going_into: Vec<(u64, String)>,
    /// The repository's labels.
    pub labels: Vec<Label>,
    /// Whether there can be no dashboard, for there are no issues.
    pub no_issues: bool,
    /// The dashboard.
    pub dashboard: Option<Issue>,
}

impl Observed {
    /// Reads a forge; `trunk` is the fork's branch.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn read(forge: &dyn Forge, trunk: &str) -> Result<Self, ForgeError> {
        Ok(Self {
            branches: forge.branches(PREFIX, trunk)?,
            pulls: forge.pulls(PREFIX)?,
            going_into: forge.pulls_into(PREFIX)?,
            labels: forge.labels()?,
            no_issues: !forge.has_issues()?,
            dashboard: Self::read_dashboard(forge)?,
        })
    }

    /// Reads the dashboard alone.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn read_dashboard(forge: &dyn Forge) -> Result<Option<Issue>, ForgeError> {
        forge.find_issue(page::MARK)
    }

    /// A phase's pull request: the open one, or else the last that was closed.
    #[must_use]
    pub fn of_phase(&self, id: &str) -> Option<&PullRequest> {
        let own = || self.pulls.iter().filter(|pull| Marker::of(pull).is_some_and(|marker| marker.phase == id));
        let last = |state| own().rfind(|pull| pull.state == state);
        last(State::Open).or_else(|| last(State::Closed))
    }

    /// Where the branch of a phase's open pull request is.
    #[must_use]
    pub fn head_of(&self, id: &str) -> Option<CommitId> {
        let pull = self.of_phase(id).filter(|pull| pull.state == State::Open)?;
        self.branch(&pull.text.head).map(|branch| branch.head)
    }

    pub(super) fn branch(&self, name: &str) -> Option<&ForgeBranch> {
        self.branches.iter().find(|branch| branch.name == name)
    }
}

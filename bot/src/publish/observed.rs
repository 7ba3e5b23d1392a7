//! What a forge has, read once before anything is compared.

use super::dashboard;
use super::round::PREFIX;
use crate::forge::{Branch, ForgeError, ForgeRead, Issue, Label, PullRequest};

/// The branches, pull requests, labels and the dashboard of a forge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    /// The bot's branches and the fork's own, by name.
    pub branches: Vec<Branch>,
    /// The pull requests that bring a branch of the bot, by number.
    pub pulls: Vec<PullRequest>,
    /// The repository's labels.
    pub labels: Vec<Label>,
    /// The dashboard.
    pub dashboard: Option<Issue>,
}

impl Observed {
    /// Reads a forge; `trunk` is the fork's branch.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn read(forge: &dyn ForgeRead, trunk: &str) -> Result<Self, ForgeError> {
        Ok(Self {
            branches: forge.branches(PREFIX, trunk)?,
            pulls: forge.pulls(PREFIX)?,
            labels: forge.labels()?,
            dashboard: Self::read_dashboard(forge)?,
        })
    }

    /// Reads the dashboard alone.
    ///
    /// # Errors
    /// The forge cannot be read.
    pub fn read_dashboard(forge: &dyn ForgeRead) -> Result<Option<Issue>, ForgeError> {
        forge.issue(dashboard::MARK)
    }

    pub(super) fn branch(&self, name: &str) -> Option<&Branch> {
        self.branches.iter().find(|branch| branch.name == name)
    }
}

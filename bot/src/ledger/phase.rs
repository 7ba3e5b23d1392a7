//! What is known of a phase: each time it was published, and how that ended.

use crate::method::MergeMethod;
use crate::names::{BranchName, PhaseId};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use engine::ids::CommitId;

/// Where a phase's record is.
pub(super) fn path(id: &PhaseId) -> String {
    format!("phases/{id}.yml")
}

/// A phase through all its rounds, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseRecord {
    /// The rounds, oldest first.
    #[serde(default)]
    pub rounds: Vec<Attempt>,
}

/// A phase as it was published once: one pull request, rebuilt as often as it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The branch, its short name.
    pub branch: BranchName,
    /// The number of its pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<u64>,
    /// The commit it was built on.
    pub base: CommitId,
    /// The commit the branch is at, as the bot left it, or as people did.
    pub head: CommitId,
    /// Whether people committed to the branch: what they put on it may be merged, but is not taken for the bot's own work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_people: bool,
    /// The picks on it, in order.
    pub picks: Vec<AttemptPick>,
    /// How it stands.
    pub state: AttemptState,
    /// What it became in the fork, once it has landed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed: Option<Landed>,
}

/// A pick on a phase's branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttemptPick {
    /// The upstream commit.
    pub sha: CommitId,
    /// The commit on the branch.
    pub commit: CommitId,
    /// What came of it.
    pub outcome: LandedOutcome,
}

/// What came of a pick that is on a phase's branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LandedOutcome {
    /// It applied.
    Clean,
    /// It conflicted, and was resolved without a person.
    Resolved,
    /// It is there with conflict markers.
    Conflicted,
}

/// How a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptState {
    /// Its pull request is open.
    Open,
    /// It is in the fork.
    Landed,
    /// Its pull request was closed without merging.
    Closed,
    /// It was in the fork and was taken out again.
    Reverted,
}

/// What a round became in the fork.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Landed {
    /// The fork's commit that completed it.
    pub commit: CommitId,
    /// How it was merged.
    pub how: MergeMethod,
}

impl fmt::Display for AttemptState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Open => "open",
            Self::Landed => "landed",
            Self::Closed => "closed",
            Self::Reverted => "reverted",
        })
    }
}

//! What is done with a pull request that waits for no decision, as written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::words;
use crate::method::MergeMethod;

/// What is done, once, with the pull request of a phase in which nothing waits for a decision. What people change of it stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Ready")]
pub struct ReadySettings {
    /// Who is asked for a review: accounts, and teams as `organisation/team`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Reviewer>")]
    pub reviewers: Vec<String>,
    /// Who it is assigned to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Account>")]
    pub assignees: Vec<String>,
    /// Have GitHub merge it by itself as soon as the rules of the fork's branch are met, in this way: `merge`, `rebase` or `squash`. It is
    /// taken back where a decision comes up, and on `/hold`. A slice that lands as a merge commit, and the record, are merged by `merge` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_merge: Option<MergeMethod>,
}

impl ReadySettings {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

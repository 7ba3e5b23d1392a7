//! How a pull request is merged.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a pull request is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MergeMethod {
    /// By a merge commit, or by moving the branch forward.
    Merge,
    /// Its commits one by one onto the fork's branch.
    Rebase,
    /// As one commit.
    Squash,
}

impl fmt::Display for MergeMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Merge => "merge",
            Self::Rebase => "rebase",
            Self::Squash => "squash",
        })
    }
}

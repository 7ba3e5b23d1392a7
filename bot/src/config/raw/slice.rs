//! The line and its slices, as they are written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RawConfig;

/// What a phase takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Take {
    /// Commits chosen by name and by what they are, on one branch.
    #[default]
    Topic,
    /// All that no other phase takes, in upstream's order, in slices that each stand on the one before.
    Line,
}

impl Take {
    pub(super) const fn is_topic(&self) -> bool {
        matches!(self, Self::Topic)
    }
}

/// Where the line is cut into slices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Slice")]
pub enum RawSlice {
    /// At something that upstream has.
    At(SliceAt),
    /// After so much.
    Every(RawSliceEvery),
}

/// What the line is cut at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SliceAt {
    /// After each commit that a tag names, upstream's or the clone's.
    Release,
    /// Before each commit that a person decides on.
    Decision,
}

/// After how much the line is cut: one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "SliceEvery", extend("minProperties" = 1))]
pub struct RawSliceEvery {
    /// So many units.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub units: Option<u32>,
    /// So many days, by the day a commit was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub days: Option<u32>,
}

/// What a slice of the line lands as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Land {
    /// A commit for each of its units.
    #[default]
    Picks,
    /// One merge commit, so that git itself knows what is in, and blame keeps upstream's commits.
    Merge,
}

impl RawConfig {
    /// Whether upstream's tags are needed: its releases are followed, or the line is cut at them.
    pub(crate) fn needs_tags(&self) -> bool {
        self.upstream.tags.is_some()
            || self.phases.iter().any(|phase| phase.slice == Some(RawSlice::At(SliceAt::Release)))
    }
}

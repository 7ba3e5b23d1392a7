//! What people wrote of the range, of its phases and of paths, kept in their words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RawPick;
use crate::config::words;

/// Commits of a phase that belong together, shown apart in the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Category")]
pub struct RawCategory {
    /// What people read.
    #[schemars(with = "words::Title")]
    pub title: String,
    /// What to do with them, in a person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub note: Option<String>,
    /// The commits, named one by one.
    #[schemars(length(min = 1))]
    pub commits: Vec<RawPick>,
}

/// What to know of a path; it is shown with its conflicts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PathNote")]
pub struct RawPathNote {
    /// A glob: `Cargo.toml` is the one at the top, `**/Cargo.toml` any.
    #[schemars(with = "words::Text")]
    pub path: String,
    /// How a person would resolve it.
    #[schemars(with = "words::Text")]
    pub note: String,
}

/// What an analysis said of the whole range; the report shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Analysis")]
pub struct RawAnalysis {
    /// When it was written, as it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub date: Option<String>,
    /// What upstream did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub themes: Vec<String>,
    /// What it advises.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub advice: Vec<String>,
    /// How long it says things take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub estimates: Vec<String>,
    /// What it wants done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<RawStep>,
}

/// Something that an analysis wants done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step")]
pub struct RawStep {
    /// What.
    #[schemars(with = "words::Text")]
    pub text: String,
    /// Whether it is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}

impl RawAnalysis {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

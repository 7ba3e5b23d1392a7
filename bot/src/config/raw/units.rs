//! What is taken as one, as it is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What upstream's range is taken apart into. Each part is surveyed, planned and picked as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Units")]
pub enum UnitsBy {
    /// Commits where replaying them on the common ancestor ends at upstream's tree, else steps of the main line.
    #[default]
    Auto,
    /// Each commit, and what each merge resolved beyond git's own merge of its parents.
    Commits,
    /// Each step of upstream's main line: a commit, or a merge with all it brought in.
    Mainline,
}

impl UnitsBy {
    pub(super) const fn is_auto(&self) -> bool {
        matches!(self, Self::Auto)
    }
}

//! Keys that both sides changed differently, and what people answered there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::node::ManifestNode;
use super::toml;

/// A key the sides disagree about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyConflict {
    /// The full key, as TOML writes it: `workspace.dependencies.serde`, `bin[name = "a"].path`.
    pub key: String,
    /// Its value before both changes, on one line; nothing where it was not there.
    pub base: Option<String>,
    /// The fork's.
    pub ours: Option<String>,
    /// Upstream's.
    pub theirs: Option<String>,
}

/// How a disagreement about a key was resolved. Values are on one line, as TOML writes them inline.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyAnswer {
    /// The full key, as TOML writes it.
    pub key: String,
    /// The fork's value; nothing where it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<String>,
    /// Upstream's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<String>,
    /// What stands there instead; nothing where the key is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
}

impl KeyAnswer {
    /// Whether it answers this disagreement: the key and both values are the same.
    pub(super) fn answers(&self, conflict: &KeyConflict) -> bool {
        (&self.key, &self.ours, &self.theirs) == (&conflict.key, &conflict.ours, &conflict.theirs)
    }
}

/// The value that is written like this.
pub(super) fn read(value: &str) -> Option<ManifestNode> {
    toml::read(&format!("value = {value}\n")).ok().filter(|entries| entries.len() == 1)?.swap_remove("value")
}

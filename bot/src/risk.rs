//! How risky a commit or a phase is.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A risk level; later ones are higher.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing speaks against it.
    #[default]
    Low,
    /// Worth a look.
    Medium,
    /// Needs care.
    High,
    /// Needs care now: security, or a change everything leans on.
    Critical,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

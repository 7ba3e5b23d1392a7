//! The dashboard, as written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::words;

/// The issue that says how the whole stands: progress, what waits on whom, how far the fork is behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Dashboard")]
pub struct DashboardSettings {
    /// Whether there is one.
    pub enabled: bool,
    /// Its title.
    #[schemars(with = "words::Title")]
    pub title: String,
    /// It warns when the oldest commit still to take is older than so many days; 0: never.
    #[schemars(range(max = 10000))]
    pub alarm_days: u32,
}

impl Default for DashboardSettings {
    fn default() -> Self {
        Self { enabled: true, title: "Uptake: upstream status".into(), alarm_days: 90 }
    }
}

//! What the branches of phases stand on, and when they move.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What phases are built on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stacking {
    /// On the fork's branch.
    #[default]
    Fork,
    /// On the phase before.
    Previous,
    /// On the fork's branch, and each phase starts when those before it have landed.
    Landed,
}

/// Whether chained pull requests are made a stack on the forge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NativeStacks {
    /// Once, where the forge has stacks.
    #[default]
    Offer,
    /// Not by Uptake.
    Never,
}

/// When a push to the fork's branch moves the branches of the phases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rebuild {
    /// Where a phase comes to something else than its branch merged, or its branch does not merge any more.
    #[default]
    WhenNeeded,
    /// With every push.
    Always,
}

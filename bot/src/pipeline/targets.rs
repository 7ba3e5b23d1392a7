//! What is tested, as it is remembered: enough to look at the tests without building anything.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ci::{BASE, TestTarget};
use crate::config::Config;
use crate::names::{CellName, PhaseId};
use engine::ids::CommitId;

/// A commit that is tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownTarget {
    of: String,
    /// The phase whose configuration says how.
    by: PhaseId,
    #[schemars(with = "String")]
    head: CommitId,
    #[schemars(with = "String")]
    base: CommitId,
    cells: Vec<CellName>,
    again: Vec<usize>,
    /// The open pull request that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pull: Option<u64>,
}

impl KnownTarget {
    /// A target, with the phase that says how it is tested. One that is skipped is none.
    pub(super) fn of(target: &TestTarget, by: &PhaseId, pull: Option<u64>) -> Option<Self> {
        let TestTarget { of, head, base, ci, again, skipped, .. } = target;
        let (of, by, cells, again) = (of.clone(), by.clone(), ci.names().cloned().collect(), again.clone());
        skipped.is_none().then_some(Self { of, by, head: *head, base: *base, cells, again, pull })
    }

    /// The target; `None` where the configuration has no such phase, or no such cell.
    pub(super) fn target(&self, config: &Config) -> Option<TestTarget> {
        let mut ci = config.phase(&self.by)?.ci.clone();
        // A base that several phases are on has the cells of them all.
        let cell = |name: &CellName| {
            let all = || config.phases.iter().find_map(|phase| phase.ci.cell(name));
            ci.cell(name).or_else(all).cloned()
        };
        ci.cells = self.cells.iter().map(cell).collect::<Option<_>>()?;
        let (of, again) = (self.of.clone(), self.again.clone());
        Some(TestTarget { of, head: self.head, tree: None, base: self.base, ci, skipped: None, again })
    }

    /// Whether it is a base that several phases stand on.
    pub(super) fn is_base(target: &TestTarget) -> bool {
        target.of == BASE
    }
}

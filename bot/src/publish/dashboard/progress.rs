//! How much of a phase is done.

use super::bar::bar;
use crate::pick::{BuiltPhase, Outcome, Pick};
use crate::plan::Reason;

/// Whether a pick waits for a person.
fn waits(pick: &Pick) -> bool {
    pick.outcome.waits() || pick.outcome == Outcome::LeftOut
}

/// How much of a phase is done.
pub(super) struct PhaseProgress {
    pub(super) taken: usize,
    pub(super) ready: usize,
    pub(super) waits: usize,
}

impl PhaseProgress {
    pub(super) fn of(phase: &BuiltPhase) -> Self {
        let taken = phase.left_out.iter().filter(|left| matches!(left.reason, Reason::Taken(_) | Reason::Ancestor));
        let waits = phase.picks.iter().filter(|pick| waits(pick) && pick.commit.is_none()).count();
        Self { taken: taken.count(), ready: phase.landed(), waits }
    }

    pub(super) fn describe(&self) -> String {
        let parts = [(self.taken, '█', "in"), (self.ready, '▓', "ready"), (self.waits, '░', "open")];
        let bar = bar(&parts.map(|(count, sign, _)| (count, sign)));
        if bar.is_empty() {
            return "nothing to take".to_owned();
        }
        let described = parts.iter().filter(|(count, ..)| *count > 0).map(|(count, _, what)| format!("{count} {what}"));
        format!("`{bar}` {}", described.collect::<Vec<_>>().join(", "))
    }
}

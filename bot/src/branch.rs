//! What the bot's branches are called: all begin alike, so that they can be distinguished from people's.

use crate::names::{BranchName, PhaseId};

/// What all their names begin with.
pub const PREFIX: &str = "uptake/";

/// The branch of the ledger.
pub const LEDGER: &str = "uptake/ledger";

/// What the branches begin with on which a search tries commits one by one.
pub const BISECT: &str = "uptake/bisect/";

/// The branch of a phase's first pull request.
#[must_use]
pub fn of_phase(id: &PhaseId) -> BranchName {
    format!("{PREFIX}{id}").into()
}

/// The branch of a phase's pull request by its number, from 1: `uptake/<id>`, `uptake/<id>-2` and so on.
#[must_use]
pub fn of_round(id: &PhaseId, number: usize) -> BranchName {
    if number < 2 { of_phase(id) } else { format!("{PREFIX}{id}-{number}").into() }
}

/// The number of the phase's pull request that a branch name means; `None` where it is none of the phase's.
#[must_use]
pub fn round(branch: &str, id: &PhaseId) -> Option<usize> {
    match branch.strip_prefix(PREFIX)?.strip_prefix(id.as_str())? {
        "" => Some(1),
        rest => rest.strip_prefix('-')?.parse().ok().filter(|number| *number > 1),
    }
}

/// The branch for a person who takes the phase by hand.
#[must_use]
pub fn by_hand(id: &PhaseId) -> BranchName {
    format!("{PREFIX}{id}-by-hand").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_tells_its_round() {
        let rounds: Vec<_> = ["uptake/a", "uptake/a-2", "uptake/a-1", "uptake/ab", "a", "uptake/a-x"]
            .map(|name| round(name, &"a".into()))
            .into();
        assert_eq!(rounds, [Some(1), Some(2), None, None, None, None]);
        assert_eq!(
            [1, 2, 13].map(|number| round(&of_round(&"a".into(), number), &"a".into())),
            [Some(1), Some(2), Some(13)]
        );
    }
}

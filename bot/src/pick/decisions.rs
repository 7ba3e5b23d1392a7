//! What a person decides, the cheapest first: fewest places for each pick that then applies. Pure.

use std::cmp::Ordering;

use super::conflict::places;
use super::{Built, BuiltPhase, Pick};

/// A pick that a person resolves.
#[derive(Debug, Clone, Copy)]
pub struct OpenDecision<'b> {
    pub phase: &'b BuiltPhase,
    /// Which of its picks.
    pub at: usize,
    pub cost: Cost,
}

impl OpenDecision<'_> {
    #[must_use]
    pub fn pick(&self) -> &Pick {
        &self.phase.picks[self.at]
    }
}

/// What a decision costs: the less, the better it is to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// In how many places it is resolved.
    pub places: usize,
    /// How many picks wait for it and for nothing else.
    pub frees: usize,
}

impl Cost {
    /// What deciding on a pick costs, and frees among all picks.
    pub fn of<'p>(pick: &Pick, all: impl IntoIterator<Item = &'p Pick>) -> Self {
        let frees = all.into_iter().filter(|other| other.follows == [pick.sha]).count();
        Self { places: places(pick.open()), frees }
    }
}

impl Ord for Cost {
    fn cmp(&self, other: &Self) -> Ordering {
        let shares = (self.places * (1 + other.frees)).cmp(&(other.places * (1 + self.frees)));
        shares.then(self.places.cmp(&other.places)).then(other.frees.cmp(&self.frees))
    }
}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Built {
    /// The picks that a person resolves, the cheapest first. One that applies, and waits for what it changes alone, is none: there is
    /// nothing to resolve.
    #[must_use]
    pub fn decisions(&self) -> Vec<OpenDecision<'_>> {
        let picks = || self.phases.iter().flat_map(|phase| &phase.picks);
        let all = self.phases.iter().flat_map(|phase| (0..phase.picks.len()).map(move |at| (phase, at)));
        let decisions = all.filter(|(phase, at)| {
            let pick = &phase.picks[*at];
            pick.outcome.needs_person() && !pick.is_held_back()
        });
        let mut found: Vec<_> = decisions
            .map(|(phase, at)| OpenDecision { phase, at, cost: Cost::of(&phase.picks[at], picks()) })
            .collect();
        // What changes the licence is never the one to begin with.
        found.sort_by_key(|decision| (decision.pick().is_weighty(), decision.cost));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_frees_much_is_cheaper_than_its_places_say() {
        let mut all = [(1, 0), (6, 5), (2, 0), (2, 3), (1, 1)].map(|(places, frees)| Cost { places, frees });
        all.sort();
        assert_eq!(all.map(|cost| (cost.places, cost.frees)), [(1, 1), (2, 3), (1, 0), (6, 5), (2, 0)]);
    }
}

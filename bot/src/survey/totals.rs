//! Counts over a range.

use serde::Serialize;

use super::{Alone, Cascade, Surveyed, Verdict};
use crate::line::OnLine;

/// Counts over the range.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    pub units: usize,
    /// Commits of the range that are no merges.
    pub commits: usize,
    /// Merges of the range.
    pub merges: usize,
    /// Units whose change the fork already has.
    pub taken: usize,
    /// All other units.
    pub open: usize,
    /// Of these, units that the fork perhaps has.
    pub perhaps: usize,
    /// Picked alone onto the fork's head: they apply.
    pub clean: usize,
    /// Picked alone: they conflict.
    pub conflict: usize,
    /// Picked alone: they change nothing.
    pub noop: usize,
    /// Units that conflict by themselves.
    pub roots: usize,
    /// Units that conflict only for lack of earlier ones.
    pub cascades: usize,
    /// What becomes of the units on the line.
    pub line: LineTotals,
}

/// Counts of what becomes of units on the line; those the fork has are `taken` already.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LineTotals {
    /// They apply.
    pub clean: usize,
    /// They apply, conflicts having been resolved without a person.
    pub resolved: usize,
    /// A person decides.
    pub decide: usize,
    /// They lack earlier units alone.
    pub follows: usize,
    /// What they change is not in the fork yet.
    pub not_needed_yet: usize,
    /// Nothing is left to change.
    pub no_op: usize,
    /// They are left out.
    pub left_out: usize,
    /// The places left to a person.
    pub hunks: usize,
}

impl LineTotals {
    /// Counts units.
    #[must_use]
    pub fn of(units: &[Surveyed]) -> Self {
        let count = |line: OnLine| units.iter().filter(|unit| unit.line == line).count();
        Self {
            clean: count(OnLine::Clean),
            resolved: count(OnLine::Resolved),
            decide: count(OnLine::Decide),
            follows: count(OnLine::Follows),
            not_needed_yet: count(OnLine::NotNeededYet),
            no_op: count(OnLine::NoOp),
            left_out: count(OnLine::LeftOut),
            hunks: units.iter().map(|unit| unit.hunks).sum(),
        }
    }
}

impl Totals {
    /// Counts the units of a range of so many commits and merges.
    #[must_use]
    pub fn of(units: &[Surveyed], (commits, merges): (usize, usize)) -> Self {
        let count = |is: &dyn Fn(&Surveyed) -> bool| units.iter().filter(|unit| is(unit)).count();
        Self {
            units: units.len(),
            commits,
            merges,
            taken: count(&|commit| commit.verdict == Verdict::Taken),
            open: count(&|commit| commit.verdict == Verdict::Open),
            perhaps: count(&|commit| commit.perhaps.is_some()),
            clean: count(&|commit| commit.alone == Alone::Clean),
            conflict: count(&|commit| commit.alone == Alone::Conflict),
            noop: count(&|commit| commit.alone == Alone::Noop),
            roots: count(&|commit| commit.cascade == Cascade::Root),
            cascades: count(&|commit| commit.cascade == Cascade::Cascade),
            line: LineTotals::of(units),
        }
    }
}

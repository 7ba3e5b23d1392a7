//! Slices: the line cut into phases, in upstream's order, each for a branch that stands on the one before.
//!
//! A slice is named after the unit it begins with. Where one was published under that name it begins there ever after, whatever is
//! decided or comes in later, so that nobody's pull request changes hands.

use std::collections::{BTreeMap, BTreeSet};

use super::{ChosenCommit, LeftOut, PlannedPhase};
use crate::config::raw::Land;
use crate::config::{self, LineSettings, Slice, slice_id};
use crate::names::PhaseId;
use crate::survey::{Survey, Surveyed};
use engine::ids::CommitId;

/// What is known of the slices beyond the survey.
#[derive(Debug, Clone, Default)]
pub struct SliceFacts {
    /// The slices that were published, and whether their pull request is open.
    pub published: BTreeMap<PhaseId, bool>,
    /// The commits that tags name.
    pub releases: BTreeSet<CommitId>,
}

/// A slice of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedSlice {
    /// The phase of the configuration that it is a part of.
    pub of: PhaseId,
    /// The unit of upstream that it ends with.
    pub end: CommitId,
    /// What it lands as.
    pub land: Land,
}

/// What the line takes and leaves of each unit that is its own.
pub(super) type LineUnits = BTreeMap<usize, Result<ChosenCommit, LeftOut>>;

/// Cuts the line. `units` are those that no other phase has, by place.
pub(super) fn cut(
    survey: &Survey,
    (phase, settings): (&config::Phase, LineSettings),
    mut units: LineUnits,
    facts: &SliceFacts,
) -> Vec<PlannedPhase> {
    let frontier = units.iter().find_map(|(at, unit)| {
        let decides = unit.is_ok() && survey.commits[*at].decides();
        decides.then_some(*at)
    });
    let mut cutter = Cutter { settings, facts, frontier, chosen: 0, window: None, released: false };
    let mut slices: Vec<Started> = Vec::new();
    for (at, unit) in survey.commits.iter().enumerate() {
        let id = slice_id(&phase.id, unit.sha);
        let choice = units.remove(&at);
        let known = facts.published.get(&id);
        if known.is_some() || slices.is_empty() || choice.as_ref().is_some_and(Result::is_ok) && cutter.cuts(at, unit) {
            slices.push(Started::new(id, known == Some(&true)));
            cutter.begin();
        }
        cutter.pass(unit, choice.as_ref().is_some_and(Result::is_ok));
        if let Some(slice) = slices.last_mut() {
            match choice {
                Some(Ok(choice)) => slice.choices.push(choice),
                Some(Err(left)) => slice.left_out.push(left),
                None => {}
            }
            slice.end = Some(unit.sha);
        }
    }
    // One with a pull request is told that there is nothing left; of any other there is nothing to tell.
    let there = slices.into_iter().filter(|slice| slice.open || !slice.choices.is_empty());
    there.filter_map(|slice| slice.phase(survey, phase)).collect()
}

/// A slice while it is cut.
struct Started {
    id: PhaseId,
    open: bool,
    choices: Vec<ChosenCommit>,
    left_out: Vec<LeftOut>,
    end: Option<CommitId>,
}

impl Started {
    fn new(id: PhaseId, open: bool) -> Self {
        Self { id, open, choices: Vec::new(), left_out: Vec::new(), end: None }
    }

    fn phase(self, survey: &Survey, line: &config::Phase) -> Option<PlannedPhase> {
        let units: Vec<&Surveyed> = self.choices.iter().filter_map(|choice| survey.get(choice.sha)).collect();
        Some(PlannedPhase {
            id: self.id,
            title: title(&line.title, &units),
            slice: Some(PlannedSlice { of: line.id.clone(), end: self.end?, land: line.line?.land }),
            choices: self.choices,
            left_out: self.left_out,
            on_conflict: line.on_conflict,
            ci: line.ci.clone(),
        })
    }
}

/// Where the next slice begins.
struct Cutter<'a> {
    settings: LineSettings,
    facts: &'a SliceFacts,
    /// The first unit that a person decides on: all before it lands without.
    frontier: Option<usize>,
    /// How many units the present slice takes.
    chosen: usize,
    /// The days its first unit belongs to.
    window: Option<i64>,
    /// Whether a release ended just now.
    released: bool,
}

impl Cutter<'_> {
    /// Whether a slice begins with this unit, which the line takes.
    fn cuts(&self, at: usize, unit: &Surveyed) -> bool {
        if self.chosen == 0 {
            return false;
        }
        self.frontier == Some(at)
            || match self.settings.slice {
                Slice::Units(most) => self.chosen >= most,
                Slice::Days(days) => self.window.is_some_and(|window| window < window_of(unit, days)),
                Slice::Release => self.released,
                Slice::Decision => unit.decides(),
            }
    }

    fn begin(&mut self) {
        (self.chosen, self.window, self.released) = (0, None, false);
    }

    /// Goes on past a unit.
    fn pass(&mut self, unit: &Surveyed, taken: bool) {
        if taken {
            self.chosen += 1;
            if let Slice::Days(days) = self.settings.slice {
                self.window = self.window.max(Some(window_of(unit, days)));
            }
        }
        let names = || unit.inside.iter().chain([&unit.sha]);
        self.released |= names().any(|sha| self.facts.releases.contains(sha));
    }
}

/// Which of the stretches of so many days a unit was written in, counted from a day that never changes.
fn window_of(unit: &Surveyed, days: u32) -> i64 {
    unit.date.seconds.div_euclid(86_400).div_euclid(i64::from(days.max(1)))
}

/// `Upstream 1 to 19 October, 23 units`.
fn title(begin: &str, units: &[&Surveyed]) -> String {
    let days = || units.iter().map(|unit| unit.date.day());
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return begin.to_owned() };
    let number = match units.len() {
        1 => "1 unit".to_owned(),
        many => format!("{many} units"),
    };
    format!("{begin} {}, {number}", span(&first, &last))
}

/// Two days of the form `2025-10-19` as people write them: what both have in common is said once.
fn span(first: &str, last: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let read = |day: &str| -> Option<(String, &'static str, u32)> {
        let (rest, day) = day.rsplit_once('-')?;
        let (year, month) = rest.rsplit_once('-')?;
        Some((year.to_owned(), MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?, day.parse().ok()?))
    };
    match (read(first), read(last)) {
        (Some(one), Some(other)) if one == other => format!("{} {}", one.2, one.1),
        (Some(one), Some(other)) if one.0 != other.0 => {
            format!("{} {} {} to {} {} {}", one.2, one.1, one.0, other.2, other.1, other.0)
        }
        (Some(one), Some(other)) if one.1 == other.1 => format!("{} to {} {}", one.2, other.2, one.1),
        (Some(one), Some(other)) => format!("{} {} to {} {}", one.2, one.1, other.2, other.1),
        _ => format!("{first} to {last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn days_are_said_as_briefly_as_they_can_be() {
        assert_eq!(span("2025-10-01", "2025-10-19"), "1 to 19 October");
        assert_eq!(span("2025-10-01", "2025-10-01"), "1 October");
        assert_eq!(span("2025-09-28", "2025-10-03"), "28 September to 3 October");
        assert_eq!(span("2025-12-28", "2026-01-03"), "28 December 2025 to 3 January 2026");
        assert_eq!(span("-0001-01-01", "2026-01-03"), "1 January -0001 to 3 January 2026");
    }
}

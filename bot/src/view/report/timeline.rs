//! The range over time: what becomes of its units, week by week or in longer steps, as a chart's columns.

use serde::Serialize;

use super::index::ReportIndex;
use super::months::{MonthMark, ticks};
use super::svg::{at, length};
use crate::survey::OnLine;
use crate::text::{figure, grouped_count};
use engine::commit::When;

/// The most columns that can be distinguished on a narrow screen.
const COLUMNS: i64 = 32;
/// How many days a column may have, and what that is called.
const STEPS: [(i64, &str); 7] = [
    (1, "day"),
    (7, "week"),
    (14, "two weeks"),
    (28, "four weeks"),
    (91, "quarter"),
    (182, "half-year"),
    (364, "year"),
];
/// How many months are named below the chart.
const NAMED: usize = 6;
/// How many neighbours on either side have a say in when a unit was written, so that one clock gone wrong moves nothing.
const NEIGHBOURS: usize = 3;
const DAY: i64 = 86_400;
/// The first day of all was a Thursday; weeks begin on Monday.
const MONDAY: i64 = 3;

/// What becomes of a unit, from the line upwards: what is done, what needs nobody, what waits, what a person decides.
const KINDS: [(&str, &str); 6] = [
    ("taken", "in the fork"),
    ("no-op", "no effect, or left out"),
    ("clean", "clean"),
    ("resolved", "resolved"),
    ("cascade", "follow"),
    ("root", "to decide"),
];

/// The chart.
#[derive(Serialize)]
pub(super) struct Timeline {
    /// How long a column is, in a word.
    pub step: &'static str,
    /// What there is of each kind that occurs.
    pub kinds: Vec<TimelineKind>,
    pub columns: Vec<TimelineColumn>,
    pub months: Vec<MonthMark>,
    /// The chart in words, for those who cannot see it.
    pub about: String,
}

#[derive(Serialize)]
pub(super) struct TimelineKind {
    pub class: &'static str,
    pub name: &'static str,
    pub figure: String,
}

#[derive(Serialize)]
pub(super) struct TimelineColumn {
    /// The day it begins.
    pub day: String,
    pub total: usize,
    /// How many there are of each kind in `Timeline::kinds`.
    pub counts: Vec<usize>,
    /// The parts from the line upwards: a style, and a height in percent of the chart's.
    pub parts: Vec<(&'static str, String)>,
}

/// Draws it; `None` where there is no commit.
pub(super) fn timeline(index: &ReportIndex<'_>) -> Option<Timeline> {
    let commits = &index.facts.survey.commits;
    let days = steady(&commits.iter().map(|commit| commit.date.seconds.div_euclid(DAY)).collect::<Vec<_>>());
    let (first, last) = (*days.first()?, *days.last()?);
    let (size, step) = STEPS.into_iter().find(|(size, _)| (last - first) / size < COLUMNS - 1).unwrap_or_else(|| {
        let years = (last - first) / (COLUMNS - 1) + 1;
        (years, "step")
    });
    let shift = if size == 1 { 0 } else { MONDAY };
    let place = |day: i64| (day + shift).div_euclid(size);
    let mut counted = vec![[0_usize; KINDS.len()]; usize::try_from(place(last) - place(first)).unwrap_or_default() + 1];
    let mut totals = [0_usize; KINDS.len()];
    for (commit, day) in commits.iter().zip(&days) {
        let kind = kind(commit.line);
        totals[kind] += 1;
        if let Some(column) =
            usize::try_from(place(*day) - place(first)).ok().and_then(|column| counted.get_mut(column))
        {
            column[kind] += 1;
        }
    }
    let most = counted.iter().map(|column| column.iter().sum::<usize>()).max().unwrap_or_default().max(1);
    let occurs: Vec<usize> = (0..KINDS.len()).filter(|kind| totals[*kind] > 0).collect();
    let columns: Vec<TimelineColumn> = counted
        .iter()
        .zip(place(first)..)
        .map(|(counts, place)| TimelineColumn {
            day: When { seconds: (place * size - shift) * DAY, offset: 0 }.day(),
            total: counts.iter().sum(),
            counts: occurs.iter().map(|kind| counts[*kind]).collect(),
            parts: occurs
                .iter()
                .filter(|kind| counts[**kind] > 0)
                .map(|kind| (KINDS[*kind].0, at(100.0 * length(counts[*kind]) / length(most))))
                .collect(),
        })
        .collect();
    let named: Vec<String> = columns.iter().map(|column| column.day.clone()).collect();
    let kinds: Vec<TimelineKind> = occurs
        .iter()
        .map(|kind| TimelineKind { class: KINDS[*kind].0, name: KINDS[*kind].1, figure: figure(totals[*kind]) })
        .collect();
    let parts: Vec<String> = kinds.iter().map(|kind| format!("{} {}", kind.figure, kind.name)).collect();
    Some(Timeline {
        step,
        months: ticks(&named, length(columns.len() / NAMED)),
        about: format!("{} by {step}: {}.", grouped_count(commits.len(), "commit"), parts.join(", ")),
        kinds,
        columns,
    })
}

/// The place of an outcome among the kinds.
const fn kind(line: OnLine) -> usize {
    match line {
        OnLine::Taken => 0,
        OnLine::NoOp | OnLine::LeftOut => 1,
        OnLine::Clean => 2,
        OnLine::Resolved => 3,
        OnLine::Follows | OnLine::NotNeededYet => 4,
        OnLine::Decide => 5,
    }
}

/// Days in upstream's order, which go forward only: a branch merged late brings older dates after newer ones.
fn steady(days: &[i64]) -> Vec<i64> {
    let mut latest = i64::MIN;
    (0..days.len())
        .map(|at| {
            let mut near = days[at.saturating_sub(NEIGHBOURS)..days.len().min(at + NEIGHBOURS + 1)].to_vec();
            near.sort_unstable();
            latest = latest.max(near[near.len() / 2]);
            latest
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::steady;

    #[test]
    fn one_clock_gone_wrong_stretches_nothing() {
        let mut days: Vec<i64> = (20_000..20_010).collect();
        days[4] = 0;
        days[7] = 90_000;
        let steady = steady(&days);
        assert!(steady.is_sorted() && steady.first() >= Some(&20_000) && steady.last() <= Some(&20_010), "{steady:?}");
    }
}

//! The calendar under the range: commits stand in upstream's order, and the months say when that was.

use serde::Serialize;

use super::svg::length;

/// How many neighbours on either side have a say in a commit's month, so that one clock gone wrong moves no tick.
const NEIGHBOURS: usize = 3;
const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Where a month begins among the commits, and what it is called there: `Mar`, or `2026` at a new year.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct MonthMark {
    pub at: usize,
    pub name: String,
}

/// The ticks for commits written on these days (`2025-11-22`, in upstream's order), no closer than `gap` commits apart.
pub(super) fn ticks(days: &[String], gap: f64) -> Vec<MonthMark> {
    let months: Vec<&str> = days.iter().map(|day| day.get(..7).unwrap_or_default()).collect();
    let mut ticks: Vec<MonthMark> = Vec::new();
    let (mut latest, mut year_named) = ("", "");
    for at in 0..months.len() {
        let month = median(&months[at.saturating_sub(NEIGHBOURS)..months.len().min(at + NEIGHBOURS + 1)]);
        // Months only go forward: a branch merged late brings older dates after newer ones.
        if month <= latest {
            continue;
        }
        latest = month;
        if ticks.last().is_some_and(|tick| length(at - tick.at) < gap) {
            continue;
        }
        let (year, number) = month.split_once('-').unwrap_or_default();
        let number = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(name) = number.and_then(|number| NAMES.get(number)) else { continue };
        let name = if year == year_named { (*name).to_owned() } else { format!("{name} {year}") };
        year_named = year;
        ticks.push(MonthMark { at, name });
    }
    ticks
}

fn median<'a>(months: &[&'a str]) -> &'a str {
    let mut sorted = months.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(days: &[&str], gap: f64) -> Vec<String> {
        let days: Vec<String> = days.iter().map(|day| (*day).to_owned()).collect();
        ticks(&days, gap).into_iter().map(|tick| format!("{}:{}", tick.at, tick.name)).collect()
    }

    #[test]
    fn a_month_is_named_where_it_begins_and_a_year_once() {
        let mut days = vec!["2025-11-22"; 8];
        days.extend(["2025-12-01"; 8]);
        days.extend(["2026-01-03"; 8]);
        assert_eq!(named(&days, 1.0), ["0:Nov 2025", "8:Dec", "16:Jan 2026"]);
        assert_eq!(named(&days, 10.0), ["0:Nov 2025", "16:Jan 2026"]);
    }

    #[test]
    fn one_clock_gone_wrong_moves_nothing() {
        let mut days = vec!["2025-11-22"; 8];
        days[3] = "2099-01-01";
        days[5] = "1970-01-01";
        assert_eq!(named(&days, 1.0), ["0:Nov 2025"]);
    }

    #[test]
    fn no_commits_no_calendar() {
        assert_eq!(named(&[], 1.0), Vec::<String>::new());
    }
}

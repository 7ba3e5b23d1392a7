//! A topic that is too large for one review, in parts by time.

use super::Topic;
use crate::config::raw::RawRule;
use crate::survey::Surveyed;

/// A topic as it is where it has at most so many commits, else its parts, each with a first or a last day.
pub(super) fn of(topic: Topic, commits: Vec<&Surveyed>, most: usize) -> Vec<(Topic, Vec<&Surveyed>)> {
    if commits.len() <= most {
        return vec![(topic, commits)];
    }
    let mut days: Vec<String> = commits.iter().map(|commit| commit.date.day()).collect();
    days.sort();
    // A part ends where the next day would make it too large; commits of one day stay together.
    let size = days.len().div_ceil(days.len().div_ceil(most));
    let mut ends: Vec<String> = Vec::new();
    let mut count = 0;
    for group in days.chunk_by(|one, other| one == other) {
        if count > 0 && (count >= size || count + group.len() > most) {
            count = 0;
            let before = days[days.partition_point(|day| *day < group[0]) - 1].clone();
            ends.push(before);
        }
        count += group.len();
    }
    let mut left = commits;
    let mut parts = Vec::new();
    let number = ends.len() + 1;
    for (at, end) in ends.iter().map(Some).chain([None]).enumerate() {
        let rule = |rule: &RawRule| RawRule { until: end.cloned(), ..rule.clone() };
        // What is named and what no day bounds goes to the last part.
        let (taken, rest): (Vec<&Surveyed>, Vec<&Surveyed>) =
            left.into_iter().partition(|commit| end.is_none_or(|end| commit.date.day() <= *end));
        left = rest;
        let named = taken.iter().map(|commit| commit.sha).filter(|sha| topic.named.contains(sha)).collect();
        let part = Topic {
            title: format!("{} ({} of {number})", topic.title, at + 1),
            rules: topic.rules.iter().map(rule).collect(),
            named,
        };
        if !taken.is_empty() {
            parts.push((part, taken));
        }
    }
    parts
}

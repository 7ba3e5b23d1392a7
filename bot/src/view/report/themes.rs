//! What upstream did, in themes: the topics of the range, the largest first.

use super::index::ReportIndex;
use super::view::ThemeRow;
use crate::survey::{Surveyed, Verdict, topics};
use crate::text::visible;

/// How many themes are named; the rest are a line.
const NAMED: usize = 10;

/// The themes, and how many commits are in none of those named.
pub(super) fn themes(index: &ReportIndex<'_>) -> (Vec<ThemeRow>, usize) {
    let commits: Vec<&Surveyed> = index.facts.survey.commits.iter().collect();
    let learned = topics::themes(&commits);
    let mut taken = learned.taken;
    taken.sort_by_key(|(_, commits)| std::cmp::Reverse(commits.len()));
    let rest: usize = taken.iter().skip(NAMED).map(|(_, commits)| commits.len()).sum();
    let row = |(topic, commits): (topics::Topic, Vec<&Surveyed>)| ThemeRow {
        title: visible(&topic.title),
        commits: commits.len(),
        open: commits.iter().filter(|commit| commit.verdict == Verdict::Open).count(),
        // The newest says best where it has come to.
        example: commits.last().map(|commit| index.link(commit.sha)),
    };
    (taken.into_iter().take(NAMED).map(row).collect(), rest + learned.left.len())
}

//! How many commits there are of each risk, with examples.

use super::index::ReportIndex;
use super::phases::level;
use super::view::RiskRow;
use crate::risk::Level;
use crate::survey::{Surveyed, Verdict};

/// How many examples each level gets.
const EXAMPLES: usize = 3;

/// The open commits by risk, the plan's word before the survey's, highest first; then what needs no risk any more.
pub(super) fn risks(index: &ReportIndex<'_>) -> Vec<RiskRow> {
    let commits = || index.facts.survey.commits.iter();
    let open = |wanted: Level| {
        let fits =
            |commit: &&Surveyed| commit.verdict == Verdict::Open && !commit.is_no_op() && index.risk(commit) == wanted;
        one(index, level(wanted), &commits().filter(fits).collect::<Vec<_>>(), "")
    };
    let mut risks: Vec<RiskRow> = Level::ALL.into_iter().rev().map(open).collect();
    let of = |is: &dyn Fn(&Surveyed) -> bool| -> Vec<&Surveyed> { commits().filter(|commit| is(commit)).collect() };
    risks.push(one(index, "taken", &of(&|commit| commit.verdict == Verdict::Taken), "in the fork already"));
    risks.push(one(index, "no-op", &of(&Surveyed::is_no_op), "would change nothing"));
    let most = risks.iter().map(|risk| risk.count).max().unwrap_or_default().max(1);
    for risk in &mut risks {
        risk.share = (risk.count * 100).div_ceil(most);
    }
    risks
}

/// The newest of them make the examples, as they are what people remember.
fn one(index: &ReportIndex<'_>, level: &'static str, commits: &[&Surveyed], note: &'static str) -> RiskRow {
    let examples = commits.iter().rev().take(EXAMPLES).map(|commit| index.link(commit.sha)).collect();
    RiskRow { level, count: commits.len(), share: 0, examples, note }
}

//! Numbers: against the document's own tables, and against the repository.

use std::collections::BTreeMap;

use super::ground::{DocumentCommit, FactIndex, fault_of_line};
use super::{Disagreement, DisagreementKind, RangeScope};
use crate::import::analysis::{Amount, RiskMark, Stated};
use crate::import::decision::Disposition;
use crate::import::document::DecisionCount;
use crate::risk::Level;
use crate::survey::{Alone, Totals};
use crate::text::count;

pub(super) fn check(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    let mut fault = |line: usize, text: String| faults.push(fault_of_line(line, DisagreementKind::Count, text));
    range(ground, &mut fault);
    risks(ground, &mut fault);
    summary(ground, &mut fault);
    decided(ground, &mut fault);
}

/// How many commits are said to be decided which way, against the document's own lists.
fn decided(ground: &FactIndex<'_>, fault: &mut impl FnMut(usize, String)) {
    let mut listed: BTreeMap<Disposition, usize> = BTreeMap::new();
    for decision in ground.first_rows().filter_map(|row| row.decision) {
        *listed.entry(decision).or_default() += 1;
    }
    for DecisionCount { line, decision, amount } in &ground.analysis.counts {
        let truth = listed.get(decision).copied().unwrap_or_default();
        if !amount.fits(truth) {
            fault(*line, format!("{amount} {}; the lists have {truth}", decision.counted()));
        }
    }
}

/// The totals of the range.
fn range(ground: &FactIndex<'_>, fault: &mut impl FnMut(usize, String)) {
    let totals = &ground.totals;
    let files = match ground.scope {
        RangeScope::Whole => ground.survey.files.upstream,
        RangeScope::Part(part) => part.files,
        RangeScope::Unknown { .. } => return,
    };
    for Stated { line, value } in &ground.analysis.claims.commits {
        if !value.fits(totals.commits) && !value.fits(totals.commits + totals.merges) {
            fault(
                *line,
                format!(
                    "{value} commits in all; the range has {} and {}",
                    totals.commits,
                    count(totals.merges, "merge")
                ),
            );
        }
    }
    for Stated { line, value } in &ground.analysis.claims.files {
        if !value.fits(files) {
            fault(*line, format!("{value} files; upstream changed {files}"));
        }
    }
}

/// How many distinct commits the tables give each risk; of a commit listed twice, the higher one.
fn tabled(ground: &FactIndex<'_>) -> BTreeMap<Option<Level>, usize> {
    let mut of_commit: BTreeMap<&String, Option<Level>> = BTreeMap::new();
    for row in ground.rows().filter(|row| row.duplicate.is_none()) {
        let Some(name) = ground.names.get(&row.sha) else { continue };
        let level = match row.risk {
            RiskMark::Level(level) => Some(level),
            _ => None,
        };
        let known = of_commit.entry(name).or_default();
        *known = (*known).max(level);
    }
    let mut counts = BTreeMap::new();
    for level in of_commit.into_values() {
        *counts.entry(level).or_default() += 1;
    }
    counts
}

fn duplicates(ground: &FactIndex<'_>) -> usize {
    ground.first_rows().filter(|row| row.duplicate.is_some()).count()
}

/// The risk table against the commit tables.
fn risks(ground: &FactIndex<'_>, fault: &mut impl FnMut(usize, String)) {
    let tabled = tabled(ground);
    for row in &ground.analysis.risks {
        let (said, truth) = match row.mark {
            RiskMark::Level(level) => {
                (format!("of {level} risk"), tabled.get(&Some(level)).copied().unwrap_or_default())
            }
            RiskMark::Duplicate => ("called duplicates".to_owned(), duplicates(ground)),
            RiskMark::None | RiskMark::Other(_) => continue,
        };
        if !row.amount.fits(truth) {
            fault(row.line, format!("{} {said}; the tables have {truth}", row.amount));
        }
    }
    let (Some(last), sum) = (ground.analysis.risks.last(), sum(ground.analysis.risks.iter().map(|row| row.amount)))
    else {
        return;
    };
    let listed = ground.first_rows().count();
    if !sum.fits(listed) {
        let range = ground.totals.commits;
        fault(
            last.line,
            format!(
                "the risk table adds up to {sum}; the tables list {}, and the range has {range}",
                count(listed, "commit")
            ),
        );
    }
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Amount {
    amounts.fold(Amount { count: 0, about: false }, |sum, next| Amount {
        count: sum.count.saturating_add(next.count),
        about: sum.about || next.about,
    })
}

/// The counts of the summary, against what picking the commits gives.
fn summary(ground: &FactIndex<'_>, fault: &mut impl FnMut(usize, String)) {
    let claims = &ground.analysis.claims;
    let totals = &ground.totals;
    if let Some(Stated { line, value }) = claims.safe
        && !value.fits(totals.clean)
    {
        let applies =
            |sha: &str| matches!(ground.commit(sha), DocumentCommit::Range(_, commit) if commit.alone == Alone::Clean);
        let all = ground.first_rows().count();
        let clean = ground.first_rows().filter(|row| applies(&row.sha)).count();
        let listed = format!("the tables list {all}, of which {clean} apply when picked alone onto the fork's head");
        let Totals { commits, clean, conflict, noop, .. } = totals;
        let range = format!("of the range's {commits}, {clean} apply, {conflict} conflict, {noop} change nothing");
        fault(line, format!("{value} called safe to pick; {listed}; {range}"));
    }
    if let Some(Stated { line, value }) = claims.review {
        let above: usize =
            tabled(ground).iter().filter(|(level, _)| **level > Some(Level::Low)).map(|(_, count)| count).sum();
        if !value.fits(above) && !value.fits(totals.conflict) {
            let truth = format!("the tables give {above} more than low risk, and {} conflict", totals.conflict);
            fault(line, format!("{value} said to need review; {truth}"));
        }
    }
    if let Some(Stated { line, value }) = claims.duplicates
        && !value.fits(totals.taken)
    {
        fault(line, format!("{value} called duplicates; the fork has {} of the range", totals.taken));
    }
    if let (Some(safe), Some(review), Some(duplicates)) = (&claims.safe, &claims.review, &claims.duplicates) {
        let sum = sum([safe, review, duplicates].into_iter().map(|claim| claim.value));
        let total = claims.commits.first().map_or(totals.commits, |claim| claim.value.count);
        if !sum.fits(total) {
            fault(duplicates.line, format!("the summary's groups add up to {sum}, not to {total} commits"));
        }
    }
}

//! Promises about conflicts and paths, against what picking each commit alone onto the fork's head gives.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;

use super::ground::{DocumentCommit, FactIndex, fault_of_line, matcher};
use super::{Disagreement, DisagreementKind};
use crate::import::analysis::{CommitRow, PrioritySection, SharedPath, Stated, StatedProbability};
use crate::import::remarks;
use crate::survey::{Alone, Surveyed};
use crate::text::{count, first_few};
use engine::path::RepoPath;

/// How many of many are named in one sentence.
const FEW: usize = 5;

pub(super) fn check(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    no_conflicts(ground, faults);
    safe_tables(ground, faults);
    safe_rows(ground, faults);
    local(ground, faults);
    both(ground, faults);
    expected(ground, faults);
}

/// Sentences about the range as a whole.
fn no_conflicts(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    let totals = &ground.totals;
    if totals.conflict > 0 {
        for Stated { line, .. } in &ground.analysis.claims.no_conflicts {
            let text = format!(
                "no conflicts are promised; picked one by one onto the fork's head, {} of {} conflict, {} apply, {} change nothing",
                totals.conflict, totals.commits, totals.clean, totals.noop
            );
            faults.push(fault_of_line(*line, DisagreementKind::Conflicts, text));
        }
    }
    if let Some(Stated { line, value: numbers }) = &ground.analysis.claims.safe_priorities {
        let named = |section: &&PrioritySection| section.number.is_some_and(|number| numbers.contains(&number));
        let rows = ground
            .analysis
            .sections
            .iter()
            .filter(named)
            .flat_map(|section| &section.tables)
            .flat_map(|table| &table.rows);
        let what = format!(
            "the commits of {} {}",
            if numbers.len() == 1 { "priority" } else { "priorities" },
            first_few(numbers.iter(), FEW)
        );
        faults.extend(of_rows(ground, *line, &what, rows));
    }
}

/// Actions that call a whole table safe.
fn safe_tables(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    for table in ground.analysis.tables() {
        if let Some(action) = table.action.as_ref().filter(|action| remarks::promises_safe(&action.value)) {
            faults.extend(of_rows(ground, action.line, "the commits of this table", table.rows.iter()));
        }
    }
}

fn of_rows<'a>(
    ground: &FactIndex<'_>,
    line: usize,
    what: &str,
    rows: impl Iterator<Item = &'a CommitRow>,
) -> Option<Disagreement> {
    let mut seen = BTreeSet::new();
    let to_pick = rows.filter(|row| row.duplicate.is_none()).map(|row| row.sha.as_str());
    let shas: Vec<&str> = to_pick.filter(|sha| seen.insert(ground.names.get(*sha))).collect();
    let conflicting: Vec<&str> = shas.iter().copied().filter(|sha| conflicts(ground, sha).is_some()).collect();
    (!conflicting.is_empty()).then(|| {
        let text = format!(
            "{what} are called safe to pick; of {}, {} conflict when picked alone: {}",
            shas.len(),
            conflicting.len(),
            first_few(conflicting.iter(), FEW)
        );
        fault_of_line(line, DisagreementKind::Conflicts, text)
    })
}

/// Notes that call one commit safe.
fn safe_rows(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    for row in ground.analysis.rows().filter(|row| remarks::promises_safe(&row.note)) {
        if let Some(commit) = conflicts(ground, &row.sha) {
            let paths = first_few(commit.conflicts.iter(), FEW);
            let text = format!("{} is noted as '{}', but picked alone it conflicts in {paths}", row.sha, row.note);
            faults.push(ground.fault(row.line, &row.sha, DisagreementKind::Conflicts, text));
        }
    }
}

fn conflicts<'a>(ground: &FactIndex<'a>, sha: &str) -> Option<&'a Surveyed> {
    match ground.commit(sha) {
        DocumentCommit::Range(_, commit) if commit.alone == Alone::Conflict => Some(*commit),
        _ => None,
    }
}

/// Paths said to be the fork's alone.
fn local(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    for Stated { line, value: glob } in &ground.analysis.local {
        let Some(matcher) = matcher(glob) else {
            faults.push(fault_of_line(*line, DisagreementKind::LocalPath, not_a_pattern(glob)));
            continue;
        };
        let touching: Vec<String> = touching(ground, &matcher).map(|commit| commit.sha.short()).collect();
        if !touching.is_empty() {
            let commits = count(touching.len(), "commit");
            let text = format!(
                "{glob} is said to be the fork's alone; upstream changes it in {commits}: {}",
                first_few(touching.iter(), FEW)
            );
            faults.push(fault_of_line(*line, DisagreementKind::LocalPath, text));
        }
    }
}

fn touching<'a>(ground: &FactIndex<'a>, matcher: &GlobMatcher) -> impl Iterator<Item = &'a Surveyed> {
    let touches = |commit: &&Surveyed| commit.paths.iter().any(|path| matcher.is_match(&*path.to_text()));
    ground.survey.commits.iter().filter(touches)
}

fn not_a_pattern(glob: &str) -> String {
    format!("'{glob}' is no path pattern, so it was not checked")
}

/// Files said to be changed by both sides.
fn both(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    let files = &ground.survey.files.both;
    let mut named: BTreeSet<&RepoPath> = BTreeSet::new();
    for SharedPath { line, path: glob, upstream } in &ground.analysis.both {
        let Some(matcher) = matcher(glob) else {
            faults.push(fault_of_line(*line, DisagreementKind::BothChanged, not_a_pattern(glob)));
            continue;
        };
        let commits = touching(ground, &matcher).count();
        let hits: Vec<&RepoPath> =
            files.iter().map(|file| &file.path).filter(|path| matcher.is_match(&*path.to_text())).collect();
        if hits.is_empty() {
            let so = match commits {
                0 => "no commit of upstream touches it".to_owned(),
                _ => format!("only upstream does, in {}", count(commits, "commit")),
            };
            faults.push(fault_of_line(
                *line,
                DisagreementKind::BothChanged,
                format!("{glob} is said to be changed by both sides; {so}"),
            ));
        }
        if let Some(Stated { line, value }) = upstream
            && !value.fits(commits)
        {
            let text = format!("upstream is said to change {glob} in {value} of its commits; it does in {commits}");
            faults.push(fault_of_line(*line, DisagreementKind::Count, text));
        }
        named.extend(hits);
    }
    let Some(last) = ground.analysis.both.last() else { return };
    let mut missing: Vec<_> = files.iter().filter(|file| !named.contains(&file.path)).collect();
    if !missing.is_empty() {
        missing.sort_by_key(|file| std::cmp::Reverse(file.upstream_commits + file.fork_commits));
        let names: Vec<&RepoPath> = missing.iter().map(|file| &file.path).collect();
        let text = format!(
            "{} are changed by both sides; {} of them not named, the busiest being {}",
            count(files.len(), "file"),
            missing.len(),
            first_few(names.iter(), FEW)
        );
        faults.push(fault_of_line(last.line, DisagreementKind::BothChanged, text));
    }
}

/// Conflicts said to come.
fn expected(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    let mut per_path: BTreeMap<&RepoPath, usize> = BTreeMap::new();
    for path in ground.survey.commits.iter().filter(|commit| commit.alone == Alone::Conflict).flat_map(|c| &c.conflicts)
    {
        *per_path.entry(path).or_default() += 1;
    }
    let mut named: BTreeSet<&RepoPath> = BTreeSet::new();
    for expected in &ground.analysis.expected {
        let Some(matcher) = matcher(&expected.path) else {
            faults.push(fault_of_line(
                expected.line,
                DisagreementKind::ExpectedConflict,
                not_a_pattern(&expected.path),
            ));
            continue;
        };
        let hits: Vec<&RepoPath> = per_path.keys().copied().filter(|path| matcher.is_match(&*path.to_text())).collect();
        named.extend(&hits);
        let count = hits.iter().filter_map(|path| per_path.get(path)).max().copied().unwrap_or_default();
        let path = &expected.path;
        let text = match expected.probability {
            Some(StatedProbability::High | StatedProbability::Medium) | None if count == 0 => {
                format!("{path} is expected to conflict; no commit picked alone conflicts there")
            }
            Some(StatedProbability::Low) if count > 1 => {
                format!("{path} is given a low probability to conflict; {count} commits picked alone conflict there")
            }
            _ => continue,
        };
        faults.push(fault_of_line(expected.line, DisagreementKind::ExpectedConflict, text));
    }
    let Some(last) = ground.analysis.expected.last() else { return };
    let mut missing: Vec<(&RepoPath, usize)> =
        per_path.iter().filter(|(path, _)| !named.contains(**path)).map(|(p, n)| (*p, *n)).collect();
    if !missing.is_empty() {
        missing.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let names: Vec<String> = missing.iter().map(|(path, count)| format!("{path} ({count})")).collect();
        let text = format!(
            "conflicts come in {}; {} of them not named, most often {}",
            count(per_path.len(), "file"),
            missing.len(),
            first_few(names.iter(), FEW)
        );
        faults.push(fault_of_line(last.line, DisagreementKind::ExpectedConflict, text));
    }
}

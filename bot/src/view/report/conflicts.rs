//! Where the two sides meet: the fork's own paths, files both changed, roots, and the conflicts to expect.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::folders;
use super::header::heaviest;
use super::index::{ReportIndex, waits};
use super::prose::{Prose, agree};
use super::view::{CarriedRow, ExpectedFile, OwnPathsRow, ProbabilityGroup, RootRow, SharedFileRow};
use crate::pick::Outcome;
use crate::survey::{Alone, Cascade, Verdict};
use crate::text::{figure, grouped_count, visible};
use engine::ids::CommitId;
use engine::path::RepoPath;

/// From how many commits on either side a file both sides changed is called busy.
const BUSY: usize = 2;
/// How many commits the reason for an expected conflict names.
const NAMED: usize = 3;

pub(super) fn local(index: &ReportIndex<'_>) -> Vec<OwnPathsRow> {
    let local = index.facts.survey.files.local.iter();
    local
        .map(|local| OwnPathsRow {
            pattern: visible(&local.pattern),
            files: local.files,
            touched_by: local.upstream_commits.iter().map(|sha| index.link(*sha)).collect(),
        })
        .collect()
}

/// The fork's commits that really change shared files.
pub(super) fn carried(index: &ReportIndex<'_>) -> Vec<CarriedRow> {
    let real = index.facts.survey.carry.real.iter();
    real.map(|commit| CarriedRow {
        sha: commit.sha.short(),
        subject: visible(&commit.subject),
        author: visible(&commit.author),
        day: commit.date.day(),
        files: commit.paths.iter().map(|path| visible(&path.to_string())).collect(),
    })
    .collect()
}

/// The files both sides changed, those with most conflicts first, then those with most commits.
pub(super) fn both(index: &ReportIndex<'_>) -> Vec<SharedFileRow> {
    let conflicting = alone(index);
    let mut both: Vec<(&RepoPath, SharedFileRow)> = index
        .facts
        .survey
        .files
        .both
        .iter()
        .map(|both| {
            let view = SharedFileRow {
                path: visible(&both.path.to_string()),
                upstream: both.upstream_commits,
                fork: both.fork_commits,
                conflicts: conflicting.get(&both.path).map_or(0, Vec::len),
            };
            (&both.path, view)
        })
        .collect();
    both.sort_by_key(|(path, both)| (Reverse(both.conflicts), Reverse(both.upstream + both.fork), *path));
    both.into_iter().map(|(_, both)| both).collect()
}

/// By path, the open commits that conflict there when picked alone.
fn alone<'a>(index: &ReportIndex<'a>) -> BTreeMap<&'a RepoPath, Vec<CommitId>> {
    let mut out: BTreeMap<&RepoPath, Vec<CommitId>> = BTreeMap::new();
    for commit in &index.facts.survey.commits {
        if commit.verdict == Verdict::Open && commit.alone == Alone::Conflict {
            for path in &commit.conflicts {
                out.entry(path).or_default().push(commit.sha);
            }
        }
    }
    out
}

/// The roots, heaviest first, and what to say where there is none.
pub(super) fn roots(index: &ReportIndex<'_>) -> (Vec<RootRow>, Option<Prose>) {
    let survey = index.facts.survey;
    let mut roots = heaviest(index);
    let light = survey.commits.iter().filter(|commit| commit.cascade == Cascade::Root);
    roots.extend(light.filter(|commit| index.cascades_of(commit.sha).is_empty()));
    let roots: Vec<RootRow> = roots
        .into_iter()
        .map(|root| RootRow {
            commit: index.link(root.sha),
            cascades: index.cascades_of(root.sha).iter().map(|sha| index.link(*sha)).collect(),
            files: root.conflicts.iter().map(|path| visible(&path.to_string())).collect(),
            phase: index.pick(root.sha).map(|(phase, _)| visible(&phase.title)),
        })
        .collect();
    let open = |commit: &&crate::survey::Surveyed| commit.verdict == Verdict::Open && commit.alone == Alone::Conflict;
    let conflicts = survey.commits.iter().filter(open).count();
    let none = match (roots.is_empty(), conflicts) {
        (false, _) => None,
        (true, 0) => Some(Prose::new("No open commit conflicts, so there are no roots.")),
        (true, n) => Some(Prose::new(format!(
            "{} {}. Which of them are roots and which are cascades has not been worked out.",
            grouped_count(n, "open commit"),
            agree(n, "conflicts", "conflict")
        ))),
    };
    (roots, none)
}

/// The files in which conflicts are to be expected, by probability; each file once, where it is most probable.
pub(super) fn expected(index: &ReportIndex<'_>) -> Vec<ProbabilityGroup> {
    let (high, medium) = (high(index), medium(index));
    let path = |expected: &ExpectedFile| expected.path.clone();
    let mut seen: std::collections::BTreeSet<String> = high.iter().map(path).collect();
    let medium: Vec<ExpectedFile> = medium.into_iter().filter(|expected| seen.insert(path(expected))).collect();
    let low: Vec<ExpectedFile> =
        both(index).into_iter().filter(|both| !seen.contains(&both.path)).map(changed_by_both).collect();
    let groups = [
        ProbabilityGroup {
            folders: folders::folders(index, &high),
            level: "High",
            meaning: "A pick of the plan conflicts there.",
            none: "No pick of the plan conflicts.",
            files: high,
        },
        ProbabilityGroup {
            folders: folders::folders(index, &medium),
            level: "Medium",
            meaning: "A rule resolves it, an open commit conflicts there when picked alone, or both sides changed it twice or more.",
            none: "No other file conflicts or was changed twice or more on both sides.",
            files: medium,
        },
        ProbabilityGroup {
            folders: folders::folders(index, &low),
            level: "Low",
            meaning: "Both sides changed it, one of them only once, and no open commit conflicts there.",
            none: "Every file both sides changed is named above.",
            files: low,
        },
    ];
    groups.into()
}

fn changed_by_both(both: SharedFileRow) -> ExpectedFile {
    let why = format!("{} upstream, {} in the fork", grouped_count(both.upstream, "commit"), figure(both.fork));
    ExpectedFile { path: both.path, why: Prose::new(why), commits: Vec::new() }
}

fn high(index: &ReportIndex<'_>) -> Vec<ExpectedFile> {
    by_file(index, picks(index, waits), |n| {
        format!("{} of the plan {}: ", grouped_count(n, "pick"), agree(n, "conflicts", "conflict"))
    })
}

/// By path, the picks of these outcomes with a conflict there.
fn picks<'a>(index: &ReportIndex<'a>, wanted: fn(Outcome) -> bool) -> BTreeMap<&'a RepoPath, Vec<CommitId>> {
    let mut out: BTreeMap<&RepoPath, Vec<CommitId>> = BTreeMap::new();
    for pick in index.facts.built.phases.iter().flat_map(|phase| &phase.picks).filter(|pick| wanted(pick.outcome)) {
        for conflict in &pick.conflicts {
            let picks = out.entry(&conflict.path).or_default();
            if picks.last() != Some(&pick.sha) {
                picks.push(pick.sha);
            }
        }
    }
    out
}

fn medium(index: &ReportIndex<'_>) -> Vec<ExpectedFile> {
    let resolved = picks(index, |outcome| outcome == Outcome::Resolved);
    let mut files =
        by_file(index, resolved, |n| format!("resolved by rule or memory for {}: ", grouped_count(n, "pick")));
    files.extend(by_file(index, alone(index), |n| {
        format!("{} {} when picked alone: ", grouped_count(n, "open commit"), agree(n, "conflicts", "conflict"))
    }));
    let busy = both(index).into_iter().filter(|both| both.upstream.min(both.fork) >= BUSY);
    files.extend(busy.map(changed_by_both));
    files
}

/// Most commits first, then by path.
fn by_file(
    index: &ReportIndex<'_>,
    files: BTreeMap<&RepoPath, Vec<CommitId>>,
    begin: impl Fn(usize) -> String,
) -> Vec<ExpectedFile> {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_by_key(|(path, commits)| (Reverse(commits.len()), *path));
    files
        .into_iter()
        .map(|(path, commits)| ExpectedFile {
            path: visible(&path.to_string()),
            commits: commits.iter().map(CommitId::short).collect(),
            why: Prose::new(begin(commits.len())).list(&commits, NAMED, |prose, sha| prose.commit(index.link(*sha))),
        })
        .collect()
}

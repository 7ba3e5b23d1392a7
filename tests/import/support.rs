//! A range of upstream as a survey, and documents about it.

use engine::commit::When;
use engine::ids::CommitId;
use engine::path::RepoPath;
use uptake::import::ListedCommit;
use uptake::survey::{
    Alone, Carry, CommitIndex, Evidence, EvidenceKind, MergeCommit, SharedFile, Survey, Surveyed, Totals, TouchedFiles,
    Verdict,
};
use uptake::units::Units;

use crate::support::surveyed::{end, tree, unit};

/// The commit whose name is this, filled up with zeros.
pub(super) fn id(short: &str) -> CommitId {
    format!("{short:0<40}").parse().expect("a name")
}

/// Noon of a day of January 2026.
pub(super) fn day(day: i64) -> When {
    When { seconds: 1_767_268_800 + (day - 1) * 86_400, offset: 0 }
}

/// An open commit that applies and touches nothing.
pub(super) fn commit(short: &str, subject: &str, on: i64) -> Surveyed {
    Surveyed { pr: engine::commit::pr_of(subject), ..unit(id(short), subject, "ada@example.com", day(on)) }
}

/// A commit that this one of the fork has taken.
pub(super) fn taken(short: &str, subject: &str, on: i64, fork: &str) -> Surveyed {
    let sign = |kind| Evidence::new(kind, id(fork));
    Surveyed {
        verdict: Verdict::Taken,
        evidence: vec![sign(EvidenceKind::Authorship), sign(EvidenceKind::Subject)],
        alone: Alone::Noop,
        ..commit(short, subject, on)
    }
}

/// A commit that conflicts at a path.
pub(super) fn conflicting(short: &str, subject: &str, on: i64, path: &str) -> Surveyed {
    Surveyed {
        alone: Alone::Conflict,
        conflicts: vec![path.into()],
        paths: vec![path.into()],
        ..commit(short, subject, on)
    }
}

/// A survey of these commits after `ba5e000`, with totals that fit.
pub(super) fn survey(commits: Vec<Surveyed>, merges: Vec<MergeCommit>, both: &[&str]) -> Survey {
    let totals = Totals::of(&commits, (commits.len(), merges.len()));
    let both: Vec<SharedFile> = both
        .iter()
        .map(|path| SharedFile { path: RepoPath::from(*path), upstream_commits: 1, fork_commits: 1 })
        .collect();
    let upstream_head = commits.last().map_or_else(|| id("ba5e000"), |commit| commit.sha);
    let files = TouchedFiles { upstream: 7, fork: 9, both, local: vec![] };
    let (merge_base, fork_head, index) = (id("ba5e000"), id("f04c000"), CommitIndex::default());
    let (version, units, warnings) = (Survey::VERSION, Units::none(tree()), Vec::new());
    Survey {
        version,
        warnings,
        merge_base,
        upstream_head,
        fork_head,
        own_since: CommitId::from_bytes([0; 20]),
        totals,
        commits,
        merges,
        end: Some(end()),
        roads: Vec::new(),
        carry: Carry::default(),
        files,
        index,
        units,
    }
}

/// Looks a name up: in the survey, among the ancestors (`01d…`), among ambiguous names (`abab…`) and other branches (`e15e…`).
pub(super) fn lookup(survey: &Survey) -> impl Fn(&str) -> ListedCommit + '_ {
    move |name| {
        let range = survey.commits.iter().map(|commit| commit.sha).chain(survey.merges.iter().map(|merge| merge.sha));
        let found = range.into_iter().find(|sha| sha.to_string().starts_with(name));
        match found {
            Some(sha) => ListedCommit::InRange(sha),
            None if name.starts_with("01d") => {
                ListedCommit::Ancestor { id: id(name), date: day(-30), subject: "An old fix (#1)".into() }
            }
            None if "ba5e0000000000".starts_with(name) => {
                ListedCommit::Ancestor { id: id(name), date: day(1), subject: "The base (#9)".into() }
            }
            None if name.starts_with("abab") => ListedCommit::Ambiguous(2),
            None if name.starts_with("e15e") => ListedCommit::Elsewhere(id(name)),
            None => ListedCommit::Unknown,
        }
    }
}

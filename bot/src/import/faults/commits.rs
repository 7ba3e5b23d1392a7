//! Commits the document lists: whether they are there, open, and what they are said to be.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::{DocumentCommit, FactIndex, fault_of_line};
use super::{Disagreement, DisagreementKind};
use crate::import::analysis::{CommitRow, Duplicate, NamedInProse, RiskMark, Stated};
use crate::import::decision::Disposition;
use crate::survey::{Alone, Evidence, Surveyed, Verdict};
use engine::commit::pr_of;
use engine::ids::CommitId;

pub(super) fn check(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    let claims = &ground.analysis.claims;
    ends(ground, claims.ancestor.as_ref(), DisagreementKind::MergeBase, faults);
    ends(ground, claims.head.as_ref(), DisagreementKind::UpstreamHead, faults);
    for unread in &ground.analysis.unread {
        let text =
            format!("'{}' stands where a commit should: seven to forty hexadecimal digits are needed", unread.value);
        faults.push(fault_of_line(unread.line, DisagreementKind::Unreadable, text));
    }
    for row in ground.first_rows() {
        listed(ground, row.line, &row.sha, row.duplicate.as_ref(), wanted(row), faults);
    }
    for row in ground.analysis.table_rows() {
        subject(ground, row.line, &row.sha, (&row.description, row.exact), faults);
    }
    in_steps(ground, faults);
    mentioned(ground, faults);
    twice(ground, faults);
}

/// The two commits the range is between.
fn ends(
    ground: &FactIndex<'_>,
    claim: Option<&Stated<NamedInProse>>,
    kind: DisagreementKind,
    faults: &mut Vec<Disagreement>,
) {
    let Some(Stated { line, value: NamedInProse { sha, subject: said } }) = claim else { return };
    let (truth, what) = match kind {
        DisagreementKind::MergeBase => (ground.survey.merge_base, "the common ancestor of both branches"),
        _ => (ground.survey.upstream_head, "the commit upstream's branch is at"),
    };
    if !truth.to_string().starts_with(sha.as_str()) {
        let text = format!("{sha} is not {what}: that is {}", truth.short());
        faults.push(ground.fault(*line, sha, kind, text));
    } else if let Some(said) = said {
        subject(ground, *line, sha, (said, true), faults);
    }
}

/// Whether a row wants its commit picked.
fn wanted(row: &CommitRow) -> bool {
    row.decision.is_none_or(Disposition::is_picked)
}

/// Whether a commit to be picked can be.
fn listed(
    ground: &FactIndex<'_>,
    line: usize,
    sha: &str,
    duplicate: Option<&Duplicate>,
    wanted: bool,
    faults: &mut Vec<Disagreement>,
) {
    let survey = ground.survey;
    let (kind, text) = match ground.commit(sha) {
        DocumentCommit::Unknown => (DisagreementKind::Unknown, format!("no commit's name begins with {sha}")),
        DocumentCommit::Ambiguous(count) => {
            (DisagreementKind::Ambiguous, format!("{count} commits' names begin with {sha}; more digits are needed"))
        }
        DocumentCommit::Elsewhere(_) => (
            DisagreementKind::NotUpstream,
            format!("{sha} is in the repository, but not in upstream's branch, so no phase has it"),
        ),
        DocumentCommit::Merge(_, subject) => (
            DisagreementKind::Merge,
            format!("{sha} is a merge ('{subject}'): its commits are picked one by one, the merge never"),
        ),
        DocumentCommit::Ancestor(_, date, _) => (
            DisagreementKind::Ancestor,
            format!(
                "{sha}, of {}, is older than the common ancestor {}: the fork has it",
                date.day(),
                survey.merge_base.short()
            ),
        ),
        DocumentCommit::Range(_, commit) => match duplicate {
            Some(duplicate) => match not_borne_out(ground, sha, duplicate, commit) {
                Some(text) => (DisagreementKind::Duplicate, text),
                None => return,
            },
            None if commit.verdict == Verdict::Taken && wanted => (
                DisagreementKind::AlreadyTaken,
                format!("{sha} is listed as to be picked, yet the fork has it: {}", evidence(&commit.evidence)),
            ),
            None => return,
        },
    };
    faults.push(ground.fault(line, sha, kind, text));
}

/// What is wrong with calling a commit of the range a duplicate.
fn not_borne_out(ground: &FactIndex<'_>, sha: &str, duplicate: &Duplicate, commit: &Surveyed) -> Option<String> {
    if commit.verdict != Verdict::Taken {
        let but = match commit.alone {
            Alone::Noop => "nothing in the fork's history shows it, though picking it changes nothing",
            _ => "nothing in the fork's history shows it, and picking it is not without effect",
        };
        return Some(format!("{sha} is called a duplicate, but {but}"));
    }
    let fork = duplicate.fork.as_ref()?;
    if commit.evidence.iter().any(|evidence| evidence.fork_commit.to_string().starts_with(fork.as_str())) {
        return None;
    }
    let is = match ground.commit(fork) {
        DocumentCommit::Unknown => "which the repository does not have",
        DocumentCommit::Ambiguous(_) => "which is the beginning of several names",
        _ => "which does not show it",
    };
    Some(format!("{sha} is a duplicate, but not as {fork}, {is}: it is taken by {}", evidence(&commit.evidence)))
}

/// `authorship and subject of 8c1df9b6f`, one clause per commit of the fork.
fn evidence(evidence: &[Evidence]) -> String {
    let mut by_commit: BTreeMap<CommitId, Vec<String>> = BTreeMap::new();
    for Evidence { kind, fork_commit, .. } in evidence {
        by_commit.entry(*fork_commit).or_default().push(kind.to_string());
    }
    let clauses: Vec<String> = by_commit
        .iter()
        .map(|(id, kinds)| format!("{} of {}", crate::text::listed(kinds, "and"), id.short()))
        .collect();
    if clauses.is_empty() { "the survey counts it as taken".to_owned() } else { clauses.join("; ") }
}

/// Commits the commands pick although no table lists them, and those of tables that say otherwise.
fn in_steps(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    for pick in ground.analysis.steps.iter().flat_map(|step| &step.picks) {
        let of = |row: &&CommitRow| ground.names.get(&row.sha) == ground.names.get(&pick.sha);
        match ground.analysis.rows().find(of) {
            None => listed(ground, pick.line, &pick.sha, None, true, faults),
            Some(row) if row.duplicate.is_some() => {
                let text = format!("{} is to be picked here, yet line {} calls it a duplicate", pick.sha, row.line);
                faults.push(ground.fault(pick.line, &pick.sha, DisagreementKind::Duplicate, text));
            }
            Some(_) => {}
        }
        if let Some(comment) = &pick.comment {
            subject(ground, pick.line, &pick.sha, (comment, false), faults);
        }
    }
}

/// Commits remarks point at: to follow, to stand against, to keep.
fn mentioned(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    let of_rows = ground.analysis.rows().flat_map(|row| {
        row.follows.iter().chain(row.rivals.iter().map(|rival| &rival.sha)).map(move |sha| (row.line, sha))
    });
    let kept = ground.analysis.superseded.iter().filter_map(|group| group.keep.as_ref().map(|keep| (group.line, keep)));
    let listed: BTreeSet<&String> = ground.analysis.rows().filter_map(|row| ground.names.get(&row.sha)).collect();
    for (line, sha) in of_rows.chain(kept) {
        let missing = matches!(ground.commit(sha), DocumentCommit::Unknown | DocumentCommit::Ambiguous(_));
        if missing && ground.names.get(sha).is_none_or(|name| !listed.contains(name)) {
            self::listed(ground, line, sha, None, true, faults);
        }
    }
}

fn twice(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    let mut first: BTreeMap<Option<&String>, &CommitRow> = BTreeMap::new();
    for row in ground.analysis.table_rows() {
        let Some(before) = first.get(&ground.names.get(&row.sha)) else {
            first.insert(ground.names.get(&row.sha), row);
            continue;
        };
        let mut text = format!("{} is listed here and on line {}", row.sha, before.line);
        match (&before.risk, &row.risk) {
            (RiskMark::Level(was), RiskMark::Level(is)) if was != is => {
                text.push_str(&format!(", {is} risk here and {was} there"));
            }
            _ => {}
        }
        faults.push(ground.fault(row.line, &row.sha, DisagreementKind::ListedTwice, text));
    }
}

/// Whether a description is the commit's subject, or its beginning; one that does not mean to be may say the same in other words.
fn subject(
    ground: &FactIndex<'_>,
    line: usize,
    sha: &str,
    (said, exact): (&str, bool),
    faults: &mut Vec<Disagreement>,
) {
    let actual = match ground.commit(sha) {
        DocumentCommit::Range(_, commit) => commit.subject.as_str(),
        DocumentCommit::Merge(_, subject) => subject,
        DocumentCommit::Ancestor(_, _, subject) => subject,
        DocumentCommit::Elsewhere(_) | DocumentCommit::Ambiguous(_) | DocumentCommit::Unknown => return,
    };
    let quotes = exact || pr_of(said).is_some();
    if !same_subject(said, actual) && (quotes || !speaks_of(said, actual)) {
        faults.push(ground.fault(
            line,
            sha,
            DisagreementKind::Subject,
            format!("{sha} is described as '{said}'; its subject is '{actual}'"),
        ));
    }
}

/// Beginnings of words that say nothing of what a commit is about.
const EMPTY: [&str; 13] =
    ["fix", "fixes", "fixed", "add", "adds", "added", "updat", "remov", "suppo", "use", "the", "and", "for"];

/// Whether two texts have a word in common that says something.
fn speaks_of(said: &str, actual: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        // Of a longer word its beginning is enough: "tests" and "testing".
        let words = words.map(|word| word.chars().take(5).collect::<String>());
        words.filter(|word| word.len() > 2 && !EMPTY.contains(&word.as_str())).collect()
    };
    let (said, actual) = (words(said), words(actual));
    said.is_empty() || said.intersection(&actual).next().is_some()
}

/// Equal but for case, punctuation and marks; a description may leave the end out, be it before the number of the pull request.
fn same_subject(said: &str, actual: &str) -> bool {
    let title = |text: &str| text.rsplit_once("(#").map(|(title, _)| title.to_owned());
    if let (Some(said), Some(actual), true) =
        (title(said), title(actual), pr_of(said).is_some() && pr_of(said) == pr_of(actual))
    {
        return same_subject(&said, &actual);
    }
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    words(actual).starts_with(&words(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_may_be_cut_short_but_not_be_another() {
        assert!(same_subject("Rust 1.90 clippy #1639", "Rust 1.90 clippy (#1639)"));
        assert!(same_subject("reuse cuda devices", "Reuse CUDA devices instead of instantiating (#1818)"));
        assert!(same_subject("Fix build when feature=+cuda -ring", "Fix build when `feature=+cuda -ring`. (#1611)"));
        assert!(same_subject("Fix it (#12)", "Fix it, and that (#12)"));
        assert!(same_subject("", "Anything"));
        assert!(!same_subject("use try_init (#1588)", "use try_initi (#1588)"));
        assert!(!same_subject("Fix it (#12)", "Fix it (#13)"));
    }
}

//! What is not taken, and why; and what nobody has decided on.

use super::index::{CommitPlace, ReportIndex};
use super::phases::{cascade_note, perhaps, reason, row};
use super::prose::Prose;
use super::view::{CommitView, LeftGroup, LeftOutRow};
use crate::plan::Reason;
use crate::survey::{Alone, Surveyed, Verdict};
use crate::text::{grouped_count, visible};

/// The groups, in the order a reader wants them: the kind of a reason, and what it is called.
const GROUPS: [(&str, &str); 16] = [
    ("skipped", "Skipped by decision"),
    ("deferred", "Deferred by decision"),
    ("moved", "Moved to another phase by decision"),
    ("no-phase", "Decided for a phase that is not configured"),
    ("superseded", "Superseded"),
    ("excluded", "Excluded by the configuration"),
    ("no-op", "Would change nothing"),
    ("taken", "Already in the fork"),
    ("ancestor", "Older than the common ancestor"),
    ("reverted", "Undone by the fork"),
    ("moot", "Undoings of what the fork has"),
    ("undone", "Undone by upstream later"),
    ("with-undone", "In the phase of what they undo"),
    ("in-phase", "Claimed by an earlier phase"),
    ("merge", "Merges"),
    ("out-of-range", "Not of upstream's branch"),
];

/// Everything left out, by kind of reason: what phases claim, then what no phase claims.
pub(super) fn left_out(index: &ReportIndex<'_>) -> Vec<LeftGroup> {
    let group = |(kind, title): (&str, &'static str)| {
        let mut rows: Vec<LeftOutRow> = claimed(index, kind).collect();
        rows.extend(outside(index, kind));
        rows.extend(unclaimed(index, kind));
        LeftGroup { title, rows }
    };
    GROUPS.into_iter().map(group).filter(|group| !group.rows.is_empty()).collect()
}

fn claimed<'a>(index: &'a ReportIndex<'_>, kind: &'a str) -> impl Iterator<Item = LeftOutRow> + 'a {
    index.facts.built.phases.iter().flat_map(move |phase| {
        phase.left_out.iter().filter(move |left| left.reason.kind() == kind).map(|left| LeftOutRow {
            commit: index.link(left.sha),
            phase: visible(&phase.title),
            why: reason(index, &left.reason),
        })
    })
}

fn unclaimed(index: &ReportIndex<'_>, kind: &str) -> Vec<LeftOutRow> {
    let survey = index.facts.survey;
    let rows = |is: fn(&Surveyed) -> bool| {
        survey
            .commits
            .iter()
            .filter(move |commit| is(commit) && index.place(commit.sha) == CommitPlace::Unclaimed)
            .map(|commit| LeftOutRow { commit: index.link(commit.sha), phase: String::new(), why: evidence(commit) })
            .collect()
    };
    match kind {
        "taken" => rows(|commit| commit.verdict == Verdict::Taken),
        "no-op" => rows(Surveyed::is_no_op),
        "merge" => {
            let merges = survey.merges.iter().filter(|merge| index.place(merge.sha) == CommitPlace::Unclaimed);
            merges
                .map(|merge| LeftOutRow {
                    commit: index.link(merge.sha),
                    phase: String::new(),
                    why: reason(index, &Reason::Merge),
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// What no phase claims and somebody leaves out, in the configuration or by decision.
fn outside<'a>(index: &'a ReportIndex<'_>, kind: &'a str) -> impl Iterator<Item = LeftOutRow> + 'a {
    let left_out = index.facts.built.left_out.iter().filter(move |left| left.reason.kind() == kind);
    left_out.map(|left| LeftOutRow {
        commit: index.link(left.sha),
        phase: String::new(),
        why: reason(index, &left.reason),
    })
}

/// What shows that the fork has a commit, or that it need not.
fn evidence(commit: &Surveyed) -> Prose {
    match commit.evidence.as_slice() {
        [] if commit.is_no_op() => Prose::new("It leaves nothing to change."),
        [] => Prose::new("In the fork already."),
        evidence => Prose::new("In the fork already: ")
            .list(evidence, evidence.len(), |prose, evidence| {
                prose.plain(format!("{} of ", evidence.kind)).code(evidence.fork_commit.short())
            })
            .plain("."),
    }
}

/// The open commits that no phase claims, in upstream's order.
pub(super) fn unassigned(index: &ReportIndex<'_>) -> Vec<CommitView> {
    let rows = index.facts.built.unassigned.iter().map(|sha| {
        let mut row = row(index, *sha);
        row.anchor = index.place(*sha) == CommitPlace::Unclaimed;
        let Some(commit) = index.commit(*sha) else { return row };
        row.outcome = match commit.alone {
            Alone::Clean => "clean alone".into(),
            Alone::Conflict => "conflicts alone".into(),
            Alone::Noop => "no change".into(),
        };
        row.notes.extend(perhaps(index, *sha));
        row.notes.extend(cascade_note(index, *sha));
        if let Some(first) = commit.conflicts.first() {
            let more = commit.conflicts.len() - 1;
            let note = Prose::new("Conflicts in ").code(first.to_string());
            row.notes.push(if more > 0 {
                note.plain(format!(" and {}.", grouped_count(more, "other file")))
            } else {
                note.plain(".")
            });
        }
        row
    });
    rows.collect()
}

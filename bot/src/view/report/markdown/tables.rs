//! The report's tables as Markdown.

use std::collections::BTreeMap;

use super::super::prose::{Prose, agree};
use super::super::view::{CarriedRow, CommitView, ReportView, SharedFileRow};
use super::write::{code, commit, heading, paragraph, prose, table, unlinked};
use crate::text::{grouped_count, inert_line, short};

/// How many files of one commit are named.
const NAMED: usize = 3;
/// How many rows of a long table the document has; the page has them all.
const SHOWN: usize = 10;
/// So many commits have a row each; of more, those that a person looks at first.
const ROWS: usize = 200;
/// How much is said of one commit in its row, in characters.
const SUBJECT: usize = 70;
const NOTES: usize = 52;

/// What of a long list is in the document, and the line that says where the rest is.
fn cut<'a, T>(rows: &'a [T], noun: &str) -> (&'a [T], String) {
    let shown = &rows[..rows.len().min(SHOWN)];
    let more = rows.len() - shown.len();
    (shown, if more > 0 { format!("And {}; the page has them all.", grouped_count(more, noun)) } else { String::new() })
}

/// Whether the document has a row for each commit.
pub(super) fn has_all(view: &ReportView) -> bool {
    let groups = view.phases.iter().flat_map(|phase| &phase.groups);
    groups.map(|group| group.rows.len()).sum::<usize>() + view.unassigned.len() <= ROWS
}

/// Commits, one a row: all of them, or those to look at first, and how many others there are.
pub(super) fn rows(out: &mut String, rows: &[CommitView], outcome: &str, all: bool) {
    let (shown, rest): (Vec<&CommitView>, Vec<_>) =
        rows.iter().partition(|row| all || row.first || rows.len() <= SHOWN);
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rest {
        *others.entry(&row.outcome).or_default() += 1;
    }
    if !shown.is_empty() {
        commit_rows(out, &shown, outcome);
    }
    if !others.is_empty() {
        let each: Vec<String> = others.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
        let (count, more) = (others.values().sum(), if shown.is_empty() { "commit" } else { "more commit" });
        paragraph(out, &format!("{}: {}. The page has them all.", grouped_count(count, more), each.join(", ")));
    }
}

fn commit_rows(out: &mut String, rows: &[&CommitView], outcome: &str) {
    let cells = rows.iter().map(|row| {
        let risk = match row.risk {
            level @ ("high" | "critical") => format!("**{level}**"),
            level => level.to_owned(),
        };
        let subject = inert_line(&short(&row.commit.subject, SUBJECT));
        let notes: Vec<String> = row.notes.iter().map(Prose::plain_text).collect();
        vec![
            code(&row.commit.short),
            if subject.is_empty() { "*not of the range*".into() } else { subject },
            risk,
            row.outcome.clone(),
            inert_line(&short(&notes.join(" "), NOTES)),
        ]
    });
    table(out, &["SHA", "Description", "Risk", outcome, "Notes"], cells);
}

pub(super) fn conflicts(out: &mut String, view: &ReportView) {
    heading(out, 2, "Conflict analysis");
    heading(out, 3, "The fork's own paths");
    if view.local.is_empty() {
        paragraph(out, "No path is configured as the fork's own (`local:` in the configuration).");
    } else {
        let cells = view.local.iter().map(|local| {
            let touched: Vec<String> = local.touched_by.iter().map(commit).collect();
            let touched = if touched.is_empty() { "nobody".to_owned() } else { touched.join(", ") };
            vec![code(&local.pattern), local.files.to_string(), touched]
        });
        table(out, &["Path", "Files in the fork", "Touched upstream by"], cells);
    }
    heading(out, 3, "Files changed by both sides");
    if view.both.is_empty() {
        paragraph(out, "No file was changed by both sides.");
    } else {
        let (shown, rest) = cut(&view.both, "file");
        both(out, shown);
        paragraph(out, &rest);
    }
    heading(out, 3, "Roots and their cascades");
    match &view.no_roots {
        Some(why) => paragraph(out, &prose(why)),
        None => {
            let (shown, rest) = cut(&view.roots, "root");
            let cells = shown.iter().map(|root| {
                let files: Vec<String> = root.files.iter().take(3).map(|path| code(path)).collect();
                let more = root.files.len() - files.len();
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let phase = root.phase.as_ref().map_or_else(|| "*in no phase*".into(), |phase| inert_line(phase));
                let cascades = root.cascades.len().to_string();
                vec![commit(&root.commit), inert_line(&root.commit.subject), cascades, files.join(", ") + &more, phase]
            });
            table(out, &["Root", "Description", "Cascades", "Conflicts in", "Phase"], cells);
            paragraph(out, &rest);
        }
    }
}

/// The ways of catching up.
pub(super) fn ways(out: &mut String, view: &ReportView) {
    let Some((said, command)) = &view.way else { return };
    heading(out, 2, "The ways to catch up");
    let cells = view.ways.iter().map(|row| {
        let name = if row.recommended { format!("**{}**", row.name) } else { row.name.to_owned() };
        let [stops, files, hunks] = [row.stops, row.files, row.hunks].map(|number| number.to_string());
        vec![name, stops, files, hunks, row.base.to_owned(), row.costs.clone()]
    });
    table(out, &["Way", "Stops", "Files", "Places to decide", "Common ancestor", "You lose"], cells);
    paragraph(out, &format!("{said} {}", code(command)));
}

/// What the fork carries that upstream has not.
pub(super) fn carried(out: &mut String, view: &ReportView) {
    if view.carry.is_empty() {
        return;
    }
    heading(out, 2, "What the fork carries");
    let cells = view
        .carry
        .iter()
        .map(|row| vec![row.name.to_owned(), row.commits.to_string(), row.paths.to_string(), row.meaning.to_owned()]);
    table(out, &["What", "Commits", "Files", "Meaning"], cells);
    if view.carried.is_empty() {
        return;
    }
    heading(out, 3, "Its commits that really change shared files, newest first");
    let (shown, rest) = cut(&view.carried, "commit");
    carried_rows(out, shown);
    paragraph(out, &rest);
}

fn carried_rows(out: &mut String, rows: &[CarriedRow]) {
    let cells = rows.iter().map(|row| {
        let named: Vec<String> = row.files.iter().take(NAMED).map(|path| code(path)).collect();
        let more = row.files.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        vec![
            code(&row.sha),
            inert_line(&row.subject),
            inert_line(&row.author),
            row.day.clone(),
            named.join(", ") + &more,
        ]
    });
    table(out, &["Fork commit", "Description", "Author", "Date", "Shared files"], cells);
}

fn both(out: &mut String, files: &[SharedFileRow]) {
    let cells = files.iter().map(|both| {
        vec![code(&both.path), both.upstream.to_string(), both.fork.to_string(), both.conflicts.to_string()]
    });
    table(out, &["File", "Upstream commits", "Fork commits", "Open commits that conflict"], cells);
}

pub(super) fn risks(out: &mut String, view: &ReportView) {
    heading(out, 2, "Risk assessment");
    let cells = view.risks.iter().map(|risk| {
        let name = |at| format!("{} {}", commit(at), inert_line(&at.subject));
        let examples = risk.examples.iter().map(name).collect::<Vec<_>>().join("; ");
        let examples = if examples.is_empty() { "none".to_owned() } else { examples };
        let level =
            if risk.note.is_empty() { risk.level.to_owned() } else { format!("{} ({})", risk.level, risk.note) };
        vec![level, risk.count.to_string(), examples]
    });
    table(out, &["Risk", "Commits", "Examples"], cells);
}

pub(super) fn expected(out: &mut String, view: &ReportView) {
    heading(out, 2, "Expected conflicts");
    for probability in &view.expected {
        heading(out, 3, &format!("{} probability ({})", probability.level, probability.files.len()));
        if probability.files.is_empty() {
            paragraph(out, probability.none);
            continue;
        }
        paragraph(out, probability.meaning);
        let (shown, rest) = cut(&probability.folders, "folder");
        let cells = shown.iter().map(|row| {
            let commits = if row.commits == 0 { String::new() } else { row.commits.to_string() };
            vec![code(&row.folder), row.files.to_string(), commits, unlinked(&row.resolution)]
        });
        table(out, &["Where", "Files", "Commits that conflict", "Resolution"], cells);
        paragraph(out, &rest);
    }
}

/// What upstream did.
pub(super) fn themes(out: &mut String, view: &ReportView) {
    if view.themes.is_empty() {
        return;
    }
    heading(out, 2, "What upstream did");
    let cells = view.themes.iter().map(|row| {
        let example = row.example.as_ref().map(|commit| inert_line(&short(&commit.subject, SUBJECT)));
        vec![inert_line(&row.title), row.commits.to_string(), row.open.to_string(), example.unwrap_or_default()]
    });
    table(out, &["Theme", "Commits", "Open", "The newest"], cells);
    if view.other_commits > 0 {
        paragraph(out, &format!("{} in smaller themes.", grouped_count(view.other_commits, "other commit")));
    }
}

pub(super) fn left_out(out: &mut String, view: &ReportView) {
    heading(out, 2, "Left out");
    if view.left_out.is_empty() {
        paragraph(out, "Nothing is left out: every commit of the range is picked or unassigned.");
    }
    for group in &view.left_out {
        heading(out, 3, &format!("{} ({})", group.title, group.rows.len()));
        // What a phase claims is in the table of that, with the reason.
        let (claimed, others): (Vec<_>, Vec<_>) = group.rows.iter().partition(|left| !left.phase.is_empty());
        if !claimed.is_empty() {
            let of = |n| agree(n, "is in the table of its phase", "are in the tables of their phases");
            paragraph(out, &format!("{} {}.", grouped_count(claimed.len(), "commit"), of(claimed.len())));
        }
        if others.is_empty() {
            continue;
        }
        let cells =
            others.iter().map(|left| vec![commit(&left.commit), inert_line(&left.commit.subject), prose(&left.why)]);
        table(out, &["SHA", "Description", "Reason"], cells);
    }
}

pub(super) fn unassigned(out: &mut String, view: &ReportView) {
    heading(out, 2, "Unassigned commits");
    if view.unassigned.is_empty() {
        paragraph(out, "Every open commit belongs to a phase or is excluded.");
    } else {
        paragraph(out, "Open commits that no phase claims. Give them a phase, or exclude them with a reason.");
        rows(out, &view.unassigned, "Picked alone", has_all(view));
    }
}

//! All that is known of a commit as Markdown, and the parts of it that a terminal shows too.

use std::fmt::Write;

use super::{Named, Path, Place, Why};
use crate::ids::CommitId;
use crate::pick::offers::standing;
use crate::survey::Verdict;
use crate::text::{code, count, fenced, markdown_line, terminal_line};

/// How many lines of one side of a place are shown.
pub(crate) const LINES: usize = 12;
/// How many commits stand beside one place.
pub(crate) const COMMITS: usize = 3;
/// How many places of one file are shown, and how many files.
pub(crate) const PLACES: usize = 6;
pub(crate) const FILES: usize = 12;

pub(crate) fn alone(why: &Why) -> String {
    match why.paths.len() {
        0 => why.commit.alone.to_string(),
        files => format!("{} in {}, {}", why.commit.alone, count(files, "file"), count(why.offer.by_hand, "hunk")),
    }
}

pub(crate) fn phase(why: &Why) -> String {
    match &why.phase {
        None => "none claims it".into(),
        Some(claim) => {
            let came = match (&claim.outcome, &claim.reason) {
                (Some(outcome), _) if !claim.blocked_by.is_empty() => {
                    let by: Vec<String> = claim.blocked_by.iter().map(CommitId::short).collect();
                    format!("{outcome} by {}", by.join(", "))
                }
                (Some(outcome), _) => outcome.to_string(),
                (None, Some(reason)) => format!("left out: {reason}"),
                (None, None) => String::new(),
            };
            format!("{} ({}): {came}", claim.id, claim.title)
        }
    }
}

pub(crate) fn places(path: &Path, text: &mut String, show: &dyn Fn(&Place, &mut String)) {
    for place in path.hunks.iter().take(PLACES) {
        show(place, text);
    }
    if path.hunks.len() > PLACES {
        let _ = writeln!(text, "  and {}", count(path.hunks.len() - PLACES, "more hunk"));
    }
}

/// Who stands on either side of a place.
pub(crate) fn sides(place: &Place) -> [(&'static str, &[Named]); 2] {
    [("the fork's side:", &place.fork), ("missing, from upstream:", &place.upstream)]
}

/// A place as git's conflict markers show it; nothing for a whole file.
pub(crate) fn block(place: &Place) -> String {
    let Some(line) = place.line else { return String::new() };
    let mut text = format!("<<<<<<< fork, from line {line}\n");
    for (lines, end) in [(&place.ours, "||||||| before"), (&place.base, "======="), (&place.theirs, ">>>>>>> upstream")]
    {
        for line in lines.iter().take(LINES) {
            let _ = writeln!(text, "{}", terminal_line(line, 300));
        }
        if lines.len() > LINES {
            let _ = writeln!(text, "… {}", count(lines.len() - LINES, "more line"));
        }
        let _ = writeln!(text, "{end}");
    }
    text
}

/// The answer as Markdown.
#[must_use]
pub fn markdown(why: &Why, upstream: Option<&str>) -> String {
    let commit = &why.commit;
    let line = |text: &str| markdown_line(text, upstream);
    let named = |commit: &Named| {
        let taken = if commit.verdict == Some(Verdict::Taken) { ", taken" } else { "" };
        format!(
            "{} {} ({}, {}{taken})",
            code(&commit.sha.short()),
            line(&commit.subject),
            line(&commit.author),
            commit.date.day()
        )
    };
    let mut text = format!(
        "# {} {}\n\n{}, {}\n\n- Verdict: {}\n",
        code(&commit.sha.short()),
        line(&commit.subject),
        line(&commit.author.name),
        commit.date.day(),
        commit.verdict
    );
    for sign in &why.shown_by {
        let _ = writeln!(text, "  - {} of {}", sign.kind, named(&sign.by));
    }
    let _ = writeln!(text, "- Risk: {}", commit.risk);
    for reason in &commit.reasons {
        let _ = writeln!(text, "  - {}", line(reason));
    }
    let _ = writeln!(text, "- Alone: {}\n- Phase: {}", alone(why), line(&phase(why)));
    let name = |sha: CommitId| code(&sha.short());
    if let Some(standing) = standing(commit, &name) {
        let _ = writeln!(text, "\n{standing}");
    }
    for path in &why.paths {
        let _ = writeln!(text, "\n## {}\n\n{}\n", code(&path.path.to_string()), path.kind);
        places(path, &mut text, &|place, text| {
            let block = block(place);
            if !block.is_empty() {
                text.push_str(&fenced("", &block));
                text.push('\n');
            }
            for (who, commits) in sides(place) {
                for commit in commits.iter().take(COMMITS) {
                    let _ = writeln!(text, "- {who} {}", named(commit));
                }
            }
            text.push('\n');
        });
    }
    let offers = why.offers(&name);
    if !offers.is_empty() {
        text.push_str("\n## What to do\n\n");
        for offer in offers {
            let _ = writeln!(text, "- {offer}");
        }
    }
    text.push_str("\n## Recipe\n\n");
    text + &fenced("sh", &why.recipe)
}

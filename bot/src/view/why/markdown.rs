//! All that is known of a commit as Markdown, and the parts of it that a terminal shows too.

use std::fmt::Write;

use super::{CommitSummary, Explanation};
use crate::line::OnLine;
use crate::survey::{Cascade, LineShare, Surveyed, Verdict};
use crate::text::{code, count, first_few, markdown_line};
use crate::view::note::markdown::MarkdownWriter;
use crate::view::note::{
    Detail, DroppedContent, FileNote, Limits, Links, Meeting, Notes, ResolvedFile, of_pick, words,
};
use engine::ids::CommitId;

/// How much of a conflict is shown.
const LIMITS: Limits = Limits { places: 12, lines: 24, commits: 4 };
/// The longest answer: it must fit in a comment, beside others.
const LONGEST: usize = 50_000;

/// What is said of each file of its conflict.
pub(crate) fn files(why: &Explanation, links: Links<'_>) -> Vec<FileNote> {
    let root = why.commit.cascade == Cascade::Root;
    let meeting = Meeting { pick: why.commit.sha, onto: why.onto, root };
    Notes::new(links, LIMITS).files(meeting, &why.conflicts, &[])
}

/// What its phase resolved of it without a person, and the lines that went with it.
pub(crate) fn resolved_files(why: &Explanation, links: Links<'_>) -> Vec<(ResolvedFile, DroppedContent)> {
    let resolutions = why.phase.as_ref().map(|claim| claim.resolutions.as_slice()).unwrap_or_default();
    of_pick(why.commit.sha, resolutions, links)
}

pub(crate) fn alone(why: &Explanation) -> String {
    match why.conflicts.len() {
        0 => why.commit.alone.to_string(),
        files => format!("{} in {}, {}", why.commit.alone, count(files, "file"), count(why.offer.by_hand, "place")),
    }
}

/// How much of what a merge brought in the fork has.
pub(crate) fn inside(unit: &Surveyed) -> String {
    let commits = count(unit.inside.len(), "commit");
    match unit.inside_taken {
        0 => format!("a merge that brought in {commits}"),
        taken => format!("a merge that brought in {commits}: {taken} taken"),
    }
}

/// What becomes of a unit on the line, in words; the units it waits for are named below.
pub(crate) fn on_line(unit: &Surveyed) -> String {
    let meaning = match unit.line {
        OnLine::Taken => "the fork has it".to_owned(),
        OnLine::Clean => "applies".to_owned(),
        OnLine::Resolved => "conflicts, and needs no person".to_owned(),
        OnLine::Decide if !unit.guarded.is_empty() => {
            let files = first_few(unit.guarded.iter().map(ToString::to_string), 3);
            format!("it applies, and changes {files}, which may run on a push")
        }
        OnLine::Decide if unit.hunks == 0 => "lines of the fork's own are on the other side".to_owned(),
        OnLine::Decide => format!("lines of the fork's own are on the other side, in {}", count(unit.hunks, "place")),
        OnLine::Follows => "it conflicts only because earlier commits are missing:".to_owned(),
        OnLine::NotNeededYet => "the code it changes is not in the fork; it came with what is missing:".to_owned(),
        OnLine::NoOp => "it leaves nothing to change".to_owned(),
        OnLine::LeftOut => "by the configuration or by decision".to_owned(),
    };
    format!("{}: {meaning}", unit.line)
}

pub(crate) fn phase(why: &Explanation) -> String {
    match &why.phase {
        None => "none claims it".into(),
        Some(claim) => {
            let came = match (&claim.outcome, &claim.reason) {
                (Some(outcome), _) if !claim.follows.is_empty() => {
                    let by: Vec<String> = claim.follows.iter().map(CommitId::short).collect();
                    format!("{outcome}, after {}", by.join(", "))
                }
                (Some(outcome), _) => outcome.to_string(),
                (None, Some(reason)) => format!("left out: {}", words::reason(reason)),
                (None, None) => String::new(),
            };
            format!("{} ({}): {came}", claim.id, claim.title)
        }
    }
}

/// Whether its conflict is its own, as Markdown.
pub(crate) fn standing(why: &Explanation) -> Option<String> {
    why.standing().map(|standing| MarkdownWriter { upstream: None, references: None }.prose(&standing))
}

/// The ways out of its conflict, as Markdown.
pub(crate) fn offers(why: &Explanation) -> Vec<String> {
    why.offers().iter().map(|offer| MarkdownWriter { upstream: None, references: None }.prose(offer)).collect()
}

/// The answer as Markdown.
#[must_use]
pub fn markdown(why: &Explanation, links: Links<'_>) -> String {
    let full = write(why, links, Detail::Full);
    if full.chars().count() <= LONGEST {
        return full;
    }
    write(why, links, Detail::Brief)
}

fn write(why: &Explanation, links: Links<'_>, detail: Detail) -> String {
    let commit = &why.commit;
    let writer = MarkdownWriter { upstream: links.upstream(), references: None };
    let line = |text: &str| markdown_line(text, links.upstream());
    let named = |commit: &CommitSummary| {
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
        if commit.perhaps.is_some() { "open, perhaps taken".into() } else { commit.verdict.to_string() }
    );
    for sign in &why.shown_by {
        let _ = writeln!(text, "  - {} of {}", sign.kind, named(&sign.by));
    }
    if !commit.inside.is_empty() {
        let _ = writeln!(text, "  - {}", inside(commit));
    }
    if let Some(LineShare { there, of }) = commit.share {
        let _ =
            writeln!(text, "  - in a form of the fork's own: {there} of the {} it adds are there", count(of, "line"));
    }
    if let Some(reverted) = &why.reverted {
        let _ = writeln!(text, "- The fork undid it in {}", named(&reverted.by));
        for said in reverted.message.lines().filter(|line| !line.trim().is_empty()) {
            let _ = writeln!(text, "  - {}", line(said));
        }
    }
    let _ = writeln!(text, "- Risk: {}", commit.risk);
    for reason in &commit.reasons {
        let _ = writeln!(text, "  - {}", line(&reason.to_string()));
    }
    let _ = writeln!(text, "- Alone: {}\n- Line: {}", alone(why), on_line(commit));
    for earlier in &why.waits_for {
        let _ = writeln!(text, "  - {}", named(earlier));
    }
    let _ = writeln!(text, "- Phase: {}", line(&phase(why)));
    if let Some(standing) = standing(why) {
        let _ = writeln!(text, "\n{standing}");
    }
    let files = files(why, links);
    if !files.is_empty() {
        text.push_str("\n## Both sides\n\n");
        if detail == Detail::Brief {
            text.push_str("Too long to be shown line by line; `uptake why --format json` has all.\n\n");
        }
        writer.files(&files, detail, &mut text);
    }
    let resolved = resolved_files(why, links);
    if !resolved.is_empty() {
        text.push_str("\n## Resolved without a person\n\n");
        for (row, gone) in &resolved {
            let _ = writeln!(text, "- {}", writer.row(row));
            if !gone.lines.is_empty() && detail == Detail::Full {
                text.push('\n');
                writer.dropped_file(gone, &mut text);
            }
        }
    }
    let offers = offers(why);
    if !offers.is_empty() {
        text.push_str("\n## What to do\n\n");
        for offer in offers {
            let _ = writeln!(text, "- {offer}");
        }
    }
    text.push_str("\n## Recipe\n\n");
    match &why.recipe {
        Some(recipe) => writer.recipe(recipe, &mut text),
        None => text.push_str("Nothing to do: the fork has it, or nothing is left to change.\n"),
    }
    text
}

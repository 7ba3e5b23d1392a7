//! What is known of one commit, as people read it on a terminal.

use std::fmt::Write;

use super::term::{BAD, GOOD, WAIT, bold, faint, risk, styled};
use super::{DONE, Failure, Invocation, OutputFormat, json};
use crate::pipeline::Inputs;
use crate::survey::{LineShare, Verdict};
use crate::text::{count, short, shorten, visible_lines};
use crate::view::note::Links;
use crate::view::note::prose::Prose;
use crate::view::why::markdown::{alone, files, inside, on_line, phase, resolved_files};
use crate::view::why::{CommitSummary, Explanation};

/// How many files are shown, and how many lost lines of one.
const FILES: usize = 12;
const LINES: usize = 20;

pub(super) fn why(call: &Invocation, sha: &str, format: OutputFormat) -> Result<u8, Failure> {
    let mut bars = call.bars();
    let session = call.session(&mut bars)?;
    let inputs = Inputs::of_clone(&session)?;
    let survey = inputs.survey_units(&mut bars)?;
    let why = inputs.why(&survey, sha, &mut bars)?;
    drop(bars);
    call.warn(&survey);
    let links = Links::of(&session.config);
    call.print(&match format {
        OutputFormat::Text => text(&why, links),
        OutputFormat::Markdown => crate::view::why::markdown(&why, links),
        OutputFormat::Json => json(&why)?,
    })?;
    Ok(DONE)
}

pub(super) fn text(why: &Explanation, links: Links<'_>) -> String {
    let commit = &why.commit;
    let verdict = match commit.verdict {
        Verdict::Taken => styled("taken", GOOD),
        Verdict::Open if commit.perhaps.is_some() => styled("open, perhaps taken", WAIT),
        Verdict::Open => styled("open", WAIT),
    };
    let mut text = format!(
        "{}  {}\n  {}, {}\n\n",
        bold(&commit.sha.to_string()),
        short(&commit.subject, 100),
        short(&commit.author.name, 60),
        commit.date.day()
    );
    let _ = writeln!(text, "{} {verdict}", label("verdict"));
    for sign in &why.shown_by {
        let _ = writeln!(text, "{} {} of {}", label(""), sign.kind, one_line(&sign.by));
    }
    if !commit.inside.is_empty() {
        let _ = writeln!(text, "{} {}", label(""), inside(commit));
    }
    if let Some(LineShare { there, of }) = commit.share {
        let _ = writeln!(
            text,
            "{} in a form of the fork's own: {there} of the {} it adds are there",
            label(""),
            count(of, "line")
        );
    }
    if let Some(reverted) = &why.reverted {
        let _ = writeln!(text, "{} the fork undid it in {}", label(""), one_line(&reverted.by));
        for line in reverted.message.lines().filter(|line| !line.trim().is_empty()) {
            let _ = writeln!(text, "{}   {}", label(""), short(line, 110));
        }
    }
    let _ = writeln!(text, "{} {}", label("risk"), styled(&commit.risk.to_string(), risk(commit.risk)));
    for reason in &commit.reasons {
        let _ = writeln!(text, "{} {}", label(""), short(&reason.to_string(), 110));
    }
    let _ = writeln!(text, "{} {}", label("alone"), alone(why));
    let _ = writeln!(text, "{} {}", label("line"), on_line(commit));
    for earlier in &why.waits_for {
        let _ = writeln!(text, "{} {}", label(""), one_line(earlier));
    }
    if let Some(standing) = why.standing() {
        let _ = writeln!(text, "{} {}", label("conflict"), standing.plain_text());
    }
    for root in &why.hangs_on {
        let _ = writeln!(text, "{} root {}", label(""), one_line(root));
    }
    let _ = writeln!(text, "{} {}", label("phase"), short(&phase(why), 110));
    for file in files(why, links).iter().take(FILES) {
        let places = if file.count > 1 { format!(", in {} places", file.count) } else { String::new() };
        let _ = writeln!(text, "\n{}  {}", styled(&file.path, BAD), faint(&format!("{}{places}", file.kind)));
        lines(file.remarks.iter().map(|remark| format!("not resolved: {remark}")), &mut text);
        lines(file.facts.iter().map(Prose::plain_text), &mut text);
        if file.places.is_empty() {
            lines(file.who.iter().map(Prose::plain_text), &mut text);
        }
        for place in &file.places {
            code_lines(&place.block, &mut text);
            lines(place.rest.iter().chain(&place.who).map(Prose::plain_text), &mut text);
        }
        if file.count > file.places.len() {
            let _ = writeln!(text, "  and {}", count(file.count - file.places.len(), "more place"));
        }
        if let Some(proposal) = &file.proposal {
            lines([proposal.head.plain_text()].into_iter(), &mut text);
            code_lines(&proposal.block, &mut text);
            lines([format!("to look at it, change it or throw it away: {}", proposal.open)].into_iter(), &mut text);
        }
    }
    if why.conflicts.len() > FILES {
        let _ = writeln!(text, "\n{}", faint(&format!("and {}", count(why.conflicts.len() - FILES, "more file"))));
    }
    let resolved = resolved_files(why, links);
    if !resolved.is_empty() {
        let _ = writeln!(text, "\n{}", bold("Resolved without a person"));
    }
    for (row, gone) in &resolved {
        let what = format!("{}, by {}; dropped: {}", row.how, row.by.plain_text(), row.given_up);
        let _ = writeln!(text, "  {}  {}", short(&row.path, 60), faint(&short(&what, 200)));
        lines(row.notes.iter().chain(gone.lines.iter().take(LINES)), &mut text);
        if gone.lines.len() > LINES {
            let _ = writeln!(text, "  and {}", count(gone.lines.len() - LINES, "more line"));
        }
    }
    let offers = why.offers();
    if !offers.is_empty() {
        let _ = writeln!(text, "\n{}", bold("What to do"));
        for offer in offers {
            let _ = writeln!(text, "  {}", offer.plain_text());
        }
    }
    recipe(why, &mut text);
    text
}

fn recipe(why: &Explanation, text: &mut String) {
    let _ = writeln!(text, "\n{}", bold("Recipe"));
    let Some(recipe) = &why.recipe else {
        text.push_str("  nothing to do: the fork has it, or nothing is left to change\n");
        return;
    };
    if !recipe.resolve.is_empty() {
        let alone = faint("or with git alone:");
        let _ = write!(text, "{}\n  {alone}\n", indented(&recipe.resolve));
    }
    text.push_str(&indented(&recipe.start));
    if !recipe.finish.is_empty() {
        let then = faint("when no conflict marker is left in the files:");
        let _ = write!(text, "\n  {then}\n{}", indented(&recipe.finish));
    }
}

/// Lines of code, with their indentation: without it, half of some languages cannot be read.
fn code_lines(block: &str, text: &mut String) {
    for line in visible_lines(block).lines() {
        let _ = writeln!(text, "  {}", shorten(line, 140));
    }
}

fn indented(commands: &str) -> String {
    commands.lines().map(|line| format!("  {line}\n")).collect()
}

/// Texts on a line of their own each.
fn lines(said: impl Iterator<Item = impl AsRef<str>>, text: &mut String) {
    for line in said {
        let _ = writeln!(text, "  {}", short(line.as_ref(), 140));
    }
}

fn label(text: &str) -> String {
    faint(&format!("  {text:<9}"))
}

fn one_line(commit: &CommitSummary) -> String {
    let taken = if commit.verdict == Some(Verdict::Taken) { " (taken)" } else { "" };
    format!(
        "{} {}  {} {}{taken}",
        commit.sha.short(),
        short(&commit.subject, 70),
        short(&commit.author, 30),
        commit.date.day()
    )
}

//! What was settled without a person, what became of lock files, and every line that went with it: sections of a pull request.
//! Pure.

use std::fmt::Write;

use super::body::Scene;
use crate::pick::answer::Origin;
use crate::pick::{By, LockOutcome, Lost, Outcome, Pick, Resolution, word};
use crate::text::{code, count, fenced, inert_html, markdown_line};

/// How many rows the table of settled files has at most.
const ROWS: usize = 150;
/// How many lost lines of one file are shown, and how many characters of each.
const LINES: usize = 40;
const WIDTH: usize = 200;
/// How many files are shown with their lost lines.
const FILES: usize = 60;

/// The table of what was settled; nothing where nothing was.
pub(super) fn settled(scene: &Scene<'_>) -> Option<String> {
    let phase = scene.phase;
    let all: Vec<_> =
        on_branch(scene).flat_map(|pick| pick.resolutions.iter().map(move |found| (pick, found))).collect();
    if all.is_empty() && phase.locks.is_empty() {
        return None;
    }
    let mut text = String::from("## Settled\n\n");
    for lock in &phase.locks {
        let _ = writeln!(text, "- {}: {}.", code(&lock.path.to_string()), outcome(scene, &lock.outcome));
    }
    if !phase.locks.is_empty() {
        text.push('\n');
    }
    if all.is_empty() {
        return Some(text);
    }
    let _ = write!(
        text,
        "<details><summary>{} settled without a person</summary>\n\n| Commit | File | What was done | By | Given up |\n|---|---|---|---|---|\n",
        count(all.len(), "file")
    );
    for (pick, found) in all.iter().take(ROWS) {
        let notes: String =
            found.notes.iter().map(|note| format!("<br>{}", markdown_line(note, scene.upstream))).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {}{notes} | {} | {} |",
            scene.link(pick.sha),
            code(&found.path.to_string()),
            markdown_line(&found.how, None),
            by(found),
            given_up(&found.lost).unwrap_or_else(|| "nothing".into()),
        );
    }
    if all.len() > ROWS {
        let _ = writeln!(text, "\nand {}.", count(all.len() - ROWS, "more file"));
    }
    Some(text + "\n</details>\n")
}

/// The picks whose settling counts: those on the branch, and those of which settling left nothing.
fn on_branch<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Pick> {
    scene.phase.picks.iter().filter(|pick| pick.commit.is_some() || pick.outcome == Outcome::Vacuous)
}

/// Who or what settled it.
pub(super) fn by(found: &Resolution) -> String {
    match &found.by {
        By::Rule { pattern, settle } => format!("rule {}: `{}`", code(pattern), word(*settle)),
        By::Decision { how, origin } => format!("decision `{how}` of {}", whose(origin)),
        By::Memory { key, origin } => format!("answer {} of {}", code(key), whose(origin)),
    }
}

fn whose(origin: &Origin) -> String {
    let who = format!("{}, {}", markdown_line(&origin.who, None), markdown_line(&origin.when, None));
    match &origin.link {
        Some(link) if is_plain_link(link) => format!("{who} ([there]({link}))"),
        Some(link) => format!("{who} ({})", code(link)),
        None => who,
    }
}

/// Whether an address can stand in Markdown as it is.
fn is_plain_link(link: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./#?=&:".contains(c);
    link.starts_with("https://") && link.chars().all(plain)
}

fn outcome(scene: &Scene<'_>, outcome: &LockOutcome) -> String {
    let because = |why: &str| markdown_line(why, scene.upstream);
    match outcome {
        LockOutcome::Made { command } => {
            format!("left out of the picks, then made anew by {} in a commit of its own", code(command))
        }
        LockOutcome::Upstream { why, of } => {
            format!("upstream's file as of {}, since it was not made anew: {}", scene.link(*of), because(why))
        }
        LockOutcome::Kept { why } => format!("as the fork has it, since it was not made anew: {}", because(why)),
    }
}

/// How much was given up, in words; nothing where nothing was.
fn given_up(lost: &Lost) -> Option<String> {
    let mut parts = Vec::new();
    if !lost.upstream.is_empty() {
        parts.push(format!("{} of upstream's", count(lost.upstream.len(), "line")));
    }
    if !lost.fork.is_empty() {
        parts.push(format!("{} of the fork's", count(lost.fork.len(), "line")));
    }
    if !lost.stays.is_empty() {
        parts.push(format!("{} upstream removes stays", count(lost.stays.len(), "line")));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Every line that is missing, folded, and what the check of the branch found.
pub(super) fn lost_lines(scene: &Scene<'_>) -> Option<String> {
    let phase = scene.phase;
    let checked = &phase.checked;
    if checked.picks == 0 {
        return None;
    }
    let mut text = String::from("## Lost lines\n\n");
    let looked = format!("{}, {}", count(checked.picks, "pick"), count(checked.files, "file"));
    let resolutions = on_branch(scene).flat_map(|pick| pick.resolutions.iter().map(move |found| (pick.sha, found)));
    let of_picks = resolutions
        .map(|(sha, found)| (format!("{} in {}", code(&found.path.to_string()), scene.link(sha)), &found.lost));
    let of_locks = phase.locks.iter().map(|lock| (code(&lock.path.to_string()), &lock.lost));
    let named: Vec<(String, &Lost)> = of_picks.chain(of_locks).filter(|(_, lost)| !lost.is_empty()).collect();
    if checked.unnamed.is_empty() {
        let missing = if named.is_empty() { "none is missing" } else { "those that are missing are named here" };
        let _ = writeln!(
            text,
            "Every line upstream adds and the fork had was looked for on the branch ({looked}): {missing}.\n"
        );
    } else {
        let _ = writeln!(
            text,
            "> [!WARNING]\n> Lines are missing that nothing gave up ({looked} looked at). This should not be: look at them, and report it.\n"
        );
        for loss in &checked.unnamed {
            let _ = writeln!(text, "{} in {}:\n", code(&loss.path.to_string()), scene.link(loss.sha));
            text.push_str(&listed(&loss.lost));
            text.push('\n');
        }
    }
    if named.is_empty() {
        return Some(text);
    }
    let total = |of: fn(&Lost) -> &Vec<String>| named.iter().map(|(_, lost)| of(lost).len()).sum();
    let (upstream, fork): (usize, usize) = (total(|lost| &lost.upstream), total(|lost| &lost.fork));
    let _ = write!(
        text,
        "<details><summary>{} of upstream's and {} of the fork's given up</summary>\n\n`+` upstream adds it and the branch lacks it, `-` the fork had it, `=` upstream removes it and it stays.\n\n",
        inert_html(&count(upstream, "line")),
        inert_html(&count(fork, "line")),
    );
    for (title, lost) in named.iter().take(FILES) {
        let _ = writeln!(text, "{title}:\n");
        text.push_str(&listed(lost));
        text.push('\n');
    }
    if named.len() > FILES {
        let _ =
            writeln!(text, "and {}; `uptake plan --format json` has all.\n", count(named.len() - FILES, "more file"));
    }
    Some(text + "</details>\n")
}

fn listed(lost: &Lost) -> String {
    let mut lines = Vec::new();
    for (sign, side) in [('+', &lost.upstream), ('-', &lost.fork), ('=', &lost.stays)] {
        lines.extend(side.iter().map(|line| {
            let line: String = line.chars().take(WIDTH).collect();
            format!("{sign} {line}")
        }));
    }
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    if more > 0 {
        lines.push(format!("… {}", count(more, "more line")));
    }
    fenced("", &lines.join("\n"))
}

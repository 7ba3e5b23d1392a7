//! The note on one conflicting pick: file by file and place by place what stands on either side, and a recipe. Pure.

use std::fmt::Write;

use super::body::Scene;
use super::settled::by;
use crate::pick::conflict::told;
use crate::pick::recipe::{Recipe, Start};
use crate::pick::{Conflict, Hunk, Named, Pick, Whose, offers};
use crate::survey::Verdict;
use crate::text::{code, count, fenced, inert_html, markdown_line};

/// How many places of one file are shown; the recipe leads to the rest.
const PLACES: usize = 3;
/// How many lines of one side of a place are shown.
const LINES: usize = 12;
/// How many commits of one side of a place are named.
const COMMITS: usize = 3;
/// How many files of one pick are shown with their places.
const FILES: usize = 8;

pub(super) fn note(scene: &Scene<'_>, pick: &Pick) -> String {
    let mut text = format!(
        "<details><summary><code>{}</code> {}: {}</summary>\n\n",
        pick.sha.short(),
        scene.commits.get(&pick.sha).map(|commit| inert_html(&commit.subject)).unwrap_or_default(),
        count(pick.conflicts.len(), "file")
    );
    let name = |sha| scene.link(sha);
    if let Some(standing) = scene.commits.get(&pick.sha).and_then(|commit| offers::standing(commit, &name)) {
        let _ = writeln!(text, "{standing}\n");
    }
    if !pick.needs.blocked_by.is_empty() {
        let by = offers::blockers(&pick.needs, &name);
        let _ =
            writeln!(text, "Blocked by {by}: once that is settled on this branch, it applies. So settle that first.\n");
    }
    for offer in offers::offers(&pick.needs, offers::places(pick.open()), &name) {
        let _ = writeln!(text, "- {offer}");
    }
    text.push('\n');
    for (at, conflict) in pick.conflicts.iter().enumerate() {
        let _ = writeln!(text, "**{}**: {}\n", code(&conflict.path.to_string()), told(conflict.kind));
        let settled: Vec<_> = pick.resolutions.iter().filter(|found| found.path == conflict.path).collect();
        for found in &settled {
            let _ =
                writeln!(text, "Settled on picking it again: {}, by {}.\n", markdown_line(&found.how, None), by(found));
        }
        for remark in &conflict.remarks {
            let _ = writeln!(text, "Not settled: {}.\n", markdown_line(remark, scene.upstream));
        }
        if at < FILES && settled.is_empty() {
            places(scene, conflict, &mut text);
        }
    }
    if pick.conflicts.len() > FILES {
        let _ =
            writeln!(text, "The places in the last {} are not shown.\n", count(pick.conflicts.len() - FILES, "file"));
    }
    text.push_str("To settle it by hand:\n\n");
    text.push_str(&fenced("sh", &recipe(scene, pick)));
    text + "\n</details>\n"
}

fn places(scene: &Scene<'_>, conflict: &Conflict, text: &mut String) {
    if conflict.hunks.is_empty() {
        for whose in &conflict.whose {
            origins(scene, whose, text);
        }
        return;
    }
    for (at, hunk) in conflict.hunks.iter().take(PLACES).enumerate() {
        text.push_str(&fenced("", &place(hunk)));
        text.push('\n');
        if let Some(whose) = conflict.whose.get(at) {
            origins(scene, whose, text);
        }
    }
    if conflict.hunks.len() > PLACES {
        let _ = writeln!(text, "… and {}.\n", count(conflict.hunks.len() - PLACES, "more place"));
    }
}

/// Who put what there, a line per commit.
fn origins(scene: &Scene<'_>, whose: &Whose, text: &mut String) {
    let mut side = |begin: &str, commits: &[Named], link: &dyn Fn(&Named) -> String| {
        for commit in commits.iter().take(COMMITS) {
            let (subject, author) =
                (markdown_line(&commit.subject, scene.upstream), markdown_line(&commit.author, None));
            let taken = if commit.verdict == Some(Verdict::Taken) { "; the fork has it in another form" } else { "" };
            let _ = writeln!(text, "- {begin} {}: {subject} ({author}, {}{taken})", link(commit), commit.date.day());
        }
        if commits.len() > COMMITS {
            let _ = writeln!(text, "- {begin} {}", count(commits.len() - COMMITS, "older commit"));
        }
    };
    let upstream = |commit: &Named| scene.link(commit.sha);
    side("the fork's side is from", &whose.fork, &|commit| scene.own(commit.sha));
    side("the branch has it from the pick of", &whose.picked, &upstream);
    side("missing from upstream:", &whose.upstream, &upstream);
    text.push('\n');
}

/// A conflicting place as git's conflict markers show it.
fn place(hunk: &Hunk) -> String {
    let mut text = format!("<<<<<<< fork, from line {}\n", hunk.line);
    side(&hunk.ours, &mut text);
    text.push_str("||||||| before\n");
    side(&hunk.base, &mut text);
    text.push_str("=======\n");
    side(&hunk.theirs, &mut text);
    text + ">>>>>>> upstream\n"
}

fn side(lines: &[String], text: &mut String) {
    for line in lines.iter().take(LINES) {
        let line: String = line.chars().take(300).collect();
        let _ = writeln!(text, "{line}");
    }
    if lines.len() > LINES {
        let _ = writeln!(text, "… {}", count(lines.len() - LINES, "more line"));
    }
}

/// Commands that lead a person to the same conflict on their machine.
fn recipe(scene: &Scene<'_>, pick: &Pick) -> String {
    let files = pick.conflicts.iter().map(|conflict| conflict.path.to_text().into_owned()).collect();
    let start = Start::Phase(&scene.phase.branch);
    Recipe { pick: pick.sha, upstream: scene.upstream, start, first: None, files }.commands()
}

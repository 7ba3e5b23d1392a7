//! The text of a pull request. Pure.

use std::fmt::Write;

use super::commits::Names;
use super::marker::Marker;
use super::section::{Section, fit};
use crate::chatops::command::written;
use crate::chatops::reply;
use crate::config::Config;
use crate::config::raw::CiWhen;
use crate::pick::{BuiltPhase, Outcome, Pick};
use crate::survey::{Cascade, Survey};
use crate::text::{code, count, discreet_link, fenced, markdown_line, short};
use crate::view::note::markdown::MarkdownWriter;
use crate::view::note::prose::Prose;
use crate::view::note::{Detail, Limits, Links, Notes, offers, resolved_summary, words};
use engine::ids::CommitId;

/// The most characters shown of a name and of a reason: one that goes on for pages must not push out what others say.
const NAME: usize = 60;
const REASON: usize = 500;

/// How much of a conflict a pull request shows: what it takes to see what it is about. The report has more.
const LIMITS: Limits = Limits { places: 3, lines: 12, commits: 3 };

/// How much each section matters where not all fit: what is lightest is shortened first, and lost last of all. A cascade follows
/// from its roots, so its note goes before theirs; and a later conflict often hangs on an earlier one, so it goes before that.
mod weight {
    pub(super) const LEFT_OUT: u32 = 10;
    pub(super) const CASCADE: u32 = 20;
    pub(super) const ROOT: u32 = 30;
    pub(super) const CASCADE_BRIEF: u32 = 40;
    pub(super) const LOST: u32 = 50;
    pub(super) const RESOLVED: u32 = 60;
    pub(super) const ROOT_BRIEF: u32 = 70;
    pub(super) const LINE: u32 = 80;
    pub(super) const SHORT: u32 = 90;
    pub(super) const TESTS: u32 = 100;
}

/// What the sections are made from.
pub(super) struct BodyContext<'a> {
    phase: &'a BuiltPhase,
    upstream: Option<&'a str>,
    names: Names<'a>,
}

impl BodyContext<'_> {
    /// The commit as a link to upstream, or as plain code.
    fn link(&self, sha: CommitId) -> String {
        self.names.link(sha)
    }

    fn subject(&self, sha: CommitId) -> String {
        self.names.subject(sha)
    }
}

/// The whole body, the marker at its end, shortened and cut at whole sections where it would be too long.
pub(super) fn body(
    phase: &BuiltPhase,
    survey: &Survey,
    config: &Config,
    table: Option<&str>,
    marker: &Marker,
) -> String {
    let links = Links::of(config);
    let scene = BodyContext { phase, upstream: links.upstream(), names: Names::new(survey, config) };
    let writer = MarkdownWriter { upstream: scene.upstream };
    let mut sections = vec![Section::firm(head(&scene)), Section::of(weight::TESTS, picks(&scene))];
    let notes = Notes::new(links, LIMITS).of_phase(phase, &|sha| scene.names.get(sha));
    if !notes.is_empty() {
        let persons = phase.picks.iter().filter(|pick| pick.outcome.needs_person()).count();
        let held_back = phase.picks.iter().filter(|pick| pick.is_held_back()).count();
        let heading = if held_back == notes.len() { "To decide" } else { "Conflicts" };
        let text = format!(
            "## {heading}\n\n{}. Each note has what the fork and upstream have there, and a recipe.\n",
            match (persons, notes.len() - persons) {
                (0, others) => format!("Nothing here is for a person to decide: {}", lack(others)),
                (persons, 0) => format!("{} for a person", waits(persons)),
                (persons, others) => format!("{} for a person; {}", waits(persons), lack(others)),
            }
        );
        sections.push(Section::of(weight::TESTS, text));
        let waiting = phase.picks.iter().filter(|pick| pick.outcome.waits());
        sections.extend(notes.iter().zip(waiting).map(|(note, pick)| {
            let surveyed = scene.names.get(pick.sha);
            let (full, brief) = match surveyed.is_some_and(|commit| commit.cascade == Cascade::Cascade) {
                true => (weight::CASCADE, weight::CASCADE_BRIEF),
                false => (weight::ROOT, weight::ROOT_BRIEF),
            };
            Section::of(full, writer.note(note, Detail::Full))
                .or(brief, writer.note(note, Detail::Brief))
                .or(weight::LINE, writer.note(note, Detail::Line))
        }));
    }
    let resolved = resolved_summary(phase, links);
    let mut described = |heading: &str, heavy, write: &dyn Fn(Detail) -> String| {
        let [full, short] = [Detail::Full, Detail::Brief].map(write);
        if !full.is_empty() {
            let text = |text: String| format!("{heading}\n\n{text}");
            sections.push(Section::of(heavy, text(full)).or(weight::SHORT, text(short)));
        }
    };
    described("## Resolved", weight::RESOLVED, &|detail| writer.resolved(&resolved, detail));
    described("## Lost lines", weight::LOST, &|detail| writer.dropped_lines(&resolved, detail));
    if !phase.left_out.is_empty() {
        let short = format!("## Left out\n\n{}; `uptake plan` says why.\n", count(phase.left_out.len(), "commit"));
        sections.push(Section::of(weight::LEFT_OUT, left_out(&scene)).or(weight::SHORT, short));
    }
    sections.push(Section::of(weight::TESTS, tests(phase, table)));
    sections.push(Section::of(weight::TESTS, commands(config)));
    fit(sections, "a pull request", &elsewhere(config), &marker.write())
}

/// Where all that is said of a conflict can be read.
fn elsewhere(config: &Config) -> String {
    let here = match config.commands.enabled {
        true => format!(" (in a comment here: {})", code(&written(&config.commands.prefix, "why SHA"))),
        false => String::new(),
    };
    format!("`uptake report` has all of it, `uptake why SHA`{here} all of one commit.")
}

/// That so many picks lack earlier commits alone.
fn lack(picks: usize) -> String {
    format!(
        "{} only because earlier commits are not here",
        if picks == 1 { "1 pick conflicts".to_owned() } else { format!("{picks} picks conflict") }
    )
}

fn waits(conflicts: usize) -> String {
    format!("{} wait{}", count(conflicts, "pick"), if conflicts == 1 { "s" } else { "" })
}

fn head(scene: &BodyContext<'_>) -> String {
    let phase = scene.phase;
    let of = |outcome| phase.picks.iter().filter(|pick| pick.outcome == outcome).count();
    let mut parts = Vec::new();
    for outcome in Outcome::ALL {
        if of(outcome) > 0 {
            parts.push(format!("{} {outcome}", of(outcome)));
        }
    }
    let upstream = scene.upstream.map(|name| format!(" of {}", code(name))).unwrap_or_default();
    format!(
        "Takes upstream commits{upstream} into {} (`{}`): {}. Risk: **{}**.\n\n\
         Author and date of each commit are upstream's; each names its origin in a `(cherry picked from commit …)` line. \
         Merge with a merge commit or by rebasing, so that they stay.{}\n",
        code(&phase.base),
        phase.base_commit.short(),
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") },
        phase.risk,
        if phase.landed() == 0 {
            "\n\n**Nothing of it applies untouched yet**, so the branch holds one commit that changes nothing."
        } else {
            ""
        },
    )
}

fn picks(scene: &BodyContext<'_>) -> String {
    let mut text = String::from(
        "## Picks\n\n| # | Commit | Subject | Author | Risk | Outcome | Note |\n|--:|---|---|---|---|---|---|\n",
    );
    for (at, pick) in scene.phase.picks.iter().enumerate() {
        let author = scene.names.get(pick.sha).map(|commit| markdown_line(&short(&commit.author.name, NAME), None));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            at + 1,
            scene.link(pick.sha),
            scene.subject(pick.sha),
            author.unwrap_or_default(),
            risk(pick),
            outcome(scene, pick),
            words::pick_note(pick).map(|note| markdown_line(&note, scene.upstream)).unwrap_or_default(),
        );
    }
    text
}

fn risk(pick: &Pick) -> String {
    match pick.reasons.as_slice() {
        [] => pick.risk.to_string(),
        reasons => format!("{}: {}", pick.risk, markdown_line(&short(&words::reasons(reasons), REASON), None)),
    }
}

fn outcome(scene: &BodyContext<'_>, pick: &Pick) -> String {
    match (pick.outcome, pick.commit) {
        (outcome, Some(_)) if outcome.waits() => {
            format!("**{outcome}**, committed with markers in {}", count(pick.conflicts.len(), "file"))
        }
        (Outcome::Decide, _) if pick.is_held_back() => "**decide**: to be read first, not on the branch".into(),
        (Outcome::Decide, _) => {
            format!("**decide** in {}, not on the branch", count(pick.conflicts.len(), "file"))
        }
        (outcome @ (Outcome::Follows | Outcome::NotNeededYet), _) => {
            let after = offers::commits(Prose::default(), &pick.follows, &mut |sha| scene.names.commit(sha));
            let after = MarkdownWriter { upstream: scene.upstream }.prose(&after);
            match (pick.follows.is_empty(), outcome) {
                (true, _) => format!("**{outcome}**, not on the branch"),
                (false, Outcome::NotNeededYet) => format!("**{outcome}**: its code came with {after}"),
                (false, _) => format!("**{outcome}** {after}, not on the branch"),
            }
        }
        (Outcome::LeftOut, _) => "not tried: the phase ends at the conflict before it".into(),
        (outcome @ (Outcome::Clean | Outcome::Resolved | Outcome::NoOp), _) => match pick.resolutions.len() {
            0 => outcome.to_string(),
            files => format!("{outcome}: {} resolved", count(files, "file")),
        },
    }
}

fn left_out(scene: &BodyContext<'_>) -> String {
    let mut text = format!(
        "## Left out\n\n<details><summary>{}</summary>\n\n| Commit | Subject | Why |\n|---|---|---|\n",
        count(scene.phase.left_out.len(), "commit")
    );
    for left in &scene.phase.left_out {
        let said = left.reason.decision().and_then(|decision| decision.link.as_deref()).and_then(discreet_link);
        let said = said.map(|link| format!(" [Said here]({link}).")).unwrap_or_default();
        let why = markdown_line(&words::reason(&left.reason), scene.upstream) + &said;
        let _ = writeln!(text, "| {} | {} | {why} |", scene.link(left.sha), scene.subject(left.sha));
    }
    text + "\n</details>\n"
}

fn tests(phase: &BuiltPhase, table: Option<&str>) -> String {
    let ci = &phase.ci;
    let mut text = String::from("## Tests\n\n");
    if ci.when == CiWhen::Never || (ci.cuda.is_empty() && ci.validate.is_empty()) {
        return text + "No test matrix is configured for this phase.\n";
    }
    if let Some(table) = table {
        text.push_str(table);
        text.push('\n');
    } else if !ci.cuda.is_empty() {
        text.push_str("| CUDA | State | For |\n|---|---|---|\n");
        for version in &ci.cuda {
            let _ = writeln!(text, "| {} | waiting | `{}` |", markdown_line(version, None), phase.head.short());
        }
        text.push('\n');
    }
    if !ci.validate.is_empty() {
        text.push_str("Each must pass, in this order:\n\n");
        text.push_str(&fenced("sh", &ci.validate.join("\n")));
    }
    text
}

fn commands(config: &Config) -> String {
    if !config.commands.enabled {
        return String::from("## Commands\n\nComments are not obeyed here (`commands.enabled: false`).\n");
    }
    format!(
        "<details><summary>Commands</summary>\n\nIn a comment, each on a line of its own:\n\n{}\n</details>\n",
        reply::table(&config.commands)
    )
}

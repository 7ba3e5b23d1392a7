//! The text of a pull request. Pure.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::commits::Names;
use super::effort::effort;
use super::marker::Marker;
use super::perhaps::perhaps;
use super::section::{Section, fit};
use crate::chatops::command::written;
use crate::chatops::reply;
use crate::config::Config;
use crate::config::raw::{CiWhen, CommandSettings};
use crate::pick::{BuiltPhase, Cost, Lock, LockOutcome, Outcome, Pick};
use crate::risk::Level;
use crate::survey::{Cascade, Survey};
use crate::text::{code, count, discreet_link, fenced, first_few, inert_line, listed, markdown_line, short};
use crate::view::note::{Detail, Limits, Links, Note, Notes, resolved_summary, said, to_look_at, words};
use engine::ids::CommitId;

/// The most characters shown of a reason: one that goes on for pages must not push out what others say.
const REASON: usize = 500;

/// How much of what people said of a phase is shown.
const SAID: usize = 300;

/// How much of a conflict a pull request shows: what it takes to see what it is about. The report has more.
const LIMITS: Limits = Limits { places: 3, lines: 12, commits: 3 };

/// How many bytes of rows and how many decisions are seen at once; the others are folded, so that a screen or two show what to do.
const TABLE: usize = 1_600;
const DECISIONS: usize = 6;

/// How many of the units are named that a pick follows.
const FOLLOWED: usize = 3;

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
    pub(super) const FIRM: u32 = u32::MAX;
}

/// What the sections are made from.
pub(super) struct BodyContext<'a> {
    phase: &'a BuiltPhase,
    upstream: Option<&'a str>,
    names: Names<'a>,
    commands: &'a CommandSettings,
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
    let scene = BodyContext {
        phase,
        upstream: links.upstream(),
        names: Names::new(survey, config),
        commands: &config.commands,
    };
    let writer = scene.names.writer();
    let mut sections =
        vec![Section::firm(head(&scene) + &said(config, phase)), Section::of(weight::TESTS, tests(phase, table))];
    let lists = [perhaps(phase, &scene.names, config), ready(&scene), remarks(&scene), others(&scene)]
        .into_iter()
        .filter(|text| !text.is_empty());
    sections.extend(lists.map(|text| Section::of(weight::TESTS, text)));
    sections.extend(decisions(&scene, links));
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
        let short =
            format!("## Left out\n\n{}; `uptake plan {}` says why.\n", count(phase.left_out.len(), "commit"), phase.id);
        sections.push(Section::of(weight::LEFT_OUT, left_out(&scene)).or(weight::SHORT, short));
    }
    sections.push(Section::of(weight::TESTS, commands(config)));
    fit(sections, ("a pull request", &elsewhere(config)), &scene.names.references, &marker.write())
}

/// What a person decides, the cheapest first: it is the quickest to be rid of. None of them is ever left out.
fn decisions(scene: &BodyContext<'_>, links: Links<'_>) -> Vec<Section> {
    let (phase, writer) = (scene.phase, scene.names.writer());
    let notes = Notes::new(links, LIMITS).answered(scene.commands).of_phase(phase, &|sha| scene.names.get(sha));
    let waiting = phase.picks.iter().filter(|pick| pick.outcome.waits());
    let mut decisions: Vec<(&Note, &Pick)> =
        notes.iter().zip(waiting).filter(|(_, pick)| pick.outcome.needs_person()).collect();
    if decisions.is_empty() {
        return Vec::new();
    }
    decisions.sort_by_key(|(_, pick)| Cost::of(pick, &phase.picks));
    let text = "## Decisions\n\nThe cheapest first. Each note has what upstream changed, what the fork has there, and how to resolve it.\n";
    let mut sections = vec![Section::firm(text.into())];
    let more = decisions.len().saturating_sub(DECISIONS);
    for (at, (note, pick)) in decisions.into_iter().enumerate() {
        if at == DECISIONS {
            let begin = format!("<details><summary>{}</summary>\n", count(more, "more decision"));
            sections.push(Section::firm(begin));
        }
        let surveyed = scene.names.get(pick.sha);
        let (full, brief) = match surveyed.is_some_and(|commit| commit.cascade == Cascade::Cascade) {
            true => (weight::CASCADE, weight::CASCADE_BRIEF),
            false => (weight::ROOT, weight::ROOT_BRIEF),
        };
        let section = Section::of(full, writer.note(note, Detail::Full))
            .or(brief, writer.note(note, Detail::Brief))
            .or(weight::LINE, writer.note(note, Detail::Line))
            .or(weight::FIRM, format!("- {}\n", code(&pick.sha.short())));
        sections.push(section);
    }
    if more > 0 {
        sections.push(Section::firm("</details>\n".into()));
    }
    sections
}

/// Where all that is said of a conflict can be read.
fn elsewhere(config: &Config) -> String {
    let here = match config.commands.enabled {
        true => format!(" (in a comment here: {})", code(&written(&config.commands.prefix, "why SHA"))),
        false => String::new(),
    };
    format!("`uptake report` has all of it, `uptake why SHA`{here} all of one commit.")
}

/// What is ready, what a person decides, what follows, and how to merge.
fn head(scene: &BodyContext<'_>) -> String {
    let phase = scene.phase;
    let of = |is: &dyn Fn(&Pick) -> bool| phase.picks.iter().filter(|pick| is(pick)).count();
    let (all, landed) = (phase.picks.len(), phase.landed());
    let marked = of(&|pick| pick.outcome.waits() && pick.commit.is_some());
    let decide = of(&|pick| pick.outcome.needs_person());
    let follow = of(&|pick| pick.outcome.waits() && !pick.outcome.needs_person());
    let upstream = scene.upstream.map(|name| format!(" of {}", code(name))).unwrap_or_default();
    let ready = match (landed - marked, all - landed) {
        (0, _) if landed > 0 => "**Not ready: it holds conflict markers.**".to_owned(),
        (0, _) => "**Nothing is ready yet.** The branch holds one commit that changes nothing.".to_owned(),
        (ready, 0) if marked == 0 => format!("**{} to merge**: all there is.", are_ready(ready)),
        (ready, _) => format!("**{} to merge**, of {all}.", are_ready(ready)),
    };
    let mut text: String = phase.locks.iter().filter_map(regenerate).collect();
    let _ = write!(
        text,
        "{ready} They are upstream commits{upstream}, for {} (`{}`). Risk: **{}**.\n\n",
        code(&phase.base),
        phase.base_commit.short(),
        phase.risk,
    );
    if decide > 0 {
        let cheapest = phase.picks.iter().filter(|pick| pick.outcome.needs_person());
        let cheapest = cheapest.min_by_key(|pick| Cost::of(pick, &phase.picks));
        let cheapest = cheapest.map(|pick| {
            format!(" {} {} ({})", scene.link(pick.sha), scene.subject(pick.sha), effort(pick, &phase.picks))
        });
        let open = phase.picks.iter().filter(|pick| pick.outcome.needs_person()).flat_map(Pick::open);
        let proposals = to_look_at(open).map(|proposals| format!(" {proposals}.")).unwrap_or_default();
        let need = if decide == 1 { "1 pick needs".to_owned() } else { format!("{decide} picks need") };
        let which = if decide == 1 { "it is" } else { "the cheapest is" };
        let _ =
            writeln!(text, "- **You decide:** {need} a decision; {which}{}.{proposals}", cheapest.unwrap_or_default());
    }
    if follow > 0 {
        let wait = if follow == 1 { "1 pick waits".to_owned() } else { format!("{follow} picks wait") };
        let _ = writeln!(text, "- **Nothing to do for now:** {wait} for earlier commits.");
    }
    if let Some(brings) = phase.brings {
        let _ = writeln!(
            text,
            "- **Merge it with a merge commit, or by fast-forward**, neither squashed nor rebased: it is one merge commit, and tells git that upstream is in up to {} {}.",
            scene.link(brings),
            scene.subject(brings)
        );
    } else if landed > marked && marked == 0 {
        let first = if phase.locks.iter().any(Lock::is_pending) { "then review" } else { "review" };
        let _ = writeln!(
            text,
            "- **Next:** {first} *Files changed*, then merge with a merge commit or by rebasing: author, date and origin of each commit stay."
        );
    }
    text
}

/// What people said of the phase, in short: the configuration and the report have all of it.
fn said(config: &Config, phase: &BuiltPhase) -> String {
    match said::of_phase(config, &phase.id) {
        lines if lines.is_empty() => String::new(),
        lines => format!("- **The plan says:** {}\n", inert_line(&short(&lines.join(" · "), SAID))),
    }
}

/// That a lock file must be regenerated before anything is merged, and with what: before all else.
fn regenerate(lock: &Lock) -> Option<String> {
    let LockOutcome::Pending { command, .. } = &lock.outcome else { return None };
    let how = command.as_ref().map(|command| format!(": {} on this branch, then push", code(command)));
    let path = code(&lock.path.to_string());
    Some(format!("**Not to be merged before {path} is regenerated**{}.\n\n", how.unwrap_or_default()))
}

fn are_ready(picks: usize) -> String {
    if picks == 1 { "1 pick is ready".to_owned() } else { format!("{picks} picks are ready") }
}

/// What is on the branch.
fn ready(scene: &BodyContext<'_>) -> String {
    let on_branch: Vec<&Pick> = scene.phase.picks.iter().filter(|pick| pick.commit.is_some()).collect();
    if on_branch.is_empty() {
        return String::new();
    }
    let head = "| Commit | Change | Risk | Outcome |\n|---|---|---|---|\n";
    let mut text = format!("## In this pull request\n\n{head}");
    let (mut shown, mut folded) = (0, Vec::new());
    for pick in on_branch {
        let (outcome, risk) = (outcome(pick), level(pick.risk));
        let row = format!("| {} | {} | {risk} | {outcome} |\n", scene.link(pick.sha), scene.subject(pick.sha));
        if folded.is_empty() && shown + row.len() <= TABLE {
            shown += row.len();
            text.push_str(&row);
        } else {
            folded.push(row);
        }
    }
    if !folded.is_empty() {
        let more = count(folded.len(), "more pick");
        let _ = write!(text, "\n<details><summary>{more}</summary>\n\n{head}{}\n</details>\n", folded.concat());
    }
    text
}

fn level(risk: Level) -> String {
    if risk >= Level::High { format!("**{risk}**") } else { risk.to_string() }
}

/// Why picks are risky, and what the configuration or a person says of them: folded.
fn remarks(scene: &BodyContext<'_>) -> String {
    let remark = |pick: &Pick| {
        let reasons = (!pick.reasons.is_empty()).then(|| {
            let reasons = markdown_line(&short(&words::reasons(&pick.reasons), REASON), None);
            format!("risk {}: {reasons}", pick.risk)
        });
        let note = words::pick_note(pick).map(|note| markdown_line(&note, scene.upstream));
        let said: Vec<String> = reasons.into_iter().chain(note).collect();
        (!said.is_empty()).then(|| format!("- {}: {}\n", scene.link(pick.sha), said.join(". ")))
    };
    let lines: Vec<String> = scene.phase.picks.iter().filter_map(remark).collect();
    if lines.is_empty() {
        return String::new();
    }
    let picks = count(lines.len(), "pick");
    format!("<details><summary>Risks and remarks: {picks}</summary>\n\n{}\n</details>\n", lines.concat())
}

/// What is not on the branch and asks nothing of anybody: a line each, folded.
fn others(scene: &BodyContext<'_>) -> String {
    let off_branch = scene.phase.picks.iter().filter(|pick| pick.commit.is_none() && !pick.outcome.needs_person());
    let off_branch: Vec<&Pick> = off_branch.collect();
    if off_branch.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "<details><summary>Not here, and nothing to do for now: {}</summary>\n\n",
        count(off_branch.len(), "pick")
    );
    for pick in off_branch {
        let _ = writeln!(text, "- {} {}: {}", scene.link(pick.sha), scene.subject(pick.sha), outcome(pick));
    }
    text + "\n</details>\n"
}

fn outcome(pick: &Pick) -> String {
    match (pick.outcome, pick.commit) {
        (outcome, Some(_)) if outcome.waits() => {
            format!("**{outcome}**, committed with markers in {}", count(pick.conflicts.len(), "file"))
        }
        (Outcome::Decide, _) if pick.is_held_back() => "**decide**: to be read first".into(),
        (Outcome::Decide, _) => format!("**decide** in {}", count(pick.conflicts.len(), "file")),
        (outcome @ (Outcome::Follows | Outcome::NotNeededYet), _) => {
            // Without links: they are in other pull requests, and would be most of the text.
            let after = first_few(pick.follows.iter().map(|sha| code(&sha.short())), FOLLOWED);
            match (pick.follows.is_empty(), outcome) {
                (true, _) => outcome.to_string(),
                (false, Outcome::NotNeededYet) => format!("not needed yet: the code it changes came with {after}"),
                (false, _) => format!("follows {after}"),
            }
        }
        (Outcome::LeftOut, _) => "not here: the phase ends before it, at what waits".into(),
        (outcome @ (Outcome::Clean | Outcome::Resolved | Outcome::NoOp), _) => match pick.resolutions.len() {
            0 => outcome.to_string(),
            files => format!("{outcome}{}: {}", by_people(pick), count(files, "file")),
        },
    }
}

/// By whom a pick was resolved, where that were people.
fn by_people(pick: &Pick) -> String {
    let people = pick.resolutions.iter().filter_map(|found| found.by.origin());
    let people: BTreeSet<String> = people.map(|origin| inert_line(&short(&origin.who, 60))).collect();
    if people.is_empty() {
        String::new()
    } else {
        format!(" by {}", listed(&people.into_iter().collect::<Vec<_>>(), "and"))
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
    if ci.when == CiWhen::Never || (ci.cells.is_empty() && ci.validate.is_empty()) {
        return text + "No test matrix is configured for this phase.\n";
    }
    if let Some(table) = table {
        text.push_str(table);
        text.push('\n');
    } else if !ci.cells.is_empty() {
        let cuda = ci.names().all(|cell| cell.cuda().is_some());
        let _ = writeln!(text, "| {} | State | For |\n|---|---|---|", if cuda { "CUDA" } else { "Test" });
        for cell in ci.names() {
            let name = if cuda { cell.short() } else { cell };
            let _ = writeln!(text, "| {} | waiting | `{}` |", markdown_line(name, None), phase.head.short());
        }
        text.push('\n');
    }
    if !ci.validate.is_empty() {
        let order = if ci.validate.len() > 1 { ", in this order" } else { "" };
        let commands = format!("{} that must pass{order}", count(ci.validate.len(), "command"));
        let _ = write!(
            text,
            "<details><summary>{commands}</summary>\n\n{}\n</details>\n",
            fenced("sh", &ci.validate.join("\n"))
        );
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

//! The text of a pull request. Pure.

use std::collections::HashMap;
use std::fmt::Write;

use super::marker::Marker;
use super::names::Names;
use super::note;
use super::section::{Section, fit};
use super::settled::{lost_lines, settled};
use crate::chatops::reply;
use crate::config::Config;
use crate::config::raw::When;
use crate::ids::CommitId;
use crate::pick::{BuiltPhase, Outcome, Pick, offers};
use crate::survey::{Survey, Surveyed};
use crate::text::{code, count, discreet_link, fenced, markdown_line, short};

/// The most characters shown of a name and of a reason: one that goes on for pages must not push out what others say.
const NAME: usize = 60;
const REASON: usize = 500;

/// What the sections are made from.
pub(super) struct Scene<'a> {
    pub(super) phase: &'a BuiltPhase,
    pub(super) commits: HashMap<CommitId, &'a Surveyed>,
    pub(super) upstream: Option<&'a str>,
    pub(super) fork: Option<&'a str>,
    names: Names<'a>,
}

impl Scene<'_> {
    /// The commit as a link to upstream, or as plain code.
    pub(super) fn link(&self, sha: CommitId) -> String {
        self.names.link(sha)
    }

    /// The fork's own commit as a link, or as plain code.
    pub(super) fn own(&self, sha: CommitId) -> String {
        let short = code(&sha.short());
        match self.fork {
            Some(fork) => format!("[{short}](https://github.com/{fork}/commit/{sha})"),
            None => short,
        }
    }

    pub(super) fn subject(&self, sha: CommitId) -> String {
        self.names.subject(sha)
    }
}

/// The whole body, the marker at its end, cut at whole sections where it would be too long.
pub(super) fn body(
    phase: &BuiltPhase,
    survey: &Survey,
    config: &Config,
    table: Option<&str>,
    marker: &Marker,
) -> String {
    let scene = Scene {
        phase,
        commits: survey.commits.iter().map(|commit| (commit.sha, commit)).collect(),
        upstream: config.upstream.repository.as_deref(),
        fork: config.fork.repository.as_deref(),
        names: Names::new(survey, config),
    };
    let mut sections = vec![Section::firm(head(&scene)), Section { weight: 900, text: picks(&scene) }];
    let conflicted = || phase.picks.iter().filter(|pick| pick.outcome.waits());
    if conflicted().next().is_some() {
        let blocked = conflicted().filter(|pick| pick.outcome == Outcome::Blocked).count();
        let text = format!(
            "## Conflicts\n\n{} for a person{}. Each note has what the fork and upstream have there, and a recipe.\n",
            waits(conflicted().count() - blocked),
            match blocked {
                0 => String::new(),
                1 => ", and 1 more for these to be settled".to_owned(),
                more => format!(", and {more} more for these to be settled"),
            }
        );
        sections.push(Section { weight: 800, text });
        // A later conflict often hangs on an earlier one, so the earlier note is worth more.
        let notes = conflicted().zip((100..700).rev());
        sections.extend(notes.map(|(pick, weight)| Section { weight, text: note::note(&scene, pick) }));
    }
    sections.extend(settled(&scene).map(|text| Section { weight: 750, text }));
    sections.extend(lost_lines(&scene).map(|text| Section { weight: 700, text }));
    if !phase.left_out.is_empty() {
        sections.push(Section { weight: 50, text: left_out(&scene) });
    }
    sections.push(Section { weight: 850, text: tests(phase, table) });
    sections.push(Section { weight: 860, text: commands(config) });
    fit(sections, "a pull request", &marker.write())
}

fn waits(conflicts: usize) -> String {
    format!("{} wait{}", count(conflicts, "pick"), if conflicts == 1 { "s" } else { "" })
}

fn head(scene: &Scene<'_>) -> String {
    let phase = scene.phase;
    let of = |outcome| phase.picks.iter().filter(|pick| pick.outcome == outcome).count();
    let mut parts = Vec::new();
    for outcome in
        [Outcome::Clean, Outcome::Resolved, Outcome::Conflicted, Outcome::Blocked, Outcome::Vacuous, Outcome::LeftOut]
    {
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
            "\n\n**Nothing of it applies untouched yet**, so the branch holds one commit that changes nothing, and this is a draft."
        } else {
            ""
        },
    )
}

fn picks(scene: &Scene<'_>) -> String {
    let mut text = String::from(
        "## Picks\n\n| # | Commit | Subject | Author | Risk | Outcome | Note |\n|--:|---|---|---|---|---|---|\n",
    );
    for (at, pick) in scene.phase.picks.iter().enumerate() {
        let author = scene.commits.get(&pick.sha).map(|commit| markdown_line(&short(&commit.author.name, NAME), None));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            at + 1,
            scene.link(pick.sha),
            scene.subject(pick.sha),
            author.unwrap_or_default(),
            risk(pick),
            outcome(scene, pick),
            pick.note.as_deref().map(|note| markdown_line(note, scene.upstream)).unwrap_or_default(),
        );
    }
    text
}

fn risk(pick: &Pick) -> String {
    match pick.reasons.as_slice() {
        [] => pick.risk.to_string(),
        reasons => format!("{}: {}", pick.risk, markdown_line(&short(&reasons.join("; "), REASON), None)),
    }
}

fn outcome(scene: &Scene<'_>, pick: &Pick) -> String {
    match (pick.outcome, pick.commit) {
        (Outcome::Conflicted, Some(_)) => {
            format!("**conflicted**, committed with markers in {}", count(pick.conflicts.len(), "file"))
        }
        (Outcome::Conflicted, None) => {
            format!("**conflicted** in {}, not on the branch", count(pick.conflicts.len(), "file"))
        }
        (Outcome::Blocked, _) => {
            let by = offers::blockers(&pick.needs, &|sha| scene.link(sha));
            format!("**blocked** by {by}, not on the branch")
        }
        (Outcome::LeftOut, _) => "not tried: the phase ends at the conflict before it".into(),
        (outcome @ (Outcome::Clean | Outcome::Resolved | Outcome::Vacuous), _) => match pick.resolutions.len() {
            0 => outcome.to_string(),
            files => format!("{outcome}: {} settled", count(files, "file")),
        },
    }
}

fn left_out(scene: &Scene<'_>) -> String {
    let mut text = format!(
        "<details><summary>Left out: {}</summary>\n\n| Commit | Subject | Why |\n|---|---|---|\n",
        count(scene.phase.left_out.len(), "commit")
    );
    for left in &scene.phase.left_out {
        let said = left.reason.decision().and_then(|decision| decision.link.as_deref()).and_then(discreet_link);
        let said = said.map(|link| format!(" [Said here]({link}).")).unwrap_or_default();
        let why = markdown_line(&left.reason.to_string(), scene.upstream) + &said;
        let _ = writeln!(text, "| {} | {} | {why} |", scene.link(left.sha), scene.subject(left.sha));
    }
    text + "\n</details>\n"
}

fn tests(phase: &BuiltPhase, table: Option<&str>) -> String {
    let ci = &phase.ci;
    let mut text = String::from("## Tests\n\n");
    if ci.when == When::Never || (ci.cuda.is_empty() && ci.validate.is_empty()) {
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

//! What is answered to a question. Pure: what is asked for was gathered before.

use std::fmt::Write;

use super::reply::table;
use crate::config::raw::CommandSettings;
use crate::decision::{Decision, Ruling};
use crate::names::CellName;
use crate::pick::{BuiltPhase, Outcome};
use crate::text::{code, count, inert_line, listed, markdown_line};
use crate::view::why::Explanation;
use crate::view::why::markdown::{offers, standing};
use engine::ids::CommitId;

/// The answer to `/help`.
#[must_use]
pub fn help(commands: &CommandSettings) -> String {
    format!(
        "each on a line of its own, in a new comment. Who can write to this repository may say them.\n\n{}",
        table(commands)
    )
}

/// The answer to `/needs`.
#[must_use]
pub fn needs(why: &Explanation, upstream: Option<&str>) -> String {
    let commit = &why.commit;
    let name = |sha: CommitId| code(&sha.short());
    let mut text = format!("{} {}\n", name(commit.sha), markdown_line(&commit.subject, upstream));
    if let Some(standing) = standing(why) {
        let _ = writeln!(text, "\n{standing}");
    }
    let offers = offers(why);
    if offers.is_empty() {
        text.push_str("\nIt needs none: picked alone onto the fork it does not conflict.\n");
    }
    text.push('\n');
    for offer in offers {
        let _ = writeln!(text, "- {offer}");
    }
    if !why.offer.take.is_empty() {
        text.push_str("\n| Commit | Subject | Author |\n|---|---|---|\n");
        for need in &why.offer.take {
            let line = |text: &str| markdown_line(text, upstream);
            let _ = writeln!(text, "| {} | {} | {} |", name(need.sha), line(&need.subject), line(&need.author));
        }
    }
    text
}

/// The answer to `/status` for one phase: what is on its branch, what waits, what was decided, and how its tests stand.
#[must_use]
pub fn status(phase: &BuiltPhase, decisions: &[&Decision], tests: &str) -> String {
    let of = |outcome| phase.picks.iter().filter(|pick| pick.outcome == outcome).count();
    let mut text = format!(
        "**{}**, {} on {} `{}`, at `{}`. Risk: **{}**.\n\n",
        inert_line(&phase.title),
        code(&phase.branch),
        code(&phase.base),
        phase.base_commit.short(),
        phase.head.short(),
        phase.risk
    );
    for outcome in Outcome::ALL {
        if of(outcome) > 0 {
            let _ = writeln!(text, "- {}: {}", outcome, count(of(outcome), "pick"));
        }
    }
    if phase.picks.is_empty() {
        text.push_str("- nothing to take\n");
    }
    let waiting: Vec<String> = phase
        .picks
        .iter()
        .filter(|pick| pick.outcome == Outcome::Decide)
        .map(|pick| {
            let files = match pick.is_held_back() {
                true => format!("{} to read first", count(pick.guarded.len(), "guarded file")),
                false => count(pick.conflicts.len(), "file"),
            };
            format!("{} ({files})", code(&pick.sha.short()))
        })
        .collect();
    if !waiting.is_empty() {
        let _ = writeln!(text, "\nWaiting for a person: {}.", waiting.join(", "));
    }
    if !decisions.is_empty() {
        text.push_str("\nDecided here:\n\n");
        for decision in decisions {
            let _ = writeln!(text, "- {}", decided(decision));
        }
    }
    if !tests.is_empty() {
        let _ = write!(text, "\n{}", tests.trim_start());
    }
    text
}

/// A decision in one line: what, by whom, why.
#[must_use]
pub fn decided(decision: &Decision) -> String {
    let sha = |sha: &CommitId| code(&sha.short());
    let what = match &decision.ruling {
        Ruling::Pick { sha: commit, phase } => format!("{} is taken in {}", sha(commit), code(phase)),
        Ruling::Skip { sha: commit } => format!("{} is left out", sha(commit)),
        Ruling::Defer { sha: commit } => format!("{} is left for later", sha(commit)),
        Ruling::Readmit { sha: commit } => format!("{} goes by the configuration again", sha(commit)),
        Ruling::Taken { sha: upstream, commit } => format!("{} is in the fork, as {}", sha(upstream), sha(commit)),
        Ruling::Move { sha: commit, phase } => format!("{} goes to {}", sha(commit), code(phase)),
        Ruling::Resolve { phase, path, how } => {
            format!("conflicts of {} in {} are resolved: {how}", code(phase), code(path))
        }
        Ruling::Accept { sha: commit, path, .. } => {
            format!("{} of {} is resolved as proposed", code(path), sha(commit))
        }
        Ruling::Rebuild { phase, head } => format!("{} is rebuilt, over {}", code(phase), sha(head)),
        Ruling::Hold { phase } => format!("{} is left as it is", code(phase)),
        Ruling::Unhold { phase } => format!("{} goes on", code(phase)),
        Ruling::Close { phase, pull } => format!("{} rests: its pull request {pull} was closed", code(phase)),
        Ruling::Reopen { phase } => format!("{} is opened again", code(phase)),
        Ruling::Start { phase } => format!("{} begins before its turn", code(phase)),
        Ruling::Retest { phase, head, cells } => {
            let cells: Vec<String> = cells.iter().map(CellName::marked).collect();
            let with = if cells.is_empty() { String::new() } else { format!(" with {}", listed(&cells, "and")) };
            format!("{} is tested again{with}, at {}", code(phase), sha(head))
        }
        Ruling::Bisect { phase, cell, head } => {
            format!("the pick that breaks {} with {} is looked for, from {}", code(phase), cell.marked(), sha(head))
        }
    };
    let why = decision.why.as_ref().map(|why| format!(": {}", markdown_line(why, None))).unwrap_or_default();
    format!("{what}{why} ({})", inert_line(&decision.by))
}

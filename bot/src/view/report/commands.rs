//! What to type to take a phase by hand: paste-ready, so nothing in it but names we can vouch for.
//!
//! Subjects stay out, even as comments: an interactive zsh runs what follows a `#`.

use super::index::{ReportIndex, waits};
use super::prose::{Prose, agree};
use super::view::PhaseCommands;
use crate::branch;
use crate::pick::{BuiltPhase, Outcome, Pick};
use crate::text::{grouped_count, shell_word, visible, visible_lines};

/// How many commits are named where git will stop.
const NAMED: usize = 6;

/// The commands; `None` where the phase has nothing to pick.
pub(super) fn commands(index: &ReportIndex<'_>, phase: &BuiltPhase) -> Option<PhaseCommands> {
    // Git stops at a pick that changes nothing, so these are left out here too.
    let picks: Vec<&Pick> = phase.picks.iter().filter(|pick| pick.outcome != Outcome::NoOp).collect();
    if picks.is_empty() {
        return None;
    }
    // A phase stacked on another continues the branch made by hand, as the reader has that one and no other.
    let stacked = index.facts.built.phases.iter().find(|other| other.branch == phase.base);
    let base = stacked.map_or_else(|| phase.base.clone(), |other| branch::by_hand(&other.id));
    let mut lines = vec![
        "git fetch upstream".to_owned(),
        format!("git switch -c {} {}", shell_word(&visible(&branch::by_hand(&phase.id))), shell_word(&visible(&base))),
        "git cherry-pick -x \\".to_owned(),
    ];
    for (at, pick) in picks.iter().enumerate() {
        let more = if at + 1 < picks.len() { " \\" } else { "" };
        lines.push(format!("  {}{more}", pick.sha.short()));
    }
    let validate =
        phase.ci.validate.iter().map(|line| visible_lines(line.trim())).filter(|line| !line.is_empty()).collect();
    Some(PhaseCommands { lines, validate, stops: stops(index, &picks) })
}

fn stops(index: &ReportIndex<'_>, picks: &[&Pick]) -> Option<Prose> {
    let stuck: Vec<&&Pick> =
        picks.iter().filter(|pick| waits(pick.outcome) || pick.outcome == Outcome::Resolved).collect();
    if stuck.is_empty() {
        return None;
    }
    Some(
        Prose::new(format!("Git is likely to stop at {}: ", grouped_count(stuck.len(), "commit")))
            .list(&stuck, NAMED, |prose, pick| prose.commit(index.link(pick.sha)))
            .plain(format!(". Resolve the files of {}, ", agree(stuck.len(), "it", "each")))
            .code("git add")
            .plain(" them and go on with ")
            .code("git cherry-pick --continue")
            .plain(", or leave the commit for later with ")
            .code("git cherry-pick --skip")
            .plain("."),
    )
}

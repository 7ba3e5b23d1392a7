//! What was settled without a person, and what the content-loss check found, as lines of a terminal.

use super::term::{BAD, GOOD, faint, styled, table};
use crate::pick::{Built, BuiltPhase, By, DroppedLines, LockOutcome, Outcome, Resolution, word};
use crate::text::{count, terminal_line};

/// How many lost lines nothing gave up are shown.
const SHOWN: usize = 20;

/// One line for each settled file of a phase, and for each lock file.
pub(super) fn rows(phase: &BuiltPhase) -> String {
    let row = |sha: String, path: &str, how: &str, by: String, lost: &DroppedLines| {
        let given_up = match (lost.upstream.len(), lost.fork.len()) {
            (0, 0) => String::new(),
            (upstream, 0) => format!("; gives up {} of upstream's", count(upstream, "line")),
            (0, fork) => format!("; gives up {} of the fork's", count(fork, "line")),
            (upstream, fork) => format!("; gives up {} of upstream's, {fork} of the fork's", count(upstream, "line")),
        };
        vec![
            sha,
            faint("settled"),
            format!("{}  {}", terminal_line(path, 60), faint(&format!("{how}, {by}{given_up}"))),
        ]
    };
    let mut rows = Vec::new();
    for pick in phase.picks.iter().filter(|pick| pick.commit.is_some() || pick.outcome == Outcome::Vacuous) {
        rows.extend(
            pick.resolutions
                .iter()
                .map(|found| row(pick.sha.short(), &found.path.to_string(), &found.how, by(found), &found.lost)),
        );
    }
    rows.extend(phase.locks.iter().map(|lock| {
        let (how, by) = match &lock.outcome {
            LockOutcome::Made { command } => ("made anew after the picks".to_owned(), format!("by {command}")),
            LockOutcome::Upstream { why, of } => (format!("upstream's file of {}", of.short()), format!("since {why}")),
            LockOutcome::Kept { why } => ("as the fork has it".to_owned(), format!("since {why}")),
        };
        let sha = lock.commit.map_or_else(|| "-".repeat(9), |commit| commit.short());
        row(sha, &lock.path.to_string(), &how, terminal_line(&by, 300), &lock.lost)
    }));
    table(&rows)
}

fn by(found: &Resolution) -> String {
    match &found.by {
        By::Rule { pattern, settle } => format!("by rule {} ({})", terminal_line(pattern, 40), word(*settle)),
        By::Decision { how, origin } => format!("decided by {} ({how})", terminal_line(&origin.who, 40)),
        By::Memory { origin, .. } => {
            format!("as {} answered on {}", terminal_line(&origin.who, 40), origin.when)
        }
    }
}

/// What comparing the branches with what went into them found, in a line or more.
pub(super) fn check(built: &Built) -> String {
    let sum = |of: fn(&BuiltPhase) -> usize| built.phases.iter().map(of).sum::<usize>();
    let picks = sum(|phase| phase.checked.picks);
    if picks == 0 {
        return String::new();
    }
    let (files, named) = (sum(|phase| phase.checked.files), sum(|phase| phase.checked.named));
    let unnamed: Vec<_> = built.phases.iter().flat_map(|phase| &phase.checked.unnamed).collect();
    let looked = format!("{}, {} compared line by line", count(picks, "pick"), count(files, "file"));
    if unnamed.is_empty() {
        let given_up = if named == 0 {
            "nothing is missing".to_owned()
        } else {
            format!("{} missing, all named as given up", count(named, "line"))
        };
        return format!("{looked}: {}\n", styled(&given_up, GOOD));
    }
    let lines: usize = unnamed.iter().map(|loss| loss.lost.upstream.len() + loss.lost.fork.len()).sum();
    let mut text =
        format!("{looked}: {}\n", styled(&format!("{} missing that nothing gave up", count(lines, "line")), BAD));
    let listed = unnamed.iter().flat_map(|loss| {
        let upstream = loss.lost.upstream.iter().map(|line| ("upstream's", line));
        let fork = loss.lost.fork.iter().map(|line| ("the fork's", line));
        upstream.chain(fork).map(|(whose, line)| {
            vec![
                loss.sha.short(),
                terminal_line(&loss.path.to_string(), 60),
                whose.to_owned(),
                terminal_line(line, 100),
            ]
        })
    });
    text.push_str(&table(&listed.take(SHOWN).collect::<Vec<_>>()));
    text
}

//! What was resolved without a person, and what the content-loss check found, as lines of a terminal.

use super::term::{BAD, GOOD, faint, styled, table};
use crate::pick::runner::CommandError;
use crate::pick::{Built, BuiltPhase, Lock, LockOutcome, NotRegenerated};
use crate::text::{count, short, visible};
use crate::view::note::{BriefRow, brief};

/// How many lost lines nothing gave up are shown.
const SHOWN: usize = 20;

/// One line for each resolved file of a phase, and for each lock file.
pub(super) fn rows(phase: &BuiltPhase) -> String {
    let row = |row: BriefRow| {
        let sha = row.commit.map_or_else(|| "-".repeat(9), |commit| commit.short());
        vec![sha, faint("resolved"), format!("{}  {}", short(&row.path, 60), faint(&row.text))]
    };
    let rows: Vec<_> = brief(phase).into_iter().map(row).chain(phase.locks.iter().flat_map(complaint)).collect();
    table(&rows)
}

/// What a program that was to make a lock file said when it failed: for whoever runs it, since it may have read what is not for others.
fn complaint(lock: &Lock) -> Vec<Vec<String>> {
    let (LockOutcome::Upstream { why, .. } | LockOutcome::Kept { why }) = &lock.outcome else { return Vec::new() };
    let NotRegenerated::Command(CommandError::Failed { program, lines, .. }) = why else { return Vec::new() };
    let row = |line: &String| vec![String::new(), String::new(), format!("{program}: {}", visible(line))];
    lines.iter().map(row).collect()
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
            "every line of these picks is there".to_owned()
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
            vec![loss.sha.short(), short(&loss.path.to_string(), 60), whose.to_owned(), short(line, 100)]
        })
    });
    text.push_str(&table(&listed.take(SHOWN).collect::<Vec<_>>()));
    text
}

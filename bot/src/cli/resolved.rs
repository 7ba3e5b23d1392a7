//! What was resolved without a person, and what the content-loss check found, as lines of a terminal.

use std::fmt::Write;

use super::term::{BAD, GOOD, WAIT, faint, styled, table};
use crate::pick::runner::CommandError;
use crate::pick::{Built, BuiltPhase, Lock, LockOutcome, NotRegenerated};
use crate::text::{count, short, visible};
use crate::view::note::{BriefRow, brief, words};

/// How many lost lines nothing gave up are shown.
const SHOWN: usize = 20;

/// One line for each resolved file of a phase, and for each lock file.
pub(super) fn rows(phase: &BuiltPhase) -> String {
    let row = |row: BriefRow| {
        let sha = row.commit.map_or_else(|| "-".repeat(9), |commit| commit.short());
        vec![sha, faint("resolved"), format!("{}  {}", short(&row.path, 60), faint(&row.text))]
    };
    table(&brief(phase).into_iter().map(row).collect::<Vec<_>>())
}

/// The lock files that could not be regenerated, each reason once for all phases, with what the program said: for the person who runs it, since
/// it may have read what is not for others.
pub(super) fn locks(phases: &[BuiltPhase]) -> String {
    let mut reasons: Vec<(&Lock, &NotRegenerated, usize)> = Vec::new();
    for lock in phases.iter().flat_map(|phase| &phase.locks) {
        let (LockOutcome::Upstream { why, .. } | LockOutcome::Pending { why, .. }) = &lock.outcome else { continue };
        let key = |lock: &Lock, why: &NotRegenerated| (lock.path.clone(), words::not_regenerated(why));
        match reasons.iter_mut().find(|(other, of, _)| key(other, of) == key(lock, why)) {
            Some((.., phases)) => *phases += 1,
            None => reasons.push((lock, why, 1)),
        }
    }
    let mut text = String::new();
    for (lock, why, phases) in reasons {
        let (path, why_not) = (short(&lock.path.to_string(), 60), visible(&words::not_regenerated(why)));
        let _ = write!(text, "{path} is not regenerated in {}: {why_not}", count(phases, "phase"));
        let NotRegenerated::Command(error) = why else {
            text.push('\n');
            continue;
        };
        let failed = matches!(error, CommandError::Failed { .. });
        text.push_str(if failed && !lock.network { "; its rule has no `network: true`\n" } else { "\n" });
        if let CommandError::Failed { program, lines, .. } = error {
            text.extend(lines.iter().map(|line| format!("  {program}: {}\n", visible(line))));
        }
    }
    text
}

/// What comparing the branches with what went into them found, in a line or more.
pub(super) fn check(built: &Built) -> String {
    let sum = |of: fn(&BuiltPhase) -> usize| built.phases.iter().map(of).sum::<usize>();
    let picks = sum(|phase| phase.checked.picks);
    if picks == 0 {
        return String::new();
    }
    let files = sum(|phase| phase.checked.files);
    let of_locks = |phase: &BuiltPhase| {
        phase.locks.iter().map(|lock| lock.lost.upstream.len() + lock.lost.fork.len()).sum::<usize>()
    };
    let dropped = sum(|phase| phase.checked.named) + sum(of_locks);
    let unnamed: Vec<_> = built.phases.iter().flat_map(|phase| &phase.checked.unnamed).collect();
    let looked = format!("{}, {} compared line by line", count(picks, "pick"), count(files, "file"));
    if unnamed.is_empty() {
        let found = match dropped {
            0 => styled("every line of these picks is there", GOOD),
            lines => styled(&format!("{} dropped, each named where it went", count(lines, "line")), WAIT),
        };
        return format!("{looked}: {found}\n");
    }
    let lines: usize = unnamed.iter().map(|loss| loss.lost.upstream.len() + loss.lost.fork.len()).sum();
    let missing = styled(&format!("{} missing that nothing dropped", count(lines, "line")), BAD);
    let mut text = format!("{looked}: {missing}, {} dropped and named\n", count(dropped, "line"));
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

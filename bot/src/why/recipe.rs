//! The commands that take a commit by hand. Pure; names are full SHAs and quoted branch names, so nothing of a stranger's runs.

use std::fmt::Write;

use super::Claim;
use crate::pick::Needs;
use crate::survey::{Alone, Surveyed, Verdict};
use crate::text::{count, shell_word};

/// How many commits to take first are written out.
const ROWS: usize = 100;

/// Commands for a shell, with a remark where a person has to do something.
pub(super) fn recipe(commit: &Surveyed, phase: Option<&Claim>, branch: &str, needs: &Needs) -> String {
    match commit.verdict {
        Verdict::Taken => return "# nothing to do: the fork has it\n".into(),
        Verdict::Vacuous => return "# nothing to do: picking it changes nothing\n".into(),
        Verdict::Open => {}
    }
    let mut text = String::from("git fetch origin && git fetch upstream\n");
    match phase {
        Some(phase) if phase.outcome.is_some() => {
            let _ = writeln!(text, "git switch {}", shell_word(&phase.branch));
        }
        _ => {
            let start = shell_word(&format!("origin/{branch}"));
            let _ = writeln!(text, "git switch --create take-{} {start}", commit.sha.short());
        }
    }
    let pick = format!("git cherry-pick -x {}", commit.sha);
    if commit.alone != Alone::Conflict {
        return text + &pick + "\n";
    }
    if !needs.take.is_empty() {
        text.push_str("# leave out the next picks to settle all of it by hand instead\n");
    }
    for sha in needs.take.iter().take(ROWS) {
        match needs.settle.iter().find(|(settle, _)| settle == sha) {
            Some((_, hunks)) => {
                let _ = writeln!(text, "git cherry-pick -x {sha}  # stops: {} to settle", count(*hunks, "hunk"));
            }
            None => {
                let _ = writeln!(text, "git cherry-pick -x {sha}");
            }
        }
    }
    if needs.take.len() > ROWS {
        let _ = writeln!(text, "# … and {} more: uptake why --format json names all", needs.take.len() - ROWS);
    }
    text + &pick + "\n# where it stops: settle the files, git add them, git cherry-pick --continue\n"
}

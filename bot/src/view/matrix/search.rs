//! How a search for a guilty pick ended, as its pull request says it.

use std::fmt::Write;

use crate::ci::{BisectEnd, Bisection, TRIES};
use crate::text::{code, count};
use engine::ids::CommitId;

/// How a search ended, with the way to split the phase there. `at`: where the branch is now; `subject`: of
/// an upstream commit, made inert; `written`: a command as it is written here.
#[must_use]
pub fn search_ended(
    search: &Bisection,
    end: &BisectEnd,
    at: Option<CommitId>,
    subject: &dyn Fn(CommitId) -> String,
    written: &dyn Fn(&str) -> String,
) -> String {
    let cell = search.cell.marked();
    let head = code(&search.head.short());
    let mut text = match end {
        BisectEnd::Guilty { pick, commit, rounds } => {
            let at = search.commits.iter().position(|tried| tried.commit == *commit).unwrap_or_default();
            let (before, after) = (&search.commits[..at], &search.commits[(at + 1).min(search.commits.len())..]);
            let mut text = format!(
                "**{} breaks the phase with {cell}**: {}\n\nThe branch passes before it and fails from it on (`{}`). \
                 Found by testing {} of {}.\n\n",
                code(&pick.short()),
                subject(*pick),
                commit.short(),
                count(*rounds, "commit"),
                count(search.commits.len(), "pick"),
            );
            let name = pick.short();
            let _ = writeln!(text, "Ways on, each said in a comment of its own:\n");
            let _ = writeln!(
                text,
                "- leave it out: {}",
                code(&written(&format!("skip {name} breaks {}", search.cell.title())))
            );
            let _ = writeln!(text, "- leave it for later: {}", code(&written(&format!("defer {name}"))));
            if !before.is_empty() {
                let _ = writeln!(
                    text,
                    "- split the phase here: {} before it can land as they are. Say {} for it and for {} after it, with a phase \
                     that comes later:",
                    count(before.len(), "pick"),
                    code(&written("move SHA PHASE")),
                    count(after.len(), "pick")
                );
                let rest: Vec<String> = std::iter::once(pick)
                    .chain(after.iter().map(|tried| &tried.pick))
                    .map(|sha| code(&sha.short()))
                    .collect();
                let _ = writeln!(text, "  {}", rest.join(", "));
            }
            text
        }
        BisectEnd::RedBase => format!(
            "{cell} fails on the base {} too, so no pick of this phase is to blame.\n",
            code(&search.base.short())
        ),
        BisectEnd::NotRed => format!("{cell} passes on {head}: there is nothing to look for.\n"),
        BisectEnd::Flaky { commit } => format!(
            "With {cell} the commit {} both passed and failed, so halving would blame whichever pick it fell on. Nothing was found.\n",
            code(&commit.short())
        ),
        BisectEnd::NoVerdict { commit } => format!(
            "With {cell} the tests of {} came to no verdict, though they were tried {TRIES} times. Nothing was found.\n",
            code(&commit.short())
        ),
        BisectEnd::NoCell => format!("This phase is not tested with {cell} any more. Nothing was found.\n"),
        BisectEnd::OneCommit => {
            "This branch is one merge commit, which cannot be halved. With `land: picks` it has a commit for each unit.\n".to_owned()
        }
        BisectEnd::Moved if !search.commits.is_empty() => {
            format!("The branch was rebuilt, and what was at {head} is gone: ask again for the head it has now.\n")
        }
        BisectEnd::Moved => format!("The branch is no longer at {head}: ask again for the head it has now.\n"),
    };
    if let Some(asked) = search.instead_of {
        let _ = writeln!(
            text,
            "\nIt was asked for {}; the branch was rebuilt before the search began, so it began with {head}.",
            code(&asked.short())
        );
    }
    if *end != BisectEnd::Moved && at.is_some_and(|at| at != search.head) {
        let _ = writeln!(
            text,
            "\nThe branch was rebuilt while the search went on. It kept to the picks as they were at {head}, whose tests still count."
        );
    }
    text.push('\n');
    text.push_str(&search.mark());
    text.push('\n');
    text
}

//! What else is known of a conflicting file, in a sentence each.

use super::prose::Prose;
use crate::config::literal_glob;
use crate::config::raw::ResolveBy;
use crate::pick::{FileFact, LineEnds, MovedFolder, word};
use crate::text::count;
use engine::path::RepoPath;

/// What is known of the file at this path, a sentence each.
pub(crate) fn sentences(path: &RepoPath, fact: &FileFact) -> Vec<Prose> {
    let one = match fact {
        FileFact::LineEnds(LineEnds::Upstream) => {
            Prose::new("Upstream changes line ends only, and nothing of what the lines say")
        }
        FileFact::LineEnds(LineEnds::Fork) => {
            Prose::new("The fork's file differs from what both sides started from in line ends only")
        }
        FileFact::LineEnds(LineEnds::Same) => Prose::new("The two sides differ in line ends only"),
        FileFact::LineEnds(LineEnds::Between) => {
            Prose::new("Line ends are all that conflicts: it would merge if the lines of both sides ended alike")
        }
        FileFact::Moved(moved) => return folder(moved),
        FileFact::LongLines { longest, rule } => return long(path, *longest, *rule),
    };
    vec![one]
}

fn folder(moved: &MovedFolder) -> Vec<Prose> {
    let MovedFolder { old, new, by_fork } = moved;
    // What upstream moved may not be on the branch yet, and then it looks as if the fork had moved it back.
    let (who, other) = match by_fork {
        true => ("The fork has the folder ", ", and upstream adds this file to "),
        false => ("Upstream has the folder ", ", and the fork has this file in "),
    };
    let named = |path: &RepoPath| if path.as_bytes().is_empty() { "the top".to_owned() } else { path.to_string() };
    let pattern = match new.as_bytes() {
        [] => "**".to_owned(),
        _ => format!("{}/**", literal_glob(&new.to_text())),
    };
    let moved = Prose::new(who).code(named(old)).plain(" as ").code(named(new)).plain(other).code(named(old));
    let follow = Prose::new("The path rule ").code(rule(&pattern, ResolveBy::Follow));
    vec![moved, follow.plain(" takes such files to ").code(named(new))]
}

fn long(path: &RepoPath, longest: usize, by: ResolveBy) -> Vec<Prose> {
    let pattern = literal_glob(&path.to_text());
    let named = Prose::new("The path rule ").code(rule(&pattern, by));
    let does = match by {
        ResolveBy::Manifest => " would merge it, key by key",
        _ => " leaves it out of the picks and has a command regenerate it, as suits what is generated",
    };
    vec![Prose::new(format!("It has lines of up to {}", count(longest, "byte"))), named.plain(does)]
}

/// A path rule as it is written in the configuration.
fn rule(pattern: &str, by: ResolveBy) -> String {
    format!("{{ path: '{}', use: {} }}", pattern.replace('\'', "''"), word(by))
}

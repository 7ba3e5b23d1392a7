//! The shape of the source: which room may import which, and what may be named only in one place.
//!
//! Module privacy keeps a room's inside in; what it cannot say is that planning knows no repository, or that the git layer knows
//! no stage. CONTRIBUTING.md has the same in words.

mod source;

use std::collections::BTreeSet;
use std::fs;

use regex::Regex;
use source::{Source, repository, sources};

/// Plain values and small helpers, which every room may import. They import each other alone.
const VALUES: [&str; 9] = ["commit", "decision", "files", "ids", "path", "progress", "risk", "text", "visible"];

/// What each room may import besides itself and the values, and why no more: (room, others, why). A new line, or a new word in
/// one, is a decision about the design.
const MAY_IMPORT: &[(&str, &[&str], &str)] = &[
    (
        "action",
        &["forge", "pick", "publish", "survey"],
        "an event goes in, a page comes out; the run between is the entry's to start",
    ),
    (
        "chatops",
        &["config", "forge", "pick", "survey", "why"],
        "a comment goes in and a decision comes out; it sees what was built and surveyed as values, and acting is the run's work",
    ),
    (
        "ci",
        &["config", "forge", "pick", "survey"],
        "it is told what was built, and keeps what it knows wherever the run says; a repository it never sees",
    ),
    (
        "cli",
        &[
            "action",
            "config",
            "demo",
            "forge",
            "engine",
            "import",
            "ledger",
            "memory",
            "note",
            "pick",
            "plan",
            "programs",
            "publish",
            "report",
            "run",
            "serve",
            "setup",
            "survey",
            "why",
            "workflows",
        ],
        "an entry",
    ),
    ("config", &["survey"], "rules match surveyed commits as values; checking a configuration reads no repository"),
    (
        "demo",
        &["config", "engine"],
        "it makes repositories; the command line then runs the job on them like on any other",
    ),
    ("forge", &["engine"], "a forge shows what it is given and knows no stage"),
    (
        "import",
        &["config", "survey"],
        "a document becomes a configuration; what it says of commits is looked up by its caller",
    ),
    (
        "ledger",
        &["config", "forge", "engine"],
        "files on a branch, read with the configuration's care; what follows from them is each stage's own",
    ),
    ("main", &["cli"], "everything is in the library"),
    ("manifest", &[], "three texts go in and one comes out; which file they are of, and when, is picking's"),
    (
        "memory",
        &["config", "engine", "ledger", "manifest", "pick", "survey"],
        "it reads what people did and fills what picking looks up; when to learn is the run's work",
    ),
    ("note", &["config", "pick", "survey"], "what is said of values, once for all who say it; it reads no repository"),
    (
        "pick",
        &["config", "engine", "manifest", "plan", "survey"],
        "branches are built in memory; what becomes of them is decided later",
    ),
    (
        "plan",
        &["config", "survey"],
        "planning is pure: the same values give the same plan, without a repository or a forge",
    ),
    ("programs", &["pick"], "it starts what it is given; what for is picking's business"),
    (
        "publish",
        &["chatops", "config", "forge", "engine", "ledger", "note", "pick", "plan", "survey"],
        "nothing flows back from it but decisions, by way of the ledger",
    ),
    (
        "report",
        &["config", "note", "pick", "plan", "survey"],
        "words and pictures about values; it reads no repository",
    ),
    (
        "run",
        &[
            "chatops", "ci", "config", "forge", "engine", "import", "ledger", "memory", "note", "pick", "plan",
            "publish", "report", "survey", "why",
        ],
        "it knows every stage, and no entry",
    ),
    ("serve", &["action"], "a delivery is written down and handed on; what a run does is the entry's"),
    (
        "setup",
        &["config", "forge"],
        "what GitHub is told of us, and a judgement of what it says; asking it is a forge's",
    ),
    ("survey", &["config", "engine"], "it says what is there, before any choice"),
    ("workflows", &[], "files to be written, from a name, a branch and a commit"),
    ("why", &["engine", "note", "pick", "survey"], "one commit seen through every stage up to picking"),
];

/// Single items that stand in the wrong room for now: (who imports it, its path, the room it should move to).
const FOR_NOW: &[(&str, &str, &str)] = &[];

/// What may be named only below one path: (pattern, paths, why).
const ONLY_IN: [(&str, &[&str], &str); 4] = [
    (
        r"\bgit2\b",
        &["bot/engine/src/"],
        "all other code speaks of commits and trees as values, so that libgit2 can be replaced",
    ),
    (r"\b(octocrab|reqwest)\b", &["bot/src/forge/github/"], "all other code speaks to a forge through its traits"),
    (
        r"\bprocess::(Command\b|\{[^}]*\bCommand\b)",
        &["bot/engine/src/remote/", "bot/src/programs/"],
        "programs are started in two places, where arguments and environment are watched",
    ),
    (r"\be?print(ln)?!", &["bot/src/cli/"], "stages return values; only the command line speaks to people"),
];

/// A file is one noun. One that has outgrown this holds two: split it, or move its tests to a sibling file.
const LONGEST_FILE: usize = 400;

/// Fails with every breach at once.
fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "{} in the shape of the source:\n\n{}\n", breaches.len(), breaches.join("\n"));
}

/// The imports of `source` that `MAY_IMPORT` does not allow.
fn forbidden_imports(source: &Source) -> Vec<String> {
    let room = source.room();
    // A crate of its own: Cargo keeps the rooms out of it.
    if room == "engine" {
        return Vec::new();
    }
    let known = MAY_IMPORT.iter().find(|(name, ..)| *name == room).map(|(_, may, why)| (*may, *why));
    let values = VALUES
        .contains(&room)
        .then_some::<(&[&str], &str)>((&[], "a value knows no room, so that any room can use it"));
    let Some((may, why)) = known.or(values) else {
        // lib.rs only declares the rooms.
        let new = format!("{}: what may `{room}` import? Say so in MAY_IMPORT and in CONTRIBUTING.md", source.path);
        return if room == "lib" { Vec::new() } else { vec![new] };
    };
    let fine = |path: &str| {
        let target = room_of(path);
        let for_now = FOR_NOW.iter().any(|(from, item, _)| *from == room && *item == path);
        target == room || VALUES.contains(&target) || may.contains(&target) || for_now
    };
    let others = if may.is_empty() { "only values".to_owned() } else { format!("only values, {}", may.join(", ")) };
    let breach =
        |(line, path)| format!("{}:{line}: `{room}` names `{path}`, but may import {others}: {why}", source.path);
    source.imports().into_iter().filter(|(_, path)| !fine(path)).map(breach).collect()
}

/// The room, crate or value that a path is in: the engine's values count as values.
fn room_of(path: &str) -> &str {
    let mut names = path.split("::");
    match (names.next(), names.next()) {
        (Some("engine"), Some(value)) if VALUES.contains(&value) => value,
        (Some(room), _) => room,
        (None, _) => path,
    }
}

/// Where `source` names what belongs elsewhere.
fn misplaced_names(source: &Source) -> Vec<String> {
    let mut breaches = Vec::new();
    for (pattern, paths, why) in ONLY_IN {
        if paths.iter().any(|path| source.path.starts_with(path)) {
            continue;
        }
        for found in Regex::new(pattern).expect("readable source").find_iter(&source.code) {
            let name = found.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
            let line = source.line_of(found.start());
            breaches.push(format!("{}:{line}: `{name}` belongs in {} alone: {why}", source.path, paths.join(", ")));
        }
    }
    breaches
}

#[test]
fn rooms_import_only_what_they_may() {
    none(&sources().iter().flat_map(forbidden_imports).collect::<Vec<_>>());
}

#[test]
fn names_stay_in_their_place() {
    none(&sources().iter().flat_map(misplaced_names).collect::<Vec<_>>());
}

#[test]
fn files_are_one_noun_long() {
    let long = sources().into_iter().filter(|source| source.lines() > LONGEST_FILE);
    let breach =
        |source: Source| format!("{}: {} lines, at most {LONGEST_FILE}: split it", source.path, source.lines());
    none(&long.map(breach).collect::<Vec<_>>());
}

#[test]
fn exceptions_are_still_needed() {
    let sources = sources();
    let used = |room: &str, item: &str| {
        sources.iter().any(|source| source.room() == room && source.imports().iter().any(|(_, path)| path == item))
    };
    let stale = FOR_NOW.iter().filter(|(room, item, _)| !used(room, item));
    let breach = |(room, item, _): &_| format!("FOR_NOW: `{room}` no longer imports `{item}`: remove the line");
    none(&stale.map(breach).collect::<Vec<_>>());
}

#[test]
fn the_contributing_guide_has_every_room_with_what_it_may_import() {
    let guide = fs::read_to_string(repository().join("CONTRIBUTING.md")).expect("readable source");
    let rooms: BTreeSet<String> = sources().iter().map(|source| source.room().to_owned()).collect();
    let told = |room: &str| {
        let row = guide.lines().find(|line| line.starts_with(&format!("| `{room}` |")))?;
        // Between backticks, every second piece is a name.
        let names = row.split('|').nth(3)?.split('`').skip(1).step_by(2);
        Some(names.map(str::to_owned).collect::<BTreeSet<_>>())
    };
    let breach = |room: &String| {
        let may = MAY_IMPORT.iter().find(|(name, ..)| name == room).map_or(&[][..], |(_, may, _)| may);
        let right: BTreeSet<String> = may.iter().map(|name| (*name).to_owned()).collect();
        match told(room) {
            None => Some(format!("CONTRIBUTING.md: its table of rooms lacks `{room}`")),
            Some(names) if names != right => {
                Some(format!("CONTRIBUTING.md: `{room}` may import {right:?} (MAY_IMPORT), not {names:?}"))
            }
            Some(_) => None,
        }
    };
    none(
        &rooms
            .iter()
            .filter(|room| !["engine", "lib", "main"].contains(&room.as_str()))
            .filter_map(breach)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn a_forbidden_import_is_found_however_it_is_written() {
    let breach = |path: &str, text: &str| forbidden_imports(&Source::new(path, text)).join("\n");
    insta::assert_snapshot!(breach("bot/src/plan/order.rs", "use engine::ids::TreeId;\nuse engine::Repo;\n"), @"bot/src/plan/order.rs:2: `plan` names `engine::Repo`, but may import only values, config, survey: planning is pure: the same values give the same plan, without a repository or a forge");
    insta::assert_snapshot!(breach("bot/src/plan/order.rs", "use crate::{ids::{CommitId, TreeId}, config,\n    forge::Forge};\n"), @"bot/src/plan/order.rs:2: `plan` names `forge::Forge`, but may import only values, config, survey: planning is pure: the same values give the same plan, without a repository or a forge");
    insta::assert_snapshot!(breach("bot/src/plan/order.rs", "use super::super::forge;\nuse super::assign;\n"), @"bot/src/plan/order.rs:1: `plan` names `forge`, but may import only values, config, survey: planning is pure: the same values give the same plan, without a repository or a forge");
    insta::assert_snapshot!(breach("bot/src/plan/mod.rs", "fn f(s: super::forge::Pull) {}\n"), @"bot/src/plan/mod.rs:1: `plan` names `forge::Pull`, but may import only values, config, survey: planning is pure: the same values give the same plan, without a repository or a forge");
    insta::assert_snapshot!(breach("bot/src/text.rs", "use crate::plan::Plan;\n"), @"bot/src/text.rs:1: `text` names `plan::Plan`, but may import only values: a value knows no room, so that any room can use it");
    insta::assert_snapshot!(breach("bot/src/main.rs", "use uptake::run;\n"), @"bot/src/main.rs:1: `main` names `run`, but may import only values, cli: everything is in the library");
    insta::assert_snapshot!(breach("bot/src/attic.rs", ""), @"bot/src/attic.rs: what may `attic` import? Say so in MAY_IMPORT and in CONTRIBUTING.md");
    // Not imports: prose, text, and a room's own inside.
    assert_eq!(
        breach(
            "bot/src/plan/order.rs",
            "//! See [`crate::forge`].\nconst A: &str = r#\"crate::git \" crate::forge\"#;\n"
        ),
        ""
    );
    assert_eq!(breach("bot/src/survey/mod.rs", "pub use run::survey;\nuse self::run::Heads;\n"), "");
    assert_eq!(breach("bot/src/plan/order.rs", "mod tests {\n    use super::super::{Plan, assign};\n}\n"), "");
}

#[test]
fn a_misplaced_name_is_found() {
    let breach = |path: &str, text: &str| misplaced_names(&Source::new(path, text)).join("\n");
    insta::assert_snapshot!(breach("bot/src/pick/build.rs", "// git2 in prose\nuse git2::Oid;\nlet a = \"git2\";\n"), @"bot/src/pick/build.rs:2: `git2` belongs in bot/engine/src/ alone: all other code speaks of commits and trees as values, so that libgit2 can be replaced");
    insta::assert_snapshot!(breach("bot/src/forge/folder.rs", "use octocrab::Octocrab;\nuse std::{fs, process::{Command, Stdio}};\n"), @r#"
        bot/src/forge/folder.rs:1: `octocrab` belongs in bot/src/forge/github/ alone: all other code speaks to a forge through its traits
        bot/src/forge/folder.rs:2: `process::{Command` belongs in bot/engine/src/remote/, bot/src/programs/ alone: programs are started in two places, where arguments and environment are watched
    "#);
    insta::assert_snapshot!(breach("bot/src/run.rs", "let c = '\"'; println!(\"no\"); // '\n"), @"bot/src/run.rs:1: `println!` belongs in bot/src/cli/ alone: stages return values; only the command line speaks to people");
    assert_eq!(breach("bot/engine/src/remote/mod.rs", "use git2::Oid;\nuse std::process::Command;\n"), "");
    assert_eq!(breach("bot/src/cli/mod.rs", "println!(); enum Command {}\nuse std::process::ExitCode;\n"), "");
}

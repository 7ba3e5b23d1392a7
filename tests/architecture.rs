//! The shape of the source: which room may import which, and what may be named only in one place.
//!
//! Module privacy keeps a room's inside in; what it cannot say is that planning knows no repository, or that the git layer knows
//! no stage. CONTRIBUTING.md has the same in words.

mod checks;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use regex::Regex;
use source::{Source, repository, room_of, sources};

/// Plain values and small helpers, which every room may import. They import each other alone.
const VALUES: [&str; 17] = [
    "branch", "commit", "decision", "files", "guard", "hosts", "ids", "method", "moment", "names", "origin", "path",
    "progress", "risk", "signing", "text", "visible",
];

/// What each room may import besides itself and the values, and why no more: (room, others, why). In the order of the flow. A new
/// line, or a new word in one, is a decision about the design.
const MAY_IMPORT: &[(&str, &[&str], &str)] = &[
    ("main", &["cli"], "everything is in the library"),
    (
        "cli",
        &[
            "action",
            "chatops",
            "config",
            "demo",
            "engine",
            "forge",
            "import",
            "ledger",
            "line",
            "memory",
            "pick",
            "pipeline",
            "plan",
            "programs",
            "record",
            "serve",
            "setup",
            "sitting",
            "survey",
            "view::note",
            "view::report",
            "view::why",
            "workflows",
            "yaml",
        ],
        "an entry",
    ),
    (
        "action",
        &["forge", "pick", "publish", "survey"],
        "an event goes in, a page comes out; the run between is the entry's to start",
    ),
    ("serve", &["action"], "a delivery is written down and handed on; what a run does is the entry's"),
    (
        "sitting",
        &["engine", "forge", "ledger", "manifest", "memory", "pick", "pipeline", "survey", "view::why"],
        "an entry for a person who resolves: the plan is the pipeline's, and what is learned goes onto the ledger",
    ),
    (
        "pipeline",
        &[
            "chatops",
            "ci",
            "config",
            "engine",
            "forge",
            "ledger",
            "line",
            "memory",
            "pick",
            "plan",
            "publish",
            "record",
            "survey",
            "units",
            "view::matrix",
            "view::note",
            "view::why",
            "yaml",
        ],
        "it knows every stage, and no entry",
    ),
    ("yaml", &[], "a document is read and written the same whatever it is about"),
    ("config", &["yaml"], "checking a configuration reads no repository, and needs no survey"),
    ("units", &["config", "engine"], "upstream's range is taken apart before anything is said of it"),
    ("line", &["engine", "units"], "units are applied one after the other; what resolves a conflict is handed in"),
    ("survey", &["config", "engine", "line", "units"], "it says what is there; what leaves a unit out is handed in"),
    (
        "plan",
        &["config", "survey", "yaml"],
        "planning is pure: the same values give the same plan, without a repository or a forge",
    ),
    (
        "pick",
        &["config", "engine", "line", "manifest", "plan", "survey", "units"],
        "branches are built in memory; what becomes of them is decided later",
    ),
    (
        "record",
        &["engine", "pick", "plan", "survey", "units"],
        "what may be recorded follows from what is surveyed and planned; publishing it is publishing's",
    ),
    ("manifest", &[], "three texts go in and one comes out; which file they are of, and when, is picking's"),
    (
        "memory",
        &["engine", "ledger", "manifest", "pick", "survey", "yaml"],
        "it reads what people did and fills what picking looks up; when to learn is the pipeline's work",
    ),
    (
        "ledger",
        &["engine", "forge", "yaml"],
        "files on a branch, read with the configuration's care; what follows from them is each stage's own",
    ),
    ("forge", &["engine"], "a forge shows what it is given and knows no stage"),
    (
        "publish",
        &["chatops", "config", "engine", "forge", "ledger", "pick", "plan", "record", "survey", "view::note"],
        "nothing flows back from it but decisions, by way of the ledger",
    ),
    (
        "ci",
        &["config", "forge", "pick", "survey"],
        "it takes what was built as a value, and leaves what it knows to a store; a repository it never sees",
    ),
    (
        "chatops",
        &["config", "forge", "pick", "view::why"],
        "a comment goes in and a decision comes out; it sees what was built and surveyed as values, and acting is the pipeline's work",
    ),
    ("view::matrix", &["ci", "forge"], "what tests came to is a value; it is put into words for every reader"),
    (
        "view::note",
        &["config", "pick", "plan", "survey"],
        "what is said of values, once for every reader; it reads no repository",
    ),
    (
        "view::why",
        &["engine", "line", "pick", "plan", "survey", "view::note"],
        "one commit seen through every stage up to picking",
    ),
    (
        "view::report",
        &["config", "pick", "plan", "survey", "view::note"],
        "words and pictures about values; it reads no repository",
    ),
    (
        "import",
        &["config", "survey"],
        "a document becomes a configuration; what it says of commits is looked up by its caller",
    ),
    (
        "setup",
        &["config", "forge", "survey", "yaml"],
        "what a fork begins with, what GitHub is told of us, and a judgement of what it says; asking it is a forge's",
    ),
    ("workflows", &[], "files to be written, from a name, a branch and a commit"),
    (
        "demo",
        &["config", "engine"],
        "it makes repositories; the command line then runs the job on them like on any other",
    ),
    ("programs", &["engine", "pick"], "it starts what it is given; what for is picking's business"),
];

/// Files that only declare rooms.
const DECLARING: [&str; 2] = ["lib", "view"];

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
        .contains(&room.as_str())
        .then_some::<(&[&str], &str)>((&[], "a value knows no room, so that any room can use it"));
    let Some((may, why)) = known.or(values) else {
        let new = format!("{}: what may `{room}` import? Say so in MAY_IMPORT and in CONTRIBUTING.md", source.path);
        return if DECLARING.contains(&room.as_str()) { Vec::new() } else { vec![new] };
    };
    let fine = |path: &str| {
        let target = target(path);
        target == room || VALUES.contains(&target) || may.contains(&target)
    };
    let others = if may.is_empty() { "only values".to_owned() } else { format!("only values, {}", may.join(", ")) };
    let breach =
        |(line, path)| format!("{}:{line}: `{room}` names `{path}`, but may import {others}: {why}", source.path);
    source.imports().into_iter().filter(|(_, path)| !fine(path)).map(breach).collect()
}

/// The room, crate or value that a path is in: the engine's values count as values.
fn target(path: &str) -> &str {
    let value = path.strip_prefix("engine::").and_then(|path| path.split("::").next());
    value.filter(|value| VALUES.contains(value)).unwrap_or_else(|| room_of(path))
}

/// The other rooms that each room imports, each with a line that does so.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

fn imports(sources: &[Source]) -> Imports {
    let mut rooms = Imports::new();
    for source in sources {
        let room = source.room();
        let others = rooms.entry(room.clone()).or_default();
        // The engine is a crate of its own, so Cargo keeps it from importing a room.
        let found = if room == "engine" { Vec::new() } else { source.imports() };
        for (line, path) in found.iter().filter(|(_, path)| target(path) != room) {
            others.entry(target(path).to_owned()).or_insert_with(|| format!("{}:{line}", source.path));
        }
    }
    rooms
}

/// Permissions that no import makes use of.
fn stale_permissions(rooms: &Imports) -> Vec<String> {
    let unused = |room: &str, other: &str| !rooms.get(room).is_some_and(|others| others.contains_key(other));
    let stale = MAY_IMPORT.iter().flat_map(|(room, may, _)| may.iter().map(move |other| (*room, *other)));
    stale
        .filter(|(room, other)| unused(room, other))
        .map(|(room, other)| format!("MAY_IMPORT: `{room}` does not import `{other}`: remove the permission"))
        .collect()
}

/// The rooms that a room imports, directly or by way of others.
fn reach<'a>(rooms: &'a Imports, room: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut rest = vec![room];
    while let Some(room) = rest.pop() {
        let others = rooms.get(room).into_iter().flat_map(BTreeMap::keys).map(String::as_str);
        rest.extend(others.filter(|other| found.insert(*other)));
    }
    found
}

/// Rooms that import each other, directly or by way of others: each such group, with the imports that tie it.
fn circles(rooms: &Imports) -> Vec<String> {
    let group = |room| -> BTreeSet<&str> {
        reach(rooms, room).into_iter().filter(|other| reach(rooms, other).contains(room)).collect()
    };
    let groups: BTreeSet<_> = rooms.keys().map(String::as_str).map(group).filter(|group| !group.is_empty()).collect();
    let describe = |group: &BTreeSet<&str>| {
        let names = group.iter().map(|room| format!("`{room}`")).collect::<Vec<_>>().join(", ");
        let ties = group.iter().flat_map(|room| &rooms[*room]).filter(|(other, _)| group.contains(other.as_str()));
        let ties = ties.map(|(other, at)| format!("\n  {at} names `{other}`")).collect::<String>();
        format!("a circle of {names}:{ties}")
    };
    groups.iter().map(describe).collect()
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
fn every_permission_is_used() {
    none(&stale_permissions(&imports(&sources())));
}

#[test]
fn no_rooms_import_each_other() {
    none(&circles(&imports(&sources())));
}

#[test]
fn the_contributing_guide_has_every_room_with_what_it_may_import() {
    let guide = fs::read_to_string(repository().join("CONTRIBUTING.md")).expect("readable source");
    let rooms: BTreeSet<String> = sources().iter().map(Source::room).collect();
    let described = |room: &str| {
        let row = guide.lines().find(|line| line.starts_with(&format!("| `{room}` |")))?;
        // Between backticks, every second piece is a name.
        let names = row.split('|').nth(3)?.split('`').skip(1).step_by(2);
        Some(names.map(str::to_owned).collect::<BTreeSet<_>>())
    };
    let breach = |room: &String| {
        let may = MAY_IMPORT.iter().find(|(name, ..)| name == room).map_or(&[][..], |(_, may, _)| may);
        let right: BTreeSet<String> = may.iter().map(|name| (*name).to_owned()).collect();
        match described(room) {
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
            .filter(|room| !["engine", "main"].contains(&room.as_str()) && !DECLARING.contains(&room.as_str()))
            .filter_map(breach)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn the_contributing_guide_has_the_rooms_in_the_order_of_the_flow() {
    let guide = fs::read_to_string(repository().join("CONTRIBUTING.md")).expect("readable source");
    let row = |room: &str| guide.lines().position(|line| line.starts_with(&format!("| `{room}` |")));
    let rows: Vec<_> = MAY_IMPORT.iter().filter_map(|(room, ..)| row(room)).collect();
    assert!(rows.is_sorted(), "CONTRIBUTING.md: its table of rooms is not in the order of MAY_IMPORT");
}

/// What of a guide's paths and functions is not there: `a/b.rs`, from the top or below `bot/src`, and `a/b.rs`: `function`.
fn lost_paths(guide: &str) -> Vec<String> {
    let path = Regex::new(r"`([\w.-]+(?:/[\w.-]+)+\.(?:rs|md|json|mjs|txt|yml))`(?:: `(\w+)`)?").expect("a pattern");
    let mut lost = Vec::new();
    for found in path.captures_iter(guide) {
        let text =
            ["", "bot/src"].iter().find_map(|top| fs::read_to_string(repository().join(top).join(&found[1])).ok());
        match (text, found.get(2).map(|name| name.as_str())) {
            (None, _) => lost.push(format!("CONTRIBUTING.md: there is no `{}`", &found[1])),
            (Some(text), Some(name)) if !["(", "<"].iter().any(|after| text.contains(&format!("fn {name}{after}"))) => {
                lost.push(format!("CONTRIBUTING.md: `{}` has no function `{name}`", &found[1]));
            }
            (Some(_), _) => {}
        }
    }
    lost
}

#[test]
fn what_the_contributing_guide_points_at_is_there() {
    let guide = fs::read_to_string(repository().join("CONTRIBUTING.md")).expect("readable source");
    none(&lost_paths(&guide));
    let where_is = guide.split("\n## ").find(|part| part.starts_with("Where is")).expect("a section");
    assert!(where_is.matches(".rs`: `").count() >= 3, "{where_is}");
}

//! The risk of a commit, by what it does: its files, its words, its size.

use uptake::survey::Surveyed;

use crate::support::World;

/// What is said of each commit of the range.
fn described(world: &World) -> String {
    let line = |unit: &Surveyed| {
        let reasons: Vec<String> = unit.reasons.iter().map(ToString::to_string).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
        format!("{}: {}{reasons}\n", unit.subject, unit.risk)
    };
    world.survey().commits.iter().map(line).collect()
}

#[test]
fn files_of_each_kind_have_their_level() {
    let mut world = World::new(&[("a.txt", "a\n")]);
    world.on_upstream();
    for (subject, paths) in [
        ("Add users", &["db/migrate/1_users.rb"][..]),
        ("Bump serde", &["Cargo.toml", "Cargo.lock"]),
        ("Bump a gem, and say so", &["Gemfile.lock", "CHANGELOG.md"]),
        ("Use serde", &["core/Cargo.toml", "core/src/a.rs"]),
        ("Speak of more", &["api/service.proto"]),
        ("Set flags", &["CMakeLists.txt"]),
        ("Add a page", &["docs/page.md"]),
        ("Speed it up", &["core/src/b.rs"]),
        ("feat(api)!: drop the old way", &["core/src/c.rs"]),
        ("Check lengths, CVE-2025-12345", &["core/src/d.rs"]),
    ] {
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (*path, "x\n")).collect();
        world.commit(subject, &files);
    }
    insta::assert_snapshot!(described(&world), @r#"
    Add users: high (changes a database's schema (1 file))
    Bump serde: low (changes a dependency manifest (1 file), changes a lock file (1 file))
    Bump a gem, and say so: low (changes a lock file (1 file))
    Use serde: medium (changes a dependency manifest (1 file))
    Speak of more: medium (changes an interface that others build on (1 file))
    Set flags: medium (changes how it is built (1 file))
    Add a page: low
    Speed it up: low
    feat(api)!: drop the old way: high (marked as a breaking change)
    Check lengths, CVE-2025-12345: critical (it mends a security fault)
    "#);
}

#[test]
fn what_is_read_line_by_line_makes_a_commit_large() {
    let mut world = World::new(&[("a.txt", "a\n")]);
    world.on_upstream();
    let files = |folder: &str, count: usize| -> Vec<String> { (0..count).map(|n| format!("{folder}/{n}.c")).collect() };
    let long = "int x;\n".repeat(600);
    for (subject, paths, text) in [
        ("Take lib anew", files("vendor/lib", 60), "x\n"),
        ("Move it all", files("src/all", 60), "x\n"),
        ("Move some", files("src/some", 20), "x\n"),
        ("Add a parser", files("src/parser", 1), &long),
        ("Take more of lib", files("vendor/more", 1), &long),
    ] {
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), text)).collect();
        world.commit(subject, &files);
    }
    insta::assert_snapshot!(described(&world), @r#"
    Take lib anew: low
    Move it all: high (large: 60 files, 60 lines)
    Move some: medium (sizeable: 20 files, 20 lines)
    Add a parser: medium (sizeable: 1 file, 600 lines)
    Take more of lib: low
    "#);
}

//! `uptake init --topics`: phases in the words of the project itself.

use crate::support::{World, uptake};

/// A range in which one project speaks of itself in several ways.
fn world() -> World {
    let mut world = World::new(&[("src/core/a.go", "a\n"), ("app/own.rb", "x\n"), ("go.mod", "module x\n"), ("LICENSE", "MIT\n")]);
    world.on_upstream();
    for n in 0..3 {
        world.commit(&format!("plugin/tls: step {n}"), &[(&format!("plugin/tls/{n}.go"), "x\n")]);
        world.commit(&format!("build(deps): bump lib from {n} to {}", n + 1), &[("go.mod", &format!("module x // {n}\n"))]);
        world.commit(&format!("[Kernel] Speed {n}"), &[(&format!("src/kernel/{n}.go"), "x\n")]);
        world.commit(&format!("More of part {n}"), &[(&format!("src/core/deep/{n}.go"), "x\n")]);
    }
    world.commit("New Crowdin translations", &[("config/locales/de.yml", "de: 1\n")]);
    world.commit("Update de.yml", &[("config/locales/de.yml", "de: 2\n")]);
    world.commit("Add users", &[("db/migrate/1.rb", "x\n"), ("src/core/u.go", "x\n")]);
    world.commit("Add names", &[("db/migrate/2.rb", "x\n"), ("src/core/n.go", "x\n")]);
    world.commit("Merge commit from fork", &[("src/core/a.go", "safe\n")]);
    world.commit("Check lengths\n\nThis is GHSA-9mj9-xx53-qmxm.", &[("src/core/b.go", "safe\n")]);
    world.commit("Trim SECURITY.md and fix text overflow", &[("style.css", "x\n")]);
    world.on_fork().commit("Ours", &[("app/flavours/ours/x.rb", "x\n"), ("app/flavours/ours/y.rb", "x\n"), ("vendor/lib/z.go", "x\n")]);
    world
}

fn init(world: &World, arguments: &[&str]) -> String {
    drop(world.open(""));
    let (code, out, error) = uptake(&world.fork(), &[&["--offline", "init", "--stdout"], arguments].concat());
    assert_eq!(code, 0, "{error}");
    out
}

#[test]
fn topics_are_what_the_project_calls_its_areas() {
    let text = init(&world(), &["--topics"]);
    let told = text.lines().filter(|line| {
        let line = line.trim();
        ["title:", "only:", "paths:", "# "].iter().any(|start| line.starts_with(start)) || line.contains("subject: '(?i)^(\\[")
    });
    let (_, told) = text.split_at(text.find("phases:").expect("phases"));
    let _ = told;
    let phases: Vec<&str> = told.lines().filter(|line| !line.trim().starts_with("#")).collect();
    insta::assert_snapshot!(phases.join("\n"), @"");
}

#[test]
fn the_configuration_takes_what_its_comments_say() {
    let world = world();
    let text = init(&world, &["--topics"]);
    let (_, survey, built) = world.build(&text);
    let taken: Vec<String> = built
        .phases
        .iter()
        .map(|phase| format!("{}: {}", phase.title, phase.picks.len() + phase.left_out.len()))
        .collect();
    let left: Vec<&str> =
        built.unassigned.iter().filter_map(|sha| survey.get(*sha)).map(|commit| commit.subject.as_str()).collect();
    insta::assert_snapshot!(format!("{}\nunassigned: {}", taken.join("\n"), left.join(", ")), @"");
}

#[test]
fn what_cannot_wait_is_security_and_crashes_alone() {
    let text = init(&world(), &[]);
    let (_, urgent) = text.split_once("phases:").expect("phases");
    let (urgent, _) = urgent.split_once("- id: urgent").expect("the urgent phase");
    insta::assert_snapshot!(urgent.trim(), @"");
}

#[test]
fn own_folders_are_found_at_any_depth_and_other_projects_code_is_nobody_s() {
    let text = init(&world(), &[]);
    assert!(text.contains("local:\n  - \"app/flavours/**\"\n"), "{text}");
    assert!(!text.contains("vendor/**"), "{text}");
}

#[test]
fn a_topic_has_a_size_limit() {
    let mut world = World::new(&[("a.txt", "a\n")]);
    world.on_upstream();
    for n in 0..120 {
        world.commit(&format!("core: step {n}"), &[(&format!("core/{n}.txt"), "x\n")]);
    }
    world.on_fork().commit("Ours", &[("b.txt", "b\n")]);
    let text = init(&world, &["--topics"]);
    let (_, _, built) = world.build(&text);
    let sizes: Vec<usize> = built.phases.iter().map(|phase| phase.picks.len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 120, "{text}");
}

#[test]
fn releases_are_offered_where_the_fork_stands_on_one() {
    let mut world = World::new(&[("a.txt", "a\n")]);
    for tag in ["v0.1.0", "v0.2.0", "v1.0.0"] {
        world.git(&["tag", tag, "main"]);
    }
    world.on_upstream().commit("core: go on", &[("a.txt", "b\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "b\n")]);
    let text = init(&world, &[]);
    assert!(text.contains("# Or follow upstream's releases: instead of `branch`,\n#   tags: \"v[0-9]*\"\n"), "{text}");
    assert!(text.contains("land: merge"), "{text}");
}

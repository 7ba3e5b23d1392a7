//! `uptake init --topics`: phases in the words of the project itself.

use engine::commit::When;
use uptake::survey::{Surveyed, topics};

use crate::support::surveyed::unit;
use crate::support::{World, uptake};

/// A range in which one project speaks of itself in several ways.
fn world() -> World {
    let mut world =
        World::new(&[("src/core/a.go", "a\n"), ("app/own.rb", "x\n"), ("go.mod", "module x\n"), ("LICENSE", "MIT\n")]);
    world.on_upstream();
    for n in 0..3 {
        world.commit(&format!("plugin/tls: step {n}"), &[(&format!("plugin/tls/{n}.go"), "x\n")]);
        world.commit(
            &format!("build(deps): bump lib from {n} to {}", n + 1),
            &[("go.mod", &format!("module x // {n}\n"))],
        );
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
    world.on_fork().commit(
        "Ours",
        &[("app/flavours/ours/x.rb", "x\n"), ("app/flavours/ours/y.rb", "x\n"), ("vendor/lib/z.go", "x\n")],
    );
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
    let (_, told) = text.split_at(text.find("phases:").expect("phases"));
    let phases: Vec<&str> = told.lines().filter(|line| !line.trim().starts_with("#")).collect();
    insta::assert_snapshot!(phases.join("\n"), @r#"
    phases:
      - id: security
        title: Security
        priority: 1
        commits:
          - c09af98fd
        rules:
          - subject: '(?i)\b(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3})\b|^Merge commit from fork\b|\[SECURITY\]\s*(\(#\d+\))?$'
          - subject: '(?i)\b(fix\w*|prevent\w*|avoid\w*|patch\w*|mitigat\w*|harden\w*|resolv\w*)\b.*\b(vulnerab\w*|exploit\w*|((stack|heap)[- ])?buffer[- ](over|under)flow|heap[- ]overflow|use[- ]after[- ]free|double[- ]free|out[- ]of[- ]bounds|arbitrary (code|file)|(remote )?code execution|(path|directory) traversal|(sql|command|code|header|html|script) injection|xss|csrf|ssrf|privilege escalation|auth\w* bypass)\b'
          - { types: [security] }

      - id: dependencies
        title: Dependencies
        priority: 2
        rules:
          - subject: '(?i)^((build|chore|fix|ci|feat)\s*\(deps(-dev)?\)!?:|(chore|build): bump |bump \S+ |(update|upgrade) (dependency |module |\S+ (from|to) (version )?v?\d)|\[?deps\]?:)'
          - { author: '(?i)(dependabot|renovate)\b' }
          - { only: ["**/go.mod"] }

      - id: translations
        title: Translations
        priority: 3
        rules:
          - { subject: '(?i)\b(crowdin|weblate|transifex|new translations|update translations)\b' }
          - { only: ["**/locales/**"] }

      - id: database-migrations
        title: Database migrations
        priority: 4
        rules:
          - { paths: ["**/db/migrate/**"] }

      - id: kernel
        title: Kernel
        priority: 5
        rules:
          - { subject: '(?i)^(\[[^\]]*\]\s*)*(\[kernel\]|[\w-]+\(kernel(,[^)]*)?\)!?:|kernel!?: )' }

      - id: plugin-tls
        title: plugin/tls
        priority: 6
        rules:
          - { subject: '(?i)^(\[[^\]]*\]\s*)*(\[plugin/tls\]|[\w-]+\(plugin/tls(,[^)]*)?\)!?:|plugin/tls!?: )' }

      - id: src
        title: src
        priority: 7
        rules:
          - { paths: ["src/**"] }
    "#);
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
    insta::assert_snapshot!(format!("{}\nunassigned: {}", taken.join("\n"), left.join(", ")), @r#"
    Security: 2
    Dependencies: 3
    Translations: 2
    Database migrations: 2
    Kernel: 3
    plugin/tls: 3
    src: 3
    unassigned: Trim SECURITY.md and fix text overflow
    "#);
}

#[test]
fn what_cannot_wait_is_security_and_crashes_alone() {
    let text = init(&world(), &[]);
    let (_, urgent) = text.split_once("phases:").expect("phases");
    let (urgent, _) = urgent.split_once("- id: urgent").expect("the urgent phase");
    insta::assert_snapshot!(urgent.trim(), @r#"
    # 2 commits now, such as:
      #   3840610f0 Merge commit from fork
      #   c09af98fd Check lengths
    "#);
}

#[test]
fn own_folders_are_found_at_any_depth_and_other_projects_code_is_nobody_s() {
    let text = init(&world(), &[]);
    assert!(text.contains("local:\n  - \"app/flavours/**\"\n"), "{text}");
    assert!(!text.contains("vendor/**"), "{text}");
}

#[test]
fn a_topic_has_a_size_limit() {
    let day = |n: i64| When { seconds: 1_767_268_800 + n * 86_400, offset: 0 };
    let commit = |n: i64| {
        let id = format!("{n:040x}").parse().expect("a name");
        unit(id, &format!("core: step {n}"), "ada@example.com", day(n / 2))
    };
    let commits: Vec<Surveyed> = (1..=120).map(commit).collect();
    let learned = topics::learn(&commits.iter().collect::<Vec<_>>());
    let sizes: Vec<(&str, usize)> =
        learned.taken.iter().map(|(topic, commits)| (topic.title.as_str(), commits.len())).collect();
    assert_eq!(sizes, [("Core (1 of 3)", 41), ("Core (2 of 3)", 40), ("Core (3 of 3)", 39)]);
    let ends: Vec<Option<&str>> = learned.taken.iter().map(|(topic, _)| topic.rules[0].until.as_deref()).collect();
    assert_eq!(ends, [Some("2026-01-21"), Some("2026-02-10"), None]);
    assert_eq!(topics::ids(&learned), ["core-1-of-3", "core-2-of-3", "core-3-of-3"]);
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

/// An open commit that changes these files, on a day of its own.
fn commit(n: i64, subject: &str, paths: &[&str]) -> Surveyed {
    let id = format!("{n:040x}").parse().expect("a name");
    let day = When { seconds: 1_767_268_800 + n * 86_400, offset: 0 };
    Surveyed { paths: paths.iter().map(|path| (*path).into()).collect(), ..unit(id, subject, "ada@example.com", day) }
}

/// Each topic with its number of commits, and those that no topic takes.
fn described(commits: &[Surveyed]) -> String {
    let learned = topics::learn(&commits.iter().collect::<Vec<_>>());
    let taken: String =
        learned.taken.iter().map(|(topic, commits)| format!("{}: {}\n", topic.title, commits.len())).collect();
    let left: Vec<&str> = learned.left.iter().map(|commit| commit.subject.as_str()).collect();
    format!("{taken}left: {left:?}")
}

#[test]
fn what_every_project_has_is_known_by_its_files_and_its_words() {
    let range: Vec<Surveyed> = [
        ("build(deps): bump a from 1 to 2", &["go.sum"][..]),
        ("Use b 2", &["go.mod", "go.sum"]),
        ("Take lib anew", &["vendor/lib/a.c", "vendor/lib/LICENSE"]),
        ("Take lib once more", &["vendor/lib/a.c"]),
        ("ci: run on two", &["src/ci.go"]),
        ("Run on three", &[".github/workflows/test.yml"]),
        ("Release v1.2.0", &["src/version.go"]),
        ("v1.2.1", &["src/version.go"]),
        ("docs: say it", &["src/doc.go"]),
        ("Say it better", &["docs/a.md", "README.md"]),
        ("test: more of it", &["src/a.go"]),
        ("Try it too", &["src/a_test.go"]),
        ("build: set flags", &["src/a.go"]),
        ("Set more flags", &["CMakeLists.txt", "Makefile"]),
        // Code with its documents, its tests and its manifest is code.
        ("Do it", &["src/a.go", "docs/a.md", "src/a_test.go", "go.mod"]),
    ]
    .iter()
    .zip(1..)
    .map(|((subject, paths), n)| commit(n, subject, paths))
    .collect();
    insta::assert_snapshot!(described(&range), @r#"
    Dependencies: 2
    Vendored code: 2
    Continuous integration: 2
    Releases: 2
    Documentation: 2
    Tests: 2
    Build: 2
    left: ["Do it"]
    "#);
}

#[test]
fn work_of_one_kind_is_a_topic_and_much_of_it_is_told_apart_by_where_it_is() {
    let fixes = |count: i64| -> Vec<Surveyed> {
        let folder = |n: i64| ["net", "disk", "ui"][usize::try_from(n % 3).expect("small")];
        (1..=count).map(|n| commit(n, &format!("Fix case {n}"), &[&format!("{}/{n}.go", folder(n))])).collect()
    };
    insta::assert_snapshot!(described(&fixes(30)), @r#"
    Fixes: 30
    left: []
    "#);
    insta::assert_snapshot!(described(&fixes(120)), @r#"
    disk: 40
    net: 40
    ui: 40
    left: []
    "#);
}

#[test]
fn a_folder_with_too_much_is_taken_apart_and_a_commit_is_where_its_code_is() {
    let one = |n: i64| {
        let folder = if n % 2 == 0 { "src/one" } else { "src/two" };
        // More tests than code, as it often is.
        let tests = [format!("tests/{n}.go"), format!("tests/more/{n}.go"), "docs/a.md".to_owned()];
        let code = format!("{folder}/{n}.go");
        let paths: Vec<&str> = tests.iter().map(String::as_str).chain([code.as_str()]).collect();
        commit(n, &format!("Step {n}"), &paths)
    };
    let few = (61..=62).map(|n| commit(n, "Go on", &["lib/a.go"]));
    insta::assert_snapshot!(described(&(1..=60).map(one).chain(few).collect::<Vec<_>>()), @r#"
    src/one: 30
    src/two: 30
    left: ["Go on", "Go on"]
    "#);
}

//! What the fork carries: its own side of the range, commit by commit and path by path.

use serde_json::{Value, json};

use crate::support::{World, uptake};

const TEXT: &str = "one\ntwo\nthree\n";

fn carry(world: &World) -> Value {
    let survey = world.survey();
    serde_json::to_value(&survey.carry).expect("JSON")
}

/// A fork with a commit of each kind.
fn world() -> World {
    let mut world = World::new(&[("a.rs", "fn a() {\n    b();\n}\n"), ("b.rs", TEXT), ("c.rs", TEXT), ("d.rs", TEXT)]);
    let taken = world.on_upstream().commit("Fix c", &[("c.rs", "one\ntwo\nthree!\n")]);
    world.commit("Go on", &[("d.rs", "one\ntwo\nthree\nfour\n")]);
    world.on_fork().commit("Add a tool", &[("tool/main.rs", "tool\n")]);
    world.commit("Write it our way", &[("a.rs", "fn a()\n{\n    b();\n}\n")]);
    world.pick(taken, &["-x"]);
    world.commit("Change b", &[("b.rs", "ours\ntwo\nthree\n"), ("tool/main.rs", "tool, too\n")]);
    world.commit("Try something", &[("d.rs", "tried\ntwo\nthree\n")]);
    world.commit("Give it up", &[("d.rs", TEXT)]);
    world
}

#[test]
fn each_commit_and_path_of_the_fork_is_told_for_what_it_is() {
    let carry = carry(&world());
    assert_eq!(carry["paths"], json!({ "taken": 1, "own": 1, "form": 1, "shared": 1 }));
    let counts =
        ["commits", "merges", "taken", "own", "form", "gone"].map(|kind| carry[kind].as_u64().expect("a count"));
    assert_eq!(counts, [6, 0, 1, 1, 1, 2]);
    assert_eq!(carry["files"], json!(["b.rs"]));
    let [real] = carry["real"].as_array().expect("a list").as_slice() else { panic!("{carry}") };
    assert_eq!((&real["subject"], &real["paths"]), (&json!("Change b"), &json!(["b.rs"])));
}

#[test]
fn the_real_ones_are_listed_newest_first_on_the_terminal_and_in_the_report() {
    let mut world = world();
    world.commit("Change b <again>", &[("b.rs", "ours\ntwo\nours\n")]);
    world.open("");
    let (_, out, error) = uptake(&world.fork(), &["survey", "--offline"]);
    let begin = out.find("What the fork carries").unwrap_or_else(|| panic!("{out}{error}"));
    let text = &out[begin..out.find("Commits, in upstream's order").expect("a list")];
    insta::assert_snapshot!(text, @r"
    What the fork carries
              commits  files
      shared  2        1      real changes to files that upstream has too
      own     1        1      paths that only the fork has
      form    1        1      white space alone
      taken   1        1      upstream's own changes
      gone    2        0      nothing is left of them at the fork's head

    The fork's commits that really change shared files, newest first
      439d99962  2025-09-01  Change b <again>  [1 file]
      dadf8bb90  2025-09-01  Change b  [1 file]
    ");
    let (_, report, _) = uptake(&world.fork(), &["report", "--offline"]);
    let begin = report.find("## What the fork carries").unwrap_or_else(|| panic!("{report}"));
    let section = &report[begin..report.find("## Conflict analysis").expect("a heading")];
    assert!(section.contains("| shared | 2 | 1 | real changes to files that upstream has too |"), "{section}");
    let places = ["Change b &lt;again&gt;", "| Change b |"].map(|subject| section.find(subject));
    assert!(places[0].is_some() && places[0] < places[1], "{section}");
}

#[test]
fn what_the_fork_did_to_a_file_of_upstream_s_is_real_whatever_it_did() {
    let mut world = World::new(&[("gone.rs", TEXT), ("moved.rs", "moved\nfrom here\n"), ("mode.sh", "echo\n")]);
    world.on_upstream().commit("Go on", &[("new.rs", TEXT), ("both.rs", "upstream's\n")]);
    world.on_fork();
    std::fs::remove_file(world.fork().join("gone.rs")).expect("removed");
    world.commit_all("Remove");
    world.git(&["mv", "moved.rs", "here.rs"]);
    world.commit_all("Move");
    world.git(&["update-index", "--chmod=+x", "mode.sh"]);
    world.git(&["commit", "--quiet", "-m", "Make it run"]);
    world.git(&["reset", "--quiet", "--hard"]);
    world.commit("Add what upstream adds", &[("both.rs", "ours\n")]);
    let carry = carry(&world);
    assert_eq!(carry["files"], json!(["both.rs", "gone.rs", "here.rs", "mode.sh", "moved.rs"]));
    assert_eq!(carry["paths"]["own"], 0);
    assert_eq!(carry["real"].as_array().map(Vec::len), Some(4));
}

#[test]
fn a_commit_adapted_from_upstream_s_is_upstream_s_and_a_file_as_upstream_had_it_is_not_carried() {
    let mut world = World::new(&[("a.rs", TEXT), ("b.rs", TEXT)]);
    let first = world.on_upstream().commit("First", &[("a.rs", "first\ntwo\nthree\n")]);
    world.commit("Second", &[("b.rs", "second\ntwo\nthree\n")]);
    world.commit("Third", &[("b.rs", "third\ntwo\nthree\n")]);
    world.on_fork().pick(first, &[]);
    // By hand, without a trailer: only the file says so.
    world.commit("Copy b", &[("b.rs", "second\ntwo\nthree\n")]);
    let carry = carry(&world);
    assert_eq!(carry["paths"], json!({ "taken": 2, "own": 0, "form": 0, "shared": 0 }));
    assert_eq!(carry["real"], json!([]));
}

#[test]
fn what_is_configured_as_the_fork_s_own_is_its_own() {
    let mut world = World::new(&[("ours/a.rs", TEXT), ("b.rs", TEXT)]);
    world.on_upstream().commit("Go on", &[("b.rs", "two\nthree\n")]);
    world.on_fork().commit("Change ours", &[("ours/a.rs", "ours\n")]);
    let session = world.open("local: [\"ours/**\"]\n");
    let survey = crate::support::survey(&session);
    assert_eq!((survey.carry.paths.own, survey.carry.paths.shared, survey.carry.own), (1, 0, 1));
}

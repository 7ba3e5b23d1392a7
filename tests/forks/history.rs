//! Clones in which history or files are missing: what they say is never said as if all were there.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::ALL;
use crate::support::{World, git_ok, uptake, uptake_in};

const FIVE: &str = "1\n2\n3\n4\n5\n6\n";

/// A fork that took a commit long before it merged what is older: a shallow clone has the common ancestor sooner than the pick.
fn world() -> World {
    let mut world = World::new(&[("a.txt", FIVE)]);
    world.on_upstream().commit("Add one", &[("one.txt", "1\n")]);
    world.git(&["branch", "merged"]);
    let five = world.commit("Spell five", &[("a.txt", "1\n2\n3\n4\nfive\n6\n")]);
    world.commit("Add six", &[("six.txt", "6\n")]);
    world.on_fork().commit("Ours", &[("ours.txt", "0\n")]);
    world.pick(five, &["-x"]);
    for name in ["x", "y"] {
        world.commit(name, &[(&format!("{name}.txt"), "0\n")]);
    }
    world.git(&["merge", "--quiet", "--no-edit", "merged"]);
    world.commit("z", &[("z.txt", "0\n")]);
    world.git(&["branch", "--quiet", "fetched", "upstream"]);
    world.config(ALL);
    world
}

/// A clone made like this, with upstream's branch fetched whole.
fn clone(world: &World, name: &str, arguments: &[&str]) -> PathBuf {
    let url = format!("file://{}", world.fork().display());
    let (begin, end) = (["clone", "--quiet", "--single-branch", "--branch=main"], [url.as_str(), name]);
    git_ok(world.folder(), &[&begin, arguments, &end].concat(), 0);
    let path = world.folder().join(name);
    git_ok(&path, &["fetch", "--quiet", &url, "upstream:refs/remotes/upstream/main"], 0);
    path
}

fn survey_json(world: &World, name: &str) -> Value {
    let (code, out, error) = uptake(world.folder(), &["survey", "--offline", "--repo", name, "--format", "json"]);
    assert_eq!(code, 0, "{error}");
    serde_json::from_str(&out).expect("JSON")
}

const CUT: &str = "warning: history is cut: this clone is shallow and has no parents of 1 commit that only one side has. What the fork took before counts as open. ";

#[test]
fn every_command_that_surveys_says_that_history_is_cut() {
    let world = world();
    clone(&world, "whole", &[]);
    clone(&world, "shallow", &["--depth=3"]);
    let (whole, cut) = (survey_json(&world, "whole"), survey_json(&world, "shallow"));
    assert_eq!((&whole["totals"]["taken"], &whole["warnings"]), (&1.into(), &Value::Null));
    assert_eq!(cut["merge_base"], whole["merge_base"], "the ancestor is there, and the pick is not");
    assert_eq!(cut["totals"]["taken"], 0);
    let known = serde_json::json!([{ "kind": "cut-history", "commits": 1, "in_range": true }]);
    assert_eq!(cut["warnings"], known);
    let remedy = format!("{CUT}`git fetch --unshallow` brings the rest.\n");
    let on_actions = format!("{CUT}Give the step that checks out `fetch-depth: 0`.\n");
    let five = world.git(&["rev-parse", "upstream~1"]);
    for command in [
        &["survey"][..],
        &["survey", "--quiet"],
        &["plan"],
        &["plan", "--format=json"],
        &["why", &five],
        &["report"],
        &["init", "--stdout"],
        &["run", "--forge=folder:out", "--dry-run"],
    ] {
        let there = ["--offline", "--repo=shallow", "--config=uptake.yml"];
        let (code, out, error) = uptake(world.folder(), &[&there, command].concat());
        assert!(code == 0 || code == 3, "{command:?}: {error}");
        assert_eq!(error, remedy, "{command:?}");
        if ["survey", "plan"].contains(&command[0]) && command.len() == 1 {
            assert!(out.contains(&remedy), "{out}");
        }
        if command[0] == "plan" && command.len() == 2 {
            assert_eq!(serde_json::from_str::<Value>(&out).expect("JSON")["warnings"], known);
        }
        if command[0] == "report" {
            assert!(out.contains("- Warning: history is cut: this clone is shallow"), "{out}");
        }
        let hosted = [("GITHUB_ACTIONS", "true".to_owned())];
        let (_, _, error) = uptake_in(world.folder(), &[&there, command].concat(), &hosted);
        assert_eq!(error, on_actions, "{command:?}");
    }
    let whole = uptake(world.folder(), &["--offline", "--repo=whole", "survey"]);
    assert_eq!((whole.0, whole.2.as_str()), (0, ""));
}

#[test]
fn a_clone_that_is_deeper_than_the_common_ancestor_may_be_cut_all_the_same() {
    let world = world();
    // The pick itself is there, and what the fork had before it is not.
    clone(&world, "deeper", &["--depth=6"]);
    let deeper = survey_json(&world, "deeper");
    assert_eq!(deeper["totals"]["taken"], 1);
    assert_eq!(deeper["warnings"][0]["in_range"], true);
    // Here only what is older than both sides is cut.
    let mut world = World::new(&[("a.txt", FIVE)]);
    world.commit("Second", &[("b.txt", "b\n")]);
    world.git(&["branch", "--force", "upstream"]);
    world.on_upstream().commit("Add one", &[("one.txt", "1\n")]);
    world.on_fork().commit("Ours", &[("ours.txt", "0\n")]);
    clone(&world, "linear", &["--depth=2"]);
    assert_eq!(survey_json(&world, "linear")["warnings"], Value::Null);
    // The fork merged an old branch that upstream merged before the history that is there: it seems to be the fork's alone.
    let mut world = World::new(&[("a.txt", FIVE)]);
    world.git(&["switch", "--quiet", "--create", "side"]);
    world.commit("Old", &[("old.txt", "o\n")]);
    world.on_upstream().commit("Add one", &[("one.txt", "1\n")]);
    world.git(&["merge", "--quiet", "--no-edit", "side"]);
    let edge = world.commit("Add two", &[("two.txt", "2\n")]);
    world.on_fork().git(&["merge", "--quiet", "--ff-only", "upstream"]);
    world.commit("Ours", &[("ours.txt", "0\n")]);
    world.on_upstream().commit("Add three", &[("three.txt", "3\n")]);
    let (ours, tree) = (world.git(&["rev-parse", "main"]), world.git(&["rev-parse", "main^{tree}"]));
    let merged = world.git(&["commit-tree", &tree, "-p", &ours, "-p", "side", "-m", "Merge side"]);
    world.git(&["update-ref", "refs/heads/main", &merged]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "upstream"]);
    world.on_fork();
    fs::write(world.fork().join(".git/shallow"), format!("{edge}\n")).expect("written");
    let known = serde_json::json!([{ "kind": "cut-history", "commits": 1, "in_range": false }]);
    assert_eq!(survey_json(&world, "fork")["warnings"], known);
}

#[test]
fn a_clone_without_the_common_ancestor_is_refused_with_what_brings_it() {
    let world = world();
    clone(&world, "least", &["--depth=1"]);
    let hosted = [("GITHUB_ACTIONS", "true".to_owned())];
    let (code, _, error) = uptake_in(world.folder(), &["survey", "--offline", "--repo=least"], &hosted);
    assert_eq!(code, 2);
    assert!(error.ends_with("\n  Give the step that checks out `fetch-depth: 0`\n"), "{error}");
}

#[test]
fn the_summary_of_a_job_and_the_doctor_say_that_history_is_cut() {
    let world = world();
    clone(&world, "shallow", &["--depth=3"]);
    fs::write(world.folder().join("event.json"), r#"{"repository":{"full_name":"a/b"},"schedule":"17 4 * * *"}"#)
        .expect("written");
    let at = |name: &str| world.folder().join(name).display().to_string();
    let environment = [
        ("GITHUB_ACTIONS", "true".to_owned()),
        ("GITHUB_EVENT_NAME", "schedule".to_owned()),
        ("GITHUB_EVENT_PATH", at("event.json")),
        ("GITHUB_REPOSITORY", "a/b".to_owned()),
        ("RUNNER_TEMP", at("")),
    ];
    let run = ["--repo=shallow", "--config=uptake.yml", "--offline", "action", "--forge=folder:out", "--dry-run"];
    let (code, out, error) = uptake_in(world.folder(), &run, &environment);
    assert_eq!(code, 0, "{error}");
    let cut = CUT.strip_prefix("warning: ").expect("a warning");
    assert!(out.contains(&format!("::warning::{cut}Give the step that checks out `fetch-depth: 0`.\n")), "{out}");
    let summary = fs::read_to_string(world.folder().join("uptake-summary.md")).expect("a summary");
    assert!(summary.contains("\n> [!WARNING]\n> history is cut: ") && summary.contains("fetch-depth: 0"), "{summary}");
    let (code, out, _) = uptake(world.folder(), &["--repo=shallow", "--config=uptake.yml", "doctor"]);
    assert_eq!(code, 1);
    assert!(out.contains(&format!("wrong    range: {cut}`git fetch --unshallow` brings the rest.\n")), "{out}");
    // Where upstream was never fetched, what can be told is that the clone is shallow.
    git_ok(&world.folder().join("shallow"), &["update-ref", "-d", "refs/remotes/upstream/main"], 0);
    let (_, out, _) = uptake(world.folder(), &["--repo=shallow", "--config=uptake.yml", "doctor"]);
    assert!(out.contains("wrong    range: history is cut: this clone is shallow"), "{out}");
}

#[test]
fn what_a_partial_clone_lacks_is_named_by_commit_and_path() {
    let world = world();
    world.git(&["config", "uploadpack.allowFilter", "true"]);
    clone(&world, "partial", &["--filter=blob:none", "--no-checkout"]);
    let (code, _, error) = uptake(world.folder(), &["survey", "--offline", "--repo=partial"]);
    assert_eq!(code, 1);
    let place = error.split_once(" (").and_then(|(_, rest)| rest.split_once(')')).map(|(place, _)| place);
    let (path, commit) = place.and_then(|place| place.split_once(" at commit ")).expect("a place");
    let id = world.git(&["rev-parse", &format!("{commit}:{path}")]);
    assert!(
        error.starts_with(&format!("error: the file content {id} ({path} at commit {commit}) is not in this")),
        "{error}"
    );
    assert!(error.contains("git fetch --refetch --no-filter"), "{error}");
    clone(&world, "treeless", &["--filter=tree:0", "--no-checkout", "--no-tags"]);
    let (code, _, error) = uptake(world.folder(), &["survey", "--offline", "--repo=treeless"]);
    assert_eq!(code, 1);
    assert!(error.contains("error: the tree ") && error.contains(" of commit "), "{error}");
}

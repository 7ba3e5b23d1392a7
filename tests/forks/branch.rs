//! Upstreams whose default branch got another name, or that left a branch behind: nobody is told that the fork is up to date then.

use std::path::PathBuf;

use crate::support::{World, git_ok, uptake};

/// A fork and an upstream on a server of its own, which `change` changes after the fork was made.
fn world(change: &[&[&str]]) -> World {
    let mut world = World::new(&[("a.txt", "1\n2\n3\n")]);
    world.on_upstream().commit("Spell three", &[("a.txt", "1\n2\nthree\n")]);
    world.on_fork().commit("Ours", &[("FORK.md", "ours\n")]);
    let server = server(&world);
    git_ok(world.folder(), &["init", "--quiet", "--bare", "--initial-branch=main", "server.git"], 0);
    world.git(&["remote", "add", "upstream", &format!("file://{}", server.display())]);
    world.git(&["push", "--quiet", "upstream", "upstream~1:refs/heads/master"]);
    world.git(&["fetch", "--quiet", "upstream"]);
    for arguments in change {
        world.git(arguments);
    }
    world
}

fn server(world: &World) -> PathBuf {
    world.folder().join("server.git")
}

fn default_branch(world: &World, branch: &str) {
    git_ok(&server(world), &["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")], 0);
}

fn survey(world: &World, arguments: &[&str]) -> (i32, String, String) {
    uptake(world.folder(), &[&["survey", "--repo=fork"], arguments].concat())
}

const MASTER: &str = "upstream: { branch: master }\nphases: []\n";
const BEHIND: &str = "warning: the branch followed is left behind: upstream's default branch main has 1 commit that master lacks. If upstream goes on there, write `upstream: { branch: main }` into the configuration.\n";

#[test]
fn a_configured_branch_that_is_gone_is_an_error_that_names_the_new_one() {
    let world = world(&[
        &["push", "--quiet", "upstream", "upstream:refs/heads/main"],
        &["push", "--quiet", "upstream", "--delete", "master"],
    ]);
    world.config(MASTER);
    let (code, out, error) = survey(&world, &["--config=uptake.yml"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert_eq!(
        error,
        "error: upstream has no branch or tag master, and its default branch is main: name it as `upstream.branch` in the configuration\n"
    );
}

#[test]
fn a_configured_branch_that_was_left_behind_is_never_up_to_date() {
    let world = world(&[&["push", "--quiet", "upstream", "upstream:refs/heads/main"]]);
    world.config(MASTER);
    let (code, out, error) = survey(&world, &["--config=uptake.yml"]);
    assert_eq!((code, error.as_str()), (0, BEHIND));
    assert!(out.ends_with("The fork lacks nothing of upstream's master, but upstream goes on with main.\n"), "{out}");
    assert!(!out.contains("up to date"), "{out}");
    // The dashboard and the report say it, too, and go on.
    let run = ["--repo=fork", "--config=uptake.yml", "run", "--forge=folder:out"];
    assert_eq!(uptake(world.folder(), &run).0, 0);
    let issues = std::fs::read_to_string(world.folder().join("out/issues/1.md")).expect("a dashboard");
    assert!(issues.contains("> [!WARNING]\n> the branch followed is left behind: "), "{issues}");
    let (_, out, _) = uptake(world.folder(), &["--repo=fork", "--config=uptake.yml", "report"]);
    assert!(
        out.contains("**Upstream goes on with another branch.**") && !out.contains("nothing the fork lacks"),
        "{out}"
    );
    // Without a network, what the last fetch brought says it.
    let (_, out, error) = survey(&world, &["--config=uptake.yml", "--offline"]);
    assert_eq!(error, BEHIND.replace("default branch", "branch"));
    assert!(!out.contains("up to date"), "{out}");
    let (_, out, _) = survey(&world, &["--config=uptake.yml", "--offline", "--format=json"]);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let known = serde_json::json!([{ "kind": "left-behind", "branch": "master", "current": "main", "is_default": false, "ahead": 1, "own": 0 }]);
    assert_eq!(json["warnings"], known);
}

#[test]
fn a_last_commit_that_says_goodbye_makes_no_difference() {
    let mut world = world(&[&["push", "--quiet", "upstream", "upstream:refs/heads/main"]]);
    world.git(&["switch", "--quiet", "--create", "goodbye", "upstream~1"]);
    world.commit("We moved to main", &[("MOVED", "main\n")]);
    world.git(&["push", "--quiet", "upstream", "goodbye:refs/heads/master"]);
    world.on_fork();
    world.config(MASTER);
    let (_, _, error) = survey(&world, &["--config=uptake.yml"]);
    assert_eq!(error, BEHIND.replace("that master lacks.", "that master lacks (and lacks 1 commit)."));
}

#[test]
fn a_branch_for_releases_is_not_left_behind() {
    let mut world = world(&[&["push", "--quiet", "upstream", "upstream:refs/heads/main"]]);
    world.git(&["switch", "--quiet", "--create", "release", "upstream~1"]);
    for number in ["1", "2"] {
        world.commit(number, &[(number, "fixed\n")]);
    }
    world.git(&["push", "--quiet", "upstream", "release"]);
    world.on_fork();
    world.config("upstream: { branch: release }\nphases: []\n");
    let (code, out, error) = survey(&world, &["--config=uptake.yml"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(out.contains("2 commits and 0 merges behind"), "{out}");
}

#[test]
fn without_a_configured_branch_upstream_s_default_branch_is_followed() {
    let world = world(&[
        &["push", "--quiet", "upstream", "upstream:refs/heads/develop"],
        &["push", "--quiet", "upstream", "--delete", "master"],
    ]);
    default_branch(&world, "develop");
    for arguments in [&[][..], &["--offline"]] {
        let (code, out, error) = survey(&world, arguments);
        assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}");
        assert!(out.contains("1 commit and 0 merges behind"), "{arguments:?} {out}");
    }
}

#[test]
fn upstream_s_releases_are_followed_one_after_the_other() {
    let mut world = world(&[]);
    let mut release = |name: &str, tag: &str| {
        world.on_upstream().commit(&format!("Work on {name}"), &[(&format!("{name}.txt"), "x\n")]);
        world.git(&["tag", "--annotate", "--message", name, tag]);
        world.git(&["push", "--quiet", "upstream", "upstream:refs/heads/master", &format!("refs/tags/{tag}")]);
        world.git(&["tag", "--delete", tag]);
    };
    for (name, tag) in [("nine", "v1.9.0"), ("ten", "v1.10.0"), ("candidate", "v1.11.0-rc.1"), ("other", "engine-7")] {
        release(name, tag);
    }
    world.on_fork();
    world.config("upstream: { tags: 'v*' }\nphases:\n  - { id: line, title: Upstream, priority: 1, take: line }\n");
    let (code, out, error) = survey(&world, &["--config=uptake.yml", "--format=json"]);
    assert_eq!((code, error.as_str()), (0, ""));
    let survey: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let subjects: Vec<_> = survey["commits"].as_array().expect("units").iter().map(|unit| &unit["subject"]).collect();
    assert_eq!(subjects, ["Spell three", "Work on nine", "Work on ten"], "no further than the newest release");
    let (_, out, _) = uptake(world.folder(), &["plan", "--repo=fork", "--config=uptake.yml", "--format=json"]);
    let plan: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let picks = |phase: &serde_json::Value| phase["picks"].as_array().map_or(0, Vec::len);
    assert_eq!(
        plan["phases"].as_array().expect("slices").iter().map(picks).collect::<Vec<_>>(),
        [2, 1],
        "release by release"
    );

    // A tag may be named as the branch, too.
    world.config("upstream: { branch: v1.9.0 }\nphases: []\n");
    let (code, out, error) = self::survey(&world, &["--config=uptake.yml"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(out.contains("Work on nine") && !out.contains("Work on ten"), "{out}");

    world.config("upstream: { tags: 'w*' }\nphases: []\n");
    let (code, _, error) = self::survey(&world, &["--config=uptake.yml"]);
    assert_eq!(code, 2);
    assert!(error.starts_with("error: no tag of upstream's matches `w*` (upstream.tags)"), "{error}");
    world.config("upstream: { tags: 'v*', branch: main }\nphases: []\n");
    let (code, _, error) = self::survey(&world, &["--config=uptake.yml"]);
    assert_eq!(code, 2);
    assert!(error.contains("upstream is followed by its branch or by its tags"), "{error}");
}

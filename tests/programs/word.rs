//! By whose word a program is started: whatever else is checked out, the fork's own branch has it as it is committed there.

use std::fs;

use super::{config, world};
use crate::support::{World, toolchain, uptake_in};

/// A configuration whose command leaves a file behind.
fn touching(world: &World) -> String {
    config(&format!("touch '{}'; echo made > Cargo.lock", world.folder().join("started").display()))
}

fn is_started(world: &World) -> bool {
    let arguments = ["--repo", "fork", "--offline", "-q", "plan"];
    let (code, out, error) = uptake_in(world.folder(), &arguments, &toolchain());
    assert!(matches!(code, 0 | 3), "{code} {out}{error}");
    fs::remove_file(world.folder().join("started")).is_ok()
}

#[test]
fn what_is_not_committed_yet_is_not_started() {
    let mut world = world();
    let touch = touching(&world);
    fs::create_dir_all(world.fork().join(".github")).expect("a folder");
    fs::write(world.fork().join(".github/uptake.yml"), &touch).expect("a file");
    assert!(!is_started(&world), "it is in the work tree alone");
    world.commit_all("Configure");
    assert!(is_started(&world));
}

#[test]
fn the_fork_s_own_branch_is_the_default_one_of_origin_then_main_or_master_then_the_only_one() {
    let mut world = world();
    let touch = touching(&world);
    world.git(&["switch", "--quiet", "-c", "pr-12"]);
    let theirs = world.commit("Configure", &[(".github/uptake.yml", &touch)]).to_string();
    assert!(!is_started(&world), "main has no such command");
    // The clone knows another default branch, and then main counts no more.
    world.git(&["update-ref", "refs/remotes/origin/trunk", &theirs]);
    world.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    assert!(is_started(&world), "it is on the default branch of origin");
    world.git(&["update-ref", "refs/remotes/origin/trunk", "main"]);
    world.git(&["update-ref", "refs/heads/main", &theirs]);
    assert!(!is_started(&world));
    // Without one: main or master, wherever else this is.
    world.git(&["symbolic-ref", "--delete", "refs/remotes/origin/HEAD"]);
    assert!(is_started(&world));
    world.git(&["branch", "--quiet", "-m", "main", "other"]);
    assert!(!is_started(&world), "of several branches none is the fork's own");
    for name in ["other", "upstream"] {
        world.git(&["branch", "--quiet", "-D", name]);
    }
    assert!(is_started(&world), "the only one there is");
}

#[test]
fn a_workflow_is_taken_at_what_it_checked_out() {
    let mut world = world();
    let touch = touching(&world);
    world.git(&["switch", "--quiet", "-c", "checked-out"]);
    world.commit("Configure", &[(".github/uptake.yml", &touch)]);
    assert!(!is_started(&world));
    let event = r#"{ "repository": { "full_name": "o/fork" }, "sender": { "login": "ada" } }"#;
    fs::write(world.folder().join("event.json"), event).expect("written");
    let at = |name: &str| world.folder().join(name).display().to_string();
    let mut environment = toolchain();
    environment.extend([
        ("GITHUB_EVENT_NAME", "workflow_dispatch".to_owned()),
        ("GITHUB_EVENT_PATH", at("event.json")),
        ("GITHUB_REPOSITORY", "o/fork".to_owned()),
        ("GITHUB_WORKSPACE", at("fork")),
        ("RUNNER_TEMP", at("")),
    ]);
    let arguments = ["--repo", "fork", "--offline", "action", "--forge", "folder:out"];
    let (code, out, error) = uptake_in(world.folder(), &arguments, &environment);
    assert!(code == 0 && world.folder().join("started").exists(), "{code} {out}{error}");
}

//! Hooks: those that upstream brings, where a clone takes its hooks from a folder of its files, are never run.

use std::fs;

use super::{Maintainer, body, run, text};
use crate::support::{World, git_ok, write_program};

/// Hooks that a checkout, a commit, a merge, a push or a moved branch runs.
const HOOKS: [&str; 10] = [
    "applypatch-msg",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "prepare-commit-msg",
    "reference-transaction",
];

#[test]
fn a_hook_that_upstream_brings_is_not_run() {
    let start = text("2", "5", "10");
    let mut world = World::new(&[("b.rs", &start)]);
    let ran = world.folder().join("ran");
    let hook = format!("#!/bin/sh\necho \"$0\" >> '{}'\n", ran.display());
    world.on_upstream();
    for name in HOOKS {
        fs::create_dir_all(world.fork().join(".githooks")).expect("a folder");
        write_program(&world.fork().join(".githooks").join(name), &hook);
    }
    world.commit_all("Bring hooks");
    let change = world.commit("Change a place", &[("b.rs", &text("upstream's", "5", "10"))]);
    world.on_fork().commit("Ours", &[("b.rs", &text("ours", "5", "10"))]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(super::CONFIG);
    world.git(&["config", "core.hooksPath", ".githooks"]);
    run(&world);
    assert!(body(&world).contains("Bring hooks"), "the hooks are on the branch");

    let maintainer = Maintainer::new(&world, "clone");
    git_ok(&maintainer.path, &["config", "core.hooksPath", ".githooks"], 0);
    let (code, said) = maintainer.resolve(&[&change.to_string(), "--push"], true);
    assert_eq!(code, 0, "{said}");
    run(&world);
    assert!(!ran.exists(), "{}", fs::read_to_string(&ran).unwrap_or_default());

    // The test would see one that is run.
    git_ok(&maintainer.path, &["switch", "--quiet", "--detach", &change.to_string()], 0);
    assert!(fs::read_to_string(&ran).is_ok_and(|ran| ran.contains("post-checkout")), "git itself runs them");
}

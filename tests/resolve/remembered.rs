//! What people resolved that is no text: learned from their commits, kept on the ledger, and used again.

use std::fs;

use engine::ids::CommitId;
use uptake::ledger::Ledger;
use uptake::memory::{by_trailer, learn, recall, remember};

use super::{built, config, described};
use crate::support::World;

fn module(world: &World, at: CommitId) {
    fs::create_dir_all(world.fork().join("module")).expect("a folder");
    world.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{at},module")]);
}

#[test]
fn a_submodule_is_remembered() {
    let mut world = World::new(&[("x", "")]);
    let first = world.head();
    module(&world, first);
    let start = world.commit("With a module", &[("y", "")]);
    world.git(&["branch", "--force", "upstream"]);
    world.on_upstream();
    module(&world, start);
    let theirs = world.commit("Upstream", &[("x", "x\n")]);
    world.on_fork();
    module(&world, theirs);
    world.commit("Fork", &[("y", "y\n")]);
    assert!(!world.try_git(&["cherry-pick", "-x", &theirs.to_string()]).status.success());
    module(&world, first);
    world.git(&["-c", "core.editor=true", "cherry-pick", "--continue"]);

    let opened = world.open(&config(""));
    let resolved = opened.repo.commit(world.head()).expect("a commit");
    let pairs = by_trailer(std::slice::from_ref(&resolved));
    let learned = learn(&opened.repo, &[resolved], &pairs, &|_| true, &|_| None).expect("read");
    assert_eq!(learned.passed, []);
    let ledger =
        learned.lessons.iter().fold(Ledger::default(), |ledger, lesson| remember(&ledger, lesson).expect("kept"));
    let memory = recall(&ledger).expect("right");
    world.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let found = built(&world, "", &[], &memory);
    let described = described(&found.picks[0]);
    assert!(described.contains("module: the submodule at the commit it was resolved at then"), "{described}");
    let at = |path: &[u8]| {
        let path = engine::path::RepoPath::from_bytes(path);
        found.opened.repo.entry(found.phase.tree, &path).expect("a tree").expect("there").id
    };
    assert_eq!(at(b"module").as_bytes(), first.as_bytes());
}

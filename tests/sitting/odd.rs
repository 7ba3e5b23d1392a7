//! Decisions that are not about lines alone: a file that one side removed, a manifest, places that a remembered answer or form resolves.

use std::fs;

use super::{CONFIG, Maintainer, run};
use crate::support::World;

#[test]
fn a_file_that_one_side_removed_is_kept_or_removed_with_git() {
    let mut world = World::new(&[("gone.txt", "1\n2\n3\n"), ("kept.txt", "1\n2\n3\n")]);
    world.on_upstream();
    fs::remove_file(world.fork().join("gone.txt")).expect("there");
    world.commit_all("Remove what the fork edited");
    world.on_fork().commit("Ours", &[("gone.txt", "1\nours\n3\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(CONFIG);
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    let (code, said) = cleo.resolve(&[], false);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("gone.txt  keep it with git add, or remove it with git rm"), "{said}");
    let (code, said) = cleo.resolve(&["--continue"], false);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("gone.txt: say what becomes of it, with git add or git rm"), "{said}");
    crate::support::git_ok(&cleo.tree(), &["rm", "--quiet", "gone.txt"], 0);
    let (code, said) = cleo.resolve(&["--continue", "--push"], false);
    assert_eq!(code, 0, "{said}");
    let described = run(&world);
    assert!(described.contains("1 resolved"), "{described}");
    assert!(run(&world).starts_with("Nothing to change\n"));
}

#[test]
fn markers_stand_only_where_something_is_left_to_a_person() {
    let text = |first: &str, last: &str| format!("{first}\n2\n3\n4\n5\n6\n7\n8\n{last}\n");
    let mut world = World::new(&[("a.rs", &text("1", "fn a() {")), ("Cargo.toml", "[package]\nname = 'a'\n")]);
    world.on_upstream();
    let upstream = text("upstream's", "fn b() {");
    world.commit("Change both ends", &[("a.rs", &upstream), ("Cargo.toml", "[package]\nname = 'b'\n")]);
    // The fork changed only how the last line ends.
    let ours = text("ours", "fn a() {  ");
    world.on_fork().commit("Ours", &[("a.rs", &ours), ("Cargo.toml", "[package]\nname = 'c'\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(CONFIG);
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    cleo.resolve(&[], false);
    let laid_out = fs::read_to_string(cleo.tree().join("a.rs")).expect("laid out");
    assert_eq!(laid_out.matches("<<<<<<< ").count(), 1, "{laid_out}");
    assert!(laid_out.ends_with("8\nfn b() {\n"), "{laid_out}");
    // A manifest that cannot be read is not taken.
    fs::write(cleo.tree().join("a.rs"), text("both", "fn b() {")).expect("written");
    fs::write(cleo.tree().join("Cargo.toml"), "[package\nname = 'b'\n").expect("written");
    let (code, said) = cleo.resolve(&["--continue"], false);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("Cargo.toml: it cannot be read as a manifest, though both sides' can"), "{said}");
    fs::write(cleo.tree().join("Cargo.toml"), "[package]\nname = 'b'\n").expect("written");
    let (code, said) = cleo.resolve(&["--continue"], false);
    assert_eq!(code, 0, "{said}");
}

//! Decisions that are not about lines alone: a file that one side removed, a manifest, places that a remembered answer or form resolves.

use std::fs;

use uptake::decision::Ruling;

use super::{CONFIG, Maintainer, run};
use crate::support::forge::{decide, decisions};
use crate::support::{World, toolchain, uptake_in};

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

#[test]
fn what_a_formatter_resolves_in_part_has_markers_where_a_person_decides_alone() {
    let base = "# List\n\n* one\n* two\n* three\n\nmiddle\n\n1. first\n2. second\n3. third\n";
    let fork = "# List\n\n- one\n- two\n- three\n\nmiddle\n\n1. first\n1. second of ours\n1. third\n";
    let mut world = World::new(&[("a.md", base)]);
    world.on_upstream();
    world.commit("Say more", &[("a.md", &base.replace("* two", "* 2").replace("2. second", "2. second of theirs"))]);
    world.on_fork().commit("Ours", &[("a.md", fork)]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    let formatter = "format: [{ path: '**/*.md', command: [sed, -e, 's/^\\* /- /', -e, 's/^[0-9]*\\. /1. /'] }]\n";
    world.config(&format!("{CONFIG}{formatter}"));
    let arguments = ["--repo", "fork", "--config", "uptake.yml", "--offline", "run", "--forge", "folder:out"];
    let (code, said, error) = uptake_in(world.folder(), &arguments, &toolchain());
    assert!(code == 3 && said.contains("1 decide"), "{said}{error}");
    let cleo = Maintainer::new(&world, "clone");
    let (_, said) = cleo.resolve(&["--wait"], false);
    assert!(said.contains("1 place"), "{said}");
    let laid_out = fs::read_to_string(cleo.tree().join("a.md")).expect("laid out");
    let sha = world.git(&["rev-parse", "--short=9", "upstream"]);
    let expected = format!(
        "# List\n\n- one\n- 2\n- three\n\nmiddle\n\n1. first\n<<<<<<< fork\n1. second of ours\n||||||| base\n1. second\n=======\n\
         1. second of theirs\n>>>>>>> {sha} (Say more)\n1. third\n"
    );
    assert_eq!(laid_out, expected);
    fs::write(cleo.tree().join("a.md"), fork.replace("two", "2").replace("of ours", "of both")).expect("written");
    let (code, said) = cleo.resolve(&["--continue"], false);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn what_others_wrote_to_the_ledger_meanwhile_stays_and_a_commit_is_kept_until_the_end() {
    let (world, [two, ..]) = super::world();
    run(&world);
    let cleo = Maintainer::new(&world, "clone");
    let (code, said) = cleo.resolve(&[&two.short()], true);
    assert_eq!(code, 0, "{said}");
    let kept = cleo.git(&["for-each-ref", "--format=%(refname)", "refs/uptake/sitting/"]);
    assert_eq!(kept, format!("refs/uptake/sitting/{two}"), "git clears nothing away that is still of use");
    decide(&world, [Ruling::Hold { phase: "other".into() }]);
    let (code, said) = cleo.resolve(&["--push"], true);
    assert!(code == 0 || code == 3, "{said}");
    assert!(said.contains("Sent uptake/ledger."), "{said}");
    assert_eq!(decisions(&world), ["hold other by maintainer"], "nobody's word is lost");
    assert_eq!(cleo.git(&["for-each-ref", "refs/uptake/sitting/"]), "");
    world.config(CONFIG);
    let described = run(&world);
    assert!(described.contains("1 resolved"), "{described}");
}

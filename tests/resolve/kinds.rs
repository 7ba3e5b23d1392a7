//! Path rules on every kind of conflict, from real histories.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{built, described, rules};
use crate::support::World;
use uptake::pick::Outcome;
use uptake::pick::answer::ResolutionStore;
use uptake::view::note::words;

/// The fork removed `ours.txt`, upstream removed `theirs.txt`, and the other side of each edited it.
fn removed() -> World {
    let mut world = World::new(&[("ours.txt", "a\nb\n"), ("theirs.txt", "a\nb\n"), ("x", "")]);
    world.on_fork().git(&["rm", "--quiet", "ours.txt"]);
    world.commit("Fork", &[("theirs.txt", "a\nfork\n")]);
    world.on_upstream().git(&["rm", "--quiet", "theirs.txt"]);
    world.commit("Upstream", &[("ours.txt", "a\nupstream\n"), ("x", "x\n")]);
    world
}

#[test]
fn a_removal_against_an_edit_is_a_stated_choice() {
    let world = removed();
    for (rule, ours, theirs) in [
        ("upstream", Some("a\nupstream\n"), None),
        ("fork", None, Some("a\nfork\n")),
        ("union", Some("a\nupstream\n"), Some("a\nfork\n")),
    ] {
        let found = rules(&world, &format!("{{ path: '*.txt', use: {rule} }}"));
        assert_eq!((found.file("ours.txt"), found.file("theirs.txt")), (ours, theirs), "{rule}");
        assert_eq!(found.phase.checked.unnamed, [], "{rule}");
    }
    insta::assert_snapshot!(described(&rules(&world, "{ path: '*.txt', use: upstream }").picks[0]), @r"
    resolved
    ours.txt: upstream's file, though the fork does not have it (rule *.txt)
    theirs.txt: removed, as upstream does; the fork's changes to it go (rule *.txt)
      fork: fork
    ");
    insta::assert_snapshot!(described(&rules(&world, "{ path: '*.txt', use: fork }").picks[0]), @r"
    resolved
    ours.txt: not there, as in the fork; upstream's change to it is not taken (rule *.txt)
      upstream: upstream
    theirs.txt: the fork's file, though upstream removes it (rule *.txt)
      stays: a
    ");
    insta::assert_snapshot!(described(&rules(&world, "{ path: '*.txt', use: union }").picks[0]), @r"
    resolved
    ours.txt: kept as upstream has it, though the fork does not have it (rule *.txt)
    theirs.txt: kept as the fork has it, though upstream removes it (rule *.txt)
      stays: a
    ");
    insta::assert_snapshot!(described(&rules(&world, "{ path: ours.txt, use: union }").picks[0]), @"
    decide
    ours.txt: kept as upstream has it, though the fork does not have it (rule ours.txt)
    theirs.txt: open
    ");
}

#[test]
fn both_added_it() {
    let mut world = World::new(&[("x", "")]);
    world.on_fork().commit("Fork", &[("a.txt", "same\nfork\n")]);
    world.on_upstream().commit("Upstream", &[("a.txt", "same\nupstream\n")]);
    for (rule, content) in
        [("upstream", "same\nupstream\n"), ("fork", "same\nfork\n"), ("union", "same\nfork\nupstream\n")]
    {
        let found = rules(&world, &format!("{{ path: a.txt, use: {rule} }}"));
        assert_eq!(found.file("a.txt"), Some(content), "{rule}");
        assert_eq!(found.phase.checked.unnamed, [], "{rule}");
    }
    // All of it is the fork's: nothing is left to take, and what was given up is said all the same.
    insta::assert_snapshot!(described(&rules(&world, "{ path: a.txt, use: fork }").picks[0]), @"
    no-op
    a.txt: the fork's lines in 1 place (rule a.txt)
      upstream: upstream
    ");
}

#[test]
fn what_is_no_text_is_resolved_as_a_whole() {
    let mut world = World::new(&[("a.bin", "a\0b"), ("x", "")]);
    world.on_fork().commit("Fork", &[("a.bin", "a\0fork")]);
    world.on_upstream().commit("Upstream", &[("a.bin", "a\0upstream"), ("x", "x\n")]);
    let found = rules(&world, "{ path: a.bin, use: upstream }");
    assert_eq!((found.file("a.bin"), found.phase.checked.unnamed.len()), (Some("a\0upstream"), 0));
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.bin: upstream's file as a whole (rule a.bin)
      fork: (its content, which is no text)
      It is no text: the fork's file is dropped as a whole.
    ");
    let found = rules(&world, "{ path: a.bin, use: fork }");
    assert_eq!((found.file("a.bin"), found.phase.checked.unnamed.len()), (Some("a\0fork"), 0));
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    a.bin: the fork's file as a whole (rule a.bin)
      upstream: (its content, which is no text)
      It is no text: upstream's file is dropped as a whole.
    ");
    insta::assert_snapshot!(described(&rules(&world, "{ path: a.bin, use: union }").picks[0]), @"
    decide
    a.bin: open; both sides of a file that is no text cannot be joined
    ");
}

#[test]
fn a_mode_and_a_link() {
    let mut world = World::new(&[("x", "")]);
    world.on_fork().commit("Fork", &[("run.sh", "echo\n"), ("link", "a file\n")]);
    world.on_upstream();
    fs::write(world.fork().join("run.sh"), "echo\n").expect("a file");
    fs::set_permissions(world.fork().join("run.sh"), fs::Permissions::from_mode(0o755)).expect("a mode");
    std::os::unix::fs::symlink("x", world.fork().join("link")).expect("a link");
    world.commit("Upstream", &[("x", "x\n")]);
    insta::assert_snapshot!(described(&rules(&world, "").picks[0]), @"
    decide
    link: open
    link~fork: open
    run.sh: open
    ");
    let found = rules(&world, "{ path: '**', use: upstream }");
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    link: what upstream has there, as a whole (rule **)
    link~fork: what upstream has there, as a whole (rule **)
      fork: a file
    run.sh: upstream's mode (100755) (rule **)
    ");
    assert_eq!((found.file("link"), found.file("link~fork")), (Some("x"), None));
    let found = rules(&world, "{ path: '**', use: fork }");
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    link: what the fork has there, as a whole (rule **)
      upstream: (its content, which is no text)
    link~fork: what the fork has there, as a whole (rule **)
      fork: a file
    run.sh: the fork's mode (100644) (rule **)
    ");
    assert_eq!((found.file("link"), found.file("link~fork")), (Some("a file\n"), None));
}

#[test]
fn a_file_where_upstream_has_a_folder_is_not_put_over_it() {
    let mut world = World::new(&[("x", "")]);
    world.on_fork().commit("Fork", &[("lib", "a file\n")]);
    world.on_upstream().commit("Upstream", &[("lib/a", "in a folder\n")]);
    insta::assert_snapshot!(described(&rules(&world, "{ path: '**', use: fork }").picks[0]), @"
    decide
    lib~fork: open; a file on one side is a folder on the other
    ");
    let found = rules(&world, "{ path: '**', use: upstream }");
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    lib~fork: what upstream has there, as a whole (rule **)
      fork: a file
    ");
    assert_eq!((found.file("lib/a"), found.file("lib")), (Some("in a folder\n"), None));
}

#[test]
fn a_file_the_fork_moved_is_resolved_where_it_is_now() {
    let text = |middle: &str| format!("a\nb\nc\nd\n{middle}\ne\nf\ng\nh\n");
    let mut world = World::new(&[("old.txt", &text("m")), ("x", "")]);
    world.on_fork().git(&["mv", "old.txt", "new.txt"]);
    world.commit("Fork", &[("new.txt", &text("fork"))]);
    world.on_upstream().commit("Upstream", &[("old.txt", &text("upstream")), ("x", "x\n")]);
    let found = rules(&world, "{ path: new.txt, use: fork }");
    insta::assert_snapshot!(described(&found.picks[0]), @r"
    resolved
    new.txt: the fork's lines in 1 place (rule new.txt)
      upstream: upstream
    ");
    assert_eq!((found.file("new.txt"), found.file("old.txt")), (Some(text("fork").as_str()), None));
    assert_eq!(found.phase.checked.unnamed, []);
}

#[test]
fn what_the_fork_owns_upstream_does_not_change() {
    let mut world = World::new(&[("own/a", "a\n"), ("own/b", "b\n"), ("x", "")]);
    world.on_fork().commit("Fork", &[("own/a", "fork\n")]);
    world
        .on_upstream()
        .commit("One", &[("own/a", "upstream\n"), ("own/b", "b\nmore\n"), ("own/c", "new\n"), ("x", "x\n")]);
    world.commit("Two", &[("own/b", "b\n")]);
    world.commit("Three", &[("own/b", "only this\n")]);
    let found = rules(&world, "{ path: own, use: keep-local }");
    let all: Vec<String> = found.picks.iter().map(described).collect();
    insta::assert_snapshot!(all.join("\n"), @"
    resolved
    own/a: the fork's file, with none of upstream's changes to it (rule own)
      upstream: upstream
    own/b: the fork's file, with none of upstream's changes to it (rule own)
      upstream: more
    own/c: not taken: the fork does not have it (rule own)
      upstream: new

    no-op

    no-op
    own/b: the fork's file, with none of upstream's changes to it (rule own)
      upstream: only this
      stays: b
    ");
    assert_eq!((found.file("own/a"), found.file("own/b"), found.file("own/c")), (Some("fork\n"), Some("b\n"), None));
    assert_eq!(found.phase.checked.unnamed, []);
}

#[test]
fn a_file_without_a_rule_keeps_the_pick_waiting_and_the_note_says_what_is_resolved() {
    let mut world = World::new(&[("a.txt", "a\n"), ("b.txt", "b\n")]);
    world.on_fork().commit("Fork", &[("a.txt", "fork\n"), ("b.txt", "fork\n")]);
    world.on_upstream().commit("Upstream", &[("a.txt", "upstream\n"), ("b.txt", "upstream\n")]);
    let found = built(&world, "{ path: a.txt, use: upstream }", &[], &ResolutionStore::default());
    assert_eq!((found.picks[0].outcome, found.picks[0].commit), (Outcome::Decide, None));
    insta::assert_snapshot!(described(&found.picks[0]), @"
    decide
    a.txt: upstream's lines in 1 place (rule a.txt)
      fork: fork
    b.txt: open
    ");
    let body = found.body();
    let note = body.split("## Decisions").nth(1).and_then(|rest| rest.split("To resolve").next()).expect("a note");
    insta::assert_snapshot!(note, @r#"


    The cheapest first. Each note has what upstream changed, what the fork has there, and how to resolve it.

    <details><summary><code>88c73f57a</code> Upstream: 2 files</summary>

    A root: it conflicts by itself, even with all before it resolved.

    - Resolve this place by hand: no earlier open commit would make it conflict less.

    **`a.txt`**: both sides changed the same lines

    Resolved on picking it again: upstream's lines in 1 place, by rule `a.txt`: `upstream`.

    **`b.txt`**: both sides changed the same lines

    ```diff
    @@ the fork, from line 1 @@
    -b
    +fork
    @@ upstream, from line 1 @@
    -b
    +upstream
    ```

    - the fork's side is from `08fe2113a`: Fork (Ada, 2025-09-01)
    "#);
}

#[test]
fn the_pull_request_says_what_was_resolved_and_names_each_lost_line() {
    let world = super::two_places();
    let body = rules(&world, "{ path: a.txt, use: upstream }").body();
    let part = body
        .split("## Resolved")
        .nth(1)
        .and_then(|rest| rest.split("<details><summary>Commands").next())
        .expect("a section");
    insta::assert_snapshot!(part, @r"


    <details><summary>1 file resolved without a person</summary>

    | Commit | File | What was done | By | Dropped |
    |---|---|---|---|---|
    | `364407506` | `a.txt` | upstream's lines in 2 places | rule `a.txt`: `upstream` | 2 lines of the fork's |

    </details>

    ## Lost lines

    Every line upstream adds and the fork had was looked for on the branch (1 pick, 1 file): those that are missing are named here.

    <details><summary>0 lines of upstream's and 2 lines of the fork's dropped</summary>

    `+` upstream adds it and the branch lacks it, `-` the fork had it, `=` upstream removes it and it stays.

    `a.txt` in `364407506`:

    ```
    - fork one
    - fork three
    ```

    </details>
    ");
}

#[test]
fn a_manifest_is_merged_by_what_it_says_and_a_disagreement_names_its_key() {
    let manifest = |candle: &str, edition: &str, members: &str| {
        format!(
            "[workspace]\nmembers = [{members}]\n[package]\nname = \"a\"\nedition = \"{edition}\"\n[dependencies]\ncandle = {candle}\n"
        )
    };
    let mut world =
        World::new(&[("Cargo.toml", &manifest("{ git = \"g\", rev = \"1\" }", "2018", "\"a\"")), ("x", "")]);
    world.on_fork().commit(
        "Fork",
        &[("Cargo.toml", &manifest("{ git = \"g\", rev = \"1\", features = [\"cuda\"] }", "2018", "\"a\", \"fork\""))],
    );
    world.on_upstream().commit(
        "Release",
        &[("Cargo.toml", &manifest("{ version = \"0.9.2\" }", "2018", "\"a\", \"upstream\"")), ("x", "x\n")],
    );
    let found = rules(&world, "{ path: '**/Cargo.toml', use: manifest }");
    assert_eq!(found.picks[0].outcome, Outcome::Resolved, "{}", described(&found.picks[0]));
    let text = found.file("Cargo.toml").expect("a file");
    for part in ["version = \"0.9.2\"", "cuda", "\"fork\"", "\"upstream\""] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("rev ="), "{text}");
    assert_eq!(found.phase.checked.unnamed, []);
    // An edition is the one or the other.
    world.on_fork().commit("Fork again", &[("Cargo.toml", &manifest("\"1\"", "2024", "\"a\""))]);
    world.on_upstream().commit("Edition", &[("Cargo.toml", &manifest("\"1\"", "2021", "\"a\""))]);
    let found = rules(&world, "{ path: '**/Cargo.toml', use: manifest }");
    let last = found.picks.last().expect("a pick");
    assert_eq!(last.outcome, Outcome::Decide, "{}", described(last));
    let conflict = &last.conflicts[0];
    assert!(
        conflict.hunks.is_empty()
            && conflict.remarks.iter().any(|remark| words::remark(remark).starts_with("package.edition: the fork has")),
        "{conflict:?}"
    );
}

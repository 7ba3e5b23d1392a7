//! `uptake why`: what is said of one commit, and of a name that stands for none.

use serde_json::json;

use crate::support::{World, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

/// A root and its cascade on the first line, a commit taken by hand, and a merge.
fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    let theirs = TEXT.replacen('a', "theirs", 1);
    world.on_upstream().commit("Rename the first (#1)", &[("a.txt", &theirs)]);
    world.commit("Build on it", &[("a.txt", &TEXT.replacen('a', "theirs again", 1))]);
    let fix = world.commit("Fix b", &[("b.txt", &TEXT.replacen('h', "H", 1))]);
    world.git(&["switch", "--quiet", "--create", "side"]);
    world.commit("Side", &[("side.txt", "side\n")]);
    world.on_upstream();
    world.git(&["merge", "--quiet", "--no-ff", "--no-edit", "side"]);
    world.on_fork().commit("Name it ours", &[("a.txt", &TEXT.replacen('a', "ours", 1))]);
    world.pick(fix, &[]);
    drop(world.open(""));
    world
}

fn ask(world: &World, arguments: &[&str]) -> (i32, String) {
    let (code, out, err) = uptake(&world.fork(), &[&["--offline", "why"], arguments].concat());
    (code, out + &err)
}

fn sha(world: &World, name: &str) -> String {
    world.git(&["rev-parse", name])
}

#[test]
fn a_cascade_is_told_with_both_sides_and_both_ways_out() {
    let world = world();
    let (code, described) = ask(&world, &[&sha(&world, "upstream~2^{/Build on it}")[..9]]);
    assert_eq!(code, 0, "{described}");
    insta::assert_snapshot!(described, @r#"
    16054512c66deb5114d6ebbbdbf91398c967dcd9  Build on it
      Ada, 2025-09-01

      verdict   open
      risk      low
                picked alone it conflicts in 1 file
      alone     conflict in 1 file, 1 place
      line      not-needed-yet: the code it changes is not in the fork; it came with what is missing:
                8d99b3be0 Rename the first (#1)  Ada 2025-09-01
      conflict  A cascade of 8d99b3be0.
                root 8d99b3be0 Rename the first (#1)  Ada 2025-09-01
      phase     none claims it

    a.txt  both sides changed the same lines
      @@ the fork, from line 1 @@
      -theirs
      +ours
      @@ upstream, from line 1 @@
      -theirs
      +theirs again
      the fork's side is from 821b54590: Name it ours (Ada, 2025-09-01)
      missing from upstream: 8d99b3be0: Rename the first (#1) (Ada, 2025-09-01)

    What to do
      Resolve this place by hand.
      Or take this commit first: 8d99b3be0. It conflicts itself, in 1 place. Tried: with that resolved as upstream has it, it applies.

    Recipe
      git fetch origin && git fetch upstream
      git switch --create take-16054512c origin/main && git -c merge.conflictStyle=diff3 cherry-pick -x 16054512c66deb5114d6ebbbdbf91398c967dcd9

      when no conflict marker is left in the files:
      git add -- a.txt && git -c 'core.whitespace=-blank-at-eol,-blank-at-eof,-space-before-tab' diff --cached --check && git -c core.editor=true cherry-pick --continue && git push --set-upstream origin take-16054512c
    "#);
}

#[test]
fn markdown_and_json_say_the_same() {
    let world = world();
    let name = sha(&world, "upstream~2^{/Build on it}");
    let (_, described) = ask(&world, &["--format", "markdown", &name]);
    assert!(
        described.contains("**`a.txt`**") && described.contains("## What to do") && described.contains("```sh"),
        "{described}"
    );
    let (_, described) = ask(&world, &["--format", "json", &name]);
    let why: serde_json::Value = serde_json::from_str(&described).expect("JSON");
    let root = sha(&world, "upstream^{/Rename the first}");
    assert_eq!(why["cascade"], "cascade");
    assert_eq!(why["roots"], serde_json::json!([root]));
    assert_eq!(why["paths"][0]["hunks"][0]["upstream"][0]["sha"], root);
    assert_eq!(why["paths"][0]["hunks"][0]["fork"][0]["subject"], "Name it ours");
    assert_eq!(why["offer"]["resolve"], serde_json::json!([{ "sha": root, "hunks": 1 }]));
    assert_eq!(why["offer"]["verified"], true);
}

#[test]
fn a_taken_commit_is_told_with_its_evidence() {
    let world = world();
    let (code, described) = ask(&world, &[&sha(&world, "upstream^{/Fix b}")]);
    assert_eq!(code, 0, "{described}");
    insta::assert_snapshot!(described, @"
    11af630c9fcf2c6a64e6b13ceca6401527a2d867  Fix b
      Ada, 2025-09-01

      verdict   taken
                patch-id of 3946a5aae Fix b  Ada 2025-09-01
                authorship of 3946a5aae Fix b  Ada 2025-09-01
                subject of 3946a5aae Fix b  Ada 2025-09-01
      risk      low
      alone     no change
      line      taken: the fork has it
      phase     none claims it

    Recipe
      nothing to do: the fork has it, or nothing is left to change
    ");
}

#[test]
fn the_phase_and_its_outcome_are_told() {
    let world = world();
    let config = world.config("phases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: . }] }\n");
    let config = config.display().to_string();
    let (_, described) = ask(&world, &["--config", &config, &sha(&world, "upstream^{/Rename the first}")]);
    assert!(described.contains("fixes (Fixes): decide"), "{described}");
    assert!(described.contains("git switch uptake/fixes"), "{described}");
    let (_, described) = ask(&world, &["--config", &config, &sha(&world, "upstream^{/Fix b}")]);
    assert!(described.contains("fixes (Fixes): left out: taken: "), "{described}");
}

#[test]
fn a_name_that_stands_for_none_says_why() {
    let world = world();
    let upstream = sha(&world, "upstream");
    let described = |name: &str| {
        let (code, described) = ask(&world, &[name]);
        assert_eq!(code, 2, "{described}");
        described.replace(name.get(..9).unwrap_or(name), "SHA")
    };
    assert!(described(&upstream).contains("SHA is a merge: merges are never picked"));
    assert!(described(&sha(&world, "main~2")).contains("SHA is in the fork's history already: it is not among what"));
    assert!(described(&sha(&world, "main")).contains("is in the fork's history already: it took in "));
    assert!(described("0123456789").contains("is no commit of this repository"));
    assert!(described("nope").contains("is no SHA"));
    assert!(described("nothing").contains("uptake survey lists the commits"));
}

/// Both sides added the same line before those they disagree about, so that it is no part of the conflict.
#[test]
fn a_place_begins_at_the_first_line_that_is_shown() {
    let mut world = World::new(&[("a.txt", "a\nb\nc\nd\n")]);
    world.on_fork().commit("Fork", &[("a.txt", "a\nb\nboth\nfork\nd\n")]);
    let sha = world.on_upstream().commit("Upstream", &[("a.txt", "new\na\nb\nboth\nupstream\nd\n")]);
    drop(world.open(""));
    let (code, out) = ask(&world, &["--format", "json", &sha.to_string()]);
    assert_eq!(code, 0, "{out}");
    let why: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let place = why.pointer("/paths/0/hunks/0").expect("a place");
    let shown = ["line", "ours", "their_line", "theirs"].map(|key| place[key].clone());
    assert_eq!(shown, [json!(4), json!(["fork"]), json!(5), json!(["upstream"])], "{out}");
}

//! What `.gitattributes` says of merging, as git treats it in a work tree on the fork's branch.

use std::fs;

use engine::ConflictKind;
use uptake::line::OnLine;
use uptake::pick::{Built, FileFact, LineEnds, Outcome};
use uptake::survey::{Alone, Survey};
use uptake::view::note::words;

use super::{ALL, file, left_out, unit};
use crate::support::{World, uptake};

const ATTRIBUTES: &str = "CHANGES.md merge=union\nkeep.cfg merge=ours\ninventory.json -merge\ntable.txt binary\n*.bin filter=lfs diff=lfs merge=lfs -text\n*.png filter=lfs diff=lfs merge=lfs -text\n";

fn pointer(object: u32, size: u32) -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{object:064}\nsize {size}\n")
}

fn rows(first: &str, last: &str) -> String {
    format!("{first}\nr2\nr3\nr4\nr5\nr6\nr7\n{last}\n")
}

fn inventory(a: u32, e: u32) -> String {
    format!("{{\n \"hash\": \"h0\",\n \"a\": {a},\n \"b\": 1,\n \"c\": 1,\n \"d\": 1,\n \"e\": {e}\n}}\n")
}

const SEVEN: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";

/// A fork and an upstream that both change a file of each kind.
fn world() -> World {
    let carriage = |text: &str| text.replace('\n', "\r\n");
    let mut world = World::new(&[
        (".gitattributes", ATTRIBUTES),
        ("CHANGES.md", "# Changes\n\n- begin\n"),
        ("retro.jsonl", "{\"n\":1}\n"),
        ("keep.cfg", "a=1\nb=2\nc=3\n"),
        ("inventory.json", &inventory(1, 1)),
        ("table.txt", &rows("r1", "r8")),
        ("model.bin", &pointer(1, 1000)),
        ("logo.png", &pointer(2, 2000)),
        ("win.txt", &carriage(SEVEN)),
    ]);
    world.on_upstream().commit("Say what we did", &[("CHANGES.md", "# Changes\n\n- upstream did this\n- begin\n")]);
    world.commit("Merge jsonl by union", &[(".gitattributes", &format!("{ATTRIBUTES}*.jsonl merge=union\n"))]);
    world.commit("Append to retro", &[("retro.jsonl", "{\"n\":1}\n{\"n\":2,\"by\":\"upstream\"}\n")]);
    world.commit("Raise c", &[("keep.cfg", "a=1\nb=2\nc=30\n")]);
    world.commit("Inventory: e", &[("inventory.json", &inventory(1, 2))]);
    world.commit("Table: last row", &[("table.txt", &rows("r1", "R8"))]);
    world.commit("New model", &[("model.bin", &pointer(11, 1100))]);
    world.commit("New logo", &[("logo.png", &pointer(12, 2100))]);
    world.commit("Normalise line ends", &[("win.txt", SEVEN)]);
    world.commit("Shout seven", &[("win.txt", &SEVEN.replace("seven", "SEVEN"))]);
    world.on_fork().commit(
        "Ours",
        &[
            ("CHANGES.md", "# Changes\n\n- the fork did that\n- begin\n"),
            ("retro.jsonl", "{\"n\":1}\n{\"n\":2,\"by\":\"fork\"}\n"),
            ("keep.cfg", "a=10\nb=2\nc=3\n"),
            ("inventory.json", &inventory(2, 1)),
            ("table.txt", &rows("R1", "r8")),
            ("model.bin", &pointer(21, 1200)),
            ("win.txt", &carriage(&SEVEN.replace("two", "TWO"))),
        ],
    );
    world
}

/// The outcome of each pick, with what conflicts and what resolved it.
fn described(survey: &Survey, built: &Built) -> String {
    let mut text = String::new();
    for pick in &built.phases[0].picks {
        let subject = survey.get(pick.sha).map_or("", |unit| unit.subject.as_str());
        text.push_str(&format!("{subject}: {}\n", pick.outcome));
        for found in &pick.resolutions {
            let lost = [&found.lost.upstream, &found.lost.fork].map(|lines| lines.join(" "));
            text.push_str(&format!(
                "  {}: {}, by {} {lost:?}\n",
                found.path,
                words::method(found.how),
                found.by.word()
            ));
        }
        for conflict in pick.open() {
            text.push_str(&format!("  {}: {}\n", conflict.path, words::kind(conflict.kind)));
        }
    }
    text
}

#[test]
fn attributes_hold_as_in_a_work_tree_on_the_forks_branch() {
    let world = world();
    let (session, survey, built) = world.build(ALL);
    insta::assert_snapshot!(described(&survey, &built), @r#"
    Say what we did: resolved
      CHANGES.md: the fork's lines, then upstream's in 1 place, by attribute ["", ""]
    Merge jsonl by union: clean
    Append to retro: resolved
      retro.jsonl: the fork's lines, then upstream's in 1 place, by attribute ["", ""]
    Inventory: e: decide
      inventory.json: both sides changed it, and .gitattributes says that it is not merged line by line
    Table: last row: decide
      table.txt: both sides changed it, and .gitattributes says that it is not merged line by line
    New model: decide
      model.bin: both sides changed it, and it is a Git LFS pointer, of which one stays as a whole
    New logo: clean
    Normalise line ends: no-op
      win.txt: 1 place differed in form alone, by form ["", ""]
    Shout seven: decide
      win.txt: both sides changed the same lines
    "#);
    // Git, too, has nothing to commit of it: the fork keeps its own.
    assert_eq!(left_out(&survey, &built), [("Raise c", "no-op")]);
    // Judged alone the fork has no attribute for it yet; on the line and on the branch an earlier unit has brought it.
    assert_eq!(unit(&survey, "Append to retro").alone, Alone::Conflict);
    assert_eq!(unit(&survey, "Append to retro").line, OnLine::Resolved);
    assert_eq!(unit(&survey, "Say what we did").alone, Alone::Clean);
    let tree = built.phases[0].tree;
    assert_eq!(file(&session, tree, "CHANGES.md"), "# Changes\n\n- the fork did that\n- upstream did this\n- begin\n");
    assert_eq!(
        file(&session, tree, "retro.jsonl"),
        "{\"n\":1}\n{\"n\":2,\"by\":\"fork\"}\n{\"n\":2,\"by\":\"upstream\"}\n"
    );
    assert_eq!(file(&session, tree, "keep.cfg"), "a=10\nb=2\nc=3\n");
    assert_eq!(file(&session, tree, "logo.png"), pointer(12, 2100));
    // What waits for a person is left as the fork has it.
    assert_eq!(file(&session, tree, "inventory.json"), inventory(2, 1));
    assert_eq!(file(&session, tree, "model.bin"), pointer(21, 1200));
    assert_eq!(built.phases[0].checked.unnamed, [], "what a driver gave up is named");
}

#[test]
fn what_is_not_merged_by_its_lines_is_one_place_for_a_person_and_a_rule_chooses_a_side() {
    let world = world();
    let (_, survey, built) = world.build(ALL);
    let conflict = |subject: &str| {
        let sha = unit(&survey, subject).sha;
        let pick = built.phases[0].picks.iter().find(|pick| pick.sha == sha).expect("picked");
        pick.conflicts[0].clone()
    };
    for (subject, kind) in [
        ("Inventory: e", ConflictKind::Whole),
        ("Table: last row", ConflictKind::Whole),
        ("New model", ConflictKind::Pointer),
    ] {
        let found = conflict(subject);
        assert_eq!((found.kind, found.hunks.len()), (kind, 0), "{subject}");
        assert_eq!(unit(&survey, subject).hunks, 1, "{subject}");
    }
    let rules = "conflicts:\n  - { path: '*.json', use: union }\n  - { path: '*.bin', use: upstream }\n  - { path: table.txt, use: fork }\n";
    let (session, survey, built) = world.build(&format!("{ALL}{rules}"));
    let tree = built.phases[0].tree;
    assert_eq!(file(&session, tree, "model.bin"), pointer(11, 1100));
    assert_eq!(file(&session, tree, "table.txt"), rows("R1", "r8"));
    assert_eq!(unit(&survey, "Inventory: e").line, OnLine::Decide, "two files that are not merged cannot be joined");
}

#[test]
fn a_conflict_of_line_ends_alone_is_called_that() {
    let world = world();
    let (_, survey, built) = world.build(ALL);
    let facts = |subject: &str| {
        let sha = unit(&survey, subject).sha;
        let pick = built.phases[0].picks.iter().find(|pick| pick.sha == sha).expect("picked");
        (pick.outcome, pick.conflicts[0].facts.clone())
    };
    let (outcome, found) = facts("Normalise line ends");
    assert_eq!((outcome, found), (Outcome::NoOp, vec![FileFact::LineEnds(LineEnds::Upstream)]));
    assert_eq!(facts("Shout seven").1, [FileFact::LineEnds(LineEnds::Between)]);
    assert_eq!(facts("New model").1, []);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(ALL);
    let sha = unit(&survey, "Normalise line ends").sha.to_string();
    let (_, why, _) = uptake(world.folder(), &["why", &sha, "--offline", "--repo", "fork", "--config", "uptake.yml"]);
    assert!(why.contains("\n  Upstream changes line ends only, and nothing of what the lines say\n"), "{why}");
}

#[test]
fn a_driver_of_ones_own_is_never_run() {
    let mut world = World::new(&[(".gitattributes", "a.txt merge=mine\n"), ("a.txt", "1\n2\n3\n4\n5\n6\n")]);
    let ran = world.folder().join("ran");
    world.git(&["config", "merge.mine.driver", &format!("touch {}", ran.display())]);
    world.on_upstream().commit("Six", &[("a.txt", "1\n2\n3\n4\n5\nsix\n")]);
    world.on_fork().commit("Ours", &[("a.txt", "one\n2\n3\n4\n5\n6\n")]);
    let (session, _, built) = world.build(ALL);
    assert_eq!(built.phases[0].picks[0].outcome, Outcome::Clean, "it is merged as any text");
    assert_eq!(file(&session, built.phases[0].tree, "a.txt"), "one\n2\n3\n4\n5\nsix\n");
    assert!(!fs::exists(ran).expect("looked for"));
}

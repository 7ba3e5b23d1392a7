//! Roads: what each way of catching up asks of a person, held against git's own merges.

use std::fs;

use engine::progress::Silent;
use uptake::pipeline::Inputs;
use uptake::survey::{Road, RoadKind, Survey};

use crate::support::{World, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
const TOPICS: &str = "phases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }\n  \
                      - { id: rest, title: The rest, priority: 2, rules: [{ subject: . }] }\n";

fn text(changes: &[(char, &str)]) -> String {
    changes.iter().fold(TEXT.to_owned(), |text, (line, new)| text.replacen(*line, new, 1))
}

/// A fork whose two commits are in the way of three of upstream's.
fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("Cargo.lock", TEXT)]);
    world
        .on_upstream()
        .commit("Rework a", &[("a.txt", &text(&[('b', "theirs")])), ("Cargo.lock", &text(&[('c', "1")]))]);
    world.commit("Fix a", &[("a.txt", &text(&[('b', "theirs, too")]))]);
    world.commit(
        "Fix both",
        &[("a.txt", &text(&[('b', "theirs, too"), ('j', "theirs")])), ("b.txt", &text(&[('e', "theirs")]))],
    );
    world.commit("Go on", &[("c.txt", TEXT)]);
    world
        .on_fork()
        .commit("Ours", &[("a.txt", &text(&[('b', "ours"), ('j', "ours")])), ("Cargo.lock", &text(&[('c', "2")]))]);
    world.commit("Ours, too", &[("b.txt", &text(&[('e', "ours")]))]);
    world
}

fn roads(world: &World, config: &str) -> (Survey, Vec<Road>) {
    let session = world.open(config);
    let inputs = Inputs::of_clone(&session).expect("read");
    let mut survey = inputs.survey(&mut Silent).expect("a survey");
    assert_eq!(survey.roads, [], "nobody asked");
    inputs.roads(&mut survey, &mut Silent).expect("counted");
    let roads = survey.roads.clone();
    (survey, roads)
}

fn asked(roads: &[Road], which: RoadKind) -> [usize; 3] {
    let road = roads.iter().find(|road| road.road == which).expect("the way");
    [road.stops, road.files, road.hunks]
}

/// The files in conflict in the work tree, and the conflicts that git marks in them.
fn conflicts(world: &World) -> (usize, usize) {
    let files = world.git(&["diff", "--name-only", "--diff-filter=U"]);
    let marks = |file: &str| {
        let text = fs::read_to_string(world.fork().join(file)).expect("a file");
        text.lines().filter(|line| line.starts_with("<<<<<<< ")).count()
    };
    (files.lines().count(), files.lines().map(marks).sum())
}

#[test]
fn one_merge_and_a_rebase_ask_what_git_asks() {
    let world = world();
    let (_, roads) = roads(&world, "");
    world.try_git(&["merge", "upstream"]);
    let (files, hunks) = conflicts(&world);
    assert_eq!(asked(&roads, RoadKind::Merge), [1, files, hunks]);
    world.git(&["merge", "--abort"]);
    let (mut stops, mut all) = (0, (0, 0));
    let mut done = world.try_git(&["rebase", "upstream"]).status.success();
    while !done {
        let (files, hunks) = conflicts(&world);
        (stops, all) = (stops + 1, (all.0 + files, all.1 + hunks));
        // Of a rebase, theirs is the fork's.
        world.git(&["checkout", "--quiet", "--theirs", "."]);
        world.git(&["add", "--all"]);
        done = world.try_git(&["-c", "core.editor=true", "rebase", "--continue"]).status.success();
    }
    assert_eq!(asked(&roads, RoadKind::Rebase), [stops, all.0, all.1]);
    assert_eq!((stops, all), (2, (3, 4)));
}

#[test]
fn the_line_asks_each_place_once_and_topic_phases_ask_again() {
    let world = world();
    let (survey, roads) = roads(&world, TOPICS);
    let [stops, _, hunks] = asked(&roads, RoadKind::Line);
    assert_eq!((stops, hunks), (survey.totals.line.decide, survey.totals.line.hunks));
    assert_eq!(asked(&roads, RoadKind::Line), [2, 3, 3]);
    assert_eq!(asked(&roads, RoadKind::Phases), [3, 4, 4]);
}

#[test]
fn the_cheapest_that_gives_up_nothing_is_recommended() {
    let world = world();
    let (survey, all) = roads(&world, TOPICS);
    let best: Vec<_> = all.iter().filter(|road| road.recommended).map(|road| (road.road, &*road.command)).collect();
    assert_eq!(best, [(RoadKind::Line, "uptake init --stdout")]);
    let merge = &all[0];
    assert_eq!(
        (merge.road, merge.base_moves, merge.command.as_str()),
        (RoadKind::Merge, true, &*format!("git merge {}", survey.upstream_head))
    );
    assert!(all.iter().all(|road| road.recommended == (road.road == RoadKind::Line)));
    assert_eq!(roads(&world, "").1.len(), 3, "without phases there is no way by phases");
}

#[test]
fn what_a_rule_resolves_is_asked_on_no_way() {
    let world = world();
    let rule = "conflicts: [{ path: Cargo.lock, use: lockfile }]\n";
    let ([plain, ruled], kinds) = (
        ["", rule].map(|rule| roads(&world, &format!("{TOPICS}{rule}")).1),
        [RoadKind::Merge, RoadKind::Line, RoadKind::Phases, RoadKind::Rebase],
    );
    for kind in kinds {
        let [with, without] = [asked(&plain, kind), asked(&ruled, kind)];
        assert_eq!([with[1] - 1, with[2] - 1], [without[1], without[2]], "{kind:?}");
    }
}

#[test]
fn the_fork_s_file_wins_on_either_side_of_a_rule() {
    let world = world();
    for side in ["fork", "upstream", "keep-local"] {
        let (_, roads) = roads(&world, &format!("{TOPICS}conflicts: [{{ path: \"**\", use: {side} }}]\n"));
        for kind in [RoadKind::Merge, RoadKind::Line, RoadKind::Phases, RoadKind::Rebase] {
            assert_eq!(asked(&roads, kind), [0, 0, 0], "{side} {kind:?}");
        }
    }
}

#[test]
fn what_the_fork_took_from_upstream_is_not_rebased() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let taken = world.on_upstream().commit("Fix", &[("a.txt", &text(&[('b', "theirs")]))]);
    world.commit("Rework", &[("a.txt", &text(&[('b', "theirs, too")]))]);
    world.on_fork().pick(taken, &[]);
    let (_, all) = roads(&world, "");
    assert_eq!(asked(&all, RoadKind::Rebase), [0, 0, 0]);
    assert_eq!(asked(&all, RoadKind::Line), [0, 0, 0]);
}

#[test]
fn every_text_has_the_table() {
    let world = world();
    world.open(TOPICS);
    let config = world.config(TOPICS).display().to_string();
    let ask = |arguments: &[&str]| uptake(&world.fork(), &[arguments, &["--offline", "--config", &config]].concat()).1;
    let survey = ask(&["survey"]);
    let begin = survey.find("The ways to catch up").unwrap_or_else(|| panic!("{survey}"));
    let table = &survey[begin..survey.find("What the fork carries").expect("the next")];
    insta::assert_snapshot!(table, @r"
    The ways to catch up, and what each asks of a person
                                        stops  files  places  common ancestor  you lose
      one merge                         1      3      4       moves            review in parts
      the line in slices                2      3      3       moves            nothing
      the phases as configured          3      4      4       moves            nothing
      the fork's commits onto upstream  2      3      4       moves            review in parts; the fork's history, rewritten
      Recommended: the line in slices. A person decides 3 places, and nothing is lost.
      uptake init --stdout
    ");
    assert!(ask(&["plan"]).contains(table));
    let row = "| **the line in slices** | 2 | 3 | 3 | moves | nothing |";
    for arguments in [&["survey", "--format", "markdown"][..], &["plan", "--format", "markdown"], &["report"]] {
        let text = ask(arguments);
        assert!(text.contains(row), "{arguments:?}: {text}");
    }
    ask(&["run", "--forge", "folder:../out"]);
    let issues = fs::read_dir(world.folder().join("out/issues")).expect("a dashboard");
    let dashboard: String =
        issues.map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("text")).collect();
    assert!(dashboard.contains(row), "{dashboard}");
    let (_, _, said) = uptake(&world.fork(), &["init", "--offline"]);
    assert!(said.contains("the line in slices"), "{said}");
}

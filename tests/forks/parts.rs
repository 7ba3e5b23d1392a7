//! Changes that the fork took in several commits, in other lines, or only tests: what counts as all of it.

use uptake::survey::{EvidenceKind, Strength, Verdict};

use super::backports::{fix, said, with, world};
use super::unit;
use crate::support::World;
use EvidenceKind::Name;
use Strength::{Strong, Weak};

/// The fork, after commits that each put so many lines of a fix of upstream's of sixty lines into a file of the same name. `{}` in their
/// message is upstream's id.
fn in_parts(message: &str, parts: &[(&str, usize)]) -> World {
    let mut world = world();
    let sha = world.on_upstream().commit("Check all", &[("net.c", &with("net.c", false, &["peer", "host", "row"]))]);
    let mut ours = with("net.c", true, &[]);
    world.on_fork();
    for (at, (name, lines)) in parts.iter().enumerate() {
        ours.extend(fix(name).split_inclusive('\n').take(*lines));
        let message = message.replace("N/M", &format!("{}/{}", at + 1, parts.len()));
        world.commit(&message.replace("{}", &sha.to_string()[..9]), &[("net.c", &ours)]);
    }
    world
}

const PART: &str = "Checks of ours (part N/M of {})";

#[test]
fn several_commits_that_name_it_take_a_change_together() {
    for message in [PART, "Checks of ours {}\n\nPart of: reimplementation of upstream {}"] {
        let all = |parts: &[(&str, usize)]| said(&in_parts(message, parts).survey(), "Check all");
        assert_eq!(all(&[("peer", 20), ("host", 16)]), (Verdict::Taken, vec![(Name, Strong); 2]), "{message}");
        assert_eq!(all(&[("peer", 12), ("host", 12)]), (Verdict::Open, vec![(Name, Weak); 2]), "too little: {message}");
        assert_eq!(all(&[("peer", 20)]).0, Verdict::Open, "one of several: {message}");
    }
    let others = said(&in_parts("Checks before what {} broke", &[("peer", 20), ("host", 16)]).survey(), "Check all");
    assert_eq!(others, (Verdict::Open, vec![]), "no part of it");
}

#[test]
fn what_one_part_brings_and_another_takes_is_not_there() {
    let mut world = in_parts(PART, &[("peer", 20), ("host", 16)]);
    let sha = unit(&world.survey(), "Check all").sha.to_string();
    world.commit(&format!("Fewer checks (part 3/3 of {})", &sha[..9]), &[("net.c", &with("net.c", true, &["host"]))]);
    assert_eq!(said(&world.survey(), "Check all").0, Verdict::Open);
}

#[test]
fn a_part_that_was_undone_is_none() {
    let world = in_parts(PART, &[("peer", 20), ("host", 16)]);
    world.git(&["revert", "--no-edit", "HEAD"]);
    let (undoing, survey) = (world.head(), world.survey());
    let all = unit(&survey, "Check all");
    assert_eq!((all.verdict, all.reverted_by), (Verdict::Open, Some(undoing)));
    world.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(said(&world.survey(), "Check all").0, Verdict::Taken, "and it is back");
}

#[test]
fn a_test_alone_is_no_fix() {
    let restated = |upstream: &[&str], fork: &str| {
        let mut world = world();
        let (theirs, ours) = (with("net.c", false, &["peer"]), with("net.c", true, &["ours"]));
        let files: Vec<(&str, &str)> = upstream.iter().map(|path| (*path, theirs.as_str())).collect();
        let sha = world.on_upstream().commit("Check the peer", &files).to_string();
        let message = format!("Look at peers\n\nBatch 12 — FULL REIMPLEMENT — {} — peers", &sha[..9]);
        world.on_fork().commit(&message, &[(fork, &(ours + "static void check_peer_3(struct peer *it)\n"))]);
        said(&world.survey(), "Check the peer")
    };
    assert_eq!(restated(&["net.c", "tests/net.c"], "net.c"), (Verdict::Taken, vec![(Name, Strong)]));
    assert_eq!(restated(&["net.c", "tests/net.c"], "tests/net.c"), (Verdict::Open, vec![(Name, Weak)]));
    assert_eq!(restated(&["tests/net.c"], "tests/net.c").1, [(Name, Strong)], "of a test it is all");
}

/// A call in one of two ways, which upstream makes one.
fn cleared(ours: &str, undone: bool) -> (Verdict, Option<Strength>) {
    let file = |name: &str, call: &str| format!("int {name}(void)\n{{\n{call}\treturn 0;\n}}\nint last(void);\n");
    let (old, new) = ("\trun_command(\"rm -rf\", path);\n", "\tremove_all_of(path, FORCED);\n");
    let both = format!("\tif (on_windows)\n\t{new}\telse\n\t{old}");
    let mut world = World::new(&[("net.c", &file("clear", old))]);
    world.on_fork().commit("Windows", &[("net.c", &file("clear_all", &both))]);
    let sha = world.on_upstream().commit("Remove it without a command", &[("net.c", &file("clear", new))]);
    let message = format!("Look at files\n\nCherry-picked from upstream {}.", &sha.to_string()[..9]);
    world.on_fork().commit(&message, &[("net.c", &file("clear_all", &ours.replace("NEW", new)))]);
    if undone {
        world.git(&["revert", "--no-edit", "HEAD"]);
    }
    let survey = world.survey();
    let unit = unit(&survey, "Remove it");
    (unit.verdict, unit.evidence.first().map(|sign| sign.strength))
}

#[test]
fn what_goes_and_what_was_there_instead_already_is_the_change() {
    assert_eq!(cleared("NEW", false), (Verdict::Taken, Some(Strong)));
    assert_eq!(cleared("\tremove_none(of_ours);\n", false), (Verdict::Open, Some(Weak)), "something else instead");
    assert_eq!(cleared("NEW", true), (Verdict::Open, None), "and undone again");
}

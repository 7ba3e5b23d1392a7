//! What the fork has already, on real histories.

use uptake::survey::{EvidenceKind, Survey, Verdict};

use crate::support::World;

fn described(survey: &Survey, at: usize) -> (Verdict, Vec<EvidenceKind>) {
    let commit = &survey.commits[at];
    (commit.verdict, commit.evidence.iter().map(|sign| sign.kind).collect())
}

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

fn world() -> World {
    World::new(&[("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", TEXT)])
}

#[test]
fn a_pick_by_hand_is_known_by_author_and_patch() {
    let mut world = world();
    let fix = world.on_upstream().commit("Fix a (#7)", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "ours\n")]);
    world.pick(fix, &[]);
    assert_eq!(
        described(&world.survey(), 0),
        (Verdict::Taken, vec![EvidenceKind::PatchId, EvidenceKind::Authorship, EvidenceKind::Subject])
    );
}

#[test]
fn a_trailer_is_enough_whatever_else_was_changed() {
    let mut world = world();
    let fix = world.on_upstream().commit("Fix a", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.on_fork().commit(&format!("Rewritten\n\n(cherry picked from commit {fix})"), &[("a.txt", "other\n")]);
    assert_eq!(described(&world.survey(), 0), (Verdict::Taken, vec![EvidenceKind::Trailer]));
}

#[test]
fn a_trailer_that_names_nothing_of_the_range_is_no_evidence() {
    let mut world = world();
    world.on_upstream().commit("Fix a", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world
        .on_fork()
        .commit("Ours\n\n(cherry picked from commit 1234567890123456789012345678901234567890)", &[("b.txt", "ours\n")]);
    assert_eq!(described(&world.survey(), 0), (Verdict::Open, vec![]));
}

#[test]
fn changing_nothing_is_no_evidence() {
    let mut world = world();
    world.on_upstream().commit("Tidy", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    // The fork came to the same lines by itself, among others.
    world.on_fork().commit("A big change of ours", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nH\n"), ("b.txt", "x\n")]);
    assert_eq!(described(&world.survey(), 0), (Verdict::Open, vec![]));
}

#[test]
fn the_same_subject_alone_is_not_enough() {
    let mut world = world();
    world.on_upstream().commit("Update dependencies", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.on_fork().commit("Update dependencies", &[("b.txt", "ours\n")]);
    assert_eq!(described(&world.survey(), 0), (Verdict::Open, vec![]));
}

#[test]
fn the_same_subject_on_the_same_paths_is_weak() {
    let mut world = world();
    world.on_upstream().commit("Fix a (#7)", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.on_fork().commit("Fix a (#7)", &[("a.txt", "A2\nb\nc\nd\ne\nf\ng\nh\n")]);
    // It would still change something: that they are called the same shows nothing.
    assert_eq!(described(&world.survey(), 0), (Verdict::Open, vec![EvidenceKind::Number, EvidenceKind::Subject]));
}

#[test]
fn one_fork_commit_is_not_two_upstream_commits_of_the_same_subject() {
    let mut world = world();
    let first = world.on_upstream().commit("Patch clippy", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.commit("Patch clippy", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nH\n")]);
    world.on_fork().pick(first, &[]);
    let survey = world.survey();
    assert_eq!(described(&survey, 0).0, Verdict::Taken);
    assert_eq!(described(&survey, 1), (Verdict::Open, vec![]));
}

#[test]
fn a_number_alone_may_be_the_fork_s_own() {
    let mut world = world();
    let all = [("a.txt", "A\n"), ("b.txt", "B\n"), ("c.txt", "C\n")];
    world.on_upstream().commit("A large change (#3)", &all);
    world.on_fork().commit("Something else (#3)", &[("c.txt", "ours\n")]);
    assert_eq!(described(&world.survey(), 0), (Verdict::Open, vec![]));
}

#[test]
fn what_was_reverted_is_open_again_and_what_was_restored_is_taken() {
    let mut world = world();
    let fix = world.on_upstream().commit("Fix a", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    let picked = world.on_fork().pick(fix, &["-x"]);
    assert_eq!(described(&world.survey(), 0).0, Verdict::Taken);
    world.git(&["revert", "--no-edit", &picked.to_string()]);
    assert_eq!(described(&world.survey(), 0), (Verdict::Open, vec![]));
    let revert = world.head().to_string();
    world.git(&["revert", "--no-edit", &revert]);
    assert_eq!(described(&world.survey(), 0).0, Verdict::Taken);
}

#[test]
fn a_revert_that_does_not_say_so_is_one_too() {
    let mut world = world();
    let fix = world.on_upstream().commit("Fix a", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.on_fork().pick(fix, &["-x"]);
    world.commit("Back to what we had", &[("a.txt", TEXT)]);
    assert_eq!(described(&world.survey(), 0), (Verdict::Open, vec![]));
}

#[test]
fn merges_are_counted_apart() {
    let mut world = world();
    world.on_upstream();
    world.git(&["switch", "--quiet", "--create", "side"]);
    world.commit("Side", &[("b.txt", "side\n")]);
    world.on_upstream().commit("Line", &[("a.txt", "line\n")]);
    world.git(&["merge", "--quiet", "--no-edit", "side"]);
    world.on_fork().commit("Ours", &[("c.txt", "ours\n")]);
    let survey = world.survey();
    assert_eq!((survey.totals.commits, survey.totals.merges, survey.merges.len()), (2, 1, 1));
}

#[test]
fn the_same_advisory_is_a_hint_and_takes_nothing_that_would_change_something() {
    let mut world = world();
    let message = "Check lengths\n\nFixes CVE-2021-32672 (GHSA-9mj9-xx53-qmxm).";
    world.on_upstream().commit(message, &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nH\n")]);
    world.commit("Check more (CVE-2021-32672)", &[("b.txt", "B\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.commit("Something else, CVE-2021-11111", &[("c.txt", "C\nb\nc\nd\ne\nf\ng\nh\n")]);
    // Half of it, under a title of its own.
    world.on_fork().commit(
        "Backport of cve-2021-32672",
        &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nours\n"), ("b.txt", "B\nb\nc\nd\ne\nf\ng\nours\n")],
    );
    let survey = world.survey();
    assert_eq!(described(&survey, 0), (Verdict::Open, vec![EvidenceKind::Advisory]));
    assert_eq!(described(&survey, 1), (Verdict::Taken, vec![EvidenceKind::Advisory]), "nothing is left to change");
    assert_eq!(described(&survey, 2), (Verdict::Open, vec![]));
}

#[test]
fn words_that_are_there_in_other_lines_are_a_hint_and_take_nothing() {
    let before = "int f(int a)\n{\n\treturn a;\n}\n";
    let theirs = "int f(int a)\n{\n\tif (a < minimum || a > maximum) { report(a, \"range\"); return clamp(a); }\n\treturn a;\n}\n";
    let ours = "int f(int a)\n{\n\tif (a < minimum ||\n\t    a > maximum) {\n\t\treport(a, \"range\");\n\t\treturn clamp(a);\n\t}\n\treturn a;\n}\n";
    let mut world = World::new(&[("f.c", before), ("g.c", before)]);
    world.on_upstream().commit("Keep a within its range", &[("f.c", theirs)]);
    world.commit("The same for g", &[("g.c", theirs)]);
    world.on_fork().commit("Clamp", &[("f.c", ours)]);
    // All but a call.
    world.commit("Half of it", &[("g.c", &ours.replace("\t\treport(a, \"range\");\n", ""))]);
    let survey = world.survey();
    assert_eq!(described(&survey, 0), (Verdict::Open, vec![EvidenceKind::Content]));
    assert_eq!(described(&survey, 1), (Verdict::Open, vec![]));
}

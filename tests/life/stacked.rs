//! Phases that stand on each other, or wait for each other.

use uptake::decision::Ruling;

use super::{CONFIG, phase, world};
use crate::support::forge::{branches, decide, lines, person_edits, person_merges, person_pushes, publish, pulls};

fn stacked() -> String {
    format!("{CONFIG}stacking: previous\n")
}

fn in_turn() -> String {
    format!("{CONFIG}stacking: landed\n")
}

#[test]
fn a_stacked_one_gets_another_base_before_its_base_goes() {
    let mut world = world();
    publish(&world, &stacked());
    assert_eq!(pulls(&world)[1], "2 Open uptake/rest -> uptake/fixes: Uptake: The rest");
    person_merges(&mut world, "uptake/fixes", 1);
    let described = lines(&publish(&world, &stacked()));
    let place = |what: &str| {
        described.iter().position(|line| line.starts_with(what)).unwrap_or_else(|| panic!("{described:?}"))
    };
    assert!(
        place("edit pull request 2 \"Uptake: The rest\": text, base, labels") < place("delete branch uptake/fixes"),
        "{described:?}"
    );
    assert_eq!(
        pulls(&world),
        ["1 Merged uptake/fixes -> main: Uptake: Fixes", "2 Open uptake/rest -> main: Uptake: The rest"]
    );
    assert_eq!(lines(&publish(&world, &stacked())), Vec::<String>::new());
}

#[test]
fn a_base_that_people_removed_closes_nothing_for_good() {
    let mut world = world();
    publish(&world, &stacked());
    person_merges(&mut world, "uptake/fixes", 1);
    // The forge's own button removes the branch, and with it the pull request that went into it.
    branches(&world, &["update-ref", "-d", "refs/heads/uptake/fixes"]);
    person_edits(&world, "pulls/2.json", "\"open\"", "\"closed\"");
    let described = lines(&publish(&world, &stacked()));
    assert_eq!(
        described.last().map(String::as_str),
        Some("note: pull request 2 was closed by the removal of uptake/fixes: its phase goes on in a new one")
    );
    assert_eq!(pulls(&world)[2], "3 Open uptake/rest-2 -> main: Uptake: The rest (round 2)");
    assert_eq!(lines(&publish(&world, &stacked())), Vec::<String>::new());
}

#[test]
fn none_stands_on_what_people_took_over() {
    let mut world = world();
    publish(&world, &stacked());
    person_pushes(&world, "uptake/fixes");
    world.on_upstream().commit("Add d", &[("d.txt", "d\n")]);
    let rest = branches(&world, &["rev-parse", "uptake/rest"]);
    let described = lines(&publish(&world, &stacked()));
    assert!(
        described.contains(
            &"note: phase rest is built on fixes, whose branch is not what was built: left as it is".to_owned()
        ),
        "{described:?}"
    );
    assert_eq!(branches(&world, &["rev-parse", "uptake/rest"]), rest);
}

#[test]
fn none_stands_on_what_a_person_closed() {
    let world = world();
    publish(&world, &stacked());
    person_edits(&world, "pulls/1.json", "\"open\"", "\"closed\"");
    publish(&world, &stacked());
    // By now the closing is on the ledger.
    let described = lines(&publish(&world, &stacked()));
    assert_eq!(pulls(&world)[1], "2 Open uptake/rest -> main: Uptake: The rest", "{described:?}");
    let count = branches(&world, &["rev-list", "--count", "main..uptake/rest"]);
    assert_eq!(count, "1", "the closed phase's pick is not on it");
}

#[test]
fn a_phase_may_wait_for_the_one_before() {
    let mut world = world();
    let described = lines(&publish(&world, &in_turn()));
    assert_eq!(described.last().map(String::as_str), Some("note: phase rest starts when fixes has landed"));
    assert_eq!(pulls(&world), ["1 Open uptake/fixes -> main: Uptake: Fixes"]);
    person_merges(&mut world, "uptake/fixes", 1);
    publish(&world, &in_turn());
    assert_eq!(pulls(&world)[1], "2 Open uptake/rest -> main: Uptake: The rest");
}

#[test]
fn what_conflicts_does_not_keep_the_others_waiting_once_the_rest_has_landed() {
    let mut world = world();
    world.on_upstream().commit("Fix c", &[("ours.txt", "theirs\n")]);
    publish(&world, &in_turn());
    assert_eq!(pulls(&world).len(), 1);
    person_merges(&mut world, "uptake/fixes", 1);
    publish(&world, &in_turn());
    assert_eq!(
        pulls(&world)[1..],
        [
            "2 Open draft uptake/fixes-2 -> main: Uptake: Fixes (round 2)",
            "3 Open uptake/rest -> main: Uptake: The rest",
        ]
    );
}

#[test]
fn a_phase_that_waits_may_be_started() {
    let world = world();
    publish(&world, &in_turn());
    decide(&world, [Ruling::Start { phase: phase("rest") }]);
    publish(&world, &in_turn());
    assert_eq!(pulls(&world)[1], "2 Open uptake/rest -> main: Uptake: The rest");
}

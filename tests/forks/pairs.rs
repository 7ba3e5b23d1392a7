//! Changes that come, go and come again, on either side: none is published without its undoing, and no two runs alternate.

use engine::ids::CommitId;
use uptake::decision::Ruling;
use uptake::line::OnLine;
use uptake::pick::Outcome;
use uptake::survey::Verdict;

use super::{ALL, file, left_out, line, outcomes, unit};
use crate::support::World;

const TEXT: &str = "head\n\none\ntwo\nthree\n\ntail\n";

fn with(first: &str) -> String {
    TEXT.replacen("head\n", &format!("head\n{first}\n"), 1)
}

fn revert(world: &World, sha: CommitId) -> CommitId {
    world.git(&["revert", "--no-edit", &sha.to_string()]);
    world.head()
}

#[test]
fn a_change_the_fork_took_and_upstream_undid_is_undone() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let bad = world.on_upstream().commit("Add cache (#12)", &[("a.txt", &with("cache=on"))]);
    revert(&world, bad);
    world.on_fork().pick(bad, &["-x"]);
    let (session, survey, built) = world.build(ALL);
    assert_eq!(line(&survey), [OnLine::Taken, OnLine::Clean]);
    assert_eq!(outcomes(&built), [Outcome::Clean]);
    assert_eq!(file(&session, built.phases[0].tree, "a.txt"), TEXT);
}

#[test]
fn a_pick_from_before_upstream_s_undoing_proves_nothing_of_the_reland() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let first = world.on_upstream().commit("Add retry (#11)", &[("a.txt", &with("retry=3"))]);
    revert(&world, first);
    world.commit("Reland: Add retry (#15)", &[("a.txt", &with("retry=3"))]);
    world.on_fork().pick(first, &["-x"]);
    let (session, survey, built) = world.build(ALL);
    assert_eq!(line(&survey), [OnLine::Taken, OnLine::Clean, OnLine::Clean]);
    assert_eq!(outcomes(&built), [Outcome::Clean, Outcome::Clean]);
    assert_eq!(file(&session, built.phases[0].tree, "a.txt"), with("retry=3"));
}

#[test]
fn an_undoing_whose_reland_the_fork_took_is_moot() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let first = world.on_upstream().commit("Add retry (#11)", &[("a.txt", &with("retry=3"))]);
    revert(&world, first);
    let again = world.commit("Reland: Add retry (#15)", &[("a.txt", &with("retry=3"))]);
    world.on_fork().pick(again, &["-x"]);
    let (session, survey, built) = world.build(ALL);
    assert_eq!(unit(&survey, "Revert").moot, Some(again));
    assert!(left_out(&survey, &built).contains(&("Revert \"Add retry (#11)\"", "moot")), "{built:?}");
    assert_eq!(file(&session, built.phases[0].tree, "a.txt"), with("retry=3"));
}

#[test]
fn what_the_fork_undid_on_purpose_never_comes_back_unasked_and_why_says_so() {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    let gone = world.on_upstream().commit("Add telemetry (#13)", &[("a.txt", &with("telemetry=on"))]);
    let picked = world.on_fork().pick(gone, &["-x"]);
    let undone = revert(&world, picked);
    world.git(&[
        "commit",
        "--quiet",
        "--amend",
        "-m",
        "Revert \"Add telemetry (#13)\"",
        "-m",
        &format!("This reverts commit {picked}."),
        "-m",
        "Our users must not be tracked.",
    ]);
    let undone = if undone == world.head() { undone } else { world.head() };
    let (_, survey, built) = world.build(ALL);
    let unit = unit(&survey, "Add telemetry");
    assert_eq!((unit.verdict, unit.reverted_by, unit.line), (Verdict::Open, Some(undone), OnLine::LeftOut));
    assert_eq!(left_out(&survey, &built), [("Add telemetry (#13)", "reverted")]);
    let config = world.config(ALL).display().to_string();
    let (_, why, _) =
        crate::support::uptake(&world.fork(), &["why", &gone.to_string(), "--offline", "--config", &config]);
    assert!(why.contains("the fork undid it in") && why.contains("Our users must not be tracked."), "{why}");
    // Asked for, it comes.
    world.decide([Ruling::Pick { sha: gone, phase: "all".into() }]);
    assert_eq!(outcomes(&world.build(ALL).2), [Outcome::Clean]);
}

#[test]
fn a_revert_of_the_fork_that_names_upstream_s_commit_is_understood() {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    let gone = world.on_upstream().commit("Add telemetry (#13)", &[("a.txt", &with("telemetry=on"))]);
    world.on_fork().commit("Ours", &[("b.txt", &with("ours"))]);
    world.commit(&format!("No telemetry here\n\nThis reverts commit {gone}."), &[("NOTE.md", "none\n")]);
    let survey = world.survey();
    assert_eq!(unit(&survey, "Add telemetry").reverted_by, Some(world.head()));
}

#[test]
fn a_pick_of_upstream_s_undoing_is_no_decision_of_the_fork_s() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let change = world.on_upstream().commit("Add metrics", &[("a.txt", &with("metrics=on"))]);
    let undoing = revert(&world, change);
    world.on_fork().pick(change, &["-x"]);
    world.pick(undoing, &["-x"]);
    let (_, survey, built) = world.build(ALL);
    assert_eq!(survey.commits.iter().map(|unit| unit.verdict).collect::<Vec<_>>(), [Verdict::Taken, Verdict::Taken]);
    assert_eq!(outcomes(&built), []);
}

#[test]
fn a_change_and_its_undoing_are_taken_together_whatever_the_phases_say() {
    let mut world = World::new(&[("a.txt", TEXT)]);
    let change = world.on_upstream().commit("Turn validation off (#21)", &[("a.txt", &with("validate=off"))]);
    let undoing = revert(&world, change);
    world.on_fork().commit("Ours", &[("b.txt", "ours\n")]);
    let two = "phases:\n  - { id: one, title: One, priority: 1, rules: [{ subject: ^Turn }] }\n  - { id: two, title: Two, priority: 2, rules: [{ subject: ^Revert }] }\n";
    let (_, _, built) = world.build(two);
    let picks: Vec<Vec<CommitId>> =
        built.phases.iter().map(|phase| phase.picks.iter().map(|pick| pick.sha).collect()).collect();
    assert_eq!(picks, [vec![change, undoing], vec![]]);
    assert_eq!(built.phases[1].left_out[0].reason.kind(), "with-undone");
    // In no phase at all, it still comes with what it undoes.
    let (_, _, built) = world.build("phases:\n  - { id: one, title: One, priority: 1, rules: [{ subject: ^Turn }] }\n");
    assert_eq!(built.phases[0].picks.len(), 2);
    // Where a person leaves the undoing out, the change is left out too.
    world.decide([Ruling::Skip { sha: undoing }]);
    let (_, survey, built) = world.build(two);
    assert_eq!(built.phases[0].picks.len(), 0);
    assert_eq!(left_out(&survey, &built), [("Turn validation off (#21)", "undone")]);
}

#[test]
fn where_the_undoing_does_not_apply_the_change_is_not_published_alone() {
    let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    let change = world.on_upstream().commit("Turn validation off", &[("a.txt", &with("validate=off"))]);
    // The undoing also touches what the fork wrote again.
    world.commit(
        &format!("Revert \"Turn validation off\"\n\nThis reverts commit {change}."),
        &[("a.txt", TEXT), ("b.txt", &TEXT.replace("one", "1"))],
    );
    world.on_fork().commit("Ours", &[("b.txt", &TEXT.replace("one", "uno"))]);
    let (_, survey, built) = world.build(ALL);
    assert_eq!(outcomes(&built), [Outcome::Decide]);
    assert_eq!(left_out(&survey, &built), [("Turn validation off", "undone")]);
}

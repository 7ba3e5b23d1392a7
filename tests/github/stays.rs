//! A push to the fork's branch that changes nothing for a phase leaves its branch, its tests and its approvals alone.

use serde_json::Value;

use super::day::Day;
use super::state::State;

/// Somebody pushes to the fork's branch, and the clone has it.
fn push(day: &mut Day, files: &[(&str, &str)]) {
    day.world.on_fork();
    day.world.commit("Ours, too", files);
    super::seed(&day.world, &day.server);
}

fn phases(state: &State) -> Vec<(String, String)> {
    let own = state.heads.iter().filter(|(name, _)| name.starts_with("uptake/") && !name.ends_with("/ledger"));
    own.map(|(name, head)| (name.clone(), head.clone())).collect()
}

fn cancelled(state: &State) -> usize {
    state.runs.iter().filter(|run| run["conclusion"] == "cancelled").count()
}

fn writes(day: &Day) -> Vec<String> {
    let log = day.server.log().into_iter().filter(|logged| logged.request.writes());
    log.map(|logged| logged.request.name()).filter(|name| !name.ends_with("/access_tokens")).collect()
}

#[test]
fn an_unrelated_push_moves_no_branch_and_cancels_no_test() {
    let mut day = Day::first();
    day.run().expect("the first day");
    let before = phases(&day.server.state());
    let runs = day.server.state().runs.len();
    assert!(before.len() == 3 && runs == 4, "{before:?}, {runs} runs");
    push(&mut day, &[("ours.txt", "more of ours\n")]);
    day.server.log();
    let report = day.run().expect("after the push");
    let state = day.server.state();
    assert_eq!((phases(&state), cancelled(&state), state.runs.len()), (before, 0, runs));
    drop(state);
    let edited: Vec<_> = writes(&day).into_iter().filter(|name| name.contains("/pulls")).collect();
    assert_eq!((edited, report.waiting), (Vec::new(), Vec::new()), "no pull request says anything else");
    // The dashboard names where the fork is.
    day.next().expect("and again");
    day.server.log();
    day.next().expect("and again");
    assert_eq!(writes(&day), Vec::<String>::new(), "it rests");
}

#[test]
fn a_push_that_a_phase_meets_moves_that_phase_alone() {
    let mut day = Day::first();
    day.run().expect("the first day");
    let before = phases(&day.server.state());
    // The fixes change the first line of this file and the last; the picks stand on these lines now.
    push(&mut day, &[("a.txt", "a\nb\nc\nd\ne\nf\ng\ng2\nh\n")]);
    day.run().expect("after the push");
    let after = phases(&day.server.state());
    let moved: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert_eq!(moved.len(), 1, "{moved:?}");
    assert_eq!(moved[0].0.0, "uptake/fixes");
}

#[test]
fn where_every_push_is_to_move_them_all_are_moved() {
    let mut day = Day::with(&format!("{}rebuild: always\n", super::day::CONFIG));
    day.run().expect("the first day");
    let before = phases(&day.server.state());
    push(&mut day, &[("ours.txt", "more of ours\n")]);
    day.run().expect("after the push");
    let after = phases(&day.server.state());
    assert!(before.iter().zip(&after).all(|(before, after)| before.0 == after.0 && before.1 != after.1), "{after:?}");
    assert_eq!(cancelled(&day.server.state()), 4);
}

#[test]
fn a_phase_that_somebody_wants_anew_is_built_anew() {
    let mut day = Day::first();
    day.run().expect("the first day");
    let before = phases(&day.server.state());
    push(&mut day, &[("ours.txt", "more of ours\n")]);
    let rest = day.server.state().pull_of("uptake/rest");
    day.server.state().comments(rest, "maintainer", "/rebuild");
    day.run().expect("after the push");
    let after = phases(&day.server.state());
    let moved: Vec<_> =
        before.iter().zip(&after).filter(|(before, after)| before != after).map(|(of, _)| &of.0).collect();
    assert_eq!(moved, ["uptake/rest"]);
    let last = day.server.state().runs.last().map(|run| run["status"].clone());
    assert_eq!(last, Some(Value::from("queued")), "and tested");
}

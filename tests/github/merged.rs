//! A phase's pull request merged by each of GitHub's buttons: it has landed, what stands on it or waits for it goes on, and its
//! branch is cleared away.

use uptake::ledger::{AttemptState, MergeMethod};

use super::day::Day;

const CONFIG: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: rest, title: The rest, priority: 2, rules: [{ subject: . }] }
";

/// The pull requests: number, whether open, from where to where.
fn pulls(day: &Day) -> Vec<String> {
    let state = day.server.state();
    let described = |item: &super::state::Item| {
        let pull = item.pull.as_ref()?;
        let how = if item.open { "open" } else { "closed" };
        Some(format!("{} {how} {} -> {}", item.number, pull.head, pull.base))
    };
    state.items.iter().filter_map(described).collect()
}

/// How each round of a phase stands by the ledger on the server.
fn rounds(day: &Day, phase: &str) -> Vec<(AttemptState, Option<MergeMethod>)> {
    let rounds = day.ledger().phases().get(phase).map(|record| record.rounds.clone()).unwrap_or_default();
    rounds.into_iter().map(|round| (round.state, round.landed.map(|landed| landed.how))).collect()
}

fn merged(how: MergeMethod, stacking: &str, before: &[&str], after: &[&str]) {
    let mut day = Day::with(&format!("{CONFIG}stacking: {stacking}\n"));
    day.run().expect("a run");
    assert_eq!(pulls(&day), before);
    let unmerged = day.server.state().branch("uptake/rest");
    day.merge("uptake/fixes", how);
    day.run().expect("the run after");
    assert_eq!(pulls(&day), after, "{how:?}, {stacking}");
    assert_eq!(rounds(&day, "fixes"), [(AttemptState::Landed, Some(how))], "{stacking}");
    assert_eq!(rounds(&day, "rest"), [(AttemptState::Open, None)]);
    let (gone, rest) = {
        let state = day.server.state();
        (state.branch("uptake/fixes"), state.branch("uptake/rest").expect("a branch"))
    };
    assert_eq!(gone, None, "{how:?}, {stacking}");
    // On what was merged, with its own three commits and no more. Where that is in the fork as it was, the branch need not move.
    let stays = how == MergeMethod::Merge && stacking == "previous";
    assert_eq!(Some(&rest) == unmerged.as_ref(), stays, "{how:?}, {stacking}");
    let count = day.server.state().git(&["rev-list", "--count", &format!("main..{rest}")]);
    assert_eq!(count, "3", "{how:?}, {stacking}");
    day.server.log();
    let done = day.run().expect("one more");
    assert!(done.changes.changes.is_empty(), "{how:?}, {stacking}: {:?}", done.changes.changes);
    assert!(day.server.log().iter().all(|logged| !logged.request.writes() || logged.request.path.ends_with("_tokens")));
}

#[test]
fn the_phase_that_waits_begins_when_the_one_before_was_merged() {
    for how in [MergeMethod::Squash, MergeMethod::Rebase] {
        let after = ["2 closed uptake/fixes -> main", "4 open uptake/rest -> main"];
        merged(how, "landed", &["2 open uptake/fixes -> main"], &after);
    }
}

#[test]
fn the_phase_that_stands_on_it_goes_on_however_it_was_merged() {
    for how in [MergeMethod::Merge, MergeMethod::Squash, MergeMethod::Rebase] {
        let before = ["2 open uptake/fixes -> main", "3 open uptake/rest -> uptake/fixes"];
        let after = ["2 closed uptake/fixes -> main", "3 open uptake/rest -> main"];
        merged(how, "previous", &before, &after);
    }
}

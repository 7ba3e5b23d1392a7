//! A run that finds all as the last one left it builds nothing and asks little; whatever is new wakes it.

use super::day::Day;
use super::state::State;
use uptake::ledger::MergeMethod;
use uptake::pipeline::RunEnd;

/// Whether a run finds nothing new: it does nothing, and notes nothing.
fn rested(day: &Day) -> bool {
    day.server.log();
    let ledger = || day.server.state().git(&["rev-parse", "uptake/ledger"]);
    let before = ledger();
    matches!(day.rests().expect("a run"), RunEnd::Rested(rested) if rested.done.is_empty()) && ledger() == before
}

#[test]
fn where_nothing_is_new_a_run_asks_little_and_writes_nothing() {
    let day = Day::first();
    day.run().expect("the first day");
    day.check_out();
    day.server.log();
    assert!(matches!(day.rests().expect("a run"), RunEnd::Rested(_)));
    let log = day.server.log();
    let names: Vec<_> = log.iter().map(|logged| logged.request.name()).collect();
    let git = names.iter().filter(|name| name.contains(" /git/")).count();
    assert!(names.len() - git <= 12 && git <= 3, "{names:?}");
    let writes =
        log.iter().filter(|logged| logged.request.writes() && !logged.request.path.ends_with("/access_tokens"));
    assert_eq!(writes.count(), 0, "{names:?}");
}

/// What somebody does, by its name.
type News = (&'static str, fn(&mut Day));

/// What people or the world do between two runs.
fn news() -> Vec<News> {
    fn state(day: &Day, change: impl FnOnce(&mut State)) {
        change(&mut day.server.state());
    }
    vec![
        ("a comment", |day| {
            state(day, |state| {
                let _id = state.comments(2, "maintainer", "/status");
            });
        }),
        ("a title", |day| state(day, |state| state.item(2).expect("there").title = "Mine".into())),
        ("a body", |day| state(day, |state| state.item(2).expect("there").body.push('!'))),
        ("a label", |day| state(day, |state| state.item(2).expect("there").labels.clear())),
        ("a box", |day| {
            state(day, |state| {
                let dashboard = state.items.iter_mut().find(|item| item.body.contains("<!-- uptake dashboard -->"));
                let dashboard = dashboard.expect("there");
                dashboard.body = dashboard.body.replacen("- [ ]", "- [x]", 1);
            });
        }),
        ("a closing", |day| state(day, |state| state.close(2))),
        ("a merge", |day| day.merge("uptake/docs", MergeMethod::Squash)),
        ("a branch", |day| {
            state(day, |state| {
                let tree = state.git(&["rev-parse", "uptake/docs^{tree}"]);
                let theirs = state.git(&["commit-tree", &tree, "-p", "uptake/docs", "-m", "By hand"]);
                state.git(&["update-ref", "refs/heads/uptake/docs", &theirs]);
                state.pushed();
            });
        }),
        ("upstream", |day| {
            day.world.on_upstream().commit("Fix more", &[("more.txt", "more\n")]);
            day.world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
            day.world.on_fork();
        }),
        ("the fork", |day| {
            day.world.on_fork();
            day.world.commit("Ours", &[("ours.txt", "more\n")]);
            super::seed(&day.world, &day.server);
        }),
        ("a test", |day| {
            state(day, |state| {
                state.runs[0]["status"] = "completed".into();
                state.runs[0]["conclusion"] = "success".into();
            });
        }),
        ("a test again", |day| {
            state(day, |state| {
                state.runs[0]["run_attempt"] = 2.into();
                state.runs[0]["status"] = "in_progress".into();
            });
        }),
        ("the ledger", |day| {
            state(day, |state| {
                let tree = state.git(&["rev-parse", "uptake/ledger~1^{tree}"]);
                let theirs = state.git(&["commit-tree", &tree, "-p", "uptake/ledger", "-m", "By hand"]);
                state.git(&["update-ref", "refs/heads/uptake/ledger", &theirs]);
                state.pushed();
            });
        }),
    ]
}

#[test]
fn whatever_is_new_wakes_a_run() {
    for (what, happens) in news() {
        let mut day = Day::first();
        day.run().expect("the first day");
        assert!(rested(&day), "{what}: before");
        happens(&mut day);
        assert!(!rested(&day), "{what} is new");
        assert!(rested(&day) || rested(&day), "{what}: and it comes to rest again");
    }
}

#[test]
fn what_is_said_elsewhere_wakes_nobody() {
    let day = Day::first();
    day.run().expect("the first day");
    {
        let mut state = day.server.state();
        state.comments(1, "somebody", "/hold");
        state.opens_issue("somebody", "Another", "<!-- uptake dashboard -->", Vec::new());
    }
    assert!(rested(&day));
}

#[test]
fn a_run_that_answers_reads_the_one_conversation_and_rests_after_it() {
    let day = Day::first();
    day.run().expect("the first day");
    let (one, other) = {
        let state = day.server.state();
        (state.pull_of("uptake/fixes"), state.pull_of("uptake/rest"))
    };
    day.server.state().comments(one, "maintainer", "/status");
    assert!(!rested(&day));
    let read = |number: u64| {
        let path = format!("/issues/{number}/comments");
        day.server.whole_log().iter().filter(|logged| logged.request.path.ends_with(&path)).count()
    };
    let (before, after) = (read(one), read(other));
    assert!(before > after, "{before} of the one, {after} of the other");
    assert!(rested(&day), "its own answer is no news");
    day.server.state().comments(one, "maintainer", "/help");
    assert!(!rested(&day) && rested(&day));
}

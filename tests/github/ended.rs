//! A test that ended costs what it takes to say so: nothing is built, and it ends where a whole run does.

use serde_json::json;
use uptake::pipeline::{Rested, RunEnd};

use super::day::{Day, described, difference};
use super::server::Fault;
use super::state::State;

/// These tests end so.
fn end(state: &mut State, runs: &[usize], how: &str) {
    for at in runs {
        let id = state.runs[*at]["id"].as_u64().expect("an id");
        state.runs[*at]["status"] = "completed".into();
        state.runs[*at]["conclusion"] = how.into();
        let job = json!({ "name": "13.0", "status": "completed", "conclusion": how, "steps": [{}] });
        state.jobs.insert(id, vec![job]);
    }
}

/// Everything was asked for, and these tests ended since.
fn day(runs: &[usize], how: &str) -> Day {
    let mut day = Day::first();
    day.run().expect("the first day");
    // A run that finds the tests in the queue, as the list of them says.
    day.rests().expect("another");
    let mut now = day.server.state().clone();
    end(&mut now, runs, how);
    day.change(|morning| *morning = now);
    day.again();
    day
}

fn follows(day: &Day) -> Rested {
    day.server.log();
    match day.rests().expect("a run") {
        RunEnd::Rested(rested) => rested,
        RunEnd::Done(_) => panic!("a whole run"),
    }
}

#[test]
fn one_that_ended_is_said_without_a_whole_run() {
    // The base of all three phases comes first.
    let day = day(&[1], "success");
    let rested = follows(&day);
    let log = day.server.log();
    let names: Vec<_> = log.iter().map(|logged| logged.request.name()).collect();
    let of = |part: &str| names.iter().filter(|name| name.contains(part)).count();
    let git = of(" /git/");
    assert!(names.len() - git <= 12 && git <= 8, "{} and {git}: {names:#?}", names.len() - git);
    assert_eq!((of("/jobs"), of("PATCH /api/repos")), (1, 1), "{names:#?}");
    let done = rested.done.join("\n");
    assert!(
        rested.done.len() == 3 && done.contains(": passed\n") && done.contains("show it in pull request"),
        "{done}"
    );
    assert_eq!(rested.waiting, Vec::<String>::new());
    assert_eq!(follows(&day).done, Vec::<String>::new(), "and then it rests");
}

#[test]
fn it_ends_where_a_whole_run_does() {
    for (runs, how) in [(&[0][..], "success"), (&[1], "failure"), (&[0, 1, 2, 3], "success"), (&[0, 3], "failure")] {
        let day = day(runs, how);
        follows(&day);
        let lists =
            day.server.log().iter().filter(|logged| logged.request.path.ends_with("/uptake-ci.yml/runs")).count();
        assert_eq!(lists, 1, "{runs:?}: results that come together are read together");
        let evening = day.evening();
        day.again();
        day.run().expect("a whole run");
        assert_eq!(difference(&evening, &day.evening()), "", "{runs:?} {how}");
        day.again();
        follows(&day);
        day.next().expect("a whole run after it");
        assert_eq!(difference(&day.evening(), &evening), "", "{runs:?} {how}: which changes nothing");
    }
}

#[test]
fn whatever_goes_wrong_the_next_run_mends() {
    let day = day(&[0, 2], "failure");
    follows(&day);
    let requests = day.server.log();
    let evening = day.evening();
    let writes = requests.iter().filter(|logged| logged.request.writes()).count();
    let cuts = (0..writes).map(|left| (left, None));
    let lost = (0..requests.len()).step_by(3).map(|nth| (nth, Some(Fault::DoneAndDrop)));
    for (nth, fault) in cuts.chain(lost) {
        day.again();
        let once = fault.is_some();
        match fault {
            Some(fault) => day.server.fault_at(nth, fault),
            // Nothing answers any more after so many writes.
            None => {
                let mut seen = 0;
                day.server.faults(move |_, request| {
                    let cut = seen >= nth && request.writes();
                    seen += usize::from(request.writes());
                    cut.then_some(Fault::Drop)
                });
            }
        }
        drop(day.rests());
        day.server.faults(|_, _| None);
        let next = day.next();
        assert!(next.is_ok(), "{nth}, {once}: {}", described(&next));
        assert_eq!(difference(&day.evening(), &evening), "", "{nth}, {once}");
    }
}

#[test]
fn on_hold_a_pull_request_stays_as_it_is() {
    let mut day = Day::first();
    day.run().expect("the first day");
    let pull = day.server.state().pull_of("uptake/docs");
    day.server.state().comments(pull, "maintainer", "/hold");
    day.run().expect("it is held");
    day.rests().expect("another");
    let mut now = day.server.state().clone();
    let held = now.item(pull).expect("there").body.clone();
    end(&mut now, &[0, 1, 2, 3], "success");
    day.change(|morning| *morning = now);
    day.again();
    follows(&day);
    assert_eq!(day.server.state().item(pull).expect("there").body, held);
    let head = day.server.state().branch("uptake/docs").expect("there");
    let state = day.server.state();
    let last = state.statuses.iter().rfind(|(sha, _)| *sha == head).map(|(_, status)| status["state"].clone());
    assert_eq!(last, Some("success".into()));
}

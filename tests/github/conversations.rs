//! One conversation's trouble is not the others': it is locked, gone, or in another repository; a comment is taken back while it is
//! answered.

use super::day::Day;
use super::http::Request;
use super::server::Fault;
use super::state::State;

/// The numbers of the pull requests of two phases.
fn two(day: &Day) -> (u64, u64) {
    let state = day.server.state();
    (state.pull_of("uptake/fixes"), state.pull_of("uptake/rest"))
}

fn replies(day: &Day, on: u64) -> usize {
    let state = day.server.state();
    state.comments.iter().filter(|comment| comment.on == on && comment.body.contains("<!-- uptake-reply ")).count()
}

fn writes(day: &Day) -> Vec<String> {
    let log = day.server.log().into_iter().filter(|logged| logged.request.writes());
    log.map(|logged| logged.request.name()).filter(|name| !name.ends_with("/access_tokens")).collect()
}

#[test]
fn a_locked_conversation_is_obeyed_and_the_others_are_answered() {
    let day = Day::first();
    day.run().expect("the first day");
    let (locked, other) = two(&day);
    {
        let mut state = day.server.state();
        state.item(locked).expect("there").locked = true;
        state.comments(locked, "maintainer", "/hold\n/status");
        state.comments(other, "maintainer", "/status");
    }
    let report = day.run().expect("the run is not the conversation's");
    assert_eq!((replies(&day, locked), replies(&day, other)), (0, 1));
    insta::assert_snapshot!(report.waiting.join("\n"), @"nothing is answered in 2: pull request or issue 2 cannot be written to: Unable to create comment because issue is locked; the conversation is locked, where GitHub lets no App speak: what is said there is obeyed, and not answered, until somebody unlocks it");
    let decisions = day.server.state().git(&["show", "uptake/ledger:decisions.yml"]);
    assert!(decisions.contains("do: hold"), "it was obeyed: {decisions}");
    day.server.log();
    let next = day.next().expect("the next");
    assert_eq!((next.waiting, writes(&day)), (Vec::new(), Vec::new()), "it is not tried again and again");
    // Unlocked, what is said from then on is answered.
    {
        let mut state = day.server.state();
        state.item(locked).expect("there").locked = false;
        state.comments(locked, "maintainer", "/status");
    }
    day.next().expect("one more");
    assert_eq!(replies(&day, locked), 1);
}

#[test]
fn a_comment_that_is_taken_back_while_it_is_answered_stops_nothing() {
    let day = Day::first();
    day.run().expect("the first day");
    let (one, other) = two(&day);
    {
        let mut state = day.server.state();
        state.comments(one, "maintainer", "/status");
        state.comments(other, "maintainer", "/status");
    }
    let reacts = |request: &Request| request.method == "POST" && request.path.ends_with("/reactions");
    let mut taken = false;
    day.server.faults(move |_, request| {
        let first = reacts(request) && !taken;
        taken |= first;
        first.then_some(Fault::First(|state: &mut State| {
            let last = state.comments.iter().rposition(|comment| comment.body == "/status").expect("there");
            state.comments.remove(last);
        }))
    });
    let report = day.run().expect("the run goes on");
    day.server.faults(|_, _| None);
    assert_eq!((replies(&day, one), replies(&day, other), report.waiting), (1, 0, Vec::new()));
}

#[test]
fn a_dashboard_in_another_repository_is_opened_anew() {
    let day = Day::first();
    let first = day.run().expect("the first day").observed.dashboard.expect("a dashboard").number;
    day.server.state().item(first).expect("there").moved = true;
    let next = day.next().expect("the run goes on");
    let dashboard = next.observed.dashboard.expect("another").number;
    assert!(dashboard != first, "{dashboard}");
    day.server.log();
    day.next().expect("and rests");
    assert_eq!(writes(&day), Vec::<String>::new());
}

#[test]
fn a_dashboard_that_is_deleted_while_it_is_written_stops_nothing() {
    let day = Day::first();
    day.run().expect("the first day");
    day.server.state().comments(2, "maintainer", "/hold");
    let writes = |request: &Request| request.method == "PATCH" && request.path.contains("/issues/");
    let mut gone = false;
    day.server.faults(move |_, request| {
        let first = writes(request) && !request.path.contains("/comments/") && !gone;
        gone |= first;
        first.then_some(Fault::First(|state: &mut State| {
            state.items.retain(|item| item.pull.is_some() || !item.body.contains("<!-- uptake dashboard -->"));
        }))
    });
    day.run().expect("the run goes on");
    day.server.faults(|_, _| None);
    assert!(day.next().expect("the next").observed.dashboard.is_some(), "it is opened again");
}

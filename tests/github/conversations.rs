//! One conversation's trouble is not the others': it is locked, gone, or in another repository; a comment is taken back while it is
//! answered.

use super::day::Day;
use super::http::{Request, Response};
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

/// Nobody knows whether a person put it on hold.
#[test]
fn a_pull_request_whose_conversation_cannot_be_read_stays_as_it_is() {
    let day = Day::first();
    day.run().expect("the first day");
    let (other, unread) = two(&day);
    let at = |day: &Day| day.server.state().branch("uptake/rest").expect("there");
    let before = at(&day);
    let skipped = day.world.git(&["rev-parse", "upstream~1"]);
    {
        let mut state = day.server.state();
        state.comments(unread, "maintainer", "/hold");
        state.comments(other, "maintainer", &format!("/skip {} not for us", &skipped[..12]));
    }
    let comments = format!("/issues/{unread}/comments");
    day.server.faults(move |_, request| {
        let asked = request.method == "GET" && request.path.ends_with(&comments);
        asked.then(|| Fault::Refuse(Response::message(404, "Not Found")))
    });
    let report = day.run().expect("the run is not the conversation's");
    day.server.faults(|_, _| None);
    insta::assert_snapshot!(report.waiting.join("\n"), @"what is said in 4 cannot be read, so it stays as it is until the next run: the forge has no pull request or issue 4");
    let decisions = day.server.state().git(&["show", "uptake/ledger:decisions.yml"]);
    assert!(decisions.contains("do: skip"), "what is said elsewhere is obeyed: {decisions}");
    assert_eq!(at(&day), before, "its branch is left alone");
    day.next().expect("the next, which reads it");
    assert_eq!(at(&day), before, "it was on hold");
    day.server.state().comments(unread, "maintainer", "/unhold");
    day.next().expect("one more");
    assert_ne!(at(&day), before, "and now it is built again");
}

/// It is what tells whether anybody said anything.
#[test]
fn a_list_of_issues_that_is_not_there_is_not_an_empty_one() {
    let day = Day::first();
    day.run().expect("the first day");
    let (_, held) = two(&day);
    day.server.state().comments(held, "maintainer", "/hold");
    day.server.faults(|_, request| {
        let lists = request.method == "GET" && request.path.ends_with("/issues");
        lists.then(|| Fault::Refuse(Response::message(404, "Not Found")))
    });
    let error = day.run().expect_err("nobody knows what was said").to_string();
    insta::assert_snapshot!(error, @"fork/mistral.rs says that it has no list of issues");
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

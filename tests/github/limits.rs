//! How fast, and how often.

use std::time::Duration;

use engine::Repo;
use serde_json::json;
use uptake::forge::github::GitHubError;
use uptake::forge::{Branches, ForgeError, Issues, Label, PullText, Pulls};

use super::bench::GitHubBench;
use super::http::Response;
use super::server::Fault;
use crate::forge::Bench;

fn label(name: &str) -> Label {
    Label { name: name.into(), colour: "1d76db".into(), description: "Why".into() }
}

fn slept(bench: &GitHubBench) -> Vec<u64> {
    bench.clock.slept.borrow_mut().drain(..).map(|time| time.as_secs()).collect()
}

#[test]
fn writes_are_a_second_apart_and_reads_are_not() {
    let mut bench = super::bench();
    for name in ["a", "b", "c"] {
        bench.github.put_label(&label(name)).expect("made");
        bench.github.labels().expect("read");
    }
    assert_eq!(slept(&bench), [1, 1]);
    bench.clock.pass(Duration::from_secs(5));
    bench.github.put_label(&label("d")).expect("made");
    assert_eq!(slept(&bench), [0; 0]);
    // A push is a write too.
    let (repo, main) = (Repo::open(&bench.world.fork()).expect("opened"), bench.branch("main").expect("there"));
    bench.github.push_branch(&repo, "uptake/a", main, None, Some(main)).expect("pushed");
    bench.github.put_label(&label("e")).expect("made");
    assert_eq!(slept(&bench), [1, 1]);
}

#[test]
fn a_limit_is_waited_for_as_long_as_github_says() {
    let mut bench = super::bench();
    let secondary = Response::message(403, "You have exceeded a secondary rate limit").with("retry-after", "30");
    bench.server.fault_at(1, Fault::Refuse(secondary));
    bench.github.put_label(&label("a")).expect("made");
    assert_eq!(slept(&bench), [30]);
    let reset = (bench.server.state().now() + 89).to_string();
    let primary = Response::message(403, "API rate limit exceeded").with("x-ratelimit-remaining", "0");
    bench.server.fault_at(0, Fault::Refuse(primary.with("x-ratelimit-reset", &reset)));
    bench.github.labels().expect("read");
    assert_eq!(slept(&bench), [90]);
    let unsaid = Response::message(429, "You have exceeded a secondary rate limit");
    bench.server.faults(move |at, _| (at < 2).then(|| Fault::Refuse(unsaid.clone())));
    bench.github.pulls("").expect("read");
    assert_eq!(slept(&bench), [60, 120]);
    assert_eq!(
        *bench.described.borrow(),
        [30, 90, 60, 120].map(|seconds| format!("GitHub asks for a pause: waiting {seconds} seconds"))
    );
}

#[test]
fn a_limit_that_comes_with_an_answer_of_the_other_api_is_waited_for_too() {
    let mut bench = super::bench();
    bench.push_branch().expect("pushed");
    let text = PullText {
        title: "Take a".into(),
        body: "Text".into(),
        head: "uptake/a".into(),
        base: "main".into(),
        labels: Vec::new(),
        draft: false,
    };
    let number = bench.github.open_pull(&text).expect("opened");
    slept(&bench);
    let limited = json!({ "data": null, "errors": [{ "type": "RATE_LIMITED", "message": "API rate limit exceeded" }] });
    let reset = (bench.server.state().now() + 299).to_string();
    let answer = Response::json(200, &limited).with("x-ratelimit-remaining", "0").with("x-ratelimit-reset", &reset);
    let mut first = true;
    bench.server.faults(move |_, request| {
        let hit = request.path.ends_with("/graphql") && std::mem::take(&mut first);
        hit.then(|| Fault::Refuse(answer.clone()))
    });
    bench.github.edit_pull(number, &text, &PullText { draft: true, ..text.clone() }).expect("edited");
    assert_eq!(bench.described.borrow().last().expect("told"), "GitHub asks for a pause: waiting 299 seconds");
    assert!(bench.github.pulls("uptake/").expect("read").bringing[0].text.draft);
}

#[test]
fn patience_ends() {
    let bench = super::bench();
    bench.server.faults(|_, _| Some(Fault::Refuse(Response::message(429, "slow down"))));
    let error = bench.github.labels().expect_err("given up");
    let ForgeError::GitHub(error) = error else { panic!("{error}") };
    assert!(matches!(*error, GitHubError::Limited { .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "GitHub's rate limit holds up GET /repos/fork/mistral.rs/labels for 16 minutes more, after 15 minutes of waiting"
    );
    assert_eq!(slept(&bench).iter().sum::<u64>(), 900);
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    let mut bench = super::bench();
    bench.github.put_label(&label("a")).expect("made");
    let first = bench.github.labels().expect("read");
    bench.server.log();
    assert_eq!(bench.github.labels().expect("read"), first);
    assert!(bench.server.log().iter().all(|logged| logged.status == 304));
    bench.github.put_label(&label("b")).expect("made");
    assert_eq!(bench.github.labels().expect("read").len(), first.len() + 1);
}

#[test]
fn a_list_is_read_to_its_end_but_on_this_server_alone() {
    let bench = super::bench();
    for number in 0..7 {
        bench.server.state().labels.push(json!({ "name": format!("label {number}"), "color": "1d76db" }));
    }
    assert_eq!(bench.github.labels().expect("read").len(), 8);
    assert_eq!(bench.server.log().len(), 4);
    let elsewhere = Response::json(200, &json!([])).with("link", "<http://127.0.0.1:9/labels?page=2>; rel=\"next\"");
    bench.server.fault_at(0, Fault::Refuse(elsewhere));
    let error = bench.github.labels().expect_err("refused");
    assert!(error.to_string().ends_with("is not understood: its next page is on another server"), "{error}");
    assert_eq!(bench.server.log().len(), 1);
}

#[test]
fn an_outage_is_tried_five_times_each_later_than_the_last() {
    let mut bench = super::bench();
    bench.server.faults(|_, request| request.path.ends_with("/labels").then_some(Fault::Drop));
    let error = bench.github.labels().expect_err("given up");
    assert!(error.to_string().starts_with("no answer to GET /repos/fork/mistral.rs/labels: "), "{error}");
    assert_eq!(bench.server.log().len(), 5);
    let slept = bench.clock.slept.borrow_mut().drain(..).collect::<Vec<_>>();
    assert!(slept.len() == 4 && slept.is_sorted() && slept[3] >= Duration::from_secs(4), "{slept:?}");
    // A refusal that waiting does not mend is taken at its word.
    bench.server.fault_at(0, Fault::Refuse(Response::message(451, "Repository unavailable")));
    assert!(bench.github.labels().is_err());
    assert_eq!(bench.server.log().len(), 1);
    let number = bench.opens_issue("maintainer", "a", "b");
    bench.try_comment(number, "c").expect("said");
}

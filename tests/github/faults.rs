//! Each fault at each request: what is made is made once, and the end is the same.

use std::collections::BTreeMap;

use engine::Repo;
use engine::ids::CommitId;
use serde_json::{Value, json};
use uptake::forge::{
    Branches, Checks, Dispatch, ForgeError, Issues, Label, PullText, Pulls, REQUEST_INPUT, Reaction, Status,
    StatusState,
};

use super::bench::{GitHubBench, app, connect};
use super::http::Response;
use super::server::Fault;
use super::state::Comment;
use crate::forge::Bench;

fn faults() -> Vec<Fault> {
    vec![
        Fault::Drop,
        Fault::DoneAndDrop,
        Fault::DoneAndHalf,
        Fault::DoneBut(Response::message(502, "Server Error")),
        Fault::Refuse(Response::message(503, "Service Unavailable")),
        Fault::Refuse(Response::message(429, "slow down").with("retry-after", "5")),
    ]
}

/// One of each thing that can be made or changed by the API.
fn work(bench: &mut GitHubBench, head: CommitId) -> Result<(), ForgeError> {
    let purpose = uptake::forge::github::Purpose::PublishAndTest;
    let connected = connect(&bench.server, &bench.world.fork(), app(), purpose);
    let mut github = connected.github.writing(&[])?;
    github.put_label(&Label { name: "risk:low".into(), colour: "0e8a16".into(), description: "Why".into() })?;
    let text = PullText {
        title: "Take a".into(),
        body: "Text\n\n<!-- uptake a -->\n".into(),
        head: "uptake/a".into(),
        base: "main".into(),
        labels: vec!["risk:low".into()],
        draft: false,
    };
    let number = github.open_pull(&text)?;
    github.edit_pull(number, &text, &PullText { title: "Take more".into(), draft: true, ..text.clone() })?;
    let issue = github.open_issue("Progress", "None\n\n<!-- uptake dashboard -->\n", &["risk:low".into()])?;
    github.edit_issue(issue, "Progress", "Some\n\n<!-- uptake dashboard -->\n")?;
    let comment = github.comment(number, "Done.\n\n<!-- uptake answer 1 -->\n")?;
    github.edit_comment(comment, "All done.\n\n<!-- uptake answer 1 -->\n")?;
    github.react(comment, Reaction::Rocket)?;
    let status =
        Status { context: "uptake/cuda".into(), state: StatusState::Pending, description: "waits".into(), link: None };
    github.put_status(head, &status)?;
    let inputs = BTreeMap::from([(REQUEST_INPUT.to_owned(), "a-1".to_owned())]);
    let run =
        github.dispatch(&Dispatch { workflow: "uptake-ci.yml".into(), on: "main".into(), inputs, fresh: false })?;
    github.cancel_run(run.expect("its id").run)?;
    github.close_pull(number)?;
    github.reopen_pull(number, "Text")?;
    github.reopen_issue(issue, "Progress", "More\n\n<!-- uptake dashboard -->\n", &["risk:low".into()])
}

/// All that is there in the end.
fn end(bench: &GitHubBench, head: CommitId) -> Value {
    let state = bench.server.state();
    let statuses: Vec<_> = state.statuses.iter().map(|(_, status)| status.to_string()).collect();
    let statuses: std::collections::BTreeSet<_> = statuses.into_iter().collect();
    json!({
        "head": head.to_string(),
        "labels": state.labels,
        "items": state.items.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>(),
        // All but the dates: waiting takes time.
        "comments": state.comments.iter().map(|comment| {
            let Comment { id, on, author, body, reactions, .. } = comment;
            format!("{id} on {on} by {author}: {body:?}, {reactions:?}")
        }).collect::<Vec<_>>(),
        "statuses": statuses,
        "runs": state.runs.iter().map(|run| json!([run["id"], run["status"], run["conclusion"]])).collect::<Vec<_>>(),
    })
}

fn clear(bench: &GitHubBench) {
    let mut state = bench.server.state();
    state.labels.truncate(1);
    state.items.clear();
    state.comments.clear();
    state.last_comment = 999;
    state.statuses.clear();
    state.runs.clear();
}

#[test]
fn each_fault_at_each_request_ends_as_if_there_was_none() {
    let mut bench = super::bench();
    let head = bench.push_branch().expect("pushed");
    bench.server.log();
    work(&mut bench, head).expect("done");
    let (requests, undisturbed) = (bench.server.log().len(), end(&bench, head));
    assert!(requests > 20, "{requests}");
    for nth in 0..requests {
        for fault in faults() {
            clear(&bench);
            bench.server.fault_at(nth, fault.clone());
            let done = work(&mut bench, head);
            let log: Vec<_> = bench.server.log().into_iter().map(|logged| logged.request.name()).collect();
            done.unwrap_or_else(|error| panic!("{fault:?} at {}: {error}", log[nth]));
            assert_eq!(end(&bench, head), undisturbed, "{fault:?} at {}", log[nth]);
        }
    }
}

#[test]
fn each_fault_at_each_request_of_git_ends_as_if_there_was_none() {
    let mut bench = super::bench();
    let first = bench.push_branch().expect("pushed");
    bench.world.git(&["switch", "--quiet", "--detach", "main"]);
    let second = bench.world.commit("b", &[("c.txt", "c\n")]);
    bench.world.git(&["switch", "--quiet", "main"]);
    let (repo, main) = (Repo::open(&bench.world.fork()).expect("opened"), bench.branch("main"));
    bench.server.log();
    bench.github.push_branch(&repo, "uptake/a", second, Some(first), main).expect("pushed");
    bench.github.branches(&repo, "uptake/", "main").expect("read");
    let requests = bench.server.log().len();
    for nth in 0..requests {
        for fault in faults() {
            let (from, to) = if bench.branch("uptake/a") == Some(first) { (first, second) } else { (second, first) };
            bench.server.fault_at(nth, fault.clone());
            let done = bench.github.push_branch(&repo, "uptake/a", to, Some(from), main);
            done.unwrap_or_else(|error| panic!("{fault:?} at {nth}: {error}"));
            let found = bench.github.branches(&repo, "uptake/", "main");
            let found = found.unwrap_or_else(|error| panic!("{fault:?} at {nth}: {error}"));
            assert_eq!(found[1].head, to, "{fault:?} at {nth}");
        }
    }
}

#[test]
fn an_older_server_that_says_nothing_of_its_runs_will_do() {
    let mut bench = super::bench();
    bench.server.state().silent_dispatch = true;
    let inputs = BTreeMap::from([(REQUEST_INPUT.to_owned(), "a-1".to_owned())]);
    let dispatch = Dispatch { workflow: "uptake-ci.yml".into(), on: "main".into(), inputs, fresh: false };
    let run = bench.github.dispatch(&dispatch).expect("started");
    assert!(run.is_some());
    assert_eq!(bench.github.dispatch(&dispatch).expect("there"), run);
    assert_eq!(bench.server.state().runs.len(), 1);
}

#[test]
fn where_there_are_no_drafts_that_is_said() {
    let mut bench = super::bench();
    bench.push_branch().expect("pushed");
    bench.server.state().drafts = false;
    let text = PullText {
        title: "Take a".into(),
        body: String::new(),
        head: "uptake/a".into(),
        base: "main".into(),
        labels: Vec::new(),
        draft: true,
    };
    let refused = bench.github.open_pull(&text);
    assert!(matches!(refused, Err(ForgeError::NoDrafts)), "{refused:?}");
}

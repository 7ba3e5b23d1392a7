//! Webhooks as GitHub sends them: each is understood, and only those lead to a run that have something for it to do.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use uptake::action::{EventError, decide};
use uptake::serve::{Asked, read};

/// What a recorded webhook asks for; `name` is that of its file, which begins with the event's.
fn asked(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/action").join(format!("{name}.json"));
    let event = name.split('.').next().unwrap_or(name);
    match read(event, "one", &fs::read(path).expect("a payload")) {
        Ok(Asked::Run(delivery)) => format!("run for {}: {}", delivery.repository, delivery.because),
        Ok(Asked::Nothing(why)) => format!("nothing: {why}"),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn recorded_webhooks_lead_to_a_run_or_to_nothing() {
    let names = [
        "issue_comment.created",
        "issue_comment.edited",
        "issue_comment.deleted",
        "issues.edited",
        "push.branch",
        "push.tag",
        "workflow_run.requested",
        "workflow_run.completed",
        "pull_request.opened",
        "check_run.completed",
        "installation.created",
        "ping",
    ];
    let described = names.map(|name| format!("{name}: {}", asked(name)));
    insta::assert_snapshot!(described.join("\n"), @r#"
    issue_comment.created: nothing: the comment has no line that begins with a slash
    issue_comment.edited: nothing: only new comments are obeyed
    issue_comment.deleted: nothing: only new comments are obeyed
    issues.edited: nothing: the issue is not the dashboard
    push.branch: run for codertocat/hello-world: master was pushed
    push.tag: nothing: refs/tags/simple-tag was pushed, and is no branch
    workflow_run.requested: nothing: the workflow run has not ended yet
    workflow_run.completed: run for octo-org/octo-repo: a workflow ended: success (run 289782451)
    pull_request.opened: nothing: a pull request's `opened` asks for nothing
    check_run.completed: nothing: check_run is not acted on
    installation.created: nothing: installation is of no repository
    ping: nothing: ping is not acted on
    "#);
}

/// `UPTAKE_PAYLOADS` names the `index.json` files of npm's `@octokit/webhooks-examples`, with a colon between them.
#[test]
#[ignore = "reads a package that is not part of this repository"]
fn every_recorded_payload_is_understood() {
    let files = std::env::var("UPTAKE_PAYLOADS").expect("UPTAKE_PAYLOADS names the files");
    let mut counts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for file in files.split(':') {
        let events: Vec<Value> = serde_json::from_slice(&fs::read(file).expect("a file")).expect("JSON");
        for event in events {
            let name = event["name"].as_str().expect("a name");
            for payload in event["examples"].as_array().expect("a list") {
                let bytes = payload.to_string().into_bytes();
                let runs = match read(name, "one", &bytes) {
                    Ok(Asked::Run(_)) => 1,
                    Ok(Asked::Nothing(_)) => 0,
                    Err(error) => panic!("{file}: {name}: {error}\n{payload}"),
                };
                let ours = payload["repository"]["full_name"].as_str().unwrap_or("owner/fork");
                match decide(name, &bytes, ours) {
                    Ok(_) | Err(EventError::Unknown { .. }) => {}
                    Err(error) => panic!("{file}: {name}: {error}\n{payload}"),
                }
                let count = counts.entry(name.to_owned()).or_default();
                count[0] += 1;
                count[1] += runs;
            }
        }
    }
    let total: usize = counts.values().map(|[all, _]| all).sum();
    for (name, [all, runs]) in counts {
        println!("{name}: {all} understood, {runs} of them lead to a run");
    }
    println!("{total} payloads");
}

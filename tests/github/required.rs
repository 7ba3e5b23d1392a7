//! A rule of the fork's branch that asks for `uptake/tests`: every pull request of the bot's has it, tested or not.

use std::collections::BTreeSet;

use serde_json::Value;
use uptake::ledger::MergeMethod;

use super::day::Day;

const CONFIG: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }], ci: { workflow: uptake-ci.yml, cuda: ['13.0'], validate: [make test] } }
  - { id: docs, title: Documents, priority: 2, rules: [{ subject: ^Say }] }
  - { id: rest, title: The rest, priority: 3, rules: [{ subject: . }], ci: { when: never } }
ci: { cuda: ['13.0'], validate: [make test] }
";

/// What `uptake/tests` says last of the head of each open pull request of the bot's, by branch.
fn tests(day: &Day) -> Vec<(String, Option<String>)> {
    let state = day.server.state();
    let said = |branch: &str| {
        let head = state.branch(branch)?;
        let is = |(of, status): &&(String, Value)| *of == head && status["context"] == "uptake/tests";
        state.statuses.iter().rfind(is).and_then(|(_, status)| status["state"].as_str().map(str::to_owned))
    };
    let open = state.items.iter().filter(|item| item.open).filter_map(|item| item.pull.as_ref());
    open.map(|pull| (pull.head.clone(), said(&pull.head))).collect()
}

fn said(of: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
    of.iter().map(|(branch, state)| ((*branch).to_owned(), Some((*state).to_owned()))).collect()
}

#[test]
fn a_pull_request_where_nothing_is_tested_passes_at_once_and_once() {
    let mut day = Day::with(CONFIG);
    day.run().expect("the first day");
    let first = [("uptake/fixes", "pending"), ("uptake/docs", "success"), ("uptake/rest", "success")];
    assert_eq!(tests(&day), said(&first));
    let statuses = day.server.state().statuses.len();
    let posted = day.server.state().statuses.clone();
    let checks: BTreeSet<_> = posted.iter().map(|(head, status)| (head, status["context"].as_str())).collect();
    assert_eq!(checks.len(), statuses, "no check is said twice of a commit: {posted:?}");
    day.run().expect("the same again");
    assert_eq!(day.server.state().statuses.len(), statuses, "it is said once");

    // All of upstream is in: what records it is a pull request without anything to test.
    for branch in ["uptake/fixes", "uptake/docs", "uptake/rest"] {
        day.merge(branch, MergeMethod::Merge);
    }
    day.run().expect("a run");
    assert_eq!(tests(&day), said(&[("uptake/record", "success")]));
}

#[test]
fn two_phases_at_one_commit_have_one_status_and_that_is_the_worse() {
    let config = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs }
stacking: fork
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: docs, title: Documents, priority: 2, rules: [{ subject: ^Say }], ci: { when: never } }
  - { id: rest, title: The rest, priority: 3, rules: [{ subject: . }], ci: { when: never } }
ci: { workflow: uptake-ci.yml, cuda: ['13.0'], validate: [make test] }
";
    let day = Day::with(config);
    day.run().expect("the first day");
    assert_eq!(
        tests(&day),
        said(&[("uptake/fixes", "pending"), ("uptake/docs", "success"), ("uptake/rest", "success")])
    );
    // A person has both phases' work on one branch, and the other there too.
    let head = {
        let mut state = day.server.state();
        let tree = state.git(&["rev-parse", "uptake/docs^{tree}"]);
        let both = state.git(&["commit-tree", &tree, "-p", "uptake/fixes", "-p", "uptake/docs", "-m", "Both by hand"]);
        for branch in ["uptake/fixes", "uptake/docs"] {
            state.git(&["update-ref", &format!("refs/heads/{branch}"), &both]);
        }
        state.pushed();
        both
    };
    day.run().expect("the second run");
    let posted = || -> Vec<(String, String)> {
        let state = day.server.state();
        let there = state.statuses.iter().filter(|(of, _)| *of == head);
        let text = |status: &Value, field: &str| status[field].as_str().unwrap_or_default().to_owned();
        there.map(|(_, status)| (text(status, "context"), text(status, "state"))).collect()
    };
    let once =
        [("uptake/cuda-13.0".to_owned(), "pending".to_owned()), ("uptake/tests".to_owned(), "pending".to_owned())];
    assert_eq!(posted(), once, "one is tested and the other never: each check is said once");
    day.run().expect("the same again");
    assert_eq!(posted(), once, "and no more");
}

#[test]
fn where_nothing_is_tested_at_all_nothing_is_said() {
    let day = Day::with(&CONFIG.replace("workflow: uptake-ci.yml", "when: never"));
    day.run().expect("a run");
    assert_eq!(day.server.state().statuses.len(), 0);
}

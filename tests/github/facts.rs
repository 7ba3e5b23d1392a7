//! How GitHub really is where its description does not say so: what a run meets there, and lives with.

use uptake::forge::ForgeError;
use uptake::forge::github::{Credentials, REQUEST_TIMEOUT};
use uptake::ledger::MergeMethod;

use super::bench::seed;
use super::day::Day;
use super::http::Response;
use super::routes::invalid;
use super::server::Fault;
use super::state::Token;

const CONFIG: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
";

/// What a run changed, and all that was written to the server.
fn run(day: &Day) -> (Vec<String>, Vec<String>) {
    day.server.log();
    let done = day.run().expect("a run");
    let log = day.server.log();
    let written = log.iter().filter(|logged| logged.request.writes() && !logged.request.path.ends_with("_tokens"));
    let changes = done.changes.changes.iter().map(ToString::to_string).collect();
    (changes, written.map(|logged| logged.request.name()).collect())
}

#[test]
fn a_label_that_a_person_made_in_capitals_is_that_label() {
    let day = Day::with(CONFIG);
    for name in ["Phase:Fixes", "RISK:LOW"] {
        day.server.state().labels.push(serde_json::json!({ "name": name, "color": "ededed", "description": null }));
    }
    let before = day.server.state().labels.clone();
    let (changes, _) = run(&day);
    assert!(!changes.iter().any(|change| change.starts_with("create label")), "{changes:?}");
    {
        let mut state = day.server.state();
        let number = state.pull_of("uptake/fixes");
        assert_eq!(state.item(number).expect("an item").labels, ["Phase:Fixes", "RISK:LOW"]);
        assert_eq!(state.labels, before);
    }
    assert_eq!(run(&day), (Vec::new(), Vec::new()));
}

#[test]
fn a_branch_in_the_way_is_told() {
    let mut bench = super::bench();
    let state = bench.server.state();
    state.git(&["branch", "uptake", "main"]);
    drop(state);
    let error = bench.push_branch().expect_err("refused");
    let ForgeError::BranchRefused { why, .. } = &error else { panic!("{error}") };
    let advice = why.advice().unwrap_or_default();
    assert!(advice.contains("no branch may be called `uptake`"), "{error}\n{advice}");
}

#[test]
fn where_there_are_no_drafts_a_pull_request_says_itself_that_it_must_not_be_merged() {
    let mut day = Day::with(&CONFIG.replace("title: Fixes,", "title: Fixes, on_conflict: commit-markers,"));
    day.world.on_fork().commit("Ours too", &[("a.txt", "ours\nb\nc\nd\ne\nf\ng\nh\n")]);
    seed(&day.world, &day.server);
    day.server.state().drafts = false;
    let (changes, _) = run(&day);
    let opened = "open pull request \"Uptake: Fixes\" (uptake/fixes into main)".to_owned();
    assert!(changes.contains(&opened), "{changes:?}");
    {
        let mut state = day.server.state();
        let number = state.pull_of("uptake/fixes");
        let item = state.item(number).expect("an item");
        assert!(item.body.starts_with("> [!CAUTION]\n> **Not to be merged yet.** "), "{}", item.body);
        assert!(item.labels.contains(&"needs-human".to_owned()), "{:?}", item.labels);
        assert!(item.pull.as_ref().is_some_and(|pull| !pull.draft));
    }
    assert_eq!(run(&day), (Vec::new(), Vec::new()));
}

#[test]
fn a_fork_without_issues_has_all_but_the_dashboard() {
    let day = Day::with(CONFIG);
    day.server.state().issues = false;
    let done = day.run().expect("a run");
    assert_eq!(done.waiting.len(), 1, "{:?}", done.waiting);
    assert!(done.waiting[0].contains("has no issues, and the dashboard is one: Settings, General, Features, Issues"));
    let ledger = day.server.state().git(&["show", "uptake/ledger:phases/fixes.yml"]);
    assert!(ledger.contains("branch: uptake/fixes"), "all else is done all the same: {ledger}");
    assert_eq!(run(&day), (Vec::new(), Vec::new()));
    // Some say so of the list, too.
    let gone = Response::message(410, "Issues are disabled for this repo");
    day.server.faults(move |_, request| request.path.ends_with("/issues").then(|| Fault::Refuse(gone.clone())));
    assert_eq!(run(&day), (Vec::new(), Vec::new()));
    let day = Day::with(&format!("{CONFIG}dashboard: {{ enabled: false }}\n"));
    day.server.state().issues = false;
    assert!(day.run().expect("a run").waiting.is_empty());
}

#[test]
fn a_run_that_github_will_not_start_is_told_and_ends_nothing() {
    let day = Day::first();
    for (status, message) in [
        (422, "Workflow does not have 'workflow_dispatch' trigger"),
        (422, "Unexpected inputs provided: [\"image\"]"),
        (422, "Required input 'model' not provided"),
        (403, "Cannot trigger a 'workflow_dispatch' on a disabled workflow"),
    ] {
        day.again();
        let refused = Response::message(status, message);
        day.server
            .faults(move |_, request| request.path.ends_with("/dispatches").then(|| Fault::Refuse(refused.clone())));
        let done = day.run().expect("a run");
        assert!(done.waiting.len() == 1 && done.waiting[0].contains(message), "{:?}", done.waiting);
        day.server.faults(|_, _| None);
        let mended = day.next().expect("the next run");
        assert_eq!(mended.waiting, Vec::<String>::new());
        assert!(!day.server.state().runs.is_empty(), "{message}");
    }
}

#[test]
fn what_is_known_to_have_landed_is_not_asked_for_again() {
    let mut day = Day::with(CONFIG);
    day.run().expect("a run");
    let number = day.server.state().pull_of("uptake/fixes");
    day.merge("uptake/fixes", MergeMethod::Squash);
    let asked = |day: &Day| {
        day.server.log();
        day.run().expect("a run");
        let name = format!("GET /api/repos/fork/mistral.rs/pulls/{number}");
        day.server.log().iter().filter(|logged| logged.request.name() == name).count()
    };
    assert_eq!([asked(&day), asked(&day)], [1, 0]);
}

#[test]
fn that_there_is_one_already_is_believed_only_where_it_is_found() {
    let day = Day::with(CONFIG);
    let exists = invalid("PullRequest", "head", "custom", Some("A pull request already exists for fork:uptake/fixes."));
    day.server.faults(move |_, request| {
        (request.method == "POST" && request.path.ends_with("/pulls")).then(|| Fault::Refuse(exists.clone()))
    });
    let error = day.run().expect_err("there is none").to_string();
    assert!(error.contains("A pull request already exists for fork:uptake/fixes."), "{error}");
    day.server.faults(|_, _| None);
    day.run().expect("a run");
    assert_eq!(day.server.state().items.iter().filter(|item| item.pull.is_some()).count(), 1);
}

#[test]
fn somebody_who_runs_it_with_a_token_of_their_own_is_heard() {
    let day = Day::with(CONFIG);
    let all = ["contents", "issues", "pull_requests", "actions", "statuses"];
    let permissions = all.iter().map(|name| ((*name).to_owned(), "write".to_owned())).collect();
    let token = Token { permissions, ends: u64::MAX, login: "maintainer".into() };
    day.server.state().tokens.insert("github_pat_1".into(), token);
    let run = |day: &Day| {
        let credentials = Credentials::Token("github_pat_1".into());
        let done = day.run_as(credentials, REQUEST_TIMEOUT, "2025-10-01T12:00:00Z").expect("a run");
        done.changes.changes.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    run(&day);
    let sha = day.world.git(&["rev-parse", "upstream~3"]);
    {
        let mut state = day.server.state();
        let number = state.pull_of("uptake/fixes");
        state.comments(number, "maintainer", &format!("/skip {} not for us", &sha[..12]));
        state.comments(number, "maintainer", "/status");
        // Of an account that is gone nothing is known.
        state.comments(number, "", "/hold");
    }
    let changes = run(&day);
    assert_eq!(changes[0], format!("record on the ledger: skip {} (by maintainer)", &sha[..9]), "{changes:?}");
    assert!(!changes.iter().any(|change| change.contains("hold")), "{changes:?}");
    assert_eq!(run(&day), [""; 0], "what it said itself is not obeyed");
}

#[test]
fn an_answer_names_the_branch_that_the_phase_has_by_now() {
    let day = Day::second();
    day.run().expect("a run");
    let answers = |day: &Day| {
        let state = day.server.state();
        let own = state.comments.iter().filter(|comment| comment.body.starts_with("`/status`:"));
        own.map(|comment| comment.body.clone()).collect::<Vec<_>>()
    };
    assert_eq!(answers(&day), [""; 0]);
    {
        let mut state = day.server.state();
        let number = state.pull_of("uptake/fixes-2");
        state.comments(number, "maintainer", "/status");
    }
    day.run().expect("a run");
    let answers = answers(&day);
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].contains("`uptake/fixes-2`") && !answers[0].contains("`uptake/fixes`"), "{}", answers[0]);
}

#[test]
fn a_phase_whose_branch_is_refused_keeps_no_other_from_being_published() {
    let config = CONFIG.replace(
        "phases:\n",
        "phases:\n  - { id: machines, title: Machines, priority: 1, rules: [{ subject: ^Build }] }\n",
    );
    let mut day = Day::with(&config);
    let build = day.world.on_upstream().commit("Build on more machines", &[(".github/workflows/ci.yml", "on: push\n")]);
    day.world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    day.world.on_fork();
    day.run().expect("a run");
    let before = day.server.state().branch("uptake/machines");
    {
        // It changes what a push starts, so a person lets it in first.
        let mut state = day.server.state();
        let number = state.pull_of("uptake/machines");
        state.comments(number, "maintainer", &format!("/pick {build}"));
    }
    let done = day.run().expect("a run");
    assert_eq!(done.waiting.len(), 1, "{:?}", done.waiting);
    let described = &done.waiting[0];
    assert!(
        described.starts_with("branch uptake/machines: ") && described.contains("it lacks workflows: write; add them"),
        "{described}"
    );
    {
        let state = day.server.state();
        assert!(state.branch("uptake/fixes").is_some() && state.branch("uptake/machines") == before);
        let dashboard = state.items.iter().find(|item| item.body.contains("<!-- uptake dashboard -->")).expect("there");
        let row = dashboard.body.lines().find(|line| line.starts_with("| Machines |")).expect("its row");
        assert!(row.ends_with("| a person: its branch was refused, and the run says why |"), "{row}");
    }
    assert_eq!(run(&day), (Vec::new(), Vec::new()));
    // Once the App may, it is published.
    day.server.state().granted.insert("workflows".into(), "write".into());
    let done = day.run().expect("a run");
    assert_eq!(done.waiting, [""; 0]);
    assert_ne!(day.server.state().branch("uptake/machines"), before);
}

#[test]
fn a_branch_that_a_rule_keeps_is_told_and_ends_nothing() {
    let mut day = Day::with(CONFIG);
    day.run().expect("a run");
    day.merge("uptake/fixes", MergeMethod::Squash);
    std::fs::write(day.server.state().repository.join("no-deletions"), "").expect("written");
    let done = day.run().expect("a run");
    assert_eq!(done.waiting.len(), 1, "{:?}", done.waiting);
    assert!(
        done.waiting[0].starts_with("branch uptake/fixes: ") && done.waiting[0].contains("Settings, Rules"),
        "{done:?}"
    );
    assert!(day.server.state().branch("uptake/fixes").is_some());
    std::fs::remove_file(day.server.state().repository.join("no-deletions")).expect("removed");
    day.run().expect("a run");
    assert_eq!(day.server.state().branch("uptake/fixes"), None);
}

//! How GitHub really is where its description does not say so: what a run meets there, and lives with.

use uptake::forge::{ForgeError, ForgeWrite};
use uptake::git::Repo;

use super::day::Day;
use crate::forge::Bench;

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
    bench.world.git(&["switch", "--quiet", "--detach", "main"]);
    let head = bench.world.commit("a", &[("b.txt", "b\n")]);
    bench.world.git(&["switch", "--quiet", "main"]);
    let (repo, main) = (Repo::open(&bench.world.fork()).expect("opened"), bench.branch("main"));
    let error = bench.github.push(&repo, "uptake/a", head, None, main).expect_err("refused");
    let ForgeError::GitHub(error) = error else { panic!("{error}") };
    let advice = error.advice().unwrap_or_default();
    assert!(advice.contains("no branch may be called `uptake`"), "{error}\n{advice}");
}

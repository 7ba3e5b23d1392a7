//! What `uptake doctor` says of the tests: the rule that requires them, and each cell's workflow and runner.

use uptake::forge::SetUp;
use uptake::setup::Finding;

use super::{CONFIG, config, found_with, lines, right};

#[test]
fn a_check_that_only_uptake_s_pull_requests_have_is_asked_of_all_only_where_a_workflow_passes_it() {
    let asked = |queue: bool, checks: &[&str]| {
        let rules = ["pull_request", "merge_queue"].iter().take(1 + usize::from(queue));
        let required = Ok(checks.iter().map(|check| (*check).to_owned()).collect());
        SetUp { trunk_rules: Ok(rules.map(|rule| (*rule).to_owned()).collect()), required, ..right() }
    };
    let described = |forge: SetUp, text: &str| {
        let found = found_with(&config(CONFIG), forge, &[("elsewhere.yml", text)]);
        let rules = found.into_iter().filter(|finding| finding.about == "rules");
        let line = |finding: Finding| {
            let fix = finding.fix.map(|fix| format!(" => {fix}")).unwrap_or_default();
            format!("{:?} {}{fix}\n", finding.mark, finding.described)
        };
        rules.map(line).collect::<String>()
    };
    // The one that the documentation gives.
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/src/running.md")).expect("text");
    let (_, after) = page.split_once("### A rule that requires the tests").expect("a heading");
    let (workflow, _) = after.split_once("```yaml\n").expect("a workflow").1.split_once("```").expect("an end");
    let both = asked(true, &["build", "uptake/tests"]);
    insta::assert_snapshot!(described(both.clone(), "on: push\njobs: {}\n"), @r#"Wrong a rule asks for uptake/tests, which only Uptake's own pull requests have: every other one, and the merge queue, waits for it for ever => add the workflow that docs/src/running.md has under "A rule that requires the tests", which passes it there; or take it out of the rule: Uptake's pull requests show it all the same"#);
    insta::assert_snapshot!(described(both.clone(), workflow), @"Right a rule asks for uptake/tests; elsewhere.yml passes it where there is nothing to test");
    insta::assert_snapshot!(described(both, &workflow.replace("  merge_group:\n", "")), @"Wrong a rule asks for uptake/tests, and elsewhere.yml does not pass it in the merge queue, which waits for it for ever => add merge_group to the events of elsewhere.yml");
    let without_queue = described(asked(false, &["uptake/tests"]), &workflow.replace("  merge_group:\n", ""));
    assert!(without_queue.starts_with("Right"), "{without_queue}");
    insta::assert_snapshot!(described(asked(true, &["uptake/cuda-13.0", "uptake/tests"]), workflow), @r#"
    Wrong a rule asks for the check uptake/cuda-13.0, which only some of Uptake's own pull requests have: others wait for it for ever => require uptake/tests instead, which speaks for all of them
    Right a rule asks for uptake/tests; elsewhere.yml passes it where there is nothing to test
    "#);
}

#[test]
fn each_cell_has_its_workflow_and_its_runner_looked_for() {
    let cells = "{ name: cpu, workflow: uptake-tests.yml, runner: [ubuntu-24.04] }, { name: gpu-2, runner: [two] }";
    let text = CONFIG.replace("ci: { cuda: ['13.0'],", &format!("ci: {{ cuda: ['13.0'], matrix: [{cells}],"));
    let about = |finding: &&Finding| ["workflows", "runners"].contains(&finding.about);
    let found = |text: &str, forge: SetUp| -> String {
        lines(&super::found(&config(text), forge).iter().filter(about).cloned().collect::<Vec<_>>())
    };
    let unseen = || SetUp { runners: Err("not to be seen".into()), ..right() };
    insta::assert_snapshot!(found(&text, unseen()), @r#"
    Wrong workflows: there is no uptake-tests.yml => `uptake init --workflows` writes it; commit and push it to the default branch <https://github.com/someone/fork/actions>
    Unknown runners: not to be seen => look there whether one with the labels self-hosted, gpu is Idle; a job waits a day for one, and is then cancelled <https://github.com/someone/fork/settings/actions/runners>
    "#);
    let hosted = text.replace("runner: [self-hosted, gpu]", "runner: [macos-15]").replace(", runner: [two]", "");
    insta::assert_snapshot!(found(&hosted, unseen()), @"Wrong workflows: there is no uptake-tests.yml => `uptake init --workflows` writes it; commit and push it to the default branch <https://github.com/someone/fork/actions>");
    insta::assert_snapshot!(found(&text, right()), @r#"
    Wrong workflows: there is no uptake-tests.yml => `uptake init --workflows` writes it; commit and push it to the default branch <https://github.com/someone/fork/actions>
    Wrong runners: no runner has the labels two => register one with these labels, or fix `ci.runner`; runners of an organisation are not seen here <https://github.com/someone/fork/settings/actions/runners>
    "#);
}

//! The test matrix and the search for a guilty pick, on the folder forge: its runs are files, and these tests play the GPUs.

mod bisect;
mod lab;
mod runs;

use std::fs;

use uptake::ci::{TestAction, TestTarget};
use uptake::names::CellName;

use crate::support::World;

use lab::{CONFIG, Lab, job};

#[test]
fn three_versions_are_asked_for_once_on_the_head_and_once_on_the_base() {
    let mut lab = Lab::new(CONFIG);
    let acted = lab.step();
    assert_eq!((acted.failed.len(), lab.dispatches()), (0, 6));
    let head = lab.head();
    let run = lab.run(head, "13.0");
    let path = lab.folder.path().join("dispatches").join(format!("{run}.json"));
    let dispatch = fs::read_to_string(path).expect("a dispatch");
    insta::assert_snapshot!(dispatch.replace(&head.to_string(), "HEAD").replace(&head.to_string()[..16], "HE"), @r#"
        {
          "workflow": "uptake-gpu.yml",
          "on": "main",
          "inputs": {
            "cuda": "13.0",
            "features": "cuda",
            "image": "example.org/cuda:13.0",
            "request_id": "uptake-test-13.0-0-HE",
            "runner": "[\"self-hosted\",\"gpu\"]",
            "sha": "HEAD",
            "validate": "make test\nmake test-gpu"
          }
        }
    "#);
    let before = crate::support::snapshot(lab.folder.path());
    let acted = lab.step();
    assert!(acted.is_empty(), "{acted:?}");
    assert_eq!(crate::support::snapshot(lab.folder.path()), before, "a second run writes nothing");
    insta::assert_snapshot!(lab.statuses(), @r"
        uptake/cuda-12.9 Pending: waiting for a runner
        uptake/cuda-13.0 Pending: waiting for a runner
        uptake/cuda-13.1 Pending: waiting for a runner
        uptake/tests Pending: waiting for 3 of 3 versions
    ");
}

#[test]
fn results_become_statuses_and_a_table() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let (head, base) = (lab.head(), lab.base());
    lab.edit(lab.run(head, "12.9"), "running", &[job("CUDA", "running", 3)]);
    lab.finish(head, "13.0", "passed");
    lab.finish(head, "13.1", "failed");
    lab.finish(base, "13.1", "passed");
    lab.step();
    insta::assert_snapshot!(lab.statuses().replace(&base.short(), "BASE"), @r#"
        uptake/cuda-12.9 Pending: running
        uptake/cuda-13.0 Success: passed
        uptake/cuda-13.1 Failure: failed; it passed on the base BASE
        uptake/tests Failure: failed with 1 of 3 versions
    "#);
    insta::assert_snapshot!(lab.table(), @r#"
        For the head `HEAD`, and the base `BASE` it is built on:

        | CUDA | Head | Took | Base | Verdict |
        |---|---|---|---|---|
        | 12.9 | running |  | waiting for a runner | open |
        | 13.0 | passed | 42 min | waiting for a runner | **passed** |
        | 13.1 | failed | 42 min | passed | **failed**: it passes on the base |
    "#);
    lab.finish(head, "12.9", "passed");
    lab.finish(head, "13.1", "passed");
    // A run that says otherwise and was not begun again is not looked at.
    lab.step();
    assert!(lab.statuses().contains("uptake/tests Failure"));
    lab.again(Some("13.1"));
    lab.step();
    assert_eq!(lab.dispatches(), 7);
    lab.finish(head, "13.1", "failed");
    lab.step();
    assert!(lab.statuses().contains("cuda-13.1 Failure"), "{}", lab.statuses());
}

#[test]
fn a_red_base_is_not_blamed_on_the_phase() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let (head, base) = (lab.head(), lab.base());
    for cuda in ["12.9", "13.0"] {
        lab.finish(head, cuda, "passed");
        lab.finish(base, cuda, "passed");
    }
    lab.finish(head, "13.1", "failed");
    lab.step();
    assert!(lab.statuses().contains("cuda-13.1 Failure: failed; the base is not tested yet"));
    lab.finish(base, "13.1", "failed");
    lab.step();
    insta::assert_snapshot!(lab.statuses().replace(&base.short(), "BASE"), @r#"
        uptake/cuda-12.9 Success: passed
        uptake/cuda-13.0 Success: passed
        uptake/cuda-13.1 Error: fails on the base BASE too: not this phase's fault
        uptake/tests Error: no verdict on the phase from 1 of 3 versions
    "#);
    insta::assert_snapshot!(lab.table(), @r#"
        For the head `HEAD`, and the base `BASE` it is built on:

        | CUDA | Head | Took | Base | Verdict |
        |---|---|---|---|---|
        | 12.9 | passed | 42 min | passed | **passed** |
        | 13.0 | passed | 42 min | passed | **passed** |
        | 13.1 | failed | 42 min | failed | the base is red too |

        The base itself fails with 1 version: that is not for this phase to fix.
    "#);
}

#[test]
fn what_is_no_verdict_is_told_apart() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let head = lab.head();
    let described = |lab: &Lab, cuda: &str| {
        let cell = lab.matrix.last(head, &cuda.into()).expect("a test");
        format!("{:?} over={} {}", cell.state, cell.state.is_over(), cell.detail.clone().unwrap_or_default())
    };
    // No runner took it: first it waits, then it is said to have never started, and it may still begin.
    lab.later(59);
    lab.step();
    assert_eq!(described(&lab, "12.9"), "Queued over=false ");
    lab.later(2);
    lab.step();
    assert_eq!(described(&lab, "12.9"), "Late over=false no runner took it for 60 minutes; it is still in the queue");
    insta::assert_snapshot!(lab.statuses(), @r#"
        uptake/cuda-12.9 Pending: never started: no runner took it for 60 minutes; it is still in the queue
        uptake/cuda-13.0 Pending: never started: no runner took it for 60 minutes; it is still in the queue
        uptake/cuda-13.1 Pending: never started: no runner took it for 60 minutes; it is still in the queue
        uptake/tests Pending: waiting for 3 of 3 versions
    "#);
    lab.finish(head, "12.9", "passed");
    // GitHub cancels after a day what no runner took.
    lab.edit(lab.run(head, "13.0"), "cancelled", &[job("CUDA 13.0", "cancelled", 0)]);
    lab.finish(head, "13.1", "no-device");
    lab.step();
    assert_eq!(described(&lab, "12.9"), "Passed over=true ");
    assert_eq!(described(&lab, "13.0"), "NeverStarted over=true it was cancelled before a runner took it");
    assert_eq!(described(&lab, "13.1"), "NoDevice over=true the runner has no GPU that `nvidia-smi` sees");
    insta::assert_snapshot!(lab.table(), @r#"
        For the head `HEAD`, and the base `BASE` it is built on:

        | CUDA | Head | Took | Base | Verdict |
        |---|---|---|---|---|
        | 12.9 | passed | 42 min | never started | **passed** |
        | 13.0 | never started |  | never started | no verdict |
        | 13.1 | no device | 42 min | never started | no verdict |

        - CUDA 13.0: it was cancelled before a runner took it
        - CUDA 13.1: the runner has no GPU that \`nvidia-smi\` sees
    "#);
    lab.again(None);
    lab.step();
    lab.edit(lab.run(head, "12.9"), "cancelled", &[job("CUDA 12.9", "cancelled", 4)]);
    lab.edit(lab.run(head, "13.0"), "startup-failure", &[]);
    lab.finish(head, "13.1", "old-driver");
    lab.step();
    assert_eq!(described(&lab, "12.9"), "Cancelled over=true it was cancelled while it ran");
    assert_eq!(described(&lab, "13.0"), "NeverStarted over=true its workflow file is not right");
    assert_eq!(described(&lab, "13.1"), "NoDevice over=true the runner's driver is too old for this version");
    lab.again(None);
    lab.step();
    lab.finish(head, "12.9", "setup-failed");
    lab.finish(head, "13.0", "not-started");
    lab.edit(lab.run(head, "13.1"), "timed-out", &[job("CUDA 13.1", "cancelled", 4)]);
    lab.step();
    assert_eq!(described(&lab, "12.9"), "SetupFailed over=true the tests were not reached");
    assert_eq!(described(&lab, "13.0"), "NeverStarted over=true its container did not start");
    assert_eq!(described(&lab, "13.1"), "TimedOut over=true it took too long and was stopped");
}

#[test]
fn a_verdict_that_the_tests_could_have_forged_does_not_count() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let head = lab.head();
    // A failed run whose job says `passed` has failed.
    lab.edit(lab.run(head, "12.9"), "failure", &[job("CUDA", "failure", 9), job("verdict: passed", "success", 2)]);
    lab.step();
    assert!(lab.statuses().contains("cuda-12.9 Failure"), "{}", lab.statuses());
}

#[test]
fn a_new_head_is_tested_and_the_old_one_no_longer() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let old = lab.run(lab.head(), "12.9");
    // A person pushes to the branch: what is tested is what is there.
    let clock = 1_756_800_000;
    let clone = lab.world.folder().join("clone");
    let from = lab.folder.repository().display().to_string();
    crate::support::git_ok(
        lab.world.folder(),
        &["clone", "--quiet", "--branch", "uptake/fixes", &from, "clone"],
        clock,
    );
    fs::write(clone.join("src/c.rs"), "c\n").expect("a file");
    crate::support::git_ok(&clone, &["add", "--all"], clock);
    crate::support::git_ok(&clone, &["commit", "--quiet", "-m", "Mend"], clock);
    crate::support::git_ok(&clone, &["push", "--quiet", "origin", "HEAD:uptake/fixes"], clock);
    let acted = lab.step();
    assert_eq!(lab.dispatches(), 9);
    assert!(acted.done.contains(&TestAction::Cancel { run: old }), "{acted:?}");
    assert!(lab.statuses().contains("uptake/tests Pending"));
}

#[test]
fn the_same_commit_that_passes_and_fails_is_flaky() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let head = lab.head();
    lab.finish(head, "13.0", "failed");
    lab.step();
    lab.again(Some("13.0"));
    lab.step();
    lab.finish(head, "13.0", "passed");
    lab.step();
    assert!(lab.statuses().contains("cuda-13.0 Error: passed once and failed once: no verdict"), "{}", lab.statuses());
    assert!(lab.table().contains("flaky: no verdict"));
}

#[test]
fn a_phase_that_touches_nothing_that_is_tested_is_skipped_and_says_so() {
    let paths = "\n  when: paths\n  paths: ['kernels/**']\n";
    let mut lab = Lab::new(&(CONFIG.trim_end().to_owned() + paths));
    lab.step();
    assert_eq!(lab.dispatches(), 0);
    insta::assert_snapshot!(lab.statuses(), @r#"
        uptake/cuda-12.9 Success: nothing it touches is tested (`when: paths`)
        uptake/cuda-13.0 Success: nothing it touches is tested (`when: paths`)
        uptake/cuda-13.1 Success: nothing it touches is tested (`when: paths`)
        uptake/tests Success: nothing it touches is tested (`when: paths`)
    "#);
    insta::assert_snapshot!(lab.table(), @r#"Skipped: nothing it touches is tested (`when: paths`)."#);
    let mut lab = Lab::new(&(CONFIG.trim_end().to_owned() + &paths.replace("kernels", "src")));
    lab.step();
    assert_eq!(lab.dispatches(), 6);
}

#[test]
fn a_phase_has_its_base_tested_where_the_phase_that_is_there_has_not() {
    let tested = |first: &str| -> String {
        let mut world = World::new(&[("src/a.rs", "a\n")]);
        world.on_upstream().commit("fix: a", &[("src/a.rs", "b\n")]);
        world.commit("feat: more", &[("src/b.rs", "b\n")]);
        let rules = "    rules: [{ types: [fix] }]\n";
        let rest = "  - { id: rest, title: The rest, priority: 2, rules: [{ subject: . }] }\n";
        let config = CONFIG.replace(rules, &format!("{rules}    ci: {{ workflow: uptake-gpu.yml, {first} }}\n{rest}"))
            + "stacking: previous\n";
        let lab = Lab::of(world, &config);
        let at = |head| match head {
            _ if head == lab.base() => "fork",
            _ if head == lab.head() => "fixes",
            _ => "rest",
        };
        let wants = lab.wants().into_iter().filter(|want| want.skipped.is_none());
        let cells = |want: &TestTarget| want.ci.names().map(CellName::short).collect::<Vec<_>>().join(" ");
        wants.map(|want| format!("{} at {}: {}\n", want.of, at(want.head), cells(&want))).collect()
    };
    insta::assert_snapshot!(tested("when: paths, paths: [src/c.rs], cuda: ['13.0']"), @r"
        base.commits at fixes: 12.9 13.0 13.1
        rest at rest: 12.9 13.0 13.1
    ");
    insta::assert_snapshot!(tested("cuda: ['13.0']"), @r"
        base.commits at fork: 13.0
        base.commits at fixes: 12.9 13.1
        fixes at fixes: 13.0
        rest at rest: 12.9 13.0 13.1
    ");
}

#[test]
fn without_a_workflow_nothing_is_asked_for() {
    let mut lab = Lab::new(&CONFIG[..CONFIG.find("  workflow").expect("a key")]);
    let acted = lab.step();
    assert!(acted.is_empty(), "{acted:?}");
    assert_eq!(lab.statuses(), "");
}

#[test]
fn the_template_of_the_workflow_takes_what_it_is_told() {
    let common = CONFIG.replace("  inputs: [{ name: features, value: cuda }]\n", "");
    takes_what_it_is_told(include_str!("../bot/src/workflows/uptake-gpu.yml"), &common);
    let matrix = "  cuda: ['12.9', '13.0', '13.1']\n";
    let cells = common
        .replace(matrix, "  matrix: [{ name: v1, inputs: { version: '1' } }]\n")
        .replace("  containers: [{ cuda: '13.0', image: 'example.org/cuda:13.0' }]\n", "");
    takes_what_it_is_told(include_str!("../bot/src/workflows/uptake-tests.yml"), &cells);
}

fn takes_what_it_is_told(template: &str, config: &str) {
    let mut lab = Lab::new(config);
    lab.step();
    let inputs = lab.inputs();
    assert!(inputs.contains(&"request_id".to_owned()), "{inputs:?}");
    for input in inputs {
        assert!(template.contains(&format!("\n      {input}:\n")), "{input}");
    }
    let title = template.lines().find(|line| line.starts_with("run-name:")).expect("a title");
    assert!(title.contains("${{ inputs.request_id }}"), "a run is found again by its title");
}

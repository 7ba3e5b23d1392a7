//! What happens to the runs themselves: killed, refused, deleted, without an end, lost with their runner, and run again.

use std::fs;

use uptake::ci::{Matrix, TestAction, act, poll};
use uptake::view::matrix::{statuses, waiting};

use super::lab::{CONFIG, Lab, Memory, job};

#[test]
fn a_test_without_end_is_stopped() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let head = lab.head();
    let run = lab.run(head, "12.9");
    lab.edit(run, "running", &[job("CUDA", "running", 3)]);
    lab.later(242);
    let acted = lab.step();
    assert!(acted.done.contains(&TestAction::Cancel { run }), "{acted:?}");
    lab.step();
    assert!(lab.table().contains("| 12.9 | cancelled |"), "{}", lab.table());
}

#[test]
fn whoever_is_killed_asks_for_nothing_twice() {
    for dies_at in [1, 2] {
        let mut lab = Lab::new(CONFIG);
        lab.try_step(Some(dies_at), &[]).expect_err("killed");
        assert_eq!(lab.dispatches(), if dies_at == 1 { 0 } else { 6 });
        lab.step();
        lab.later(11);
        lab.step();
        assert_eq!(lab.dispatches(), 6, "killed at keeping {dies_at}");
        let run = lab.run(lab.head(), "13.1");
        lab.finish(lab.head(), "13.1", "passed");
        lab.step();
        assert!(run > 0 && lab.statuses().contains("cuda-13.1 Success: passed"));
    }
}

#[test]
fn a_request_that_was_refused_is_told_and_made_again() {
    let mut lab = Lab::new(CONFIG);
    let wants = lab.wants();
    let looked = poll(&lab.matrix, &wants, &lab.folder, lab.now).expect("looked");
    let mut keep = Memory { kept: Matrix::default(), dies_at: None, times: 0 };
    let acted = act(looked, &[], "no-such-branch", &mut lab.folder, &mut keep, &statuses);
    let (_, acted) = acted.expect("acted");
    assert_eq!((acted.failed.len(), lab.dispatches()), (6, 0), "{acted:?}");
    let described = waiting(&acted).join("\n").replace(&lab.base().short(), "BASE");
    insta::assert_snapshot!(described, @"ask for CUDA 12.9 on BASE (base.commits), and 5 more like it: the forge has no branch no-such-branch");
    lab.matrix = keep.kept;
    assert!(lab.table().contains("no-such-branch"), "{}", lab.table());
    // Whether it came through is not known at once; after a while it is asked for again, by the same word.
    lab.step();
    assert_eq!(lab.dispatches(), 0);
    lab.later(11);
    lab.step();
    assert_eq!(lab.dispatches(), 6);
}

#[test]
fn a_run_that_was_deleted_is_no_verdict() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let run = lab.run(lab.head(), "13.0");
    fs::remove_file(lab.folder.path().join("runs").join(format!("{run}.json"))).expect("removed");
    lab.step();
    assert!(lab.table().contains("- CUDA 13.0: its run is gone"), "{}", lab.table());
    assert_eq!(lab.dispatches(), 6);
}

#[test]
fn a_test_that_hangs_is_timed_out_and_the_phase_s_fault() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let (head, base) = (lab.head(), lab.base());
    lab.finish(head, "12.9", "timed-out");
    lab.finish(base, "12.9", "passed");
    // GitHub cancels a job that takes as long as it may, and says no more of it.
    let run = lab.run(head, "13.0");
    lab.edit(run, "cancelled", &[job("CUDA 13.0", "cancelled", 9)]);
    lab.finished(run, "2025-12-01T04:02:00Z");
    lab.finish(base, "13.0", "timed-out");
    lab.finish(head, "13.1", "passed");
    lab.step();
    insta::assert_snapshot!(lab.statuses().replace(&base.short(), "BASE"), @r#"
    uptake/cuda-12.9 Failure: timed out; it passed on the base BASE
    uptake/cuda-13.0 Error: fails on the base BASE too: not this phase's fault
    uptake/cuda-13.1 Success: passed
    uptake/tests Failure: failed with 1 of 3 versions
    "#);
    insta::assert_snapshot!(lab.table(), @r#"
    For the head `HEAD`, and the base `BASE` it is built on:

    | CUDA | Head | Took | Base | Verdict |
    |---|---|---|---|---|
    | 12.9 | timed out | 42 min | passed | **failed**: it passes on the base |
    | 13.0 | timed out | 241 min | timed out | the base is red too |
    | 13.1 | passed | 42 min | waiting for a runner | **passed** |

    - CUDA 12.9: a command did not end in time
    - CUDA 13.0: it took too long and was stopped

    The base itself fails with 1 version: that is not for this phase to fix.
    "#);
}

#[test]
fn a_test_whose_runner_was_lost_is_asked_for_once_more_and_no_oftener() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let (head, asked) = (lab.head(), lab.dispatches());
    let lost = |lab: &Lab| {
        let mut tests = job("CUDA 13.0", "failure", 5);
        tests["broken_off"] = true.into();
        lab.edit(lab.run(head, "13.0"), "failure", &[tests, job("verdict: not-started", "success", 2)]);
    };
    lost(&lab);
    lab.step();
    assert_eq!(lab.dispatches(), asked + 1);
    assert!(lab.statuses().contains("cuda-13.0 Pending: waiting for a runner"), "{}", lab.statuses());
    let first = lab.run(head, "13.0");
    lab.step();
    assert_eq!(
        (lab.dispatches(), lab.run(head, "13.0")),
        (asked + 1, first),
        "it is not cancelled as one nobody wants"
    );
    lost(&lab);
    lab.step();
    assert_eq!(lab.dispatches(), asked + 1);
    assert!(
        lab.statuses().contains("cuda-13.0 Error: runner lost: its runner was lost in the middle"),
        "{}",
        lab.statuses()
    );
}

#[test]
fn a_run_that_a_person_has_run_again_is_noticed() {
    let mut lab = Lab::new(CONFIG);
    lab.step();
    let head = lab.head();
    let run = lab.run(head, "13.0");
    lab.finish(head, "13.0", "no-device");
    lab.step();
    assert!(lab.statuses().contains("cuda-13.0 Error: no device"), "{}", lab.statuses());
    lab.edit(run, "running", &[job("CUDA 13.0", "running", 3)]);
    lab.attempt(run, 2);
    lab.step();
    assert!(lab.statuses().contains("cuda-13.0 Pending: running"), "{}", lab.statuses());
    lab.finish(head, "13.0", "failed");
    lab.step();
    assert!(lab.statuses().contains("cuda-13.0 Failure: failed"), "{}", lab.statuses());
    // Passed at last, it passed once and failed once.
    lab.finish(head, "13.0", "passed");
    lab.attempt(run, 3);
    lab.step();
    assert!(lab.statuses().contains("cuda-13.0 Error: passed once and failed once: no verdict"), "{}", lab.statuses());
    let before = crate::support::snapshot(lab.folder.path());
    lab.step();
    assert_eq!(crate::support::snapshot(lab.folder.path()), before, "and is looked at once");
}

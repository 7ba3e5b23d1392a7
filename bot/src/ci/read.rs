//! What a run and its jobs say of a test. Pure.

use jiff::{SignedDuration, Timestamp};

use super::cell::{TestRun, TestState};
use crate::forge::{Job, Run, RunState};
use crate::moment::Moment;

/// How the name of the job begins that says what came of the tests; the workflow's template has it.
const VERDICT: &str = "verdict: ";

/// How long is waited for what was asked for to show itself in the list of runs, in minutes.
const SHOWS: i64 = 10;

/// What is to be done about a test that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextAction {
    /// Wait for it.
    Wait,
    /// Nobody heard of it: ask for it again, by the same request.
    AskAgain,
    /// Stop its run: it takes too long.
    Stop(u64),
}

/// The test after its run was looked at. `run`: `None` where there is none.
#[must_use]
pub(super) fn look(
    cell: &TestRun,
    run: Option<(&Run, &[Job])>,
    wait: u32,
    timeout: u32,
    now: Timestamp,
) -> (TestRun, NextAction) {
    let mut cell = cell.clone();
    let Some((run, jobs)) = run else { return nowhere(cell, now) };
    if cell.is_again(run.attempt) {
        cell.earlier.extend(Some(cell.state).filter(|state| state.is_verdict()));
        cell.attempt = Some(run.attempt);
    }
    cell.run = Some(run.id);
    cell.link = Some(run.link.clone());
    cell.started = began(run, jobs);
    cell.finished = if run.state.is_over() { run.finished } else { None };
    let mut next = NextAction::Wait;
    (cell.state, cell.detail) = match run.state {
        RunState::Queued | RunState::Running if !has_begun(jobs) => {
            let late = passed(cell.asked, now) > i64::from(wait);
            let detail = format!("no runner took it for {wait} minutes; it is still in the queue");
            if late { (TestState::Late, Some(detail)) } else { (TestState::Queued, None) }
        }
        RunState::Queued | RunState::Running => {
            if cell.started.is_some_and(|started| passed(started, now) > i64::from(timeout)) {
                next = NextAction::Stop(run.id);
            }
            (TestState::Running, None)
        }
        over => ended(over, jobs, cell.started.zip(cell.finished).is_some_and(|span| is_late(span, timeout))),
    };
    (cell, next)
}

/// Whether a test took as long as it may.
fn is_late((started, finished): (Moment, Moment), timeout: u32) -> bool {
    passed(started, finished.time()) >= i64::from(timeout)
}

/// A run that is over: what it says, the word of the job that speaks for the tests before the run's own. `late`: it took as long as it
/// may.
fn ended(state: RunState, jobs: &[Job], late: bool) -> (TestState, Option<String>) {
    // Such a job has put nothing out, so that the word would be another.
    if state != RunState::Success && jobs.iter().any(|job| job.broken_off && !job.name.starts_with(VERDICT)) {
        return (TestState::Lost, Some("its runner was lost in the middle".to_owned()));
    }
    let word =
        jobs.iter().rev().filter(|job| job.state == RunState::Success).find_map(|job| job.name.strip_prefix(VERDICT));
    let described = |state, detail: &str| (state, Some(detail.to_owned()));
    match (word, state) {
        (Some("passed"), RunState::Success) => return (TestState::Passed, None),
        (Some("failed"), _) => return (TestState::Failed, None),
        (Some("timed-out"), _) => return described(TestState::TimedOut, "a command did not end in time"),
        (Some("no-device"), _) => {
            return described(TestState::NoDevice, "the runner has no GPU that `nvidia-smi` sees");
        }
        (Some("old-driver"), _) => {
            return described(TestState::NoDevice, "the runner's driver is too old for this version");
        }
        (Some("setup-failed"), _) => return described(TestState::SetupFailed, "the tests were not reached"),
        (Some("not-started"), RunState::Failure) => {
            return described(TestState::NeverStarted, "its container did not start");
        }
        _ => {}
    }
    match state {
        RunState::Success => (TestState::Passed, None),
        RunState::Failure => (TestState::Failed, None),
        RunState::TimedOut => described(TestState::TimedOut, "it took too long and was stopped"),
        // Nothing but the time tells what was stopped for it from what a person cancelled.
        RunState::Cancelled if late && has_begun(jobs) => {
            described(TestState::TimedOut, "it took too long and was stopped")
        }
        RunState::StartupFailure => described(TestState::NeverStarted, "its workflow file is not right"),
        RunState::Skipped => described(TestState::Cancelled, "the workflow found nothing to do"),
        // GitHub cancels what no runner took within a day; a person's cancelling looks the same but for the steps.
        RunState::Cancelled if !has_begun(jobs) => {
            described(TestState::NeverStarted, "it was cancelled before a runner took it")
        }
        RunState::Cancelled => described(TestState::Cancelled, "it was cancelled while it ran"),
        RunState::Queued | RunState::Running => (TestState::Running, None),
    }
}

/// Whether a runner took any of the jobs that test: one that has had no step has told nothing.
fn has_begun(jobs: &[Job]) -> bool {
    jobs.iter().any(|job| !job.name.starts_with(VERDICT) && job.steps > 0)
}

fn began(run: &Run, jobs: &[Job]) -> Option<Moment> {
    let first = jobs.iter().filter(|job| job.steps > 0).filter_map(|job| job.started).min();
    first.or(run.started)
}

/// A test whose run is in no list: its answer was lost, or it is not in the list yet, or somebody deleted it.
fn nowhere(mut cell: TestRun, now: Timestamp) -> (TestRun, NextAction) {
    if cell.run.is_some() {
        if !cell.state.is_verdict() {
            cell.state = TestState::Cancelled;
            cell.detail = Some("its run is gone".to_owned());
        }
        return (cell, NextAction::Wait);
    }
    let next = if passed(cell.asked, now) >= SHOWS { NextAction::AskAgain } else { NextAction::Wait };
    (cell, next)
}

/// Whole minutes between a moment and now.
fn passed(since: Moment, now: Timestamp) -> i64 {
    now.duration_since(since.time()).max(SignedDuration::ZERO).as_mins()
}

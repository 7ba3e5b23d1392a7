//! States and actions of tests, in words.

use crate::ci::{MatrixOutcome, SkipReason, TestAction, TestState, TestTarget};

/// How far a test is, or how it ended.
pub(super) const fn state(state: TestState) -> &'static str {
    match state {
        TestState::Asked => "asked for",
        TestState::Queued => "waiting for a runner",
        TestState::Running => "running",
        TestState::Passed => "passed",
        TestState::Failed => "failed",
        TestState::TimedOut => "timed out",
        TestState::Lost => "runner lost",
        TestState::Late | TestState::NeverStarted => "never started",
        TestState::NoDevice => "no device",
        TestState::SetupFailed => "setup failed",
        TestState::Cancelled => "cancelled",
    }
}

/// Why a commit is not tested.
pub(super) const fn skipped(why: SkipReason) -> &'static str {
    match why {
        SkipReason::Never => "this phase is not tested (`when: never`)",
        SkipReason::Paths => "nothing it touches is tested (`when: paths`)",
    }
}

/// What the cells of a matrix are called where they are counted.
pub(super) fn noun(want: &TestTarget) -> &'static str {
    if is_cuda(want) { "version" } else { "test" }
}

/// Whether all its cells are those of CUDA versions.
pub(super) fn is_cuda(want: &TestTarget) -> bool {
    want.ci.names().all(|cell| cell.cuda().is_some())
}

fn action(action: &TestAction) -> String {
    match action {
        TestAction::Cancel { run } => format!("cancel test run {run}"),
        TestAction::Ask(ask) => format!("ask for {} on {} ({})", ask.cell.title(), ask.head.short(), ask.of),
        TestAction::Report { head, status } => {
            format!("say of {}: {}: {}", head.short(), status.context, status.description)
        }
    }
}

/// What was done for the sake of tests, a line each.
#[must_use]
pub fn done(outcome: &MatrixOutcome) -> Vec<String> {
    outcome.done.iter().map(action).collect()
}

/// What could not be done, a sentence for each reason: one workflow that is not there stops every test.
#[must_use]
pub fn waiting(outcome: &MatrixOutcome) -> Vec<String> {
    let mut reasons: Vec<(String, String, usize)> = Vec::new();
    for (failed, error) in &outcome.failed {
        let why = error.to_string();
        match reasons.iter_mut().find(|(_, reason, _)| *reason == why) {
            Some((_, _, more)) => *more += 1,
            None => reasons.push((action(failed), why, 0)),
        }
    }
    let sentence = |(what, why, more): (String, String, usize)| match more {
        0 => format!("{what}: {why}"),
        more => format!("{what}, and {more} more like it: {why}"),
    };
    let mut sentences: Vec<String> = reasons.into_iter().map(sentence).collect();
    if outcome.left_to_another {
        sentences.push("tests: another run deals with them at this moment; the next one looks at them".to_owned());
    }
    sentences
}

//! One test of one commit in one cell of the matrix: how far it is, as the ledger remembers it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::names::{self, CellName};
use engine::ids::{CommitId, TreeId};

/// What is known of the tests of one phase; `ci/<phase>.yml` on the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TestRecord {
    /// Every test that was asked for, oldest first.
    pub tests: Vec<TestRun>,
}

/// One test that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "TestRunFile")]
pub struct TestRun {
    /// The commit tested.
    #[schemars(with = "String")]
    pub head: CommitId,
    /// What it holds, where that was known: another commit that holds the same need not be tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub tree: Option<TreeId>,
    /// The cell.
    pub cell: CellName,
    /// The word by which its run is found again; no two tests have the same.
    pub request: String,
    /// When it was asked for.
    pub asked: Moment,
    /// The run's id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// How far it is.
    pub state: TestState,
    /// More on its state, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where people see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Moment>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Moment>,
    /// How often its run was begun, where a person had it run again on the forge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// How those attempts before ended that were verdicts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<TestState>,
}

/// A test as a file of the ledger has it. Earlier ones say `over` besides the state: a test that was late had never started and was
/// not over. And they say `cuda` and a version alone.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = names::cell_or_cuda)]
struct TestRunFile {
    #[schemars(with = "String")]
    head: CommitId,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    tree: Option<TreeId>,
    #[serde(alias = "cuda")]
    cell: CellName,
    request: String,
    asked: Moment,
    #[serde(default)]
    run: Option<u64>,
    state: TestState,
    #[serde(default)]
    over: Option<bool>,
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    link: Option<String>,
    #[serde(default)]
    started: Option<Moment>,
    #[serde(default)]
    finished: Option<Moment>,
    #[serde(default)]
    attempt: Option<u32>,
    #[serde(default)]
    earlier: Vec<TestState>,
}

impl From<TestRunFile> for TestRun {
    fn from(file: TestRunFile) -> Self {
        let TestRunFile { head, tree, cell, request, asked, run, state, over, .. } = file;
        let TestRunFile { detail, link, started, finished, attempt, earlier, .. } = file;
        let state = match (state, over) {
            (TestState::NeverStarted, Some(false)) => TestState::Late,
            (state, _) => state,
        };
        Self { head, tree, cell, request, asked, run, state, detail, link, started, finished, attempt, earlier }
    }
}

/// How far a test is, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TestState {
    /// It was asked for, and nothing was heard since.
    Asked,
    /// It waits for a runner.
    Queued,
    /// It has waited for a runner longer than it may, and may still begin.
    Late,
    /// It runs.
    Running,
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// A command of it did not come to an end in time: it hangs.
    TimedOut,
    /// Its runner was lost in the middle.
    Lost,
    /// No runner came for it, or its workflow could not begin.
    NeverStarted,
    /// The runner had no usable GPU.
    NoDevice,
    /// What runs the tests was there, yet they were not reached.
    SetupFailed,
    /// Somebody cancelled it.
    Cancelled,
}

impl TestState {
    /// Whether nothing more will come of it.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Asked | Self::Queued | Self::Late | Self::Running)
    }

    /// Whether it says something about the commit: only a test that ran to its end does.
    #[must_use]
    pub const fn is_verdict(self) -> bool {
        matches!(self, Self::Passed | Self::Failed | Self::TimedOut)
    }

    /// Whether it says that something is wrong with the commit, or with what it stands on.
    #[must_use]
    pub const fn is_red(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut)
    }
}

/// How many tests of earlier heads are remembered per phase.
const REMEMBERED: usize = 60;

impl TestRecord {
    /// The test with this request.
    #[must_use]
    pub fn find(&self, request: &str) -> Option<&TestRun> {
        self.tests.iter().find(|test| test.request == request)
    }

    /// Forgets the oldest tests that are over, but none of a commit that is `wanted`: it would be asked for again.
    pub(super) fn trim(&mut self, wanted: &dyn Fn(CommitId) -> bool) {
        while self.tests.len() > REMEMBERED {
            let old = |test: &TestRun| test.state.is_over() && !wanted(test.head);
            let Some(at) = self.tests.iter().position(old) else { return };
            self.tests.remove(at);
        }
    }
}

impl TestRun {
    /// A test that is about to be asked for.
    #[must_use]
    pub fn new(head: CommitId, cell: &CellName, request: String, asked: Moment) -> Self {
        Self {
            head,
            tree: None,
            cell: cell.clone(),
            request,
            asked,
            run: None,
            state: TestState::Asked,
            detail: None,
            link: None,
            started: None,
            finished: None,
            attempt: None,
            earlier: Vec::new(),
        }
    }

    /// Whether what is known of it, or will be, holds for every commit with its tree: of one that came to no verdict nothing does.
    pub(super) fn holds(&self) -> bool {
        self.state.is_verdict() || (!self.state.is_over() && self.run.is_some())
    }

    /// The attempts that ended with a verdict, this one too.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = TestState> {
        self.earlier.iter().copied().chain([self.state]).filter(|state| state.is_verdict())
    }

    /// Whether its run was begun again since it was looked at.
    pub(super) fn is_again(&self, attempt: u32) -> bool {
        attempt > self.attempt.unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_test_is_read_from_earlier_files_too() {
        let test = |rest: &str| {
            let head = "1".repeat(40);
            let text = format!("head: '{head}'\ncuda: '13.0'\nrequest: r\nasked: 2025-11-22T10:00:00Z\n{rest}");
            serde_yaml_ng::from_str::<TestRun>(&text).expect("a test")
        };
        assert_eq!(test("state: never-started\nover: false\n").state, TestState::Late);
        assert_eq!(test("state: never-started\nover: true\n").state, TestState::NeverStarted);
        assert_eq!(test("state: queued\nover: false\n").state, TestState::Queued);
        let late = test("state: late\n");
        let text = serde_yaml_ng::to_string(&late).expect("YAML");
        assert!(text.ends_with("state: late\n") && serde_yaml_ng::from_str::<TestRun>(&text).expect("a test") == late);
    }
}

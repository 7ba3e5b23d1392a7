//! Commit statuses and workflow runs, as a forge has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ForgeError;
use crate::moment::Moment;
use engine::ids::CommitId;

/// The name of the input that tells one request for a run from every other. The workflow puts its value into its runs' titles, and
/// by it a run is found whose start was not heard of.
pub const REQUEST_INPUT: &str = "request_id";

/// What one check says of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The check; upper and lower case are the same check.
    pub context: String,
    /// What it says.
    pub state: StatusState,
    /// In words, at most 140 characters.
    pub description: String,
    /// Where more is to be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusState {
    /// It is not done.
    Pending,
    /// All is well.
    Success,
    /// It failed.
    Failure,
    /// It could not be done.
    Error,
}

/// A request to run a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// The workflow's file name, without its folder.
    pub workflow: String,
    /// The branch it runs on.
    pub on: String,
    /// Its inputs, at most 25; [`REQUEST_INPUT`] makes the request safe to repeat.
    pub inputs: BTreeMap<String, String>,
    /// Whether nobody can have asked by this request before, so that it need not be looked for.
    #[serde(skip)]
    pub fresh: bool,
}

/// A run that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    pub run: u64,
    /// Where people see it, where the forge says so at once.
    pub link: Option<String>,
}

/// A run of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: u64,
    /// Its title, as the workflow's `run-name` has it.
    pub title: String,
    /// How far it is.
    pub state: RunState,
    /// Where people see it.
    pub link: String,
    /// When it began.
    pub started: Option<Moment>,
    /// When it ended.
    pub finished: Option<Moment>,
    /// The commit whose workflow file it runs.
    pub head: CommitId,
    /// How often it was begun: more than once where a person had it, or its failed jobs, run again.
    pub attempt: u32,
}

/// How far a run or a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It waits: for a runner, for another run, or for a person.
    Queued,
    /// It has begun.
    Running,
    /// It passed.
    Success,
    /// It failed.
    Failure,
    /// Somebody cancelled it, or no runner came in time.
    Cancelled,
    /// It took too long.
    TimedOut,
    /// There was nothing to do.
    Skipped,
    /// The workflow file is wrong: nothing ran.
    StartupFailure,
}

impl RunState {
    /// Whether nothing more will come of it.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// A job of a run: of a matrix, one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Its name, the matrix values with it.
    pub name: String,
    /// How far it is.
    pub state: RunState,
    /// The runner it went to; `None` while it waits for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<String>,
    /// How many steps it has had so far: none where the runner never came.
    #[serde(default)]
    pub steps: usize,
    /// Whether it is over and a step of it never ended: its runner was lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub broken_off: bool,
    /// Where people see it.
    pub link: String,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Moment>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Moment>,
}

/// Reads and sets commit statuses, and reads, starts and cancels runs of workflows.
pub trait Checks {
    /// The newest status of each check on a commit, by check.
    fn statuses(&self, commit: CommitId) -> Result<Vec<Status>, ForgeError>;

    /// The runs of a workflow that were asked for ([`Checks::dispatch`]), newest first; with `since`, those that were asked for then or
    /// later, and maybe others. A workflow that is not there has none.
    fn runs(&self, workflow: &str, since: Option<Moment>) -> Result<Vec<Run>, ForgeError>;

    /// The jobs of the last attempt of a run; none where it is gone.
    fn jobs(&self, run: u64) -> Result<Vec<Job>, ForgeError>;

    /// One run, and the jobs of its last attempt; `None` where it is gone.
    fn run(&self, id: u64) -> Result<Option<(Run, Vec<Job>)>, ForgeError>;

    /// Says what a check says of a commit from now on.
    fn put_status(&mut self, commit: CommitId, status: &Status) -> Result<(), ForgeError>;

    /// Asks for a run of a workflow and returns it where the forge names it. Where a run with the same [`REQUEST_INPUT`] in its
    /// title is there, that one is returned and none is started.
    ///
    /// # Errors
    /// The workflow or the branch is not there.
    fn dispatch(&mut self, dispatch: &Dispatch) -> Result<Option<Started>, ForgeError>;

    /// Asks a run to stop; one that is over stays as it is.
    ///
    /// # Errors
    /// There is no such run.
    fn cancel_run(&mut self, run: u64) -> Result<(), ForgeError>;
}

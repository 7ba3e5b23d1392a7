//! Runs the matrix: looks at what was asked for, asks for what is wanted, and writes the results beside the commits.
//!
//! A test is on the ledger before it is asked for, and its word tells it from every other: whoever is killed between, or never hears
//! the answer, finds it again by that word. So nothing is asked for twice.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::cell::{TestRun, TestState};
use super::matrix::{Matrix, TestRequest, ci_of};
use super::read::{NextAction, look};
use super::want::{TestTarget, dispatch};
use crate::forge::{Ahead, Dispatch, Forge, ForgeError, Run, RunState, Status};
use crate::moment::Moment;
use crate::text::short;
use engine::ids::CommitId;

/// So much before the first test was asked for the list of runs begins.
const EARLIER: SignedDuration = SignedDuration::from_hours(24);

/// What acting on the matrix came to.
#[derive(Debug, Default)]
pub struct MatrixOutcome {
    /// What was done.
    pub done: Vec<TestAction>,
    /// What could not be done, and why; the next run tries again.
    pub failed: Vec<(TestAction, ForgeError)>,
    /// Whether another run deals with the tests at this moment, so that this one left off.
    pub left_to_another: bool,
}

impl MatrixOutcome {
    /// Whether there was nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.done.is_empty() && self.failed.is_empty() && !self.left_to_another
    }

    fn note<T>(&mut self, result: Result<T, ForgeError>, action: TestAction) {
        match result {
            Ok(_) => self.done.push(action),
            Err(error) => self.failed.push((action, error)),
        }
    }
}

/// One thing that is done to the forge for the sake of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestAction {
    /// A run is cancelled.
    Cancel { run: u64 },
    /// A test is asked for.
    Ask(TestRequest),
    /// A status is written beside a commit.
    Report {
        /// The commit.
        head: CommitId,
        /// What is said of it.
        status: Status,
    },
}

/// Keeps the matrix where the next run finds it.
pub trait MatrixStore {
    /// What goes wrong with it.
    type Error;

    /// Keeps it; `false` where somebody else keeps it at this moment, and so deals with the tests.
    ///
    /// # Errors
    /// It cannot be kept; then nothing more may be asked for.
    fn keep(&mut self, matrix: &Matrix, forge: &mut dyn Forge) -> Result<bool, Self::Error>;
}

/// The matrix as it is now, and what that calls for.
#[derive(Debug, Clone)]
pub struct Polled<'a> {
    /// Every test, as its run stands.
    pub matrix: Matrix,
    wants: &'a [TestTarget],
    now: Timestamp,
    /// Runs that take too long.
    stop: Vec<u64>,
    /// Tests nobody heard of since they were asked for.
    again: Vec<TestRequest>,
}

impl Polled<'_> {
    /// Whether anything is to be done about a test that was looked at.
    #[must_use]
    pub fn calls(&self) -> bool {
        !self.stop.is_empty() || !self.again.is_empty()
    }
}

/// Looks at every test that is not over.
///
/// # Errors
/// The forge cannot be read.
pub fn poll<'a>(
    matrix: &Matrix,
    wants: &'a [TestTarget],
    forge: &dyn Forge,
    now: Timestamp,
) -> Result<Polled<'a>, ForgeError> {
    let mut looked = Polled { matrix: matrix.clone(), wants, now, stop: Vec::new(), again: Vec::new() };
    // What is over is looked at while anybody wants it: a person may have had it run again on the forge.
    let is_open = |cell: &TestRun| {
        !cell.state.is_over() || (cell.run.is_some() && wants.iter().any(|want| want.head == cell.head))
    };
    let open = matrix.records.values().flat_map(|record| &record.tests).filter(|cell| is_open(cell));
    // Clocks differ, and what is asked for by a lost answer begins later.
    let since = open.map(|cell| cell.asked).min().map(|asked| Moment::from(asked.time() - EARLIER));
    let mut lists: BTreeMap<&str, Vec<Run>> = BTreeMap::new();
    let mut begun = Vec::new();
    for (of, record) in &matrix.records {
        for cell in record.tests.iter().filter(|cell| is_open(cell)) {
            let Some(workflow) = ci_of(wants, of, cell.head).and_then(|ci| ci.workflow(&cell.cell)) else { continue };
            if !lists.contains_key(workflow) {
                lists.insert(workflow, forge.runs(workflow, since)?);
            }
            let run = lists.get(workflow).and_then(|runs| found(cell, runs));
            begun.extend(run.filter(|run| run.state != RunState::Queued && is_news(cell, run)).map(|run| run.id));
        }
    }
    forge.read_ahead(&begun.into_iter().map(Ahead::Jobs).collect::<Vec<_>>())?;
    for (of, record) in &mut looked.matrix.records {
        for cell in record.tests.iter_mut().filter(|cell| is_open(cell)) {
            let Some(ci) = ci_of(wants, of, cell.head) else { continue };
            let Some(runs) = ci.workflow(&cell.cell).and_then(|workflow| lists.get(workflow)) else { continue };
            let seen = match found(cell, runs) {
                Some(run) if !is_news(cell, run) => continue,
                None if cell.state.is_over() => continue,
                // Until a runner took it there is nothing to be known of its jobs.
                Some(run) if run.state == RunState::Queued => Some((run.clone(), Vec::new())),
                Some(run) => Some((run.clone(), forge.jobs(run.id)?)),
                // One that is in no list may be older than that goes; that it is gone is the end of it.
                None => cell.run.map(|id| forge.run(id)).transpose()?.flatten(),
            };
            let seen = seen.as_ref().map(|(run, jobs)| (run, jobs.as_slice()));
            let (after, next) = look(cell, seen, ci.wait_minutes, ci.timeout_minutes, now);
            match next {
                NextAction::Wait => {}
                NextAction::Stop(run) => looked.stop.push(run),
                NextAction::AskAgain => looked.again.push(TestRequest {
                    of: of.clone(),
                    head: cell.head,
                    cell: cell.cell.clone(),
                    request: cell.request.clone(),
                }),
            }
            *cell = after;
        }
        record.trim(&|head| wants.iter().any(|want| want.head == head));
    }
    Ok(looked)
}

/// The run of a test, by its number or by what its title names.
fn found<'r>(test: &TestRun, runs: &'r [Run]) -> Option<&'r Run> {
    let named = |run: &&Run| names(&run.title, &test.request);
    let numbered = |id: u64| runs.iter().find(|run| run.id == id);
    test.run.and_then(numbered).or_else(|| runs.iter().find(named))
}

/// Whether a run may say more of its test than is known: the test is not over, or it was run again.
fn is_news(test: &TestRun, run: &Run) -> bool {
    !test.state.is_over() || test.is_again(run.attempt)
}

/// Whether a run's title names a request: as a word of its own, since one request may begin like another.
pub(super) fn names(title: &str, request: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    title.split(|c| !part(c)).any(|word| word == request)
}

/// What is to be said of commits.
pub type Statuses = Vec<(CommitId, Vec<Status>)>;

/// Makes the forge do what the matrix calls for, and say what it says. `tried`: what searches for a guilty pick want tested besides;
/// `on`: the branch whose workflow file is run; `statuses`: what is to be said of the commits.
///
/// # Errors
/// The matrix cannot be kept, or the forge cannot be read. What was asked for before is kept, and the next run goes on from there.
pub fn act<K: MatrixStore>(
    looked: Polled<'_>,
    tried: &[TestRequest],
    on: &str,
    forge: &mut dyn Forge,
    keep: &mut K,
    statuses: &dyn Fn(&Matrix, &[TestTarget]) -> Statuses,
) -> Result<(Matrix, MatrixOutcome), K::Error>
where
    K::Error: From<ForgeError>,
{
    let mut acted = MatrixOutcome::default();
    let Polled { mut matrix, wants, now, mut stop, again } = looked;
    stop.extend(matrix.stale(wants, tried));
    stop.sort_unstable();
    stop.dedup();
    for run in stop {
        acted.note(forge.cancel_run(run), TestAction::Cancel { run });
    }
    let mut asks = matrix.missing(wants);
    for ask in tried.iter().filter(|ask| matrix.by_request(&ask.request).is_none()) {
        if asks.iter().all(|other| other.request != ask.request) {
            asks.push(ask.clone());
        }
    }
    matrix.note(&asks, now.into());
    matrix.note_trees(wants);
    // First of all: a test that was asked for and is written down nowhere would be asked for again.
    if !keep.keep(&matrix, forge)? {
        acted.left_to_another = true;
        return Ok((matrix, acted));
    }
    for (at, ask) in asks.iter().chain(&again).enumerate() {
        let ci = ci_of(wants, &ask.of, ask.head);
        match ci.and_then(|ci| dispatch(ci, ask.head, &ask.cell, &ask.request, on)) {
            Some(mut wanted) => {
                // That this run wrote it down says that no other asked for it.
                wanted.fresh = at < asks.len();
                ask_for(&wanted, ask, &mut matrix, forge, &mut acted);
            }
            // Its cell is no more, so nobody waits for it.
            None => {
                if let Some(test) = noted(&mut matrix, ask) {
                    test.state = TestState::Cancelled;
                }
            }
        }
    }
    if !keep.keep(&matrix, forge)? {
        acted.left_to_another = true;
        return Ok((matrix, acted));
    }
    report(statuses(&matrix, wants), forge, &mut acted)?;
    Ok((matrix, acted))
}

/// Writes beside commits what is to be said of them and is not. All is read before anything is written.
///
/// # Errors
/// The forge cannot be read.
pub fn report(mut said: Statuses, forge: &mut dyn Forge, acted: &mut MatrixOutcome) -> Result<(), ForgeError> {
    said.retain(|(_, statuses)| !statuses.is_empty());
    forge.read_ahead(&said.iter().map(|(head, _)| Ahead::Statuses(*head)).collect::<Vec<_>>())?;
    for (head, statuses) in &mut said {
        let there = forge.statuses(*head)?;
        statuses.retain(|status| !there.contains(status));
    }
    for (head, status) in said.into_iter().flat_map(|(head, all)| all.into_iter().map(move |status| (head, status))) {
        acted.note(forge.put_status(head, &status), TestAction::Report { head, status });
    }
    Ok(())
}

fn noted<'a>(matrix: &'a mut Matrix, ask: &TestRequest) -> Option<&'a mut TestRun> {
    matrix.records.get_mut(&ask.of)?.tests.iter_mut().find(|test| test.request == ask.request)
}

fn ask_for(
    wanted: &Dispatch,
    ask: &TestRequest,
    matrix: &mut Matrix,
    forge: &mut dyn Forge,
    acted: &mut MatrixOutcome,
) {
    let answer = forge.dispatch(wanted);
    if let Some(cell) = noted(matrix, ask) {
        match &answer {
            Ok(started) => {
                cell.detail = None;
                cell.run = started.as_ref().map(|started| started.run);
                cell.link = started.as_ref().and_then(|started| started.link.clone());
                if started.is_some() && cell.state == TestState::Asked {
                    cell.state = TestState::Queued;
                }
            }
            Err(error) => cell.detail = Some(short(&error.to_string(), 200)),
        }
    }
    acted.note(answer, TestAction::Ask(ask.clone()));
}

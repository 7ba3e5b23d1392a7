//! What is written beside a commit: a status per cell of the matrix, and one for all of them. Dispatched runs do not count on a pull
//! request by themselves; these do.

use super::words;
use crate::ci::{BASE, Matrix, Statuses, TestTarget, TestVerdict};
use crate::forge::{Status, StatusState};
use crate::names::CellName;
use crate::text::{count, shorten};
use engine::path::RepoPath;

/// The status of all cells together, for a branch rule to require.
const ALL: &str = "uptake/tests";

/// GitHub takes no longer description.
const LONGEST: usize = 140;

/// The status of a branch that holds conflict markers.
const MARKERS: &str = "uptake/markers";

/// What is said of a commit with conflict markers in these files, each with the line of the first; `None` where there are none.
#[must_use]
pub fn marked(markers: &[(RepoPath, usize)]) -> Option<Status> {
    let ((path, line), rest) = markers.split_first()?;
    let more = if rest.is_empty() { String::new() } else { format!(", and in {}", count(rest.len(), "more file")) };
    // The line is at the end, and must not get lost.
    let path = shorten(&path.to_string(), LONGEST - 60);
    let description = format!("a conflict marker is left in {path}, line {line}{more}");
    Some(Status { context: MARKERS.to_owned(), state: StatusState::Failure, description, link: None })
}

/// What is said of a commit of the bot's of which nothing is tested: a rule that asks for the tests must not wait for them.
#[must_use]
pub fn untested() -> Status {
    let description = "nothing in this pull request is to be tested".to_owned();
    Status { context: ALL.to_owned(), state: StatusState::Success, description, link: None }
}

/// The statuses each of these commits should have. Where several phases are at one commit, a check has one status there: of what it
/// would say for each, what holds up most.
#[must_use]
pub fn statuses(matrix: &Matrix, wants: &[TestTarget]) -> Statuses {
    let mut found = Statuses::new();
    for want in wants {
        let new = of_target(matrix, want);
        let Some((_, known)) = found.iter_mut().find(|(head, _)| *head == want.head) else {
            found.push((want.head, new));
            continue;
        };
        for status in new {
            match known.iter_mut().find(|other| other.context == status.context) {
                Some(other) if weight(status.state) > weight(other.state) => *other = status,
                Some(_) => {}
                None => known.push(status),
            }
        }
    }
    found
}

/// How much a status holds up a commit.
const fn weight(state: StatusState) -> u8 {
    match state {
        StatusState::Success => 0,
        StatusState::Pending => 1,
        StatusState::Error => 2,
        StatusState::Failure => 3,
    }
}

fn of_target(matrix: &Matrix, want: &TestTarget) -> Vec<Status> {
    let mut found: Vec<Status> = want.ci.names().map(|cell| of(matrix, want, cell)).collect();
    let noun = words::noun(want);
    let state = |state: StatusState| found.iter().filter(|status| status.state == state).count();
    let (failed, error, pending) =
        (state(StatusState::Failure), state(StatusState::Error), state(StatusState::Pending));
    let total = found.len();
    let (state, description) = match (want.skipped, failed, error, pending) {
        (Some(why), ..) => (StatusState::Success, words::skipped(why).to_owned()),
        (None, 0, 0, 0) => (StatusState::Success, format!("passed with all {total} {noun}s")),
        (None, 0, 0, _) => (StatusState::Pending, format!("waiting for {pending} of {total} {noun}s")),
        (None, 0, ..) => (StatusState::Error, format!("no verdict on the phase from {error} of {total} {noun}s")),
        (None, ..) => (StatusState::Failure, format!("failed with {failed} of {total} {noun}s")),
    };
    found.push(Status { context: ALL.to_owned(), state, description: shorten(&description, LONGEST), link: None });
    found
}

fn of(matrix: &Matrix, want: &TestTarget, name: &CellName) -> Status {
    let cell = matrix.last(want.head, name);
    let how = cell.map_or("waiting", |cell| words::state(cell.state));
    let detail = cell.and_then(|cell| cell.detail.as_deref()).map(|detail| format!(": {detail}")).unwrap_or_default();
    let (state, description) = match matrix.standing(want, name) {
        TestVerdict::Open => (StatusState::Pending, format!("{how}{detail}")),
        TestVerdict::Passed => (StatusState::Success, "passed".to_owned()),
        TestVerdict::Failed if want.of == BASE => (StatusState::Failure, how.to_owned()),
        TestVerdict::Failed => (StatusState::Failure, format!("{how}; it passed on the base {}", want.base.short())),
        TestVerdict::FailedSoFar => (StatusState::Failure, format!("{how}; the base is not tested yet")),
        TestVerdict::RedBase => {
            (StatusState::Error, format!("fails on the base {} too: not this phase's fault", want.base.short()))
        }
        TestVerdict::Flaky => (StatusState::Error, "passed once and failed once: no verdict".to_owned()),
        TestVerdict::NoVerdict => (StatusState::Error, format!("{how}{detail}")),
        TestVerdict::Skipped => (StatusState::Success, want.skipped.map_or("not tested", words::skipped).to_owned()),
    };
    let link = cell.and_then(|cell| cell.link.clone()).filter(|_| want.skipped.is_none());
    Status { context: format!("uptake/{name}"), state, description: shorten(&description, LONGEST), link }
}

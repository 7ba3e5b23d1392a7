//! What GitHub sends of runs and commit statuses, as far as we look at it; as lenient as the rest.

use serde::Deserialize;

use super::model::or_default;
use crate::forge::{Job, Run, RunState, Started, Status, StatusState};
use crate::moment::Moment;
use engine::ids::CommitId;

#[derive(Debug, Deserialize)]
pub(super) struct StatusModel {
    context: String,
    state: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
    #[serde(default)]
    target_url: Option<String>,
}

impl StatusModel {
    pub(super) fn value(self) -> Status {
        let state = match self.state.as_str() {
            "success" => StatusState::Success,
            "failure" => StatusState::Failure,
            "pending" => StatusState::Pending,
            _ => StatusState::Error,
        };
        let link = self.target_url.filter(|link| !link.is_empty());
        Status { context: self.context, state, description: self.description, link }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct RunModel {
    pub(super) id: u64,
    #[serde(default, deserialize_with = "or_default")]
    display_title: String,
    #[serde(default, deserialize_with = "or_default")]
    status: String,
    #[serde(default)]
    conclusion: Option<String>,
    #[serde(default)]
    html_url: String,
    #[serde(default)]
    run_started_at: Option<Moment>,
    #[serde(default)]
    updated_at: Option<Moment>,
    head_sha: CommitId,
    #[serde(default)]
    run_attempt: Option<u32>,
}

impl RunModel {
    pub(super) fn value(self) -> Run {
        let state = run_state(&self.status, self.conclusion.as_deref());
        Run {
            id: self.id,
            title: self.display_title,
            state,
            link: self.html_url,
            started: self.run_started_at.filter(|_| state != RunState::Queued),
            finished: self.updated_at.filter(|_| state.is_over()),
            head: self.head_sha,
            attempt: self.run_attempt.unwrap_or(1),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct JobModel {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    status: String,
    #[serde(default)]
    conclusion: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    html_url: String,
    #[serde(default)]
    runner_name: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    steps: Vec<StepModel>,
    #[serde(default)]
    started_at: Option<Moment>,
    #[serde(default)]
    completed_at: Option<Moment>,
}

#[derive(Debug, Deserialize)]
struct StepModel {
    #[serde(default, deserialize_with = "or_default")]
    status: String,
}

impl StepModel {
    fn is_open(&self) -> bool {
        !matches!(self.status.as_str(), "" | "completed")
    }
}

impl JobModel {
    pub(super) fn value(self) -> Job {
        let state = run_state(&self.status, self.conclusion.as_deref());
        Job {
            name: self.name,
            state,
            runner: self.runner_name.filter(|name| !name.is_empty()),
            steps: self.steps.len(),
            broken_off: state.is_over() && self.steps.iter().any(StepModel::is_open),
            link: self.html_url,
            // While it waits, this is the time it began to wait.
            started: self.started_at.filter(|_| state != RunState::Queued),
            finished: self.completed_at,
        }
    }
}

fn run_state(status: &str, conclusion: Option<&str>) -> RunState {
    match (status, conclusion) {
        ("in_progress", _) => RunState::Running,
        ("completed", Some("success" | "neutral")) => RunState::Success,
        ("completed", Some("cancelled" | "stale")) => RunState::Cancelled,
        ("completed", Some("timed_out")) => RunState::TimedOut,
        ("completed", Some("skipped")) => RunState::Skipped,
        ("completed", Some("startup_failure")) => RunState::StartupFailure,
        // It waits for somebody to approve it.
        ("completed", Some("action_required")) => RunState::Queued,
        ("completed", _) => RunState::Failure,
        // queued, requested, waiting, pending
        _ => RunState::Queued,
    }
}

/// What GitHub says of a run it has just been asked for; older servers say nothing.
#[derive(Debug, Default, Deserialize)]
pub(super) struct DispatchModel {
    #[serde(default)]
    workflow_run_id: Option<u64>,
    #[serde(default)]
    html_url: Option<String>,
}

impl DispatchModel {
    pub(super) fn value(self) -> Option<Started> {
        Some(Started { run: self.workflow_run_id?, link: self.html_url })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_over_only_when_github_says_so() {
        let over = |status, conclusion| run_state(status, conclusion).is_over();
        assert!(!over("waiting", None) && !over("in_progress", None) && !over("completed", Some("action_required")));
        assert!(over("completed", Some("success")) && over("completed", Some("something new")));
        assert_eq!(run_state("completed", Some("something new")), RunState::Failure);
    }
}

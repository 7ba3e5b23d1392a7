//! Commit statuses and workflow runs on GitHub.

use http::Method;
use serde_json::json;

use super::ahead::{jobs_path, statuses_path};
use super::error::{GitHubError, error_message};
use super::run_model::{DispatchModel, JobModel, RunModel, StatusModel};
use super::transport::ApiResponse;
use super::{GitHub, encoded};
use crate::forge::{Checks, Dispatch, ForgeError, Job, REQUEST_INPUT, Run, Started, Status, StatusState};
use crate::moment::Moment;
use engine::ids::CommitId;

/// GitHub refuses a longer description of a status.
const DESCRIPTION: usize = 140;

impl Checks for GitHub {
    fn statuses(&self, commit: CommitId) -> Result<Vec<Status>, ForgeError> {
        let all: Vec<StatusModel> = match self.client.list(&statuses_path(commit), Some("statuses")) {
            Ok(all) => all.unwrap_or_default(),
            // A commit that is not there has none.
            Err(GitHubError::Refused { status: 422, .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let mut all: Vec<_> = all.into_iter().map(StatusModel::value).collect();
        all.sort_by(|a, b| a.context.cmp(&b.context));
        Ok(all)
    }

    fn runs(&self, workflow: &str, since: Option<Moment>) -> Result<Vec<Run>, ForgeError> {
        let since = since.map(|since| format!("&created={}", encoded(&format!(">={since}")))).unwrap_or_default();
        let path = format!("/actions/workflows/{}/runs?event=workflow_dispatch{since}", encoded(workflow));
        let all: Option<Vec<RunModel>> = self.client.list(&path, Some("workflow_runs"))?;
        let mut all: Vec<_> = all.unwrap_or_default().into_iter().map(RunModel::value).collect();
        all.sort_by_key(|run| std::cmp::Reverse(run.id));
        all.dedup_by_key(|run| run.id);
        Ok(all)
    }

    fn run(&self, id: u64) -> Result<Option<(Run, Vec<Job>)>, ForgeError> {
        let Some(run) = self.client.get::<RunModel>(&format!("/actions/runs/{id}"))? else { return Ok(None) };
        Ok(Some((run.value(), self.jobs(id)?)))
    }

    fn jobs(&self, run: u64) -> Result<Vec<Job>, ForgeError> {
        let jobs: Option<Vec<JobModel>> = self.client.list(&jobs_path(run), Some("jobs"))?;
        Ok(jobs.unwrap_or_default().into_iter().map(JobModel::value).collect())
    }

    fn put_status(&mut self, commit: CommitId, status: &Status) -> Result<(), ForgeError> {
        let state = match status.state {
            StatusState::Pending => "pending",
            StatusState::Success => "success",
            StatusState::Failure => "failure",
            StatusState::Error => "error",
        };
        let description: String = status.description.chars().take(DESCRIPTION).collect();
        let mut body = json!({ "state": state, "context": status.context, "description": description });
        if let Some(link) = &status.link {
            body["target_url"] = link.as_str().into();
        }
        // The last one counts, so saying it twice is saying it once.
        let path = format!("/statuses/{commit}");
        let answer = self.client.put(Method::POST, &path, Some(&body))?;
        match answer.status {
            422 if error_message(&answer).contains("No commit found") => {
                Err(ForgeError::Missing(format!("commit {commit}")))
            }
            _ => self.must_succeed(&answer, "POST", &path, &format!("commit {commit}")),
        }
    }

    fn dispatch(&mut self, dispatch: &Dispatch) -> Result<Option<Started>, ForgeError> {
        let find = || {
            let Some(request) = dispatch.inputs.get(REQUEST_INPUT) else { return Ok(None) };
            let runs = self.runs(&dispatch.workflow, None)?.into_iter();
            let started = |run: Run| Started { run: run.id, link: Some(run.link) };
            let own = runs.filter(|run| run.title.contains(request.as_str()));
            Ok::<_, ForgeError>(own.min_by_key(|run| run.id).map(started))
        };
        if !dispatch.fresh
            && let Some(started) = find()?
        {
            return Ok(Some(started));
        }
        let path = format!("/actions/workflows/{}/dispatches", encoded(&dispatch.workflow));
        let mut body = json!({ "ref": dispatch.on, "inputs": dispatch.inputs, "return_run_details": true });
        let read = |answer: &ApiResponse| match answer.status {
            // Older servers say nothing, and the run is there a little later.
            204 => find(),
            200..300 => Ok(serde_json::from_str::<DispatchModel>(&answer.body).unwrap_or_default().value()),
            404 => Err(ForgeError::Missing(format!(
                "workflow {} with workflow_dispatch on the default branch",
                dispatch.workflow
            ))),
            422 if error_message(answer).contains("No ref found") => {
                Err(ForgeError::Missing(format!("branch {}", dispatch.on)))
            }
            _ => Err(GitHubError::refused(self.request_name("POST", &path), answer).into()),
        };
        let found = || find().map(|found| found.map(Some));
        let result = self.client.create_once(&path, &body, &read, &found);
        // A server that does not know the field refuses the whole.
        if matches!(&result, Err(ForgeError::GitHub(error)) if matches!(&**error, GitHubError::Refused { status: 400, .. }))
        {
            if let Some(fields) = body.as_object_mut() {
                fields.remove("return_run_details");
            }
            return self.client.create_once(&path, &body, &read, &found);
        }
        result
    }

    fn cancel_run(&mut self, run: u64) -> Result<(), ForgeError> {
        let path = format!("/actions/runs/{run}/cancel");
        let answer = self.client.put(Method::POST, &path, None)?;
        match answer.status {
            // It is over, or about to be.
            409 => Ok(()),
            _ => self.must_succeed(&answer, "POST", &path, &format!("run {run}")),
        }
    }
}

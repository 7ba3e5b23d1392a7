//! Commit statuses and workflow runs.

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::routes::{Caller, invalid, page};
use super::state::{FORK, State};

/// The one workflow there is.
const WORKFLOW: &str = "uptake-ci.yml";

pub(super) fn answer(
    state: &mut State,
    caller: &Caller,
    request: &Request,
    method: &str,
    rest: &[&str],
) -> Option<Result<Response, Response>> {
    let body = request.json();
    let (read, write) = (|| caller.may(&[("actions", "read")]), || caller.may(&[("actions", "write")]));
    Some(match (method, rest) {
        ("GET", ["commits", sha, "status"]) => {
            caller.may(&[("statuses", "read")]).map(|()| page(state, request, Some("statuses"), &newest(state, sha)))
        }
        ("POST", ["statuses", sha]) => caller.may(&[("statuses", "write")]).and_then(|()| {
            if body["description"].as_str().unwrap_or_default().chars().count() > 140 {
                return Err(invalid("Status", "description", "custom", Some("description is too long")));
            }
            if !state.has(sha) {
                return Err(Response::message(422, &format!("No commit found for SHA: {sha}")));
            }
            state.statuses.push(((*sha).to_owned(), body.clone()));
            Ok(Response::json(201, &body))
        }),
        ("GET", ["actions", "workflows", WORKFLOW, "runs"]) => read().map(|()| {
            let since = request.parameter("created");
            let since = since.as_deref().and_then(|since| since.strip_prefix(">="));
            let fits = |run: &&Value| since.is_none_or(|since| run["created_at"].as_str() >= Some(since));
            let all: Vec<_> = state.runs.iter().rev().filter(fits).cloned().collect();
            page(state, request, Some("workflow_runs"), &all)
        }),
        ("POST", ["actions", "workflows", WORKFLOW, "dispatches"]) => write().and_then(|()| dispatch(state, &body)),
        ("GET", ["actions", "runs", id]) => read().and_then(|()| find(state, id).map(|run| Response::json(200, run))),
        ("GET", ["actions", "runs", id, "jobs"]) => read().and_then(|()| {
            let id = find(state, id)?["id"].as_u64().unwrap_or_default();
            let all = state.jobs.get(&id).cloned().unwrap_or_default();
            Ok(page(state, request, Some("jobs"), &all))
        }),
        ("POST", ["actions", "runs", id, "cancel"]) => write().and_then(|()| {
            let run = find(state, id)?;
            if run["status"] == "completed" {
                return Err(Response::message(409, "Cannot cancel a workflow run that is completed"));
            }
            run["status"] = "completed".into();
            run["conclusion"] = "cancelled".into();
            Ok(Response::json(202, &json!({})))
        }),
        _ => return None,
    })
}

fn find<'a>(state: &'a mut State, id: &str) -> Result<&'a mut Value, Response> {
    let id: u64 = id.parse().unwrap_or_default();
    state.runs.iter_mut().find(|run| run["id"] == id).ok_or_else(|| Response::message(404, "Not Found"))
}

/// The newest status of each check.
fn newest(state: &State, sha: &str) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for (_, status) in state.statuses.iter().rev().filter(|(on, _)| on == sha) {
        if !found.iter().any(|known| known["context"] == status["context"]) {
            found.push(status.clone());
        }
    }
    found
}

fn dispatch(state: &mut State, body: &Value) -> Result<Response, Response> {
    let on = body["ref"].as_str().unwrap_or_default();
    let Some(head) = state.branch(on) else {
        return Err(Response::message(422, &format!("No ref found for: {on}")));
    };
    if state.silent_dispatch && body.get("return_run_details").is_some() {
        return Err(Response::message(400, "Invalid request: \"return_run_details\" is not a permitted key."));
    }
    let id = 500 + u64::try_from(state.runs.len()).expect("a number");
    let url = format!("{}/{FORK}/actions/runs/{id}", state.root);
    let title = format!("GPU tests {}", body["inputs"]["request_id"].as_str().unwrap_or_default());
    state.runs.push(json!({
        "id": id, "display_title": title, "status": "queued", "conclusion": null, "html_url": url, "head_sha": head,
        "created_at": state.time(), "run_attempt": 1, "run_started_at": state.time(), "updated_at": state.time(), "event": "workflow_dispatch",
    }));
    if state.silent_dispatch {
        return Ok(Response::empty(204));
    }
    Ok(Response::json(200, &json!({ "workflow_run_id": id, "run_url": url, "html_url": url })))
}

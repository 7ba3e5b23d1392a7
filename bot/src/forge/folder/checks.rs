//! Commit statuses and workflow runs in a folder. Nothing runs there: a run waits until somebody edits its file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Folder, store};
use crate::forge::{Checks, Dispatch, ForgeError, Job, REQUEST_INPUT, Run, RunState, Started, Status, full};
use crate::moment::Moment;
use engine::ids::CommitId;

/// The JSON file of a run.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunRecord {
    id: u64,
    workflow: String,
    title: String,
    state: RunState,
    head: CommitId,
    /// How often it was begun.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    attempt: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finished: Option<Moment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    jobs: Vec<Job>,
}

const fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_once(attempt: &u32) -> bool {
    *attempt == 1
}

impl RunRecord {
    fn run(self) -> (Run, Vec<Job>) {
        let Self { id, title, state, head, attempt, started, finished, jobs, .. } = self;
        (Run { id, title, state, link: format!("runs/{id}.json"), started, finished, head, attempt }, jobs)
    }
}

impl Folder {
    fn run_file(&self, id: u64) -> PathBuf {
        self.path.join("runs").join(format!("{id}.json"))
    }

    fn read_run_record(&self, id: u64) -> Result<RunRecord, ForgeError> {
        store::read(&self.run_file(id))?.ok_or_else(|| ForgeError::Missing(format!("run {id}")))
    }

    fn status_file(&self, commit: CommitId) -> PathBuf {
        self.path.join("statuses").join(format!("{commit}.json"))
    }
}

impl Checks for Folder {
    fn runs(&self, workflow: &str, _since: Option<Moment>) -> Result<Vec<Run>, ForgeError> {
        let mut found = Vec::new();
        for id in store::numbers(&self.path.join("runs"))?.into_iter().rev() {
            let record = self.read_run_record(id)?;
            if record.workflow == workflow {
                found.push(record.run().0);
            }
        }
        Ok(found)
    }

    fn run(&self, id: u64) -> Result<Option<(Run, Vec<Job>)>, ForgeError> {
        Ok(store::read(&self.run_file(id))?.map(RunRecord::run))
    }

    fn jobs(&self, run: u64) -> Result<Vec<Job>, ForgeError> {
        Ok(self.run(run)?.map(|(_, jobs)| jobs).unwrap_or_default())
    }

    fn dispatch(&mut self, dispatch: &Dispatch) -> Result<Option<Started>, ForgeError> {
        self.lock()?;
        let request = dispatch.inputs.get(REQUEST_INPUT);
        if let Some(request) = request {
            let old = self.runs(&dispatch.workflow, None)?.into_iter().find(|run| run.title.contains(request));
            if let Some(old) = old {
                return Ok(Some(Started { run: old.id, link: Some(old.link) }));
            }
        }
        let head = self.open()?.map(|repo| repo.reference(&full(&dispatch.on))).transpose()?.flatten();
        let head = head.ok_or_else(|| ForgeError::Missing(format!("branch {}", dispatch.on)))?;
        let id = store::numbers(&self.path.join("runs"))?.last().map_or(1, |last| last + 1);
        let title =
            request.map_or_else(|| dispatch.workflow.clone(), |request| format!("{} {request}", dispatch.workflow));
        // The request first: a run without one was started by hand, a request without a run is overwritten.
        store::write(&self.path.join("dispatches").join(format!("{id}.json")), dispatch)?;
        let record = RunRecord {
            id,
            workflow: dispatch.workflow.clone(),
            title,
            state: RunState::Queued,
            head,
            attempt: 1,
            started: None,
            finished: None,
            jobs: Vec::new(),
        };
        store::write(&self.run_file(id), &record)?;
        Ok(Some(Started { run: id, link: Some(record.run().0.link) }))
    }

    fn cancel_run(&mut self, id: u64) -> Result<(), ForgeError> {
        self.lock()?;
        let mut record = self.read_run_record(id)?;
        if !record.state.is_over() {
            record.state = RunState::Cancelled;
            for job in record.jobs.iter_mut().filter(|job| !job.state.is_over()) {
                job.state = RunState::Cancelled;
            }
            store::write(&self.run_file(id), &record)?;
        }
        Ok(())
    }

    fn statuses(&self, commit: CommitId) -> Result<Vec<Status>, ForgeError> {
        let mut all: Vec<Status> = store::read(&self.status_file(commit))?.unwrap_or_default();
        all.sort_by(|a, b| a.context.cmp(&b.context));
        Ok(all)
    }

    fn put_status(&mut self, commit: CommitId, status: &Status) -> Result<(), ForgeError> {
        self.lock()?;
        let mut all = self.statuses(commit)?;
        all.retain(|old| old.context.to_lowercase() != status.context.to_lowercase());
        all.push(status.clone());
        all.sort_by(|a, b| a.context.cmp(&b.context));
        store::write(&self.status_file(commit), &all)
    }
}

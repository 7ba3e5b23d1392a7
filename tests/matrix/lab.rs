//! A fork whose phases are tested, and hands that play the GPUs.

use std::fs;

use engine::ids::CommitId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uptake::ci::{Matrix, MatrixOutcome, MatrixStore, TestRequest, TestTarget, act, poll, wants};
use uptake::decision::{Decision, Ruling};
use uptake::forge::folder::Folder;
use uptake::forge::{Branches, Checks, Forge, ForgeError};
use uptake::pick::Built;
use uptake::pipeline::Session;
use uptake::survey::Survey;
use uptake::view::matrix::{statuses, table};

use crate::support::World;

/// A fork, its phases, and the forge they are tested on.
pub(super) struct Lab {
    pub(super) world: World,
    pub(super) opened: Session,
    pub(super) survey: Survey,
    pub(super) built: Built,
    pub(super) folder: Folder,
    pub(super) matrix: Matrix,
    pub(super) now: Timestamp,
    pub(super) decisions: Vec<Decision>,
}

/// Keeps the matrix in memory; dies at a chosen keeping.
pub(super) struct Memory {
    pub(super) kept: Matrix,
    pub(super) dies_at: Option<usize>,
    pub(super) times: usize,
}

impl MatrixStore for Memory {
    type Error = ForgeError;

    fn keep(&mut self, matrix: &Matrix, _: &mut dyn Forge) -> Result<bool, ForgeError> {
        self.times += 1;
        if self.dies_at == Some(self.times) {
            return Err(ForgeError::Busy("killed".into()));
        }
        self.kept = matrix.clone();
        Ok(true)
    }
}

pub(super) const CONFIG: &str = "
phases:
  - id: fixes
    title: Fixes
    priority: 1
    rules: [{ types: [fix] }]
ci:
  cuda: ['12.9', '13.0', '13.1']
  validate: [make test, make test-gpu]
  workflow: uptake-gpu.yml
  runner: [self-hosted, gpu]
  inputs: [{ name: features, value: cuda }]
  containers: [{ cuda: '13.0', image: 'example.org/cuda:13.0' }]
";

impl Lab {
    pub(super) fn new(config: &str) -> Self {
        let mut world = World::new(&[("src/a.rs", "a\n"), ("kernels/k.cu", "k\n")]);
        world.on_upstream().commit("fix: a", &[("src/a.rs", "b\n")]);
        world.commit("fix: another", &[("src/b.rs", "b\n")]);
        Self::of(world, config)
    }

    pub(super) fn of(world: World, config: &str) -> Self {
        let (opened, survey, built) = world.build(config);
        let folder = Folder::new(&world.folder().join("out"));
        let now = "2025-12-01T00:00:00Z".parse().expect("a moment");
        let mut lab =
            Self { world, opened, survey, built, folder, matrix: Matrix::default(), now, decisions: Vec::new() };
        lab.push("main", lab.opened.heads.fork);
        for phase in lab.built.phases.clone() {
            lab.push(&phase.branch, phase.head);
        }
        lab
    }

    pub(super) fn push(&mut self, branch: &str, head: CommitId) {
        let at = self.at(branch);
        self.folder.push_branch(&self.opened.repo, branch, head, at, None).expect("pushed");
    }

    pub(super) fn at(&self, branch: &str) -> Option<CommitId> {
        let branches = self.folder.branches(&self.opened.repo, "uptake/", "main").expect("branches");
        branches.into_iter().find(|found| found.name == branch).map(|found| found.head)
    }

    pub(super) fn wants(&self) -> Vec<TestTarget> {
        wants(&self.built, &self.survey, &self.decisions, &|id| self.at(&format!("uptake/{id}")))
    }

    /// One run of ours.
    pub(super) fn step(&mut self) -> MatrixOutcome {
        self.try_step(None, &[]).expect("acted")
    }

    pub(super) fn try_step(
        &mut self,
        dies_at: Option<usize>,
        tried: &[TestRequest],
    ) -> Result<MatrixOutcome, ForgeError> {
        let wants = self.wants();
        let looked = poll(&self.matrix, &wants, &self.folder, self.now).expect("looked");
        let mut keep = Memory { kept: self.matrix.clone(), dies_at, times: 0 };
        let acted = act(looked, tried, "main", &mut self.folder, &mut keep, &statuses);
        self.matrix = keep.kept;
        acted.map(|(_, acted)| acted)
    }

    pub(super) fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    pub(super) fn dispatches(&self) -> usize {
        fs::read_dir(self.folder.path().join("dispatches")).map(Iterator::count).unwrap_or_default()
    }

    /// The names of the inputs that the first dispatched run was given.
    pub(super) fn inputs(&self) -> Vec<String> {
        let mut files = fs::read_dir(self.folder.path().join("dispatches")).expect("a folder");
        let file = files.next().expect("a dispatch").expect("readable").path();
        let dispatch: Value = serde_json::from_slice(&fs::read(file).expect("a file")).expect("JSON");
        dispatch["inputs"].as_object().expect("inputs").keys().cloned().collect()
    }

    /// Of the run for this commit and cell: its id.
    pub(super) fn run(&self, head: CommitId, cell: &str) -> u64 {
        self.matrix.last(head, &cell.into()).and_then(|cell| cell.run).expect("a run")
    }

    /// Plays the GPU: the run is now so, with these jobs.
    pub(super) fn edit(&self, run: u64, state: &str, jobs: &[Value]) {
        let path = self.folder.path().join("runs").join(format!("{run}.json"));
        let mut record: Value = serde_json::from_slice(&fs::read(&path).expect("a run")).expect("JSON");
        record["state"] = state.into();
        record["started"] = "2025-12-01T00:01:00Z".into();
        if !["queued", "running"].contains(&state) {
            record["finished"] = "2025-12-01T00:43:00Z".into();
        }
        record["jobs"] = jobs.into();
        fs::write(path, serde_json::to_vec(&record).expect("JSON")).expect("a file");
    }

    fn change(&self, run: u64, field: &str, value: Value) {
        let path = self.folder.path().join("runs").join(format!("{run}.json"));
        let mut record: Value = serde_json::from_slice(&fs::read(&path).expect("a run")).expect("JSON");
        record[field] = value;
        fs::write(path, serde_json::to_vec(&record).expect("JSON")).expect("a file");
    }

    /// The run ended then.
    pub(super) fn finished(&self, run: u64, when: &str) {
        self.change(run, "finished", when.into());
    }

    /// It is the run's so-manyeth attempt.
    pub(super) fn attempt(&self, run: u64, attempt: u32) {
        self.change(run, "attempt", attempt.into());
    }

    pub(super) fn finish(&self, head: CommitId, cell: &str, verdict: &str) {
        let (state, tests) = if verdict == "passed" { ("success", "success") } else { ("failure", "failure") };
        self.edit(
            self.run(head, cell),
            state,
            &[job("CUDA", tests, 9), job(&format!("verdict: {verdict}"), "success", 2)],
        );
    }

    pub(super) fn head(&self) -> CommitId {
        self.at("uptake/fixes").expect("a branch")
    }

    pub(super) fn base(&self) -> CommitId {
        self.opened.heads.fork
    }

    pub(super) fn statuses(&self) -> String {
        let statuses = self.folder.statuses(self.head()).expect("statuses");
        statuses
            .iter()
            .map(|status| format!("{} {:?}: {}\n", status.context, status.state, status.description))
            .collect()
    }

    pub(super) fn table(&self) -> String {
        let wants = self.wants();
        let want = wants.iter().find(|want| want.of == "fixes").expect("a want");
        let text = table(&self.matrix, want);
        text.replace(&self.head().short(), "HEAD").replace(&self.base().short(), "BASE")
    }

    pub(super) fn again(&mut self, cell: Option<&str>) {
        let cells = cell.into_iter().map(Into::into).collect();
        let ruling = Ruling::Retest { phase: "fixes".into(), head: self.head(), cells };
        let when = "2025-12-01T00:00:00Z".parse().expect("a moment");
        self.decisions.push(Decision { ruling, by: "maintainer".into(), when, link: None, why: None });
    }
}

pub(super) fn job(name: &str, state: &str, steps: usize) -> Value {
    json!({ "name": name, "state": state, "steps": steps, "link": "https://example.org/job", "started": "2025-12-01T00:01:00Z" })
}

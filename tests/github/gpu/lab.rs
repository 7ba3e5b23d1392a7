//! A fork whose phase is tested on the server; the tests play the runners.

use std::collections::BTreeMap;

use engine::progress::Silent;
use uptake::forge::github::{GitHub, Purpose};
use uptake::forge::{Checks, Job, Permission, RunState};
use uptake::pipeline::{RunError, RunReport, run};

use crate::forge::Bench;
use crate::github::bench::{GitHubBench, app, bench, connect};
use crate::github::server::Fault;
use crate::github::state::UPSTREAM;

/// A test that was asked for.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) run: u64,
    pub(super) sha: String,
    /// The CUDA version, or the cell's name.
    pub(super) cell: String,
}

/// A fork whose phase is tested on the server.
pub(super) struct Lab {
    pub(super) bench: GitHubBench,
    config: String,
}

impl Lab {
    /// With so many picks in its phase.
    pub(super) fn new(picks: usize, config: &str) -> Self {
        let mut bench = bench();
        bench.server.state().page = 100;
        bench.world.on_upstream();
        for n in 1..=picks {
            bench.world.commit(&format!("fix: number {n}"), &[(&format!("f{n}.rs"), "x\n")]);
        }
        bench.grants("maintainer", Permission::Write);
        Self { bench, config: config.to_owned() }
    }

    /// One run, by a process of its own that knows nothing of those before it.
    pub(super) fn try_run(&self) -> Result<RunReport, RunError> {
        let (clone, server) = (self.bench.world.fork(), &self.bench.server);
        let github = connect(server, &clone, app(), Purpose::PublishAndTest).github;
        let mut github: GitHub = github.writing(&[UPSTREAM.parse().expect("a name")])?;
        let session = self.bench.world.open_at(&self.config, &server.state().time());
        run(&session, &mut github, &mut Silent)
    }

    pub(super) fn run(&self) -> RunReport {
        self.bench.server.faults(|_, _| None);
        let done = self.try_run().expect("a run");
        assert_eq!(done.waiting, [""; 0]);
        done
    }

    /// A run that ends at the nth request of a kind: whether it was dealt with or not, no answer comes to that one and to none after.
    /// Whether there was such a request.
    pub(super) fn run_killed_at(&self, nth: usize, kind: &'static str, dealt_with: bool) -> bool {
        let mut seen = 0;
        self.bench.server.faults(move |_, request| {
            let is = request.writes() && request.path.ends_with(kind);
            seen += usize::from(is);
            match (seen > nth, is && seen == nth + 1) {
                (true, true) if dealt_with => Some(Fault::DoneAndDrop),
                (true, _) => Some(Fault::Drop),
                _ => None,
            }
        });
        self.try_run().is_err()
    }

    /// Every test that was asked for: what a run is titled by, and what it was told.
    pub(super) fn tests(&self) -> Vec<Test> {
        let mut described: BTreeMap<String, (String, String)> = BTreeMap::new();
        for logged in self.bench.server.whole_log() {
            if logged.request.path.ends_with("/dispatches") {
                let inputs = logged.request.json()["inputs"].clone();
                let text = |name: &str| inputs[name].as_str().map(str::to_owned);
                let cell = text("cuda").or_else(|| text("cell")).expect("a cell");
                described.insert(text("request_id").expect("a word"), (text("sha").expect("a commit"), cell));
            }
        }
        let state = self.bench.server.state();
        let test = |run: &serde_json::Value| {
            let request =
                run["display_title"].as_str().expect("a title").rsplit(' ').next().expect("a word").to_owned();
            let (sha, cell) = described[&request].clone();
            Test { run: run["id"].as_u64().expect("an id"), sha, cell }
        };
        state.runs.iter().map(test).collect()
    }

    /// The last test of a commit in a cell.
    pub(super) fn of(&self, sha: &str, cell: &str) -> Test {
        self.tests().into_iter().rfind(|test| test.sha == sha && test.cell == cell).expect("a test")
    }

    pub(super) fn waiting(&self) -> Vec<Test> {
        let open = |run: u64| {
            let state = self.bench.server.state();
            state.runs.iter().any(|known| known["id"] == run && known["status"] != "completed")
        };
        self.tests().into_iter().filter(|test| open(test.run)).collect()
    }

    /// Plays the GPU for one test.
    pub(super) fn ends(&mut self, test: &Test, state: RunState, steps: usize) {
        let job = Job {
            name: format!("Test {}", test.cell),
            state,
            runner: (steps > 0).then(|| "gpu-1".to_owned()),
            steps,
            broken_off: false,
            link: "https://example.org/job".into(),
            started: Some("2025-11-22T09:00:00Z".parse().expect("a moment")),
            finished: Some("2025-11-22T09:42:00Z".parse().expect("a moment")),
        };
        self.bench.runs(test.run, state, &[job]);
        let mut server = self.bench.server.state();
        let run = server.runs.iter_mut().find(|run| run["id"] == test.run).expect("a run");
        run["updated_at"] = "2025-11-22T09:42:00Z".into();
    }

    pub(super) fn head(&self) -> String {
        self.bench.server.state().branch("uptake/fixes").expect("a branch")
    }

    pub(super) fn base(&self) -> String {
        self.bench.server.state().branch("main").expect("a branch")
    }

    pub(super) fn statuses(&self) -> String {
        let statuses = self.bench.github.statuses(self.head().parse().expect("a name")).expect("statuses");
        let base = self.base();
        let line = |status: &uptake::forge::Status| {
            format!("{} {:?}: {}\n", status.context, status.state, status.description.replace(&base[..9], "BASE"))
        };
        statuses.iter().map(line).collect()
    }

    pub(super) fn pull(&self) -> (u64, String) {
        let state = self.bench.server.state();
        let pull = state.items.iter().find(|item| item.pull.is_some()).expect("a pull request");
        (pull.number, pull.body.clone())
    }

    /// The table of the tests in the pull request.
    pub(super) fn table(&self) -> String {
        let (_, body) = self.pull();
        let start =
            body.find("| CUDA |").or_else(|| body.find("| Test |")).unwrap_or_else(|| panic!("no table in\n{body}"));
        let table: Vec<&str> = body[start..].lines().take_while(|line| line.starts_with('|')).collect();
        table.join("\n")
    }

    pub(super) fn say(&mut self, body: &str) {
        let (number, _) = self.pull();
        self.bench.comments(number, "maintainer", body);
    }
}

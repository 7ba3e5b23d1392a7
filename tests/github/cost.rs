//! What runs cost on a real fork, measured by hand: requests of the API and of git, writes among them, and seconds of the processor.
//!
//! `UPTAKE_BED=fork.git UPTAKE_BED_CONFIG=uptake.yml cargo test --locked --test scenarios github::cost -- --ignored --nocapture`, where the
//! bed is a bare repository with the fork's branch and `refs/remotes/upstream/…`. The table is in CONTRIBUTING. With `UPTAKE_BED_LATE=150`
//! each request is answered after so many milliseconds, as by a server far away.

#![allow(clippy::print_stdout, reason = "a measurement made by hand is read")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use engine::progress::Silent;
use serde_json::json;
use uptake::forge::github::Purpose;
use uptake::pipeline::{ConfigFrom, Context, RunEnd, Session, run_or_rest};

use super::bench::{app, connect};
use super::server::{Fault, Server};
use super::state::UPSTREAM;
use crate::support::git_in;

struct Bed {
    folder: tempfile::TempDir,
    server: Server,
    config: String,
}

/// Seconds of the processor that this process and those it waited for have used.
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
    let ticks: f64 = fields[11..15].iter().map(|field| field.parse::<f64>().expect("a number")).sum();
    ticks / 100.0
}

impl Bed {
    fn clone(&self) -> PathBuf {
        self.folder.path().join("clone.git")
    }

    fn git(&self, arguments: &[&str]) {
        let output = git_in(&self.clone(), arguments, 0);
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The fork, its clone, and a server that has its branch.
    fn new(from: &str, config: String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::new(folder.path());
        let bed = Self { folder, server, config };
        // Both borrow what the bed has, which may not be all there is of the fork's history.
        let output = git_in(bed.folder.path(), &["init", "--quiet", "--bare", "clone.git"], 0);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let to = bed.server.state().repository.clone();
        for repository in [bed.clone(), to] {
            let lender = format!("{}\n", PathBuf::from(from).join("objects").display());
            fs::write(repository.join("objects/info/alternates"), lender).expect("written");
            // Where the history was cut, it is cut here, too.
            let _whole = fs::copy(PathBuf::from(from).join("shallow"), repository.join("shallow"));
        }
        let listed = git_in(&PathBuf::from(from), &["for-each-ref", "--format=%(objectname) %(refname)"], 0);
        let branch = git_in(&PathBuf::from(from), &["symbolic-ref", "HEAD"], 0);
        let branch = String::from_utf8_lossy(&branch.stdout).trim().to_owned();
        for line in String::from_utf8_lossy(&listed.stdout).lines() {
            let (commit, name) = line.split_once(' ').expect("a reference");
            bed.git(&["update-ref", name, commit]);
            if name == branch {
                bed.server.state().git(&["update-ref", name, commit]);
            }
        }
        bed.git(&["symbolic-ref", "HEAD", &branch]);
        bed.server.state().git(&["symbolic-ref", "HEAD", &branch]);
        bed.server.state().pushed();
        bed.server.state().rights.insert("maintainer".into(), "write".into());
        bed
    }

    /// One run, in a checkout as a job has it; its line of the table.
    fn run(&self, what: &str) {
        let from = self.server.state().repository.display().to_string();
        self.git(&["fetch", "--quiet", &from, "+refs/heads/uptake/*:refs/remotes/origin/uptake/*"]);
        let config = self.folder.path().join("uptake.yml");
        fs::write(&config, &self.config).expect("written");
        if let Ok(late) = std::env::var("UPTAKE_BED_LATE") {
            let late = Duration::from_millis(late.parse().expect("milliseconds"));
            self.server.faults(move |_, _| Some(Fault::Late(late)));
        }
        self.server.log();
        let (begun, clock) = (processor(), Instant::now());
        // By the server's clock: what was asked for is looked for in a list that begins a day before.
        let now = self.server.state().time().parse().expect("a moment");
        let context = Context { config: ConfigFrom::File(config), offline: true, now, ..Context::new(self.clone()) };
        let session = Session::open(&context, &mut Silent).expect("a session");
        let github = connect(&self.server, &self.clone(), app(), Purpose::PublishAndTest).github;
        let mut github = github.writing(&[UPSTREAM.parse().expect("a name")]).expect("the fork");
        let end = run_or_rest(&session, &mut github, &mut Silent).expect("a run");
        let (spent, took) = (processor() - begun, clock.elapsed().as_secs_f64());
        let log = self.server.log();
        self.server.faults(|_, _| None);
        let git = log.iter().filter(|logged| logged.request.path.starts_with("/git/")).count();
        let same = log.iter().filter(|logged| logged.status == 304).count();
        let writes = log.iter().filter(|logged| logged.request.writes()).count();
        let how = match end {
            RunEnd::Rested(rested) if rested.done.is_empty() => "rested",
            RunEnd::Rested(_) => "looked at tests",
            RunEnd::Done(_) => "ran",
        };
        println!("| {what} | {} | {same} | {git} | {writes} | {spent:.1} | {took:.1} | {how} |", log.len() - git);
    }
}

/// A configuration without its test matrix.
fn without_tests(config: &str) -> String {
    let mut within = false;
    let kept = config.lines().filter(|line| {
        within = line.starts_with("ci:") || within && line.starts_with([' ', '-', '#']);
        !within
    });
    kept.map(|line| format!("{line}\n")).collect()
}

#[test]
#[ignore = "it takes a real fork, and minutes"]
fn what_runs_cost() {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let config = without_tests(&fs::read_to_string(variable("UPTAKE_BED_CONFIG")).expect("a configuration"));
    println!(
        "| run | API | of these 304 | git | writes | processor, s | wall, s | |\n| --- | --: | --: | --: | --: | --: | --: | --- |"
    );
    let bed = Bed::new(&variable("UPTAKE_BED"), config.clone());
    bed.run("first");
    bed.run("idle");
    let pull = bed.server.state().items.iter().find(|item| item.pull.is_some()).expect("a pull request").number;
    bed.server.state().comments(pull, "maintainer", "/status");
    bed.run("one `/status`");
    bed.run("idle after it");
    let tests = "ci: { cuda: ['12.9', '13.0', '13.1'], validate: [make test], workflow: uptake-ci.yml }\n";
    let bed = Bed::new(&variable("UPTAKE_BED"), format!("{config}\n{tests}"));
    bed.run("first, with matrix");
    bed.run("idle, tests queued");
    {
        let mut state = bed.server.state();
        let id = state.runs[0]["id"].as_u64().expect("an id");
        state.runs[0]["status"] = "completed".into();
        state.runs[0]["conclusion"] = "success".into();
        state
            .jobs
            .insert(id, vec![json!({ "name": "CUDA", "status": "completed", "conclusion": "success", "steps": [{}] })]);
    }
    bed.run("one test ended");
    bed.run("idle after it");
}

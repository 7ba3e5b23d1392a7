//! The fork on the server, for the suite of every forge and the tests of this one.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engine::Repo;
use engine::ids::CommitId;
use serde_json::json;
use uptake::forge::github::{Clock, Credentials, GitHub, GitHubConfig, Purpose, REQUEST_TIMEOUT};
use uptake::forge::{Branches, Forge, ForgeError, Issues, Job, Permission, RunState};

use super::server::Server;
use super::state::{APP, FORK, Pull, UPSTREAM, key};
use crate::forge::Bench;
use crate::support::World;

/// A clock that nobody waits for: the server's too.
pub(crate) struct TestClock {
    millis: Arc<AtomicU64>,
    pub(crate) slept: RefCell<Vec<Duration>>,
}

impl TestClock {
    pub(crate) fn of(server: &Server) -> Rc<Self> {
        Rc::new(Self { millis: Arc::clone(&server.state().clock), slept: RefCell::default() })
    }

    /// Time goes by.
    pub(crate) fn pass(&self, how_long: Duration) {
        self.millis.fetch_add(u64::try_from(how_long.as_millis()).expect("a time"), Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.millis.load(Ordering::Relaxed))
    }

    fn sleep(&self, how_long: Duration) {
        self.slept.borrow_mut().push(how_long);
        self.pass(how_long);
    }
}

/// The App, as it is installed on the fork.
pub(crate) fn app() -> Credentials {
    Credentials::App { id: APP.into(), key: key().0.clone().into() }
}

/// The fork on a server, with what it waits for collected.
pub(crate) struct Connected {
    pub(crate) github: GitHub,
    pub(crate) clock: Rc<TestClock>,
    pub(crate) described: Rc<RefCell<Vec<String>>>,
}

pub(crate) fn connect(server: &Server, clone: &Path, credentials: Credentials, purpose: Purpose) -> Connected {
    connect_for(REQUEST_TIMEOUT, server, clone, credentials, purpose)
}

/// Connects so that an answer which takes longer is lost.
pub(crate) fn connect_for(
    time_out: Duration,
    server: &Server,
    clone: &Path,
    credentials: Credentials,
    purpose: Purpose,
) -> Connected {
    let clock = TestClock::of(server);
    let (github, described) = connect_by(Rc::<TestClock>::clone(&clock), time_out, server, clone, credentials, purpose);
    Connected { github, clock, described }
}

/// Connects by a clock; also returns what is said of waiting.
pub(crate) fn connect_by(
    clock: Rc<dyn Clock>,
    time_out: Duration,
    server: &Server,
    clone: &Path,
    credentials: Credentials,
    purpose: Purpose,
) -> (GitHub, Rc<RefCell<Vec<String>>>) {
    let described = Rc::new(RefCell::new(Vec::new()));
    let heard = Rc::clone(&described);
    let settings = GitHubConfig {
        repo: FORK.parse().expect("a name"),
        clone: clone.to_path_buf(),
        api: server.api(),
        server: Some(server.git()),
        credentials,
        purpose,
        clock,
        timeout: time_out,
        on_wait: Box::new(move |text| heard.borrow_mut().push(text.to_owned())),
    };
    (GitHub::new(settings).expect("connected"), described)
}

/// The fork on a server, to write to.
pub(crate) struct GitHubBench {
    pub(crate) world: World,
    pub(crate) server: Server,
    pub(crate) github: GitHub,
    pub(crate) clock: Rc<TestClock>,
    pub(crate) described: Rc<RefCell<Vec<String>>>,
}

pub(crate) fn bench() -> GitHubBench {
    let mut world = World::new(&[("a.txt", "a\n")]);
    world.on_fork();
    let server = Server::new(world.folder());
    seed(&world, &server);
    let Connected { github, clock, described } = connect(&server, &world.fork(), app(), Purpose::PublishAndTest);
    let github = github.writing(&[UPSTREAM.parse().expect("a name")]).expect("the fork");
    // Small pages, so that every list has several.
    server.state().page = 2;
    server.faults(|_, _| None);
    GitHubBench { world, server, github, clock, described }
}

/// The fork's branch is on the server.
pub(crate) fn seed(world: &World, server: &Server) {
    let mut state = server.state();
    world.git(&["push", "--quiet", &state.repository.display().to_string(), "main"]);
    state.pushed();
}

/// What must hold of every request of every test: only the fork is written to, and no token is where it can be seen.
impl Drop for GitHubBench {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let tokens: Vec<_> = self.server.state().tokens.keys().cloned().collect();
        let shows = |text: &str| tokens.iter().any(|token| text.contains(token));
        for logged in self.server.whole_log() {
            let request = logged.request;
            let path = request.path.as_str();
            let below = [format!("/api/repos/{FORK}/"), format!("/git/{FORK}.git/")];
            let fine = below.iter().any(|below| path.starts_with(below))
                || ["/api/graphql", "/api/app/installations/7/access_tokens"].contains(&path);
            assert!(fine || !request.writes(), "{}", request.name());
            let text = format!("{path}?{} {}", request.query, String::from_utf8_lossy(&request.body));
            assert!(!shows(&text), "{text}");
        }
        let described = self.described.borrow().join("\n");
        assert!(!shows(&described), "{described}");
    }
}

impl GitHubBench {
    /// Pushes `uptake/a`, a branch to open a pull request from; where it is.
    pub(crate) fn push_branch(&mut self) -> Result<CommitId, ForgeError> {
        self.world.git(&["switch", "--quiet", "--detach", "main"]);
        let head = self.world.commit("a", &[("b.txt", "b\n")]);
        self.world.git(&["switch", "--quiet", "main"]);
        let (repo, main) = (Repo::open(&self.world.fork()).expect("opened"), self.branch("main"));
        self.github.push_branch(&repo, "uptake/a", head, None, main)?;
        Ok(head)
    }

    pub(crate) fn writes(&self) -> Vec<String> {
        let log = self.server.log();
        log.iter().filter(|logged| logged.request.writes()).map(|logged| logged.request.name()).collect()
    }

    pub(crate) fn try_comment(&mut self, number: u64, body: &str) -> Result<u64, ForgeError> {
        self.github.comment(number, body)
    }
}

fn word(state: RunState) -> (&'static str, Option<&'static str>) {
    match state {
        RunState::Queued => ("queued", None),
        RunState::Running => ("in_progress", None),
        RunState::Success => ("completed", Some("success")),
        RunState::Failure => ("completed", Some("failure")),
        RunState::Cancelled => ("completed", Some("cancelled")),
        RunState::TimedOut => ("completed", Some("timed_out")),
        RunState::Skipped => ("completed", Some("skipped")),
        RunState::StartupFailure => ("completed", Some("startup_failure")),
    }
}

impl Bench for GitHubBench {
    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    fn read(&self) -> &dyn Forge {
        &self.github
    }

    fn write(&mut self) -> &mut dyn Forge {
        &mut self.github
    }

    fn comments(&mut self, number: u64, login: &str, body: &str) -> u64 {
        self.server.state().comments(number, login, body)
    }

    fn edits_comment(&mut self, id: u64, body: &str) {
        self.clock.pass(Duration::from_secs(60));
        self.server.state().edits_comment(id, body);
    }

    fn opens_issue(&mut self, login: &str, title: &str, body: &str) -> u64 {
        self.server.state().opens_issue(login, title, body, Vec::new())
    }

    fn opens_pull(&mut self, login: &str, head: &str, base: &str) -> u64 {
        let mut state = self.server.state();
        let number = state.opens_issue(login, "By hand", "Mine.", Vec::new());
        let from = Some(format!("{login}/mistral.rs"));
        state.item(number).expect("an item").pull = Some(Pull { from, ..Pull::new(head, base) });
        number
    }

    fn closes_issue(&mut self, number: u64) {
        self.server.state().close(number);
    }

    fn merges(&mut self, number: u64, commit: CommitId) {
        let mut state = self.server.state();
        let item = state.item(number).expect("a pull request");
        item.open = false;
        item.pull.as_mut().expect("a pull request").merged = Some(commit.to_string());
    }

    fn grants(&mut self, login: &str, permission: Permission) {
        self.server.state().rights.insert(login.into(), permission.to_string());
    }

    fn runs(&mut self, id: u64, state: RunState, jobs: &[Job]) {
        let job = |job: &Job| {
            let (status, conclusion) = word(job.state);
            json!({
                "name": job.name, "status": status, "conclusion": conclusion, "html_url": job.link, "runner_name": job.runner,
                "steps": vec![json!({}); job.steps], "started_at": job.started, "completed_at": job.finished,
            })
        };
        let mut server = self.server.state();
        server.jobs.insert(id, jobs.iter().map(job).collect());
        let run = server.runs.iter_mut().find(|run| run["id"] == id).expect("a run");
        let (status, conclusion) = word(state);
        run["status"] = status.into();
        run["conclusion"] = conclusion.into();
    }

    fn reactions(&self, comment: u64) -> Vec<String> {
        let state = self.server.state();
        let found = state.comments.iter().find(|known| known.id == comment).expect("a comment");
        let mut all = found.reactions.clone();
        all.sort();
        all
    }

    fn branch(&self, name: &str) -> Option<CommitId> {
        self.server.state().branch(name).map(|sha| sha.parse().expect("a name"))
    }
}

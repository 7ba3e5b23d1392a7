//! Whole runs against the server, as `uptake run --forge github` makes them: the fork and its upstream on two days, people among
//! it, and all that is there in the evening.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use engine::Repo;
use engine::progress::Silent;
use serde_json::json;
use uptake::forge::ForgeError;
use uptake::forge::github::{Credentials, GitHub, Purpose, REQUEST_TIMEOUT};
use uptake::ledger::{Ledger, MergeMethod};
use uptake::pipeline::{ConfigFrom, Context, RunEnd, RunError, RunReport, Session, run, run_or_rest};

use super::bench::{app, connect_for, seed};
use super::server::Server;
use super::state::{State, Token, UPSTREAM};
use crate::support::World;

pub(super) const CONFIG: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: docs, title: Documents, priority: 2, rules: [{ subject: ^Say }] }
  - { id: rest, title: The rest, priority: 3, rules: [{ subject: . }] }
ci: { cuda: ['13.0'], validate: [make test], workflow: uptake-ci.yml }
";

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

/// A fork, its upstream, and a server as it is in the morning.
pub(super) struct Day {
    pub(super) world: World,
    pub(super) server: Server,
    config: PathBuf,
    morning: State,
}

impl Day {
    /// Nothing was ever run; a person has an issue of their own, with a comment.
    pub(super) fn first() -> Self {
        Self::with(CONFIG)
    }

    pub(super) fn with(config: &str) -> Self {
        let mut world = World::new(&[("a.txt", TEXT), ("b.txt", TEXT)]);
        world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
        world.commit("Fix a again", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nH\n")]);
        world.commit("Say c", &[("c.md", "c\n")]);
        world.commit("Add d", &[("d.txt", "d\n")]);
        world.commit("Add e", &[("e.txt", "e\n")]);
        world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
        world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
        let server = Server::new(world.folder());
        seed(&world, &server);
        {
            let mut state = server.state();
            let issue = state.opens_issue("maintainer", "By hand", "Mine.", vec!["bug".into()]);
            state.comments(issue, "somebody", "/help");
            state.rights.insert("maintainer".into(), "write".into());
        }
        let (config, morning) = (world.config(config), server.state().clone());
        Self { world, server, config, morning }
    }

    /// The day after: a phase was merged, tests ended, people committed and commented, and upstream went on.
    pub(super) fn second() -> Self {
        let mut day = Self::first();
        day.run().expect("the first day's run");
        day.merge("uptake/fixes", MergeMethod::Squash);
        let skipped = day.world.git(&["rev-parse", "upstream~1"]);
        {
            let mut state = day.server.state();
            let tree = state.git(&["rev-parse", "uptake/docs^{tree}"]);
            let theirs = state.git(&["commit-tree", &tree, "-p", "uptake/docs", "-m", "By hand"]);
            state.git(&["update-ref", "refs/heads/uptake/docs", &theirs]);
            state.pushed();
            let (docs, rest) = (state.pull_of("uptake/docs"), state.pull_of("uptake/rest"));
            state.comments(docs, "somebody", "Thank you!");
            state.comments(rest, "maintainer", &format!("/skip {} not for us", &skipped[..12]));
            let job = json!({ "name": "13.0", "status": "completed", "conclusion": "success", "steps": [{}] });
            for run in &mut state.runs {
                run["status"] = "completed".into();
                run["conclusion"] = "success".into();
            }
            state.jobs = state.runs.iter().filter_map(|run| Some((run["id"].as_u64()?, vec![job.clone()]))).collect();
        }
        day.world.on_upstream().commit("Fix b (#2)", &[("b.txt", "B\nb\nc\nd\ne\nf\ng\nh\n")]);
        day.world.commit("Say more", &[("f.md", "f\n")]);
        day.world.commit("Add g", &[("g.txt", "g\n")]);
        day.world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
        day.world.on_fork();
        day.morning = day.server.state().clone();
        day
    }

    /// A person merges the pull request of a branch, as GitHub's buttons do, and the clone has it.
    pub(super) fn merge(&mut self, branch: &str, how: MergeMethod) {
        let mut state = self.server.state();
        let number = state.pull_of(branch);
        let title = state.item(number).expect("an item").title.clone();
        self.world.on_fork();
        self.world.git(&["fetch", "--quiet", &state.repository.display().to_string(), branch]);
        match how {
            MergeMethod::Merge => {
                let message = format!("Merge pull request #{number} from fork/{branch}");
                self.world.git(&["merge", "--quiet", "--no-ff", "-m", &message, "FETCH_HEAD"]);
            }
            MergeMethod::Squash => {
                self.world.git(&["merge", "--quiet", "--squash", "FETCH_HEAD"]);
                self.world.commit_all(&format!("{title} (#{number})"));
            }
            MergeMethod::Rebase => {
                self.world.git(&["cherry-pick", "main..FETCH_HEAD"]);
            }
        }
        let merged = self.world.head().to_string();
        self.world.git(&["push", "--quiet", &state.repository.display().to_string(), "main"]);
        state.close(number);
        state.item(number).and_then(|item| item.pull.as_mut()).expect("a pull request").merged = Some(merged);
        state.pushed();
        let now = state.clone();
        drop(state);
        self.morning = now;
    }

    /// From now on the morning is another.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut State)) {
        change(&mut self.morning);
    }

    /// It is morning again, and nothing goes wrong.
    pub(super) fn again(&self) {
        self.server.state().restore(&self.morning);
        self.server.faults(|_, _| None);
    }

    /// A whole run.
    pub(super) fn run(&self) -> Result<RunReport, RunError> {
        self.run_as(app(), REQUEST_TIMEOUT, "2025-10-01T12:00:00Z")
    }

    /// One more run, half an hour later: what was asked for and did not show itself is asked for again.
    pub(super) fn next(&self) -> Result<RunReport, RunError> {
        self.run_as(app(), REQUEST_TIMEOUT, "2025-10-01T12:30:00Z")
    }

    /// A run under another login, which may do all that a run does.
    pub(super) fn run_under(&self, login: &str) -> Result<RunReport, RunError> {
        let permissions = ["contents", "issues", "pull_requests", "actions", "statuses"];
        let permissions = permissions.map(|name| (name.to_owned(), "write".to_owned())).into();
        let token = format!("token-of-{login}");
        self.server
            .state()
            .tokens
            .insert(token.clone(), Token { permissions, ends: u64::MAX, login: login.to_owned() });
        self.run_as(Credentials::Token(token.into()), REQUEST_TIMEOUT, "2025-10-01T12:00:00Z")
    }

    /// The clone is as a job's checkout makes it, with all branches of the fork.
    pub(super) fn check_out(&self) {
        let from = self.server.state().repository.display().to_string();
        self.world.git(&["fetch", "--quiet", "--prune", &from, "+refs/heads/*:refs/remotes/origin/*"]);
    }

    /// A run that rests where nothing is new.
    pub(super) fn rests(&self) -> Result<RunEnd, RunError> {
        let (session, mut github) = self.open(app(), REQUEST_TIMEOUT, "2025-10-01T12:00:00Z")?;
        run_or_rest(&session, &mut github, &mut Silent)
    }

    /// A run by somebody, who waits so long for an answer, at a moment.
    pub(super) fn run_as(
        &self,
        credentials: Credentials,
        time_out: Duration,
        now: &str,
    ) -> Result<RunReport, RunError> {
        let (session, mut github) = self.open(credentials, time_out, now)?;
        run(&session, &mut github, &mut Silent)
    }

    fn open(&self, credentials: Credentials, time_out: Duration, now: &str) -> Result<(Session, GitHub), RunError> {
        let (config, now) = (ConfigFrom::File(self.config.clone()), now.parse().expect("a moment"));
        let context = Context { config, offline: true, now, ..Context::new(self.world.fork()) };
        let session = Session::open(&context, &mut Silent)?;
        let clone = self.world.fork();
        let github = connect_for(time_out, &self.server, &clone, credentials, Purpose::PublishAndTest).github;
        Ok((session, github.writing(&[UPSTREAM.parse().expect("a name")])?))
    }

    /// The ledger on the server.
    pub(super) fn ledger(&self) -> Ledger {
        let state = self.server.state();
        let repo = Repo::open(&state.repository).expect("opened");
        let at = state.branch("uptake/ledger").map(|sha| sha.parse().expect("a name"));
        Ledger::read(&repo, at).expect("right")
    }

    /// All that is there, line by line. How the ledger came to be is not told, only what it says.
    pub(super) fn evening(&self) -> Vec<String> {
        let state = self.server.state();
        let refs = state.git(&["for-each-ref", "--format=%(refname) %(objectname)", "refs"]);
        let mut all: Vec<_> = refs.lines().filter(|line| !line.contains("uptake/ledger")).map(str::to_owned).collect();
        if state.branch("uptake/ledger").is_some() {
            let nothing = state.git(&["hash-object", "-t", "tree", "/dev/null"]);
            // What the next run rests by tells of moments and numbers, and of nothing that is not elsewhere.
            let but = ":!rest.yml";
            all.extend(state.git(&["diff", &nothing, "uptake/ledger", "--", ".", but]).lines().map(str::to_owned));
        }
        all.extend(state.stacks.iter().flatten().map(|stack| format!("{:?} are a stack", stack.pulls)));
        all.extend(state.labels.iter().map(ToString::to_string));
        all.extend(state.items.iter().map(|item| format!("{item:?}")));
        // The bot's are distinguished by what they say, people's by their names too.
        all.extend(state.comments.iter().map(|comment| match comment.author.ends_with("[bot]") {
            true => format!("{} {} {:?} {:?}", comment.on, comment.author, comment.body, comment.reactions),
            false => format!("{comment:?}"),
        }));
        // The last one counts.
        let statuses = state.statuses.iter();
        let last: BTreeMap<_, _> =
            statuses.map(|(sha, status)| ((sha, status["context"].to_string()), status.to_string())).collect();
        all.extend(last.into_iter().map(|((sha, _), status)| format!("{sha} {status}")));
        all.extend(
            state.runs.iter().map(|run| json!([run["display_title"], run["status"], run["conclusion"]]).to_string()),
        );
        // When a run was, says no more than that there was one; and a test is known by its title, for they may begin in any order.
        let moments = |line: String| line.replace("T12:30:00Z", "T12:00:00Z").replace("T12:00:01Z", "T12:00:00Z");
        let named = |line: String| {
            state.runs.iter().fold(line, |line, run| {
                let title = run["display_title"].as_str().unwrap_or_default();
                let line = line.replace(&format!("/runs/{}", run["id"]), &format!("/runs/{title}"));
                line.replace(&format!("  run: {}", run["id"]), &format!("  run: {title}"))
            })
        };
        all.into_iter().map(moments).map(named).filter(|line| !line.starts_with("index ")).collect()
    }
}

/// What one list of lines has more than another.
pub(super) fn difference(found: &[String], wanted: &[String]) -> String {
    let more = |sign: &str, of: &[String], than: &[String]| {
        let mut than = than.to_vec();
        let mut lines = String::new();
        for line in of {
            match than.iter().position(|other| other == line) {
                Some(at) => drop(than.remove(at)),
                None => lines.push_str(&format!("\n  {sign} {line}")),
            }
        }
        lines
    };
    more("+", found, wanted) + &more("-", wanted, found)
}

/// A run that could not be carried out, in words.
pub(super) fn described(result: &Result<RunReport, RunError>) -> String {
    match result {
        Ok(_) => "done".into(),
        Err(RunError::Forge(ForgeError::GitHub(error))) => error.to_string(),
        Err(error) => error.to_string(),
    }
}

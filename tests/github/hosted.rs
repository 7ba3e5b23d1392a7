//! Forks run for by the host of the App: their clones are made and kept by the program, from nothing but the App's key.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStderr, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use super::bench::seed;
use super::server::Server;
use super::state::{APP, FORK, key};
use crate::serve::client::{Client, Mortal, SECRET, comment, said};
use crate::support::World;
use crate::support::write_program;

const CONFIG: &str = "upstream: { repository: up/mistral.rs, branch: upstream }\nphases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }\n";

/// A fork on a server that keeps the time of day, whose upstream is where git is told it is; and no clone anywhere.
pub(super) fn world(config: &str) -> (World, Server) {
    let mut world = World::new(&[("a.txt", "a\n"), ("b.txt", "b\n")]);
    world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\n")]);
    world.commit("Fix b (#2)", &[("b.txt", "B\n")]);
    world.on_fork().commit("Take up upstream", &[(".github/uptake.yml", config)]);
    let server = Server::new(world.folder());
    seed(&world, &server);
    {
        let mut state = server.state();
        state.upstream = Some(world.fork());
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time");
        // A little ahead, as clocks may be.
        let now = now + Duration::from_secs(5);
        state.clock.store(u64::try_from(now.as_millis()).expect("a time"), Ordering::Relaxed);
        state.rights.insert("someone".into(), "write".into());
    }
    (world, server)
}

pub(super) fn uptake(world: &World, server: &Server) -> Command {
    fs::write(world.folder().join("key.pem"), &key().0).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_uptake"));
    command
        .current_dir(world.folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", world.folder())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GITHUB_API_URL", server.api())
        .env("GITHUB_SERVER_URL", server.git())
        .env("UPTAKE_APP_ID", APP)
        .env("UPTAKE_APP_KEY_FILE", "key.pem")
        .env("UPTAKE_WEBHOOK_SECRET", SECRET);
    command
}

/// `uptake serve` with empty folders.
pub(super) struct Host {
    process: Mortal,
    log: Lines<BufReader<ChildStderr>>,
    address: SocketAddr,
}

impl Host {
    pub(super) fn start(world: &World, server: &Server) -> Self {
        Self::start_with(world, server, &[])
    }

    fn start_with(world: &World, server: &Server, more: &[&str]) -> Self {
        let arguments =
            ["serve", "--listen", "127.0.0.1:0", "--metrics", "none", "--state", "state", "--clones", "clones"];
        let process =
            uptake(world, server).args(arguments).args(more).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut process = Mortal(process.expect("uptake runs"));
        let mut log = BufReader::new(process.0.stderr.take().expect("piped")).lines();
        let first = log.next().expect("a line").expect("text");
        let address = first.strip_prefix("Listening on http://").and_then(|rest| rest.split('/').next());
        let address = address.expect("an address").parse().expect("an address");
        Self { process, log, address }
    }

    fn line(&mut self) -> String {
        said(&self.log.next().expect("a line").expect("text"))
    }

    /// Delivers a new comment and returns what the log says came of it.
    fn deliver(&mut self, id: &str) -> String {
        self.deliver_this(id, &comment(FORK))
    }

    pub(super) fn deliver_this(&mut self, id: &str, body: &str) -> String {
        // A run may take longer than a connection is kept.
        let mut client = Client::connect(self.address).expect("connected");
        let (status, text) = client.deliver(id, body, SECRET).expect("an answer");
        assert_eq!((status, text.as_str()), (202, "written down\n"));
        self.line()
    }

    pub(super) fn end(self) {
        self.process.end();
    }
}

/// GitHub's own record of a new comment, as if it had been said in the fork.
fn recorded(number: u64, body: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/action/issue_comment.created.json");
    let text = fs::read_to_string(path).expect("a payload").replace("Codertocat/Hello-World", FORK);
    let mut event: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    event["issue"]["number"] = number.into();
    event["comment"]["body"] = body.into();
    event.to_string()
}

/// Whether a file below a folder holds a text.
fn holds(folder: &Path, text: &str) -> bool {
    let all = crate::support::snapshot(folder);
    all.iter().any(|(_, bytes)| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[test]
fn a_host_needs_the_key_and_an_empty_folder() {
    let (mut world, server) = world(CONFIG);
    let mut host = Host::start(&world, &server);
    let first = host.deliver("one");
    assert!(
        first.starts_with("fork/mistral.rs: a comment by someone on #7: ") && first.ends_with("(1 delivery)"),
        "{first}"
    );
    let pull = |server: &Server| {
        let state = server.state();
        let pull = state.items.iter().find(|item| item.pull.is_some()).expect("a pull request");
        (pull.number, pull.body.clone(), state.branch("uptake/fixes").expect("a branch"))
    };
    let (number, body, head) = pull(&server);
    assert!(body.contains("Fix a") && body.contains("Fix b"), "{body}");

    // The fork moves and somebody comments, and the host is another: its clone is brought up to date.
    host.end();
    let taken = world.commit("Our own", &[("c.txt", "c\n")]);
    seed(&world, &server);
    let skipped = world.git(&["rev-parse", "upstream"]);
    let said = format!("/skip {skipped} not for us");
    server.state().comments(number, "someone", &said);
    let mut host = Host::start(&world, &server);
    let second = host.deliver_this("two", &recorded(number, &said));
    assert!(
        second.starts_with("fork/mistral.rs: a comment by Codertocat on #")
            && second.ends_with(" changes (1 delivery)"),
        "{second}"
    );
    let (_, body, moved) = pull(&server);
    let state = server.state();
    assert!(body.contains("Fix a") && moved != head && state.contains(&moved, &taken.to_string()), "{body}");
    let ledger = state.git(&["show", "uptake/ledger:decisions.yml"]);
    assert!(ledger.contains(&skipped), "{ledger}");
    assert!(!state.git(&["log", "--format=%s", &format!("{taken}..{moved}")]).contains("Fix b"));
    let said = state.comments.iter().find(|comment| comment.on == number).expect("a comment");
    assert_eq!(said.reactions, ["eyes", "rocket"]);
    drop(state);
    assert_eq!(host.deliver("three"), "fork/mistral.rs: a comment by someone on #7: nothing is new (1 delivery)");
    host.end();

    let clone = world.folder().join("clones/fork/mistral.rs");
    let git = |arguments: &[&str]| {
        let output = crate::support::git_in(&clone, arguments, 0);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    assert_eq!(git(&["rev-parse", "HEAD"]), taken.to_string());
    assert_eq!(git(&["rev-parse", "--is-bare-repository"]), "true");
    for secret in ["ghs_", "eyJ", "PRIVATE"] {
        assert!(!holds(&clone, secret) && !holds(&world.folder().join("state"), secret), "{secret} is on disk");
    }
}

#[test]
fn a_guest_s_configuration_is_used_for_the_guest_alone() {
    let (mut world, server) = world(&format!("fork: {{ repository: other/fork }}\n{CONFIG}"));
    let run = |world: &World, more: &[&str]| {
        let arguments = ["run", "--forge", "github", "--fork", FORK, "--repo", "clone"];
        let output = uptake(world, &server).args(arguments).args(more).output().expect("uptake runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, _, error) = run(&world, &[]);
    assert_eq!(code, Some(2), "{error}");
    assert!(
        error.contains("error: the configuration of fork/mistral.rs says that the fork is other/fork\n"),
        "{error}"
    );
    assert!(!server.whole_log().iter().any(|logged| logged.request.path.contains("other/fork")));

    // Lock files are made by programs, which a stranger's configuration does not start here unless the host says so.
    let locks = "conflicts: [{ path: \"*.lock\", use: lockfile, command: [sh, -c, \"echo made > ../../../../made; echo made > a.lock\"] }]\n";
    world.on_upstream().commit("Fix the lock (#3)", &[("a.lock", "theirs\n")]);
    world.on_fork().commit("Ours", &[(".github/uptake.yml", &format!("{CONFIG}{locks}")), ("a.lock", "ours\n")]);
    seed(&world, &server);
    let (code, out, error) = run(&world, &["--dry-run"]);
    assert!(matches!(code, Some(0 | 3)), "{out}{error}");
    assert!(out.contains("Would make "), "{out}");
    let body = |more: &[&str]| {
        let (code, out, error) = run(&world, more);
        assert!(matches!(code, Some(0 | 3)), "{out}{error}");
        let state = server.state();
        state.items.iter().find(|item| item.pull.is_some()).expect("a pull request").body.clone()
    };
    let closed = body(&[]);
    assert!(closed.contains("no program is started here"), "{closed}");
    let trusted = body(&["--trust"]);
    assert!(!trusted.contains("no program is started here"), "{trusted}");

    let (code, _, error) = run(&world, &["--offline"]);
    assert_eq!(code, Some(2), "{error}");
    let theirs = uptake(&world, &server).args(["run", "--forge", "github", "--fork", FORK, "--repo", "fork"]).output();
    let theirs = theirs.expect("uptake runs");
    let error = String::from_utf8_lossy(&theirs.stderr).into_owned();
    assert!(error.starts_with("error: fork is a clone that somebody works in\n"), "{error}");
}

#[test]
fn a_guest_s_upstream_is_shown_nothing_that_the_host_has_for_git() {
    let (world, server) = world(CONFIG);
    let home = world.folder();
    // A helper that notes that it was asked, a password for that very server, and a setting that would lead elsewhere.
    let helper = home.join("helper");
    write_program(
        &helper,
        &format!(
            "#!/bin/sh\necho asked >> '{}'\necho username=host\necho password=HOSTS\n",
            home.join("asked").display()
        ),
    );
    let elsewhere = format!("{}/elsewhere/", server.git());
    let settings = format!(
        "[credential]\n\thelper = {}\n[http]\n\textraHeader = \"X-Host: HOSTS\"\n[url \"{elsewhere}\"]\n\tinsteadOf = {}/up/\n",
        helper.display(),
        server.git()
    );
    fs::write(home.join(".gitconfig"), settings).expect("written");
    fs::write(home.join(".netrc"), "machine 127.0.0.1 login host password HOSTS\n").expect("written");
    let arguments = ["run", "--forge", "github", "--fork", FORK, "--repo", "clone", "--dry-run"];
    let output = uptake(&world, &server).args(arguments).output().expect("uptake runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let asked: Vec<_> =
        server.whole_log().into_iter().filter(|logged| logged.request.path.starts_with(super::git::UPSTREAM)).collect();
    assert!(!asked.is_empty(), "upstream is on the GitHub that the fork is on");
    for logged in asked {
        let header = |name: &str| logged.request.header(name).map(str::to_owned);
        assert_eq!((header("authorization"), header("x-host")), (None, None), "{}", logged.request.path);
    }
    assert!(!home.join("asked").exists());
    // And where it takes a password, none is given.
    server.state().upstream = None;
    let output = uptake(&world, &server).args(arguments).output().expect("uptake runs");
    assert!(
        output.status.code() == Some(1) && !home.join("asked").exists(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let shown = |logged: &super::server::Logged| {
        logged.request.path.starts_with(super::git::UPSTREAM) && logged.request.header("authorization").is_some()
    };
    assert!(!server.whole_log().iter().any(shown));
}

#[test]
fn a_fork_without_a_configuration_is_left_alone() {
    let (mut world, server) = world(CONFIG);
    world.git(&["rm", "--quiet", ".github/uptake.yml"]);
    world.commit_all("No more");
    seed(&world, &server);
    let mut host = Host::start(&world, &server);
    assert_eq!(
        host.deliver("one"),
        "fork/mistral.rs: a comment by someone on #7: nothing to do, for it has no .github/uptake.yml (1 delivery)"
    );
    host.end();
    assert!(
        !server
            .whole_log()
            .iter()
            .any(|logged| { logged.request.writes() && !logged.request.path.ends_with("/access_tokens") })
    );
}

#[test]
fn what_came_while_no_server_was_there_is_sent_again_once() {
    let (world, server) = world(CONFIG);
    let now = server.state().time();
    let sent = |id: u64, guid: &str, event: &str, code: u16| {
        serde_json::json!({
            "id": id, "guid": guid, "event": event, "action": "created", "status": "", "status_code": code, "duration": 0.1,
            "delivered_at": now, "redelivery": false, "installation_id": 7, "repository_id": 10, "throttled_at": null,
        })
    };
    server.state().deliveries = vec![
        sent(5, "star", "star", 502),
        sent(4, "lost", "issue_comment", 502),
        sent(3, "turned-away", "push", 503),
        sent(2, "arrived", "push", 202),
    ];
    let asked = || {
        let log = server.log().into_iter().map(|logged| logged.request);
        let paths = log.filter(|request| request.path.ends_with("/attempts")).map(|request| request.path);
        paths.collect::<Vec<_>>()
    };
    let mut host = Host::start_with(&world, &server, &["--log", "json"]);
    let line: serde_json::Value = serde_json::from_str(&host.line()).expect("JSON");
    assert_eq!(
        (line["level"].as_str(), line["message"].as_str()),
        (Some("INFO"), Some("GitHub sends again what did not arrive: 2 deliveries"))
    );
    let attempt = |id: u64| format!("/api/app/hook/deliveries/{id}/attempts");
    assert_eq!(asked(), [attempt(3), attempt(4)], "oldest first, and of events alone that are acted on");
    // What it sends then comes under the same id.
    let line: serde_json::Value = serde_json::from_str(&host.deliver("lost")).expect("JSON");
    assert_eq!((line["fork"].as_str(), line["outcome"].as_str()), (Some(FORK), Some("done")), "{line}");
    assert_eq!(
        (&line["deliveries"], &line["events"]),
        (&serde_json::json!(["lost"]), &serde_json::json!(["issue_comment"])),
        "{line}"
    );
    assert!(line["took_seconds"].as_f64().is_some_and(|took| took > 0.0), "{line}");
    host.end();
    server.log();
    let mut host = Host::start(&world, &server);
    assert!(host.deliver("next").starts_with("fork/mistral.rs: a comment by someone on #7: "));
    host.end();
    assert_eq!(asked(), [""; 0], "each once");
}

#[test]
fn a_merged_phase_has_the_next_one_begin_at_once() {
    let config = "upstream: { repository: up/mistral.rs, branch: upstream }\nstacking: landed\nphases:\n  - { id: first, title: First, priority: 1, rules: [{ subject: ^Fix a }] }\n  - { id: second, title: Second, priority: 2, rules: [{ subject: ^Fix b }] }\n";
    let (world, server) = world(config);
    let mut host = Host::start(&world, &server);
    host.deliver("one");
    let number = server.state().pull_of("uptake/first");
    let open = |server: &Server| {
        let state = server.state();
        let pulls = state.items.iter().filter(|item| item.open).filter_map(|item| item.pull.as_ref());
        pulls.map(|pull| pull.head.clone()).collect::<Vec<_>>()
    };
    assert_eq!(open(&server), ["uptake/first"]);
    // A person merges it on GitHub.
    let repository = server.state().repository.display().to_string();
    world.git(&["fetch", "--quiet", &repository, "uptake/first"]);
    world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge pull request", "FETCH_HEAD"]);
    let merged = world.head().to_string();
    seed(&world, &server);
    {
        let mut state = server.state();
        state.close(number);
        state.item(number).and_then(|item| item.pull.as_mut()).expect("a pull request").merged = Some(merged);
    }
    let event = serde_json::json!({
        "action": "closed", "number": number, "sender": { "login": "someone", "type": "User" },
        "pull_request": { "number": number, "merged": true, "head": { "ref": "uptake/first", "repo": { "full_name": FORK } } },
        "repository": { "full_name": FORK }, "installation": { "id": 7 },
    });
    let mut client = Client::connect(host.address).expect("connected");
    let (status, _) = client.deliver_event("pull_request", "two", &event.to_string(), SECRET).expect("an answer");
    assert_eq!(status, 202);
    let line = host.line();
    assert!(line.starts_with(&format!("fork/mistral.rs: the pull request #{number} was merged: ")), "{line}");
    assert_eq!(open(&server), ["uptake/second"]);
    host.end();
}

//! `uptake serve` as it is started and ended by whoever hosts it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use super::client::{Client, Mortal, SECRET, comment};
use crate::support::{World, uptake};

/// `uptake serve` in a folder, for forks on disk.
struct Hosted {
    server: Mortal,
    log: Box<dyn Iterator<Item = String> + Send>,
    address: SocketAddr,
}

impl Hosted {
    fn start(folder: &Path) -> Self {
        let arguments = ["--listen", "127.0.0.1:0", "--state", "state", "--clones", "clones", "--forge", "folder:out"];
        let server = Command::new(env!("CARGO_BIN_EXE_uptake"))
            .args(["--offline", "serve"])
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("UPTAKE_WEBHOOK_SECRET", SECRET)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut server = Mortal(server.expect("uptake runs"));
        let mut log = BufReader::new(server.0.stderr.take().expect("piped")).lines().map(|line| line.expect("a line"));
        let first = log.next().expect("a line");
        let address = first.strip_prefix("Listening on http://").and_then(|rest| rest.split('/').next());
        let address = address.expect("an address").parse().expect("an address");
        Self { server, log: Box::new(log), address }
    }

    /// Starts it with a log that is only counted: how many runs it names.
    fn quiet(folder: &Path) -> (Mortal, SocketAddr, JoinHandle<usize>) {
        let Self { server, log, address } = Self::start(folder);
        (server, address, std::thread::spawn(move || log.filter(|line| line.contains("(")).count()))
    }
}

/// 10,000 in a release: `UPTAKE_WEBHOOKS=10000 cargo test --test scenarios serve::`.
#[test]
fn killed_in_the_middle_and_ended_in_the_middle_it_loses_nothing_and_repeats_nothing() {
    let total = super::webhooks(300);
    let world = fork();
    for name in ["fork-1", "fork-2"] {
        let (from, to) = (world.folder().join("clones/owner/fork"), world.folder().join("clones/owner").join(name));
        assert!(Command::new("cp").arg("-r").args([from, to]).status().expect("cp runs").success());
    }
    fs::rename(world.folder().join("clones/owner/fork"), world.folder().join("clones/owner/fork-0")).expect("moved");
    let numbers: Vec<usize> = (0..total).collect();

    let (mut first, address, log) = Hosted::quiet(world.folder());
    let senders = super::storm(address, &numbers, 3);
    super::wait_for(address, total / 3);
    // SIGKILL: nothing can be tidied up.
    first.0.kill().expect("killed");
    first.0.wait().expect("gone");
    let (killed, mut runs) = (super::late(senders), log.join().expect("read"));

    let (second, address, log) = Hosted::quiet(world.folder());
    let senders = super::storm(address, &killed, 3);
    super::wait_for(address, killed.len() / 3);
    second.end();
    let ended = super::late(senders);
    runs += log.join().expect("read");

    let (third, address, log) = Hosted::quiet(world.folder());
    assert_eq!(super::deliver(address, &ended, 3), Vec::<usize>::new());
    let forgeries = total / 4;
    super::refuses(address, total, forgeries);
    let mut client = Client::connect(address).expect("connected");
    while !client.get("/metrics").1.contains("\nuptake_webhooks_waiting 0\n") {
        std::thread::yield_now();
    }
    third.end();
    runs += log.join().expect("read");

    let log = fs::read_to_string(world.folder().join("state/handled.log")).expect("a log");
    let mut handled: Vec<&str> = log.lines().collect();
    handled.sort_unstable();
    let all: Vec<String> = numbers.iter().map(|number| super::id(*number)).collect();
    assert_eq!(handled, all, "each once, and no other");
    for folder in ["waiting", "given-up"] {
        assert_eq!(fs::read_dir(world.folder().join("state").join(folder)).expect("a folder").count(), 0, "{folder}");
    }
    println!(
        "{total} webhooks: {} of them after a kill, {} after an end; {runs} runs; {forgeries} forged and {forgeries} replayed ones refused",
        killed.len(),
        ended.len()
    );
}

/// A fork in a folder of clones, with one commit to take up.
fn fork() -> World {
    let mut world = World::new(&[("a.txt", "a\n"), ("b.txt", "b\n")]);
    world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\n")]);
    world.on_fork().commit(
        "Take up upstream",
        &[(".github/uptake.yml", "phases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: Fix }] }\n")],
    );
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    fs::create_dir_all(world.folder().join("clones/owner")).expect("a folder");
    fs::rename(world.fork(), world.folder().join("clones/owner/fork")).expect("moved");
    world
}

#[test]
fn a_webhook_becomes_a_pull_request_and_a_signal_ends_the_server() {
    let world = fork();
    let Hosted { server, mut log, address } = Hosted::start(world.folder());
    let mut client = Client::connect(address).expect("connected");
    let (status, text) = client.deliver("one", &comment("Owner/Fork"), SECRET).expect("an answer");
    assert_eq!((status, text.as_str()), (202, "written down\n"));
    let second = log.next().expect("a line");
    assert!(second.starts_with("owner/fork: a comment by someone on #7: "), "{second}");
    // The fork's branch and the phase's, two labels, the pull request, and the dashboard.
    assert!(second.ends_with(": 6 changes (1 delivery)"), "{second}");
    assert!(world.folder().join("out/owner/fork/pulls/1.json").exists());
    assert_eq!(client.deliver("one", &comment("Owner/Fork"), SECRET).expect("an answer").0, 409);
    assert_eq!(client.deliver("two", &comment("Owner/Fork"), SECRET).expect("an answer").0, 202);
    assert_eq!(log.next().as_deref(), Some("owner/fork: a comment by someone on #7: nothing to change (1 delivery)"));

    server.end();
    assert_eq!(log.collect::<Vec<_>>(), ["Stopped; nothing waits."]);
    let handled = fs::read_to_string(world.folder().join("state/handled.log")).expect("a log");
    assert_eq!(handled, "one\ntwo\n");
}

#[test]
fn without_a_secret_it_does_not_start() {
    let world = World::new(&[("a.txt", "a\n")]);
    let arguments = ["serve", "--state", "state", "--clones", "none", "--forge", "folder:out"];
    let (code, _, error) = uptake(world.folder(), &arguments);
    assert_eq!(code, 2);
    assert_eq!(
        error,
        "error: UPTAKE_WEBHOOK_SECRET is not set\n  it holds the secret that the App's webhook is set up with; without one anybody could start runs\n"
    );
    assert!(!world.folder().join("state").exists());
}

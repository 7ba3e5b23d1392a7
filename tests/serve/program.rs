//! `uptake serve` as it is started and ended by whoever hosts it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::client::{Client, Mortal, SECRET, comment};
use crate::support::{World, uptake};

#[test]
fn a_webhook_becomes_a_pull_request_and_a_signal_ends_the_server() {
    let mut world = World::new(&[("a.txt", "a\n"), ("b.txt", "b\n")]);
    world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\n")]);
    world.on_fork().commit(
        "Take up upstream",
        &[(".github/uptake.yml", "phases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: Fix }] }\n")],
    );
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    fs::create_dir_all(world.folder().join("clones/owner")).expect("a folder");
    fs::rename(world.fork(), world.folder().join("clones/owner/fork")).expect("moved");

    let arguments = [
        "--offline",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--state",
        "state",
        "--clones",
        "clones",
        "--forge",
        "folder:out",
    ];
    let server = Command::new(env!("CARGO_BIN_EXE_uptake"))
        .args(arguments)
        .current_dir(world.folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", world.folder())
        .env("UPTAKE_WEBHOOK_SECRET", SECRET)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut server = Mortal(server.expect("uptake runs"));
    let mut log = BufReader::new(server.0.stderr.take().expect("piped")).lines().map(|line| line.expect("a line"));
    let first = log.next().expect("a line");
    let address =
        first.strip_prefix("Listening on http://").and_then(|rest| rest.split('/').next()).expect("an address");
    let mut client = Client::connect(address.parse().expect("an address")).expect("connected");
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

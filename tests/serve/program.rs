//! `uptake serve` as it is started and ended by the one who hosts it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use super::client::{Client, Mortal, SECRET, comment, said};
use crate::support::{World, toolchain, uptake};

/// `uptake serve` in a folder, for forks on disk.
struct Hosted {
    server: Mortal,
    log: Box<dyn Iterator<Item = String> + Send>,
    address: SocketAddr,
    metrics: SocketAddr,
}

impl Hosted {
    fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    fn start_with(folder: &Path, more: &[&str]) -> Self {
        let arguments = [
            "--listen",
            "127.0.0.1:0",
            "--metrics",
            "127.0.0.1:0",
            "--state",
            "state",
            "--clones",
            "clones",
            "--forge",
            "folder:out",
        ];
        let server = Command::new(env!("CARGO_BIN_EXE_uptake"))
            .args(["--offline", "serve"])
            .args(arguments)
            .args(more)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("UPTAKE_WEBHOOK_SECRET", SECRET)
            .env("TMPDIR", folder)
            .envs(toolchain())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let mut server = Mortal(server.expect("uptake runs"));
        let mut log =
            BufReader::new(server.0.stderr.take().expect("piped")).lines().map(|line| said(&line.expect("a line")));
        let first = log.next().expect("a line");
        let addresses: Vec<SocketAddr> =
            first.split("http://").skip(1).filter_map(|rest| rest.split('/').next()?.parse().ok()).collect();
        let [address, metrics] = addresses[..] else { panic!("two addresses in {first}") };
        Self { server, log: Box::new(log), address, metrics }
    }

    /// Reads its log until a line begins so.
    fn until(&mut self, begin: &str) -> String {
        self.log.find(|line| line.starts_with(begin)).expect("such a line")
    }

    /// Starts it with a log that is only counted: how many runs it names.
    fn quiet(folder: &Path) -> (Mortal, [SocketAddr; 2], JoinHandle<usize>) {
        let Self { server, log, address, metrics } = Self::start(folder);
        (server, [address, metrics], std::thread::spawn(move || log.filter(|line| line.contains("(")).count()))
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

    let (mut first, [address, metrics], log) = Hosted::quiet(world.folder());
    let senders = super::storm(address, &numbers, 3);
    super::wait_for(metrics, total / 3);
    // SIGKILL: nothing can be tidied up.
    first.0.kill().expect("killed");
    first.0.wait().expect("gone");
    let (killed, mut runs) = (super::late(senders), log.join().expect("read"));

    let (second, [address, metrics], log) = Hosted::quiet(world.folder());
    let senders = super::storm(address, &killed, 3);
    super::wait_for(metrics, killed.len() / 3);
    second.end();
    let ended = super::late(senders);
    runs += log.join().expect("read");

    let (third, [address, metrics], log) = Hosted::quiet(world.folder());
    assert_eq!(super::deliver(address, &ended, 3), Vec::<usize>::new());
    let forgeries = total / 4;
    super::refuses(address, total, forgeries);
    let mut client = Client::connect(metrics).expect("connected");
    while !client.get("/metrics").1.contains("\nuptake_webhooks_waiting 0\n") {
        std::thread::yield_now();
    }
    third.end();
    runs += log.join().expect("read");

    let mut handled = super::client::handled(&world.folder().join("state"));
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
    let Hosted { server, mut log, address, .. } = Hosted::start(world.folder());
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
    assert_eq!(super::client::handled(&world.folder().join("state")), ["one", "two"]);
}

#[test]
fn a_command_of_somebody_who_may_not_belong_runs_where_the_repository_says_that_they_may() {
    let world = fork();
    let out = world.folder().join("out/owner/fork");
    fs::create_dir_all(&out).expect("a folder");
    fs::write(out.join("permissions.json"), r#"{ "member": "write", "looker": "read" }"#).expect("written");
    let mut hosted = Hosted::start(world.folder());
    let mut client = Client::connect(hosted.address).expect("connected");
    for (id, login, did) in [
        ("one", "stranger", ": nothing to do, for nobody asked who may (1 delivery)"),
        ("two", "looker", ": nothing to do, for nobody asked who may (1 delivery)"),
        ("three", "member", ": 6 changes (1 delivery)"),
    ] {
        let mut event: serde_json::Value = serde_json::from_str(&comment("Owner/Fork")).expect("JSON");
        event["comment"]["author_association"] = "NONE".into();
        event["comment"]["user"]["login"] = login.into();
        assert_eq!(client.deliver(id, &event.to_string(), SECRET).expect("an answer").0, 202);
        let line = hosted.until("owner/fork: ");
        assert!(line.ends_with(did), "{line}");
        assert_eq!(out.join("pulls/1.json").exists(), login == "member");
    }
    hosted.server.end();
}

/// A fork whose lock file takes a program that does this.
fn fork_with(world: &mut World, name: &str, script: &str) {
    let command = serde_json::to_string(&["sh", "-c", script]).expect("JSON");
    let config = format!(
        "phases:\n  - {{ id: fixes, title: Fixes, priority: 1, rules: [{{ subject: Fix }}] }}\nconflicts: [{{ path: Cargo.lock, use: lockfile, command: {command} }}]\n"
    );
    world.commit("Configure", &[(".github/uptake.yml", &config)]);
    let to = world.folder().join("clones/owner").join(name);
    assert!(Command::new("cp").arg("-r").args([world.fork(), to]).status().expect("cp runs").success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_tenant_that_hangs_and_one_that_crashes_harm_themselves_alone() {
    let mut world = World::new(&[("Cargo.toml", "[package]\n"), ("Cargo.lock", "a 1\n")]);
    world.on_upstream().commit("Fix a (#1)", &[("Cargo.toml", "[package]\nname = 'a'\n"), ("Cargo.lock", "a 2\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.on_fork();
    fs::create_dir_all(world.folder().join("clones/owner")).expect("a folder");
    fork_with(&mut world, "hangs", "sleep 600");
    fork_with(&mut world, "crashes", "kill -9 $PPID");
    fork_with(&mut world, "good", "echo made > Cargo.lock");
    for restart in 0..3 {
        let mut hosted =
            Hosted::start_with(world.folder(), &["--run-seconds", "3", "--parallel", "2", "--grace", "20"]);
        let mut client = Client::connect(hosted.address).expect("connected");
        let names = if restart == 0 { &["hangs", "crashes", "good"][..] } else { &["good"] };
        for name in names {
            let begun = std::time::Instant::now();
            let id = format!("{name}-{restart}");
            let (status, _) = client.deliver(&id, &comment(&format!("owner/{name}")), SECRET).expect("an answer");
            assert!(status == 202 && begun.elapsed().as_secs() < 10, "{id}: {status}");
        }
        let mut expected = vec![
            "owner/hangs: failed: it took longer than 3 seconds",
            "owner/crashes: failed: it was ended by a signal",
            "owner/good: a comment by someone on #7: ",
        ];
        while !expected.is_empty() {
            let line = hosted.until("owner/");
            expected.retain(|begin| !line.starts_with(begin));
        }
        hosted.server.end();
    }
    assert!(world.folder().join("out/owner/good/pulls/1.json").exists());
    let given_up = fs::read_dir(world.folder().join("state/given-up")).expect("a folder");
    let mut names: Vec<_> =
        given_up.map(|entry| entry.expect("an entry").file_name().to_string_lossy()[13..].to_owned()).collect();
    names.sort();
    assert_eq!(names, ["crashes-0.json", "hangs-0.json"]);
    assert_eq!(fs::read_dir(world.folder().join("state/waiting")).expect("a folder").count(), 0);
}

/// What a run is allowed is what the program has above it.
#[cfg(target_os = "linux")]
#[test]
fn a_run_has_the_memory_that_the_host_gives_it() {
    let mut world = World::new(&[("Cargo.toml", "[package]\n"), ("Cargo.lock", "a 1\n")]);
    world.on_upstream().commit("Fix a (#1)", &[("Cargo.toml", "[package]\nname = 'a'\n"), ("Cargo.lock", "a 2\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.on_fork();
    fs::create_dir_all(world.folder().join("clones/owner")).expect("a folder");
    fork_with(&mut world, "fork", "grep '^Max data size' /proc/$PPID/limits > Cargo.lock");
    let mut hosted = Hosted::start_with(world.folder(), &["--run-memory", "1000"]);
    let mut client = Client::connect(hosted.address).expect("connected");
    assert_eq!(client.deliver("one", &comment("owner/fork"), SECRET).expect("an answer").0, 202);
    hosted.until("owner/fork: ");
    hosted.server.end();
    let branches = world.folder().join("out/owner/fork/branches.git");
    let lock = crate::support::git_in(&branches, &["show", "uptake/fixes:Cargo.lock"], 0).stdout;
    let lock = String::from_utf8_lossy(&lock).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(lock, format!("Max data size {0} {0} bytes", 1000_u64 << 20));
}

/// What a server takes in memory, in MiB.
#[cfg(target_os = "linux")]
fn memory(server: &Mortal) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.0.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") >> 10
}

#[cfg(target_os = "linux")]
#[test]
fn bodies_that_nobody_signed_take_little_memory() {
    let world = fork();
    let hosted = Hosted::start(world.folder());
    let signature = super::client::signature("a guess", "");
    let head = |signature: &str| {
        format!(
            "POST /webhook HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: {signature}\r\ncontent-length: 26214400\r\n\r\n"
        )
    };
    let chunk = vec![b'x'; 1 << 20];
    let mut open = Vec::new();
    for (number, signature) in [("nonsense", 20), (signature.as_str(), 60)]
        .into_iter()
        .flat_map(|(signature, n)| (0..n).map(move |at| (at, signature)))
    {
        let mut stream = std::net::TcpStream::connect(hosted.address).expect("connected");
        stream.set_write_timeout(Some(std::time::Duration::from_millis(50))).expect("set");
        let sent = std::io::Write::write_all(&mut stream, head(signature).as_bytes())
            .and_then(|()| (0..20).try_for_each(|_| std::io::Write::write_all(&mut stream, &chunk)));
        // It may have been turned away meanwhile.
        let _either_way = (sent, number);
        open.push(stream);
    }
    let begun = std::time::Instant::now();
    let mut client = Client::connect(hosted.address).expect("connected");
    assert_eq!(client.deliver("one", &comment("Owner/Fork"), SECRET).expect("an answer").0, 202);
    assert!(begun.elapsed().as_secs() < 1, "{:?}", begun.elapsed());
    let memory = memory(&hosted.server);
    assert!(memory < 200, "{memory} MiB");
    let on_disk: usize = crate::support::snapshot(world.folder()).iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(on_disk < 1 << 20, "{on_disk} bytes");
    drop(open);
    hosted.server.end();
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

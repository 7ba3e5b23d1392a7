//! The server for those who host the App: nothing that was answered is lost, nothing is handled twice, nothing forged gets in.

pub(crate) mod client;
mod program;
mod recorded;
mod strangers;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use client::{Client, SECRET, comment, signature};
use uptake::serve::{Batch, LogRecord, Queue, Secret, Server, ServerConfig, Work, WorkError};

/// Notes what it is given, and whether two runs of one repository met.
#[derive(Default)]
struct Notes {
    handled: Mutex<Vec<String>>,
    running: Mutex<BTreeSet<String>>,
    met: AtomicUsize,
    runs: AtomicUsize,
    /// How many runs fail before one works.
    fail: AtomicUsize,
    /// What a run waits for before it ends, where it waits.
    gate: Option<Mutex<Receiver<()>>>,
    log: Mutex<Vec<String>>,
    /// What is looked at by the clock.
    known: Vec<String>,
    /// What did not arrive.
    lost: Mutex<Vec<String>>,
}

impl Work for Notes {
    fn run(&self, batch: &Batch) -> Result<String, WorkError> {
        if !self.running.lock().expect("lock").insert(batch.repository.clone()) {
            self.met.fetch_add(1, Ordering::Relaxed);
        }
        self.runs.fetch_add(1, Ordering::Relaxed);
        if let Some(gate) = &self.gate {
            gate.lock().expect("lock").recv().expect("let go");
        }
        let fails = self.fail.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        if !fails {
            self.handled.lock().expect("lock").extend(batch.deliveries.iter().map(|delivery| delivery.id.clone()));
        }
        self.running.lock().expect("lock").remove(&batch.repository);
        if fails { Err(WorkError::Failed("not today".into())) } else { Ok("done".into()) }
    }

    fn log(&self, record: &LogRecord) {
        let now = "2025-11-22T09:00:00Z".parse().expect("a moment");
        self.log.lock().expect("lock").push(record.text(now));
    }

    fn redeliver(&self, known: &dyn Fn(&str) -> bool) -> Result<usize, WorkError> {
        let lost = self.lost.lock().expect("lock");
        Ok(lost.iter().filter(|id| !known(id)).count())
    }

    fn known(&self) -> Vec<String> {
        self.known.clone()
    }
}

/// A server in a thread of its own.
struct Running {
    address: SocketAddr,
    /// Where its metrics are.
    metrics: SocketAddr,
    stop: tokio::sync::oneshot::Sender<()>,
    thread: JoinHandle<usize>,
}

impl Running {
    fn start(state: &Path, capacity: usize, notes: &Arc<Notes>) -> Self {
        let settings = ServerConfig {
            listen: ([127, 0, 0, 1], 0).into(),
            metrics: Some(([127, 0, 0, 1], 0).into()),
            secret: Secret::new(SECRET).expect("a secret"),
            state: state.to_path_buf(),
            capacity,
            parallel: 4,
            grace: Duration::from_secs(60),
            rest: Duration::ZERO,
            redeliver: Duration::from_millis(1),
            every: (!notes.known.is_empty()).then_some(Duration::from_millis(1)),
        };
        let work: Arc<dyn Work> = Arc::clone(notes) as Arc<dyn Work>;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (described, address) = channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let server = Server::bind(settings, work).await.expect("bound");
                let addresses = (server.address().expect("an address"), server.metrics_address().expect("an address"));
                described.send(addresses).expect("heard");
                let stop = async {
                    let _either_way = stopped.await;
                };
                server.serve(stop).await
            })
        });
        let (address, metrics) = address.recv().expect("an address");
        Self { address, metrics, stop, thread }
    }

    /// Stops it and returns how many deliveries still wait.
    fn stop(self) -> usize {
        self.stop.send(()).expect("heard");
        self.thread.join().expect("ended")
    }

    fn client(&self) -> Client {
        Client::connect(self.address).expect("connected")
    }

    fn metrics(&self) -> Client {
        Client::connect(self.metrics).expect("connected")
    }

    /// Asks until nothing waits any more.
    fn resolve(&self) {
        let mut client = self.metrics();
        while !client.get("/metrics").1.contains("\nuptake_webhooks_waiting 0\n") {
            std::thread::yield_now();
        }
    }
}

fn id(number: usize) -> String {
    format!("72d3162e-cc78-11e3-81ab-{number:012}")
}

/// Delivers these to so many forks, and returns those that were not answered since the server went away.
fn deliver(address: SocketAddr, numbers: &[usize], forks: usize) -> Vec<usize> {
    let Ok(mut client) = Client::connect(address) else { return numbers.to_vec() };
    for (at, number) in numbers.iter().enumerate() {
        match client.deliver(&id(*number), &comment(&format!("owner/fork-{}", number % forks)), SECRET) {
            // Seen before: it was written down, and only the answer was lost.
            Ok((202 | 409, _)) => {}
            Ok((status, text)) => panic!("{status} {text}"),
            Err(_) => return numbers[at..].to_vec(),
        }
    }
    Vec::new()
}

/// Delivers these from several sides at once. Each keeps half of its own back: that is left for after the server's end, however
/// fast it takes the others.
fn storm(address: SocketAddr, numbers: &[usize], forks: usize) -> Vec<JoinHandle<Vec<usize>>> {
    let parts = numbers.chunks(numbers.len().div_ceil(8).max(1)).map(<[usize]>::to_vec);
    let send = move |part: Vec<usize>| {
        let (now, later) = part.split_at(part.len() / 2);
        [deliver(address, now, forks), later.to_vec()].concat()
    };
    parts.map(|part| std::thread::spawn(move || send(part))).collect()
}

fn late(senders: Vec<JoinHandle<Vec<usize>>>) -> Vec<usize> {
    senders.into_iter().flat_map(|sender| sender.join().expect("sent")).collect()
}

/// Waits until a server has written so many down.
fn wait_for(address: SocketAddr, number: usize) {
    let mut watcher = Client::connect(address).expect("connected");
    let queued = |page: &str| {
        let line = page.lines().find_map(|line| line.strip_prefix("uptake_webhooks_total{result=\"queued\"} "));
        line.and_then(|number| number.parse::<usize>().ok()).expect("a number")
    };
    while queued(&watcher.get("/metrics").1) < number {
        std::thread::yield_now();
    }
}

/// Refuses as many forged ones as replayed ones.
fn refuses(address: SocketAddr, total: usize, forgeries: usize) {
    let mut client = Client::connect(address).expect("connected");
    for number in 0..forgeries {
        let (status, _) = client.deliver(&id(total + number), &comment("owner/fork-1"), "a guess").expect("an answer");
        assert_eq!(status, 401);
        let (status, _) = client.deliver(&id(number), &comment("owner/fork-1"), SECRET).expect("an answer");
        assert_eq!(status, 409, "a replay");
    }
}

/// How many webhooks the tests of restarts deliver.
fn webhooks(least: usize) -> usize {
    std::env::var("UPTAKE_WEBHOOKS").ok().and_then(|text| text.parse().ok()).unwrap_or(least)
}

/// 10,000 in a release: `UPTAKE_WEBHOOKS=10000 cargo test --test scenarios serve::`.
#[test]
fn a_restart_in_the_middle_loses_nothing_and_repeats_nothing() {
    let total = webhooks(400);
    let state = tempfile::tempdir().expect("a folder");
    let notes = Arc::new(Notes::default());
    let numbers: Vec<usize> = (0..total).collect();
    let first = Running::start(state.path(), total, &notes);
    let senders = storm(first.address, &numbers, 50);
    // In the middle: while others are on their way.
    wait_for(first.metrics, total / 3);
    let waiting = first.stop();
    let late = late(senders);

    let second = Running::start(state.path(), total, &notes);
    assert_eq!(deliver(second.address, &late, 50), Vec::<usize>::new());
    let forgeries = total / 4;
    refuses(second.address, total, forgeries);
    second.resolve();
    assert_eq!(second.stop(), 0);

    let mut handled = notes.handled.lock().expect("lock").clone();
    handled.sort();
    assert_eq!(handled, numbers.iter().map(|number| id(*number)).collect::<Vec<_>>(), "each once, and no other");
    assert_eq!(notes.met.load(Ordering::Relaxed), 0, "one run per repository at a time");
    println!(
        "{total} webhooks, {} of them after a restart that left {waiting} waiting; {} runs; {forgeries} forged and {forgeries} replayed ones refused",
        late.len(),
        notes.runs.load(Ordering::Relaxed)
    );
}

#[test]
fn what_is_not_signed_or_not_understood_is_turned_away() {
    let state = tempfile::tempdir().expect("a folder");
    let notes = Arc::new(Notes::default());
    let server = Running::start(state.path(), 10, &notes);
    let mut client = server.client();
    let body = comment("owner/fork");
    assert_eq!(client.get("/healthz"), (200, "ok\n".into()));
    assert_eq!(client.get("/"), (404, "there are /webhook and /healthz\n".into()));
    assert_eq!(client.get("/webhook"), (405, "/webhook takes POST\n".into()));
    let post = "POST /webhook HTTP/1.1\r\ncontent-type: application/json\r\n";
    assert_eq!(client.ask(post, &body).expect("an answer").0, 401, "no signature");
    let signed = |head: &str, body: &str| {
        let signature = signature(SECRET, body);
        format!("{head}x-hub-signature-256: {signature}\r\nx-github-event: issue_comment\r\n")
    };
    for (delivery, body, status) in [
        ("", body.as_str(), 400),
        ("../../etc/passwd", &body, 400),
        ("a", "{", 400),
        ("a", &comment("../.."), 400),
        ("a", &comment("owner/fork/more"), 400),
        ("b", "{\"zen\": \"ping\"}", 200),
        ("c", &body.replace("User", "Bot"), 200),
    ] {
        let head = signed(&format!("{post}x-github-delivery: {delivery}\r\n"), body);
        assert_eq!(client.ask(&head, body).expect("an answer").0, status, "{delivery} {body}");
    }
    let form = "POST /webhook HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    assert_eq!(client.ask(&signed(form, "payload=%7B%7D"), "payload=%7B%7D").expect("an answer").0, 415);
    let large = format!("{}content-length: 26214401\r\n", signed(post, ""));
    assert_eq!(server.client().ask(&large, "").expect("an answer").0, 413, "before any of it was sent");
    assert_eq!(client.get("/metrics").0, 404, "they are for nobody outside");
    let metrics = server.metrics().get("/metrics").1;
    for line in ["{result=\"forged\"} 1", "{result=\"malformed\"} 6", "{result=\"ignored\"} 2", "{result=\"queued\"} 0"]
    {
        assert!(metrics.contains(&format!("uptake_webhooks_total{line}\n")), "{line} is not in\n{metrics}");
    }
    assert_eq!(server.stop(), 0);
    assert!(notes.handled.lock().expect("lock").is_empty());
}

#[test]
fn a_full_queue_turns_away_and_one_run_handles_all_that_gathered() {
    let state = tempfile::tempdir().expect("a folder");
    let (open, gate) = channel();
    let notes = Arc::new(Notes { gate: Some(Mutex::new(gate)), ..Notes::default() });
    let server = Running::start(state.path(), 3, &notes);
    let mut client = server.client();
    let body = || comment("Owner/Fork");
    assert_eq!(client.deliver("one", &body(), SECRET).expect("an answer").0, 202);
    while notes.runs.load(Ordering::Relaxed) == 0 {
        std::thread::yield_now();
    }
    for name in ["two", "three"] {
        assert_eq!(client.deliver(name, &body(), SECRET).expect("an answer").0, 202);
    }
    let (status, text) = client.deliver("four", &body(), SECRET).expect("an answer");
    assert_eq!((status, text.as_str()), (503, "the queue is full; deliver it again later\n"));
    for _ in 0..2 {
        open.send(()).expect("heard");
    }
    server.resolve();
    assert_eq!(notes.runs.load(Ordering::Relaxed), 2, "the second run handles what came during the first");
    open.send(()).expect("heard");
    assert_eq!(client.deliver("four", &body(), SECRET).expect("an answer").0, 202, "what was turned away is no replay");
    server.resolve();
    assert_eq!(server.stop(), 0);
    assert_eq!(*notes.handled.lock().expect("lock"), ["one", "two", "three", "four"]);
}

#[test]
fn a_run_that_fails_is_tried_again_and_in_the_end_laid_aside() {
    for (failures, handled, aside) in [(2, 1, 0), (3, 0, 1)] {
        let state = tempfile::tempdir().expect("a folder");
        let notes = Arc::new(Notes { fail: AtomicUsize::new(failures), ..Notes::default() });
        let server = Running::start(state.path(), 3, &notes);
        let mut client = server.client();
        assert_eq!(client.deliver("one", &comment("o/f"), SECRET).expect("an answer").0, 202);
        server.resolve();
        assert_eq!(client.deliver("one", &comment("o/f"), SECRET).expect("an answer").0, 409);
        assert_eq!(server.stop(), 0);
        assert_eq!(notes.handled.lock().expect("lock").len(), handled);
        let given_up = std::fs::read_dir(state.path().join("given-up")).expect("a folder").count();
        assert_eq!(given_up, aside);
    }
}

#[test]
fn what_a_killed_server_left_is_taken_up() {
    let state = tempfile::tempdir().expect("a folder");
    let delivery = |name: &str| match uptake::serve::read("issue_comment", name, comment("o/f").as_bytes()) {
        Ok(uptake::serve::Asked::Run(delivery)) => delivery,
        other => panic!("{other:?}"),
    };
    let mut queue = Queue::open(state.path(), 10).expect("opened");
    for name in ["handled", "waits"] {
        let arrival = queue.arrive(delivery(name)).expect("there is room");
        let written = arrival.write();
        queue.arrived(arrival, written).expect("written");
    }
    let busy = Queue::open(state.path(), 10).expect_err("one server at a time").to_string();
    assert_eq!(busy, "another server uses this state folder");
    drop(queue);
    // Killed after its run was noted, before its file was removed; and while another was being written.
    std::fs::write(state.path().join("handled.log"), "handled\nhal").expect("written");
    std::fs::write(state.path().join("waiting/.000000000002-part.json.part"), "{\"id\"").expect("written");
    let mut queue = Queue::open(state.path(), 10).expect("opened");
    let batch = queue.take(false).expect("a batch");
    assert!(queue.begin(&batch).expect("written"), "the first time");
    assert_eq!(batch.deliveries.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["waits"]);
    assert_eq!(queue.take(false), None, "its run is under way");
    queue.done(&batch).expect("noted");
    for name in ["handled", "waits"] {
        assert_eq!(queue.arrive(delivery(name)).expect_err("seen"), uptake::serve::Accepted::Replayed);
    }
    assert_eq!(client::handled(state.path()), ["handled", "waits"]);
    drop(queue);
    std::fs::write(state.path().join("waiting/notes.txt"), "mine").expect("written");
    let wrong = Queue::open(state.path(), 10).expect_err("not ours").to_string();
    assert!(wrong.ends_with("notes.txt is no delivery; move it away"), "{wrong}");
}

proptest::proptest! {
    /// Nothing that is signed by mistake, or by somebody who holds the secret, ends the server or names a folder elsewhere.
    #[test]
    fn no_body_is_too_strange(
        name in proptest::sample::select(&uptake::action::EVENTS[..]),
        at in 0_usize..200,
        with in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..12),
        cut in 0_usize..4,
        id in "[-a-zA-Z0-9_./\\PC]{0,8}",
    ) {
        let mut body = comment("owner/fork").into_bytes();
        let at = at.min(body.len());
        body.splice(at..(at + cut).min(body.len()), with);
        if let Ok(uptake::serve::Asked::Run(delivery)) = uptake::serve::read(name, &id, &body) {
            let parts: Vec<&str> = delivery.repository.split('/').collect();
            proptest::prop_assert!(parts.len() == 2 && parts.iter().all(|part| !part.is_empty() && !part.starts_with('.')));
            proptest::prop_assert!(!delivery.id.contains(['/', '.', '\\']) && !delivery.id.is_empty());
            proptest::prop_assert!(!delivery.because.contains('\n'));
        }
    }
}

#[test]
fn forks_that_are_known_are_looked_at_by_the_clock_and_no_two_looks_at_one_meet() {
    let folder = tempfile::tempdir().expect("a folder");
    let notes = Arc::new(Notes { known: vec!["Some/Fork".into(), "some/other".into()], ..Notes::default() });
    let running = Running::start(folder.path(), 100, &notes);
    while notes.runs.load(Ordering::Relaxed) < 6 {
        std::thread::yield_now();
    }
    let page = running.metrics().get("/metrics").1;
    let value = |line: &str| page.lines().find_map(|of| of.strip_prefix(line)?.trim().parse::<i64>().ok());
    let at = value("uptake_last_success_timestamp_seconds{fork=\"some/fork\"}").expect("a run ended well");
    let age = value("uptake_last_success_age_seconds{fork=\"some/other\"}").expect("a run ended well");
    assert!(at > 1_700_000_000 && (0..600).contains(&age), "{page}");
    running.stop();
    // It is known after a restart, before any run.
    let idle = Running::start(folder.path(), 100, &Arc::new(Notes::default()));
    let page = idle.metrics().get("/metrics").1;
    assert!(page.contains("uptake_last_success_age_seconds{fork=\"some/fork\"} "), "{page}");
    idle.stop();
    let handled = notes.handled.lock().expect("lock").clone();
    assert!(handled.len() >= 6 && handled.iter().all(|id| id.starts_with("clock-")), "{handled:?}");
    assert_eq!(notes.met.load(Ordering::Relaxed), 0);
    let log = notes.log.lock().expect("lock").join("\n");
    assert!(log.contains("some/fork: done") && log.contains("some/other: done"), "{log}");
}

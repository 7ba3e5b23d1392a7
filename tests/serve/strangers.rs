//! What a tenant, a replay or a slow client can do to a server: nothing to others.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use uptake::serve::Queue;

use super::client::{SECRET, comment, signature};
use super::{Notes, Running, id};

#[test]
fn a_run_that_takes_the_server_with_it_is_set_aside_after_three_restarts() {
    let state = tempfile::tempdir().expect("a folder");
    let delivery = |name: &str, fork: &str| match uptake::serve::read("issue_comment", name, comment(fork).as_bytes()) {
        Ok(uptake::serve::Asked::Run(delivery)) => delivery,
        other => panic!("{other:?}"),
    };
    let mut queue = Queue::open(state.path(), 100).expect("opened");
    for (name, fork) in [("one", "evil/fork"), ("two", "good/fork")] {
        let arrival = queue.arrive(delivery(name, fork)).expect("there is room");
        let written = arrival.write();
        queue.arrived(arrival, written).expect("written");
    }
    for attempt in 0..3 {
        let batch = queue.take(false).expect("a batch");
        assert_eq!(batch.repository, "evil/fork");
        assert!(queue.begin(&batch).expect("written"), "attempt {attempt}");
        assert_eq!(
            queue.take(true).expect("a batch").repository,
            "good/fork",
            "the last place is for those that end well"
        );
        // Killed.
        drop(queue);
        queue = Queue::open(state.path(), 100).expect("opened");
    }
    let batch = queue.take(false).expect("a batch");
    assert!(!queue.begin(&batch).expect("written"), "laid aside");
    assert_eq!(queue.take(false).expect("a batch").repository, "good/fork");
    assert_eq!(std::fs::read_dir(state.path().join("given-up")).expect("a folder").count(), 1);
    assert_eq!(queue.arrive(delivery("one", "evil/fork")).expect_err("seen"), uptake::serve::Accepted::Replayed);
    // A stop that was waited for says nothing of the runs that it cut off.
    for _ in 0..5 {
        queue.cut_off().expect("written");
        let batch = queue.take(false).expect("a batch");
        assert!(queue.begin(&batch).expect("written"));
    }
}

#[test]
fn one_repository_does_not_take_the_whole_queue() {
    let state = tempfile::tempdir().expect("a folder");
    let (open, gate) = channel();
    let notes = Arc::new(Notes { gate: Some(Mutex::new(gate)), ..Notes::default() });
    let server = Running::start(state.path(), 100, &notes);
    let mut client = server.client();
    let accepted = (0..100)
        .filter(|n| client.deliver(&id(*n), &comment("evil/fork"), SECRET).expect("an answer").0 == 202)
        .count();
    assert_eq!(accepted, 16);
    assert_eq!(client.deliver("good", &comment("good/fork"), SECRET).expect("an answer").0, 202);
    for _ in 0..10 {
        open.send(()).expect("heard");
    }
    server.resolve();
    server.stop();
}

#[test]
fn of_those_who_may_not_belong_the_repository_is_asked_and_few_at_once() {
    let state = tempfile::tempdir().expect("a folder");
    let by = |name: &str, login: &str, association: &str| {
        let mut event: serde_json::Value = serde_json::from_str(&comment("owner/fork")).expect("JSON");
        event["comment"]["author_association"] = association.into();
        event["comment"]["user"]["login"] = login.into();
        match uptake::serve::read("issue_comment", name, event.to_string().as_bytes()) {
            Ok(uptake::serve::Asked::Run(delivery)) => delivery,
            other => panic!("{other:?}"),
        }
    };
    let mut queue = Queue::open(state.path(), 100).expect("opened");
    let mut arrive = |delivery| {
        let arrival = queue.arrive(delivery)?;
        let written = arrival.write();
        Ok::<_, uptake::serve::Accepted>(queue.arrived(arrival, written).expect("written"))
    };
    assert!(arrive(by("a", "stranger", "NONE")).is_ok());
    assert!(arrive(by("b", "other", "CONTRIBUTOR")).is_ok());
    assert_eq!(arrive(by("c", "third", "NONE")), Err(uptake::serve::Accepted::ShareFull));
    drop(queue);
    let mut queue = Queue::open(state.path(), 100).expect("opened");
    let batch = queue.take(false).expect("a batch");
    assert_eq!(batch.asks().into_iter().collect::<Vec<_>>(), ["other", "stranger"], "after a restart too");
    queue.release(&batch);
    let arrival = queue.arrive(by("d", "maintainer", "MEMBER")).expect("there is room");
    let written = arrival.write();
    queue.arrived(arrival, written).expect("written");
    assert!(queue.take(false).expect("a batch").asks().is_empty(), "somebody asks who may");
}

#[test]
fn those_that_are_being_written_down_count_as_well() {
    let state = tempfile::tempdir().expect("a folder");
    let mut queue = Queue::open(state.path(), 100).expect("opened");
    let by = |name: &str, association: &str| {
        let mut event: serde_json::Value = serde_json::from_str(&comment("owner/fork")).expect("JSON");
        event["comment"]["author_association"] = association.into();
        match uptake::serve::read("issue_comment", name, event.to_string().as_bytes()) {
            Ok(uptake::serve::Asked::Run(delivery)) => delivery,
            other => panic!("{other:?}"),
        }
    };
    let first = queue.arrive(by("a", "NONE")).expect("there is room");
    let _second = queue.arrive(by("b", "NONE")).expect("there is room");
    assert_eq!(queue.arrive(by("c", "NONE")).err(), Some(uptake::serve::Accepted::ShareFull));
    let _others = queue.arrive(by("d", "MEMBER")).expect("there is room for those who belong");
    // One that could not be written down leaves its place.
    let lost = queue.arrived(first, Err(std::io::ErrorKind::StorageFull.into()));
    assert!(lost.is_err() && queue.arrive(by("e", "NONE")).is_ok());
    assert_eq!(queue.arrive(by("f", "NONE")).err(), Some(uptake::serve::Accepted::ShareFull));
}

#[test]
fn what_can_be_no_signature_is_refused_before_there_is_a_body() {
    let state = tempfile::tempdir().expect("a folder");
    let server = Running::start(state.path(), 100, &Arc::new(Notes::default()));
    let begun = std::time::Instant::now();
    for named in ["", "x-hub-signature-256: nonsense\r\n", "x-hub-signature-256: sha256=12\r\n"] {
        let head = format!("POST /webhook HTTP/1.1\r\n{named}content-length: 1000\r\n");
        assert_eq!(server.client().ask(&head, "").expect("an answer").0, 401, "{named}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "a body is waited for: {:?}", begun.elapsed());
    server.stop();
}

#[test]
fn what_is_signed_counts_once_under_any_name_and_as_no_other_event() {
    let state = tempfile::tempdir().expect("a folder");
    let server = Running::start(state.path(), 100, &Arc::new(Notes::default()));
    let mut client = server.client();
    let body = comment("owner/fork");
    let head = |event: &str, id: &str| {
        let signature = signature(SECRET, &body);
        format!(
            "POST /webhook HTTP/1.1\r\ncontent-type: application/json\r\nx-github-event: {event}\r\nx-github-delivery: {id}\r\n\
             x-hub-signature-256: {signature}\r\n"
        )
    };
    for (event, id, status) in [
        ("issues", "a", 400),
        ("push", "b", 400),
        ("workflow_run", "c", 400),
        ("workflow_dispatch", "d", 200),
        ("repository_dispatch", "e", 200),
        ("schedule", "f", 200),
        ("issue_comment", "g", 202),
        ("issue_comment", "g", 409),
        ("issue_comment", "h", 409),
    ] {
        assert_eq!(client.ask(&head(event, id), &body).expect("an answer").0, status, "{event} {id}");
    }
    server.resolve();
    server.stop();
    let again = Running::start(state.path(), 100, &Arc::new(Notes::default()));
    assert_eq!(
        again.client().ask(&head("issue_comment", "i"), &body).expect("an answer").0,
        409,
        "after a restart too"
    );
    again.stop();
}

#[test]
fn clients_that_are_slow_or_silent_hold_up_nobody() {
    let state = tempfile::tempdir().expect("a folder");
    let server = Running::start(state.path(), 100, &Arc::new(Notes::default()));
    let at_once = |what: &str| {
        let begun = std::time::Instant::now();
        let (status, _) = server
            .client()
            .deliver(&id(begun.elapsed().subsec_nanos() as usize), &comment("owner/fork"), SECRET)
            .expect("an answer");
        assert_eq!(status, 202, "{what}");
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(1), "{what}: {took:?}");
    };
    let signature = signature("a guess", "");
    let slow = format!(
        "POST /webhook HTTP/1.1\r\nhost: x\r\nx-hub-signature-256: {signature}\r\ncontent-length: 1000\r\n\r\nx"
    );
    let mut open = Vec::new();
    for (what, number, sends) in [
        ("silent", 600, ""),
        ("slow heads", 300, "POST /webhook HTTP/1.1\r\n"),
        ("slow bodies", 260, slow.as_str()),
        ("kept alive", 300, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"),
    ] {
        for _ in 0..number {
            let mut stream = std::net::TcpStream::connect(server.address).expect("connected");
            let _may_be_gone = std::io::Write::write_all(&mut stream, sends.as_bytes());
            open.push(stream);
            if open.len() > 400 {
                open.remove(0);
            }
        }
        at_once(what);
    }
    drop(open);
    server.resolve();
    server.stop();
}

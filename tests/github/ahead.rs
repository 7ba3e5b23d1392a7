//! What does not depend on each other is read side by side, and what comes of it is the same as one after the other.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use uptake::forge::github::Purpose;
use uptake::forge::{Ahead, Checks, Issues, Label, Pulls};

use super::bench::{GitHubBench, app, connect};
use super::http::{Request, Response};
use super::server::Fault;
use crate::forge::Bench;

/// As many requests as may be on their way at once.
const AT_ONCE: usize = 4;

/// Where requests wait until so many are there at once; from then on none waits.
#[derive(Debug)]
pub(crate) struct Gate {
    wanted: usize,
    now: Mutex<(usize, usize)>,
    changed: Condvar,
}

impl Gate {
    fn new(wanted: usize) -> Arc<Self> {
        Arc::new(Self { wanted, now: Mutex::default(), changed: Condvar::new() })
    }

    /// Lets a request through once enough were there at once; after a while without them, too, so that a test fails and ends.
    pub(crate) fn pass<T>(&self, answer: impl FnOnce() -> T) -> T {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        now.0 += 1;
        now.1 = now.1.max(now.0);
        self.changed.notify_all();
        let waits = self.changed.wait_timeout_while(now, Duration::from_secs(20), |now| now.1 < self.wanted);
        drop(waits);
        let answered = answer();
        self.now.lock().unwrap_or_else(PoisonError::into_inner).0 -= 1;
        answered
    }

    /// How many were there at once at most.
    fn most(&self) -> usize {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

/// Requests like this one wait for each other.
fn gated(bench: &GitHubBench, wanted: usize, is: impl Fn(&Request) -> bool + Send + 'static) -> Arc<Gate> {
    let gate = Gate::new(wanted);
    let waits = Arc::clone(&gate);
    bench.server.faults(move |_, request| is(request).then(|| Fault::Together(Arc::clone(&waits))));
    gate
}

/// Seven conversations, each with a comment, and the page of comments of each.
fn conversations(bench: &mut GitHubBench) -> (Vec<u64>, Vec<String>) {
    let number = |nth: usize| bench.opens_issue("somebody", &format!("Issue {nth}"), "Text.");
    let numbers: Vec<u64> = (0..7).map(number).collect();
    for number in &numbers {
        bench.comments(*number, "somebody", &format!("In {number}"));
    }
    bench.github.labels().expect("there is a token");
    bench.server.log();
    let page = |number: &u64| format!("GET /api/repos/fork/mistral.rs/issues/{number}/comments");
    let pages = numbers.iter().map(page).collect();
    (numbers, pages)
}

/// What was said, as it is read.
fn said(bench: &GitHubBench, numbers: &[u64]) -> Vec<String> {
    let lists = bench.github.comments(numbers).expect("read");
    lists.into_iter().flat_map(|list| list.expect("a conversation")).map(|comment| comment.body).collect()
}

fn requests(bench: &GitHubBench) -> Vec<String> {
    let mut names: Vec<_> = bench.server.log().into_iter().map(|logged| logged.request.name()).collect();
    names.sort();
    names
}

fn slept(bench: &GitHubBench) -> Vec<u64> {
    bench.clock.slept.borrow_mut().drain(..).map(|time| time.as_secs()).collect()
}

#[test]
fn conversations_are_read_four_at_once_and_each_once() {
    let mut bench = super::bench();
    let (numbers, pages) = conversations(&mut bench);
    let gate = gated(&bench, AT_ONCE, |request| request.path.ends_with("/comments"));
    let wanted: Vec<_> = numbers.iter().map(|number| format!("In {number}")).collect();
    assert_eq!(said(&bench, &numbers), wanted);
    assert_eq!((gate.most(), requests(&bench)), (AT_ONCE, pages));
}

#[test]
fn the_pages_of_a_list_are_read_four_at_once_and_each_once() {
    let bench = super::bench();
    let names: Vec<_> = (0..17).map(|nth| format!("label-{nth:02}")).collect();
    let label = |name: &String| serde_json::json!({ "name": name, "color": "ededed", "description": null });
    bench.server.state().labels = names.iter().map(label).collect();
    // The first page says how many there are.
    let gate = gated(&bench, AT_ONCE, |request| request.parameter("page").is_some());
    let found: Vec<_> = bench.github.labels().expect("read").into_iter().map(|label| label.name).collect();
    assert_eq!(found, names);
    let read = requests(&bench).iter().filter(|name| name.ends_with("/labels")).count();
    assert_eq!((gate.most(), read), (AT_ONCE, 9));
}

#[test]
fn a_limit_that_several_meet_is_waited_for_once() {
    let mut bench = super::bench();
    let (numbers, pages) = conversations(&mut bench);
    let limit = Response::message(403, "You have exceeded a secondary rate limit").with("retry-after", "30");
    bench.server.faults(move |at, _| (at < AT_ONCE).then(|| Fault::Refuse(limit.clone())));
    let wanted: Vec<_> = numbers.iter().map(|number| format!("In {number}")).collect();
    assert_eq!(said(&bench, &numbers), wanted);
    assert_eq!(slept(&bench), [30]);
    // Those that were refused once more, and nothing was sent after them before the pause.
    let mut twice: Vec<_> = pages.iter().chain(&pages[..AT_ONCE]).cloned().collect();
    twice.sort();
    assert_eq!(requests(&bench), twice);
}

#[test]
fn a_token_that_ended_is_renewed_once_for_all() {
    let mut bench = super::bench();
    let (numbers, pages) = conversations(&mut bench);
    let ended = Response::message(401, "Bad credentials");
    bench.server.faults(move |at, _| (at < AT_ONCE).then(|| Fault::Refuse(ended.clone())));
    assert_eq!(said(&bench, &numbers).len(), numbers.len());
    let sent = requests(&bench);
    assert_eq!(sent.iter().filter(|name| name.ends_with("/access_tokens")).count(), 1);
    assert_eq!(sent.len(), pages.len() + AT_ONCE + 1);
}

#[test]
fn a_lost_answer_is_asked_for_again_and_no_other_is() {
    let mut bench = super::bench();
    let (numbers, pages) = conversations(&mut bench);
    let lost = pages[2].clone();
    bench.server.fault_at_named(&lost, 0, Fault::DoneAndDrop);
    assert_eq!(said(&bench, &numbers).len(), numbers.len());
    let mut wanted = [pages, vec![lost]].concat();
    wanted.sort();
    assert_eq!(requests(&bench), wanted);
}

#[test]
fn what_was_read_before_a_write_is_read_again_after_it() {
    let mut bench = super::bench();
    bench.github.read_ahead(&[Ahead::Labels, Ahead::Pulls]).expect("read");
    let label = Label { name: "new".into(), colour: "1d76db".into(), description: "Why".into() };
    bench.github.put_label(&label).expect("made");
    assert!(bench.github.labels().expect("read").contains(&label));
}

#[test]
fn a_forge_is_read_as_it_is_read_ahead() {
    let mut bench = super::bench();
    let head = bench.push_branch().expect("pushed");
    let issue = bench.opens_issue("somebody", "An issue", "Text.");
    let pull = bench.opens_pull("somebody", "uptake/a", "main");
    let looking = connect(&bench.server, &bench.world.fork(), app(), Purpose::Read).github;
    looking.labels().expect("there is a token");
    let (run, of) = (500, [Ahead::Pull(pull), Ahead::Issue(issue), Ahead::Statuses(head)]);
    let what = [&of[..], &[Ahead::Pulls, Ahead::Labels, Ahead::Jobs(run)]].concat();
    bench.server.log();
    looking.read_ahead(&[&what[..], &what].concat()).expect("read");
    assert_eq!(bench.server.log().len(), what.len(), "each is asked for once");
    looking.pulls("uptake/").expect("read");
    looking.labels().expect("read");
    looking.pull(pull).expect("read");
    looking.find_issue("", Some(issue)).expect("read");
    looking.statuses(head).expect("read");
    looking.jobs(run).expect("read");
    assert_eq!(requests(&bench), [""; 0], "each is known by its own call");
}

//! Whole runs in which something goes wrong, anything at each request in turn: the next run ends where an undisturbed one does.
//!
//! `UPTAKE_FAULT_STRIDE=1 cargo test --test scenarios github::whole` tries every fault at every request, which takes long; by
//! default one in so many is tried. `UPTAKE_FAULT_FROM` says which is the first.

#![allow(clippy::print_stdout, reason = "a suite run by hand is read")]

use std::sync::atomic::Ordering;
use std::time::Duration;

use uptake::forge::github::REQUEST_TIMEOUT;
use uptake::publish::Observed;

use super::asks;
use super::bench::app;
use super::closed;
use super::day::{Day, described, difference};
use super::http::{Request, Response};
use super::routes::invalid;
use super::server::Fault;
use super::stacks;
use super::state::State;

/// So few that the suite stays quick, and no multiple of the number of faults.
const STRIDE: u64 = 199;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

/// Everything that can go wrong with a request: what it is called, and what it is.
fn faults(request: &Request) -> Vec<(&'static str, Fault)> {
    let refuse = |status: u16, message: &str| Fault::Refuse(Response::message(status, message));
    let limit = |status: u16, message: &str, headers: &[(&str, &str)]| {
        let answer = Response::message(status, message);
        Fault::Refuse(headers.iter().fold(answer, |answer, (name, value)| answer.with(name, value)))
    };
    let mut all = vec![
        ("dropped before", Fault::Drop),
        ("dropped after", Fault::DoneAndDrop),
        ("dropped within the answer", Fault::DoneAndHalf),
        ("500 before", refuse(500, "Server Error")),
        ("502 after", Fault::DoneBut(Response::message(502, "Bad Gateway"))),
        ("503 before", refuse(503, "Service Unavailable")),
        ("429", limit(429, "Too many requests", &[("retry-after", "7")])),
        ("401", refuse(401, "Bad credentials")),
    ];
    // Whether a person may command is another matter. That there is no such person is an answer that nothing tells from a wrong one;
    // where it cannot be learnt the command waits, and all else goes on without.
    // So is that a comment is not there any more, which gets no sign then.
    if !["/permission", "/reactions"].iter().any(|end| request.path.ends_with(end)) {
        let lacks = [("x-accepted-github-permissions", "issues=write")];
        all.push(("403", limit(403, "Resource not accessible by integration", &lacks)));
        // What is said where a conversation is not there is heard by a later run, so that a result may come before it (`conversations.rs`).
        if request.writes() || !request.path.ends_with("/comments") {
            all.push(("404", refuse(404, "Not Found")));
        }
    }
    if request.path.starts_with("/git/") {
        return all;
    }
    all.push(("secondary limit", limit(403, "You have exceeded a secondary rate limit", &[])));
    let primary = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1763800300")];
    all.push(("primary limit", limit(403, "API rate limit exceeded for installation ID 7.", &primary)));
    all.push(("slow", Fault::DoneAndSilent));
    // That somebody cannot be asked is an answer, too, and so is that a pull request cannot be opened again: another is opened then.
    let reopens = request.method == "PATCH" && String::from_utf8_lossy(&request.body).contains(r#""state":"open""#);
    let asks = ["/requested_reviewers", "/assignees"].iter().any(|end| request.path.ends_with(end));
    if request.writes() && !reopens && !asks {
        let exists =
            invalid("PullRequest", "head", "custom", Some("A pull request already exists for fork:uptake/fixes."));
        let label = invalid("Label", "name", "already_exists", None);
        let none = invalid("PullRequest", "head", "custom", Some("No commits between main and uptake/fixes"));
        all.push(("422 exists, as it does now", Fault::DoneBut(exists.clone())));
        all.push(("422 exists, and it does not", Fault::Refuse(exists)));
        all.push(("422 label exists, as it does now", Fault::DoneBut(label)));
        all.push(("422 no commits", Fault::Refuse(none)));
        if !request.path.ends_with("/reactions") {
            all.push(("410", refuse(410, "Issues has been disabled in this repository.")));
        }
    }
    all
}

/// What is known of a forge, with texts as it gives them back, and without the ledger, which each write reads again.
fn as_given_back(known: Observed) -> Observed {
    let plain = |text: String| text.replace("\r\n", "\n").trim_end().to_owned();
    let mut known = Observed { ledger: None, ..known };
    for pull in &mut known.pulls {
        pull.text.body = plain(std::mem::take(&mut pull.text.body));
    }
    if let Some(dashboard) = &mut known.dashboard {
        dashboard.body = plain(std::mem::take(&mut dashboard.body));
    }
    known
}

/// All requests of an undisturbed run, and what is there in the evening.
fn undisturbed(day: &Day) -> (Vec<Request>, Vec<String>) {
    day.again();
    let done = day.run().expect("an undisturbed run");
    assert_eq!(done.waiting, Vec::<String>::new());
    let requests = day.server.log().into_iter().map(|logged| logged.request).collect();
    let evening = day.evening();
    let next = day.next().expect("another");
    assert_eq!(as_given_back(done.observed), as_given_back(next.observed), "a run knows what it made of the forge");
    let writes: Vec<_> = day.server.log().into_iter().filter(|logged| logged.request.writes()).collect();
    let names: Vec<_> = writes.iter().map(|logged| logged.request.name()).collect();
    assert!(names.iter().all(|name| name.ends_with("/access_tokens")), "another run writes {names:?}");
    assert_eq!(difference(&day.evening(), &evening), "");
    (requests, evening)
}

/// One more run; what is not as it is after an undisturbed one.
fn mended(day: &Day, evening: &[String]) -> Result<(), String> {
    day.server.faults(|_, _| None);
    let next = day.next();
    if next.is_err() {
        return Err(format!("the next run: {}", described(&next)));
    }
    let differs = difference(&day.evening(), evening);
    if differs.is_empty() { Ok(()) } else { Err(format!("the end differs:{differs}")) }
}

fn each_fault_at_each_request(day: &Day, requests: &[Request], evening: &[String]) {
    let (stride, from) = (number("UPTAKE_FAULT_STRIDE", STRIDE), number("UPTAKE_FAULT_FROM", 0));
    let all: Vec<_> = requests
        .iter()
        .enumerate()
        .flat_map(|(nth, request)| {
            // What is read side by side comes in any order, so that a request is known by its name.
            let before = requests[..nth].iter().filter(|other| other.name() == request.name()).count();
            faults(request).into_iter().map(move |fault| (nth, before, request.name(), fault))
        })
        .collect();
    let (mut tried, mut failed, mut holes) = (0, 0, Vec::new());
    for (nth, before, request, (name, fault)) in all.iter().skip(usize::try_from(from).expect("a number")) {
        if tried % stride == 0 {
            let silent = matches!(fault, Fault::DoneAndSilent);
            day.again();
            let came = day.server.fault_at_named(request, *before, fault.clone());
            let first =
                if silent { day.run_as(app(), Duration::from_millis(400), "2025-10-01T12:00:00Z") } else { day.run() };
            failed += u64::from(first.is_err());
            assert!(came.load(Ordering::Relaxed), "the same run makes the same requests: {request}");
            if let Err(hole) = mended(day, evening) {
                let hole = format!("{name} at {nth}, {request} ({}): {hole}", described(&first));
                println!("{hole}");
                holes.push(hole);
            }
        }
        tried += 1;
        if tried % (100 * stride) == 0 {
            println!("{} of {}", tried / stride, all.len() as u64 / stride);
        }
    }
    let injected = tried.div_ceil(stride);
    println!("{} requests, {injected} of {} faults, {failed} ended a run", requests.len(), all.len());
    assert!(holes.is_empty(), "{} of {injected}:\n{}", holes.len(), holes.join("\n"));
}

/// After the nth write nothing answers any more, as for one who was killed.
fn cut_off_after_each_write(day: &Day, requests: &[Request], evening: &[String]) {
    let writes = requests.iter().filter(|request| request.writes()).count();
    let stride = usize::try_from(number("UPTAKE_FAULT_STRIDE", STRIDE).min(15)).expect("a number");
    let mut holes = Vec::new();
    for left in (1..=writes).skip(stride / 2).step_by(stride) {
        day.again();
        let mut seen = 0;
        day.server.faults(move |_, request| {
            let cut = seen >= left;
            seen += usize::from(request.writes());
            cut.then_some(Fault::Drop)
        });
        let first = day.run();
        if let Err(hole) = mended(day, evening) {
            holes.push(format!("cut off after write {left} ({}): {hole}", described(&first)));
        }
    }
    println!("{writes} writes");
    assert!(holes.is_empty(), "{}:\n{}", holes.len(), holes.join("\n"));
}

/// A person commits onto every branch of ours that there is, the ledger's too, and says so.
fn people(state: &mut State) {
    let all = state.git(&["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/uptake"]);
    for branch in all.lines() {
        let tree = state.git(&["rev-parse", &format!("{branch}^{{tree}}")]);
        let commit = state.git(&["commit-tree", &tree, "-p", branch, "-m", "Meanwhile"]);
        state.git(&["update-ref", &format!("refs/heads/{branch}"), &commit]);
        state.comments(1, "somebody", &format!("I committed {commit} to {branch}"));
    }
    state.pushed();
}

/// The commits people spoke of: those that are still in the history of their branch, and those that are not.
fn theirs(day: &Day) -> (Vec<String>, Vec<String>) {
    let state = day.server.state();
    let said = state.comments.iter().filter_map(|comment| comment.body.strip_prefix("I committed "));
    said.map(str::to_owned).partition(|said| {
        let (commit, branch) = said.split_once(" to ").expect("a commit and its branch");
        state.branch(branch).is_some_and(|head| state.contains(&head, commit))
    })
}

fn people_in_the_middle(day: &Day, requests: &[Request]) {
    let stride = usize::try_from(number("UPTAKE_FAULT_STRIDE", STRIDE).min(60)).expect("a number");
    let (mut kept, mut holes) = (0, Vec::new());
    for nth in (0..requests.len()).skip(stride / 2).step_by(stride) {
        day.again();
        day.server.fault_at(nth, Fault::First(people));
        let mut ended = vec![described(&day.run())];
        day.server.faults(|_, _| None);
        for minute in ["30", "50"] {
            ended.push(described(&day.run_as(app(), REQUEST_TIMEOUT, &format!("2025-10-01T12:{minute}:00Z"))));
        }
        let (there, gone) = theirs(day);
        kept += there.len();
        day.server.log();
        ended.push(described(&day.run_as(app(), REQUEST_TIMEOUT, "2025-10-01T12:50:00Z")));
        let writes: Vec<_> = day.server.log().into_iter().filter(|logged| logged.request.writes()).collect();
        let writes: Vec<_> = writes.iter().map(|logged| logged.request.name()).collect();
        let rests = writes.iter().all(|name| name.ends_with("/access_tokens"));
        if !gone.is_empty() || !rests || ended[1..].iter().any(|how| how != "done") {
            holes.push(format!("at {nth}, {}: lost {gone:?}, then {writes:?}, {ended:?}", requests[nth].name()));
        }
    }
    println!("{kept} commits by people");
    assert!(kept > 0);
    assert!(holes.is_empty(), "{}:\n{}", holes.len(), holes.join("\n"));
}

/// Whatever goes wrong at any request of a day's run; returns those requests.
fn the_next_run_mends(day: &Day) -> Vec<Request> {
    let (requests, evening) = undisturbed(day);
    each_fault_at_each_request(day, &requests, &evening);
    cut_off_after_each_write(day, &requests, &evening);
    requests
}

#[test]
fn whatever_goes_wrong_on_the_first_day_the_next_run_mends() {
    the_next_run_mends(&Day::first());
}

#[test]
fn whatever_goes_wrong_while_people_are_asked_the_next_run_mends() {
    the_next_run_mends(&asks::day());
}

#[test]
fn whatever_goes_wrong_while_what_a_bot_closed_is_opened_again_the_next_run_mends() {
    the_next_run_mends(&closed::day());
}

#[test]
fn whatever_goes_wrong_while_a_stack_is_made_the_next_run_mends() {
    the_next_run_mends(&stacks::day());
}

#[test]
fn whatever_goes_wrong_while_a_stack_is_taken_apart_and_made_again_the_next_run_mends() {
    let day = stacks::day_after();
    let requests = the_next_run_mends(&day);
    people_in_the_middle(&day, &requests);
}

#[test]
fn whatever_goes_wrong_on_a_busy_day_the_next_run_mends() {
    let day = Day::second();
    let requests = the_next_run_mends(&day);
    people_in_the_middle(&day, &requests);
}

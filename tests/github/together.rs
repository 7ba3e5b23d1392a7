//! Two runs at once.

#![allow(clippy::print_stdout, reason = "a suite run by hand is read")]

use std::thread;

use super::bench::app;
use super::day::{Day, described, difference};
use super::http::{Request, Response};
use super::server::Fault;
use super::stacks;
use super::state::Token;
use super::turns::Turns;
use uptake::forge::github::{Credentials, REQUEST_TIMEOUT};

const TOKENS: [&str; 2] = ["run-1", "run-2"];
/// Each begins at its own moment, so that no two write the same commit.
const BEGIN: [&str; 2] = ["2025-10-01T12:00:00Z", "2025-10-01T12:00:01Z"];
const LATER: &str = "2025-10-01T12:30:00Z";

/// Two runs of one bot, request by request in many orders. `UPTAKE_TOGETHER=50` tries so many.
fn two_at_once(mut day: Day) {
    let permissions = ["contents", "issues", "pull_requests", "actions", "statuses"];
    let permissions = permissions.map(|name| (name.to_owned(), "write".to_owned()));
    for token in TOKENS {
        let permissions = permissions.clone().into();
        let login = "pick-bot[bot]".into();
        day.change(|state| drop(state.tokens.insert(token.into(), Token { permissions, ends: u64::MAX, login })));
    }
    let run = |token: &str, now: &str| day.run_as(Credentials::Token(token.to_owned().into()), REQUEST_TIMEOUT, now);
    day.again();
    run(TOKENS[0], BEGIN[0]).expect("an undisturbed run");
    let evening = day.evening();
    let times = std::env::var("UPTAKE_TOGETHER").map_or(2, |value| value.parse().expect("a number"));
    let (mut holes, mut failed) = (Vec::new(), 0);
    for seed in 1..=times {
        day.again();
        let turns = std::sync::Arc::new(Turns::new(&TOKENS, seed));
        day.server.take_turns(Some(std::sync::Arc::clone(&turns)));
        let ended: Vec<_> = thread::scope(|scope| {
            let begin = |nth: usize| {
                let (turns, run) = (&turns, &run);
                scope.spawn(move || {
                    let _running = turns.running(nth);
                    run(TOKENS[nth], BEGIN[nth]).map_err(|error| described(&Err(error)))
                })
            };
            let both = [begin(0), begin(1)];
            both.into_iter().map(|run| run.join().expect("no panic")).collect()
        });
        day.server.take_turns(None);
        failed += ended.iter().filter(|ended| ended.is_err()).count();
        let why: Vec<_> = ended.into_iter().filter_map(Result::err).collect();
        if let Err(error) = run(TOKENS[0], LATER) {
            holes.push(format!("order {seed} {why:?}: the next run: {}", described(&Err(error))));
        }
        let differs = difference(&day.evening(), &evening);
        if !differs.is_empty() {
            holes.push(format!("order {seed} {why:?}: the end differs:{differs}"));
        }
    }
    println!("{times} orders, {failed} runs gave up");
    assert!(holes.is_empty(), "{}:\n{}", holes.len(), holes.join("\n"));
}

#[test]
fn two_first_runs_at_once_end_as_one() {
    two_at_once(Day::first());
}

#[test]
fn two_runs_that_make_a_stack_anew_end_as_one() {
    two_at_once(stacks::day_after());
}

#[test]
fn two_runs_of_a_busy_day_at_once_end_as_one() {
    two_at_once(Day::second());
}

/// The dashboard, if it is there, after a run at a moment; and what that run said of it.
fn dashboard_after(day: &Day, now: &str) -> (usize, Vec<String>) {
    let ran = day.run_as(app(), REQUEST_TIMEOUT, now);
    let there =
        day.server.state().items.iter().filter(|item| item.pull.is_none() && item.author.ends_with("[bot]")).count();
    let notices = ran.map(|done| done.changes.notices).unwrap_or_default();
    (there, notices.iter().map(ToString::to_string).filter(|notice| notice.contains("dashboard")).collect())
}

fn opens_the_dashboard(request: &Request) -> bool {
    request.method == "POST" && request.path.ends_with("/issues")
}

#[test]
fn a_run_killed_before_it_opened_the_dashboard_keeps_others_from_it_for_ten_minutes() {
    let day = Day::first();
    day.again();
    let mut killed = false;
    day.server.faults(move |_, request| {
        killed |= opens_the_dashboard(request);
        killed.then_some(Fault::Drop)
    });
    assert_eq!(dashboard_after(&day, "2025-10-01T12:00:00Z"), (0, Vec::new()));
    day.server.faults(|_, _| None);
    let (there, described) = dashboard_after(&day, "2025-10-01T12:09:00Z");
    assert_eq!(there, 0);
    insta::assert_snapshot!(described.join("\n"), @"the run that began at 2025-10-01T12:00:00Z set out to open the dashboard: left to it for ten minutes");
    assert_eq!(dashboard_after(&day, "2025-10-01T12:10:00Z"), (1, Vec::new()));
}

#[test]
fn a_run_that_may_not_open_the_dashboard_leaves_it_to_the_next() {
    let day = Day::first();
    day.again();
    day.server.faults(|_, request| {
        opens_the_dashboard(request)
            .then(|| Fault::Refuse(Response::message(410, "Issues has been disabled in this repository.")))
    });
    assert_eq!(dashboard_after(&day, "2025-10-01T12:00:00Z"), (0, Vec::new()));
    day.server.faults(|_, _| None);
    assert_eq!(dashboard_after(&day, "2025-10-01T12:01:00Z"), (1, Vec::new()));
}

#[test]
fn a_dashboard_that_was_opened_whatever_the_answer_said_is_not_given_up() {
    let day = Day::first();
    day.again();
    let refusal = Response::message(422, "Validation Failed");
    day.server.faults(move |_, request| opens_the_dashboard(request).then(|| Fault::DoneBut(refusal.clone())));
    assert_eq!(dashboard_after(&day, "2025-10-01T12:00:00Z"), (1, Vec::new()));
    let claim = day.server.state().git(&["show", "uptake/ledger:dashboard.yml"]);
    assert_eq!(claim, "opening: 2025-10-01T12:00:00Z");
}

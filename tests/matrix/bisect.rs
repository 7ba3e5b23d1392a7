//! The search for the pick that breaks a phase.

use std::fmt::Write;

use engine::ids::CommitId;
use uptake::ci::{BisectEnd, BisectStep, Bisection, SEARCH, TestRequest, TriedCommit, poll};
use uptake::view::matrix::search_ended;

use super::lab::{CONFIG, Lab};
use crate::support::World;

/// A phase of so many picks, and a search in it.
fn lab(picks: usize) -> (Lab, Bisection) {
    let mut world = World::new(&[("start", "")]);
    world.on_upstream();
    for n in 1..=picks {
        world.commit(&format!("fix: number {n}"), &[(&format!("f{n}"), "x\n")]);
    }
    let lab = Lab::of(world, CONFIG);
    let phase = &lab.built.phases[0];
    let commits: Vec<TriedCommit> =
        phase.picks.iter().map(|pick| TriedCommit { commit: pick.commit.expect("landed"), pick: pick.sha }).collect();
    assert_eq!(commits.len(), picks);
    let search = Bisection {
        cell: "13.1".into(),
        asked: "2025-12-01T00:00:00Z".parse().expect("a moment"),
        head: phase.head,
        base: phase.base_commit,
        commits,
        instead_of: None,
        end: None,
    };
    (lab, search)
}

/// One run: what the search wants is asked for, and answered by `gpu`. Returns how it ended, once it has.
fn step(lab: &mut Lab, search: &Bisection, gpu: &dyn Fn(CommitId) -> &'static str) -> Option<BisectEnd> {
    let wants = lab.wants();
    lab.matrix = poll(&lab.matrix, &wants, &lab.folder, lab.now).expect("looked").matrix;
    let ask = match search.next(&"fixes".into(), &lab.matrix) {
        BisectStep::End(end) => return Some(end),
        BisectStep::Test(ask) => ask,
    };
    lab.try_step(None, std::slice::from_ref(&ask)).expect("acted");
    answer(lab, &ask, gpu);
    None
}

/// The GPU's answer to every open test.
fn answer(lab: &Lab, ask: &TestRequest, gpu: &dyn Fn(CommitId) -> &'static str) {
    if lab.matrix.last(ask.head, &ask.cell).is_some_and(|cell| !cell.state.is_over()) {
        lab.finish(ask.head, &ask.cell, gpu(ask.head));
    }
}

/// A GPU on which everything from this pick on fails.
fn broken_from(search: &Bisection, guilty: usize) -> impl Fn(CommitId) -> &'static str {
    let bad: Vec<CommitId> = search.commits[guilty..].iter().map(|tried| tried.commit).collect();
    move |commit| if bad.contains(&commit) { "failed" } else { "passed" }
}

fn tested(lab: &Lab) -> usize {
    lab.matrix.records.get(&format!("{SEARCH}fixes")).map_or(0, |record| record.tests.len())
}

#[test]
fn of_twenty_picks_the_guilty_one_is_found_in_five_rounds() {
    for guilty in [0, 1, 7, 10, 13, 18, 19] {
        let (mut lab, search) = lab(20);
        let gpu = broken_from(&search, guilty);
        let mut runs = 0;
        let end = loop {
            if let Some(end) = step(&mut lab, &search, &gpu) {
                break end;
            }
            runs += 1;
            assert!(runs < 20, "it goes on and on");
        };
        let BisectEnd::Guilty { pick, rounds, .. } = end else { panic!("{end:?}") };
        assert_eq!(pick, search.commits[guilty].pick);
        assert!(rounds <= 5 && tested(&lab) == rounds, "{rounds} rounds, {} tests", tested(&lab));
    }
}

#[test]
fn killed_after_any_step_it_goes_on_from_there() {
    let (mut lab, search) = lab(20);
    let gpu = broken_from(&search, 12);
    let mut runs = 0;
    let end = loop {
        // Killed before anything was asked for, then after: what is kept is what the ledger had.
        for dies_at in [1, 2] {
            let wants = lab.wants();
            let looked = poll(&lab.matrix, &wants, &lab.folder, lab.now).expect("looked");
            if let BisectStep::Test(ask) = search.next(&"fixes".into(), &looked.matrix) {
                lab.try_step(Some(dies_at), &[ask]).expect_err("killed");
            }
        }
        lab.later(11);
        if let Some(end) = step(&mut lab, &search, &gpu) {
            break end;
        }
        runs += 1;
        assert!(runs < 30, "it goes on and on");
    };
    assert!(
        matches!(end, BisectEnd::Guilty { pick, rounds, .. } if pick == search.commits[12].pick && rounds <= 5),
        "{end:?}"
    );
    // Three of the base, three of the head, and the rounds: nothing was asked for twice.
    assert_eq!(lab.dispatches(), 6 + tested(&lab));
    assert!(tested(&lab) <= 5);
}

#[test]
fn a_red_base_ends_it_before_it_begins() {
    let (mut lab, search) = lab(4);
    let end = loop {
        if let Some(end) = step(&mut lab, &search, &|_| "failed") {
            break end;
        }
    };
    assert_eq!((end, tested(&lab)), (BisectEnd::RedBase, 0));
}

#[test]
fn a_green_head_ends_it_too() {
    let (mut lab, search) = lab(4);
    let end = loop {
        if let Some(end) = step(&mut lab, &search, &|_| "passed") {
            break end;
        }
    };
    assert_eq!((end, tested(&lab)), (BisectEnd::NotRed, 0));
}

#[test]
fn what_never_started_is_no_verdict_and_is_tried_again() {
    let (mut lab, search) = lab(4);
    let gpu = broken_from(&search, 2);
    let middle = search.commits[1].commit;
    let mut log = String::new();
    let end = loop {
        let tries = tested(&lab);
        let moody = |commit| if commit == middle && tries < 2 { "not-started" } else { gpu(commit) };
        if let Some(end) = step(&mut lab, &search, &moody) {
            break end;
        }
        let _ = writeln!(log, "{}", tested(&lab));
    };
    assert!(matches!(end, BisectEnd::Guilty { pick, .. } if pick == search.commits[2].pick), "{end:?} {log}");
    let (mut lab, search) = self::lab(4);
    let end = loop {
        let dead = |commit| if commit == middle { "no-device" } else { gpu(commit) };
        if let Some(end) = step(&mut lab, &search, &dead) {
            break end;
        }
    };
    assert_eq!((end, tested(&lab)), (BisectEnd::NoVerdict { commit: middle }, 3));
}

#[test]
fn a_flaky_head_is_not_halved() {
    let (mut lab, search) = lab(4);
    let gpu = broken_from(&search, 2);
    lab.step();
    lab.finish(search.head, "13.1", "passed");
    lab.step();
    lab.again(Some("13.1"));
    lab.step();
    lab.finish(search.head, "13.1", "failed");
    let end = loop {
        if let Some(end) = step(&mut lab, &search, &gpu) {
            break end;
        }
    };
    assert_eq!(end, BisectEnd::Flaky { commit: search.head });
}

#[test]
fn the_answer_names_the_pick_and_how_to_split_the_phase_there() {
    let (mut lab, search) = lab(5);
    let gpu = broken_from(&search, 2);
    let end = loop {
        if let Some(end) = step(&mut lab, &search, &gpu) {
            break end;
        }
    };
    let subject =
        |sha: CommitId| lab.survey.commits.iter().find(|commit| commit.sha == sha).expect("known").subject.clone();
    let mut text = search_ended(&search, &end, Some(search.head), &subject, &|line| format!("/{line}"));
    for (at, tried) in search.commits.iter().enumerate() {
        text = text
            .replace(&tried.pick.short(), &format!("PICK{at}"))
            .replace(&tried.commit.short(), &format!("COMMIT{at}"));
    }
    insta::assert_snapshot!(text, @r#"
        **`PICK2` breaks the phase with CUDA `13.1`**: fix: number 3

        The branch passes before it and fails from it on (`COMMIT2`). Found by testing 2 commits of 5 picks.

        Ways on, each said in a comment of its own:

        - leave it out: `/skip PICK2 breaks CUDA 13.1`
        - leave it for later: `/defer PICK2`
        - split the phase here: 2 picks before it can land as they are. Say `/move SHA PHASE` for it and for 2 picks after it, with a phase that comes later:
          `PICK2`, `PICK3`, `PICK4`

        <!-- uptake-bisect 13.1 COMMIT4 2025-12-01T00:00:00Z -->
    "#);
    for end in [
        BisectEnd::RedBase,
        BisectEnd::NotRed,
        BisectEnd::Flaky { commit: search.head },
        BisectEnd::NoVerdict { commit: search.head },
        BisectEnd::Moved,
    ] {
        assert!(search_ended(&search, &end, Some(search.head), &subject, &|line| line.to_owned()).ends_with("-->\n"));
    }
}

//! Pull requests that stand on each other, as a stack of GitHub's: offered once, taken apart where a base must change, and let be where a person
//! took it apart.

use std::process::Command;

use uptake::ledger::{AttemptState, MergeMethod, Stacks};
use uptake::pipeline::RunReport;

use super::day::Day;
use super::http::Response;
use super::server::Fault;
use crate::support::forge::lines;
use crate::support::git_command;

const CONFIG: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
  - { id: docs, title: Documents, priority: 2, rules: [{ subject: ^Say }] }
  - { id: more, title: More, priority: 3, rules: [{ subject: ^Add }] }
  - { id: late, title: Late, priority: 4, rules: [{ subject: ^Late }] }
stacking: previous
";

/// A day with three phases, each on the one before.
pub(super) fn day() -> Day {
    Day::with(CONFIG)
}

/// The day after, on which the lowest was merged and GitHub left the base of the next as it was.
pub(super) fn day_after() -> Day {
    let mut day = day();
    day.run().expect("the first day's run");
    day.merge("uptake/fixes", MergeMethod::Squash);
    day
}

/// The stacks: number and pull requests.
fn stacks(day: &Day) -> Vec<(u64, Vec<u64>)> {
    let state = day.server.state();
    let all = state.stacks.iter().flatten();
    all.map(|stack| (stack.number, stack.pulls.clone())).collect()
}

/// The open pull requests: number, from where to where.
fn open(day: &Day) -> Vec<String> {
    let state = day.server.state();
    let open = state.items.iter().filter(|item| item.open).filter_map(|item| Some((item.number, item.pull.as_ref()?)));
    open.map(|(number, pull)| format!("{number} {} -> {}", pull.head, pull.base)).collect()
}

/// Which stood on which in a stack, by the ledger: the lower one first.
fn pairs(day: &Day) -> Vec<(u64, u64)> {
    Stacks::of(&day.ledger()).expect("right").on.into_iter().map(|(upper, lower)| (lower, upper)).collect()
}

/// What a run did to stacks, and what it says of them.
fn of_stacks(done: &RunReport) -> Vec<String> {
    lines(&done.changes)
        .into_iter()
        .chain(done.waiting.clone())
        .filter(|line| line.contains("stack") && !line.contains("label"))
        .collect()
}

/// The requests of the API of stacks since the log was looked at last.
fn asked(day: &Day) -> Vec<String> {
    let names = day.server.log().into_iter().map(|logged| logged.request.name());
    names.filter(|name| name.contains("/stacks")).collect()
}

fn upstream_goes_on(day: &mut Day, subject: &str, file: &str) {
    day.world.on_upstream().commit(subject, &[(file, "new\n")]);
    day.world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    day.world.on_fork();
}

/// GitHub brings what is left of a stack onto the fork's branch: the lowest goes into that, and the commits are its own.
fn rest_is_rebased(day: &Day, rest: &[&str]) {
    let mut state = day.server.state();
    let repository = state.repository.display().to_string();
    let (mut onto, mut below) = ("main".to_owned(), None);
    for (at, branch) in rest.iter().enumerate() {
        let number = state.pull_of(branch);
        let old = state.branch(branch).expect("there");
        let base = state.item(number).and_then(|item| item.pull.as_ref()).expect("a pull request").base.clone();
        let from = below.replace(old.clone()).or_else(|| state.branch(&base)).expect("its base");
        day.world.git(&["fetch", "--quiet", &repository, branch]);
        day.world.git(&["switch", "--quiet", "--detach", "FETCH_HEAD"]);
        let mut rebase: Command =
            git_command(&day.world.fork(), &["rebase", "--quiet", "--onto", &onto, &from], 1_790_000_000);
        rebase.env("GIT_COMMITTER_NAME", "GitHub").env("GIT_COMMITTER_EMAIL", "noreply@github.com");
        for name in ["GIT_AUTHOR_DATE", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"] {
            rebase.env_remove(name);
        }
        let output = rebase.output().expect("git runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        onto = day.world.git(&["rev-parse", "HEAD"]);
        day.world.git(&["push", "--quiet", "--force", &repository, &format!("HEAD:refs/heads/{branch}")]);
        if at == 0 {
            state.item(number).and_then(|item| item.pull.as_mut()).expect("a pull request").base = "main".into();
        }
    }
    day.world.git(&["switch", "--quiet", "main"]);
    state.pushed();
}

#[test]
fn a_chain_is_offered_as_one_stack_and_once() {
    let day = day();
    let first = day.run().expect("a run");
    insta::assert_snapshot!(of_stacks(&first).join("\n"), @"offer the pull requests of uptake/fixes, uptake/docs and uptake/more as one stack");
    assert_eq!(open(&day), ["2 uptake/fixes -> main", "3 uptake/docs -> uptake/fixes", "4 uptake/more -> uptake/docs"]);
    assert_eq!(stacks(&day), [(1, vec![2, 3, 4])]);
    assert_eq!(pairs(&day), [(2, 3), (3, 4)]);
    assert_eq!(asked(&day), ["GET /api/repos/fork/mistral.rs/stacks", "POST /api/repos/fork/mistral.rs/stacks"]);
    let next = day.run().expect("another");
    assert_eq!((of_stacks(&next), asked(&day)), (vec![], vec![]));
}

#[test]
fn where_there_are_none_all_else_is_as_it_was() {
    let (with, without) = (day(), day());
    with.run().expect("a run");
    without.server.state().stacks = None;
    let first = without.run().expect("a run");
    assert_eq!(of_stacks(&first), Vec::<String>::new(), "nothing is missing to anybody");
    assert_eq!(open(&without), open(&with));
    assert_eq!(asked(&without), ["GET /api/repos/fork/mistral.rs/stacks"]);
    assert_eq!(pairs(&without), []);
    // Once they are there, the next run that has anything to do offers one.
    without.server.state().stacks = Some(Vec::new());
    without.run().expect("another");
    assert_eq!(stacks(&without), stacks(&with));
}

#[test]
fn what_a_person_took_apart_is_not_made_again() {
    let mut day = day();
    day.run().expect("a run");
    day.server.state().stacks = Some(Vec::new());
    for (subject, file) in [("Say more", "m.md"), ("Late z", "z.txt")] {
        upstream_goes_on(&mut day, subject, file);
        day.run().expect("another");
        assert_eq!(stacks(&day), [], "{subject}");
    }
    assert_eq!(open(&day).last().map(String::as_str), Some("6 uptake/late -> uptake/more"));
    // Nor when the lowest has landed.
    day.merge("uptake/fixes", MergeMethod::Squash);
    day.run().expect("another");
    assert_eq!(open(&day)[0], "3 uptake/docs -> main");
    assert_eq!(stacks(&day), []);
}

#[test]
fn what_comes_above_is_put_on_top() {
    let mut day = day();
    day.run().expect("a run");
    upstream_goes_on(&mut day, "Late z", "z.txt");
    let done = day.run().expect("another");
    insta::assert_snapshot!(of_stacks(&done).join("\n"), @"put the pull request of uptake/late on top of stack 1");
    assert_eq!(stacks(&day), [(1, vec![2, 3, 4, 6])]);
    assert_eq!(pairs(&day), [(2, 3), (3, 4), (4, 6)]);
}

#[test]
fn what_is_left_of_a_stack_goes_on_however_the_lowest_was_merged() {
    for how in [MergeMethod::Merge, MergeMethod::Squash, MergeMethod::Rebase] {
        let mut day = day();
        day.run().expect("a run");
        day.merge("uptake/fixes", how);
        rest_is_rebased(&day, &["uptake/docs", "uptake/more"]);
        asked(&day);
        let done = day.run().expect("the run after");
        let said = lines(&done.changes);
        assert!(!said.iter().any(|line| line.contains("commits by people")), "{how:?}: {said:?}");
        assert_eq!(asked(&day), Vec::<String>::new(), "{how:?}");
        assert_eq!(open(&day), ["3 uptake/docs -> main", "4 uptake/more -> uptake/docs"], "{how:?}");
        assert_eq!(stacks(&day), [(1, vec![2, 3, 4])], "{how:?}");
        assert_eq!(day.ledger().phases()["fixes"].rounds[0].state, AttemptState::Landed, "{how:?}");
        assert!(day.run().expect("one more").changes.changes.is_empty(), "{how:?}");
    }
}

#[test]
fn two_that_were_merged_together_have_both_landed() {
    for how in [MergeMethod::Merge, MergeMethod::Squash] {
        let mut day = day();
        day.run().expect("a run");
        if how == MergeMethod::Squash {
            day.merge("uptake/fixes", how);
        }
        day.merge("uptake/docs", how);
        let merged = day.world.head().to_string();
        if how == MergeMethod::Merge {
            // One merge commit for all.
            let mut state = day.server.state();
            state.close(2);
            state.item(2).and_then(|item| item.pull.as_mut()).expect("a pull request").merged = Some(merged);
        }
        rest_is_rebased(&day, &["uptake/more"]);
        day.run().expect("the run after");
        let (ledger, landed) = (day.ledger(), [(AttemptState::Landed, Some(how))]);
        for phase in ["fixes", "docs"] {
            let rounds = ledger.phases()[phase].rounds.iter();
            let rounds: Vec<_> =
                rounds.map(|round| (round.state, round.landed.as_ref().map(|landed| landed.how))).collect();
            assert_eq!(rounds, landed, "{phase}, {how:?}");
        }
        assert_eq!(open(&day), ["4 uptake/more -> main"], "{how:?}");
        assert!(day.run().expect("one more").changes.changes.is_empty(), "{how:?}");
    }
}

#[test]
fn a_stack_is_taken_apart_where_github_left_a_base_as_it_was() {
    let day = day_after();
    let done = day.run().expect("the run after");
    insta::assert_snapshot!(of_stacks(&done).join("\n"), @r"
    take stack 1 apart (pull requests 3 and 4) to change what is in it
    offer the pull requests of uptake/docs and uptake/more as one stack
    ");
    assert_eq!(open(&day), ["3 uptake/docs -> main", "4 uptake/more -> uptake/docs"]);
    assert_eq!(stacks(&day), [(1, vec![2]), (2, vec![3, 4])]);
    assert_eq!(pairs(&day), [(3, 4)]);
    assert_eq!(day.server.state().branch("uptake/fixes"), None);
    assert!(day.run().expect("one more").changes.changes.is_empty());
}

#[test]
fn one_that_github_will_not_take_apart_keeps_its_bases_and_the_branches_they_name() {
    let day = day_after();
    day.server.state().locked_stacks = true;
    let done = day.run().expect("the run after");
    insta::assert_snapshot!(of_stacks(&done).join("\n"), @r"
    take stack 1 apart (pull requests 3 and 4) to change what is in it
    pull request 3 cannot go into main while it is in stack 1, which was not taken apart: press Unstack there, or run again later
    ");
    assert_eq!(open(&day), ["3 uptake/docs -> uptake/fixes", "4 uptake/more -> uptake/docs"]);
    assert_ne!(day.server.state().branch("uptake/fixes"), None, "nothing that goes into it is closed");
    day.server.state().locked_stacks = false;
    day.run().expect("the next");
    assert_eq!(open(&day), ["3 uptake/docs -> main", "4 uptake/more -> uptake/docs"]);
    assert_eq!(stacks(&day), [(1, vec![2]), (2, vec![3, 4])]);
}

#[test]
fn what_comes_below_begins_the_stack_anew() {
    let day = day();
    day.run().expect("a run");
    let urgent = "phases:\n  - { id: urgent, title: Urgent, priority: 1, rules: [{ subject: '^Add e' }] }";
    day.world.config(&CONFIG.replace("phases:", urgent));
    let done = day.run().expect("another");
    insta::assert_snapshot!(of_stacks(&done).join("\n"), @r"
    take stack 1 apart (pull requests 2, 3 and 4) to change what is in it
    offer the pull requests of uptake/urgent, uptake/fixes, uptake/docs and uptake/more as one stack
    ");
    assert_eq!(open(&day)[..2], ["2 uptake/fixes -> uptake/urgent", "3 uptake/docs -> uptake/fixes"]);
    assert_eq!(stacks(&day), [(2, vec![6, 2, 3, 4])]);
    assert!(day.run().expect("one more").changes.changes.is_empty());
}

#[test]
fn a_closed_one_on_top_is_left_out() {
    let mut day = day();
    day.run().expect("a run");
    // Nothing is left of the highest, and another comes above what is below it.
    let added: Vec<_> =
        ["Add d", "Add e"].map(|subject| day.world.git(&["log", "--format=%H", "--grep", subject, "upstream"])).into();
    let mut state = day.server.state();
    for sha in added {
        state.comments(4, "maintainer", &format!("/skip {} not for us", &sha[..12]));
    }
    drop(state);
    day.run().expect("another");
    assert_eq!(open(&day), ["2 uptake/fixes -> main", "3 uptake/docs -> uptake/fixes"]);
    upstream_goes_on(&mut day, "Late z", "z.txt");
    let done = day.run().expect("one more");
    insta::assert_snapshot!(of_stacks(&done).join("\n"), @r"
    take stack 1 apart (pull requests 2 and 3) to change what is in it
    offer the pull requests of uptake/fixes, uptake/docs and uptake/late as one stack
    ");
    assert_eq!(open(&day).last().map(String::as_str), Some("6 uptake/late -> uptake/docs"));
    assert_eq!(stacks(&day), [(2, vec![2, 3, 6])]);
}

#[test]
fn what_people_put_into_stacks_is_left_to_them() {
    let day = day();
    day.server.state().stacks = None;
    day.run().expect("a run");
    let theirs = super::stacked::Stack { number: 7, pulls: vec![3, 4] };
    day.server.state().stacks = Some(vec![theirs]);
    asked(&day);
    let done = day.run().expect("another");
    assert_eq!((of_stacks(&done), asked(&day)), (vec![], vec![]));
    assert_eq!(stacks(&day), [(7, vec![3, 4])]);
}

#[test]
fn that_github_refuses_is_said_and_keeps_nothing_else() {
    let day = day();
    let refused = Response::message(422, "Pull requests must be from the same repository");
    drop(day.server.fault_at_named("POST /api/repos/fork/mistral.rs/stacks", 0, Fault::Refuse(refused)));
    let done = day.run().expect("a run");
    insta::assert_snapshot!(of_stacks(&done).join("\n"), @"note: the pull requests of uptake/fixes, uptake/docs and uptake/more are in no stack: Pull requests must be from the same repository");
    assert_eq!(open(&day).len(), 3);
    assert!(day.server.state().items.iter().any(|item| item.pull.is_none() && item.title.contains("Uptake")));
}

#[test]
fn none_is_offered_where_it_is_not_wanted() {
    for more in ["native_stacks: never\n", "ready: { auto_merge: merge }\n"] {
        let day = Day::with(&format!("{CONFIG}{more}"));
        day.run().expect("a run");
        assert_eq!(open(&day).len(), 3);
        assert_eq!(asked(&day), Vec::<String>::new(), "{more}");
    }
}

#[test]
fn slices_are_a_stack_but_where_they_land_as_merge_commits() {
    for (land, wanted) in [("picks", vec![(1, vec![2, 3, 4])]), ("merge", vec![])] {
        let line = format!("{{ id: line, title: Line, priority: 1, take: line, slice: {{ units: 2 }}, land: {land} }}");
        let config = CONFIG.split("phases:").next().expect("a beginning");
        let day = Day::with(&format!("{config}phases: [{line}]\n"));
        day.run().expect("a run");
        assert_eq!(open(&day).len(), 3, "{land}: {:?}", open(&day));
        assert_eq!(stacks(&day), wanted, "{land}");
    }
}

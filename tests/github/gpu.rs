//! The matrix, through whole runs on the server: a dispatch for each CUDA version, or each cell of the fork's own, leads to a status for
//! each and to the table, and a search finds its pick, whatever happens to answers and runs in between.

mod lab;

use uptake::forge::RunState;

use super::server::Fault;
use lab::{Lab, Test};

const CONFIG: &str = "
phases:
  - id: fixes
    title: Fixes
    priority: 1
    rules: [{ types: [fix] }]
ci:
  cuda: ['12.9', '13.0', '13.1']
  validate: [make test]
  workflow: uptake-ci.yml
";

const CELLS: &str = r#"
phases:
  - id: fixes
    title: Fixes
    priority: 1
    rules: [{ types: [fix] }]
ci:
  matrix:
    - { name: go-1.21, inputs: { go-version: "1.21" } }
    - { name: go-1.22, inputs: { go-version: "1.22" } }
  validate: [make test]
  workflow: uptake-ci.yml
"#;

#[test]
fn three_versions_are_three_statuses_and_a_table_however_they_end() {
    for silent in [false, true] {
        let mut lab = Lab::new(2, CONFIG);
        // An older server says nothing of the run it starts.
        lab.bench.server.state().silent_dispatch = silent;
        lab.run();
        lab.run();
        let (head, base) = (lab.head(), lab.base());
        let of = |lab: &Lab, sha: &str, cuda: &str| lab.of(sha, cuda);
        assert_eq!(lab.tests().len(), 6, "each version on the head and on its base");
        assert_eq!(lab.statuses().matches("Pending: waiting for a runner").count(), 3, "{}", lab.statuses());
        for (sha, cuda, state, steps) in [
            (&head, "12.9", RunState::Success, 3),
            (&base, "12.9", RunState::Success, 3),
            (&head, "13.0", RunState::Failure, 3),
            (&base, "13.0", RunState::Success, 3),
            (&head, "13.1", RunState::Cancelled, 3),
        ] {
            let test = of(&lab, sha, cuda);
            lab.ends(&test, state, steps);
        }
        lab.run();
        insta::allow_duplicates! {
            insta::assert_snapshot!(lab.statuses(), @r"
            uptake/cuda-12.9 Success: passed
            uptake/cuda-13.0 Failure: failed; it passed on the base BASE
            uptake/cuda-13.1 Error: cancelled: it was cancelled while it ran
            uptake/tests Failure: failed with 1 of 3 versions
            ");
            insta::assert_snapshot!(lab.table(), @r"
            | CUDA | Head | Took | Base | Verdict |
            |---|---|---|---|---|
            | 12.9 | passed | 42 min | passed | **passed** |
            | 13.0 | failed | 42 min | passed | **failed**: it passes on the base |
            | 13.1 | cancelled |  | waiting for a runner | no verdict |
            ");
        }

        // Asked for again; the answer is lost, and the run is found by the word in its title.
        lab.say("/retest cuda 13.1");
        // An older server refuses the first request for what it does not know in it, and takes the second.
        let taken = usize::from(silent);
        let mut seen = 0;
        lab.bench.server.faults(move |_, request| {
            seen += usize::from(request.path.ends_with("/dispatches"));
            (request.path.ends_with("/dispatches") && seen == taken + 1).then_some(Fault::DoneAndDrop)
        });
        lab.try_run().expect("a run");
        assert_eq!(lab.tests().len(), 7);
        // GitHub cancels what no runner took within a day.
        let test = of(&lab, &head, "13.1");
        lab.ends(&test, RunState::Cancelled, 0);
        lab.run();
        let described = lab.statuses();
        assert!(
            described.contains("uptake/cuda-13.1 Error: never started: it was cancelled before a runner took it\n"),
            "{described}"
        );

        // And again; the run that asked is gone with the answer, and the next one finds what was asked for.
        lab.say("/retest cuda 13.1");
        assert!(lab.run_killed_at(taken, "/dispatches", true));
        lab.run();
        assert_eq!(lab.tests().len(), 8, "nothing is asked for twice");
        let test = of(&lab, &head, "13.1");
        lab.ends(&test, RunState::Success, 3);
        lab.run();
        insta::allow_duplicates! {
            insta::assert_snapshot!(lab.statuses(), @r"
            uptake/cuda-12.9 Success: passed
            uptake/cuda-13.0 Failure: failed; it passed on the base BASE
            uptake/cuda-13.1 Success: passed
            uptake/tests Failure: failed with 1 of 3 versions
            ");
        }
        lab.run();
        let tokens = |name: &String| !name.ends_with("/access_tokens");
        assert_eq!(lab.bench.writes().into_iter().filter(tokens).collect::<Vec<_>>(), [""; 0]);
    }
}

#[test]
fn a_search_over_twenty_picks_finds_the_fault_in_five_rounds_though_it_is_killed_between_them() {
    let mut lab = Lab::new(20, &CONFIG.replace("'12.9', '13.0', '13.1'", "'13.1'"));
    // From the thirteenth pick on it fails: what has its file.
    let gpu = |lab: &mut Lab| {
        let waiting = lab.waiting();
        for test in &waiting {
            let broken = {
                let state = lab.bench.server.state();
                let file = format!("{}:f13.rs", test.sha);
                crate::support::git_in(&state.repository, &["cat-file", "-e", &file], 0).status.success()
            };
            lab.ends(test, if broken { RunState::Failure } else { RunState::Success }, 3);
        }
        waiting.len()
    };
    lab.run();
    gpu(&mut lab);
    lab.run();
    lab.say("/bisect cuda 13.1");
    let mut kills = 0;
    for round in 0.. {
        assert!(round < 8, "it goes on and on");
        // Killed at another place each time, with what it was about to do done or not.
        kills += usize::from(match round % 4 {
            0 => lab.run_killed_at(0, "/dispatches", true),
            1 => lab.run_killed_at(0, "git-receive-pack", false),
            2 => lab.run_killed_at(1, "git-receive-pack", true),
            _ => lab.run_killed_at(0, "/dispatches", false),
        });
        // What was asked for and never came is asked for again once it had the time to show itself.
        lab.bench.clock.pass(std::time::Duration::from_secs(11 * 60));
        lab.run();
        if gpu(&mut lab) == 0 {
            break;
        }
    }
    assert!(kills >= 4, "killed {kills} times");
    let (head, base) = (lab.head(), lab.base());
    let halves: Vec<Test> = lab.tests().into_iter().filter(|test| test.sha != head && test.sha != base).collect();
    assert!((1..=5).contains(&halves.len()), "{} rounds: {halves:?}", halves.len());
    let guilty = lab.bench.world.git(&["rev-parse", "upstream~7"]);
    let (number, _) = lab.pull();
    let state = lab.bench.server.state();
    let said: Vec<_> = state.comments.iter().filter(|comment| comment.body.contains("uptake-bisect")).collect();
    assert_eq!(said.len(), 1, "it is said once: {said:?}");
    assert_eq!(said[0].on, number);
    assert!(
        said[0].body.starts_with(&format!("**`{}` breaks the phase with CUDA `13.1`**", &guilty[..9])),
        "{}",
        said[0].body
    );
    drop(state);
    lab.run();
    assert!(
        !lab.bench.server.state().git(&["branch", "--list"]).contains("uptake/bisect"),
        "what was kept for it is gone"
    );
}

#[test]
fn cells_of_the_fork_s_own_are_told_their_inputs_and_have_their_statuses() {
    let mut lab = Lab::new(6, CELLS);
    lab.run();
    lab.run();
    let (head, base) = (lab.head(), lab.base());
    assert_eq!(lab.tests().len(), 4, "each cell on the head and on its base");
    let log = lab.bench.server.whole_log();
    let asked = log.iter().filter(|logged| logged.request.path.ends_with("/dispatches")).map(|it| it.request.json());
    let first = asked.map(|asked| asked["inputs"].clone()).find(|inputs| inputs["sha"] == *head).expect("a dispatch");
    let first = serde_json::to_string_pretty(&first).expect("JSON").replace(&head, "HEAD").replace(&head[..16], "HE");
    insta::assert_snapshot!(first, @r#"
    {
      "cell": "go-1.21",
      "go-version": "1.21",
      "request_id": "uptake-test-go-1.21-0-HE",
      "sha": "HEAD",
      "validate": "make test"
    }
    "#);
    for (sha, cell, state) in [
        (&head, "go-1.21", RunState::Success),
        (&base, "go-1.21", RunState::Success),
        (&head, "go-1.22", RunState::Failure),
        (&base, "go-1.22", RunState::Success),
    ] {
        let test = lab.of(sha, cell);
        lab.ends(&test, state, 3);
    }
    lab.run();
    insta::assert_snapshot!(lab.statuses(), @r#"
    uptake/go-1.21 Success: passed
    uptake/go-1.22 Failure: failed; it passed on the base BASE
    uptake/tests Failure: failed with 1 of 2 tests
    "#);
    insta::assert_snapshot!(lab.table(), @r#"
    | Test | Head | Took | Base | Verdict |
    |---|---|---|---|---|
    | go-1.21 | passed | 42 min | passed | **passed** |
    | go-1.22 | failed | 42 min | passed | **failed**: it passes on the base |
    "#);

    // The search, with a run killed at each of its requests in turn.
    lab.say("/bisect go-1.22");
    for round in 0.. {
        assert!(round < 8, "it goes on and on");
        lab.run_killed_at(0, if round % 2 == 0 { "/dispatches" } else { "git-receive-pack" }, round % 4 < 2);
        lab.bench.clock.pass(std::time::Duration::from_secs(11 * 60));
        lab.run();
        let waiting = lab.waiting();
        for test in &waiting {
            let file = format!("{}:f4.rs", test.sha);
            let broken = {
                let state = lab.bench.server.state();
                crate::support::git_in(&state.repository, &["cat-file", "-e", &file], 0).status.success()
            };
            lab.ends(test, if broken { RunState::Failure } else { RunState::Success }, 3);
        }
        if waiting.is_empty() {
            break;
        }
    }
    let guilty = lab.bench.world.git(&["rev-parse", "upstream~2"]);
    let state = lab.bench.server.state();
    let said: Vec<_> = state.comments.iter().filter(|comment| comment.body.contains("uptake-bisect")).collect();
    assert_eq!(said.len(), 1, "it is said once: {said:?}");
    let beginning = format!("**`{}` breaks the phase with `go-1.22`**", &guilty[..9]);
    assert!(said[0].body.starts_with(&beginning), "{}", said[0].body);
}

/// Something comes onto the fork's branch that leaves every file as it was.
fn moves_the_fork(lab: &mut Lab) {
    lab.bench.world.on_fork();
    lab.bench.world.git(&["commit", "--quiet", "--allow-empty", "-m", "Nothing"]);
    super::bench::seed(&lab.bench.world, &lab.bench.server);
}

#[test]
fn a_branch_rebuilt_to_the_same_files_keeps_its_results() {
    let mut lab = Lab::new(2, &format!("{CONFIG}rebuild: always\n"));
    lab.run();
    let (before, base) = (lab.head(), lab.base());
    for (sha, cuda, state) in [
        (&before, "12.9", RunState::Success),
        (&base, "12.9", RunState::Success),
        (&before, "13.0", RunState::Failure),
        (&base, "13.0", RunState::Success),
    ] {
        let all = lab.tests();
        let test = all.into_iter().rfind(|test| test.sha == *sha && test.cell == cuda).expect("a test");
        lab.ends(&test, state, 3);
    }
    lab.run();
    let statuses = lab.statuses();
    moves_the_fork(&mut lab);
    lab.run();
    let after = lab.head();
    assert_ne!(before, after, "it stands on another commit");
    let tree = |commit: &str| lab.bench.server.state().git(&["rev-parse", &format!("{commit}^{{tree}}")]);
    assert_eq!(tree(&before), tree(&after));
    let cancelled =
        |lab: &Lab| lab.bench.server.state().runs.iter().filter(|run| run["conclusion"] == "cancelled").count();
    assert_eq!((lab.tests().len(), cancelled(&lab)), (6, 0), "nothing is tested again, and nothing stopped");
    assert_eq!(lab.statuses(), statuses, "the new head says what the old one said");
    assert!(
        lab.table().contains("| 13.0 | failed | 42 min | passed | **failed**: it passes on the base |"),
        "{}",
        lab.table()
    );

    // What is still under way tells of the new head, once it ends.
    let rest: Vec<Test> = lab.waiting();
    assert_eq!(rest.len(), 2, "13.1 on the head and on its base");
    for test in &rest {
        lab.ends(test, RunState::Success, 3);
    }
    lab.run();
    assert!(lab.statuses().contains("uptake/cuda-13.1 Success: passed\n"), "{}", lab.statuses());
    assert_eq!(lab.tests().len(), 6);

    // Asked for again it is tested itself.
    lab.say("/retest cuda 13.0");
    lab.run();
    let waiting = lab.waiting();
    assert_eq!((waiting.len(), waiting[0].sha.as_str()), (1, after.as_str()), "{waiting:?}");
}

//! Statuses and runs.

use std::collections::BTreeMap;

use uptake::forge::{Dispatch, ForgeError, Job, REQUEST_INPUT, RunState, Status, StatusState};

use super::{Bench, branch};

pub(super) fn the_last_status_of_each_check_counts(bench: &mut dyn Bench) {
    let head = branch(bench, "uptake/a");
    assert_eq!(bench.read().statuses(head).expect("read"), []);
    let status = |context: &str, state, link: Option<&str>| Status {
        context: context.into(),
        state,
        description: "what it says".into(),
        link: link.map(str::to_owned),
    };
    let last = [
        status("uptake/cuda-12.9", StatusState::Success, Some("https://example.org/1")),
        status("uptake/cuda-13.0", StatusState::Pending, None),
    ];
    bench.write().put_status(head, &last[1]).expect("put");
    bench.write().put_status(head, &status("uptake/cuda-12.9", StatusState::Pending, None)).expect("put");
    bench.write().put_status(head, &last[0]).expect("put");
    bench.write().put_status(head, &last[0]).expect("put again");
    assert_eq!(bench.read().statuses(head).expect("read"), last);
}

fn request(id: &str) -> Dispatch {
    let inputs = BTreeMap::from([(REQUEST_INPUT.to_owned(), id.to_owned()), ("sha".to_owned(), "abc".to_owned())]);
    Dispatch { workflow: "uptake-ci.yml".into(), on: "main".into(), inputs, fresh: false }
}

pub(super) fn a_run_is_started_once_and_followed(bench: &mut dyn Bench) {
    assert_eq!(bench.read().runs("uptake-ci.yml", None).expect("read"), []);
    let one = bench.write().dispatch(&request("fixes-1")).expect("started").expect("its id").run;
    assert_eq!(bench.write().dispatch(&request("fixes-1")).expect("there").map(|started| started.run), Some(one));
    let two = bench.write().dispatch(&request("fixes-2")).expect("started").expect("its id").run;
    let main = bench.branch("main").expect("there");
    let runs =
        bench.read().runs("uptake-ci.yml", Some("2025-01-01T00:00:00Z".parse().expect("a moment"))).expect("read");
    assert_eq!(runs.iter().map(|run| run.id).collect::<Vec<_>>(), [two, one]);
    assert!(runs[1].title.contains("fixes-1") && runs[1].state == RunState::Queued && runs[1].head == main, "{runs:?}");
    let job = |name: &str, state, runner: Option<&str>, steps| Job {
        name: name.into(),
        state,
        runner: runner.map(str::to_owned),
        steps,
        broken_off: false,
        link: "https://example.org/job".into(),
        started: Some("2025-11-22T10:00:00Z".parse().expect("a moment")),
        finished: Some("2025-11-22T11:00:00Z".parse().expect("a moment")).filter(|_| state != RunState::Running),
    };
    let jobs =
        [job("test (12.9)", RunState::Failure, Some("gpu-1"), 4), job("test (13.0)", RunState::Cancelled, None, 0)];
    bench.runs(one, RunState::Failure, &jobs);
    let (run, found) = bench.read().run(one).expect("read").expect("a run");
    assert_eq!(run.state, RunState::Failure);
    assert!(run.started.is_some() && run.finished.is_some(), "{run:?}");
    assert_eq!(found, jobs);
    assert_eq!(bench.read().jobs(one).expect("read"), jobs);
    assert_eq!(run.attempt, 1);
    assert_eq!(bench.read().run(99).expect("read"), None);
    let nowhere = Dispatch { on: "nowhere".into(), ..request("fixes-3") };
    assert!(matches!(bench.write().dispatch(&nowhere), Err(ForgeError::Missing(_))));
}

pub(super) fn a_run_is_cancelled_once(bench: &mut dyn Bench) {
    let run = bench.write().dispatch(&request("fixes-1")).expect("started").expect("its id").run;
    bench.write().cancel_run(run).expect("cancelled");
    bench.write().cancel_run(run).expect("cancelled again");
    assert_eq!(bench.read().run(run).expect("read").expect("a run").0.state, RunState::Cancelled);
    let over = bench.write().dispatch(&request("fixes-2")).expect("started").expect("its id").run;
    bench.runs(over, RunState::Success, &[]);
    bench.write().cancel_run(over).expect("nothing to do");
    assert_eq!(bench.read().run(over).expect("read").expect("a run").0.state, RunState::Success);
    assert!(matches!(bench.write().cancel_run(99), Err(ForgeError::Missing(_))));
}

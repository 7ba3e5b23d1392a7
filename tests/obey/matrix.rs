//! A matrix of the fork's own cells, through whole runs: inputs, statuses, table, `/retest`, `/bisect`, and a base that is red. And a
//! ledger from before there were such cells.

use std::fs;

use serde_json::Value;

use crate::support::{git_ok, snapshot};

use super::{CONFIG, Office, TESTED, finish};

const CELLS: &str = r#"
ci:
  workflow: uptake-tests.yml
  validate: [make test]
  runner: [ubuntu-24.04]
  inputs: { features: all, go-version: "1.20" }
  matrix:
    - { name: go-1.21, inputs: { go-version: "1.21" } }
    - { name: windows, runner: [windows-2025] }
"#;

/// Every test that was asked for, with its number: the run's and the dispatch's.
fn asked(office: &Office) -> Vec<(u64, Value)> {
    let count = fs::read_dir(office.out("dispatches")).expect("dispatches").count() as u64;
    (1..=count).map(|number| (number, office.json(&format!("dispatches/{number}.json")))).collect()
}

/// The last test of a commit in a cell.
fn last(office: &Office, sha: &str, cell: &str) -> u64 {
    let is = |(_, asked): &&(u64, Value)| asked["inputs"]["sha"] == sha && asked["inputs"]["cell"] == cell;
    asked(office).iter().rfind(is).map(|(number, _)| *number).expect("a test")
}

fn statuses(office: &Office, head: &str) -> String {
    let statuses = office.json(&format!("statuses/{head}.json"));
    let line = |status: &Value| {
        format!("{} {}: {}\n", status["context"], status["state"], status["description"]).replace('"', "")
    };
    statuses.as_array().expect("a list").iter().map(line).collect()
}

fn table(office: &Office) -> String {
    let body = office.body(1);
    let start = body.find("| Test |").unwrap_or_else(|| panic!("no table in\n{body}"));
    body[start..].lines().take_while(|line| !line.starts_with("<details>")).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_cell_is_asked_for_with_its_inputs_and_has_its_status_and_its_row() {
    let mut office = Office::new(&format!("{CONFIG}{CELLS}"), 2);
    let (head, base) = (office.head("uptake/fixes"), office.head("main"));
    assert_eq!(asked(&office).len(), 6, "two heads and their base, in two cells each");
    let inputs = |cell: &str| {
        let asked = office.json(&format!("dispatches/{}.json", last(&office, &head, cell)));
        serde_json::to_string_pretty(&asked).expect("JSON").replace(&head, "HEAD").replace(&head[..16], "HE")
    };
    insta::assert_snapshot!(inputs("go-1.21"), @r#"
    {
      "workflow": "uptake-tests.yml",
      "on": "main",
      "inputs": {
        "cell": "go-1.21",
        "features": "all",
        "go-version": "1.21",
        "request_id": "uptake-test-go-1.21-0-HE",
        "runner": "[\"ubuntu-24.04\"]",
        "sha": "HEAD",
        "validate": "make test"
      }
    }
    "#);
    insta::assert_snapshot!(inputs("windows"), @r#"
    {
      "workflow": "uptake-tests.yml",
      "on": "main",
      "inputs": {
        "cell": "windows",
        "features": "all",
        "go-version": "1.20",
        "request_id": "uptake-test-windows-0-HE",
        "runner": "[\"windows-2025\"]",
        "sha": "HEAD",
        "validate": "make test"
      }
    }
    "#);
    let before = snapshot(&office.out(""));
    office.run();
    assert_eq!(snapshot(&office.out("")), before, "a second run changes nothing");

    // Green and red.
    finish(&office, last(&office, &head, "go-1.21"), "passed");
    finish(&office, last(&office, &head, "windows"), "failed");
    finish(&office, last(&office, &base, "go-1.21"), "passed");
    finish(&office, last(&office, &base, "windows"), "passed");
    office.run();
    let shown = |text: String| text.replace(&base[..9], "BASE");
    insta::assert_snapshot!(shown(statuses(&office, &head)), @r#"
    uptake/go-1.21 success: passed
    uptake/tests failure: failed with 1 of 2 tests
    uptake/windows failure: failed; it passed on the base BASE
    "#);
    insta::assert_snapshot!(table(&office), @r#"
    | Test | Head | Took | Base | Verdict |
    |---|---|---|---|---|
    | go-1.21 | passed | 42 min | passed | **passed** |
    | windows | failed | 42 min | passed | **failed**: it passes on the base |
    "#);

    // Asked for again by name, one of them and then both.
    let said = office.say(1, "maintainer", "/retest windows");
    office.run();
    assert_eq!((office.signs(said).as_str(), asked(&office).len()), ("\"eyes\" \"rocket\"", 7));
    finish(&office, last(&office, &head, "windows"), "passed");
    office.run();
    assert!(
        table(&office).contains("| windows | passed | 42 min | passed | flaky: no verdict |"),
        "{}",
        table(&office)
    );
    office.say(1, "maintainer", "/retest windows go-1.21");
    office.run();
    assert_eq!(asked(&office).len(), 9);
    office.say(1, "maintainer", "/retest all");
    office.run();
    assert_eq!(asked(&office).len(), 11);
    insta::assert_snapshot!(office.decisions().lines().filter(|line| !line.contains("when") && !line.contains("link")).collect::<Vec<_>>().join("\n").replace(&head, "HEAD"), @r#"
    - ruling:
        do: retest
        phase: fixes
        head: HEAD
        cells:
        - windows
      by: maintainer
    - ruling:
        do: retest
        phase: fixes
        head: HEAD
        cells:
        - windows
        - go-1.21
      by: maintainer
    - ruling:
        do: retest
        phase: fixes
        head: HEAD
      by: maintainer
    "#);
}

#[test]
fn what_is_no_cell_is_told_with_those_that_are() {
    let mut office = Office::new(&format!("{CONFIG}{CELLS}"), 1);
    let said = office.say(1, "maintainer", "/retest go-1.22\n/bisect cuda 13.0");
    office.run();
    assert_eq!((office.signs(said).as_str(), asked(&office).len()), ("\"eyes\" \"confused\"", 6));
    let answer = office.answers(1).into_iter().find(|text| text.contains("go-1.22")).expect("an answer");
    insta::assert_snapshot!(answer.lines().filter(|line| line.contains("no test")).collect::<Vec<_>>().join("\n"), @r#"
    `/retest go-1.22`: this phase has no test `go-1.22`. Did you mean `go-1.21`? Its tests are `go-1.21`, `windows`.
    `/bisect cuda 13.0`: this phase has no test `13.0`. Its tests are `go-1.21`, `windows`.
    "#);
}

#[test]
fn a_red_base_is_not_the_phase_s_fault_in_any_cell() {
    let office = Office::new(&format!("{CONFIG}{CELLS}"), 2);
    let (head, base) = (office.head("uptake/fixes"), office.head("main"));
    for (sha, cell, verdict) in [
        (&head, "go-1.21", "passed"),
        (&base, "go-1.21", "passed"),
        (&head, "windows", "failed"),
        (&base, "windows", "failed"),
    ] {
        finish(&office, last(&office, sha, cell), verdict);
    }
    office.run();
    insta::assert_snapshot!(statuses(&office, &head).replace(&base[..9], "BASE"), @r#"
    uptake/go-1.21 success: passed
    uptake/tests error: no verdict on the phase from 1 of 2 tests
    uptake/windows error: fails on the base BASE too: not this phase's fault
    "#);
    insta::assert_snapshot!(table(&office), @r#"
    | Test | Head | Took | Base | Verdict |
    |---|---|---|---|---|
    | go-1.21 | passed | 42 min | passed | **passed** |
    | windows | failed | 42 min | failed | the base is red too |

    The base itself fails with 1 test: that is not for this phase to fix.
    "#);
}

/// Plays the runners: from the third pick on it fails on Windows. Returns how many tests waited.
fn play(office: &Office) -> usize {
    let mut open = 0;
    for (number, asked) in asked(office) {
        if office.json(&format!("runs/{number}.json"))["state"] == "queued" {
            open += 1;
            let file = format!("{}:f3.rs", asked["inputs"]["sha"].as_str().expect("a SHA"));
            let has = office.world.try_git(&["--git-dir", "../out/branches.git", "cat-file", "-e", &file]);
            let fails = has.status.success() && asked["inputs"]["cell"] == "windows";
            finish(office, number, if fails { "failed" } else { "passed" });
        }
    }
    open
}

#[test]
fn a_search_in_a_cell_finds_its_pick() {
    let mut office = Office::new(&format!("{CONFIG}{CELLS}"), 6);
    play(&office);
    office.run();
    office.say(1, "maintainer", "/bisect windows");
    for round in 0.. {
        assert!(round < 8, "it goes on and on");
        office.run();
        if play(&office) == 0 {
            break;
        }
    }
    let searched = asked(&office).into_iter().filter(|(_, asked)| asked["inputs"]["cell"] == "windows").count();
    assert!((4..=6).contains(&searched), "two heads, their base, and the halves: {searched}");
    let guilty = office.upstream(4);
    let found = office.answers(1).into_iter().find(|text| text.contains("uptake-bisect")).expect("an answer");
    insta::assert_snapshot!(found.lines().take(8).collect::<Vec<_>>().join("\n").replace(&guilty[..9], "GUILTY"), @r#"
    **`GUILTY` breaks the phase with `windows`**: fix: number 3 (#·3)

    The branch passes before it and fails from it on (`83d3458f8`). Found by testing 3 commits of 6 picks.

    Ways on, each said in a comment of its own:

    - leave it out: `/skip GUILTY breaks windows`
    - leave it for later: `/defer GUILTY`
    "#);
}

#[test]
fn a_search_in_a_cell_that_is_gone_ends_and_nothing_is_asked_for_in_it() {
    let mut office = Office::new(&format!("{CONFIG}{CELLS}"), 6);
    play(&office);
    office.run();
    office.say(1, "maintainer", "/bisect windows");
    office.run();
    let before = asked(&office).len();
    assert_eq!(before, 7, "the search has begun");
    office.world.config(&format!("{CONFIG}{CELLS}").replace("    - { name: windows, runner: [windows-2025] }\n", ""));
    office.run();
    let found = office.answers(1).into_iter().find(|text| text.contains("uptake-bisect")).expect("an answer");
    assert!(found.starts_with("This phase is not tested with `windows` any more. Nothing was found.\n"), "{found}");
    // Its run is cancelled, and then all is at rest.
    assert_eq!(office.json(&format!("runs/{before}.json"))["state"], "cancelled");
    office.run();
    office.run();
    let rests = snapshot(&office.out(""));
    office.run();
    assert_eq!((snapshot(&office.out("")), asked(&office).len()), (rests, before));
}

#[test]
fn versions_and_cells_go_together_each_with_its_workflow() {
    let cells = "
ci:
  cuda: ['13.0']
  workflow: uptake-gpu.yml
  validate: [make test]
  matrix: [{ name: cpu, workflow: uptake-tests.yml }]
";
    let office = Office::new(&format!("{CONFIG}{cells}"), 1);
    let head = office.head("uptake/fixes");
    let described: Vec<String> = asked(&office)
        .iter()
        .filter(|(_, asked)| asked["inputs"]["sha"] == *head)
        .map(|(_, asked)| {
            let names = asked["inputs"].as_object().expect("inputs").keys().cloned().collect::<Vec<_>>();
            format!("{}: {}", asked["workflow"], names.join(" "))
        })
        .collect();
    insta::assert_snapshot!(described.join("\n"), @r#"
    "uptake-gpu.yml": cuda image request_id sha validate
    "uptake-tests.yml": cell request_id sha validate
    "#);
    for number in 1..=asked(&office).len() as u64 {
        finish(&office, number, "passed");
    }
    office.run();
    insta::assert_snapshot!(statuses(&office, &head), @r#"
    uptake/cpu success: passed
    uptake/cuda-13.0 success: passed
    uptake/tests success: passed with all 2 tests
    "#);
    insta::assert_snapshot!(table(&office), @r#"
    | Test | Head | Took | Base | Verdict |
    |---|---|---|---|---|
    | cuda-13.0 | passed | 42 min | passed | **passed** |
    | cpu | passed | 42 min | passed | **passed** |
    "#);
}

#[test]
fn a_ledger_from_before_the_cells_is_read_as_it_was_meant() {
    let config = format!("{CONFIG}{TESTED}");
    let mut office = Office::new(&config, 6);
    for number in 1..=9 {
        finish(&office, number, if number % 3 == 0 { "failed" } else { "passed" });
    }
    office.run();
    office.say(1, "maintainer", "/retest cuda 13.0\n/bisect cuda 13.1");
    office.run();
    let (dispatches, answers, decisions) = (asked(&office).len(), office.answers(1), office.decisions());
    let kept = office.out("ledger");
    let clock = 1_764_600_000;
    let from = office.out("branches.git").display().to_string();
    let arguments = ["clone", "--quiet", "--branch", "uptake/ledger", &from, &kept.display().to_string()];
    git_ok(office.world.folder(), &arguments, clock);
    let mut rewritten = 0;
    for file in ["decisions.yml", "ci/fixes.yml", "ci/docs.yml", "ci/base.commits.yml", "bisect/fixes.yml"] {
        let text = fs::read_to_string(kept.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut old = text.clone();
        for version in ["12.9", "13.0", "13.1"] {
            old = old.replace(&format!("cell: cuda-{version}\n"), &format!("cuda: '{version}'\n"));
            old = old.replace(&format!("cells:\n    - cuda-{version}\n"), &format!("cuda: '{version}'\n"));
        }
        assert!(!old.contains("cell") && old != text, "{file}:\n{old}");
        fs::write(kept.join(file), old).expect("written");
        rewritten += 1;
    }
    assert_eq!(rewritten, 5);
    git_ok(&kept, &["commit", "--quiet", "--all", "-m", "As it was"], clock);
    git_ok(&kept, &["push", "--quiet", "origin", "HEAD"], clock);
    fs::remove_dir_all(&kept).expect("removed");
    office.run();
    assert_eq!((asked(&office).len(), office.answers(1)), (dispatches, answers), "nothing is asked for or said twice");
    assert!(office.decisions().contains("cuda: '13.0'") && decisions.contains("- cuda-13.0"), "{decisions}");
    assert!(office.body(1).contains("| 13.0 | waiting for a runner | "), "{}", office.body(1));
}

//! A comment leads to the decision, the rebuild, the edited body and the answer: the whole way, on the folder forge, where comments
//! and the runs of the tests are files.

mod bisect;
#[cfg(target_os = "linux")]
mod idle;
mod matrix;

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{World, snapshot, uptake};

const CONFIG: &str = "
phases:
  - id: fixes
    title: Fixes
    priority: 1
    rules: [{ types: [fix] }]
  - id: docs
    title: Docs
    priority: 2
    rules: [{ types: [docs] }]
";

const TESTED: &str = "
ci:
  cuda: ['12.9', '13.0', '13.1']
  validate: [make test]
  workflow: uptake-gpu.yml
";

/// A fork whose phases are published, and who may speak there.
struct Office {
    world: World,
    comments: u64,
}

impl Office {
    fn new(config: &str, picks: usize) -> Self {
        let mut world = World::new(&[("a.rs", "a\n")]);
        world.on_upstream();
        for n in 1..=picks {
            world.commit(&format!("fix: number {n} (#{n})"), &[(&format!("f{n}.rs"), "x\n")]);
        }
        world.commit("docs: say it", &[("README", "said\n")]);
        world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
        world.git(&["switch", "--quiet", "main"]);
        world.config(config);
        let office = Self { world, comments: 900 };
        office.run();
        let may = json!({ "maintainer": "write", "passer-by": "read", "tester": "triage" });
        fs::write(office.out("permissions.json"), may.to_string()).expect("a file");
        office
    }

    fn out(&self, path: &str) -> PathBuf {
        self.world.folder().join("out").join(path)
    }

    /// One run, as from a terminal; returns what it prints.
    fn run(&self) -> String {
        let folder = self.world.folder();
        let arguments =
            ["--repo", "fork", "--config", "uptake.yml", "--offline", "--quiet", "run", "--forge", "folder:out"];
        let (code, out, error) = uptake(folder, &arguments);
        assert!(code == 0 || code == 3, "{code} {out}{error}");
        out
    }

    /// A person comments; returns the comment's id.
    fn say(&mut self, number: u64, author: &str, body: &str) -> u64 {
        self.comments += 1;
        let id = self.comments;
        fs::create_dir_all(self.out("comments")).expect("a folder");
        fs::write(self.out(&format!("comments/{id}.md")), body).expect("a file");
        let record = json!({ "on": number, "author": author, "bot": false, "created": "2025-12-01T10:00:00Z" });
        fs::write(self.out(&format!("comments/{id}.json")), record.to_string()).expect("a file");
        id
    }

    fn signs(&self, comment: u64) -> String {
        let record = self.json(&format!("comments/{comment}.json"));
        record["reactions"]
            .as_array()
            .map(|signs| signs.iter().map(Value::to_string).collect::<Vec<_>>().join(" "))
            .unwrap_or_default()
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&fs::read(self.out(path)).expect("a file")).expect("JSON")
    }

    /// What the bot said on this pull request or issue, comment by comment.
    fn answers(&self, number: u64) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.out("comments")).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let record: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
                if record["on"] == number && record["bot"] == true {
                    found.push((path.clone(), fs::read_to_string(path.with_extension("md")).expect("a file")));
                }
            }
        }
        found.sort();
        found.into_iter().map(|(_, text)| text.replace('\u{200b}', "·")).collect()
    }

    fn body(&self, number: u64) -> String {
        fs::read_to_string(self.out(&format!("pulls/{number}.md"))).expect("a page")
    }

    fn decisions(&self) -> String {
        let args = ["--git-dir", "../out/branches.git", "show", "uptake/ledger:decisions.yml"];
        let output = self.world.try_git(&args);
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn upstream(&self, back: usize) -> String {
        self.world.git(&["rev-parse", &format!("upstream~{back}")])
    }

    fn head(&self, branch: &str) -> String {
        self.world.git(&["--git-dir", "../out/branches.git", "rev-parse", branch])
    }
}

#[test]
fn a_comment_leads_to_the_decision_the_rebuild_the_edited_body_and_the_answer() {
    let mut office = Office::new(CONFIG, 3);
    let sha = office.upstream(2);
    let before = office.head("uptake/fixes");
    assert!(office.body(1).contains("number 2"));
    let comment = office.say(
        1,
        "maintainer",
        &format!("We have our own.\n/skip {} ours is better\n/why {}\n", &sha[..9], &sha[..9]),
    );
    let described = office.run();
    assert!(described.contains("edit pull request 1"), "{described}");
    assert!(
        office.decisions().contains("do: skip") && office.decisions().contains("ours is better"),
        "{}",
        office.decisions()
    );
    assert_ne!(office.head("uptake/fixes"), before);
    assert!(office.body(1).contains("skipped by maintainer"), "{}", office.body(1));
    assert_eq!(office.signs(comment), "\"eyes\" \"rocket\"");
    let answers = office.answers(1);
    assert_eq!(answers.len(), 2, "{answers:#?}");
    assert!(
        answers[0].starts_with(&format!("`/why {}`:\n\n# `{}` fix: number 2", &sha[..9], &sha[..9])),
        "{}",
        answers[0]
    );
    let note = answers[1].replace(&sha[..9], "SHA");
    insta::assert_snapshot!(note, @r#"
        **Decided in this conversation**

        - `SHA` is left out: ours is better (maintainer) · said 2025-12-01T10:00:00Z

        <!-- uptake-commands {"done":[901]} -->
    "#);
    // Cron comes after the webhook: nothing is done again.
    let before = snapshot(&office.out(""));
    let described = office.run();
    assert!(described.contains("Nothing to change"), "{described}");
    assert_eq!(snapshot(&office.out("")), before);
}

#[test]
fn strangers_bots_and_talk_of_commands_change_nothing() {
    let mut office = Office::new(CONFIG, 2);
    let stranger = office.say(1, "passer-by", "/hold");
    let slip = office.say(1, "passer-by", "/hodl");
    let quote = office.say(1, "maintainer", "> /hold\n\nReally? And `/rebuild`?");
    let other = office.say(1, "maintainer", "/lgtm\n/assign @someone");
    let bot = office.say(1, "other[bot]", "/hold");
    fs::write(
        office.out(&format!("comments/{bot}.json")),
        json!({ "on": 1, "author": "other[bot]", "bot": true, "created": "2025-12-01T10:00:00Z" }).to_string(),
    )
    .expect("a file");
    office.run();
    assert_eq!(office.decisions(), "");
    assert_eq!(office.signs(stranger), "\"eyes\" \"minus-one\"");
    for silent in [slip, quote, other, bot] {
        assert_eq!(office.signs(silent), "");
    }
    let answers: Vec<_> = office.answers(1).into_iter().filter(|text| text.contains("uptake-reply")).collect();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(answers[0].starts_with("`/hold`: refused: `/hold` takes write access"), "{}", answers[0]);
    let before = snapshot(&office.out(""));
    office.run();
    assert_eq!(snapshot(&office.out("")), before);
}

#[test]
fn what_was_killed_after_the_decision_is_finished_and_not_decided_again() {
    let mut office = Office::new(CONFIG, 2);
    let sha = office.upstream(1);
    let comment = office.say(1, "maintainer", &format!("/skip {} too big\n/status", &sha[..9]));
    office.run();
    let whole = office.decisions();
    // As if killed before answer, note and sign: these are taken away again.
    for entry in fs::read_dir(office.out("comments")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.file_stem().and_then(|stem| stem.to_str()).is_none_or(|stem| stem != comment.to_string()) {
            fs::remove_file(path).expect("removed");
        }
    }
    office.run();
    assert_eq!(office.decisions(), whole);
    assert_eq!(office.answers(1).len(), 2);
    assert_eq!(office.signs(comment), "\"eyes\" \"rocket\"");
}

#[test]
fn a_held_phase_is_as_it_was_until_it_goes_on() {
    let mut office = Office::new(CONFIG, 3);
    let (moved, later) = (office.upstream(1), office.upstream(2));
    let before = office.head("uptake/docs");
    office.say(2, "maintainer", "/hold");
    office.say(1, "maintainer", &format!("/move {} docs\n/defer {}", &moved[..9], &later[..9]));
    office.run();
    assert!(!office.body(1).contains("number 3"), "{}", office.body(1));
    assert!(office.body(1).contains("waits: deferred by maintainer"), "{}", office.body(1));
    assert!(!office.body(2).contains("number 3"), "{}", office.body(2));
    assert_eq!(office.head("uptake/docs"), before);
    office.say(2, "maintainer", "/unhold");
    office.run();
    assert!(office.body(2).contains("number 3"), "{}", office.body(2));
    assert_ne!(office.head("uptake/docs"), before);
}

#[test]
fn the_dashboard_is_spoken_to_as_well() {
    let mut office = Office::new(CONFIG, 3);
    let sha = office.upstream(1);
    // The two pull requests are 1 and 2.
    let comment = office.say(3, "maintainer", &format!("/skip {} not for us\n/hold\n/needs {}", &sha[..9], &sha[..9]));
    office.run();
    assert!(office.body(1).contains("skipped by maintainer"), "{}", office.body(1));
    assert_eq!(office.signs(comment), "\"eyes\" \"confused\"");
    let reply = office.answers(3).into_iter().find(|text| text.contains("uptake-reply")).expect("a reply");
    assert!(reply.contains("`/hold`: `/hold` is about a phase: say it in the pull request of that phase."), "{reply}");
    assert!(reply.contains("It needs none: picked alone onto the fork it does not conflict."), "{reply}");
}

#[test]
fn three_versions_lead_to_three_statuses_and_the_table_in_the_body() {
    let mut office = Office::new(&format!("{CONFIG}{TESTED}"), 2);
    let dispatched = fs::read_dir(office.out("dispatches")).expect("dispatches").count();
    // Two heads and their base, with three versions each.
    assert_eq!(dispatched, 9);
    let before = snapshot(&office.out(""));
    office.run();
    assert_eq!(snapshot(&office.out("")), before, "a second run changes nothing");
    let head = office.head("uptake/fixes");
    for id in 1..=9 {
        finish(&office, id, "passed");
    }
    office.run();
    let statuses = office.json(&format!("statuses/{head}.json"));
    let described: Vec<String> = statuses
        .as_array()
        .expect("a list")
        .iter()
        .map(|status| format!("{} {}", status["context"], status["state"]))
        .collect();
    insta::assert_snapshot!(described.join("\n"), @r#"
        "uptake/cuda-12.9" "success"
        "uptake/cuda-13.0" "success"
        "uptake/cuda-13.1" "success"
        "uptake/tests" "success"
    "#);
    assert!(office.body(1).contains("| 13.1 | passed | 42 min | passed | **passed** |"), "{}", office.body(1));
    let tester = office.say(1, "maintainer", "/retest cuda 13.1");
    office.run();
    assert_eq!(office.signs(tester), "\"eyes\" \"rocket\"");
    assert_eq!(fs::read_dir(office.out("dispatches")).expect("dispatches").count(), 10);
    assert!(office.body(1).contains("| 13.1 | waiting for a runner |"), "{}", office.body(1));
    let refused = office.say(1, "tester", "/retest");
    office.run();
    assert_eq!(office.signs(refused), "\"eyes\" \"minus-one\"");
}

/// Plays the GPU for a run.
fn finish(office: &Office, run: u64, verdict: &str) {
    let mut record = office.json(&format!("runs/{run}.json"));
    let passed = verdict == "passed";
    record["state"] = if passed { "success" } else { "failure" }.into();
    record["started"] = "2025-12-01T00:01:00Z".into();
    record["finished"] = "2025-12-01T00:43:00Z".into();
    let job = |name: &str, state: &str| json!({ "name": name, "state": state, "steps": 3, "link": "", "started": "2025-12-01T00:01:00Z" });
    let tests = if passed { "success" } else { "failure" };
    record["jobs"] = json!([job("CUDA", tests), job(&format!("verdict: {verdict}"), "success")]);
    fs::write(office.out(&format!("runs/{run}.json")), record.to_string()).expect("a file");
}

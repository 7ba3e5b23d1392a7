//! A run as a step of a GitHub workflow: what each event asks for, on payloads as GitHub sends them, and what the job shows.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use uptake::action::{EVENTS, EventError, Mode, decide};

use crate::support::forge::person_merges;
use crate::support::{World, uptake_in};

fn payload(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/action").join(format!("{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).expect("a payload")).expect("JSON")
}

/// What the event asks for in the repository it is from.
fn asked(event: &str, payload: &Value) -> String {
    let ours = payload["repository"]["full_name"].as_str().expect("a repository").to_owned();
    match decide(event, payload.to_string().as_bytes(), &ours) {
        Ok(Mode::Run(because)) => format!("run: {because}"),
        Ok(Mode::Ask { who, because }) => format!("ask whether {who} may: {because}"),
        Ok(Mode::Rest(because)) => format!("rest: {because}"),
        Err(error) => format!("error: {error}"),
    }
}

/// A new comment that says this.
fn comment(body: &str) -> Value {
    let mut event = payload("issue_comment.created");
    event["comment"]["body"] = body.into();
    event
}

/// The dashboard, edited by a person.
fn ticked() -> Value {
    let mut event = payload("issues.edited");
    event["issue"]["body"] = "- [x] <!-- uptake:start=rest -->\n<!-- uptake dashboard -->\n".into();
    event
}

/// What a person did to a pull request, from this branch.
fn pulled(action: &str, merged: bool, from: &str, by: &str) -> Value {
    let mut event = payload("pull_request.opened");
    event["action"] = action.into();
    (event["pull_request"]["merged"], event["pull_request"]["head"]["ref"]) = (merged.into(), from.into());
    event["sender"]["type"] = by.into();
    event
}

#[test]
fn of_pull_requests_those_of_the_bot_s_count_and_what_people_did_to_them() {
    let mut fork = pulled("closed", false, "uptake/fixes", "User");
    fork["pull_request"]["head"]["repo"]["full_name"] = "someone/fork".into();
    let mut gone = pulled("closed", false, "uptake/fixes", "User");
    gone["pull_request"]["head"]["repo"] = Value::Null;
    let described = [
        pulled("closed", true, "uptake/fixes", "User"),
        pulled("closed", true, "uptake/fixes", "Bot"),
        pulled("closed", false, "uptake/fixes", "User"),
        pulled("closed", false, "uptake/fixes", "Bot"),
        pulled("reopened", false, "uptake/fixes", "User"),
        pulled("labeled", false, "uptake/fixes", "User"),
        pulled("opened", false, "uptake/fixes", "User"),
        pulled("synchronize", false, "uptake/fixes", "User"),
        pulled("closed", true, "feature", "User"),
        fork,
        gone,
    ]
    .map(|event| asked("pull_request", &event));
    insta::assert_snapshot!(described.join("\n"), @r#"
    run: the pull request #2 was merged
    run: the pull request #2 was merged
    run: the pull request #2 was closed
    rest: a bot changed the pull request, as Uptake does
    run: the pull request #2 was reopened
    run: the pull request #2 was labeled
    rest: a pull request's `opened` asks for nothing
    rest: a pull request's `synchronize` asks for nothing
    rest: the pull request is not Uptake's
    rest: the pull request is not Uptake's
    rest: the pull request is not Uptake's
    "#);
}

#[test]
fn recorded_events_ask_for_a_run_or_for_nothing() {
    let described = [
        ("issue_comment", payload("issue_comment.created")),
        ("issue_comment", comment("/skip abc1234 we have our own")),
        ("issue_comment", payload("issue_comment.edited")),
        ("issue_comment", payload("issue_comment.deleted")),
        ("issues", payload("issues.edited")),
        ("issues", ticked()),
        ("push", payload("push.branch")),
        ("push", payload("push.tag")),
        ("workflow_run", payload("workflow_run.requested")),
        ("workflow_run", payload("workflow_run.completed")),
        ("workflow_dispatch", payload("workflow_dispatch")),
    ]
    .map(|(event, payload)| format!("{event}: {}", asked(event, &payload)));
    insta::assert_snapshot!(described.join("\n"), @r"
    issue_comment: rest: the comment has no line that begins with a slash
    issue_comment: run: a comment by Codertocat on #1
    issue_comment: rest: only new comments are obeyed
    issue_comment: rest: only new comments are obeyed
    issues: rest: the issue is not the dashboard
    issues: run: an edit of the dashboard #1 by Codertocat
    push: run: master was pushed
    push: rest: refs/tags/simple-tag was pushed, and is no branch
    workflow_run: rest: the workflow run has not ended yet
    workflow_run: run: a workflow ended: success (run 289782451)
    workflow_dispatch: run: started by octocat
    ");
    assert_eq!(
        asked("schedule", &json!({"schedule": "17 4 * * *", "repository": {"full_name": "a/b"}})),
        "run: on schedule"
    );
}

#[test]
fn bots_are_never_obeyed_and_their_pushes_start_nothing() {
    for (key, value) in [("type", "Bot"), ("login", "uptake[bot]")] {
        let mut event = comment("/rebuild");
        event["comment"]["user"][key] = value.into();
        assert_eq!(asked("issue_comment", &event), "rest: a bot's comment is never obeyed");
    }
    let mut event = comment("/rebuild");
    event["comment"]["user"] = Value::Null;
    assert_eq!(asked("issue_comment", &event), "rest: the comment's author is not known any more");
    for association in ["NONE", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "CONTRIBUTOR", "MANNEQUIN"] {
        let mut event = comment("/rebuild");
        event["comment"]["author_association"] = association.into();
        assert_eq!(asked("issue_comment", &event), "ask whether Codertocat may: a comment by Codertocat on #1");
        event["comment"]["user"]["login"] = "--trust".into();
        assert_eq!(asked("issue_comment", &event), "rest: its author does not belong to the repository");
        event["comment"]["body"] = "see https://example.org/x".into();
        assert_eq!(asked("issue_comment", &event), "rest: the comment has no line that begins with a slash");
    }
    for association in ["OWNER", "MEMBER", "COLLABORATOR"] {
        let mut event = comment("/rebuild");
        event["comment"]["author_association"] = association.into();
        assert!(asked("issue_comment", &event).starts_with("run: "));
    }
    let mut event = ticked();
    event["sender"]["type"] = "Bot".into();
    assert_eq!(asked("issues", &event), "rest: a bot edited the issue, as Uptake does");
    event["action"] = "opened".into();
    assert_eq!(asked("issues", &event), "rest: of issues, only edits are looked at");
    let mut event = payload("push.branch");
    event["ref"] = "refs/heads/uptake/fixes".into();
    assert_eq!(asked("push", &event), "run: uptake/fixes was pushed", "a person's work on a phase");
    event["sender"]["type"] = "Bot".into();
    assert_eq!(asked("push", &event), "rest: uptake/fixes was pushed by a bot, as Uptake does");
    event["deleted"] = true.into();
    assert_eq!(asked("push", &event), "rest: the branch uptake/fixes was deleted");
    let mut event = payload("workflow_run.completed");
    event["workflow_run"]["head_repository"]["full_name"] = "stranger/fork".into();
    assert_eq!(asked("workflow_run", &event), "rest: the workflow run is of another repository's code");
}

#[test]
fn an_event_is_not_trusted() {
    let mut event = comment("/rebuild");
    event["comment"]["user"]["login"] = "a\n::error::b\u{1b}[31m\u{202e}".into();
    let said = asked("issue_comment", &event);
    assert!(!said.contains(['\n', '\u{1b}', '\u{202e}']), "{said:?}");
    let elsewhere = decide("issue_comment", comment("/x").to_string().as_bytes(), "me/fork");
    assert!(matches!(elsewhere, Err(EventError::Elsewhere { .. })));
    assert!(decide("issue_comment", comment("/x").to_string().as_bytes(), "codertocat/HELLO-world").is_ok());
    let unknown = decide("pull_request_target", b"{}", "a/b").expect_err("refused").to_string();
    assert!(
        unknown.starts_with("the event pull_request_target is none that Uptake acts on; it acts on schedule, "),
        "{unknown}"
    );
    for (event, text) in [
        ("push", "{}"),
        ("push", "{\"ref\": 7}"),
        ("issue_comment", "{\"action\": \"created\"}"),
        ("issue_comment", "[]"),
        ("issues", "{\"action\": \"edited\"}"),
        ("workflow_run", "{\"action\": \"completed\"}"),
        ("schedule", ""),
    ] {
        assert!(matches!(decide(event, text.as_bytes(), "a/b"), Err(EventError::Malformed { .. })), "{event} {text}");
    }
    let deep = "[".repeat(100_000);
    for event in EVENTS {
        assert!(decide(event, deep.as_bytes(), "a/b").is_err());
    }
}

struct Job {
    world: World,
}

impl Job {
    fn new(event: &Value) -> Self {
        let mut world = World::new(&[("a.txt", "a\nb\nc\n"), ("b.txt", "b\n")]);
        world.on_upstream().commit("Fix a | and more (#1)", &[("a.txt", "A\nb\nc\n")]);
        world.commit("Fix b", &[("b.txt", "B\n")]);
        world.on_fork().commit("Ours", &[("a.txt", "ours\nb\nc\n")]);
        world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
        fs::write(world.folder().join("event.json"), event.to_string()).expect("written");
        let job = Self { world };
        job.configure("phases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: Fix }] }\n");
        job
    }

    fn configure(&self, text: &str) {
        fs::create_dir_all(self.world.fork().join(".github")).expect("a folder");
        fs::write(self.world.fork().join(".github/uptake.yml"), text).expect("written");
    }

    fn run(&self, event: &str, repository: &str, arguments: &[&str]) -> (i32, String, String) {
        let at = |name: &str| self.world.folder().join(name).display().to_string();
        for name in ["output", "summary"] {
            fs::write(self.world.folder().join(name), "").expect("written");
        }
        let environment = [
            ("GITHUB_EVENT_NAME", event.to_owned()),
            ("GITHUB_EVENT_PATH", at("event.json")),
            ("GITHUB_REPOSITORY", repository.to_owned()),
            ("GITHUB_OUTPUT", at("output")),
            ("GITHUB_STEP_SUMMARY", at("summary")),
            ("GITHUB_WORKSPACE", at("fork")),
            ("RUNNER_TEMP", at("")),
        ];
        let command = ["--repo", "fork", "--offline", "action", "--forge", "folder:out"];
        uptake_in(self.world.folder(), &[&command, arguments].concat(), &environment)
    }

    fn read(&self, name: &str) -> String {
        let text = fs::read_to_string(self.world.folder().join(name)).expect("a file");
        text.replace(&self.world.folder().display().to_string(), "FOLDER")
    }
}

#[test]
fn a_job_shows_what_a_run_did_and_what_waits() {
    let job = Job::new(&payload("workflow_dispatch"));
    let (code, out, error) = job.run("workflow_dispatch", "octo-org/octo-repo", &["--dry-run"]);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    assert!(out.starts_with("Why: started by octocat.\nWould make 7 changes\n"), "{out}");
    assert!(!job.world.folder().join("out").exists(), "a dry run");

    let (code, out, _) = job.run("workflow_dispatch", "octo-org/octo-repo", &[]);
    assert_eq!(code, 0, "conflicts that wait are no failure of a job");
    assert!(out.ends_with("::notice::Conflicts wait for a person: the job's summary says where.\n"), "{out}");
    insta::assert_snapshot!(job.read("output"), @r#"
    phases=["fixes"]
    pulls=[1]
    changes=7
    waits=true
    summary=FOLDER/uptake-summary.md
    "#);
    assert_eq!(job.read("summary"), job.read("uptake-summary.md"));
    let ids = regex::Regex::new(r"\b[0-9a-f]{9}\b").expect("a pattern");
    insta::assert_snapshot!(ids.replace_all(&job.read("summary"), "COMMIT"), @r#"
    ## Uptake: 2 commits behind upstream

    Why: started by octocat. Of upstream's commits 0 are taken already, 2 are open; 1 is for a person to decide.

    ### What is next

    - ready to merge: 1 (1 pick)
    - Fixes: 1 pick waits for a person; pull request 1 says on which lines, and how to resolve them

    | phase | pull request | risk | ready | waits | left out |
    | --- | --- | --- | --: | --: | --: |
    | Fixes | 1 | medium | 1 | 1 | 0 |

    <details><summary>Made 7 changes</summary>

    - create branch main at COMMIT
    - create label "conflicts"
    - create label "phase:fixes"
    - create label "risk:medium"
    - create branch uptake/fixes at COMMIT (1 pick)
    - open pull request "Uptake: Fixes" (uptake/fixes into main)
    - open the dashboard "Uptake: upstream status"

    </details>
    "#);

    let (_, out, _) = job.run("workflow_dispatch", "octo-org/octo-repo", &[]);
    assert!(out.starts_with("Why: started by octocat.\nNothing to change\n"), "{out}");
    assert!(job.read("summary").contains("**Nothing to change**"));

    // What conflicts goes on in another pull request, once the rest was merged.
    let mut job = job;
    person_merges(&mut job.world, "uptake/fixes", 1);
    let (code, out, _) = job.run("workflow_dispatch", "octo-org/octo-repo", &[]);
    assert_eq!(code, 0, "{out}");
    assert!(job.read("output").contains("\npulls=[3]\n"), "{}", job.read("output"));
    assert!(job.read("summary").contains("\n| Fixes | 3, draft | "), "{}", job.read("summary"));
}

#[test]
fn what_was_not_done_is_seen_though_the_job_is_green() {
    let job = Job::new(&payload("workflow_dispatch"));
    job.configure(
        "phases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: Fix }] }\n\
         ci: { cuda: ['13.0'], workflow: gone.yml }\n",
    );
    let gone = job.world.folder().join("out/dispatches");
    fs::create_dir_all(gone.parent().expect("a folder")).expect("a folder");
    // A file where the folder of what was asked of workflows goes.
    fs::write(&gone, "").expect("written");
    let (code, out, error) = job.run("workflow_dispatch", "octo-org/octo-repo", &[]);
    assert_eq!(code, 0, "{out}{error}");
    let warning = out.lines().find(|line| line.starts_with("::warning::")).expect("a warning");
    assert!(warning.contains("ask for CUDA 13.0 on "), "{warning}");
    assert!(job.read("summary").contains("\n- not done: ask for CUDA 13.0 on "), "{}", job.read("summary"));
}

#[test]
fn a_comment_without_a_command_costs_no_run() {
    let job = Job::new(&payload("issue_comment.created"));
    let (code, out, _) = job.run("issue_comment", "Codertocat/Hello-World", &[]);
    assert_eq!((code, out.as_str()), (0, "Nothing to do: the comment has no line that begins with a slash.\n"));
    assert!(!job.world.folder().join("out").exists());
    assert!(job.read("output").starts_with("phases=[]\npulls=[]\nchanges=0\nwaits=false\n"));
}

#[test]
fn what_is_wrong_is_shown_at_its_place() {
    let job = Job::new(&payload("workflow_dispatch"));
    job.configure("phases:\n  - { id: fixes, title: Fixes, priority: 0 }\n");
    let (code, out, error) = job.run("workflow_dispatch", "octo-org/octo-repo", &[]);
    assert_eq!(code, 2);
    assert!(out.contains("\n::error file=.github/uptake.yml,line=2,col="), "{out}");
    assert!(error.contains("uptake.yml:2:"), "{error}");
    assert!(job.read("summary").starts_with("## Uptake: failed\n\n```text\n"));
    assert_eq!(job.read("output"), "");
    assert!(!job.world.folder().join("out").exists(), "nothing is written");

    let (code, out, error) = job.run("check_run", "octo-org/octo-repo", &[]);
    assert_eq!(code, 2);
    assert!(out.starts_with("::error::the event check_run is none that Uptake acts on"), "{out}");
    assert!(error.starts_with("error: the event check_run is none"), "{error}");
    let (code, _, error) = uptake_in(job.world.folder(), &["--repo", "fork", "action", "--forge", "folder:out"], &[]);
    assert_eq!(code, 2);
    assert_eq!(
        error,
        "error: GITHUB_EVENT_NAME is not set\n  this command is a step of a GitHub workflow; on a terminal it is uptake run\n"
    );
}

//! Which comments start a run: it is decided before anything is installed.

use std::process::Command;

use uptake::chatops::command::COMMANDS;

use super::steps::which;
use super::{parsed, rendered};

/// The step that decides, and all the steps after it.
fn steps() -> Vec<serde_yaml_ng::Value> {
    let text = rendered().into_iter().find(|it| it.name == "uptake-comments.yml").expect("a template").text;
    parsed(&text)["jobs"]["commands"]["steps"].as_sequence().expect("steps").clone()
}

/// Whether what was said starts more than the question.
fn heard(event: &str, said: &str) -> bool {
    let step = &steps()[0];
    let folder = tempfile::tempdir().expect("a folder");
    let ended = Command::new(which("bash"))
        .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"].as_str().expect("a script")])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GITHUB_EVENT_NAME", event)
        .env("GITHUB_OUTPUT", folder.path().join("output"))
        .env("COMMANDS", step["env"]["COMMANDS"].as_str().expect("a list"))
        .env("SAID", said)
        .status()
        .expect("bash runs");
    assert!(ended.success(), "{said}");
    let output = std::fs::read_to_string(folder.path().join("output")).unwrap_or_default();
    assert!(["", "command=true\n"].contains(&output.as_str()), "{output}");
    !output.is_empty()
}

#[test]
fn the_workflow_lists_the_commands_there_are() {
    let listed = steps()[0]["env"]["COMMANDS"].as_str().expect("a list").to_owned();
    let there: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
    assert_eq!(listed.split(' ').collect::<Vec<_>>(), there);
    for name in there {
        assert!(heard("issue_comment", &format!("/{name} abc")), "{name}");
    }
}

#[test]
fn a_line_that_begins_with_a_command_starts_a_run_and_another_does_not() {
    for said in
        ["/status", "/STATUS", "Thanks!\r\n/hold\r\n", "/uptake pick abc", "/retest\tcuda-13.0", "/up-take help"]
    {
        assert!(heard("issue_comment", said), "{said:?}");
    }
    for said in [
        "/shrug",
        "/statuses",
        "see a/pick/b",
        " /hold",
        "> /hold",
        "/ hold",
        "/tmp/pick",
        "/lgtm\n/approve",
        "",
        "$(touch x)/hold",
    ] {
        assert!(!heard("issue_comment", said), "{said:?}");
    }
    assert!(heard("issues", ""), "a box of the dashboard");
}

#[test]
fn nothing_is_fetched_or_installed_before() {
    let steps = steps();
    assert!(steps[0].get("uses").is_none());
    for step in &steps[1..] {
        assert_eq!(step["if"].as_str(), Some("steps.heard.outputs.command == 'true'"), "{step:?}");
    }
}

//! Who starts the workflows, and what code that nobody reviewed finds in them.

use std::process::Command;

use serde_yaml_ng::Value;

use uptake::workflows::GPU_FILE;

use super::steps::which;
use super::{TESTING, parsed, rendered};
use crate::support::write_program;

#[test]
fn tested_code_is_left_neither_its_verdict_nor_a_token() {
    for file in TESTING {
        left_nothing(file);
    }
}

fn left_nothing(file: &str) {
    let text = rendered().into_iter().find(|it| it.name == file).expect("a template").text;
    let jobs = parsed(&text)["jobs"].clone();
    let tests = &jobs["tests"];
    let steps = tests["steps"].as_sequence().expect("steps");
    let at =
        |id: &str| steps.iter().position(|step| step.get("id").and_then(Value::as_str) == Some(id)).expect("the step");
    // An action that comes back at the end of a job does so with a token; these do not.
    let own = ["actions/cache/restore@", "actions/cache/save@"];
    for (place, step) in steps.iter().enumerate() {
        let Some(uses) = step.get("uses").and_then(Value::as_str) else { continue };
        assert!(own.iter().any(|own| uses.starts_with(own)), "{uses}");
        let guarded = step["if"].as_str().expect("a condition").starts_with("inputs.sha == github.sha");
        assert!(place < at("validate") || guarded, "{uses} runs after unreviewed code");
    }
    // What the verdict is made from is put out before, or is the runner's own word.
    assert!(at("reached") < at("validate") && (file != GPU_FILE || at("device") < at("reached")));
    for (id, output) in tests["outputs"].as_mapping().expect("outputs") {
        let output = output.as_str().expect("an expression");
        let before = output.contains("steps.device.") || output.contains("steps.reached.");
        assert!(before || id.as_str() == Some("ended"), "{output}");
    }
    let name = jobs["verdict"]["name"].as_str().expect("a name");
    assert!(name.contains("needs.tests.result == 'success' && 'passed'"), "{name}");
    // What the tested code could have put out tells one failure from another, and no more.
    let parts: Vec<_> = name.split("needs.tests.outputs.ended").collect();
    let ends = " == 'timed-out' && 'timed-out' || 'failed') || 'setup-failed' }}";
    assert!(parts.len() == 2 && parts[0].ends_with(" && (") && parts[1] == ends, "{name}");
}

#[test]
fn a_stranger_s_command_starts_the_question_and_nothing_else() {
    let text = rendered().into_iter().find(|it| it.name == "uptake-comments.yml").expect("a template").text;
    let jobs = parsed(&text)["jobs"].clone();
    let condition = |job: &str| jobs[job]["if"].as_str().expect("a condition").to_owned();
    let belong =
        "contains(fromJSON('[\"OWNER\", \"MEMBER\", \"COLLABORATOR\"]'), github.event.comment.author_association)";
    for (job, part) in [
        ("commands", &format!("({belong} || needs.ask.outputs.may == 'true') && (startsWith(")[..]),
        ("ask", &format!("!{belong} && (startsWith(")),
    ] {
        assert!(condition(job).contains(part), "{part} is not in {}", condition(job));
        assert!(
            condition(job).contains("contains(github.event.issue.body, '<!-- uptake ')")
                && condition(job).contains("sender.type != 'Bot'")
        );
    }
    // Without it the job is skipped with the one it needs.
    assert!(condition("commands").starts_with("!cancelled() && "));
    let ask = serde_yaml_ng::to_string(&jobs["ask"]).expect("YAML");
    assert!(!ask.contains("secrets.") && !ask.contains("environment") && !ask.contains("uses:"), "{ask}");
    assert_eq!(jobs["ask"]["permissions"], Value::Mapping(serde_yaml_ng::Mapping::new()));
}

#[test]
fn the_repository_is_asked_what_somebody_may() {
    let text = rendered().into_iter().find(|it| it.name == "uptake-comments.yml").expect("a template").text;
    let script = parsed(&text)["jobs"]["ask"]["steps"][0]["run"].as_str().expect("a script").to_owned();
    for (answer, may) in [
        // What is printed, and what comes of it; `None`: the job fails.
        ("echo admin", Some("may=true\n")),
        ("echo write", Some("may=true\n")),
        ("echo read", Some("")),
        ("echo none", Some("")),
        ("echo '{\"message\":\"Server Error\"}'; echo 'gh: Server Error (HTTP 502)' >&2; exit 1", None),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let asked = "[ \"$2\" = repos/o/fork/collaborators/somebody/permission ] || exit 9";
        write_program(&folder.path().join("gh"), &format!("#!/bin/sh\n{asked}\n{answer}\n"));
        let ended = Command::new(which("bash"))
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &script])
            .env_clear()
            .env("PATH", folder.path())
            .env("GITHUB_REPOSITORY", "o/fork")
            .env("WHO", "somebody")
            .env("GITHUB_OUTPUT", folder.path().join("output"))
            .status()
            .expect("bash runs");
        assert_eq!(ended.success(), may.is_some(), "{answer}");
        let output = std::fs::read_to_string(folder.path().join("output")).unwrap_or_default();
        assert_eq!(output, may.unwrap_or_default(), "{answer}");
    }
}

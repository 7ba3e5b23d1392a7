//! Who starts the workflows, and what code that nobody reviewed finds in them.

use serde_yaml_ng::Value;

use super::{parsed, rendered};

#[test]
fn tested_code_is_left_neither_its_verdict_nor_a_token() {
    let text = rendered().into_iter().find(|it| it.name == uptake::workflows::GPU_FILE).expect("a template").text;
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
    assert!(at("device") < at("reached") && at("reached") < at("validate"));
    for output in tests["outputs"].as_mapping().expect("outputs").values() {
        let output = output.as_str().expect("an expression");
        assert!(output.contains("steps.device.") || output.contains("steps.reached."), "{output}");
    }
    let name = jobs["verdict"]["name"].as_str().expect("a name");
    assert!(name.contains("needs.tests.result == 'success' && 'passed'"), "{name}");
}

#[test]
fn a_stranger_s_comment_starts_no_job() {
    let text = rendered().into_iter().find(|it| it.name == "uptake-comments.yml").expect("a template").text;
    let condition = parsed(&text)["jobs"]["commands"]["if"].as_str().expect("a condition").to_owned();
    for part in
        ["author_association)", "\"OWNER\", \"MEMBER\", \"COLLABORATOR\"", "issue.user.type == 'Bot'", "startsWith("]
    {
        assert!(condition.contains(part), "{part} is not in {condition}");
    }
}

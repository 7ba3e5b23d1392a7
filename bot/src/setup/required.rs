//! Rules of the fork's branch that ask for a check of Uptake's: other pull requests and the merge queue must not wait for it for ever.
//! Pure.

use serde_yaml_ng::Value;

use super::finding::Finding;
use super::triggers::takes;
use crate::yaml::source::YamlSource;

const ABOUT: &str = "rules";

/// The check that a rule may ask for, since it is on every pull request of Uptake's.
const TESTS: &str = "uptake/tests";

/// What is to be said of the checks that a rule asks for. `base` is the branch of the rule, `queue` whether it has a merge queue, and `files`
/// are the workflows there.
pub(super) fn checks(
    required: &[String],
    files: &[(String, String)],
    base: &str,
    queue: bool,
    page: &str,
) -> Vec<Finding> {
    let mut ours: Vec<&String> = required.iter().filter(|context| context.starts_with("uptake/")).collect();
    ours.sort();
    ours.dedup();
    let one = |context: &String| {
        match context.as_str() {
        TESTS => tests(files, base, queue),
        _ => Finding::wrong(
            ABOUT,
            format!("a rule asks for the check {context}, which only some of Uptake's own pull requests have: others wait for it for ever"),
        )
        .fix(format!("require {TESTS} instead, which speaks for all of them")),
    }
    };
    ours.into_iter().map(one).map(|finding| finding.page(page)).collect()
}

fn tests(files: &[(String, String)], base: &str, queue: bool) -> Finding {
    let passes = files.iter().filter_map(|(name, text)| Some((name, passes_elsewhere(text, base)?)));
    let fix = "add the workflow that docs/src/running.md has under \"A rule that requires the tests\", which passes it there; or take it out of \
               the rule: Uptake's pull requests show it all the same";
    match passes.max_by_key(|(_, queued)| *queued) {
        Some((name, queued)) if queued || !queue => Finding::right(
            ABOUT,
            format!("a rule asks for {TESTS}; {name} passes it where there is nothing to test"),
        ),
        Some((name, _)) => Finding::wrong(
            ABOUT,
            format!("a rule asks for {TESTS}, and {name} does not pass it in the merge queue, which waits for it for ever"),
        )
        .fix(format!("add merge_group to the events of {name}")),
        None => Finding::wrong(
            ABOUT,
            format!("a rule asks for {TESTS}, which only Uptake's own pull requests have: every other one, and the merge queue, waits for it for ever"),
        )
        .fix(fix),
    }
}

/// Whether a workflow has a job of that name in pull requests into the branch and, if so, whether in the merge queue too.
fn passes_elsewhere(text: &str, base: &str) -> Option<bool> {
    let source = YamlSource::read(text).ok()?;
    let Value::Mapping(jobs) = source.value.get("jobs")? else { return None };
    // A name may be an expression, that has it as one of its ends.
    let names = |job: &Value| {
        let name = job.get("name").and_then(Value::as_str).unwrap_or_default();
        name == TESTS || (name.contains("${{") && name.contains(&format!("'{TESTS}'")))
    };
    let on = source.value.get("on");
    let starts = |event| takes(on, event, base);
    (jobs.values().any(names) && (starts("pull_request") || starts("pull_request_target")))
        .then(|| starts("merge_group"))
}

//! What starts a workflow, as far as pushes to the bot's branches and pull requests from them are concerned. Pure.

use globset::GlobBuilder;
use regex::Regex;
use serde_yaml_ng::Value;
use std::sync::LazyLock;

use crate::yaml::source::YamlSource;

/// A branch of the bot's, as a filter sees it.
const OWN: &str = "uptake/phase";

/// A use of the secrets, by name or all at once; that of the run's own token is looked at by its permissions.
static SECRET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"secrets\s*\.\s*([A-Za-z_]\w*)|(secrets\s*\[|secrets\s*\)|secrets:\s*inherit)").ok());

/// A permission of the run's token to write, or to prove who it is elsewhere.
static WRITES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*permissions:\s*write-all|^\s*[a-z-]+:\s*write\s*(#|$)").ok());

/// What a workflow hands to the code it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hands {
    /// Secrets of the repository.
    Secrets,
    /// A token that may write.
    WriteToken,
}

/// The events by which a workflow runs upstream's code from the bot's branches, and the most that it hands it; `None` where it does not, or
/// hands it nothing. `base` is the branch that pull requests go into.
pub(super) fn exposed(text: &str, base: &str) -> Option<(Vec<&'static str>, Hands)> {
    let hands = hands(text)?;
    let Ok(source) = YamlSource::read(text) else { return None };
    let events: Vec<&'static str> = ["push", "pull_request", "pull_request_target"]
        .into_iter()
        .filter(|event| {
            let branch = if *event == "push" { OWN } else { base };
            // What runs for a pull request's base runs upstream's code only where it fetches that.
            let fetches = *event != "pull_request_target"
                || text.contains("github.event.pull_request.head")
                || text.contains("github.head_ref");
            fetches && takes(source.value.get("on"), event, branch)
        })
        .collect();
    (!events.is_empty()).then_some((events, hands))
}

fn hands(text: &str) -> Option<Hands> {
    let named = |found: regex::Captures<'_>| found.get(1).is_none_or(|name| name.as_str() != "GITHUB_TOKEN");
    if SECRET.as_ref().is_some_and(|secret| secret.captures_iter(text).any(named)) {
        return Some(Hands::Secrets);
    }
    WRITES.as_ref().is_some_and(|writes| writes.is_match(text)).then_some(Hands::WriteToken)
}

/// Whether an event on a branch starts it.
pub(super) fn takes(on: Option<&Value>, event: &str, branch: &str) -> bool {
    match on {
        Some(Value::String(one)) => one == event,
        Some(Value::Sequence(all)) => all.iter().any(|one| one.as_str() == Some(event)),
        Some(Value::Mapping(all)) => all.get(event).is_some_and(|filter| passes(filter, event, branch)),
        _ => false,
    }
}

fn passes(filter: &Value, event: &str, branch: &str) -> bool {
    let list = |key: &str| -> Option<Vec<String>> {
        match filter.get(key)? {
            Value::String(one) => Some(vec![one.clone()]),
            Value::Sequence(all) => Some(all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()),
            _ => None,
        }
    };
    if let Some(branches) = list("branches") {
        // The last pattern that fits decides.
        return branches.iter().fold(false, |taken, pattern| match pattern.strip_prefix('!') {
            Some(not) => taken && !fits(not, branch),
            None => taken || fits(pattern, branch),
        });
    }
    if let Some(ignored) = list("branches-ignore") {
        return !ignored.iter().any(|pattern| fits(pattern, branch));
    }
    // With tags alone a push of a branch starts nothing.
    event != "push" || (list("tags").is_none() && list("tags-ignore").is_none())
}

/// Whether a filter fits a branch; one that cannot be read is taken to.
fn fits(pattern: &str, branch: &str) -> bool {
    let glob = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    glob.map_or(true, |glob| glob.compile_matcher().is_match(branch))
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOB: &str = "jobs: { t: { steps: [{ run: make, env: { KEY: '${{ secrets.KEY }}' } }] } }\n";

    fn events(on: &str) -> Vec<&'static str> {
        exposed(&format!("on: {on}\n{JOB}"), "main").map(|(events, _)| events).unwrap_or_default()
    }

    #[test]
    fn what_a_push_to_the_bot_s_branches_starts_is_found() {
        for (on, starts) in [
            ("push", &["push"][..]),
            ("[push, pull_request]", &["push", "pull_request"]),
            ("{ push: , workflow_dispatch: }", &["push"]),
            ("{ push: { branches: ['**'] } }", &["push"]),
            ("{ push: { branches: ['*'] } }", &[]),
            ("{ push: { branches: [main] } }", &[]),
            ("{ push: { branches: main } }", &[]),
            ("{ push: { branches: ['**', '!uptake/**'] } }", &[]),
            ("{ push: { branches: ['!uptake/**', '**'] } }", &["push"]),
            ("{ push: { branches-ignore: [main] } }", &["push"]),
            ("{ push: { branches-ignore: ['uptake/**'] } }", &[]),
            ("{ push: { tags: ['v*'] } }", &[]),
            ("{ push: { paths: ['src/**'] } }", &["push"]),
            ("{ pull_request: { branches: [main] } }", &["pull_request"]),
            ("{ pull_request: { branches: [release] } }", &[]),
            ("pull_request_target", &[]),
            ("schedule", &[]),
        ] {
            assert_eq!(events(on), starts, "{on}");
        }
        let head = format!("on: pull_request_target\n{JOB}# github.event.pull_request.head.sha\n");
        assert_eq!(exposed(&head, "main"), Some((vec!["pull_request_target"], Hands::Secrets)));
    }

    #[test]
    fn what_it_hands_on_is_told_from_what_it_has_anyway() {
        for (job, hands) in [
            ("env: { A: '${{ secrets.GITHUB_TOKEN }}' }", None),
            ("env: { A: '${{ secrets.GITHUB_TOKEN }}${{ secrets.B }}' }", Some(Hands::Secrets)),
            ("env: { A: '${{ secrets[matrix.key] }}' }", Some(Hands::Secrets)),
            ("env: { A: '${{ toJSON(secrets) }}' }", Some(Hands::Secrets)),
            ("jobs:\n  a:\n    uses: o/r/.github/workflows/w.yml@v1\n    secrets: inherit", Some(Hands::Secrets)),
            ("permissions: write-all", Some(Hands::WriteToken)),
            ("permissions:\n  contents: read\n  id-token: write # OIDC", Some(Hands::WriteToken)),
            ("permissions:\n  contents: read", None),
        ] {
            assert_eq!(exposed(&format!("on: push\n{job}\n"), "main").map(|(_, hands)| hands), hands, "{job}");
        }
    }
}

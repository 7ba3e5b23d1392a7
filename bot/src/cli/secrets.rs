//! The secrets we are given in the environment. What a process was started with stays readable in `/proc` to others of its user, to the
//! programs that make lock files too; so they are taken out of it before anything else is done.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::OnceLock;

use crate::programs;

/// What is taken out: all that we read ourselves, and what a job of GitHub Actions has besides.
const NAMES: [&str; 8] = [
    "UPTAKE_APP_KEY",
    "UPTAKE_SIGNING_KEY",
    "UPTAKE_TOKEN",
    "UPTAKE_UPSTREAM_TOKEN",
    "UPTAKE_WEBHOOK_SECRET",
    "GITHUB_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
];

/// Says that they come on standard input.
pub(super) const MARK: (&str, &str) = ("UPTAKE_SECRETS", "standard-input");

static TAKEN: OnceLock<BTreeMap<String, String>> = OnceLock::new();

/// Takes the secrets out of the environment: this program is started again without them, and reads them from a pipe.
pub(super) fn take() {
    programs::without_secrets_in_reach();
    if read(MARK.0).as_deref() == Some(MARK.1) {
        let mut text = String::new();
        let _none = std::io::stdin().read_to_string(&mut text);
        let _once = TAKEN.set(serde_json::from_str(&text).unwrap_or_default());
        return;
    }
    let found: BTreeMap<&str, String> = NAMES.into_iter().filter_map(|name| Some((name, read(name)?))).collect();
    if !found.is_empty() {
        let given = serde_json::to_string(&found).unwrap_or_default();
        // Where that is not possible they stay where they are, and all else is as before.
        let _in_place = programs::again(&given, &NAMES, MARK);
    }
}

/// A variable of the environment, be it taken out of it; an empty one is none, as a workflow's secret that is not there.
pub(super) fn variable(name: &str) -> Option<String> {
    let value = TAKEN.get().and_then(|taken| taken.get(name).cloned()).or_else(|| read(name));
    value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// All of them, as a program like this one reads them from its standard input.
pub(super) fn to_hand_on() -> String {
    let found: BTreeMap<&str, String> = NAMES.into_iter().filter_map(|name| Some((name, variable(name)?))).collect();
    serde_json::to_string(&found).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the command line is an entry")]
fn read(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

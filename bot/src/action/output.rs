//! What later steps of a job can use.

use std::fmt::Write;

use super::summary::RunSummary;

/// The lines for the file GITHUB_OUTPUT names. Every value is one line: numbers, words, and JSON without spaces.
#[must_use]
pub fn outputs(ran: &RunSummary<'_>, summary: &str) -> String {
    let phases: Vec<&str> = ran.built.phases.iter().map(|phase| &*phase.id).collect();
    let pulls: Vec<u64> = ran.pulls().iter().map(|(_, pull)| pull.number).collect();
    let mut text = String::new();
    let json = |value: serde_json::Value| value.to_string();
    let values = [
        ("phases", json(phases.into())),
        ("pulls", json(pulls.into())),
        ("changes", ran.changes.changes.len().to_string()),
        ("waits", ran.waits().to_string()),
        ("summary", summary.replace(['\n', '\r'], " ")),
    ];
    for (name, value) in values {
        let _ = writeln!(text, "{name}={value}");
    }
    text
}

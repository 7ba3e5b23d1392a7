//! What later steps of a job can use.

use std::fmt::Write;

use super::summary::RunSummary;

/// What a run came to, as later steps are told.
#[derive(Debug, Clone, Copy)]
pub struct RunOutputs<'a> {
    /// The phases' ids.
    pub phases: &'a [&'a str],
    /// The numbers of their open pull requests.
    pub pulls: &'a [u64],
    /// How many changes were made, or would have been.
    pub changes: usize,
    /// Whether decisions wait for a person.
    pub waits: bool,
}

impl RunOutputs<'_> {
    /// The lines for the file GITHUB_OUTPUT names; `summary` is where the page is. Every value is one line: numbers, words, and JSON
    /// without spaces.
    #[must_use]
    pub fn lines(&self, summary: &str) -> String {
        let mut text = String::new();
        let json = |value: serde_json::Value| value.to_string();
        let values = [
            ("phases", json(self.phases.into())),
            ("pulls", json(self.pulls.into())),
            ("changes", self.changes.to_string()),
            ("waits", self.waits.to_string()),
            ("summary", summary.replace(['\n', '\r'], " ")),
        ];
        for (name, value) in values {
            let _ = writeln!(text, "{name}={value}");
        }
        text
    }
}

/// The lines for a run that is over.
#[must_use]
pub fn outputs(ran: &RunSummary<'_>, summary: &str) -> String {
    let phases: Vec<&str> = ran.built.phases.iter().map(|phase| &*phase.id).collect();
    let pulls: Vec<u64> = ran.pulls().iter().map(|(_, pull)| pull.number).collect();
    let changes = ran.changes.changes.len();
    RunOutputs { phases: &phases, pulls: &pulls, changes, waits: ran.waits() }.lines(summary)
}

//! Rules that choose commits by what they are.
use super::Rule;
use crate::path::RepoPath;

/// What a rule can look at.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The first line of the message.
    pub subject: &'a str,
    /// `Name <mail>`.
    pub author: &'a str,
    /// The day it was written, `2025-11-22`.
    pub day: &'a str,
    /// The paths it touches.
    pub paths: &'a [RepoPath],
}

/// The head of a conventional commit, `fix(server)!: …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conventional<'a> {
    /// `fix`
    pub kind: &'a str,
    /// `!`
    pub breaking: bool,
}

/// stub
pub fn conventional(subject: &str) -> Option<Conventional<'_>> {
    let (head, _) = subject.split_once(": ")?;
    Some(Conventional { kind: head.trim_end_matches('!'), breaking: head.ends_with('!') })
}

impl Rule {
    /// stub
    pub fn matches(&self, facts: &Facts<'_>) -> bool {
        self.subject.as_ref().is_none_or(|r| r.is_match(facts.subject))
    }
    /// stub
    pub fn describe(&self) -> String {
        String::from("a rule")
    }
}

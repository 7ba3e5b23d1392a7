//! What is found of a set-up, one thing at a time.

use serde::Serialize;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub mark: FindingLevel,
    /// What was looked at, in a word or two.
    pub about: &'static str,
    /// How it is, in words.
    pub described: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingLevel {
    /// As it must be.
    Right,
    /// Runs would fail, or lose something.
    Wrong,
    /// It works, and could be better.
    Note,
    /// It could not be looked at.
    Unknown,
}

impl Finding {
    pub(super) fn new(mark: FindingLevel, about: &'static str, described: impl Into<String>) -> Self {
        Self { mark, about, described: described.into(), fix: None, page: None }
    }

    pub(super) fn right(about: &'static str, described: impl Into<String>) -> Self {
        Self::new(FindingLevel::Right, about, described)
    }

    pub(super) fn wrong(about: &'static str, described: impl Into<String>) -> Self {
        Self::new(FindingLevel::Wrong, about, described)
    }

    pub(super) fn note(about: &'static str, described: impl Into<String>) -> Self {
        Self::new(FindingLevel::Note, about, described)
    }

    pub(super) fn unknown(about: &'static str, why: impl Into<String>) -> Self {
        Self::new(FindingLevel::Unknown, about, why)
    }

    pub(super) fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: Some(fix.into()), ..self }
    }

    pub(super) fn page(self, page: impl Into<String>) -> Self {
        Self { page: Some(page.into()), ..self }
    }
}

//! A webhook as it was delivered, read: which repository it is of, and whether it asks for a run.

use aws_lc_rs::digest::{SHA256, digest};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::clock::now;
use crate::action::{EventError, Mode, decide};
use crate::text::short;

/// A delivery that asks for a run; what is kept of it until the run is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// GitHub's name for it, a word of letters, digits and dashes.
    pub id: String,
    /// `owner/name` of the repository, in lower case: GitHub does not tell cases apart.
    pub repository: String,
    /// `owner/name` in the case GitHub writes it.
    pub name: String,
    /// The App's installation there.
    pub installation: Option<u64>,
    /// Why there is to be a run, harmless in a log.
    pub because: String,
    /// Who asks for it, where it is not known that they may: the repository is asked before the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<String>,
    /// The event it is of, as GitHub calls it; nothing where the clock asks.
    #[serde(default)]
    pub event: String,
    /// What tells its body from any other: the body is what is signed, and not the id.
    #[serde(default)]
    pub body: String,
}

impl Delivery {
    /// What asks for a run without a webhook, in a round of the clock.
    pub(super) fn by_the_clock(name: &str, round: u64) -> Self {
        // It has a name of its own by the time.
        let now = now().as_nanosecond();
        let id = format!("clock-{now}-{round}");
        Self {
            body: id.clone(),
            id,
            repository: name.to_ascii_lowercase(),
            name: name.to_owned(),
            installation: None,
            because: "by the clock".to_owned(),
            asks: None,
            event: String::new(),
        }
    }
}

/// What a delivery asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Run(Delivery),
    /// Nothing, and why.
    Nothing(String),
}

/// Why a delivery cannot be understood, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(String);

/// The events that a server acts on: what its App is told of.
pub const EVENTS: [&str; 5] = ["issue_comment", "issues", "pull_request", "push", "workflow_run"];

#[derive(Deserialize)]
struct Envelope {
    repository: Option<RepositoryField>,
    installation: Option<InstallationField>,
    comment: Option<IgnoredAny>,
    issue: Option<IgnoredAny>,
    pull_request: Option<IgnoredAny>,
    workflow_run: Option<IgnoredAny>,
    r#ref: Option<IgnoredAny>,
}

impl Envelope {
    /// The event that a body is of, as its parts say. The header that names it is not signed.
    const fn event(&self) -> &'static str {
        match (&self.issue, &self.comment, &self.pull_request, &self.workflow_run, &self.r#ref) {
            (Some(_), Some(_), None, None, None) => "issue_comment",
            (Some(_), None, None, None, None) => "issues",
            (None, None, Some(_), None, None) => "pull_request",
            (None, None, None, Some(_), None) => "workflow_run",
            (None, None, None, None, Some(_)) => "push",
            _ => "",
        }
    }
}

#[derive(Deserialize)]
struct RepositoryField {
    full_name: String,
}

#[derive(Deserialize)]
struct InstallationField {
    id: u64,
}

/// Reads a delivery: its headers `X-GitHub-Event` and `X-GitHub-Delivery`, and its body, whose signature was checked before.
///
/// # Errors
/// It is not as GitHub sends them.
pub fn read(event: &str, id: &str, body: &[u8]) -> Result<Asked, Malformed> {
    let word = |text: &str| {
        !text.is_empty()
            && text.len() <= 64
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if !word(id) || !word(event) {
        return Err(Malformed("X-GitHub-Delivery and X-GitHub-Event must each be one word".into()));
    }
    let envelope: Envelope = serde_json::from_slice(body).map_err(|error| {
        Malformed(format!("the body is not as GitHub sends it: {}", short(&error.to_string(), 200)))
    })?;
    let found = envelope.event();
    let Some(RepositoryField { full_name }) = envelope.repository else {
        return Ok(Asked::Nothing(format!("{event} is of no repository")));
    };
    if !is_repository(&full_name) {
        return Err(Malformed("the repository's full_name is not `owner/name`".into()));
    }
    if !EVENTS.contains(&event) {
        return Ok(Asked::Nothing(format!("{event} is not acted on")));
    }
    if event != found {
        return Err(Malformed(format!("the body is not one of the event {event}")));
    }
    let decided = match decide(event, body, &full_name) {
        Ok(Mode::Run(because)) => Ok((because, None)),
        Ok(Mode::Ask { who, because }) => Ok((because, Some(who))),
        Ok(Mode::Rest(why)) => Err(why),
        Err(EventError::Unknown { name }) => Err(format!("{name} is not acted on")),
        Err(error @ (EventError::Malformed { .. } | EventError::Elsewhere { .. })) => {
            return Err(Malformed(error.to_string()));
        }
    };
    Ok(match decided {
        Err(why) => Asked::Nothing(why),
        Ok((because, asks)) => Asked::Run(Delivery {
            id: id.to_ascii_lowercase(),
            repository: full_name.to_ascii_lowercase(),
            name: full_name,
            installation: envelope.installation.map(|installation| installation.id),
            because,
            asks,
            event: event.to_owned(),
            body: digest(&SHA256, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
        }),
    })
}

/// Whether a text is `owner/name` as GitHub allows them: it becomes a folder's name.
fn is_repository(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    text.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name))
}

//! What an event asks for: the ordinary run, or nothing. What a run does is not the event's to say: a run reads every comment that
//! was not answered and every result that was not reported, so that one run may stand for several events.

use serde::Deserialize;

use crate::branch::PREFIX;
use crate::publish::DASHBOARD;
use crate::text::short;

/// The events that are acted on.
pub const EVENTS: [&str; 8] = [
    "schedule",
    "workflow_dispatch",
    "push",
    "issue_comment",
    "issues",
    "pull_request",
    "workflow_run",
    "repository_dispatch",
];

/// The largest event that is read, in bytes: what GitHub sends at most.
pub const LARGEST: usize = 25 << 20;

/// What is to be done, and why, in words for the job's summary. They are harmless in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// The ordinary run.
    Run(String),
    /// The ordinary run, where the repository says that this login may do more there than look.
    Ask { who: String, because: String },
    /// Nothing.
    Rest(String),
}

/// Why an event could not be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// It is none that is acted on.
    #[error("the event {name} is none that Uptake acts on; it acts on {}", EVENTS.join(", "))]
    Unknown { name: String },
    /// It is not what GitHub sends.
    #[error("the event {name} is not as GitHub sends it: {message}")]
    Malformed {
        name: String,
        /// What is wrong, with line and column.
        message: String,
    },
    /// It is of another repository.
    #[error("the event is of the repository {found}, and this job of {ours}")]
    Elsewhere {
        /// Where it is from.
        found: String,
        /// The job's.
        ours: String,
    },
}

#[derive(Deserialize)]
struct Payload {
    action: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    deleted: Option<bool>,
    repository: Option<EventRepository>,
    sender: Option<Actor>,
    comment: Option<EventComment>,
    issue: Option<EventIssue>,
    pull_request: Option<EventPull>,
    workflow_run: Option<WorkflowRun>,
}

#[derive(Deserialize)]
struct EventRepository {
    full_name: String,
}

#[derive(Deserialize)]
struct Actor {
    login: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Actor {
    fn is_bot(&self) -> bool {
        self.kind.as_deref() == Some("Bot") || self.login.ends_with("[bot]")
    }
}

#[derive(Deserialize)]
struct EventComment {
    /// `None`: the account is gone.
    user: Option<Actor>,
    #[serde(default)]
    body: String,
    /// What its author is to the repository, as GitHub says it.
    #[serde(default)]
    author_association: Option<String>,
}

/// What GitHub calls those who belong to a repository. Of members who keep that private it says no more than of strangers, so that of
/// these the repository is asked first.
const BELONG: [&str; 3] = ["OWNER", "MEMBER", "COLLABORATOR"];

#[derive(Deserialize)]
struct EventIssue {
    number: u64,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Deserialize)]
struct EventPull {
    number: u64,
    #[serde(default)]
    merged: Option<bool>,
    head: EventHead,
}

/// The branch that a pull request brings.
#[derive(Deserialize)]
struct EventHead {
    #[serde(rename = "ref")]
    reference: String,
    /// `None`: the repository is gone.
    repo: Option<EventRepository>,
}

#[derive(Deserialize)]
struct WorkflowRun {
    id: u64,
    #[serde(default)]
    name: Option<String>,
    conclusion: Option<String>,
    head_repository: Option<EventRepository>,
}

/// What an event asks for. `name` is what GitHub calls it, `payload` its JSON as it was sent, `ours` the `owner/name` of the
/// repository the job belongs to.
///
/// # Errors
/// The event is not one that is acted on, not as GitHub sends it, or of another repository.
pub fn decide(name: &str, payload: &[u8], ours: &str) -> Result<Mode, EventError> {
    if !EVENTS.contains(&name) {
        return Err(EventError::Unknown { name: shown(name) });
    }
    let malformed = |message: String| EventError::Malformed { name: name.to_owned(), message };
    if payload.len() > LARGEST {
        return Err(malformed(format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    let event: Payload = serde_json::from_slice(payload).map_err(|error| malformed(shown(&error.to_string())))?;
    if let Some(repository) = &event.repository
        && !repository.full_name.eq_ignore_ascii_case(ours)
    {
        return Err(EventError::Elsewhere { found: shown(&repository.full_name), ours: ours.to_owned() });
    }
    let lacks = |what: &str| malformed(format!("it has no `{what}`"));
    let by = || event.sender.as_ref().map_or_else(|| "somebody".to_owned(), |sender| shown(&sender.login));
    match name {
        "schedule" => Ok(Mode::Run("on schedule".into())),
        "push" => Ok(push(&event, event.reference.as_deref().ok_or_else(|| lacks("ref"))?)),
        "issue_comment" => {
            let comment = event.comment.as_ref().ok_or_else(|| lacks("comment"))?;
            Ok(commented(&event, comment, event.issue.as_ref().ok_or_else(|| lacks("issue"))?.number))
        }
        "issues" => Ok(edited(&event, event.issue.as_ref().ok_or_else(|| lacks("issue"))?)),
        "pull_request" => Ok(pulled(&event, event.pull_request.as_ref().ok_or_else(|| lacks("pull_request"))?, ours)),
        "workflow_run" => Ok(tested(&event, event.workflow_run.as_ref().ok_or_else(|| lacks("workflow_run"))?, ours)),
        _ => Ok(Mode::Run(format!("started by {}", by()))),
    }
}

fn push(event: &Payload, reference: &str) -> Mode {
    let Some(branch) = reference.strip_prefix("refs/heads/") else {
        return Mode::Rest(format!("{} was pushed, and is no branch", shown(reference)));
    };
    if event.deleted == Some(true) {
        return Mode::Rest(format!("the branch {} was deleted", shown(branch)));
    }
    if branch.starts_with(PREFIX) && event.sender.as_ref().is_some_and(Actor::is_bot) {
        return Mode::Rest(format!("{} was pushed by a bot, as Uptake does", shown(branch)));
    }
    Mode::Run(format!("{} was pushed", shown(branch)))
}

fn commented(event: &Payload, comment: &EventComment, issue: u64) -> Mode {
    // An edited comment would be obeyed twice, or say something else than what was answered.
    if event.action.as_deref() != Some("created") {
        return Mode::Rest("only new comments are obeyed".into());
    }
    let Some(user) = &comment.user else { return Mode::Rest("the comment's author is not known any more".into()) };
    if user.is_bot() {
        return Mode::Rest("a bot's comment is never obeyed".into());
    }
    if !comment.body.lines().any(|line| line.trim_start().starts_with('/')) {
        return Mode::Rest("the comment has no line that begins with a slash".into());
    }
    let because = format!("a comment by {} on #{issue}", shown(&user.login));
    if comment.author_association.as_deref().is_some_and(|association| !BELONG.contains(&association)) {
        // A login is a word of letters, digits and hyphens: it is asked about by this name.
        let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        return match user.login.as_str() {
            who if word(who) && who.len() <= 100 && !who.starts_with('-') => Mode::Ask { who: who.to_owned(), because },
            _ => Mode::Rest("its author does not belong to the repository".into()),
        };
    }
    Mode::Run(because)
}

/// A person ticks a box of the dashboard by editing it. That it is the dashboard is for the run to see: anybody can copy its mark.
fn edited(event: &Payload, issue: &EventIssue) -> Mode {
    if event.action.as_deref() != Some("edited") {
        return Mode::Rest("of issues, only edits are looked at".into());
    }
    if event.sender.as_ref().is_none_or(Actor::is_bot) {
        return Mode::Rest("a bot edited the issue, as Uptake does".into());
    }
    if !issue.body.as_deref().unwrap_or_default().contains(DASHBOARD) {
        return Mode::Rest("the issue is not the dashboard".into());
    }
    let by = event.sender.as_ref().map(|sender| shown(&sender.login)).unwrap_or_default();
    Mode::Run(format!("an edit of the dashboard #{} by {by}", issue.number))
}

/// A person did something to a pull request of the bot's: after a merge the next phase begins. Commits pushed to it are a push.
fn pulled(event: &Payload, pull: &EventPull, ours: &str) -> Mode {
    let action = event.action.as_deref().unwrap_or_default();
    let did = match action {
        "closed" if pull.merged == Some(true) => "merged",
        "closed" | "reopened" | "edited" | "labeled" | "unlabeled" | "ready_for_review" | "converted_to_draft" => {
            action
        }
        _ => return Mode::Rest(format!("a pull request's `{}` asks for nothing", shown(action))),
    };
    let own = pull.head.repo.as_ref().is_some_and(|head| head.full_name.eq_ignore_ascii_case(ours));
    if !own || !pull.head.reference.starts_with(PREFIX) {
        return Mode::Rest("the pull request is not Uptake's".into());
    }
    // A merge by a bot, such as a merge queue, is one all the same; what else bots do, Uptake does.
    let bot = event.sender.as_ref().is_none_or(Actor::is_bot);
    if bot && did != "merged" {
        return Mode::Rest("a bot changed the pull request, as Uptake does".into());
    }
    Mode::Run(format!("the pull request #{} was {did}", pull.number))
}

fn tested(event: &Payload, run: &WorkflowRun, ours: &str) -> Mode {
    if event.action.as_deref() != Some("completed") {
        return Mode::Rest("the workflow run has not ended yet".into());
    }
    if run.head_repository.as_ref().is_some_and(|head| !head.full_name.eq_ignore_ascii_case(ours)) {
        return Mode::Rest("the workflow run is of another repository's code".into());
    }
    let name = run.name.as_deref().filter(|name| !name.is_empty()).map_or_else(|| "a workflow".to_owned(), shown);
    let ended = run.conclusion.as_deref().map_or_else(|| "ended".to_owned(), |how| format!("ended: {}", shown(how)));
    Mode::Run(format!("{name} {ended} (run {})", run.id))
}

/// A stranger's text, on one short line.
fn shown(text: &str) -> String {
    short(text, 100)
}

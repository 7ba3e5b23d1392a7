//! What can go wrong between us and GitHub, each with what to do about it.

use super::transport::ApiResponse;
use crate::text::listed;

/// A failure of GitHub, or of the way there.
#[derive(Debug, thiserror::Error)]
pub enum GitHubError {
    /// Something of the set-up is not as it must be.
    #[error("{what}")]
    Setup {
        what: String,
        /// What to do.
        advice: String,
    },
    /// GitHub said no.
    #[error("GitHub refused {request}: {status} {message}")]
    Refused {
        /// Method and path.
        request: String,
        /// The HTTP status.
        status: u16,
        /// GitHub's own words.
        message: String,
        /// What to do.
        advice: Option<String>,
    },
    /// Git could not fetch or push.
    #[error("git {operation} with {repo} on GitHub failed: {message}")]
    Git {
        /// `fetch`, `push` or `ls-remote`.
        operation: &'static str,
        /// The repository.
        repo: String,
        /// What git printed.
        message: String,
        /// What to do.
        advice: Option<String>,
    },
    /// No answer, after several tries.
    #[error("no answer to {request}: {message}")]
    Unreachable {
        /// Method and path.
        request: String,
        /// What happened to the last try.
        message: String,
    },
    /// GitHub wants to be left alone for longer than a run may wait.
    #[error("GitHub's rate limit holds up {request} for {} more, after {} of waiting", minutes(*wait), minutes(*waited))]
    Limited {
        /// Method and path.
        request: String,
        /// How long it would take, in seconds.
        wait: u64,
        /// How long this run has waited, in seconds.
        waited: u64,
    },
    /// An answer that is not what GitHub's description of it says.
    #[error("GitHub's answer to {request} is not understood: {message}")]
    BadResponse {
        /// Method and path.
        request: String,
        /// What is wrong with it.
        message: String,
    },
    /// The repository to write to is upstream.
    #[error("{0} is upstream: Uptake writes to a fork alone")]
    Upstream(String),
    /// It was opened for looking only.
    #[error("{0} was opened for looking only")]
    ReadOnly(String),
}

impl GitHubError {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        match self {
            Self::Setup { advice, .. } => Some(advice),
            Self::Refused { advice, .. } | Self::Git { advice, .. } => advice.as_deref(),
            Self::Unreachable { message, .. } if is_of_name(message) => Some(
                "the server's name is not known here: is GITHUB_API_URL right, and is there a proxy to be named as HTTPS_PROXY?",
            ),
            Self::Unreachable { message, .. } if is_of_certificate(message) => Some(
                "the server's certificate is not trusted here: SSL_CERT_FILE names a file with your organisation's own, for the API and for git",
            ),
            Self::Unreachable { .. } => {
                Some("a later run goes on where this one stopped; https://www.githubstatus.com says how GitHub is")
            }
            Self::Limited { .. } => Some("a later run goes on where this one stopped"),
            Self::BadResponse { .. } => {
                Some("if GITHUB_API_URL names another server, is it a GitHub of version 3.12 or newer?")
            }
            Self::ReadOnly(_) => None,
            Self::Upstream(_) => {
                Some("fork.repository names the fork, upstream.repository the repository it was made from")
            }
        }
    }

    /// GitHub's own words where it refused something, without what was asked for.
    pub(in crate::forge) fn words(&self) -> String {
        match self {
            Self::Refused { status: 300..400, .. } => "is in another repository now".to_owned(),
            Self::Refused { message, .. } => format!("cannot be written to: {}", message.trim_end_matches('.')),
            other => other.to_string(),
        }
    }

    /// A refusal, read from the answer.
    pub(super) fn refused(request: String, answer: &ApiResponse) -> Self {
        let (status, message) = (answer.status, error_message(answer));
        let advice = advice(answer, &message);
        Self::Refused { request, status, message, advice }
    }
}

/// GitHub's own words, with those on single fields.
pub(super) fn error_message(answer: &ApiResponse) -> String {
    let Ok(body) = serde_json::from_str::<serde_json::Value>(&answer.body) else {
        return http::StatusCode::from_u16(answer.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("no reason given")
            .to_owned();
    };
    let mut text = body["message"].as_str().unwrap_or("no reason given").to_owned();
    for error in body["errors"].as_array().into_iter().flatten() {
        let field = |name: &str| error[name].as_str();
        let more = match (error.as_str().or(field("message")), field("field"), field("code")) {
            (Some(message), ..) => message.to_owned(),
            (None, Some(field), Some(code)) => format!("{field} is {}", code.replace('_', " ")),
            _ => continue,
        };
        text.push_str("; ");
        text.push_str(&more);
    }
    text
}

/// Whether an answer failed to come for a reason that does not pass by itself.
pub(super) fn is_final(lost: &str) -> bool {
    is_of_name(lost) || is_of_certificate(lost)
}

/// Whether a server's name is not known. That it could not be looked up for now is another matter.
fn is_of_name(lost: &str) -> bool {
    ["Name or service not known", "nodename nor servname", "No such host is known", "No address associated"]
        .iter()
        .any(|text| lost.contains(text))
}

/// Whether a server's certificate is not trusted.
fn is_of_certificate(lost: &str) -> bool {
    lost.contains("invalid peer certificate")
}

/// What gives an App a permission.
const APP_PERMISSIONS: &str =
    "For an App: change its permissions on its settings page, and have its installer accept the change";

fn advice(answer: &ApiResponse, message: &str) -> Option<String> {
    let header = answer.header("x-accepted-github-permissions").filter(|header| !header.is_empty());
    let wanted = header.map(permissions);
    match answer.status {
        401 if message.contains("'exp'") || message.contains("'iat'") => {
            Some("the machine's clock is wrong: GitHub takes a signature of these minutes only".into())
        }
        401 => Some(
            "the token or key is not valid (any more): UPTAKE_TOKEN or GITHUB_TOKEN holds a token, UPTAKE_APP_ID and \
             UPTAKE_APP_KEY the App's id and private key"
                .into(),
        ),
        403 if message.contains("not permitted to create or approve pull requests") => Some(
            "a workflow's own token may not, as the repository is set: Settings, Actions, General, \"Allow GitHub Actions to create \
             and approve pull requests\"; an App needs no such leave"
                .into(),
        ),
        403 if message.contains("locked") => Some(
            "the conversation is locked, where GitHub lets no App speak: what is said there is obeyed, and not answered, until \
             somebody unlocks it"
                .into(),
        ),
        403 if message.contains("archived") => Some("the repository is archived: its owner can undo that in the settings".into()),
        403 if message.contains("SAML") || message.contains("SSO") => {
            Some("the organisation wants the token authorised for single sign-on, on the token's page".into())
        }
        // GitHub sends the header with refusals of every kind, so what it says of them in words comes first.
        403 => match (wanted, message.contains("not accessible")) {
            (Some(wanted), true) => Some(format!("the token lacks a permission; this request needs {wanted}. {APP_PERMISSIONS}")),
            (Some(wanted), false) => {
                Some(format!("if the token lacks a permission: this request needs {wanted}. {APP_PERMISSIONS}"))
            }
            (None, true) => Some(
                "the token lacks a permission: an App's are on its settings page, and its installer accepts changes; a \
                 workflow's are under `permissions:`"
                    .into(),
            ),
            (None, false) => None,
        },
        301 | 302 | 307 | 308 => Some("the repository was renamed or moved: fork.repository must have its new name".into()),
        404 => {
            let needs = wanted.map(|wanted| format!(" This request needs {wanted}.")).unwrap_or_default();
            Some(format!(
                "it is not there, or the token may not see it: is the name right, and is the App installed on this repository?{needs}"
            ))
        }
        410 => Some("it is switched off for this repository: Settings, General, Features".into()),
        _ => None,
    }
}

/// `issues=write; pull_requests=write` in words. Semicolons separate alternatives, commas what is needed together.
fn permissions(header: &str) -> String {
    let together = |set: &str| {
        let all: Vec<_> = set.split(',').map(|one| one.trim().replace('=', ": ")).collect();
        listed(&all, "and")
    };
    header.split(';').map(together).collect::<Vec<_>>().join(", or ")
}

fn minutes(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, header: Option<(&'static str, &'static str)>, body: &str) -> ApiResponse {
        let mut headers = http::HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(name, http::HeaderValue::from_static(value));
        }
        ApiResponse { status, headers, body: body.into() }
    }

    #[test]
    fn a_refusal_says_which_permission_is_missing() {
        let header = ("x-accepted-github-permissions", "issues=write; pull_requests=write,contents=read");
        let answer = answer(403, Some(header), r#"{"message":"Resource not accessible by integration"}"#);
        let error = GitHubError::refused("POST /repos/a/b/issues/1/comments".into(), &answer);
        insta::assert_snapshot!(format!("{error}\n{}", error.advice().unwrap_or_default()), @"
        GitHub refused POST /repos/a/b/issues/1/comments: 403 Resource not accessible by integration
        the token lacks a permission; this request needs issues: write, or pull_requests: write and contents: read. For an App: change its permissions on its settings page, and have its installer accept the change
        ");
    }

    #[test]
    fn a_refusal_that_is_no_lack_of_a_permission_says_what_it_is() {
        let advised = |status, header, message: &str| {
            let body = serde_json::json!({ "message": message }).to_string();
            advice(&answer(status, header, &body), message).unwrap_or_default()
        };
        for claim in [
            "'Expiration time' claim ('exp') is too far in the future",
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
        ] {
            assert!(advised(401, None, claim).starts_with("the machine's clock is wrong"), "{claim}");
        }
        let header = ("x-accepted-github-permissions", "pull_requests=write");
        let actions = "GitHub Actions is not permitted to create or approve pull requests.";
        assert!(advised(403, Some(header), actions).contains("Settings, Actions, General"));
        for header in [None, Some(header)] {
            let archived = advised(403, header, "Repository was archived so is read-only.");
            assert!(archived.starts_with("the repository is archived"), "{archived}");
            let locked = advised(403, header, "Unable to create comment because issue is locked.");
            assert!(locked.starts_with("the conversation is locked"), "{locked}");
        }
        let gone = advised(404, Some(header), "Not Found");
        assert!(gone.starts_with("it is not there") && gone.ends_with("needs pull_requests: write."), "{gone}");
        assert!(
            advised(410, None, "Issues has been disabled in this repository.").contains("Settings, General, Features")
        );
    }

    #[test]
    fn a_refusal_says_what_is_wrong_with_each_field() {
        let body = r#"{"message":"Validation Failed","errors":[{"resource":"Label","code":"already_exists","field":"name"},
            {"message":"No commits between main and main"},"title is too long"]}"#;
        assert_eq!(
            error_message(&answer(422, None, body)),
            "Validation Failed; name is already exists; No commits between main and main; title is too long"
        );
        assert_eq!(error_message(&answer(502, None, "<html>")), "Bad Gateway");
    }
}

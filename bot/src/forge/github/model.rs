//! What GitHub sends, as far as we look at it. Lenient: what may be missing or null on some server is optional, and what we do not
//! know is passed over.

use serde::{Deserialize, Deserializer};

use crate::forge::{Closer, Comment, Issue, Label, Permission, PullRequest, PullText, State, Touched};
use crate::moment::Moment;
use crate::names::BranchName;

/// Null is the same as missing.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Text as we write it: lines edited in a browser come back with other ends.
fn text(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct UserModel {
    #[serde(default)]
    pub(super) login: String,
    #[serde(default, rename = "type")]
    kind: String,
}

impl UserModel {
    fn is_bot(&self) -> bool {
        self.kind == "Bot"
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct RepositoryModel {
    #[serde(default)]
    pub(super) id: u64,
    #[serde(default)]
    pub(super) full_name: String,
    #[serde(default)]
    pub(super) has_issues: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct NameModel {
    name: String,
}

#[derive(Debug, Deserialize)]
struct PullEndModel {
    #[serde(rename = "ref")]
    branch: BranchName,
    /// Null where the repository is gone.
    #[serde(default)]
    repo: Option<RepositoryModel>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PullModel {
    pub(super) number: u64,
    #[serde(default)]
    pub(super) node_id: String,
    state: String,
    title: String,
    #[serde(default, deserialize_with = "or_default")]
    body: String,
    #[serde(default, deserialize_with = "or_default")]
    user: UserModel,
    head: PullEndModel,
    base: PullEndModel,
    #[serde(default, deserialize_with = "or_default")]
    labels: Vec<NameModel>,
    #[serde(default, deserialize_with = "or_default")]
    draft: bool,
    #[serde(default)]
    merged_at: Option<String>,
    #[serde(default)]
    pub(super) merge_commit_sha: Option<String>,
    #[serde(default)]
    auto_merge: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) stack: Option<StackModel>,
}

/// A stack; a pull request has a part of what is known of it.
#[derive(Debug, Deserialize)]
pub(super) struct StackModel {
    pub(super) number: u64,
}

impl PullModel {
    /// Whether it comes from this repository, not from a fork of it with a branch of the same name.
    pub(super) fn is_from(&self, full_name: &str) -> bool {
        self.head.repo.as_ref().is_some_and(|repo| repo.full_name.eq_ignore_ascii_case(full_name))
    }

    pub(super) fn head(&self) -> &str {
        &self.head.branch
    }

    pub(super) fn base(&self) -> &str {
        &self.base.branch
    }

    pub(super) fn state(&self) -> State {
        match self.state.as_str() {
            _ if self.merged_at.is_some() => State::Merged,
            "open" => State::Open,
            _ => State::Closed,
        }
    }

    /// Whether this login opened it.
    pub(super) fn is_by(&self, login: &str) -> bool {
        self.user.login == login
    }

    /// Whether it is merged as soon as it may be.
    pub(super) const fn is_merged_by_itself(&self) -> bool {
        self.auto_merge.is_some()
    }

    pub(super) fn value(self, login: &str) -> PullRequest {
        let (state, own) = (self.state(), self.is_by(login));
        let mut labels: Vec<_> = self.labels.into_iter().map(|label| label.name).collect();
        labels.sort();
        PullRequest {
            number: self.number,
            state,
            text: PullText {
                title: self.title,
                body: text(&self.body),
                head: self.head.branch,
                base: self.base.branch,
                labels,
                draft: self.draft,
            },
            own,
            stack: self.stack.map(|stack| stack.number),
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct IssueModel {
    pub(super) number: u64,
    state: String,
    pub(super) title: String,
    #[serde(default, deserialize_with = "or_default")]
    body: String,
    #[serde(default, deserialize_with = "or_default")]
    user: UserModel,
    #[serde(default, deserialize_with = "or_default")]
    labels: Vec<NameModel>,
    /// There where it is a pull request.
    #[serde(default)]
    pull_request: Option<serde_json::Value>,
    #[serde(default)]
    comments: u64,
    /// There where it is closed, and the account is there still.
    #[serde(default)]
    closed_by: Option<UserModel>,
}

impl IssueModel {
    /// Whether it is an issue, and no pull request.
    pub(super) const fn is_issue(&self) -> bool {
        self.pull_request.is_none()
    }

    /// Whether it is an issue, and by this login.
    pub(super) fn is_by(&self, login: &str) -> bool {
        self.is_issue() && self.user.login == login
    }

    pub(super) fn closer(self) -> Option<Closer> {
        let by = self.closed_by.filter(|_| self.state != "open")?;
        Some(Closer { bot: by.is_bot(), login: by.login })
    }

    pub(super) fn touched(self) -> Touched {
        let (number, comments) = (self.number, self.comments);
        let Issue { state, title, body, labels, .. } = self.value();
        Touched { number, open: state == State::Open, title, body, labels, comments }
    }

    pub(super) fn value(self) -> Issue {
        let state = if self.state == "open" { State::Open } else { State::Closed };
        let mut labels: Vec<_> = self.labels.into_iter().map(|label| label.name).collect();
        labels.sort();
        Issue { number: self.number, state, title: self.title, body: text(&self.body), labels }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct CommentModel {
    pub(super) id: u64,
    #[serde(default, deserialize_with = "or_default")]
    body: String,
    #[serde(default, deserialize_with = "or_default")]
    user: UserModel,
    #[serde(default)]
    created_at: Option<Moment>,
    #[serde(default)]
    updated_at: Option<Moment>,
    #[serde(default)]
    html_url: String,
}

impl CommentModel {
    pub(super) fn value(self) -> Comment {
        Comment {
            // Reactions leave the date alone. An edit within the second of writing cannot be seen.
            edited: self.updated_at.is_some() && self.updated_at != self.created_at,
            id: self.id,
            bot: self.user.is_bot(),
            author: self.user.login,
            body: text(&self.body),
            created: self.created_at.unwrap_or_default(),
            link: self.html_url,
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct LabelModel {
    name: String,
    #[serde(default)]
    color: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
}

impl LabelModel {
    pub(super) fn value(self) -> Label {
        Label { name: self.name, colour: self.color, description: self.description }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct PermissionModel {
    #[serde(default)]
    permission: String,
    #[serde(default, deserialize_with = "or_default")]
    role_name: String,
}

impl PermissionModel {
    /// The exact role where it is one of GitHub's own, the old word for it where an organisation made its own.
    pub(super) fn value(&self) -> Permission {
        let read = |word: &str| match word {
            "admin" => Some(Permission::Admin),
            "maintain" => Some(Permission::Maintain),
            "write" | "push" => Some(Permission::Write),
            "triage" => Some(Permission::Triage),
            "read" | "pull" => Some(Permission::Read),
            _ => None,
        };
        read(&self.role_name).or_else(|| read(&self.permission)).unwrap_or(Permission::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_null_is_no_error() {
        let text = r#"{"number":1,"state":"closed","title":"a","body":null,"labels":null,"merged_at":"2025-11-22T10:00:00Z",
            "head":{"ref":"uptake/a","repo":null},"base":{"ref":"main"},"new":{"field":1}}"#;
        let pull: PullModel = serde_json::from_str(text).expect("read");
        assert!(!pull.is_from("a/b"));
        let value = pull.value("maintainer");
        assert_eq!((value.state, value.text.body.as_str()), (State::Merged, ""));
        let comment: CommentModel = serde_json::from_str(r#"{"id":1,"body":"a\r\nb","user":null}"#).expect("read");
        assert_eq!(comment.value().body, "a\nb");
    }

    #[test]
    fn a_role_counts_before_the_old_word_for_it() {
        let rights = |permission: &str, role_name: &str| PermissionModel {
            permission: permission.into(),
            role_name: role_name.into(),
        };
        assert_eq!(rights("write", "maintain").value(), Permission::Maintain);
        assert_eq!(rights("read", "triage").value(), Permission::Triage);
        assert_eq!(rights("write", "release-managers").value(), Permission::Write);
        assert_eq!(rights("push", "").value(), Permission::Write);
        assert_eq!(rights("none", "").value(), Permission::None);
        assert_eq!(rights("all", "god").value(), Permission::None);
    }
}

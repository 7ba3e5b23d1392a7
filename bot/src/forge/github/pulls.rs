//! Changing pull requests on GitHub.

use http::Method;
use serde_json::{Map, Value, json};

use super::error::{GitHubError, said};
use super::model::Pull;
use super::transport::Answer;
use super::{GitHub, Writing};
use crate::forge::{ForgeError, ForgeRead, PullText, State};

const TO_DRAFT: &str =
    "mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { clientMutationId } }";
const TO_READY: &str =
    "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }";

impl GitHub<Writing> {
    pub(super) fn new_pull(&self, text: &PullText) -> Result<u64, ForgeError> {
        // Both ends are named: of a fork, the default base is upstream's.
        let body = json!({
            "title": text.title, "body": text.body, "head": text.head, "base": text.base, "draft": text.draft,
            "maintainer_can_modify": false,
        });
        let find = || self.open_pull_of(text);
        let read = |answer: &Answer| match answer.status {
            200..300 => self.read_number(answer, "/pulls"),
            // Said by its beginning, since the rest names the branch.
            422 if said(answer).contains("A pull request already exists") => {
                let refused = || GitHubError::refused(self.named("POST", "/pulls"), answer);
                find()?.ok_or_else(|| refused().into())
            }
            422 => Err(self.no_pull(text, answer)?),
            _ => Err(GitHubError::refused(self.named("POST", "/pulls"), answer).into()),
        };
        let number = self.client.make("/pulls", &body, &read, &find)?;
        // Labels are no part of opening, and one that was there already says something else.
        self.old_pull(number, text)?;
        Ok(number)
    }

    fn open_pull_of(&self, text: &PullText) -> Result<Option<u64>, ForgeError> {
        let filter = format!("/pulls?state=open&head={}:{}", self.repo().owner(), super::encoded(&text.head));
        let all: Vec<Pull> = self.client.list(&filter, None)?.unwrap_or_default();
        let fork = self.repo().to_string();
        let login = self.login()?;
        // The filter goes by commit too, and finds other branches at the same one. What a person opened is not ours to change.
        let own = |pull: &Pull| pull.is_from(&fork) && pull.is_by(&login) && pull.state() == State::Open;
        let same = |pull: &Pull| own(pull) && pull.head() == text.head && pull.base() == text.base;
        Ok(all.into_iter().find(same).map(|pull| pull.number))
    }

    /// Why GitHub opens no pull request.
    fn no_pull(&self, text: &PullText, answer: &Answer) -> Result<ForgeError, ForgeError> {
        let message = said(answer);
        let PullText { head, base, .. } = text.clone();
        if message.contains("No commits between") {
            return Ok(ForgeError::NoCommits { head, base });
        }
        if message.contains("Draft pull requests are not supported") {
            return Ok(ForgeError::NoDrafts);
        }
        for branch in [base, head] {
            if self.client.get::<Value>(&format!("/branches/{}", super::encoded(&branch)))?.is_none() {
                return Ok(ForgeError::Missing(format!("branch {branch}")));
            }
        }
        Ok(GitHubError::refused(self.named("POST", "/pulls"), answer).into())
    }

    pub(super) fn old_pull(&self, number: u64, text: &PullText) -> Result<(), ForgeError> {
        let found = self.find_pull(number)?;
        let id = found.node_id.clone();
        let old = found.value("").text;
        let mut changes = Map::new();
        for (field, old, new) in
            [("title", &old.title, &text.title), ("body", &old.body, &text.body), ("base", &old.base, &text.base)]
        {
            if old != new {
                changes.insert(field.into(), new.as_str().into());
            }
        }
        if !changes.is_empty() {
            self.client.must_put(Method::PATCH, &format!("/pulls/{number}"), &Value::Object(changes))?;
        }
        if old.labels != text.labels {
            let labels = json!({ "labels": text.labels });
            self.client.must_put(Method::PUT, &format!("/issues/{number}/labels"), &labels)?;
        }
        if old.draft != text.draft {
            // Drafts are made and unmade by GitHub's other API alone.
            let mutation = if text.draft { TO_DRAFT } else { TO_READY };
            self.client.graphql(mutation, &json!({ "id": id })).map_err(|error| match error {
                GitHubError::Refused { message, .. } if message.contains("raft pull requests are not supported") => {
                    ForgeError::NoDrafts
                }
                error => error.into(),
            })?;
        }
        Ok(())
    }

    pub(super) fn closed_pull(&self, number: u64) -> Result<(), ForgeError> {
        if self.find_pull(number)?.state() == State::Open {
            self.client.must_put(Method::PATCH, &format!("/pulls/{number}"), &json!({ "state": "closed" }))?;
        }
        Ok(())
    }

    pub(super) fn reopened_pull(&self, number: u64) -> Result<(), ForgeError> {
        let path = format!("/pulls/{number}");
        match self.find_pull(number)?.state() {
            State::Open => return Ok(()),
            State::Merged => return Err(ForgeError::CannotReopen { number, why: "it was merged".into() }),
            State::Closed => {}
        }
        let answer = self.client.put(Method::PATCH, &path, Some(&json!({ "state": "open" })))?;
        match answer.status {
            200..300 => Ok(()),
            422 => Err(ForgeError::CannotReopen { number, why: said(&answer) }),
            _ => Err(GitHubError::refused(self.named("PATCH", &path), &answer).into()),
        }
    }

    /// The name of a request in messages.
    pub(super) fn named(&self, method: &str, rest: &str) -> String {
        format!("{method} /repos/{}{rest}", self.repo())
    }

    /// The number of what was made.
    pub(super) fn read_number(&self, answer: &Answer, rest: &str) -> Result<u64, ForgeError> {
        self.read_field(answer, rest, "number")
    }

    pub(super) fn read_field(&self, answer: &Answer, rest: &str, field: &str) -> Result<u64, ForgeError> {
        let value: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let missing = || GitHubError::Answer {
            request: self.named("POST", rest),
            message: format!("it does not say the {field} of what was made"),
        };
        Ok(value[field].as_u64().ok_or_else(missing)?)
    }
}

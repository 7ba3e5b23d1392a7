//! Changing issues, comments and labels on GitHub.

use http::Method;
use serde_json::json;

use super::error::GitHubError;
use super::model::LabelModel;
use super::transport::Answer;
use super::{GitHub, Writing, encoded};
use crate::forge::{Comment, ForgeError, ForgeRead, Issue, Label, Reaction, State, marker, same_text};

impl GitHub<Writing> {
    pub(super) fn new_issue(&self, title: &str, body: &str, labels: &[String]) -> Result<u64, ForgeError> {
        let same = |issue: &Issue| match (marker(&issue.body), marker(body)) {
            (None, None) => issue.title == title,
            (old, new) => old == new,
        };
        let find = || {
            let own = self.own_issues()?.into_iter();
            Ok(own.filter(|issue| issue.state == State::Open && same(issue)).map(|issue| issue.number).min())
        };
        if let Some(number) = find()? {
            return Ok(number);
        }
        let read = |answer: &Answer| match answer.status {
            200..300 => self.read_number(answer, "/issues"),
            410 => Err(GitHubError::Setup {
                what: format!("{} has no issues", self.repo()),
                advice: "a fork begins without: Settings, General, Features, Issues".into(),
            }
            .into()),
            _ => Err(GitHubError::refused(self.named("POST", "/issues"), answer).into()),
        };
        let body = json!({ "title": title, "body": body, "labels": labels });
        let number = self.client.make("/issues", &body, &read, &find)?;
        // Another run may have opened one at the same moment, when neither saw the other's: the first stays.
        match find()? {
            Some(first) if first < number => {
                let text = format!("Opened at the same moment as #{first}, which stays.\n");
                let body = json!({ "body": text, "state": "closed", "state_reason": "not_planned" });
                self.patch(&format!("/issues/{number}"), &body, &format!("issue {number}"))?;
                Ok(first)
            }
            _ => Ok(number),
        }
    }

    pub(super) fn old_issue(&self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        self.patch(&format!("/issues/{number}"), &json!({ "title": title, "body": body }), &format!("issue {number}"))
    }

    pub(super) fn new_comment(&self, number: u64, body: &str) -> Result<u64, ForgeError> {
        let login = self.login()?;
        let path = format!("/issues/{number}/comments");
        let own = |comment: &Comment| comment.author == login && same_text(&comment.body, body);
        let find = || Ok(self.comments(number)?.into_iter().find(own).map(|comment| comment.id));
        if let Some(id) = find()? {
            return Ok(id);
        }
        let read = |answer: &Answer| match answer.status {
            200..300 => self.read_field(answer, &path, "id"),
            _ => Err(GitHubError::refused(self.named("POST", &path), answer).into()),
        };
        let id = self.client.make(&path, &json!({ "body": body }), &read, &find)?;
        // Another run may have said it at the same moment, when neither saw the other's: the first stays.
        match find()? {
            Some(first) if first < id => {
                let path = format!("/issues/comments/{id}");
                let answer = self.client.put(Method::DELETE, &path, None)?;
                if answer.status != 404 {
                    self.done(&answer, "DELETE", &path, &format!("comment {id}"))?;
                }
                Ok(first)
            }
            _ => Ok(id),
        }
    }

    pub(super) fn old_comment(&self, id: u64, body: &str) -> Result<(), ForgeError> {
        self.patch(&format!("/issues/comments/{id}"), &json!({ "body": body }), &format!("comment {id}"))
    }

    pub(super) fn new_reaction(&self, comment: u64, reaction: Reaction) -> Result<(), ForgeError> {
        let content = match reaction {
            Reaction::Eyes => "eyes",
            Reaction::Rocket => "rocket",
            Reaction::PlusOne => "+1",
            Reaction::MinusOne => "-1",
            Reaction::Confused => "confused",
        };
        // The same sign twice is one sign.
        let path = format!("/issues/comments/{comment}/reactions");
        let answer = self.client.put(Method::POST, &path, Some(&json!({ "content": content })))?;
        self.done(&answer, "POST", &path, &format!("comment {comment}"))
    }

    pub(super) fn label(&self, label: &Label) -> Result<(), ForgeError> {
        let path = format!("/labels/{}", encoded(&label.name));
        let find = || Ok::<_, ForgeError>(self.client.get::<LabelModel>(&path)?.map(LabelModel::value));
        let old = match find()? {
            Some(old) => old,
            None => {
                let body = json!({ "name": label.name, "color": label.colour, "description": label.description });
                let read = |answer: &Answer| match answer.status {
                    200..300 => Ok(label.clone()),
                    // Another run was faster.
                    422 => find()?.ok_or_else(|| GitHubError::refused(self.named("POST", "/labels"), answer).into()),
                    _ => Err(GitHubError::refused(self.named("POST", "/labels"), answer).into()),
                };
                self.client.make("/labels", &body, &read, &find)?
            }
        };
        if old != *label {
            let body = json!({ "new_name": label.name, "color": label.colour, "description": label.description });
            self.client.must_put(Method::PATCH, &path, &body)?;
        }
        Ok(())
    }

    /// Makes a thing that must be there say something.
    fn patch(&self, path: &str, body: &serde_json::Value, thing: &str) -> Result<(), ForgeError> {
        let answer = self.client.put(Method::PATCH, path, Some(body))?;
        self.done(&answer, "PATCH", path, thing)
    }

    /// That it was done, to a thing that must be there.
    pub(super) fn done(&self, answer: &Answer, method: &str, path: &str, thing: &str) -> Result<(), ForgeError> {
        match answer.status {
            200..300 => Ok(()),
            404 | 410 => Err(ForgeError::Missing(thing.to_owned())),
            _ => Err(GitHubError::refused(self.named(method, path), answer).into()),
        }
    }
}

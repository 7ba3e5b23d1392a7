//! Issues, comments and labels on GitHub, and who may do what.

use http::Method;
use serde_json::json;

use super::ahead::{LABELS, comments_path, first_page, issue_path};
use super::error::GitHubError;
use super::model::{CommentModel, IssueModel, LabelModel, PermissionModel, RepositoryModel, UserModel};
use super::transport::ApiResponse;
use super::{GitHub, encoded};
use crate::forge::{
    Ahead, Closer, Comment, CommentLists, ForgeError, Issue, Issues, Label, LoginProof, Permission, Reaction, State,
    Touched, marker, same_text,
};
use crate::moment::Moment;

/// The login of every workflow's own token.
const SHARED: &str = "github-actions[bot]";

impl GitHub {
    /// Issues and pull requests, as a query has them; `None` where issues are switched off, and this list with them.
    fn issues_where(&self, query: &str) -> Result<Option<Vec<IssueModel>>, ForgeError> {
        match self.must_list(&format!("/issues?state=all&{query}"), "issues") {
            Ok(all) => Ok(Some(all)),
            Err(GitHubError::Refused { status: 410, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn own_issues(&self) -> Result<Vec<Issue>, ForgeError> {
        let login = self.login()?;
        let all = self.issues_where(&format!("creator={}", encoded(&login)))?.unwrap_or_default();
        Ok(all.into_iter().filter(|issue| issue.is_by(&login)).map(IssueModel::value).collect())
    }

    /// An issue by its number, where it is there still: neither deleted nor in another repository.
    fn issue(&self, number: u64) -> Result<Option<Issue>, ForgeError> {
        match self.client.get::<IssueModel>(&issue_path(number)) {
            Ok(found) => Ok(found.filter(IssueModel::is_issue).map(IssueModel::value)),
            Err(GitHubError::Refused { status: 301 | 302 | 307 | 308 | 410, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn comments_on(&self, number: u64) -> Result<Vec<Comment>, ForgeError> {
        let named = || format!("pull request or issue {number}");
        let all: Option<Vec<CommentModel>> = match self.client.list(&comments_path(number), None) {
            Ok(all) => all,
            Err(error) => return Err(of_conversation(error, &named())),
        };
        let all = all.ok_or_else(|| ForgeError::Missing(named()))?;
        let mut all: Vec<_> = all.into_iter().map(CommentModel::value).collect();
        all.sort_by_key(|comment| comment.id);
        all.dedup_by_key(|comment| comment.id);
        Ok(all)
    }

    /// Makes a thing that must be there say something.
    fn patch(&self, path: &str, body: &serde_json::Value, thing: &str) -> Result<(), ForgeError> {
        let answer = self.client.put(Method::PATCH, path, Some(body))?;
        self.must_be_said(&answer, "PATCH", path, thing)
    }

    /// That something was said in a conversation, or why it cannot be.
    fn must_be_said(&self, answer: &ApiResponse, method: &str, path: &str, thing: &str) -> Result<(), ForgeError> {
        match answer.status {
            200..300 => Ok(()),
            _ => Err(of_conversation(GitHubError::refused(self.request_name(method, path), answer), thing)),
        }
    }
}

/// A failure of GitHub, distinguished from that of one conversation alone.
fn of_conversation(error: GitHubError, thing: &str) -> ForgeError {
    match &error {
        GitHubError::Refused { status: 404 | 410, .. } => ForgeError::Missing(thing.to_owned()),
        GitHubError::Refused { status: 301 | 302 | 307 | 308, .. } => {
            ForgeError::Shut { what: thing.to_owned(), why: error.into() }
        }
        GitHubError::Refused { status: 403, message, .. } if message.contains("locked") => {
            ForgeError::Shut { what: thing.to_owned(), why: error.into() }
        }
        _ => error.into(),
    }
}

impl Issues for GitHub {
    fn login(&self) -> Result<String, ForgeError> {
        if let Some(login) = self.login.get() {
            return Ok(login.clone());
        }
        let login = match self.client.installation()? {
            Some(app) => format!("{}[bot]", app.app_slug),
            None => match self.client.get_elsewhere::<UserModel>("/user") {
                Ok(user) => user.unwrap_or_default().login,
                // A workflow's own token is nobody's.
                Err(GitHubError::Refused { status: 403, .. }) => SHARED.into(),
                Err(error) => return Err(error.into()),
            },
        };
        Ok(self.login.get_or_init(|| login).clone())
    }

    fn login_proof(&self) -> Result<LoginProof, ForgeError> {
        Ok(if self.login()? == SHARED { LoginProof::Nothing } else { LoginProof::Now })
    }

    fn began(&self) -> Result<Option<Moment>, ForgeError> {
        let seconds = self.client.began.get().and_then(|began| i64::try_from(began.as_secs()).ok());
        Ok(seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()).map(Moment::from))
    }

    fn read_ahead(&self, what: &[Ahead]) -> Result<(), ForgeError> {
        Ok(self.client.read_ahead(what.iter().map(|what| self.url_of(*what)).collect())?)
    }

    fn touched(&self, since: Moment) -> Result<Option<Vec<Touched>>, ForgeError> {
        let since = encoded(&since.to_string());
        let all = self.issues_where(&format!("since={since}&sort=updated&direction=asc"))?;
        Ok(all.map(|all| all.into_iter().map(IssueModel::touched).collect()))
    }

    fn has_issues(&self) -> Result<bool, ForgeError> {
        if let Some(known) = self.has_issues.get() {
            return Ok(*known);
        }
        let found: Option<RepositoryModel> = self.client.get("")?;
        Ok(found.is_none_or(|repository| repository.has_issues != Some(false)))
    }

    fn find_issue(&self, marker: &str, known: Option<u64>) -> Result<Option<Issue>, ForgeError> {
        if let Some(issue) = known.map(|number| self.issue(number)).transpose()?.flatten() {
            return Ok(Some(issue));
        }
        if self.login_proof()? == LoginProof::Nothing {
            return Ok(None);
        }
        let mut found = self.own_issues()?;
        found.retain(|issue| issue.body.contains(marker));
        found.sort_by_key(|issue| (issue.state != State::Open, issue.number));
        Ok(found.into_iter().next())
    }

    fn closer(&self, number: u64) -> Result<Option<Closer>, ForgeError> {
        let found: Option<IssueModel> = self.client.get(&issue_path(number))?;
        // Nobody's word is made of an answer that is not there.
        let found = found.ok_or_else(|| ForgeError::Missing(format!("pull request or issue {number}")))?;
        Ok(found.closer())
    }

    fn issue_create_races(&self) -> bool {
        true
    }

    fn comments(&self, numbers: &[u64]) -> Result<CommentLists, ForgeError> {
        let list = |number: &u64| first_page(&self.client.url(&comments_path(*number)));
        self.client.read_ahead(numbers.iter().map(list).collect())?;
        let mut all = CommentLists::new();
        for number in numbers {
            match self.comments_on(*number) {
                Err(error) if !error.is_of_conversation() => return Err(error),
                found => all.push(found),
            }
        }
        Ok(all)
    }

    fn permission(&self, login: &str) -> Result<Permission, ForgeError> {
        let rights: Option<PermissionModel> =
            self.client.get(&format!("/collaborators/{}/permission", encoded(login)))?;
        Ok(rights.map_or(Permission::None, |rights| rights.value()))
    }

    fn labels(&self) -> Result<Vec<Label>, ForgeError> {
        let all: Vec<LabelModel> = self.must_list(LABELS, "labels")?;
        let mut all: Vec<_> = all.into_iter().map(LabelModel::value).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    fn open_issue(&mut self, title: &str, body: &str, labels: &[String]) -> Result<u64, ForgeError> {
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
        let read = |answer: &ApiResponse| match answer.status {
            200..300 => self.read_number(answer, "/issues"),
            410 => Err(GitHubError::Setup {
                what: format!("{} has no issues", self.repo()),
                advice: "a fork begins without: Settings, General, Features, Issues".into(),
            }
            .into()),
            _ => Err(GitHubError::refused(self.request_name("POST", "/issues"), answer).into()),
        };
        let body = json!({ "title": title, "body": body, "labels": labels });
        let number = self.client.create_once("/issues", &body, &read, &find)?;
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

    fn edit_issue(&mut self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        self.patch(&format!("/issues/{number}"), &json!({ "title": title, "body": body }), &format!("issue {number}"))
    }

    fn reopen_issue(&mut self, number: u64, title: &str, body: &str, labels: &[String]) -> Result<(), ForgeError> {
        let body = json!({ "title": title, "body": body, "state": "open", "labels": labels });
        self.patch(&format!("/issues/{number}"), &body, &format!("issue {number}"))
    }

    fn comment(&mut self, number: u64, body: &str) -> Result<u64, ForgeError> {
        let login = self.login()?;
        let path = format!("/issues/{number}/comments");
        let own = |comment: &Comment| comment.author == login && same_text(&comment.body, body);
        let find = || Ok(self.comments_on(number)?.into_iter().find(own).map(|comment| comment.id));
        if let Some(id) = find()? {
            return Ok(id);
        }
        let read = |answer: &ApiResponse| match answer.status {
            200..300 => self.read_field(answer, &path, "id"),
            _ => {
                let error = GitHubError::refused(self.request_name("POST", &path), answer);
                Err(of_conversation(error, &format!("pull request or issue {number}")))
            }
        };
        let id = self.client.create_once(&path, &json!({ "body": body }), &read, &find)?;
        // Another run may have said it at the same moment, when neither saw the other's: the first stays.
        match find()? {
            Some(first) if first < id => {
                let path = format!("/issues/comments/{id}");
                let answer = self.client.put(Method::DELETE, &path, None)?;
                if answer.status != 404 {
                    self.must_succeed(&answer, "DELETE", &path, &format!("comment {id}"))?;
                }
                Ok(first)
            }
            _ => Ok(id),
        }
    }

    fn edit_comment(&mut self, id: u64, body: &str) -> Result<(), ForgeError> {
        self.patch(&format!("/issues/comments/{id}"), &json!({ "body": body }), &format!("comment {id}"))
    }

    fn react(&mut self, comment: u64, reaction: Reaction) -> Result<(), ForgeError> {
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
        self.must_be_said(&answer, "POST", &path, &format!("comment {comment}"))
    }

    fn put_label(&mut self, label: &Label) -> Result<(), ForgeError> {
        let path = format!("/labels/{}", encoded(&label.name));
        let find = || Ok::<_, ForgeError>(self.client.get::<LabelModel>(&path)?.map(LabelModel::value));
        let old = match find()? {
            Some(old) => old,
            None => {
                let body = json!({ "name": label.name, "color": label.colour, "description": label.description });
                let read = |answer: &ApiResponse| match answer.status {
                    200..300 => Ok(label.clone()),
                    // Another run was faster.
                    422 => {
                        find()?.ok_or_else(|| GitHubError::refused(self.request_name("POST", "/labels"), answer).into())
                    }
                    _ => Err(GitHubError::refused(self.request_name("POST", "/labels"), answer).into()),
                };
                self.client.create_once("/labels", &body, &read, &find)?
            }
        };
        if old != *label {
            let body = json!({ "new_name": label.name, "color": label.colour, "description": label.description });
            self.client.must_put(Method::PATCH, &path, &body)?;
        }
        Ok(())
    }
}

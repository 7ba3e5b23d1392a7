//! PullModel requests on GitHub.

use http::Method;
use serde_json::{Map, Value, json};

use super::ahead::{PULLS, pull_path};
use super::error::{GitHubError, error_message};
use super::model::PullModel;
use super::transport::ApiResponse;
use super::{GitHub, encoded};
use crate::forge::{ForgeError, Issues, PullList, PullRequest, PullText, Pulls, Stacked, State};
use crate::method::MergeMethod;
use engine::ids::CommitId;

const TO_DRAFT: &str =
    "mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { clientMutationId } }";
const TO_READY: &str =
    "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }";

impl GitHub {
    pub(super) fn find_pull(&self, number: u64) -> Result<PullModel, ForgeError> {
        let found = self.client.get(&pull_path(number))?;
        found.ok_or_else(|| ForgeError::Missing(format!("pull request {number}")))
    }

    fn open_pull_of(&self, text: &PullText) -> Result<Option<PullModel>, ForgeError> {
        let filter = format!("/pulls?state=open&head={}:{}", self.repo().owner(), encoded(&text.head));
        let all: Vec<PullModel> = self.must_list(&filter, "pull requests")?;
        let fork = self.repo().to_string();
        let login = self.login()?;
        // The filter goes by commit too, and finds other branches at the same one. What a person opened is not ours to change.
        let own = |pull: &PullModel| pull.is_from(&fork) && pull.is_by(&login) && pull.state() == State::Open;
        let same = |pull: &PullModel| own(pull) && text.head == pull.head() && text.base == pull.base();
        Ok(all.into_iter().find(same))
    }

    /// Why GitHub opens no pull request.
    fn no_pull(&self, text: &PullText, answer: &ApiResponse) -> Result<ForgeError, ForgeError> {
        let message = error_message(answer);
        let PullText { head, base, .. } = text.clone();
        if message.contains("No commits between") {
            return Ok(ForgeError::NoCommits { head, base });
        }
        if message.contains("Draft pull requests are not supported") {
            return Ok(ForgeError::NoDrafts);
        }
        for branch in [base, head] {
            if self.client.get::<Value>(&format!("/branches/{}", encoded(&branch)))?.is_none() {
                return Ok(ForgeError::Missing(format!("branch {branch}")));
            }
        }
        Ok(GitHubError::refused(self.request_name("POST", "/pulls"), answer).into())
    }
}

impl Pulls for GitHub {
    fn pulls(&self, prefix: &str) -> Result<PullList, ForgeError> {
        let mut all: Vec<PullModel> = self.must_list(PULLS, "pull requests")?;
        all.sort_by_key(|pull| pull.number);
        // A page may come twice where something was opened while it was read.
        all.dedup_by_key(|pull| pull.number);
        let into = all.iter().filter(|pull| pull.state() == State::Open && pull.base().starts_with(prefix));
        let going_into = into.map(|pull| (pull.number, pull.base().into())).collect();
        let fork = self.repo().to_string();
        // GitHub's own filter by branch takes one name, and passes over one it does not understand.
        let own = all.into_iter().filter(|pull| pull.is_from(&fork) && pull.head().starts_with(prefix));
        let login = self.login()?;
        Ok(PullList { bringing: own.map(|pull| pull.value(&login)).collect(), going_into })
    }

    fn pull(&self, number: u64) -> Result<PullRequest, ForgeError> {
        Ok(self.find_pull(number)?.value(&self.login()?))
    }

    fn merge_commit(&self, number: u64) -> Result<Option<CommitId>, ForgeError> {
        let pull = self.find_pull(number)?;
        if pull.state() != State::Merged {
            return Ok(None);
        }
        let bad = |message: String| GitHubError::BadResponse {
            request: format!("GET /repos/{}/pulls/{number}", self.repo()),
            message,
        };
        let Some(sha) = pull.merge_commit_sha else { return Ok(None) };
        Ok(Some(sha.parse().map_err(|error: engine::ids::BadId| bad(error.to_string()))?))
    }

    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError> {
        // Both ends are named: of a fork, the default base is upstream's.
        let body = json!({
            "title": text.title, "body": text.body, "head": text.head, "base": text.base, "draft": text.draft,
            "maintainer_can_modify": false,
        });
        let find = || self.open_pull_of(text);
        let read = |answer: &ApiResponse| match answer.status {
            200..300 => self.read_made(answer, "/pulls"),
            // Said by its beginning, since the rest names the branch.
            422 if error_message(answer).contains("A pull request already exists") => {
                let refused = || GitHubError::refused(self.request_name("POST", "/pulls"), answer);
                find()?.ok_or_else(|| refused().into())
            }
            422 => Err(self.no_pull(text, answer)?),
            _ => Err(GitHubError::refused(self.request_name("POST", "/pulls"), answer).into()),
        };
        let there: PullModel = self.client.create_once("/pulls", &body, &read, &find)?;
        let there = there.value("");
        // Labels are no part of opening, and one that was there already says something else.
        self.edit_pull(there.number, &there.text, text)?;
        Ok(there.number)
    }

    fn edit_pull(&mut self, number: u64, from: &PullText, to: &PullText) -> Result<(), ForgeError> {
        let mut changes = Map::new();
        for (field, old, new) in
            [("title", &*from.title, &*to.title), ("body", &from.body, &to.body), ("base", &from.base, &to.base)]
        {
            if old != new {
                changes.insert(field.into(), new.into());
            }
        }
        let set = |method: Method, path: String, body: &Value| match self.client.must_put(method, &path, body) {
            Err(GitHubError::Refused { status: 404, .. }) => Err(ForgeError::Missing(format!("pull request {number}"))),
            set => Ok(set.map(drop)?),
        };
        if !changes.is_empty() {
            let moves = changes.contains_key("base");
            let done = set(Method::PATCH, pull_path(number), &Value::Object(changes));
            if let Err(ForgeError::GitHub(error)) = &done
                && matches!(**error, GitHubError::Refused { status: 422, .. })
                && let Some(stack) = moves.then(|| self.stack_of(number)).transpose()?.flatten()
            {
                return Err(ForgeError::Stacked { number, stack, base: to.base.clone() });
            }
            done?;
        }
        if from.labels != to.labels {
            set(Method::PUT, format!("/issues/{number}/labels"), &json!({ "labels": to.labels }))?;
        }
        if from.draft != to.draft {
            // Drafts are made and unmade by GitHub's other API alone, which has names of its own.
            let id = self.find_pull(number)?.node_id;
            let mutation = if to.draft { TO_DRAFT } else { TO_READY };
            self.client.graphql(mutation, &json!({ "id": id })).map_err(|error| match error {
                GitHubError::Refused { message, .. } if message.contains("raft pull requests are not supported") => {
                    ForgeError::NoDrafts
                }
                error => error.into(),
            })?;
        }
        Ok(())
    }

    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        if self.find_pull(number)?.state() == State::Open {
            self.client.must_put(Method::PATCH, &format!("/pulls/{number}"), &json!({ "state": "closed" }))?;
        }
        Ok(())
    }

    fn ask_review(&mut self, number: u64, who: &[String]) -> Result<Vec<String>, ForgeError> {
        self.review_by(number, who)
    }

    fn assign(&mut self, number: u64, who: &[String]) -> Result<Vec<String>, ForgeError> {
        self.assign_to(number, who)
    }

    fn auto_merge(&mut self, number: u64, method: Option<MergeMethod>) -> Result<Option<String>, ForgeError> {
        self.merge_by_itself(&self.find_pull(number)?, method)
    }

    fn has_stacks(&self) -> Result<bool, ForgeError> {
        self.knows_stacks()
    }

    fn stack(&mut self, onto: Option<u64>, pulls: &[u64]) -> Result<Stacked, ForgeError> {
        self.make_stack(onto, pulls)
    }

    fn unstack(&mut self, stack: u64) -> Result<(), ForgeError> {
        self.take_apart(stack)
    }

    fn reopen_pull(&mut self, number: u64, body: &str) -> Result<(), ForgeError> {
        let path = format!("/pulls/{number}");
        match self.find_pull(number)?.state() {
            State::Open => return Ok(()),
            State::Merged => return Err(ForgeError::CannotReopen { number, why: "it was merged".into() }),
            State::Closed => {}
        }
        let answer = self.client.put(Method::PATCH, &path, Some(&json!({ "state": "open", "body": body })))?;
        match answer.status {
            200..300 => Ok(()),
            422 => Err(ForgeError::CannotReopen { number, why: error_message(&answer) }),
            _ => Err(GitHubError::refused(self.request_name("PATCH", &path), &answer).into()),
        }
    }
}

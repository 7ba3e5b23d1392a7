//! Stacks on GitHub, a public preview since July 2026 (<https://docs.github.com/en/rest/pulls/stacks>): GitHub Enterprise Server, and a repository
//! without them, answer 404. They keep to branches of one repository, and a member is given no other base.

use http::Method;
use serde_json::json;

use super::GitHub;
use super::error::{GitHubError, error_message};
use super::model::StackModel;
use super::transport::ApiResponse;
use crate::forge::{ForgeError, Stacked};

impl GitHub {
    /// Whether the list of stacks is there. What it is refused for otherwise keeps nothing else.
    pub(super) fn knows_stacks(&self) -> Result<bool, ForgeError> {
        match self.client.get::<Vec<StackModel>>("/stacks?per_page=1") {
            Ok(list) => Ok(list.is_some()),
            Err(GitHubError::Refused { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn stack_of(&self, number: u64) -> Result<Option<u64>, ForgeError> {
        Ok(self.find_pull(number)?.stack.map(|stack| stack.number))
    }

    pub(super) fn make_stack(&self, onto: Option<u64>, pulls: &[u64]) -> Result<Stacked, ForgeError> {
        let path = onto.map_or_else(|| "/stacks".to_owned(), |stack| format!("/stacks/{stack}/add"));
        // Where the answer was lost, the last one tells: it is put there with all the others, or not at all.
        let find = || -> Result<Option<Stacked>, ForgeError> {
            match pulls.last() {
                Some(last) => Ok(self.stack_of(*last)?.map(Stacked::In)),
                None => Ok(None),
            }
        };
        let read = |answer: &ApiResponse| match answer.status {
            200..300 => Ok(Stacked::In(self.read_made::<StackModel>(answer, &path)?.number)),
            404 if onto.is_none() => Ok(Stacked::Without),
            400..500 => Ok(Stacked::Refused(error_message(answer))),
            _ => Err(GitHubError::refused(self.request_name("POST", &path), answer).into()),
        };
        self.client.create_once(&path, &json!({ "pull_requests": pulls }), &read, &find)
    }

    pub(super) fn take_apart(&self, stack: u64) -> Result<(), ForgeError> {
        let path = format!("/stacks/{stack}/unstack");
        let answer = self.client.put(Method::POST, &path, None)?;
        match answer.status {
            // One that is gone is apart; of one that GitHub will not take apart, changing a base tells.
            200..300 | 404 | 409 | 422 => Ok(()),
            _ => Err(GitHubError::refused(self.request_name("POST", &path), &answer).into()),
        }
    }
}

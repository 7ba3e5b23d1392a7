//! What a response of GitHub means to the call that asked for it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::GitHub;
use super::error::GitHubError;
use super::transport::ApiResponse;
use crate::forge::ForgeError;

impl GitHub {
    /// A list that every repository has. Where it is not there something is wrong: that it is empty would be taken at its word.
    pub(super) fn must_list<T: DeserializeOwned>(&self, rest: &str, what: &str) -> Result<Vec<T>, GitHubError> {
        let missing = || GitHubError::Setup {
            what: format!("{} says that it has no list of {what}", self.repo()),
            advice: "is fork.repository right, and is the App installed on this repository?".into(),
        };
        self.client.list(rest, None)?.ok_or_else(missing)
    }

    /// The name of a request in messages.
    pub(super) fn request_name(&self, method: &str, rest: &str) -> String {
        format!("{method} /repos/{}{rest}", self.repo())
    }

    /// The number of what was made.
    pub(super) fn read_number(&self, answer: &ApiResponse, rest: &str) -> Result<u64, ForgeError> {
        self.read_field(answer, rest, "number")
    }

    /// What was made.
    pub(super) fn read_made<T: DeserializeOwned>(&self, answer: &ApiResponse, rest: &str) -> Result<T, ForgeError> {
        let request = || self.request_name("POST", rest);
        let bad =
            |error: serde_json::Error| GitHubError::BadResponse { request: request(), message: error.to_string() };
        Ok(serde_json::from_str(&answer.body).map_err(bad)?)
    }

    pub(super) fn read_field(&self, answer: &ApiResponse, rest: &str, field: &str) -> Result<u64, ForgeError> {
        let value: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let missing = || GitHubError::BadResponse {
            request: self.request_name("POST", rest),
            message: format!("it does not say the {field} of what was made"),
        };
        Ok(value[field].as_u64().ok_or_else(missing)?)
    }

    /// That it was done, to a thing that must be there.
    pub(super) fn must_succeed(
        &self,
        answer: &ApiResponse,
        method: &str,
        path: &str,
        thing: &str,
    ) -> Result<(), ForgeError> {
        match answer.status {
            200..300 => Ok(()),
            404 | 410 => Err(ForgeError::Missing(thing.to_owned())),
            _ => Err(GitHubError::refused(self.request_name(method, path), answer).into()),
        }
    }
}

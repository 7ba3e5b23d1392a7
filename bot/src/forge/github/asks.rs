//! What is asked in a pull request on GitHub: reviews, assignees, and that it is merged by itself.

use http::Method;
use serde_json::{Value, json};

use super::GitHub;
use super::error::{GitHubError, error_message};
use super::model::PullModel;
use super::transport::ApiResponse;
use crate::forge::ForgeError;
use crate::method::MergeMethod;

const ON: &str = "mutation($id: ID!, $method: PullRequestMergeMethod!) { enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: $method}) { clientMutationId } }";
const OFF: &str =
    "mutation($id: ID!) { disablePullRequestAutoMerge(input: {pullRequestId: $id}) { clientMutationId } }";

impl GitHub {
    pub(super) fn review_by(&self, number: u64, who: &[String]) -> Result<Vec<String>, ForgeError> {
        let path = format!("/pulls/{number}/requested_reviewers");
        let (teams, people): (Vec<&String>, Vec<&String>) = who.iter().partition(|who| who.contains('/'));
        let (own, others): (Vec<_>, Vec<_>) =
            teams.into_iter().partition(|team| team.split('/').next().is_some_and(|of| self.is_owner(of)));
        let body = |people: &[&String], teams: &[&String]| {
            let slugs: Vec<_> = teams.iter().filter_map(|team| team.split_once('/')).map(|(_, slug)| slug).collect();
            json!({ "reviewers": people, "team_reviewers": slugs })
        };
        let elsewhere =
            |team: &&String| format!("{team} cannot be asked for a review: it is no team of {}", self.repo().owner());
        let mut refused: Vec<String> = others.iter().map(elsewhere).collect();
        if people.len() + own.len() == 0 {
            return Ok(refused);
        }
        let answer = self.client.put(Method::POST, &path, Some(&body(&people, &own)))?;
        if self.is_done(&path, &answer)? {
            return Ok(refused);
        }
        // One that cannot be asked keeps the others from being asked.
        let one_by_one = people.iter().map(|one| (*one, body(&[*one], &[])));
        for (one, body) in one_by_one.chain(own.iter().map(|team| (*team, body(&[], &[*team])))) {
            let answer = self.client.put(Method::POST, &path, Some(&body))?;
            if !self.is_done(&path, &answer)? {
                refused.push(format!("{one} cannot be asked for a review: {}", error_message(&answer)));
            }
        }
        Ok(refused)
    }

    pub(super) fn assign_to(&self, number: u64, who: &[String]) -> Result<Vec<String>, ForgeError> {
        let path = format!("/issues/{number}/assignees");
        let answer = self.client.put(Method::POST, &path, Some(&json!({ "assignees": who })))?;
        if !self.is_done(&path, &answer)? {
            return Ok(vec![format!("nobody can be assigned: {}", error_message(&answer))]);
        }
        // GitHub says nothing of those it leaves out.
        let issue: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let there: Vec<&str> =
            issue["assignees"].as_array().into_iter().flatten().filter_map(|one| one["login"].as_str()).collect();
        let left = who.iter().filter(|one| !there.iter().any(|login| login.eq_ignore_ascii_case(one)));
        Ok(left.map(|one| format!("{one} cannot be assigned: GitHub assigns people with access alone")).collect())
    }

    pub(super) fn merge_by_itself(
        &self,
        pull: &PullModel,
        how: Option<MergeMethod>,
    ) -> Result<Option<String>, ForgeError> {
        if pull.is_merged_by_itself() == how.is_some() {
            return Ok(None);
        }
        let id = &pull.node_id;
        let sent = match how {
            Some(how) => self.client.graphql(ON, &json!({ "id": id, "method": how.to_string().to_uppercase() })),
            None => self.client.graphql(OFF, &json!({ "id": id })),
        };
        match sent {
            Ok(_) => Ok(None),
            // Its errors come with success.
            Err(GitHubError::Refused { status: 200, message, .. }) => {
                let what = if how.is_some() { "on" } else { "off" };
                Ok(Some(format!("auto-merge cannot be turned {what}: {message}")))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn is_owner(&self, name: &str) -> bool {
        self.repo().owner().eq_ignore_ascii_case(name)
    }

    /// Whether it was done; what GitHub will not do is no error.
    fn is_done(&self, path: &str, answer: &ApiResponse) -> Result<bool, ForgeError> {
        match answer.status {
            200..300 => Ok(true),
            422 => Ok(false),
            _ => Err(GitHubError::refused(self.request_name("POST", path), answer).into()),
        }
    }
}

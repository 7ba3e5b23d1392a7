//! Looking at GitHub.

use serde::de::DeserializeOwned;

use super::error::GitHubError;
use super::model::{
    CommentModel, IssueModel, JobModel, LabelModel, Pull, Repository, Rights, RunModel, StatusModel, User,
};
use super::{GitHub, RepoName, encoded};
use crate::forge::{
    Branch, Comment, ForgeError, ForgeRead, Issue, Job, Label, Permission, PullRequest, Run, State, Status,
};
use engine::Repo;
use engine::ids::CommitId;

impl<Kind> GitHub<Kind> {
    /// That this is the fork and not upstream, by whatever name.
    pub(super) fn refuse_upstream(&self, upstreams: &[RepoName]) -> Result<(), GitHubError> {
        let fork = self.repo();
        if upstreams.contains(fork) {
            return Err(GitHubError::Upstream(fork.to_string()));
        }
        let missing = || GitHubError::Setup {
            what: format!("there is no repository {fork}, or the token may not see it"),
            advice: "fork.repository names the fork; an App must be installed on it".into(),
        };
        let found: Repository = self.client.get("")?.ok_or_else(missing)?;
        for upstream in upstreams {
            // A repository may have had another name; its number stays.
            if self.client.number_of(upstream)? == Some(found.id) {
                return Err(GitHubError::Upstream(fork.to_string()));
            }
        }
        Ok(())
    }

    pub(super) fn find_pull(&self, number: u64) -> Result<Pull, ForgeError> {
        let found = self.client.get(&format!("/pulls/{number}"))?;
        found.ok_or_else(|| ForgeError::Missing(format!("pull request {number}")))
    }

    /// A list that every repository has. Where it is not there something is wrong: that it is empty would be taken at its word.
    fn must_list<T: DeserializeOwned>(&self, rest: &str, what: &str) -> Result<Vec<T>, ForgeError> {
        let missing = || GitHubError::Setup {
            what: format!("{} says that it has no list of {what}", self.repo()),
            advice: "is fork.repository right, and is the App installed on this repository?".into(),
        };
        Ok(self.client.list(rest, None)?.ok_or_else(missing)?)
    }

    pub(super) fn own_issues(&self) -> Result<Vec<Issue>, ForgeError> {
        let login = self.login()?;
        let all: Vec<IssueModel> = match self.client.list("/issues?state=all", None) {
            Ok(all) => all.unwrap_or_default(),
            // Where issues are switched off there are none.
            Err(GitHubError::Refused { status: 410, .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(all.into_iter().filter(|issue| issue.is_by(&login)).map(IssueModel::value).collect())
    }
}

impl<Kind> ForgeRead for GitHub<Kind> {
    fn login(&self) -> Result<String, ForgeError> {
        if let Some(login) = self.login.get() {
            return Ok(login.clone());
        }
        let login = match self.client.installation()? {
            Some(app) => format!("{}[bot]", app.app_slug),
            None => match self.client.get_elsewhere::<User>("/user") {
                Ok(user) => user.unwrap_or_default().login,
                // A workflow's own token is nobody's.
                Err(GitHubError::Refused { status: 403, .. }) => "github-actions[bot]".into(),
                Err(error) => return Err(error.into()),
            },
        };
        Ok(self.login.get_or_init(|| login).clone())
    }

    fn pulls(&self, prefix: &str) -> Result<Vec<PullRequest>, ForgeError> {
        let all: Vec<Pull> = self.must_list("/pulls?state=all&sort=created&direction=asc", "pull requests")?;
        let fork = self.repo().to_string();
        // GitHub's own filter by branch takes one name, and passes over one it does not understand.
        let own = all.into_iter().filter(|pull| pull.is_from(&fork) && pull.head().starts_with(prefix));
        let login = self.login()?;
        let mut own: Vec<_> = own.map(|pull| pull.value(&login)).collect();
        own.sort_by_key(|pull| pull.number);
        // A page may come twice where something was opened while it was read.
        own.dedup_by_key(|pull| pull.number);
        Ok(own)
    }

    fn going_into(&self, prefix: &str) -> Result<Vec<(u64, String)>, ForgeError> {
        let all: Vec<Pull> = self.must_list("/pulls?state=open", "pull requests")?;
        let into = all.into_iter().filter(|pull| pull.base().starts_with(prefix));
        let mut into: Vec<_> = into.map(|pull| (pull.number, pull.base().to_owned())).collect();
        into.sort();
        into.dedup();
        Ok(into)
    }

    fn merged(&self, number: u64) -> Result<Option<CommitId>, ForgeError> {
        let pull = self.find_pull(number)?;
        if pull.state() != State::Merged {
            return Ok(None);
        }
        let bad = |message: String| GitHubError::Answer {
            request: format!("GET /repos/{}/pulls/{number}", self.repo()),
            message,
        };
        let sha = pull.merge_commit_sha.ok_or_else(|| bad("it was merged, and there is no merge_commit_sha".into()))?;
        Ok(Some(sha.parse().map_err(|error: engine::ids::BadId| bad(error.to_string()))?))
    }

    fn branches(&self, prefix: &str, base: &str) -> Result<Vec<Branch>, ForgeError> {
        self.read_branches(prefix, base)
    }

    fn fetch(&self, repo: &Repo, branch: &str) -> Result<Option<CommitId>, ForgeError> {
        self.lend_branch(repo, branch)
    }

    fn labels(&self) -> Result<Vec<Label>, ForgeError> {
        let all: Vec<LabelModel> = self.must_list("/labels", "labels")?;
        let mut all: Vec<_> = all.into_iter().map(LabelModel::value).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    fn has_issues(&self) -> Result<bool, ForgeError> {
        let found: Option<Repository> = self.client.get("")?;
        Ok(found.is_none_or(|repository| repository.has_issues != Some(false)))
    }

    fn issue(&self, marker: &str) -> Result<Option<Issue>, ForgeError> {
        let mut found: Vec<_> = self.own_issues()?.into_iter().filter(|issue| issue.body.contains(marker)).collect();
        found.sort_by_key(|issue| (issue.state != State::Open, issue.number));
        Ok(found.into_iter().next())
    }

    fn opens_two(&self) -> bool {
        true
    }

    fn comments(&self, number: u64) -> Result<Vec<Comment>, ForgeError> {
        let all: Option<Vec<CommentModel>> = self.client.list(&format!("/issues/{number}/comments"), None)?;
        let all = all.ok_or_else(|| ForgeError::Missing(format!("pull request or issue {number}")))?;
        let mut all: Vec<_> = all.into_iter().map(CommentModel::value).collect();
        all.sort_by_key(|comment| comment.id);
        all.dedup_by_key(|comment| comment.id);
        Ok(all)
    }

    fn permission(&self, login: &str) -> Result<Permission, ForgeError> {
        let rights: Option<Rights> = self.client.get(&format!("/collaborators/{}/permission", encoded(login)))?;
        Ok(rights.map_or(Permission::None, |rights| rights.value()))
    }

    fn statuses(&self, commit: CommitId) -> Result<Vec<Status>, ForgeError> {
        let all: Vec<StatusModel> = match self.client.list(&format!("/commits/{commit}/status"), Some("statuses")) {
            Ok(all) => all.unwrap_or_default(),
            // A commit that is not there has none.
            Err(GitHubError::Refused { status: 422, .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let mut all: Vec<_> = all.into_iter().map(StatusModel::value).collect();
        all.sort_by(|a, b| a.context.cmp(&b.context));
        Ok(all)
    }

    fn runs(&self, workflow: &str, head: Option<CommitId>) -> Result<Vec<Run>, ForgeError> {
        let head = head.map(|head| format!("&head_sha={head}")).unwrap_or_default();
        let path = format!("/actions/workflows/{}/runs?event=workflow_dispatch{head}", encoded(workflow));
        let all: Option<Vec<RunModel>> = self.client.list(&path, Some("workflow_runs"))?;
        let mut all: Vec<_> = all.unwrap_or_default().into_iter().map(RunModel::value).collect();
        all.sort_by_key(|run| std::cmp::Reverse(run.id));
        all.dedup_by_key(|run| run.id);
        Ok(all)
    }

    fn run(&self, id: u64) -> Result<Option<Run>, ForgeError> {
        Ok(self.client.get::<RunModel>(&format!("/actions/runs/{id}"))?.map(RunModel::value))
    }

    fn jobs(&self, run: u64) -> Result<Vec<Job>, ForgeError> {
        let all: Option<Vec<JobModel>> =
            self.client.list(&format!("/actions/runs/{run}/jobs?filter=latest"), Some("jobs"))?;
        let all = all.ok_or_else(|| ForgeError::Missing(format!("run {run}")))?;
        Ok(all.into_iter().map(JobModel::value).collect())
    }
}

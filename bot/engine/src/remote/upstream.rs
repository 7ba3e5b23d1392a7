//! The repository that is followed: which branches it has, and fetching them.

use std::process::Command;

use secrecy::SecretString;

use super::command::run;
use super::{default_of, listed};
use crate::error::{Doing, GitError};
use crate::{Hosted, Repo};

/// What a repository says of its branches, short names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteBranches {
    /// The one that a clone of it begins on; `None` where it does not say.
    pub default: Option<String>,
    /// Those it has, of those that were asked for.
    pub there: Vec<String>,
}

impl Repo {
    /// What another repository has of these branches. `from` is a URL, or the name of a remote. It is shown `token`, or else what the
    /// person's own git has for it.
    ///
    /// # Errors
    /// Git is not installed, or it cannot reach the repository; its own words are in the error.
    pub fn upstream_branches(
        &self,
        from: &str,
        branches: &[&str],
        token: Option<&SecretString>,
    ) -> Result<RemoteBranches, GitError> {
        let mut command = self.git_for(from, token);
        command.args(["ls-remote", "--quiet", "--symref", "--end-of-options", from, "HEAD"]);
        command.args(branches.iter().map(|branch| format!("refs/heads/{branch}")));
        // To people this is part of fetching.
        let text = run(command, "fetch")?;
        let heads = listed(&text);
        let is_there =
            |branch: &&&str| heads.iter().any(|(name, _)| name.strip_prefix("refs/heads/") == Some(**branch));
        let there = branches.iter().filter(is_there).map(|branch| (*branch).to_owned()).collect();
        Ok(RemoteBranches { default: default_of(&text), there })
    }

    /// Brings branches of another repository up to date here, as `refs/remotes/upstream/<branch>`.
    ///
    /// # Errors
    /// Git is not installed, or it cannot fetch; its own words are in the error.
    pub fn fetch_upstream(&self, from: &str, branches: &[&str], token: Option<&SecretString>) -> Result<(), GitError> {
        let mut command = self.git_for(from, token);
        command
            // Tags of upstream would start its release workflows in the fork once pushed.
            .args(["fetch", "--quiet", "--no-tags", "--end-of-options", from])
            .args(branches.iter().map(|branch| format!("+refs/heads/{branch}:refs/remotes/upstream/{branch}")));
        run(command, "fetch").map(drop)
    }

    /// Notes upstream's default branch where git does, as `refs/remotes/upstream/HEAD`, for runs that do not fetch.
    ///
    /// # Errors
    /// The reference cannot be written.
    pub fn note_upstream_default(&self, branch: &str) -> Result<(), GitError> {
        let (name, target) = ("refs/remotes/upstream/HEAD", format!("refs/remotes/upstream/{branch}"));
        if self.symbolic_target(name).as_deref() == Some(target.as_str()) {
            return Ok(());
        }
        let noted = self.inner.reference_symbolic(name, &target, true, "uptake");
        noted.doing("note upstream's default branch").map(drop)
    }

    /// Git in this repository, to speak to another.
    fn git_for(&self, from: &str, token: Option<&SecretString>) -> Command {
        let mut command = match token {
            Some(token) => Hosted::new(&self.url_of(from), Some(token.clone())).git(),
            None => Command::new("git"),
        };
        // A remote may be named by a path, which git takes from where it runs.
        command.arg("--git-dir").arg(self.git_dir()).current_dir(self.work_tree().unwrap_or(self.git_dir()));
        command
    }
}

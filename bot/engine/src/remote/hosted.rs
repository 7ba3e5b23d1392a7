//! Repositories on a server, reached by the system's git with a token of ours.
//!
//! The token goes to git in its environment, as a header for this one address: never in an argument or a URL, which every user of
//! the machine sees, and never into a file.

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::command::run;
use super::listed;
use crate::Repo;
use crate::error::GitError;
use crate::ids::CommitId;

/// A repository on a server.
#[derive(Debug)]
pub struct Hosted {
    url: String,
    token: Option<SecretString>,
}

impl Hosted {
    /// The repository at this URL; `token` is what it is shown, if anything.
    #[must_use]
    pub fn new(url: &str, token: Option<SecretString>) -> Self {
        Self { url: url.to_owned(), token }
    }

    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The branches whose full name fits one of the patterns, such as `refs/heads/uptake/*`, by name.
    ///
    /// # Errors
    /// Git is not installed, or the server cannot be reached; git's own words are in the error.
    pub fn list(&self, patterns: &[String]) -> Result<Vec<(String, CommitId)>, GitError> {
        let mut command = self.git();
        command.args(["ls-remote", "--quiet", "--end-of-options", &self.url]).args(patterns);
        Ok(listed(&run(command, "ls-remote")?))
    }

    /// Git, with all it needs to speak to this repository and nothing of what it would ask a person.
    pub(super) fn git(&self) -> Command {
        let mut command = Command::new("git");
        let mut config = vec![
            // A token is for this server: no other that this one points to, no helper that would keep it.
            ("http.followRedirects".to_owned(), "false".to_owned()),
            ("credential.helper".to_owned(), String::new()),
            // A connection over which nothing comes is given up.
            ("http.lowSpeedLimit".to_owned(), "1".to_owned()),
            ("http.lowSpeedTime".to_owned(), "60".to_owned()),
        ];
        if let Some(token) = &self.token {
            let basic = STANDARD.encode(format!("x-access-token:{}", token.expose_secret()));
            let name = format!("http.{}.extraHeader", self.url);
            // The empty one takes away what stands in a configuration: two of these headers are refused.
            config.push((name.clone(), String::new()));
            config.push((name, format!("Authorization: Basic {basic}")));
        }
        // They take the place of what the environment brought in this way.
        command.env("GIT_CONFIG_COUNT", config.len().to_string());
        for (at, (name, value)) in config.into_iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{at}"), name).env(format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"] {
            command.env_remove(name);
        }
        // Whoever looks into git's work by `GIT_TRACE_CURL` sees no token, not even where the environment would have it shown.
        command.env("GIT_ASKPASS", "").env("GIT_TRACE_REDACT", "1");
        // Nor by `GIT_TRACE2`, which writes down the configuration and the environment where it is asked to, by whatever way.
        command.env("GIT_TRACE2_CONFIG_PARAMS", "").env("GIT_TRACE2_ENV_VARS", "");
        command
    }
}

impl Repo {
    /// Brings branches of a repository on a server here, under the names they have there; those that are gone there go.
    /// `patterns` are full names, with a `*` for any.
    ///
    /// # Errors
    /// A name without `*` is not there, or the server cannot be reached; git's own words are in the error.
    pub fn fetch_from(&self, remote: &Hosted, patterns: &[String]) -> Result<(), GitError> {
        let mut command = remote.git();
        command.arg("--git-dir").arg(self.git_dir());
        command.args(["fetch", "--quiet", "--no-tags", "--prune", "--no-write-fetch-head", "--end-of-options"]);
        command.arg(&remote.url).args(patterns.iter().map(|pattern| format!("+{pattern}:{pattern}")));
        self.fetch(command)
    }

    /// Moves a branch of a repository on a server to `new` (`None`: removes it), only if it is at `expected` (`None`: not there
    /// yet), and brings what it needs.
    ///
    /// # Errors
    /// [`GitError::RefMoved`] where the branch is elsewhere; the server refuses, or cannot be reached; git's own words are in the
    /// error.
    pub fn push_to(
        &self,
        remote: &Hosted,
        reference: &str,
        new: Option<CommitId>,
        expected: Option<CommitId>,
    ) -> Result<(), GitError> {
        let id = |id: Option<CommitId>| id.map(|id| id.to_string()).unwrap_or_default();
        let mut command = remote.git();
        command.arg("--git-dir").arg(self.git_dir());
        // No tags: upstream's would start its release workflows. No hooks: they are a person's, for a person's pushes.
        command.args(["push", "--quiet", "--atomic", "--no-follow-tags", "--no-verify", "--porcelain"]);
        command.arg(format!("--force-with-lease={reference}:{}", id(expected)));
        command.args(["--end-of-options", &remote.url, &format!("{}:{reference}", id(new))]);
        match run(command, "push") {
            Err(GitError::Command { message, .. }) if message.contains("(stale info)") => {
                Err(GitError::RefMoved { name: reference.to_owned() })
            }
            result => result.map(drop),
        }
    }
}

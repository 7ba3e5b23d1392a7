//! The repository that is followed: which branches it has, and fetching them.

use std::process::Command;

use secrecy::SecretString;

use super::command::run;
use super::{default_of, listed};
use crate::error::{Doing, GitError};
use crate::visible::short;
use crate::{Hosted, Repo};

/// Where upstream's tags are kept.
pub const UPSTREAM_TAGS: &str = "refs/uptake/upstream-tags/";

/// What another repository is shown by the one who reads it.
#[derive(Debug, Clone, Copy)]
pub enum Credential<'a> {
    /// Whatever the person's own git has for it.
    Own,
    /// This token, and nothing else.
    Token(&'a SecretString),
    /// Nothing: no token, and none of what the user or the machine has set up for git.
    Nothing,
}

/// What a repository says of its branches, short names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteBranches {
    /// The one that a clone of it begins on; `None` where it does not say.
    pub default: Option<String>,
    /// Those it has, of those that were asked for.
    pub there: Vec<String>,
    /// Those of them that are tags of its.
    pub tags: Vec<String>,
}

impl Repo {
    /// What another repository has of these branches. `from` is a URL, or the name of a remote. `shown` is what it is shown.
    ///
    /// # Errors
    /// Git is not installed, or it cannot reach the repository; its own words are in the error.
    pub fn upstream_branches(
        &self,
        from: &str,
        branches: &[&str],
        shown: Credential<'_>,
    ) -> Result<RemoteBranches, GitError> {
        let mut command = self.git_for(from, shown)?;
        command.args(["ls-remote", "--quiet", "--symref", "--end-of-options", from, "HEAD"]);
        let names = |folder| branches.iter().map(move |branch| format!("refs/{folder}/{branch}"));
        command.args(names("heads")).args(names("tags"));
        // To people this is part of fetching.
        let text = run(command, "fetch")?;
        let heads = listed(&text);
        let below = |folder: &str| -> Vec<String> {
            let is = |branch: &&&str| heads.iter().any(|(name, _)| name.strip_prefix(folder) == Some(**branch));
            branches.iter().filter(is).map(|branch| (*branch).to_owned()).collect()
        };
        Ok(RemoteBranches { default: default_of(&text), there: below("refs/heads/"), tags: below("refs/tags/") })
    }

    /// Brings branches of another repository up to date here, as `refs/remotes/upstream/<branch>`.
    ///
    /// # Errors
    /// Git is not installed, or it cannot fetch; its own words are in the error.
    pub fn fetch_upstream(&self, from: &str, branches: &[&str], shown: Credential<'_>) -> Result<(), GitError> {
        let mut command = self.git_for(from, shown)?;
        command
            // Tags of upstream would start its release workflows in the fork once pushed.
            .args(["fetch", "--quiet", "--no-tags", "--end-of-options", from])
            .args(branches.iter().map(|branch| format!("+refs/heads/{branch}:refs/remotes/upstream/{branch}")));
        self.fetch(command)
    }

    /// Brings the tags of another repository up to date here, below [`UPSTREAM_TAGS`]: among the clone's own tags they would be pushed
    /// with these.
    ///
    /// # Errors
    /// Git is not installed, or it cannot fetch; its own words are in the error.
    pub fn fetch_upstream_tags(&self, from: &str, shown: Credential<'_>) -> Result<(), GitError> {
        let mut command = self.git_for(from, shown)?;
        command.args(["fetch", "--quiet", "--no-tags", "--prune", "--no-write-fetch-head", "--end-of-options", from]);
        command.arg(format!("+refs/tags/*:{UPSTREAM_TAGS}*"));
        self.fetch(command)
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
    ///
    /// # Errors
    /// The token would go over the network for all to read.
    fn git_for(&self, from: &str, shown: Credential<'_>) -> Result<Command, GitError> {
        let mut command = match shown {
            Credential::Token(token) => {
                let url = self.url_of(from);
                if is_readable_by_others(&url) {
                    let message = format!("a token is shown over https alone, and this is {}", short(&url, 200));
                    return Err(GitError::Command { operation: "fetch", message });
                }
                Hosted::new(&url, Some(token.clone())).git()
            }
            Credential::Own => return Ok(self.own_git()),
            Credential::Nothing => {
                let mut command = Hosted::new(&self.url_of(from), None).git();
                // Where git and curl look for settings, helpers and passwords of a user there are none.
                command.env("HOME", self.git_dir()).env_remove("XDG_CONFIG_HOME").env_remove("SSH_AUTH_SOCK");
                command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
                command
            }
        };
        self.set_place(&mut command);
        Ok(command)
    }

    /// Git in this repository, with all that the user or the machine has set up for it.
    pub(super) fn own_git(&self) -> Command {
        let mut command = Command::new("git");
        self.set_place(&mut command);
        command
    }

    /// A remote may be named by a path, which git takes from where it runs.
    fn set_place(&self, command: &mut Command) {
        command.arg("--git-dir").arg(self.git_dir()).current_dir(self.work_tree().unwrap_or(self.git_dir()));
    }
}

/// Whether what is sent to an address can be read on the way: `http`, but to this machine. By other ways git sends no header at all.
fn is_readable_by_others(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let name = if host.starts_with('[') { host.split_inclusive(']').next() } else { host.split(':').next() };
    scheme.eq_ignore_ascii_case("http") && !matches!(name, Some("127.0.0.1" | "[::1]" | "localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_sent_where_nobody_reads_it_on_the_way() {
        for url in
            ["http://git.example.org/a/b.git", "HTTP://127.0.0.1.example.org/x", "http://127.0.0.1@example.org/x"]
        {
            assert!(is_readable_by_others(url), "{url}");
        }
        for url in
            ["https://git.example.org/a/b.git", "http://127.0.0.1:4001/a", "http://[::1]:80/a", "git@host:a/b", "/a/b"]
        {
            assert!(!is_readable_by_others(url), "{url}");
        }
    }
}

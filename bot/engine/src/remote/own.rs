//! The clone's own remote, spoken to as the person who works in the clone would: with their name, their settings and their credentials.

use super::command::run;
use crate::Repo;
use crate::commit::{Signature, When};
use crate::error::GitError;
use crate::ids::CommitId;

/// A branch of a remote that is to be at a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchPush {
    /// Its short name.
    pub branch: String,
    pub to: CommitId,
    /// Where it must be for that; `None`: not there.
    pub from: Option<CommitId>,
}

impl Repo {
    /// Who commits in this clone, and when that is, as git has it: by its settings, or as the environment says.
    ///
    /// # Errors
    /// Git knows no name or address; its own words, which say how to tell it, are in the error.
    pub fn committer(&self) -> Result<Signature, GitError> {
        let operation = "var GIT_COMMITTER_IDENT";
        let mut command = self.own_git();
        command.args(["var", "GIT_COMMITTER_IDENT"]);
        let text = run(command, operation)?;
        read(text.trim())
            .ok_or_else(|| GitError::Command { operation, message: format!("cannot read '{}'", text.trim()) })
    }

    /// Brings branches of a remote up to date here, as `refs/remotes/<remote>/…`; those that are gone there go. A `*` in a name means
    /// any.
    ///
    /// # Errors
    /// A name without `*` is not there, or git cannot reach the remote; its own words are in the error.
    pub fn fetch_own(&self, remote: &str, branches: &[&str]) -> Result<(), GitError> {
        let mut command = self.own_git();
        command.args(["fetch", "--quiet", "--no-tags", "--prune", "--end-of-options", remote]);
        command.args(branches.iter().map(|branch| format!("+refs/heads/{branch}:refs/remotes/{remote}/{branch}")));
        run(command, "fetch").map(drop)
    }

    /// Moves branches of a remote, all of them or none, each only if it is where it is expected to be.
    ///
    /// # Errors
    /// [`GitError::RefMoved`] where one is elsewhere; the remote refuses, or cannot be reached; git's own words are in the error.
    pub fn push_own(&self, remote: &str, branches: &[BranchPush]) -> Result<(), GitError> {
        let mut command = self.own_git();
        command.args(["push", "--quiet", "--atomic", "--no-follow-tags", "--porcelain"]);
        for BranchPush { branch, from, .. } in branches {
            let from = from.map(|from| from.to_string()).unwrap_or_default();
            command.arg(format!("--force-with-lease=refs/heads/{branch}:{from}"));
        }
        command.args(["--end-of-options", remote]);
        command.args(branches.iter().map(|push| format!("{}:refs/heads/{}", push.to, push.branch)));
        match run(command, "push") {
            Err(GitError::Command { message, .. }) if message.contains("(stale info)") => {
                Err(GitError::RefMoved { name: format!("a branch of {remote}") })
            }
            result => result.map(drop),
        }
    }
}

/// `Name <address> seconds +hhmm`.
fn read(text: &str) -> Option<Signature> {
    let (who, when) = text.rsplit_once("> ")?;
    let (name, email) = who.rsplit_once('<')?;
    let (seconds, zone) = when.split_once(' ')?;
    let zone: i32 = zone.parse().ok()?;
    let offset = zone / 100 * 60 + zone % 100;
    let when = When { seconds: seconds.parse().ok()?, offset };
    Some(Signature { name: name.trim().to_owned(), email: email.to_owned(), when })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_git_says_it() {
        let read = read("Cleo <B> <cleo@example.org> 1760000000 -0330").expect("read");
        assert_eq!((read.name.as_str(), read.email.as_str()), ("Cleo <B>", "cleo@example.org"));
        assert_eq!((read.when.seconds, read.when.offset), (1_760_000_000, -210));
    }
}

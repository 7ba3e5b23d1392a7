//! Repositories elsewhere: what they have without a clone of them, and what crosses the network, by the system's git.

mod clone;
mod command;
mod hosted;
mod own;
#[cfg(test)]
pub(crate) mod test_git;
mod upstream;

use std::process::Command;

pub use command::trust;
pub use hosted::Hosted;
pub use own::BranchPush;
pub use upstream::{Credential, RemoteBranches, UPSTREAM_TAGS};

use crate::error::GitError;
use crate::ids::CommitId;
use command::run;

/// The commit that a tag or else a branch stands at in the repository at `url`; `None` where it has neither.
///
/// # Errors
/// Git is not installed, or cannot reach the repository; its own words are in the error.
pub fn remote_commit(url: &str, name: &str) -> Result<Option<CommitId>, GitError> {
    // A tag with a message is an object of its own; `^{}` is the commit it names.
    let names = [format!("refs/tags/{name}^{{}}"), format!("refs/tags/{name}"), format!("refs/heads/{name}")];
    let mut command = Command::new("git");
    command.args(["ls-remote", "--quiet", "--end-of-options", url]).args(&names);
    let there = listed(&run(command, "ls-remote")?);
    Ok(names.iter().find_map(|wanted| there.iter().find(|(name, _)| name == wanted).map(|(_, id)| *id)))
}

/// The branch that `git ls-remote --symref` says `HEAD` is.
fn default_of(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("ref: refs/heads/"))?;
    Some(line.strip_suffix("\tHEAD")?.to_owned())
}

/// The references that `git ls-remote` lists.
pub(super) fn listed(text: &str) -> Vec<(String, CommitId)> {
    let line = |line: &str| {
        let (id, name) = line.split_once('\t')?;
        Some((name.to_owned(), id.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

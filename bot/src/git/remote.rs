//! What a repository elsewhere has, without a clone of it.

use std::process::{Command, Stdio};

use super::error::GitError;
use crate::ids::CommitId;

/// The commit that a tag or else a branch stands at in the repository at `url`; `None` where it has neither.
///
/// # Errors
/// Git is not installed, or cannot reach the repository; its own words are in the error.
pub fn remote_commit(url: &str, name: &str) -> Result<Option<CommitId>, GitError> {
    let failed = |message: String| GitError::Command { operation: "ls-remote", message };
    // A tag with a message is an object of its own; `^{}` is the commit it names.
    let names = [format!("refs/tags/{name}^{{}}"), format!("refs/tags/{name}"), format!("refs/heads/{name}")];
    let output = Command::new("git")
        .args(["ls-remote", "--quiet", "--end-of-options", url])
        .args(&names)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(format!("git could not be started: {error}")))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    let found = |wanted: &String| {
        let line = listed.lines().find(|line| line.split('\t').nth(1) == Some(wanted.as_str()))?;
        line.split('\t').next()?.parse().ok()
    };
    Ok(names.iter().find_map(found))
}

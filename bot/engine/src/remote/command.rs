//! The system's git, for what crosses the network: libgit2 without OpenSSL speaks no HTTPS, and people's own credentials and
//! proxies are set up for git.

use std::process::{Command, Stdio};

use crate::Repo;
use crate::error::GitError;

impl Repo {
    /// Where a remote is; what names none is where it is itself.
    pub(super) fn url_of(&self, name: &str) -> String {
        let remote = self.inner.find_remote(name).ok();
        remote.and_then(|remote| remote.url().ok().map(str::to_owned)).unwrap_or_else(|| name.to_owned())
    }

    /// `owner/name` of a remote on GitHub; `None` where there is no such remote, or it is elsewhere.
    #[must_use]
    pub fn github_name(&self, remote: &str) -> Option<String> {
        let found = self.inner.find_remote(remote).ok()?;
        // `url.….insteadOf` may lead from GitHub to a mirror of it, and from a short form to GitHub: either names it.
        let written = self.inner.config().ok()?.get_string(&format!("remote.{remote}.url")).ok();
        written.as_deref().and_then(on_github).or_else(|| on_github(found.url().ok()?))
    }

    /// Whether the repository has a remote of this name.
    #[must_use]
    pub fn has_remote(&self, name: &str) -> bool {
        self.inner.find_remote(name).is_ok()
    }
}

/// `owner/name` of an address on GitHub.
fn on_github(url: &str) -> Option<String> {
    let (_, path) = url.split_once("github.com")?;
    let name = path.trim_start_matches([':', '/']).trim_end_matches('/').trim_end_matches(".git");
    (name.split('/').count() == 2).then(|| name.to_owned())
}

/// Runs git, which asks nobody anything, and returns what it prints; the error has both of its outputs, since `push` says on the
/// one what it was refused and on the other why.
pub(super) fn run(mut command: Command, operation: &'static str) -> Result<String, GitError> {
    let failed = |message: String| GitError::Command { operation, message };
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").stdin(Stdio::null());
    let output = command.output().map_err(|error| failed(format!("git could not be started: {error}")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let all = [text(&output.stderr), text(&output.stdout)];
    Err(failed(all.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")))
}

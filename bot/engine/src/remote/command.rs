//! The system's git, for what crosses the network: libgit2 without OpenSSL speaks no HTTPS, and people's own credentials and
//! proxies are set up for git.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use crate::Repo;
use crate::error::GitError;

/// Where a clone of ours has how many bytes it may take, in its own configuration.
pub(super) const LARGEST: &str = "uptake.largest";

/// How often it is looked at how much a fetch has brought.
const LOOK: Duration = Duration::from_millis(100);

impl Repo {
    /// Where a remote is; what names none is where it is itself.
    pub(super) fn url_of(&self, name: &str) -> String {
        let remote = self.inner.find_remote(name).ok();
        remote.and_then(|remote| remote.url().ok().map(str::to_owned)).unwrap_or_else(|| name.to_owned())
    }

    /// `owner/name` of a remote on this server (`https://github.com`); `None` where there is no such remote, or it is elsewhere.
    #[must_use]
    pub fn name_on(&self, server: &str, remote: &str) -> Option<String> {
        let found = self.inner.find_remote(remote).ok()?;
        // `url.….insteadOf` may lead from GitHub to a mirror of it, and from a short form to GitHub: either names it.
        let written = self.inner.config().ok()?.get_string(&format!("remote.{remote}.url")).ok();
        let host = host_and_path(server)?.0;
        let on = |url: &str| {
            let (there, path) = host_and_path(url)?;
            let name = path.trim_end_matches('/').trim_end_matches(".git");
            // A server in a folder of its host, as those that are played have it.
            let name = name.rsplitn(3, '/').take(2).collect::<Vec<_>>();
            let [name, owner] = name[..] else { return None };
            (there == host && !owner.is_empty() && !name.is_empty()).then(|| format!("{owner}/{name}"))
        };
        written.as_deref().and_then(on).or_else(|| on(found.url().ok()?))
    }

    /// The server that a remote is on, as `https://HOST`; `None` where there is no such remote, or it is a folder. Where it names no port of
    /// pages and is on the host of `near`, whose pages are known, it is there.
    #[must_use]
    pub fn server_of(&self, remote: &str, near: &str) -> Option<String> {
        let found = self.inner.find_remote(remote).ok()?;
        server_of_url(found.url().ok()?, near)
    }

    /// Fetches, with git as it is given here. Of a clone with a limit the objects are watched meanwhile: what would be more is not brought.
    pub(super) fn fetch(&self, command: Command) -> Result<(), GitError> {
        let most = self.inner.config().and_then(|config| config.get_i64(LARGEST)).ok();
        let Some(most) = most.and_then(|most| u64::try_from(most).ok()) else { return run(command, "fetch").map(drop) };
        let objects = self.git_dir().join("objects");
        let fits = || size(&objects) <= most;
        let too_large = || GitError::TooLarge { path: self.path().to_path_buf(), most };
        if !fits() {
            return Err(too_large());
        }
        let output = watched(command, &fits).map_err(|error| not_started(&error, "fetch"))?;
        let Some(output) = output else {
            // What a fetch leaves half done is no object, and nobody else fetches here.
            remove_half_done(&objects.join("pack"));
            return Err(too_large());
        };
        printed(&output, "fetch")?;
        if fits() { Ok(()) } else { Err(too_large()) }
    }

    /// Whether the repository has a remote of this name.
    #[must_use]
    pub fn has_remote(&self, name: &str) -> bool {
        self.inner.find_remote(name).is_ok()
    }
}

/// The server of a repository's address. A port that a page's address names is the server's; that of SSH is none of pages.
fn server_of_url(url: &str, near: &str) -> Option<String> {
    let (host, _) = host_and_path(url)?;
    if let Some((scheme @ ("https" | "http"), rest)) = url.split_once("://") {
        let authority = rest.split('/').next().unwrap_or(rest);
        let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        if let Some(port) = port.filter(|port| ![80, 443].contains(port)) {
            return Some(format!("{scheme}://{host}:{port}"));
        }
    }
    let beside = host_and_path(near).is_some_and(|(there, _)| there == host);
    Some(if beside { near.to_owned() } else { format!("https://{host}") })
}

/// The host of an address, in lower case, without a port and a user, and the path there.
fn host_and_path(url: &str) -> Option<(String, &str)> {
    let (host, path) = match url.split_once("://") {
        Some(("https" | "http" | "ssh" | "git" | "git+ssh", rest)) => rest.split_once('/').unwrap_or((rest, "")),
        Some(_) => return None,
        // As scp has it: a colon before any slash.
        None => url.split_once(':').filter(|(host, _)| !host.is_empty() && !host.contains(['/', '\\']))?,
    };
    let host = host.rsplit('@').next().unwrap_or(host);
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or(host, |(host, _)| host);
    // One letter is a drive.
    (host.len() > 1).then(|| (host.trim_start_matches("www.").to_ascii_lowercase(), path.trim_start_matches('/')))
}

/// Runs git, which asks nobody anything, and returns what it prints; the error has both of its outputs, since `push` says on the
/// one what it was refused and on the other why.
pub(super) fn run(mut command: Command, operation: &'static str) -> Result<String, GitError> {
    let output = asks_nobody(&mut command).output().map_err(|error| not_started(&error, operation))?;
    printed(&output, operation)
}

/// The certificates that git is to trust, where the program was given some.
static TRUSTED: OnceLock<PathBuf> = OnceLock::new();

/// Has git trust the certificates of a file, as the rest of the program does; once, before git is first run.
pub fn trust(certificates: PathBuf) {
    let _first = TRUSTED.set(certificates);
}

fn asks_nobody(command: &mut Command) -> &mut Command {
    if let Some(certificates) = TRUSTED.get() {
        command.env("GIT_SSL_CAINFO", certificates);
    }
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").stdin(Stdio::null())
}

fn not_started(error: &io::Error, operation: &'static str) -> GitError {
    GitError::Command { operation, message: format!("git could not be started: {error}") }
}

/// What git printed, where it did what it was to do.
fn printed(output: &Output, operation: &'static str) -> Result<String, GitError> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let all = [text(&output.stderr), text(&output.stdout)];
    let message = all.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
    Err(GitError::Command { operation, message })
}

/// Runs git as long as all fits; `None`: it did not any more, and git was ended.
fn watched(mut command: Command, fits: &dyn Fn() -> bool) -> io::Result<Option<Output>> {
    fn listen(from: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
        thread::spawn(move || {
            let mut text = Vec::new();
            let _partly = from.map(|mut from| from.read_to_end(&mut text));
            text
        })
    }
    let mut child = asks_nobody(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (listen(child.stdout.take()), listen(child.stderr.take()));
    let status: Option<ExitStatus> = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if !fits() {
            child.kill()?;
            child.wait()?;
            break None;
        }
        thread::sleep(LOOK);
    };
    // What it started ends once nobody reads what it writes.
    let [stdout, stderr] = [stdout, stderr].map(|listener| listener.join().unwrap_or_default());
    Ok(status.map(|status| Output { status, stdout, stderr }))
}

/// How many bytes the files in a folder of objects take.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => size(&entry.path()),
            Ok(about) => about.len(),
            // It went while we looked.
            Err(_) => 0,
        })
        .sum()
}

fn remove_half_done(packs: &Path) {
    for entry in fs::read_dir(packs).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("tmp_") {
            let _gone = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_keeps_its_port() {
        let found = |url| server_of_url(url, "https://git.acme.example:8443");
        for (url, server) in [
            ("https://git.acme.example:8443/o/f.git", "https://git.acme.example:8443"),
            ("http://x:secret@127.0.0.1:3000/o/f.git", "http://127.0.0.1:3000"),
            ("ssh://git@git.acme.example:2222/o/f.git", "https://git.acme.example:8443"),
            ("git@git.acme.example:o/f.git", "https://git.acme.example:8443"),
            ("git@github.com:o/f.git", "https://github.com"),
            ("ssh://git@git.other.example:2222/o/f.git", "https://git.other.example"),
            ("https://github.com:443/o/f.git", "https://github.com"),
            ("http://www.github.com/o/f.git", "https://github.com"),
        ] {
            assert_eq!(found(url).as_deref(), Some(server), "{url}");
        }
        assert_eq!(found("../upstream.git"), None);
    }
}

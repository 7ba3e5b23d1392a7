//! GitHub: pull requests, issues, comments, labels, statuses and runs by its API, branches by git over HTTPS.
//!
//! ```text
//! pulls, issues, checks   the traits' calls, on values
//! branches                fetched into a repository of our own for the run, and pushed from it
//! client                  tokens, pace, limits, repeats, pages
//! transport               one request, one answer
//! ```
//!
//! Nothing can be written but to the fork: a write is refused before it is sent, until [`GitHub::writing`] has looked that the
//! repository is not upstream, and the client makes every path itself, below that repository.

mod ahead;
mod asks;
mod auth;
mod branches;
mod checks;
mod client;
mod clock;
mod deliveries;
mod error;
mod fleet;
mod issues;
mod model;
mod name;
mod pulls;
mod refusal;
mod responses;
mod run_model;
mod setup;
mod stacks;
mod throttle;
mod tokens;
mod transport;
mod waits;

use std::cell::{Cell, OnceCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use http::Uri;

pub use auth::{Credentials, Purpose};
pub use client::OnWait;
pub use clock::{Clock, SystemClock};
pub use deliveries::redeliver;
pub use error::GitHubError;
pub use fleet::{FleetNotice, Installations, Installed, installations};
pub use name::{BadName, RepoName};
pub use transport::{API_VERSION, REQUEST_TIMEOUT};

use super::ForgeError;
use crate::hosts::server_of_api;
use auth::Auth;
use branches::Mirror;
use client::Client;
use engine::ids::CommitId;
use model::RepositoryModel;
use transport::Transport;

/// What is needed to speak to GitHub about a fork.
pub struct GitHubConfig {
    /// The fork.
    pub repo: RepoName,
    /// A clone of it, for the objects both have.
    pub clone: PathBuf,
    /// Where the API is: `https://api.github.com`, or `https://HOST/api/v3`.
    pub api: String,
    /// Where the repositories are; by default, what belongs to the API.
    pub server: Option<String>,
    /// Who we are.
    pub credentials: Credentials,
    /// What the run does; an App's token is good for no more.
    pub purpose: Purpose,
    /// The time of day.
    pub clock: Rc<dyn Clock>,
    /// A response of the API that takes longer is lost: [`REQUEST_TIMEOUT`].
    pub timeout: Duration,
    /// Probed of what the run waits for.
    pub on_wait: OnWait,
}

/// A fork on GitHub.
pub struct GitHub {
    client: Client,
    /// Where git finds the fork.
    url: String,
    clone: PathBuf,
    mirror: OnceCell<Mirror>,
    login: OnceCell<String>,
    has_issues: OnceCell<bool>,
    /// Where the branch of the ledger is, as this run saw or moved it last; forgotten when that turns out wrong.
    ledger: Cell<Option<Option<CommitId>>>,
}

impl GitHub {
    /// A fork to read. Nothing is sent yet.
    ///
    /// # Errors
    /// An address is none, or is not encrypted, or the machine trusts nobody.
    pub fn new(config: GitHubConfig) -> Result<Self, ForgeError> {
        let GitHubConfig { repo, clone, api, server, credentials, purpose, clock, timeout, on_wait } = config;
        let api = api.trim_end_matches('/').to_owned();
        let plain = is_plain(&api, "GITHUB_API_URL")?;
        let server = server.unwrap_or_else(|| server_of_api(&api));
        let server = server.trim_end_matches('/');
        is_plain(server, "GITHUB_SERVER_URL")?;
        let url = format!("{server}/{repo}.git");
        let client =
            Client::new(Transport::new(plain, timeout)?, Auth::new(credentials, purpose), repo, api, clock, on_wait);
        Ok(Self {
            client,
            url,
            clone,
            mirror: OnceCell::new(),
            login: OnceCell::new(),
            has_issues: OnceCell::new(),
            ledger: Cell::default(),
        })
    }

    /// Lets it be written to. `upstreams` are all the names upstream is known by: none of them is the fork's, nor do any lead to
    /// it.
    ///
    /// # Errors
    /// It is upstream, or is not there, or goes by another name now.
    pub fn writing(mut self, upstreams: &[RepoName]) -> Result<Self, ForgeError> {
        self.refuse_upstream(upstreams)?;
        self.client.writes = true;
        Ok(self)
    }

    /// That this is the fork and not upstream, under any of upstream's names.
    fn refuse_upstream(&self, upstreams: &[RepoName]) -> Result<(), GitHubError> {
        let fork = self.repo();
        if upstreams.contains(fork) {
            return Err(GitHubError::Upstream(fork.to_string()));
        }
        let missing = || GitHubError::Setup {
            what: format!("there is no repository {fork}, or the token may not see it"),
            advice: "fork.repository names the fork; an App must be installed on it".into(),
        };
        let all =
            [self.client.url("")].into_iter().chain(upstreams.iter().map(|upstream| self.client.url_of(upstream)));
        self.client.read_ahead(all.collect())?;
        let found: RepositoryModel = self.client.get("")?.ok_or_else(missing)?;
        let _known = self.has_issues.set(found.has_issues != Some(false));
        for upstream in upstreams {
            // A repository may have had another name; its number stays.
            if self.client.number_of(upstream)? == Some(found.id) {
                return Err(GitHubError::Upstream(fork.to_string()));
            }
        }
        Ok(())
    }

    /// The fork.
    #[must_use]
    pub const fn repo(&self) -> &RepoName {
        self.client.repo()
    }

    /// Where people see its pull requests.
    #[must_use]
    pub fn page(&self) -> String {
        format!("{}/pulls", self.url.trim_end_matches(".git"))
    }
}

/// Whether an address is one of this machine without encryption; any other must be encrypted, since tokens go there.
fn is_plain(address: &str, named: &str) -> Result<bool, GitHubError> {
    let wrong = |why: &str| GitHubError::Setup {
        what: format!("'{address}' is no address of a GitHub server: {why}"),
        advice: format!(
            "{named} is by default right for github.com; for GitHub Enterprise the API is at https://HOST/api/v3"
        ),
    };
    let uri: Uri = address.parse().map_err(|_| wrong("it is no URL"))?;
    if uri.query().is_some() || uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(wrong("it has more than a host and a path"));
    }
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => Ok(false),
        (Some("http"), Some("127.0.0.1" | "[::1]" | "localhost")) => Ok(true),
        (Some("http"), _) => Err(wrong("only https keeps a token secret")),
        _ => Err(wrong("it must begin with https://")),
    }
}

/// Percent-encodes one part of a path.
fn encoded(part: &str) -> String {
    let mut text = String::new();
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_nowhere_in_the_clear() {
        assert!(!is_plain("https://api.github.com", "X").expect("right"));
        assert!(!is_plain("https://git.example.org/api/v3", "X").expect("right"));
        assert!(is_plain("http://127.0.0.1:4001/api", "X").expect("right"));
        for address in [
            "http://github.example.org",
            "ftp://a",
            "api.github.com",
            "",
            "https://a@b.example.org",
            "https://a.org/?b",
        ] {
            assert!(is_plain(address, "X").is_err(), "{address}");
        }
    }

    #[test]
    fn a_part_of_a_path_stays_one() {
        assert_eq!(encoded("phase:a/b ?#ü"), "phase%3Aa%2Fb%20%3F%23%C3%BC");
    }
}

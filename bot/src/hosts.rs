//! The GitHub servers that a fork and its upstream are on, and the addresses of their pages.

/// GitHub, where nothing names another.
pub const GITHUB: &str = "https://github.com";

/// Its API.
const API: &str = "https://api.github.com";

/// GitHub under a name that leaves no backlink at what is linked.
const REDIRECT: &str = "https://redirect.github.com";

/// A server for each side; `None`: GitHub.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts {
    fork: Option<String>,
    upstream: Option<String>,
}

/// Both on GitHub.
static BOTH: Hosts = Hosts { fork: None, upstream: None };

impl Default for &Hosts {
    fn default() -> Self {
        &BOTH
    }
}

impl Hosts {
    /// Both sides by their servers: `https://github.example.com`.
    #[must_use]
    pub fn new(fork: &str, upstream: &str) -> Self {
        let named = |server: &str| {
            let server = server.trim_end_matches('/');
            (server != GITHUB && is_plain(server)).then(|| server.to_owned())
        };
        Self { fork: named(fork), upstream: named(upstream) }
    }

    /// The page of a repository on the fork's side.
    #[must_use]
    pub fn own(&self, repository: &str) -> String {
        format!("{}/{repository}", self.fork_server())
    }

    /// The page of a repository on upstream's side, under a name that leaves no trace there. An own server has no such name; there only what
    /// leaves none is linked: commits, files and comparisons.
    #[must_use]
    pub fn theirs(&self, repository: &str) -> String {
        format!("{}/{repository}", self.upstream.as_deref().unwrap_or(REDIRECT))
    }

    /// Where a repository on upstream's side is fetched from.
    #[must_use]
    pub fn fetched(&self, repository: &str) -> String {
        format!("{}/{repository}.git", self.upstream_server())
    }

    /// The server of the fork.
    #[must_use]
    pub fn fork_server(&self) -> &str {
        self.fork.as_deref().unwrap_or(GITHUB)
    }

    /// The server of upstream.
    #[must_use]
    pub fn upstream_server(&self) -> &str {
        self.upstream.as_deref().unwrap_or(GITHUB)
    }

    /// Whether upstream's pull requests and issues can be linked without a trace there.
    #[must_use]
    pub const fn links_issues(&self) -> bool {
        self.upstream.is_none()
    }
}

/// The server of a repository's page, `https://github.com/owner/name`; of a server that is given alone, itself.
#[must_use]
pub fn server_of_page(page: &str) -> &str {
    let mut before = page.rsplitn(3, '/').skip(2);
    before.next().filter(|server| !server.ends_with(':')).unwrap_or(page)
}

/// The server of the repositories of which an API tells.
#[must_use]
pub fn server_of_api(api: &str) -> String {
    match api.trim_end_matches('/') {
        API => GITHUB.to_owned(),
        other => match ghe_com(other).and_then(|host| host.strip_prefix("api.")) {
            Some(host) => format!("https://{host}"),
            None => other.trim_end_matches("/api/v3").to_owned(),
        },
    }
}

/// Where the API is that tells of a server's repositories.
#[must_use]
pub fn api_of(server: &str) -> String {
    match server.trim_end_matches('/') {
        GITHUB => API.to_owned(),
        other => match ghe_com(other) {
            Some(host) => format!("https://api.{host}"),
            None => format!("{other}/api/v3"),
        },
    }
}

/// The host of an address of GitHub Enterprise Cloud with data residency.
fn ghe_com(address: &str) -> Option<&str> {
    address.strip_prefix("https://").filter(|host| host.ends_with(".ghe.com") && !host.contains('/'))
}

/// Whether an address can stand in a link as it is.
fn is_plain(server: &str) -> bool {
    let rest = server.strip_prefix("https://").or_else(|| server.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_is_linked_where_it_is() {
        let both = Hosts::new("https://github.com/", GITHUB);
        assert_eq!(both, Hosts::default());
        assert_eq!(
            (both.own("o/f"), both.theirs("u/s")),
            ("https://github.com/o/f".into(), "https://redirect.github.com/u/s".into())
        );
        let own = Hosts::new("https://git.acme.example/", "https://git.acme.example");
        assert_eq!(
            (own.own("o/f"), own.theirs("u/s")),
            ("https://git.acme.example/o/f".into(), "https://git.acme.example/u/s".into())
        );
        assert_eq!(own.fetched("u/s"), "https://git.acme.example/u/s.git");
        assert!(both.links_issues() && !own.links_issues());
        assert_eq!(server_of_page("https://git.acme.example/o/f"), "https://git.acme.example");
        assert_eq!(server_of_page(GITHUB), GITHUB);
        // What could end a link or begin markup is no server.
        assert_eq!(Hosts::new("https://a)b", "javascript:x"), Hosts::default());
    }

    #[test]
    fn an_api_and_its_server_lead_to_each_other() {
        for (server, api) in [
            (GITHUB, API),
            ("https://acme.ghe.com", "https://api.acme.ghe.com"),
            ("https://git.acme.example", "https://git.acme.example/api/v3"),
        ] {
            assert_eq!((api_of(server).as_str(), server_of_api(api).as_str()), (api, server));
        }
        assert_eq!(server_of_api("https://git.acme.example/api/v3/"), "https://git.acme.example");
    }
}

//! The way to GitHub, as the environment and the configuration have it.

use std::path::PathBuf;
use std::rc::Rc;

use secrecy::SecretString;

use super::secrets::variable;
use super::{Failure, Invocation};
use crate::config::Config;
use crate::files;
use crate::forge::github::{
    Credentials, GitHub, GitHubConfig, Installations, Purpose, REQUEST_TIMEOUT, RepoName, SystemClock, installations,
    redeliver,
};
use crate::hosts::{GITHUB, api_of, server_of_api};
use engine::Repo;

/// The fork on GitHub, to look at.
pub(super) fn open_github(call: &Invocation, git: &Repo, config: &Config, purpose: Purpose) -> Result<GitHub, Failure> {
    let fork = match &call.guest {
        Some(guest) => guest.fork_of(config)?,
        None => fork(git, config)?,
    };
    connect(call, fork, purpose)
}

/// A repository on GitHub by its name, to look at.
pub(super) fn connect(call: &Invocation, repo: RepoName, purpose: Purpose) -> Result<GitHub, Failure> {
    let (quiet, colour) = (call.quiet, call.colour);
    let on_wait = move |text: &str| {
        if !quiet {
            super::term::say(text, colour);
        }
    };
    let config = GitHubConfig {
        repo,
        clone: call.context.repo.clone(),
        api: api(),
        server: variable("GITHUB_SERVER_URL"),
        credentials: credentials()?,
        purpose,
        clock: Rc::new(SystemClock),
        timeout: REQUEST_TIMEOUT,
        on_wait: Box::new(on_wait),
    };
    Ok(GitHub::new(config)?)
}

/// Every repository the App is installed on, with its file of this path.
pub(super) fn all_installations(call: &Invocation, path: &str) -> Result<Installations, Failure> {
    let (quiet, colour) = (call.quiet, call.colour);
    let on_wait = move |text: &str| {
        if !quiet {
            super::term::say(text, colour);
        }
    };
    Ok(installations(&api(), credentials()?, Rc::new(SystemClock), Box::new(on_wait), path)?)
}

/// Has GitHub send the App's webhooks once more that did not arrive and are `wanted`, by event and id; how many.
pub(super) fn redelivered(wanted: &dyn Fn(&str, &str) -> bool) -> Result<usize, Failure> {
    Ok(redeliver(&api(), credentials()?, Rc::new(SystemClock), Box::new(|_| {}), wanted)?)
}

/// The fork on GitHub, to write to.
pub(super) fn open_github_to_write(
    call: &Invocation,
    git: &Repo,
    config: &Config,
    purpose: Purpose,
) -> Result<GitHub, Failure> {
    let named = [config.upstream.repository.clone(), git.name_on(&server_or_usual(), "upstream")];
    let upstreams: Vec<RepoName> = named.into_iter().flatten().filter_map(|name| name.parse().ok()).collect();
    Ok(open_github(call, git, config, purpose)?.writing(&upstreams)?)
}

/// The GitHub that the environment names, where repositories are.
pub(super) fn server() -> Option<String> {
    let named = variable("GITHUB_SERVER_URL").or_else(|| variable("GITHUB_API_URL").map(|api| server_of_api(&api)));
    named.map(|server| server.trim_end_matches('/').to_owned())
}

/// The same, or GitHub where none is named.
pub(super) fn server_or_usual() -> String {
    server().unwrap_or_else(|| GITHUB.to_owned())
}

/// Where the API is: as the environment says, or where the named server has it.
pub(super) fn api() -> String {
    variable("GITHUB_API_URL").unwrap_or_else(|| api_of(&server_or_usual()))
}

/// What a private upstream is fetched with.
pub(super) fn upstream_token() -> Option<SecretString> {
    variable("UPTAKE_UPSTREAM_TOKEN").map(SecretString::from)
}

fn fork(git: &Repo, config: &Config) -> Result<RepoName, Failure> {
    let configured = config.fork.repository.clone();
    let name = configured
        .or_else(|| git.name_on(&server_or_usual(), "origin"))
        .or_else(|| variable("GITHUB_REPOSITORY"))
        // A server that stands between, such as one that mirrors GitHub: there the fork has the name that it has on GitHub.
        .or_else(|| git.name_on(GITHUB, "origin"));
    let Some(name) = name else {
        return Err(Failure::wrong(
            "nothing says which repository on GitHub is the fork".into(),
            Some(
                "name it as `fork.repository` in the configuration, OWNER/NAME, or have the remote origin point to it"
                    .into(),
            ),
        ));
    };
    name.parse().map_err(|error: crate::forge::github::BadName| Failure::wrong(error.to_string(), None))
}

/// Whether the environment says who this is to GitHub.
pub(super) fn knows_who() -> bool {
    ["UPTAKE_APP_ID", "UPTAKE_TOKEN", "GITHUB_TOKEN"].iter().any(|name| variable(name).is_some())
}

/// The private SSH key that commits are signed with, where one is given.
pub(super) fn signing_key() -> Result<Option<SecretString>, Failure> {
    private_key(["UPTAKE_SIGNING_KEY", "UPTAKE_SIGNING_KEY_FILE"], "a private SSH key")
}

/// A key from the environment: its text, or else the path of its file.
fn private_key([text, file]: [&str; 2], what: &str) -> Result<Option<SecretString>, Failure> {
    let path = match (variable(text), variable(file).map(PathBuf::from)) {
        (Some(key), _) => return Ok(Some(key.into())),
        (None, Some(path)) => path,
        (None, None) => return Ok(None),
    };
    let key = std::fs::read_to_string(&path).map_err(|error| {
        let message = format!("cannot read {}: {}", path.display(), files::reason(&error));
        Failure::wrong(message, Some(format!("{file} names {what}")))
    })?;
    Ok(Some(key.into()))
}

fn credentials() -> Result<Credentials, Failure> {
    if let Some(id) = variable("UPTAKE_APP_ID") {
        let key = private_key(["UPTAKE_APP_KEY", "UPTAKE_APP_KEY_FILE"], "the App's private key, a .pem file")?;
        let key = key.ok_or_else(|| {
            Failure::wrong(
                "UPTAKE_APP_ID is set, and there is no private key to it".into(),
                Some("UPTAKE_APP_KEY holds the text of the .pem file, or UPTAKE_APP_KEY_FILE names it".into()),
            )
        })?;
        return Ok(Credentials::App { id, key });
    }
    let token = variable("UPTAKE_TOKEN").or_else(|| variable("GITHUB_TOKEN"));
    token.map(|token| Credentials::Token(token.into())).ok_or_else(|| {
        Failure::wrong(
            "nothing says who this is to GitHub".into(),
            Some(
                "for an App: UPTAKE_APP_ID, and UPTAKE_APP_KEY or UPTAKE_APP_KEY_FILE; for a trial: UPTAKE_TOKEN or GITHUB_TOKEN"
                    .into(),
            ),
        )
    })
}

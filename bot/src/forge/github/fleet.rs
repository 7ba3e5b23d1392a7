//! The repositories an App is installed on, for a host that runs for all of them. Only reads.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::auth::{Auth, Minted};
use super::client::{Call, Client, OnWait};
use super::error::GitHubError;
use super::transport::Transport;
use super::{Clock, Credentials, Purpose, REQUEST_TIMEOUT, RepoName, encoded, is_plain};
use crate::forge::ForgeError;

/// A repository the App is installed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Its name.
    pub repository: RepoName,
    /// Whether not everybody may see it.
    pub private: bool,
    /// The file that was asked about, as it is on the default branch; `None` where it is not there.
    pub file: Option<Vec<u8>>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installations {
    /// By name. Those that are archived or disabled are not among them.
    pub repositories: Vec<Installed>,
    /// What could not be looked at and why; the rest could.
    pub notices: Vec<FleetNotice>,
}

/// What could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetNotice {
    /// The repository, where it is one that not everybody may see: its name is for no public log.
    pub private: Option<RepoName>,
    /// What and why, in words.
    pub text: String,
}

impl FleetNotice {
    fn open(text: String) -> Self {
        Self { private: None, text }
    }
}

#[derive(Deserialize)]
struct InstallationModel {
    id: u64,
    account: Option<AccountModel>,
    suspended_at: Option<String>,
}

#[derive(Deserialize)]
struct AccountModel {
    /// An enterprise has a `slug` instead.
    #[serde(default)]
    login: String,
}

#[derive(Deserialize)]
struct InstalledModel {
    full_name: String,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    disabled: bool,
}

#[derive(Deserialize)]
struct FileModel {
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    content: String,
}

/// Looks at every repository the App is installed on, and at one file of each. `api`: as for [`super::GitHubConfig`]; `on_wait` is called with what is waited for.
///
/// # Errors
/// These are no credentials of an App, or the list of its installations cannot be read.
pub fn installations(
    api: &str,
    credentials: Credentials,
    clock: Rc<dyn Clock>,
    on_wait: OnWait,
    path: &str,
) -> Result<Installations, ForgeError> {
    let client = as_app(api, credentials, clock, on_wait)?;
    let url = format!("{}/app/installations", client.api);
    let all: Vec<InstallationModel> = client.list_at(&url, None, None)?.ok_or_else(|| no_list(&url))?;
    let mut found = Installations::default();
    for installation in all {
        let whose = installation.account.as_ref().map_or("", |account| account.login.as_str());
        if installation.suspended_at.is_some() {
            found.notices.push(FleetNotice::open(format!("the installation of {whose} is suspended")));
            continue;
        }
        if let Err(error) = read_installation(&client, &installation, path, &mut found) {
            let text = format!("the installation of {whose} could not be looked at: {error}");
            found.notices.push(FleetNotice::open(text));
        }
    }
    found.repositories.sort_by_key(|installed| installed.repository.to_string().to_lowercase());
    // A page may come twice where something was installed while it was read.
    found.repositories.dedup_by(|a, b| a.repository == b.repository);
    Ok(found)
}

/// Speaks for the App itself, of no repository.
///
/// # Errors
/// These are no credentials of an App, or the address of the API is not right.
pub(super) fn as_app(
    api: &str,
    credentials: Credentials,
    clock: Rc<dyn Clock>,
    on_wait: OnWait,
) -> Result<Client, ForgeError> {
    let api = api.trim_end_matches('/').to_owned();
    let plain = is_plain(&api, "GITHUB_API_URL")?;
    // No one repository is spoken of: every address is written whole.
    let nowhere = "every/repository".parse().map_err(|error: super::BadName| GitHubError::Setup {
        what: error.to_string(),
        advice: "this is a fault of the program".into(),
    })?;
    let auth = Auth::new(credentials, Purpose::Read);
    let client = Client::new(Transport::new(plain, REQUEST_TIMEOUT)?, auth, nowhere, api, clock, on_wait);
    if !client.auth.is_app() {
        return Err(GitHubError::Setup {
            what: "only an App has installations, and these are the credentials of somebody".into(),
            advice: "UPTAKE_APP_ID and UPTAKE_APP_KEY hold the App's id and private key".into(),
        }
        .into());
    }
    Ok(client)
}

/// There is no such list: an App that nobody installed has an empty one.
fn no_list(url: &str) -> GitHubError {
    GitHubError::Setup {
        what: format!("there is nothing at {url}"),
        advice: "GITHUB_API_URL, or GITHUB_SERVER_URL, leads to no API of GitHub: on an Enterprise server it is at https://HOST/api/v3".into(),
    }
}

fn read_installation(
    client: &Client,
    of: &InstallationModel,
    path: &str,
    found: &mut Installations,
) -> Result<(), GitHubError> {
    client.auth.forget();
    use_installation(client, of.id)?;
    let url = format!("{}/installation/repositories", client.api);
    let all: Vec<InstalledModel> =
        client.list_at(&url, Some(client.scope()), Some("repositories"))?.ok_or_else(|| no_list(&url))?;
    let path: Vec<String> = path.split('/').map(encoded).collect();
    let path = path.join("/");
    for repository in all.into_iter().filter(|repository| !repository.archived && !repository.disabled) {
        let Ok(name) = repository.full_name.parse::<RepoName>() else { continue };
        use_installation(client, of.id)?;
        match client.get_elsewhere::<FileModel>(&format!("/repos/{name}/contents/{path}")) {
            Ok(file) => {
                let file = file.and_then(FileModel::bytes);
                found.repositories.push(Installed { repository: name, private: repository.private, file });
            }
            Err(error) => {
                let text = format!("{name} could not be looked at: {error}");
                found.notices.push(FleetNotice { private: repository.private.then_some(name), text });
            }
        }
    }
    Ok(())
}

impl FileModel {
    /// `None` where it is a folder, or too large to be what is looked for.
    fn bytes(self) -> Option<Vec<u8>> {
        let text: String = self.content.split_whitespace().collect();
        (self.encoding == "base64").then(|| STANDARD.decode(text).ok()).flatten()
    }
}

/// Sees to it that the token held is one of this installation, good for looking at files alone.
fn use_installation(client: &Client, id: u64) -> Result<(), GitHubError> {
    let scope = client.scope();
    if client.auth.held(scope, client.now()).is_some() {
        return Ok(());
    }
    let url = format!("{}/app/installations/{id}/access_tokens", client.api);
    let body = json!({ "permissions": { "contents": "read", "metadata": "read" } });
    let call = Call { method: Method::POST, url: &url, body: Some(&body), scope: None, repeat: true };
    let answer = client.call(&call)?;
    if answer.status >= 300 {
        return Err(GitHubError::refused(call.name(&client.api), &answer));
    }
    let minted: Minted = client.decode(&call, &answer)?;
    client.auth.keep(scope, minted, client.now());
    Ok(())
}

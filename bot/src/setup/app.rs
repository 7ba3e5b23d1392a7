//! The GitHub App a fork's runs act as, as GitHub is told of it: <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>.

use serde_json::{Map, Value, json};

use crate::hosts::GITHUB;

/// The longest name GitHub takes for an App.
pub const NAME_LIMIT: usize = 34;

/// Something the App may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppPermission {
    /// GitHub's name for it.
    pub name: &'static str,
    /// `read` or `write`.
    pub level: &'static str,
    /// What a run does with it.
    pub why: &'static str,
}

/// Everything the App may do, and no more. It asks for `workflows` only where its owner says so.
pub const PERMISSIONS: &[AppPermission] = &[
    AppPermission { name: "metadata", level: "read", why: "see the repository, and who may write to it" },
    AppPermission { name: "contents", level: "write", why: "push the branches under uptake/" },
    AppPermission { name: "pull_requests", level: "write", why: "open and edit the phases' pull requests" },
    AppPermission { name: "issues", level: "write", why: "make labels, edit the dashboard, answer comments" },
    AppPermission { name: "actions", level: "write", why: "start the test matrix and read what came of it" },
    AppPermission { name: "statuses", level: "write", why: "say on a pull request what the tests said" },
    AppPermission { name: "workflows", level: "write", why: "push changes to .github/workflows that were let in" },
];

/// What GitHub tells a server of (`uptake serve`): what a run is for. Nothing else is asked for, since each costs a delivery.
pub const EVENTS: [&str; 5] = ["issue_comment", "issues", "pull_request", "push", "workflow_run"];

/// An App about to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The fork, `owner/name`.
    pub fork: String,
    /// The GitHub that it is on: `https://github.com`.
    pub server: String,
    /// Whether its owner is an organisation.
    pub organization: bool,
    /// What the App is called; no two on GitHub have one name.
    pub name: String,
    /// Whether upstream's changes to workflow files may be pushed.
    pub workflows: bool,
    /// Where GitHub is to report [`EVENTS`]: the address of a server; `None` where workflows of the fork start the runs.
    pub webhook: Option<String>,
    /// Where GitHub sends whoever registered it, if anywhere.
    pub redirect: Option<String>,
}

impl App {
    /// The App for a fork, under a name made from its owner's.
    #[must_use]
    pub fn of(fork: &str) -> Self {
        let owner = fork.split('/').next().unwrap_or(fork);
        let name = format!("uptake-{owner}").chars().take(NAME_LIMIT).collect();
        let (fork, server) = (fork.to_owned(), GITHUB.to_owned());
        Self { fork, server, organization: false, name, workflows: false, webhook: None, redirect: None }
    }

    /// What it may do.
    pub fn permissions(&self) -> impl Iterator<Item = &'static AppPermission> {
        PERMISSIONS.iter().filter(|permission| self.workflows || permission.name != "workflows")
    }

    /// What GitHub reports.
    #[must_use]
    pub const fn events(&self) -> &'static [&'static str] {
        if self.webhook.is_some() { &EVENTS } else { &[] }
    }

    /// What GitHub sends, and where to, in a sentence.
    #[must_use]
    pub fn told_events(&self) -> String {
        match &self.webhook {
            Some(address) => format!("GitHub tells {address} of these events: {}.", EVENTS.join(", ")),
            None => "It gets no events: a workflow of the fork starts its runs.".to_owned(),
        }
    }

    /// What GitHub gets.
    #[must_use]
    pub fn manifest(&self) -> Value {
        let permissions: Map<String, Value> =
            self.permissions().map(|permission| (permission.name.to_owned(), json!(permission.level))).collect();
        let url = format!("{}/{}", self.server, self.fork);
        let mut manifest = json!({
            "name": self.name,
            "url": url,
            "description": "Takes upstream commits into this fork, in reviewed phases.",
            "public": false,
            "default_permissions": permissions,
            "default_events": self.events(),
            // Without a server workflows of the fork start the runs, so GitHub need not call anybody.
            "hook_attributes": { "url": self.webhook.as_ref().unwrap_or(&url), "active": self.webhook.is_some() },
        });
        if let (Some(redirect), Some(fields)) = (&self.redirect, manifest.as_object_mut()) {
            fields.insert("redirect_url".into(), json!(redirect));
        }
        manifest
    }

    /// Where the manifest is sent. `state` comes back with GitHub's answer and tells it from anybody else's.
    #[must_use]
    pub fn address(&self, state: &str) -> String {
        let owner = self.fork.split('/').next().unwrap_or_default();
        let path = if self.organization { format!("organizations/{owner}/settings") } else { "settings".to_owned() };
        format!("{}/{path}/apps/new?state={state}", self.server)
    }

    /// The page whose one button registers the App.
    #[must_use]
    pub fn page(&self, state: &str) -> String {
        super::page::page(self, state)
    }
}

/// The code in the address GitHub sends its user back to, `…?code=CODE&state=STATE`, if the state is ours. It is given out as it
/// is only where it is a plain word, since people paste it.
#[must_use]
pub fn code_in(query: &str, state: &str) -> Option<String> {
    let value = |name: &str| query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name);
    let (_, code) = value("code")?;
    let (_, theirs) = value("state")?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    (theirs == state && !code.is_empty() && code.len() <= 200 && code.chars().all(plain)).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_asks_for_what_a_run_needs_and_no_more() {
        let mut app = App { redirect: Some("http://127.0.0.1:4000/registered".into()), ..App::of("someone/fork") };
        insta::assert_snapshot!(serde_json::to_string_pretty(&app.manifest()).expect("JSON"), @r#"
        {
          "name": "uptake-someone",
          "url": "https://github.com/someone/fork",
          "description": "Takes upstream commits into this fork, in reviewed phases.",
          "public": false,
          "default_permissions": {
            "metadata": "read",
            "contents": "write",
            "pull_requests": "write",
            "issues": "write",
            "actions": "write",
            "statuses": "write"
          },
          "default_events": [],
          "hook_attributes": {
            "url": "https://github.com/someone/fork",
            "active": false
          },
          "redirect_url": "http://127.0.0.1:4000/registered"
        }
        "#);
        app.workflows = true;
        assert_eq!(app.manifest()["default_permissions"]["workflows"], "write");
    }

    #[test]
    fn a_server_is_told_of_what_starts_a_run_and_of_nothing_else() {
        let app = App { webhook: Some("https://uptake.example.org/webhook".into()), ..App::of("someone/fork") };
        let manifest = app.manifest();
        assert_eq!(
            manifest["default_events"],
            json!(["issue_comment", "issues", "pull_request", "push", "workflow_run"])
        );
        let hook = json!({ "url": "https://uptake.example.org/webhook", "active": true });
        assert_eq!(manifest["hook_attributes"], hook);
        // GitHub takes an event only with the permission to read what it is about.
        for of in ["issues", "contents", "actions"] {
            assert!(PERMISSIONS.iter().any(|may| may.name == of), "{of}");
        }
    }

    #[test]
    fn an_organisation_has_its_own_page() {
        let app = App::of("someone/fork");
        assert_eq!(app.address("x"), "https://github.com/settings/apps/new?state=x");
        let app = App { organization: true, ..app };
        assert_eq!(app.address("x"), "https://github.com/organizations/someone/settings/apps/new?state=x");
    }

    #[test]
    fn only_our_own_answer_is_taken() {
        assert_eq!(code_in("code=a1b2&state=s", "s").as_deref(), Some("a1b2"));
        for query in
            ["code=a1b2&state=t", "code=a1b2", "state=s", "code=&state=s", "code=a;rm&state=s", "code=$(id)&state=s"]
        {
            assert_eq!(code_in(query, "s"), None, "{query}");
        }
    }

    #[test]
    fn a_long_owner_makes_no_name_that_github_refuses() {
        assert!(App::of(&format!("{}/fork", "x".repeat(39))).name.len() <= NAME_LIMIT);
    }
}

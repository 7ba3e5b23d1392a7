//! The tokens of a run: the App's own, and one of its installation for each scope, asked for when it is needed.

use std::rc::Rc;
use std::time::Duration;

use http::Method;
use secrecy::SecretString;
use serde_json::json;

use super::auth::{Auth, Installation, Minted, TokenScope};
use super::client::{Call, Client};
use super::error::{GitHubError, error_message};
use super::transport::ApiResponse;

impl Client {
    /// The token git shows.
    pub(super) fn token(&self, workflows: bool) -> Result<SecretString, GitHubError> {
        self.token_for(TokenScope { workflows, ..self.scope() })
    }

    /// The App this is, if it is one.
    pub(super) fn installation(&self) -> Result<Option<Rc<Installation>>, GitHubError> {
        if !self.auth.is_app() {
            return Ok(None);
        }
        if let Some(known) = self.installation.borrow().clone() {
            return Ok(Some(known));
        }
        let call = Call { method: Method::GET, url: &self.url("/installation"), body: None, scope: None, repeat: true };
        let answer = self.call(&call)?;
        if answer.status == 404 {
            return Err(GitHubError::Setup {
                what: format!("the App is not installed on {}", self.repo),
                advice: "install it from the App's page (Settings, Developer settings, GitHub Apps, Install App) on this repository"
                    .into(),
            });
        }
        if answer.status >= 300 {
            return Err(GitHubError::refused(call.name(&self.api), &answer));
        }
        let found: Installation = self.decode(&call, &answer)?;
        if found.suspended_at.is_some() {
            return Err(GitHubError::Setup {
                what: format!("the App's installation on {} is suspended", self.repo),
                advice: "the owner of the repository can take that back: Settings, GitHub Apps, Configure".into(),
            });
        }
        let found = Rc::new(found);
        *self.installation.borrow_mut() = Some(Rc::clone(&found));
        Ok(Some(found))
    }

    /// The time by GitHub's clock, as far as we know it.
    pub(super) fn now(&self) -> Duration {
        let (now, behind) = (self.clock.now(), self.behind.get());
        let by = Duration::from_secs(behind.unsigned_abs());
        if behind < 0 { now.saturating_sub(by) } else { now + by }
    }

    /// Whether a refusal may be mended by another token of the App's: this one has ended, or it was signed by a clock that is not
    /// GitHub's, which its answer tells.
    pub(super) fn renew_token(&self, scope: Option<TokenScope>, answer: &ApiResponse) -> bool {
        if answer.status != 401 || !self.auth.is_app() {
            return false;
        }
        if scope.is_some() {
            self.auth.forget();
            return true;
        }
        let message = error_message(answer);
        let theirs = answer.date().filter(|_| message.contains("'exp'") || message.contains("'iat'"));
        let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        theirs.is_some_and(|theirs| {
            let behind = seconds(theirs).saturating_sub(seconds(self.clock.now()));
            self.behind.replace(behind) != behind
        })
    }

    pub(super) fn token_for(&self, scope: TokenScope) -> Result<SecretString, GitHubError> {
        if let Some(token) = self.auth.held(scope, self.now()) {
            return Ok(token);
        }
        let Some(installation) = self.installation()? else { return self.auth.signed(self.now()) };
        let lacking = Auth::lacking(scope, &installation);
        if !lacking.is_empty() {
            return Err(GitHubError::Setup {
                what: format!("the App may not do all this run needs on {}; it lacks {}", self.repo, lacking.join(", ")),
                advice: "add them on the App's settings page under Permissions, then accept the change where it is installed"
                    .into(),
            });
        }
        let body = json!({ "repositories": [self.repo.name()], "permissions": scope.permissions() });
        let url = format!("{}/app/installations/{}/access_tokens", self.api, installation.id);
        // A token that was made and not heard of ends by itself.
        let call = Call { method: Method::POST, url: &url, body: Some(&body), scope: None, repeat: true };
        let answer = self.call(&call)?;
        if answer.status >= 300 {
            return Err(GitHubError::refused(call.name(&self.api), &answer));
        }
        let minted: Minted = self.decode(&call, &answer)?;
        Ok(self.auth.keep(scope, minted, self.now()))
    }
}

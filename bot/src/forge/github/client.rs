//! Requests to GitHub, and what each one needs: tokens, throttling, limits, retries, pages.
//!
//! What is safe to repeat is repeated: reading, and writing that sets a thing to a state. Creating a thing is not: when the response
//! to that is lost, [`Client::create_once`] looks for the thing before it creates it again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::RandomState;
use std::rc::Rc;
use std::time::Duration;

use http::Method;
use http::header::LINK;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::ahead::{first_page, linked};
use super::auth::{Auth, Installation, TokenScope};
use super::clock::Clock;
use super::error::{GitHubError, is_final};
use super::name::RepoName;
use super::throttle::{self, Disposition, TRIES};
use super::transport::{ApiRequest, ApiResponse, Transport};

/// How much of a list is asked for at once: as much as GitHub gives.
pub(super) const PAGE: usize = 100;

/// Probed of what a run waits for.
pub type OnWait = Box<dyn Fn(&str)>;

/// A failure, and whether the request may have been dealt with all the same.
#[derive(Debug)]
pub(super) enum CallError {
    /// It was not dealt with.
    Definite(GitHubError),
    /// It may have been.
    Indeterminate(GitHubError),
}

impl From<CallError> for GitHubError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Definite(error) | CallError::Indeterminate(error) => error,
        }
    }
}

impl From<GitHubError> for CallError {
    fn from(error: GitHubError) -> Self {
        Self::Definite(error)
    }
}

/// Speaks to GitHub about one repository.
pub(super) struct Client {
    pub(super) transport: Transport,
    pub(super) auth: Auth,
    pub(super) repo: RepoName,
    /// Where the API is, without a slash at the end.
    pub(super) api: String,
    pub(super) clock: Rc<dyn Clock>,
    pub(super) on_wait: OnWait,
    /// Whether the repository may be written to: it was looked up, and is not upstream.
    pub(super) writes: bool,
    /// Answers of this run with their tags: asking again costs nothing while nothing changed.
    pub(super) seen: RefCell<HashMap<String, (String, ApiResponse)>>,
    /// What was read ahead, by address, until it is asked for.
    pub(super) ahead: RefCell<HashMap<String, Result<ApiResponse, String>>>,
    pub(super) installation: RefCell<Option<Rc<Installation>>>,
    /// How far our clock is behind GitHub's, in seconds, as far as that stood in the way.
    pub(super) behind: Cell<i64>,
    /// When the first answer of this run was sent, by the server's clock.
    pub(super) began: Cell<Option<Duration>>,
    pub(super) written: Cell<Option<Duration>>,
    pub(super) waited: Cell<Duration>,
    pub(super) jitter: RandomState,
}

/// A request, all but its token.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: &'a str,
    pub(super) body: Option<&'a Value>,
    /// Whose token; `None`: the App's own.
    pub(super) scope: Option<TokenScope>,
    pub(super) repeat: bool,
}

impl Call<'_> {
    pub(super) fn name(&self, api: &str) -> String {
        let path = self.url.strip_prefix(api).unwrap_or(self.url);
        format!("{} {}", self.method, path.split('?').next().unwrap_or(path))
    }
}

impl Client {
    pub(super) fn new(
        transport: Transport,
        auth: Auth,
        repo: RepoName,
        api: String,
        clock: Rc<dyn Clock>,
        on_wait: OnWait,
    ) -> Self {
        Self {
            transport,
            auth,
            repo,
            api,
            clock,
            on_wait,
            writes: false,
            seen: RefCell::default(),
            ahead: RefCell::default(),
            installation: RefCell::default(),
            behind: Cell::default(),
            began: Cell::default(),
            written: Cell::default(),
            waited: Cell::default(),
            jitter: RandomState::new(),
        }
    }

    /// The repository spoken of.
    pub(super) const fn repo(&self) -> &RepoName {
        &self.repo
    }

    pub(super) fn url(&self, rest: &str) -> String {
        format!("{}{rest}", self.url_of(&self.repo))
    }

    /// Where a repository is described.
    pub(super) fn url_of(&self, repo: &RepoName) -> String {
        format!("{}/repos/{repo}", self.api)
    }

    pub(super) fn scope(&self) -> TokenScope {
        TokenScope { purpose: self.auth.purpose, workflows: false }
    }

    /// Reads something of the repository; `None` where it is not there.
    pub(super) fn get<T: DeserializeOwned>(&self, rest: &str) -> Result<Option<T>, GitHubError> {
        self.read(&self.url(rest), Some(self.scope()))
    }

    /// Reads something beside the repository.
    pub(super) fn get_elsewhere<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, GitHubError> {
        self.read(&format!("{}{path}", self.api), Some(self.scope()))
    }

    /// The number of a repository, its old names included; `None` where there is none that may be seen.
    pub(super) fn number_of(&self, repo: &RepoName) -> Result<Option<u64>, GitHubError> {
        let call =
            Call { method: Method::GET, url: &self.url_of(repo), body: None, scope: Some(self.scope()), repeat: true };
        let answer = self.call(&call)?;
        let found: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        Ok(match answer.status {
            200..300 => found["id"].as_u64(),
            // By its old name GitHub points to /repositories/NUMBER.
            300..400 => found["url"].as_str().and_then(|url| url.rsplit('/').next()?.parse().ok()),
            _ => None,
        })
    }

    fn read<T: DeserializeOwned>(&self, url: &str, scope: Option<TokenScope>) -> Result<Option<T>, GitHubError> {
        let call = Call { method: Method::GET, url, body: None, scope, repeat: true };
        let answer = self.call(&call)?;
        match answer.status {
            200..300 => self.decode(&call, &answer).map(Some),
            404 if scope.is_some() => Ok(None),
            _ => Err(GitHubError::refused(call.name(&self.api), &answer)),
        }
    }

    /// Reads a whole list, page by page; `within` is the field that holds it. `None` where it is not there.
    pub(super) fn list<T: DeserializeOwned>(
        &self,
        rest: &str,
        within: Option<&str>,
    ) -> Result<Option<Vec<T>>, GitHubError> {
        self.list_at(&self.url(rest), Some(self.scope()), within)
    }

    /// Reads a whole list from an address, with the token of this scope; `None`: the App's own.
    pub(super) fn list_at<T: DeserializeOwned>(
        &self,
        url: &str,
        scope: Option<TokenScope>,
        within: Option<&str>,
    ) -> Result<Option<Vec<T>>, GitHubError> {
        self.list_some(url, scope, within, usize::MAX)
    }

    /// Reads so many pages of a list at most, its first ones.
    pub(super) fn list_some<T: DeserializeOwned>(
        &self,
        url: &str,
        scope: Option<TokenScope>,
        within: Option<&str>,
        mut pages: usize,
    ) -> Result<Option<Vec<T>>, GitHubError> {
        let mut all = Vec::new();
        let mut url = first_page(url);
        loop {
            let call = Call { method: Method::GET, url: &url, body: None, scope, repeat: true };
            let answer = self.call(&call)?;
            match answer.status {
                200..300 => {}
                404 => return Ok(None),
                _ => return Err(GitHubError::refused(call.name(&self.api), &answer)),
            }
            let mut page: Value = self.decode(&call, &answer)?;
            let items = match within {
                Some(field) => page[field].take(),
                None => page,
            };
            let full = items.as_array().is_some_and(|items| items.len() >= PAGE);
            all.extend(serde_json::from_value::<Vec<T>>(items).map_err(|error| self.not_understood(&call, &error))?);
            pages = pages.saturating_sub(1);
            if pages == 0 {
                return Ok(Some(all));
            }
            let Some(next) = answer.header("link").and_then(|header| linked(header, "next")) else {
                if full {
                    // What comes next changes nothing on this page: it is to be asked for again.
                    self.seen.borrow_mut().remove(&url);
                }
                return Ok(Some(all));
            };
            // The token goes with it, so it must go to the same server.
            if !next.starts_with(&format!("{}/", self.api)) {
                let message = "its next page is on another server".to_owned();
                return Err(GitHubError::BadResponse { request: call.name(&self.api), message });
            }
            let next = next.to_owned();
            self.read_pages_ahead(&answer, scope, pages)?;
            url = next;
        }
    }

    /// Sets something of the repository to a state, so that a repeat changes nothing. The response may be a refusal.
    pub(super) fn put(&self, method: Method, rest: &str, body: Option<&Value>) -> Result<ApiResponse, GitHubError> {
        let call = Call { method, url: &self.url(rest), body, scope: Some(self.scope()), repeat: true };
        Ok(self.call(&call)?)
    }

    /// Sets something of the repository to a state; a refusal is an error.
    pub(super) fn must_put(&self, method: Method, rest: &str, body: &Value) -> Result<ApiResponse, GitHubError> {
        let name = format!("{method} /repos/{}{rest}", self.repo);
        let answer = self.put(method, rest, Some(body))?;
        if answer.status < 300 { Ok(answer) } else { Err(GitHubError::refused(name, &answer)) }
    }

    /// Creates a thing of the repository, once. `read` turns the response to POST into a result; `find` looks for the thing when a
    /// response was lost.
    pub(super) fn create_once<T, E: From<GitHubError>>(
        &self,
        rest: &str,
        body: &Value,
        read: &dyn Fn(&ApiResponse) -> Result<T, E>,
        find: &dyn Fn() -> Result<Option<T>, E>,
    ) -> Result<T, E> {
        let url = self.url(rest);
        let call = Call { method: Method::POST, url: &url, body: Some(body), scope: Some(self.scope()), repeat: false };
        let mut tries = 1;
        loop {
            match self.call(&call) {
                Ok(answer) => return read(&answer),
                Err(CallError::Definite(error)) => return Err(error.into()),
                Err(CallError::Indeterminate(error)) => {
                    self.pause(tries, &error.to_string())?;
                    if let Some(found) = find()? {
                        return Ok(found);
                    }
                    tries += 1;
                    if tries > TRIES {
                        return Err(error.into());
                    }
                }
            }
        }
    }

    /// Asks GitHub's other API something that is safe to ask twice.
    pub(super) fn graphql(&self, query: &str, variables: &Value) -> Result<Value, GitHubError> {
        // On GitHub Enterprise the one is at /api/v3 and the other at /api/graphql.
        let url = format!("{}/graphql", self.api.strip_suffix("/v3").unwrap_or(&self.api));
        let body = json!({ "query": query, "variables": variables });
        let call = Call { method: Method::POST, url: &url, body: Some(&body), scope: Some(self.scope()), repeat: true };
        let answer = self.call(&call)?;
        if answer.status >= 300 {
            return Err(GitHubError::refused("POST /graphql".into(), &answer));
        }
        let mut value: Value = self.decode(&call, &answer)?;
        if value["errors"].as_array().is_some_and(|errors| !errors.is_empty()) {
            let message = value["errors"][0]["message"].as_str().unwrap_or("no reason given").to_owned();
            let (request, status, advice) = ("POST /graphql".to_owned(), answer.status, None);
            return Err(GitHubError::Refused { request, status, message, advice });
        }
        Ok(value["data"].take())
    }

    /// Sends a request until it is dealt with, or it cannot be repeated, or patience ends.
    pub(super) fn call(&self, call: &Call<'_>) -> Result<ApiResponse, CallError> {
        let name = call.name(&self.api);
        let read = call.method == Method::GET;
        // What an App sends as itself asks for tokens alone.
        if !read && call.scope.is_some() {
            self.must_write()?;
        }
        let seen = if read { self.seen.borrow().get(call.url).cloned() } else { None };
        let (mut tries, mut limits, mut renewed) = (1, 0, false);
        loop {
            let token = match call.scope {
                Some(scope) => self.token_for(scope)?,
                None => self.auth.signed(self.now())?,
            };
            if !read && call.scope.is_some() {
                self.throttle();
            }
            let (method, url, body) = (call.method.clone(), call.url, call.body);
            let etag = seen.as_ref().map(|(etag, _)| etag.as_str());
            let ahead = self.take_ahead(call);
            let answer =
                ahead.unwrap_or_else(|| self.transport.send(&ApiRequest { method, url, token: &token, etag, body }));
            if let (None, Ok(answer)) = (self.began.get(), &answer) {
                self.began.set(answer.date());
            }
            let lost = match answer {
                Ok(answer) => match throttle::disposition(&answer, self.clock.now(), limits) {
                    Disposition::Answered if !renewed && self.renew_token(call.scope, &answer) => {
                        renewed = true;
                        self.forget_refused();
                        continue;
                    }
                    Disposition::Answered => return Ok(self.remember(call, answer, seen)),
                    Disposition::RateLimited(wait) => {
                        limits += 1;
                        self.forget_refused();
                        self.wait(wait, &name, "GitHub asks for a pause")?;
                        continue;
                    }
                    Disposition::Indeterminate => {
                        format!("{}: {}", answer.status, super::error::error_message(&answer))
                    }
                },
                Err(lost) => lost,
            };
            // Neither passes by itself, and nothing was sent.
            if is_final(&lost) {
                return Err(CallError::Definite(GitHubError::Unreachable { request: name, message: lost }));
            }
            let error = GitHubError::Unreachable { request: name.clone(), message: lost };
            if !call.repeat || tries == TRIES {
                return Err(if call.repeat { CallError::Definite(error) } else { CallError::Indeterminate(error) });
            }
            self.pause(tries, &error.to_string())?;
            tries += 1;
        }
    }

    /// That the repository may be written to.
    pub(super) fn must_write(&self) -> Result<(), GitHubError> {
        if self.writes { Ok(()) } else { Err(GitHubError::ReadOnly(self.repo.to_string())) }
    }

    fn remember(&self, call: &Call<'_>, answer: ApiResponse, seen: Option<(String, ApiResponse)>) -> ApiResponse {
        match (seen, answer.header("etag")) {
            (Some((_, mut old)), _) if answer.status == 304 => {
                // A page may be the same, and another come after it.
                if let Some(link) = answer.headers.get(LINK) {
                    old.headers.insert(LINK, link.clone());
                }
                old
            }
            (_, Some(etag)) if call.method == Method::GET && answer.status == 200 => {
                self.seen.borrow_mut().insert(call.url.to_owned(), (etag.to_owned(), answer.clone()));
                answer
            }
            _ => answer,
        }
    }

    pub(super) fn decode<T: DeserializeOwned>(&self, call: &Call<'_>, answer: &ApiResponse) -> Result<T, GitHubError> {
        serde_json::from_str(&answer.body).map_err(|error| self.not_understood(call, &error))
    }

    fn not_understood(&self, call: &Call<'_>, error: &serde_json::Error) -> GitHubError {
        GitHubError::BadResponse { request: call.name(&self.api), message: error.to_string() }
    }
}

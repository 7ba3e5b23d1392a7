//! One request, one answer: octocrab on a connection of our own making. No retries, no redirects, no credentials of its own; those
//! are the client's.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, USER_AGENT,
};
use http::{Method, Request, Uri};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::{self, Runtime};

use super::error::GitHubError;

/// The version of the API all of this is written against. With the next one pull requests lose `merge_commit_sha`.
pub const API_VERSION: &str = "2022-11-28";

/// An answer that takes longer is lost, for a run.
pub const TIME_OUT: Duration = Duration::from_secs(60);

/// What is sent.
pub(super) struct Sent<'a> {
    pub(super) method: Method,
    pub(super) url: &'a str,
    pub(super) token: &'a SecretString,
    pub(super) etag: Option<&'a str>,
    pub(super) body: Option<&'a serde_json::Value>,
}

/// What comes back, whatever its status.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Answer {
    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// When it was sent, since 1970, by the clock of whoever sent it.
    pub(super) fn date(&self) -> Option<Duration> {
        let date = jiff::fmt::rfc2822::parse(self.header("date")?).ok()?;
        u64::try_from(date.timestamp().as_second()).ok().map(Duration::from_secs)
    }
}

/// The connection.
pub(super) struct Transport {
    runtime: Runtime,
    octocrab: Octocrab,
    time_out: Duration,
}

impl Transport {
    /// `plain` allows unencrypted connections, which only the machine itself is spoken to by.
    pub(super) fn new(plain: bool, time_out: Duration) -> Result<Self, GitHubError> {
        let setup = |what: String| {
            GitHubError::Setup {
            what,
            advice: "install the machine's certificates (the package ca-certificates), or name a file of them as SSL_CERT_FILE".into(),
        }
        };
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| setup(format!("cannot begin to speak to the network: {error}")))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(provider)
            .map_err(|error| setup(format!("cannot tell whom to trust: {error}")))?;
        let connector = if plain { builder.https_or_http() } else { builder.https_only() }.enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let headers: Vec<(HeaderName, HeaderValue)> = vec![
            (USER_AGENT, HeaderValue::from_static(concat!("uptake/", env!("CARGO_PKG_VERSION")))),
            (ACCEPT, HeaderValue::from_static("application/vnd.github+json")),
            (HeaderName::from_static("x-github-api-version"), HeaderValue::from_static(API_VERSION)),
        ];
        // octocrab hands each request to a task of its own.
        let entered = runtime.enter();
        let octocrab = OctocrabBuilder::new_empty()
            .with_service(client)
            .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
            .with_auth(AuthState::None)
            .build();
        drop(entered);
        let Ok(octocrab) = octocrab;
        Ok(Self { runtime, octocrab, time_out })
    }

    /// Sends a request; the error, in words, is of an answer that did not come.
    pub(super) fn send(&self, sent: &Sent<'_>) -> Result<Answer, String> {
        let request = request(sent)?;
        let work = async {
            let response = self.octocrab.execute(request).await.map_err(|error| told(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = self.octocrab.body_to_string(response).await.map_err(|error| told(&error))?;
            Ok(Answer { status, headers, body })
        };
        self.runtime.block_on(async {
            let late = |_| Err(format!("no answer within {} seconds", self.time_out.as_secs_f32()));
            tokio::time::timeout(self.time_out, work).await.unwrap_or_else(late)
        })
    }
}

fn request(sent: &Sent<'_>) -> Result<Request<String>, String> {
    let url: Uri = sent.url.parse().map_err(|error| format!("{}: {error}", sent.url))?;
    let mut authorization = HeaderValue::from_str(&format!("Bearer {}", sent.token.expose_secret()))
        .map_err(|_| "the token has characters that no token has".to_owned())?;
    authorization.set_sensitive(true);
    let mut request = Request::builder().method(sent.method.clone()).uri(url).header(AUTHORIZATION, authorization);
    if let Some(etag) = sent.etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    let body = match sent.body {
        Some(body) => {
            request = request.header(CONTENT_TYPE, "application/json");
            body.to_string()
        }
        None => String::new(),
    };
    request.body(body).map_err(|error| error.to_string())
}

/// An error with what is behind it, each said once.
fn told(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let line = error.to_string();
        let line = line.lines().next().unwrap_or_default().trim();
        if !line.is_empty() && !text.contains(line) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(line);
        }
        next = error.source();
    }
    text
}

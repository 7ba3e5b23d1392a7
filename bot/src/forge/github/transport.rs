//! One request, one response: octocrab on reqwest. No retries, no redirects, no credentials of its own; those are the client's.
//!
//! Proxies are those of the environment, as reqwest and git read it: HTTPS_PROXY and ALL_PROXY, and NO_PROXY for what is reached
//! without. Whom to trust, the system says; on Linux, SSL_CERT_FILE and SSL_CERT_DIR too.

use std::error::Error;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use flate2::read::GzDecoder;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    IF_NONE_MATCH, USER_AGENT,
};
use http::{Method, Request, Uri};
use http_body_util::BodyExt;
use octocrab::service::middleware::extra_headers::ExtraHeadersLayer;
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::{self, Runtime};

use super::error::GitHubError;

/// The version of the API all of this is written against. With the next one pull requests lose `merge_commit_sha`.
pub const API_VERSION: &str = "2022-11-28";

/// A response that takes longer is lost, for a run.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a connection may take, the proxy's part of it and TLS included.
const CONNECT_TIME: Duration = Duration::from_secs(20);

/// No page of the API is nearly as long as this; what claims to be longer when it is unpacked would fill the memory.
const LONGEST: u64 = 256 << 20;

/// A request to be sent.
pub(super) struct ApiRequest<'a> {
    pub(super) method: Method,
    pub(super) url: &'a str,
    pub(super) token: &'a SecretString,
    pub(super) etag: Option<&'a str>,
    pub(super) body: Option<&'a serde_json::Value>,
}

/// A response of any status.
#[derive(Debug, Clone)]
pub(super) struct ApiResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl ApiResponse {
    /// A header's text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// When it was sent, since 1970, by the server's clock.
    pub(super) fn date(&self) -> Option<Duration> {
        let date = jiff::fmt::rfc2822::parse(self.header("date")?).ok()?;
        u64::try_from(date.timestamp().as_second()).ok().map(Duration::from_secs)
    }
}

/// The connection.
pub(super) struct Transport {
    runtime: Runtime,
    octocrab: Octocrab,
    timeout: Duration,
}

impl Transport {
    /// `plain` allows unencrypted connections, which are for servers on this machine.
    pub(super) fn new(plain: bool, timeout: Duration) -> Result<Self, GitHubError> {
        let setup = |what: String| {
            GitHubError::Setup {
            what,
            advice: "install the machine's certificates (the package ca-certificates), or name a file of them as SSL_CERT_FILE".into(),
        }
        };
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| setup(format!("cannot begin to speak to the network: {error}")))?;
        let client = reqwest::Client::builder()
            .https_only(!plain)
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIME);
        // What goes to this machine unencrypted must not leave it.
        let client = if plain { client.no_proxy() } else { client };
        let client = client.build().map_err(|error| setup(format!("cannot tell whom to trust: {}", chain(&error))))?;
        let headers: Vec<(HeaderName, HeaderValue)> = vec![
            (USER_AGENT, HeaderValue::from_static(concat!("uptake/", env!("CARGO_PKG_VERSION")))),
            (ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
            (ACCEPT, HeaderValue::from_static("application/vnd.github+json")),
            (HeaderName::from_static("x-github-api-version"), HeaderValue::from_static(API_VERSION)),
        ];
        // octocrab hands each request to a task of its own. Its `build_with_reqwest` would put its own name before ours.
        let entered = runtime.enter();
        let octocrab = OctocrabBuilder::new_empty()
            .with_service(ReqwestConnector::new(client))
            .with_layer(&ExtraHeadersLayer::new(Arc::new(headers)))
            .with_auth(AuthState::None)
            .build();
        drop(entered);
        let Ok(octocrab) = octocrab;
        Ok(Self { runtime, octocrab, timeout })
    }

    /// Sends a request; the error says in words why no response came.
    pub(super) fn send(&self, sent: &ApiRequest<'_>) -> Result<ApiResponse, String> {
        self.runtime.block_on(self.response(sent))
    }

    /// Sends requests at once; the responses are in their order.
    pub(super) fn send_all(&self, sent: &[ApiRequest<'_>]) -> Vec<Result<ApiResponse, String>> {
        let begun: Vec<_> = sent.iter().map(|sent| self.runtime.spawn(self.response(sent))).collect();
        let ended = begun.into_iter().map(|begun| self.runtime.block_on(begun));
        ended.map(|ended| ended.unwrap_or_else(|error| Err(error.to_string()))).collect()
    }

    fn response(&self, sent: &ApiRequest<'_>) -> impl Future<Output = Result<ApiResponse, String>> + use<> {
        let (request, octocrab, timeout) = (request(sent), self.octocrab.clone(), self.timeout);
        let work = async move {
            let response = octocrab.execute(request?).await.map_err(|error| chain(&error))?;
            let (head, body) = response.into_parts();
            let body = body.collect().await.map_err(|error| chain(&error))?.to_bytes();
            let packed = head.headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
            let body = if packed { unpacked(&body, LONGEST)? } else { body.to_vec() };
            let body = String::from_utf8(body).map_err(|error| error.to_string())?;
            Ok(ApiResponse { status: head.status.as_u16(), headers: head.headers, body })
        };
        async move {
            let late = |_| Err(format!("no answer within {} seconds", timeout.as_secs_f32()));
            tokio::time::timeout(timeout, work).await.unwrap_or_else(late)
        }
    }
}

fn request(sent: &ApiRequest<'_>) -> Result<Request<String>, String> {
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

fn unpacked(body: &[u8], longest: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = GzDecoder::new(body).take(longest + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if read as u64 > longest { Err("it is far too long".into()) } else { Ok(bytes) }
}

/// What libraries say of an error before its cause, which people can do nothing with.
const WRAPPERS: [&str; 6] =
    ["Service Error", "Reqwest Error", "error sending request", "client error (", "dns error", "error resolving DNS"];

/// An error with its causes, each line once; what only says that there is a cause is left away.
fn chain(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let line = error.to_string();
        let line = line.lines().next().unwrap_or_default().trim();
        let wraps = error.source().is_some() && WRAPPERS.iter().any(|wrapper| line.starts_with(wrapper));
        if !wraps && !line.is_empty() && !text.contains(line) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(line);
        }
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn what_is_packed_is_whole_and_no_longer_than_it_may_be() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&[b'a'; 1000]).expect("packed");
        let packed = packer.finish().expect("packed");
        assert_eq!(unpacked(&packed, 1000), Ok(vec![b'a'; 1000]));
        assert_eq!(unpacked(&packed, 999), Err("it is far too long".into()));
        assert!(unpacked(&packed[..packed.len() / 2], 1000).is_err() && unpacked(b"{}", 1000).is_err());
    }
}

//! What the server responds to each request.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};

use super::delivery::{Asked, read};
use super::listen::HttpResponse;
use super::metrics::count;
use super::queue::Accepted;
use super::server::Shared;
use crate::action::LARGEST;

/// How long a client may take to send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

pub(super) async fn respond(shared: Arc<Shared>, request: Request<Incoming>) -> HttpResponse {
    let page = |text: String| plain(StatusCode::OK, text);
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/webhook") => webhook(&shared, request).await,
        (&Method::GET, "/healthz") if shared.broken.load(Ordering::Relaxed) => {
            plain(StatusCode::SERVICE_UNAVAILABLE, "the state folder cannot be written\n".into())
        }
        (&Method::GET, "/healthz") => page("ok\n".into()),
        (&Method::GET, "/metrics") => {
            let (waiting, running) = {
                let queue = shared.queue();
                (queue.waiting(), queue.running())
            };
            let mut answer = page(shared.metrics.page(waiting, running));
            answer
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
            answer
        }
        (_, path @ ("/webhook" | "/healthz" | "/metrics")) => {
            let allowed = if path == "/webhook" { "POST" } else { "GET" };
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, format!("{path} takes {allowed}\n"));
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
            answer
        }
        _ => plain(StatusCode::NOT_FOUND, "there are /webhook, /healthz and /metrics\n".into()),
    }
}

async fn webhook(shared: &Arc<Shared>, request: Request<Incoming>) -> HttpResponse {
    let (head, body) = request.into_parts();
    let header = |name: &str| text(&head.headers, name).to_owned();
    let signature = header("x-hub-signature-256");
    if signature.is_empty() {
        count(&shared.metrics.forged);
        return plain(StatusCode::UNAUTHORIZED, "X-Hub-Signature-256 is missing: give the webhook a secret\n".into());
    }
    let too_large = || {
        plain(StatusCode::PAYLOAD_TOO_LARGE, format!("the body broke off, or is larger than {} MiB\n", LARGEST >> 20))
    };
    // As it was announced, before any of it is read.
    if body.size_hint().lower() > LARGEST as u64 {
        return too_large();
    }
    let body = match tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, LARGEST).collect()).await {
        Err(_) => return plain(StatusCode::REQUEST_TIMEOUT, "the body took too long\n".into()),
        Ok(Err(_)) => return too_large(),
        Ok(Ok(body)) => body.to_bytes(),
    };
    if !shared.secret.signs(&signature, &body) {
        count(&shared.metrics.forged);
        return plain(StatusCode::UNAUTHORIZED, "the signature is not that of this body and secret\n".into());
    }
    if text(&head.headers, "content-type") != "application/json" {
        count(&shared.metrics.malformed);
        return plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "set the webhook's content type to application/json\n".into(),
        );
    }
    match read(&header("x-github-event"), &header("x-github-delivery"), &body) {
        Err(why) => {
            count(&shared.metrics.malformed);
            plain(StatusCode::BAD_REQUEST, format!("{why}\n"))
        }
        Ok(Asked::Nothing(why)) => {
            count(&shared.metrics.ignored);
            plain(StatusCode::OK, format!("nothing to do: {why}\n"))
        }
        Ok(Asked::Run(delivery)) => {
            let queue = Arc::clone(shared);
            let accepted = tokio::task::spawn_blocking(move || {
                let arrival = match queue.queue().arrive(delivery) {
                    Ok(arrival) => arrival,
                    Err(turned_away) => return Ok(turned_away),
                };
                let written = arrival.write();
                queue.queue().arrived(arrival, written)
            })
            .await;
            let accepted = accepted.unwrap_or_else(|error| Err(std::io::Error::other(error)));
            decided(shared, shared.wrote(accepted))
        }
    }
}

fn decided(shared: &Shared, accepted: Option<Accepted>) -> HttpResponse {
    match accepted {
        Some(Accepted::Queued) => {
            count(&shared.metrics.queued);
            shared.ready.notify_one();
            plain(StatusCode::ACCEPTED, "written down\n".into())
        }
        Some(Accepted::Replayed) => {
            count(&shared.metrics.replayed);
            plain(StatusCode::CONFLICT, "this delivery was here before\n".into())
        }
        Some(Accepted::Full) => {
            count(&shared.metrics.full);
            let mut answer =
                plain(StatusCode::SERVICE_UNAVAILABLE, "the queue is full; deliver it again later\n".into());
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
            answer
        }
        None => plain(StatusCode::INTERNAL_SERVER_ERROR, "it could not be written down; deliver it again\n".into()),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn plain(status: StatusCode, text: String) -> HttpResponse {
    let mut answer = Response::new(Full::new(Bytes::from(text)));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

//! What the server responds to each request.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};

use super::bodies::NotRead;
use super::clock::{now, since};
use super::delivery::{Asked, read};
use super::listen::{HttpResponse, KeptOpen};
use super::log::{LogLevel, LogRecord};
use super::metrics::count;
use super::queue::Accepted;
use super::server::Shared;
use super::signature::Secret;
use crate::action::LARGEST;
use crate::text::short;

pub(super) async fn respond(shared: Arc<Shared>, request: Request<Incoming>) -> HttpResponse {
    let page = |text: String| plain(StatusCode::OK, text);
    match (request.method(), request.uri().path()) {
        (&Method::POST, "/webhook") => webhook(&shared, request).await,
        (&Method::GET, "/healthz") if shared.broken.load(Ordering::Relaxed) => {
            plain(StatusCode::SERVICE_UNAVAILABLE, "the state folder cannot be written\n".into())
        }
        (&Method::GET, "/healthz") => page("ok\n".into()),
        (_, path @ ("/webhook" | "/healthz")) => {
            let allowed = if path == "/webhook" { "POST" } else { "GET" };
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, format!("{path} takes {allowed}\n"));
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
            answer
        }
        _ => plain(StatusCode::NOT_FOUND, "there are /webhook and /healthz\n".into()),
    }
}

/// What is said on the port of the metrics, which is for a person who hosts the server.
pub(super) async fn respond_to_host(shared: Arc<Shared>, request: Request<Incoming>) -> HttpResponse {
    if (request.method(), request.uri().path()) != (&Method::GET, "/metrics") {
        return plain(StatusCode::NOT_FOUND, "there is /metrics\n".into());
    }
    let (waiting, running) = {
        let queue = shared.queue();
        (queue.waiting(), queue.running())
    };
    let ended_well = shared.successes().all();
    let page = shared.metrics.page(waiting, running, &ended_well, now().as_second());
    let mut answer = plain(StatusCode::OK, page);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    answer
}

async fn webhook(shared: &Arc<Shared>, request: Request<Incoming>) -> HttpResponse {
    let (head, body) = request.into_parts();
    let header = |name: &str| text(&head.headers, name).to_owned();
    let signature = header("x-hub-signature-256");
    if signature.is_empty() {
        count(&shared.metrics.forged);
        return plain(StatusCode::UNAUTHORIZED, "X-Hub-Signature-256 is missing: give the webhook a secret\n".into());
    }
    // What cannot be right is known before any of the body is read.
    if !Secret::is_form(&signature) {
        count(&shared.metrics.forged);
        return plain(StatusCode::UNAUTHORIZED, "X-Hub-Signature-256 is no signature\n".into());
    }
    let body = match shared.bodies.read(body).await {
        Err(NotRead::TooSlow) => return plain(StatusCode::REQUEST_TIMEOUT, "the body took too long\n".into()),
        Err(NotRead::TooLarge) => {
            let text = format!("the body broke off, or is larger than {} MiB\n", LARGEST >> 20);
            return plain(StatusCode::PAYLOAD_TOO_LARGE, text);
        }
        Err(NotRead::Crowded) => return later("too many bodies at once; deliver it again later\n"),
        Ok(body) => body,
    };
    if !shared.secret.signs(&signature, &body) {
        count(&shared.metrics.forged);
        return plain(StatusCode::UNAUTHORIZED, "the signature is not that of this body and secret\n".into());
    }
    if let Some(connection) = head.extensions.get::<KeptOpen>() {
        connection.keep();
    }
    if text(&head.headers, "content-type") != "application/json" {
        count(&shared.metrics.malformed);
        return plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "set the webhook's content type to application/json\n".into(),
        );
    }
    let (event, id, began) = (header("x-github-event"), header("x-github-delivery"), now());
    let log = |level, message: &str, fork: Option<&str>, outcome| {
        let record = LogRecord::new(level, message.to_owned()).outcome(outcome).took(since(began));
        let (fork, deliveries, events) = (fork.map(str::to_owned), vec![short(&id, 64)], vec![short(&event, 64)]);
        shared.work.log(&LogRecord { fork, deliveries, events, ..record });
    };
    match read(&event, &id, &body) {
        Err(why) => {
            count(&shared.metrics.malformed);
            log(LogLevel::Warn, &why.to_string(), None, "malformed");
            plain(StatusCode::BAD_REQUEST, format!("{why}\n"))
        }
        Ok(Asked::Nothing(why)) => {
            count(&shared.metrics.ignored);
            log(LogLevel::Debug, &format!("nothing to do: {why}"), None, "ignored");
            plain(StatusCode::OK, format!("nothing to do: {why}\n"))
        }
        Ok(Asked::Run(delivery)) => {
            let (queue, fork, because) = (Arc::clone(shared), delivery.repository.clone(), delivery.because.clone());
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
            let accepted = shared.wrote(accepted);
            let (level, outcome) = match accepted {
                Some(Accepted::Queued) => (LogLevel::Debug, "queued"),
                Some(Accepted::Replayed) => (LogLevel::Debug, "replayed"),
                Some(Accepted::Full | Accepted::ShareFull) => (LogLevel::Warn, "full"),
                None => (LogLevel::Error, "not-written"),
            };
            log(level, &because, Some(&fork), outcome);
            decided(shared, accepted)
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
            later("the queue is full; deliver it again later\n")
        }
        Some(Accepted::ShareFull) => {
            count(&shared.metrics.full);
            later("too much of this repository waits; deliver it again later\n")
        }
        None => plain(StatusCode::INTERNAL_SERVER_ERROR, "it could not be written down; deliver it again\n".into()),
    }
}

fn later(text: &str) -> HttpResponse {
    let mut answer = plain(StatusCode::SERVICE_UNAVAILABLE, text.to_owned());
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
    answer
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

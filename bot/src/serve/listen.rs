//! Connections in, responses out: the part of a server that does not know what is asked of it.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// A response whose whole body is at hand.
pub type HttpResponse = Response<Full<Bytes>>;

/// How many connections are open at once; further ones wait to be accepted.
const CONNECTIONS: usize = 256;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Responds to the requests of a listener until `stop` is there, then to those that were begun. `lost` is called for a connection
/// that could not be accepted.
pub async fn listen<F: Future<Output = HttpResponse> + Send + 'static>(
    listener: TcpListener,
    stop: impl Future<Output = ()>,
    respond: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    lost: impl Fn(&io::Error),
) {
    let connections = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file handles, most likely: others are closed in a moment.
                lost(&error);
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let respond = respond.clone();
        let service = service_fn(move |request| {
            let response = respond(request);
            async { Ok::<_, Infallible>(response.await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A client that goes away is its own affair.
            let _gone = connection.await;
            drop(permit);
        });
    }
    drop(listener);
    let _late = tokio::time::timeout(HEAD_TIMEOUT, connections.shutdown()).await;
}

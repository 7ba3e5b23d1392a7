//! Connections in, responses out: the part of a server that does not know what is asked of it.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// A response whose whole body is at hand.
pub type HttpResponse = Response<Full<Bytes>>;

/// How many connections are open at once. For a further one the one goes that was quiet the longest, so that nobody can keep others out by
/// being slow.
const CONNECTIONS: usize = 512;

/// How much of a request's head is read; GitHub's has a tenth of it.
const HEAD: usize = 16 << 10;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// What a connection last did.
#[derive(Debug, Default)]
struct Activity {
    /// When, as the number of what was done on all of them.
    last: AtomicU64,
    /// Whether a request that is known for a good one is being responded to.
    busy: AtomicBool,
}

/// A mark on a request, by which its connection is kept while it is responded to.
#[derive(Debug, Clone)]
pub struct KeptOpen(Arc<Activity>);

impl KeptOpen {
    /// The request is a good one: its connection stays.
    pub fn keep(&self) {
        self.0.busy.store(true, Ordering::Relaxed);
    }
}

/// The connections that are open.
#[derive(Debug, Default)]
struct Connections(Vec<(Arc<Activity>, AbortHandle)>);

impl Connections {
    /// Makes room for one more.
    fn make_room(&mut self) {
        if self.0.len() < CONNECTIONS {
            return;
        }
        self.0.retain(|(_, task)| !task.is_finished());
        while self.0.len() >= CONNECTIONS {
            let quiet = |(at, (activity, _)): (usize, &(Arc<Activity>, AbortHandle))| {
                (!activity.busy.load(Ordering::Relaxed)).then(|| (activity.last.load(Ordering::Relaxed), at))
            };
            // Where all are busy the first goes: none is ever waited for.
            let oldest = self.0.iter().enumerate().filter_map(quiet).min().map_or(0, |(_, at)| at);
            self.0.swap_remove(oldest).1.abort();
        }
    }
}

/// Responds to the requests of a listener until `stop` is there, then to those that were begun. `lost` is called for a connection
/// that could not be accepted.
pub async fn listen<F: Future<Output = HttpResponse> + Send + 'static>(
    listener: TcpListener,
    stop: impl Future<Output = ()>,
    respond: impl Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    lost: impl Fn(&io::Error),
) {
    let graceful = GracefulShutdown::new();
    let mut connections = Connections::default();
    let clock = Arc::new(AtomicU64::new(0));
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
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
        connections.make_room();
        let (activity, clock, respond) = (Arc::new(Activity::default()), Arc::clone(&clock), respond.clone());
        let touch = move |activity: &Activity| {
            activity.last.store(clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
            activity.busy.store(false, Ordering::Relaxed);
        };
        touch(&activity);
        let mine = Arc::clone(&activity);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(KeptOpen(Arc::clone(&mine)));
            let (response, activity, touch) = (respond(request), Arc::clone(&mine), touch.clone());
            async move {
                let response = response.await;
                touch(&activity);
                Ok::<_, Infallible>(response)
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let task = tokio::spawn(async move {
            // A client that goes away is its own affair.
            let _gone = connection.await;
        });
        connections.0.push((activity, task.abort_handle()));
    }
    drop(listener);
    let _late = tokio::time::timeout(HEAD_TIMEOUT, graceful.shutdown()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_a_further_connection_the_one_goes_that_was_quiet_longest() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut connections = Connections::default();
        let mut tasks = Vec::new();
        for at in 0..CONNECTIONS as u64 {
            let activity = Arc::new(Activity::default());
            activity.last.store(at, Ordering::Relaxed);
            let task = runtime.spawn(std::future::pending::<()>());
            connections.0.push((Arc::clone(&activity), task.abort_handle()));
            tasks.push((activity, task));
        }
        // The first is responded to, and the second just did something.
        KeptOpen(Arc::clone(&tasks[0].0)).keep();
        tasks[1].0.last.store(1 << 20, Ordering::Relaxed);
        connections.make_room();
        let ended = runtime.block_on(&mut tasks[2].1);
        assert!(ended.is_err_and(|error| error.is_cancelled()));
        let ended = tasks.iter().filter(|(_, task)| task.is_finished()).count();
        assert_eq!((ended, connections.0.len()), (1, CONNECTIONS - 1));
        // There is room.
        connections.make_room();
        assert_eq!(connections.0.len(), CONNECTIONS - 1);
    }
}

//! The server itself: connections in, runs out, and an end that loses nothing.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

use super::deliveries;
use super::http::respond;
use super::listen::listen;
use super::metrics::{Metrics, count};
use super::queue::{Batch, Queue};
use super::signature::Secret;

/// What is done for the deliveries of a repository.
pub trait Work: Send + Sync + 'static {
    /// Does it, and says what was done in a sentence for the log.
    ///
    /// # Errors
    /// It could not be done; it is tried again later.
    fn run(&self, batch: &Batch) -> Result<String, WorkError>;

    /// Writes a line to the server's log.
    fn log(&self, line: &str);
}

/// Why nothing was done for a repository.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The run failed.
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
    /// The run never came to an end of its own.
    #[error("the run ended in a panic, which is a fault of this program")]
    Panicked,
}

/// How to serve.
#[derive(Debug)]
pub struct ServerConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What webhooks are signed with.
    pub secret: Secret,
    /// The folder of the queue.
    pub state: PathBuf,
    /// How many deliveries may wait.
    pub capacity: usize,
    /// How many runs may be under way at once, each in another repository.
    pub parallel: usize,
    /// How long a stop waits for the runs under way.
    pub grace: Duration,
    /// How long a repository rests after a failed run; four times as long after the next.
    pub rest: Duration,
}

/// What the parts of a server share.
pub(super) struct Shared {
    queue: Mutex<Queue>,
    pub(super) metrics: Metrics,
    pub(super) secret: Secret,
    pub(super) work: Arc<dyn Work>,
    /// Something was queued, or a repository is free again.
    pub(super) ready: Notify,
    /// The state folder could not be written the last time.
    pub(super) broken: AtomicBool,
}

impl Shared {
    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        // A panic cannot leave the queue half changed: the files come first, and they are what counts.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes whether the state folder could be written.
    pub(super) fn wrote<T>(&self, result: io::Result<T>) -> Option<T> {
        self.broken.store(result.is_err(), Ordering::Relaxed);
        result.map_err(|error| self.work.log(&format!("the state folder cannot be written: {error}"))).ok()
    }
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
    parallel: usize,
    grace: Duration,
    rest: Duration,
}

impl Server {
    /// Opens the queue and listens.
    ///
    /// # Errors
    /// The state folder or the address cannot be had.
    pub async fn bind(config: ServerConfig, work: Arc<dyn Work>) -> io::Result<Self> {
        let queue = Queue::open(&config.state, config.capacity)?;
        let listener = TcpListener::bind(config.listen).await?;
        let shared = Shared {
            queue: Mutex::new(queue),
            metrics: Metrics::default(),
            secret: config.secret,
            work,
            ready: Notify::new(),
            broken: AtomicBool::new(false),
        };
        let ServerConfig { parallel, grace, rest, .. } = config;
        Ok(Self { listener, shared: Arc::new(shared), parallel: parallel.max(1), grace, rest })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is there, then answers what was asked, waits for the runs under way, and returns how many deliveries
    /// still wait. Those are on disk.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> usize {
        let Self { listener, shared, parallel, grace, rest } = self;
        let stopping = Arc::new(Notify::new());
        let runs = tokio::spawn(runs(Arc::clone(&shared), parallel, rest, Arc::clone(&stopping)));
        let stop = async {
            stop.await;
            stopping.notify_one();
        };
        let responding = Arc::clone(&shared);
        let respond = move |request| respond(Arc::clone(&responding), request);
        let lost = |error: &io::Error| shared.work.log(&format!("a connection was lost: {error}"));
        listen(listener, stop, respond, lost).await;
        if tokio::time::timeout(grace, runs).await.is_err() {
            shared.work.log("a run was not over in time; it is done again after the next start");
        }
        shared.queue().waiting()
    }
}

/// Starts runs as there is work and room for them, until `stopping`; then waits for those under way.
async fn runs(shared: Arc<Shared>, parallel: usize, rest: Duration, stopping: Arc<Notify>) {
    let room = Arc::new(Semaphore::new(parallel));
    let mut under_way = tokio::task::JoinSet::new();
    let mut stop = pin!(stopping.notified());
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            loop {
                let batch = shared.queue().take();
                match batch {
                    Some(batch) => return (permit, batch),
                    None => shared.ready.notified().await,
                }
            }
        };
        let (permit, batch) = tokio::select! {
            biased;
            () = &mut stop => break,
            next = next => next,
        };
        let shared = Arc::clone(&shared);
        under_way.spawn(async move {
            run(&shared, batch, rest, permit).await;
            shared.ready.notify_one();
        });
        while under_way.try_join_next().is_some() {}
    }
    // Those that only rest after a failure are not waited for: what they have is on disk.
    let _permits = room.acquire_many(u32::try_from(parallel).unwrap_or(u32::MAX)).await;
}

async fn run<Permit>(shared: &Arc<Shared>, batch: Batch, rest: Duration, permit: Permit) {
    let (work, mine) = (Arc::clone(&shared.work), batch.clone());
    let result = tokio::task::spawn_blocking(move || work.run(&mine)).await;
    let result = result.unwrap_or(Err(WorkError::Panicked));
    let number = batch.deliveries.len();
    match result {
        Ok(said) => {
            count(&shared.metrics.done);
            shared.work.log(&format!("{}: {said} ({})", batch.repository, deliveries(number)));
            // A disk may be slow, and a delivery must not wait for it.
            let queue = Arc::clone(shared);
            let done = tokio::task::spawn_blocking(move || queue.queue().done(&batch)).await;
            shared.wrote(done.unwrap_or_else(|error| Err(io::Error::other(error))));
            drop(permit);
        }
        Err(why) => {
            count(&shared.metrics.failed);
            shared.work.log(&format!("{}: failed: {why}", batch.repository));
            let failed = shared.queue().failed(&batch);
            // While a repository rests, another may have its turn.
            drop(permit);
            match shared.wrote(failed) {
                Some(Some(failures)) => {
                    tokio::time::sleep(rest * 4_u32.pow(failures.min(6) - 1)).await;
                    shared.queue().release(&batch);
                }
                Some(None) => {
                    shared.metrics.given_up.fetch_add(number as u64, Ordering::Relaxed);
                    shared
                        .work
                        .log(&format!("{}: given up; what was asked is in the folder given-up", batch.repository));
                }
                None => shared.queue().release(&batch),
            }
        }
    }
}

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

use super::bodies::Bodies;
use super::clock::{now, since};
use super::deliveries;
use super::delivery::Delivery;
use super::http::{respond, respond_to_host};
use super::listen::listen;
use super::log::{LogLevel, LogRecord};
use super::metrics::{Metrics, count};
use super::queue::{Batch, Queue};
use super::signature::Secret;
use super::successes::Successes;

/// What is done for the deliveries of a repository.
pub trait Work: Send + Sync + 'static {
    /// Does it, and says what was done in a sentence for the log.
    ///
    /// # Errors
    /// It could not be done; it is tried again later.
    fn run(&self, batch: &Batch) -> Result<String, WorkError>;

    /// Writes a line to the server's log.
    fn log(&self, record: &LogRecord);

    /// The repositories, `owner/name`, that are looked at by the clock: upstream sends no webhook when it goes on.
    fn known(&self) -> Vec<String> {
        Vec::new()
    }

    /// Has what did not arrive sent once more, but for those whose id is `known`, and says how many those are.
    ///
    /// # Errors
    /// It could not be asked for; it is tried again later.
    fn redeliver(&self, _known: &dyn Fn(&str) -> bool) -> Result<usize, WorkError> {
        Ok(0)
    }
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
    /// Where the metrics are, which are for nobody outside; nowhere without one.
    pub metrics: Option<SocketAddr>,
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
    /// How long it is between two looks at each repository that is known; without one they wait for webhooks alone.
    pub every: Option<Duration>,
    /// How long it is between two looks at what did not arrive; the first is at the start.
    pub redeliver: Duration,
    /// How long a repository rests after a failed run; four times as long after the next.
    pub rest: Duration,
}

/// What the parts of a server share.
pub(super) struct Shared {
    queue: Mutex<Queue>,
    successes: Mutex<Successes>,
    pub(super) metrics: Metrics,
    pub(super) bodies: Bodies,
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

    pub(super) fn successes(&self) -> MutexGuard<'_, Successes> {
        self.successes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes whether the state folder could be written.
    pub(super) fn wrote<T>(&self, result: io::Result<T>) -> Option<T> {
        self.broken.store(result.is_err(), Ordering::Relaxed);
        result.map_err(|error| self.say(LogLevel::Error, format!("the state folder cannot be written: {error}"))).ok()
    }

    /// Says something that is of no delivery.
    fn say(&self, level: LogLevel, message: String) {
        self.work.log(&LogRecord::new(level, message));
    }
}

/// A server that listens.
pub struct Server {
    listener: TcpListener,
    metrics: Option<TcpListener>,
    shared: Arc<Shared>,
    parallel: usize,
    grace: Duration,
    rest: Duration,
    every: Option<Duration>,
    redeliver: Duration,
}

impl Server {
    /// Opens the queue and listens.
    ///
    /// # Errors
    /// The state folder or the address cannot be had.
    pub async fn bind(config: ServerConfig, work: Arc<dyn Work>) -> io::Result<Self> {
        let queue = Queue::open(&config.state, config.capacity)?;
        let listener = TcpListener::bind(config.listen).await?;
        let metrics = match config.metrics {
            Some(address) => Some(TcpListener::bind(address).await?),
            None => None,
        };
        let shared = Shared {
            queue: Mutex::new(queue),
            successes: Mutex::new(Successes::open(&config.state)),
            metrics: Metrics::default(),
            bodies: Bodies::default(),
            secret: config.secret,
            work,
            ready: Notify::new(),
            broken: AtomicBool::new(false),
        };
        let ServerConfig { parallel, grace, rest, every, redeliver, .. } = config;
        let (shared, parallel) = (Arc::new(shared), parallel.max(1));
        Ok(Self { listener, metrics, shared, parallel, grace, rest, every, redeliver })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where the metrics are.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref()?.local_addr().ok()
    }

    /// Serves until `stop` is there, then answers what was asked, waits for the runs under way, and returns how many deliveries
    /// still wait. Those are on disk.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> usize {
        let Self { listener, metrics, shared, parallel, grace, rest, every, redeliver } = self;
        let stopping = Arc::new(Notify::new());
        let observed = metrics.map(|listener| {
            let responding = Arc::clone(&shared);
            let respond = move |request| respond_to_host(Arc::clone(&responding), request);
            tokio::spawn(listen(listener, std::future::pending(), respond, |_: &io::Error| {}))
        });
        let clock = every.map(|every| tokio::spawn(by_the_clock(Arc::clone(&shared), every)));
        let lost = tokio::spawn(what_was_lost(Arc::clone(&shared), redeliver));
        let runs = tokio::spawn(runs(Arc::clone(&shared), parallel, rest, Arc::clone(&stopping)));
        let stop = async {
            stop.await;
            stopping.notify_one();
        };
        let responding = Arc::clone(&shared);
        let respond = move |request| respond(Arc::clone(&responding), request);
        let broken = |error: &io::Error| shared.say(LogLevel::Debug, format!("a connection was lost: {error}"));
        listen(listener, stop, respond, broken).await;
        lost.abort();
        if let Some(clock) = clock {
            clock.abort();
        }
        if tokio::time::timeout(grace, runs).await.is_err() {
            let message = "a run was not over in time; it is done again after the next start";
            shared.say(LogLevel::Warn, message.to_owned());
            let cut_off = shared.queue().cut_off();
            shared.wrote(cut_off);
        }
        if let Some(observed) = observed {
            observed.abort();
        }
        shared.queue().waiting()
    }
}

/// Has each known repository looked at now and again, one after the other as there is room. One that waits for a run has one anyway.
async fn by_the_clock(shared: Arc<Shared>, every: Duration) {
    for round in 0_u64.. {
        tokio::time::sleep(every).await;
        let asked = Arc::clone(&shared);
        let looked = tokio::task::spawn_blocking(move || {
            for name in asked.work.known() {
                let Ok(arrival) = asked.queue().arrive(Delivery::by_the_clock(&name, round)) else { continue };
                let written = arrival.write();
                let arrived = asked.queue().arrived(arrival, written);
                asked.wrote(arrived);
                asked.ready.notify_one();
            }
        });
        if looked.await.is_err() {
            let message = "a look by the clock ended in a panic, which is a fault of this program";
            shared.say(LogLevel::Error, message.to_owned());
        }
    }
}

/// Has what did not arrive sent once more: at the start, since it may be what came while no server was there, and now and again.
async fn what_was_lost(shared: Arc<Shared>, every: Duration) {
    loop {
        let asking = Arc::clone(&shared);
        let asked = tokio::task::spawn_blocking(move || asking.work.redeliver(&|id| asking.queue().knows(id)));
        match asked.await.unwrap_or(Err(WorkError::Panicked)) {
            Ok(0) => {}
            Ok(number) => {
                shared.metrics.redelivered.fetch_add(number as u64, Ordering::Relaxed);
                let message = format!("GitHub sends again what did not arrive: {}", deliveries(number));
                shared.say(LogLevel::Info, message);
            }
            Err(error) => shared.say(LogLevel::Warn, format!("what did not arrive cannot be asked for: {error}")),
        }
        tokio::time::sleep(every).await;
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
                // The last place is for a repository in which no run failed: those that fail must not have them all.
                let steady = parallel > 1 && room.available_permits() == 0;
                let batch = shared.queue().take(steady);
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
    let (work, mine, queue) = (Arc::clone(&shared.work), batch.clone(), Arc::clone(shared));
    let (number, began) = (batch.deliveries.len(), now());
    let begun = tokio::task::spawn_blocking(move || {
        let begun = queue.queue().begin(&mine);
        Ok::<_, io::Error>(if begun? { Some(work.run(&mine)) } else { None })
    });
    let log = |level, message, outcome| {
        let record = LogRecord::of(level, message, &batch.repository, &batch.deliveries);
        shared.work.log(&record.outcome(outcome).took(since(began)));
    };
    let given_up = || {
        shared.metrics.given_up.fetch_add(number as u64, Ordering::Relaxed);
        log(LogLevel::Error, "given up; what was asked is in the folder given-up".to_owned(), "given-up");
    };
    let result = match begun.await {
        Ok(Ok(Some(result))) => result,
        Ok(Ok(None)) => return given_up(),
        Ok(Err(error)) => {
            shared.wrote::<()>(Err(error));
            drop(permit);
            tokio::time::sleep(rest).await;
            return shared.queue().release(&batch);
        }
        Err(_) => Err(WorkError::Panicked),
    };
    match result {
        Ok(said) => {
            count(&shared.metrics.done);
            log(LogLevel::Info, format!("{said} ({})", deliveries(number)), "done");
            // A disk may be slow, and a delivery must not wait for it.
            let queue = Arc::clone(shared);
            let done = tokio::task::spawn_blocking(move || {
                queue.successes().note(&batch.repository, now().as_second())?;
                queue.queue().done(&batch)
            });
            let done = done.await;
            shared.wrote(done.unwrap_or_else(|error| Err(io::Error::other(error))));
            drop(permit);
        }
        Err(why) => {
            count(&shared.metrics.failed);
            log(LogLevel::Warn, format!("failed: {why}"), "failed");
            let failed = shared.queue().failed(&batch);
            // While a repository rests, another may have its turn.
            drop(permit);
            shared.ready.notify_one();
            match shared.wrote(failed) {
                Some(Some(failures)) => {
                    tokio::time::sleep(rest * 4_u32.pow(failures.min(6) - 1)).await;
                    shared.queue().release(&batch);
                }
                Some(None) => given_up(),
                None => shared.queue().release(&batch),
            }
        }
    }
}

//! A GitHub on the loopback: it keeps what it is told, refuses what GitHub refuses, remembers every request, and fails on demand.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::ahead::Gate;
use super::http::{self, Request, Response};
use super::state::State;
use super::turns::Turns;
use super::{description, git, routes};

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// It is not looked at, and answered with this: limits, outages.
    Refuse(Response),
    /// The connection ends before it is looked at.
    Drop,
    /// No fault: people did this just before.
    First(fn(&mut State)),
    /// It is dealt with, and answered with this.
    DoneBut(Response),
    /// It is dealt with, and the connection ends before the answer.
    DoneAndDrop,
    /// It is dealt with, and the connection ends within the answer.
    DoneAndHalf,
    /// It is dealt with, and the answer does not come for as long as anybody waits for it.
    DoneAndSilent,
    /// No fault: it is dealt with after this long, as by a server far away.
    Late(Duration),
    /// No fault: it is dealt with once others are there with it.
    Together(Arc<Gate>),
}

/// A request that was made, and the status it was answered with; 0: not at all.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    pub(crate) request: Request,
    pub(crate) status: u16,
    /// Whether the answer was packed.
    pub(crate) packed: bool,
}

/// Decides which requests go wrong: given the number of the request, from 0, and the request.
pub(crate) type Faults = Box<dyn FnMut(usize, &Request) -> Option<Fault> + Send>;

struct Shared {
    state: Mutex<State>,
    log: Mutex<Vec<Logged>>,
    faults: Mutex<Faults>,
    /// What GitHub's description of its API does not know.
    undescribed: Mutex<Vec<String>>,
    /// Whose turn it is, where several runs go on at once.
    turns: Mutex<Option<Arc<Turns>>>,
    /// Where in the log the requests begin that faults are counted from, and that nobody has looked at.
    from: AtomicUsize,
    unseen: AtomicUsize,
    stop: AtomicBool,
}

/// The server; it ends when it is dropped.
pub(crate) struct Server {
    address: String,
    shared: Arc<Shared>,
}

impl Server {
    /// Begins, with the repository `fork/mistral.rs` in this folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let state = State::new(folder, &format!("http://{address}"));
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            log: Mutex::default(),
            faults: Mutex::new(Box::new(|_, _| None)),
            undescribed: Mutex::default(),
            turns: Mutex::default(),
            from: AtomicUsize::new(0),
            unseen: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
        });
        let served = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if served.stop.load(Ordering::Relaxed) {
                    break;
                }
                let served = Arc::clone(&served);
                thread::spawn(move || served.serve(&stream));
            }
        });
        Self { address, shared }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Where the API is.
    pub(crate) fn api(&self) -> String {
        format!("http://{}/api", self.address)
    }

    /// Where the repositories are.
    pub(crate) fn git(&self) -> String {
        format!("http://{}/git", self.address)
    }

    /// What it keeps, to look at and to change as people do.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.shared.state)
    }

    /// From now on these requests go wrong; they are counted again.
    pub(crate) fn faults(&self, faults: impl FnMut(usize, &Request) -> Option<Fault> + Send + 'static) {
        *lock(&self.shared.faults) = Box::new(faults);
        self.shared.from.store(lock(&self.shared.log).len(), Ordering::Relaxed);
        self.log();
    }

    /// The nth request from now on goes wrong, from 0.
    pub(crate) fn fault_at(&self, nth: usize, fault: Fault) {
        self.faults(move |at, _| (at == nth).then(|| fault.clone()));
    }

    /// The request of this name that comes after so many others of that name goes wrong; whether it came.
    pub(crate) fn fault_at_named(&self, name: &str, after: usize, fault: Fault) -> Arc<AtomicBool> {
        let (name, came) = (name.to_owned(), Arc::new(AtomicBool::new(false)));
        let (mut seen, comes) = (0, Arc::clone(&came));
        self.faults(move |_, request| {
            let named = request.name() == name;
            let is = named && seen == after;
            seen += usize::from(named);
            comes.fetch_or(is, Ordering::Relaxed);
            is.then(|| fault.clone())
        });
        came
    }

    /// All requests since the last call of this or of `faults`.
    pub(crate) fn log(&self) -> Vec<Logged> {
        let log = lock(&self.shared.log);
        let unseen = self.shared.unseen.swap(log.len(), Ordering::Relaxed);
        log[unseen..].to_vec()
    }

    /// From now on requests come in by turns.
    pub(crate) fn take_turns(&self, turns: Option<Arc<Turns>>) {
        *lock(&self.shared.turns) = turns;
    }

    /// All requests there ever were.
    pub(crate) fn whole_log(&self) -> Vec<Logged> {
        lock(&self.shared.log).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        let _woken = TcpStream::connect(&self.address);
        if !thread::panicking() {
            let undescribed = lock(&self.shared.undescribed);
            assert!(undescribed.is_empty(), "GitHub does not describe this:\n{}", undescribed.join("\n"));
        }
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        let Ok(Some(request)) = http::read(stream) else { return };
        if let Some(path) = request.path.strip_prefix("/api")
            && let Some(wrong) = description::wrong(&request, path)
        {
            lock(&self.undescribed).push(wrong);
        }
        let turns = lock(&self.turns).clone();
        let turn = turns.as_ref().and_then(|turns| turns.wait(&request.token()?));
        self.deal_with(&request, stream);
        drop(turn);
    }

    fn deal_with(&self, request: &Request, stream: &TcpStream) {
        let at = {
            let mut log = lock(&self.log);
            log.push(Logged { request: request.clone(), status: 0, packed: false });
            log.len() - 1
        };
        let fault = lock(&self.faults)(at.saturating_sub(self.from.load(Ordering::Relaxed)), request);
        let answer = match &fault {
            Some(Fault::Drop) => return,
            Some(Fault::Refuse(answer)) => answer.clone(),
            Some(Fault::Late(how_long)) => {
                thread::sleep(*how_long);
                self.answer(request)
            }
            Some(Fault::Together(gate)) => gate.pass(|| self.answer(request)),
            Some(Fault::First(people)) => {
                people(&mut lock(&self.state));
                self.answer(request)
            }
            _ => self.answer(request),
        };
        let answer = answer.packed_for(request);
        let answer = match fault {
            Some(Fault::DoneAndDrop) => return,
            Some(Fault::DoneAndHalf) => {
                let _gone = answer.send_half(stream);
                return;
            }
            Some(Fault::DoneAndSilent) => {
                let (mut stream, mut nothing) = (stream, [0]);
                let _gone = stream.read(&mut nothing);
                return;
            }
            Some(Fault::DoneBut(answer)) => answer,
            _ => answer,
        };
        if let Some(logged) = lock(&self.log).get_mut(at) {
            logged.status = answer.status;
            logged.packed = answer.headers.iter().any(|(name, _)| name == "content-encoding");
        }
        let _gone = answer.send(stream);
    }

    fn answer(&self, request: &Request) -> Response {
        let mut state = lock(&self.state);
        if request.path.starts_with("/git/") {
            git::answer(&mut state, request)
        } else {
            routes::answer(&mut state, request)
        }
    }
}

/// A test that failed elsewhere is no reason to fail here too.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

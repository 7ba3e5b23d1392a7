//! Deliveries that wait, on disk: each is a file before it is answered, and stays one until its run is over.
//!
//! In the state folder: `waiting/NUMBER-ID.json`, a delivery each; `given-up/`, those whose runs failed too often; `handled.log`, the
//! ids and bodies of those that are over, by which a replay is known; `attempts.json`, how often a run was begun in a repository since
//! one ended well; `lock`, held while a server runs.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::delivery::Delivery;
use crate::files;

/// How many ids of handled deliveries are remembered. GitHub itself offers redelivery for three days only.
const REMEMBERED: usize = 200_000;

/// How often a run is tried.
const TRIES: u32 = 3;

/// Where it stands how often one was begun.
const ATTEMPTS: &str = "attempts.json";

/// Of what may wait, how much may be one repository's: a tenth, and in any case so many.
const SHARE: usize = 10;
const LEAST: usize = 16;
/// And how much of that may be of people of whom it is not known that they may ask for anything.
const UNKNOWN: usize = 2;

/// How long a lock is waited for, and how often it is tried. The file of a server that has just ended is held a moment longer by a
/// program that was being started then: until it runs, it shares all files.
const LOCK_WAIT: Duration = Duration::from_secs(2);
const LOCK_POLL: Duration = Duration::from_millis(20);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is written down.
    Queued,
    /// It was here before.
    Replayed,
    /// There is no room.
    Full,
    /// There is none for this repository.
    ShareFull,
}

/// The deliveries one run handles: all that wait in one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The repository they are of.
    pub repository: String,
    /// The deliveries, oldest first; at least one.
    pub deliveries: Vec<Delivery>,
    numbers: Vec<u64>,
}

impl Batch {
    /// Those of whom it must be asked whether they may ask for a run; none where somebody asks who may.
    #[must_use]
    pub fn asks(&self) -> BTreeSet<&str> {
        let all: Option<BTreeSet<&str>> = self.deliveries.iter().map(|delivery| delivery.asks.as_deref()).collect();
        all.unwrap_or_default()
    }
}

/// A delivery that has its place in the queue, and is yet to be written down.
#[derive(Debug)]
pub struct Arrival {
    number: u64,
    path: PathBuf,
    delivery: Delivery,
}

impl Arrival {
    /// Writes it down, so that it survives a power cut.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self) -> io::Result<()> {
        files::write(&self.path, &serde_json::to_vec(&self.delivery)?)?;
        // The name too must survive.
        self.path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

#[derive(Debug)]
pub struct Queue {
    folder: PathBuf,
    capacity: usize,
    next: u64,
    waiting: BTreeMap<u64, Delivery>,
    /// Of those that have their place and are being written down, the repository, and whether it is to be asked of their author.
    arriving: Vec<(String, bool)>,
    running: HashSet<String>,
    /// How often a run was begun in a repository since one ended well. It is on disk before the run begins, so that one that takes the
    /// server with it counts too.
    attempts: BTreeMap<String, u32>,
    /// Ids and bodies.
    seen: HashSet<String>,
    /// What of `seen` is over, oldest first: a line each.
    handled: VecDeque<String>,
    log: File,
    /// Held as long as the queue is open.
    _lock: File,
}

fn hold(lock: &File) -> io::Result<()> {
    let mut waited = Duration::ZERO;
    while lock.try_lock().is_err() {
        if waited >= LOCK_WAIT {
            return Err(io::Error::other("another server uses this state folder"));
        }
        thread::sleep(LOCK_POLL);
        waited += LOCK_POLL;
    }
    Ok(())
}

impl Queue {
    /// Opens the queue in a state folder, made if it is not there; `capacity` is how many deliveries may wait.
    ///
    /// # Errors
    /// The folder cannot be written, holds what is no delivery, or another server uses it.
    pub fn open(folder: &Path, capacity: usize) -> io::Result<Self> {
        for part in ["waiting", "given-up"] {
            fs::create_dir_all(folder.join(part))?;
        }
        let lock = File::create(folder.join("lock"))?;
        hold(&lock)?;
        let handled = read_log(&folder.join("handled.log"))?;
        let log = OpenOptions::new().append(true).create(true).open(folder.join("handled.log"))?;
        let mut queue = Self {
            folder: folder.to_path_buf(),
            capacity,
            next: 0,
            waiting: BTreeMap::new(),
            arriving: Vec::new(),
            running: HashSet::new(),
            attempts: read_attempts(&folder.join(ATTEMPTS))?,
            seen: handled.iter().flat_map(|line| line.split(' ')).map(str::to_owned).collect(),
            handled,
            log,
            _lock: lock,
        };
        queue.load()?;
        Ok(queue)
    }

    /// Reads what waits, and the names of what was laid aside.
    fn load(&mut self) -> io::Result<()> {
        for entry in fs::read_dir(self.folder.join("given-up"))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some((_, id)) = name.trim_end_matches(".json").split_once('-') {
                self.seen.insert(id.to_owned());
            }
            let delivery: Option<Delivery> = serde_json::from_slice(&fs::read(entry.path())?).ok();
            self.seen.extend(delivery.map(|delivery| delivery.body));
        }
        for entry in fs::read_dir(self.folder.join("waiting"))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(".part") {
                // Half a file, so it was never answered, and GitHub knows that.
                fs::remove_file(&path)?;
                continue;
            }
            let wrong = || io::Error::other(format!("{} is no delivery; move it away", path.display()));
            let number = name.split_once('-').and_then(|(number, _)| number.parse::<u64>().ok()).ok_or_else(wrong)?;
            let delivery: Delivery = serde_json::from_slice(&fs::read(&path)?).map_err(|_| wrong())?;
            self.next = self.next.max(number + 1);
            if self.seen.contains(&delivery.id) {
                // Its run was over when the server was stopped, and only the file was left.
                fs::remove_file(&path)?;
                continue;
            }
            self.see(&delivery);
            self.waiting.insert(number, delivery);
        }
        Ok(())
    }

    fn see(&mut self, delivery: &Delivery) {
        self.seen.insert(delivery.id.clone());
        self.seen.insert(delivery.body.clone());
    }

    /// Gives a delivery its place. It is to be written down next, for which nobody else need wait: a disk writes many at once in the
    /// time of one.
    ///
    /// # Errors
    /// Why it is turned away.
    pub fn arrive(&mut self, delivery: Delivery) -> Result<Arrival, Accepted> {
        // The signature is of the body alone, so whoever has one may send it again under any id.
        if self.seen.contains(&delivery.id) || self.seen.contains(&delivery.body) {
            return Err(Accepted::Replayed);
        }
        if self.waiting.len() + self.arriving.len() >= self.capacity {
            return Err(Accepted::Full);
        }
        let waiting = self.waiting.values().map(|waiting| (&waiting.repository, waiting.asks.is_some()));
        let arriving = self.arriving.iter().map(|(repository, asks)| (repository, *asks));
        let of_it: Vec<bool> = waiting
            .chain(arriving)
            .filter(|(repository, _)| **repository == delivery.repository)
            .map(|(_, asks)| asks)
            .collect();
        let unknown = of_it.iter().filter(|asks| **asks).count();
        if of_it.len() >= (self.capacity / SHARE).max(LEAST) || (delivery.asks.is_some() && unknown >= UNKNOWN) {
            return Err(Accepted::ShareFull);
        }
        let number = self.next;
        self.next += 1;
        self.arriving.push((delivery.repository.clone(), delivery.asks.is_some()));
        self.see(&delivery);
        Ok(Arrival { number, path: self.path("waiting", number, &delivery.id), delivery })
    }

    /// Takes up a delivery that was written down, or forgets it where that failed.
    ///
    /// # Errors
    /// It was not written down.
    pub fn arrived(&mut self, arrival: Arrival, written: io::Result<()>) -> io::Result<Accepted> {
        let Arrival { number, path, delivery } = arrival;
        let of_it = (&delivery.repository, delivery.asks.is_some());
        if let Some(at) = self.arriving.iter().position(|(repository, asks)| (repository, *asks) == of_it) {
            self.arriving.swap_remove(at);
        }
        if let Err(error) = written {
            self.seen.remove(&delivery.id);
            self.seen.remove(&delivery.body);
            // It may be there all the same; the response says that it is not.
            let _nothing_to_remove = fs::remove_file(path);
            return Err(error);
        }
        self.waiting.insert(number, delivery);
        Ok(Accepted::Queued)
    }

    /// All that waits in the repository whose turn it is, and in which no run is under way; `None`: there is none. Where `steady`, only
    /// one whose last run ended well, or that had none.
    pub fn take(&mut self, steady: bool) -> Option<Batch> {
        let unsteady = |repository: &String| steady && self.attempts.contains_key(repository);
        let busy = |repository: &String| self.running.contains(repository) || unsteady(repository);
        let free = |delivery: &&Delivery| !busy(&delivery.repository);
        let repository = self.waiting.values().find(free)?.repository.clone();
        let of = self.waiting.iter().filter(|(_, delivery)| delivery.repository == repository);
        let (numbers, deliveries) = of.map(|(number, delivery)| (*number, delivery.clone())).unzip();
        self.running.insert(repository.clone());
        Some(Batch { repository, deliveries, numbers })
    }

    /// Writes down that the run of a batch is about to begin. False: it was begun too often, and the batch was laid aside.
    ///
    /// # Errors
    /// The state folder cannot be written; the run must not begin then.
    pub fn begin(&mut self, batch: &Batch) -> io::Result<bool> {
        if self.attempts.get(&batch.repository).copied().unwrap_or_default() >= TRIES {
            self.lay_aside(batch)?;
            return Ok(false);
        }
        *self.attempts.entry(batch.repository.clone()).or_default() += 1;
        self.write_attempts()?;
        Ok(true)
    }

    /// The run of a batch was cut off by the end of the server, so its beginning says nothing of it.
    ///
    /// # Errors
    /// The state folder cannot be written.
    pub fn cut_off(&mut self) -> io::Result<()> {
        for repository in self.running.drain() {
            if let Some(attempts) = self.attempts.get_mut(&repository) {
                *attempts = attempts.saturating_sub(1);
            }
        }
        self.attempts.retain(|_, attempts| *attempts > 0);
        self.write_attempts()
    }

    fn write_attempts(&self) -> io::Result<()> {
        files::write(&self.folder.join(ATTEMPTS), &serde_json::to_vec(&self.attempts)?)
    }

    /// The run of a batch did its work.
    ///
    /// # Errors
    /// The state folder cannot be written; the batch is handled again after a restart then.
    pub fn done(&mut self, batch: &Batch) -> io::Result<()> {
        self.running.remove(&batch.repository);
        if self.attempts.remove(&batch.repository).is_some() {
            self.write_attempts()?;
        }
        let over: String = batch.deliveries.iter().map(|delivery| format!("{}\n", line(delivery))).collect();
        self.log.write_all(over.as_bytes())?;
        self.log.sync_data()?;
        for (number, delivery) in batch.numbers.iter().zip(&batch.deliveries) {
            self.waiting.remove(number);
            fs::remove_file(self.path("waiting", *number, &delivery.id))?;
            self.handled.push_back(line(delivery));
        }
        while self.handled.len() > REMEMBERED {
            for gone in self.handled.pop_front().iter().flat_map(|line| line.split(' ')) {
                self.seen.remove(gone);
            }
        }
        Ok(())
    }

    /// The run of a batch failed. It waits on, for the turn after as many failures as are returned; `None`: it failed too often, and
    /// was laid aside.
    ///
    /// # Errors
    /// The state folder cannot be written.
    pub fn failed(&mut self, batch: &Batch) -> io::Result<Option<u32>> {
        match self.attempts.get(&batch.repository).copied().unwrap_or(1) {
            failures if failures < TRIES => Ok(Some(failures)),
            _ => self.lay_aside(batch).map(|()| None),
        }
    }

    /// Puts a batch where it is tried no more; what comes next in its repository begins again.
    fn lay_aside(&mut self, batch: &Batch) -> io::Result<()> {
        for (number, delivery) in batch.numbers.iter().zip(&batch.deliveries) {
            fs::rename(self.path("waiting", *number, &delivery.id), self.path("given-up", *number, &delivery.id))?;
            self.waiting.remove(number);
            self.handled.push_back(line(delivery));
        }
        self.release(batch);
        self.attempts.remove(&batch.repository);
        self.write_attempts()
    }

    /// The repository of a batch may have its turn again.
    pub fn release(&mut self, batch: &Batch) {
        self.running.remove(&batch.repository);
    }

    /// Whether a delivery of this id was ever here.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.seen.contains(&id.to_ascii_lowercase())
    }

    /// How many deliveries wait or are being handled.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// In how many repositories a run is under way.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running.len()
    }

    fn path(&self, part: &str, number: u64, id: &str) -> PathBuf {
        self.folder.join(part).join(format!("{number:012}-{id}.json"))
    }
}

/// What a log says of a delivery.
fn line(delivery: &Delivery) -> String {
    format!("{} {}", delivery.id, delivery.body).trim_end().to_owned()
}

fn read_attempts(path: &Path) -> io::Result<BTreeMap<String, u32>> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        read => serde_json::from_slice(&read?)
            .map_err(|_| io::Error::other(format!("{} is not right; remove it", path.display()))),
    }
}

/// The lines of a log, oldest first. A log that has grown too long is rewritten.
fn read_log(path: &Path) -> io::Result<VecDeque<String>> {
    let text = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(VecDeque::new()),
        read => String::from_utf8_lossy(&read?).into_owned(),
    };
    let mut ids: VecDeque<String> = text.lines().map(str::to_owned).collect();
    // A power cut can leave half a line. It names no delivery, and must not run into the next one.
    if !text.is_empty() && !text.ends_with('\n') {
        ids.pop_back();
    }
    if ids.len() > 2 * REMEMBERED || !(text.is_empty() || text.ends_with('\n')) {
        ids.drain(..ids.len().saturating_sub(REMEMBERED));
        files::write(path, ids.iter().map(|id| format!("{id}\n")).collect::<String>().as_bytes())?;
    }
    Ok(ids)
}

//! The bodies that are being read: how much they take together is bounded, and where that is too much the largest goes. So a client that
//! sends much, or slowly, is in nobody's way: a real delivery is small and is read at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::sync::Notify;

use crate::action::LARGEST;

/// How many bytes all bodies may take together.
const TOGETHER: usize = 48 << 20;

/// How long a client may take to send a body: as long as GitHub waits for the response to all of it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotRead {
    /// It broke off, or is larger than any that GitHub sends.
    TooLarge,
    TooSlow,
    /// Others needed the room more.
    Crowded,
}

#[derive(Debug, Default)]
pub(super) struct Bodies {
    open: Arc<Mutex<BTreeMap<u64, Entry>>>,
}

#[derive(Debug, Default)]
struct Entry {
    bytes: usize,
    gone: bool,
    leave: Arc<Notify>,
}

/// A body that is being read.
struct Reading {
    open: Arc<Mutex<BTreeMap<u64, Entry>>>,
    number: u64,
    leave: Arc<Notify>,
}

impl Bodies {
    /// Reads a body.
    pub(super) async fn read(&self, body: Incoming) -> Result<Vec<u8>, NotRead> {
        // As it was announced, before any of it is read.
        if body.size_hint().lower() > LARGEST as u64 {
            return Err(NotRead::TooLarge);
        }
        let reading = self.begin();
        tokio::select! {
            read = tokio::time::timeout(TIMEOUT, reading.all(body)) => read.unwrap_or(Err(NotRead::TooSlow)),
            () = reading.leave.notified() => Err(NotRead::Crowded),
        }
    }

    fn begin(&self) -> Reading {
        let entry = Entry::default();
        let leave = Arc::clone(&entry.leave);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let number = open.last_key_value().map_or(0, |(last, _)| last + 1);
        open.insert(number, entry);
        Reading { open: Arc::clone(&self.open), number, leave }
    }
}

impl Reading {
    async fn all(&self, mut body: Incoming) -> Result<Vec<u8>, NotRead> {
        let mut read = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return Err(NotRead::TooLarge) };
            let Some(data) = frame.data_ref() else { continue };
            if read.len() + data.len() > LARGEST {
                return Err(NotRead::TooLarge);
            }
            read.extend_from_slice(data);
            self.holds(read.capacity());
        }
        Ok(read)
    }

    /// Notes how much it takes, and has the largest leave while all take too much.
    fn holds(&self, bytes: usize) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = open.get_mut(&self.number) {
            entry.bytes = bytes;
        }
        let staying = |open: &BTreeMap<u64, Entry>| {
            open.values().filter(|entry| !entry.gone).map(|entry| entry.bytes).sum::<usize>()
        };
        while staying(&open) > TOGETHER {
            let Some(largest) = open.values_mut().filter(|entry| !entry.gone).max_by_key(|entry| entry.bytes) else {
                break;
            };
            largest.gone = true;
            largest.leave.notify_one();
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

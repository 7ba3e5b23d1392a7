//! When a run last ended well in each fork, on disk: who watches the server hears of a fork in which none does, also after a restart.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::files;

/// The file in the state folder.
const FILE: &str = "successes.json";

#[derive(Debug)]
pub(super) struct Successes {
    path: PathBuf,
    /// In seconds since 1970, by fork.
    at: BTreeMap<String, i64>,
}

impl Successes {
    /// Opens what a state folder has of them. They are no more than news of what was: a file that cannot be understood is begun anew.
    pub(super) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let at = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Self { path, at }
    }

    /// A run ended well in a fork.
    pub(super) fn note(&mut self, fork: &str, now: i64) -> io::Result<()> {
        self.at.insert(fork.to_owned(), now);
        files::write(&self.path, &serde_json::to_vec(&self.at)?)
    }

    pub(super) fn all(&self) -> BTreeMap<String, i64> {
        self.at.clone()
    }
}

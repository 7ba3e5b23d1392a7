//! Reading objects fast: packs read by ourselves, what was read shared by all who pick at the same time.
//!
//! libgit2 serves every kind of object store, behind locks, with one thread at a time inflating and no memory of what it
//! inflated but for parts of delta chains. Merging reads the same files over and over, on all cores. So packs, where nearly all
//! objects are, are read here; whatever is not found in one, or looks wrong, is left to libgit2, which also knows what to say of
//! it.

pub(crate) mod cache;
mod delta;
mod index;
mod pack;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cache::{Cache, IdHash};
use pack::{Content, Pack};

pub(crate) use pack::{Kind, Reader};

/// The name of an object, whatever its kind.
pub(crate) type Id = [u8; 20];

/// The content of an object.
#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) bytes: Vec<u8>,
}

/// Bytes of what deltas are made against, and of files, that are remembered.
const BASES_BUDGET: usize = 24 << 20;
const BLOBS_BUDGET: usize = 12 << 20;
/// Alternates may have alternates, so deep.
const DEPTH: usize = 5;

/// The packs of a repository, and what was read of them.
pub(crate) struct Objects {
    packs: Vec<Pack>,
    bases: Mutex<Cache<(usize, u64), Object>>,
    blobs: Mutex<Cache<Id, Blob>>,
    sizes: Mutex<HashMap<Id, usize, IdHash>>,
}

/// An object with its kind.
#[derive(Debug, Clone)]
struct Object {
    kind: Kind,
    content: Arc<Blob>,
}

impl Objects {
    /// The packs in a folder of objects and in those it borrows from. A pack that cannot be read here is left out.
    pub(crate) fn open(folder: &Path) -> Self {
        let mut packs = Vec::new();
        for folder in stores(folder) {
            let Ok(entries) = std::fs::read_dir(folder.join("pack")) else { continue };
            let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            names.retain(|name| name.extension().is_some_and(|extension| extension == "idx"));
            names.sort();
            for name in &names {
                packs.extend(Pack::open(packs.len(), name));
            }
        }
        Self {
            packs,
            bases: Mutex::new(Cache::new(BASES_BUDGET)),
            blobs: Mutex::new(Cache::new(BLOBS_BUDGET)),
            sizes: Mutex::default(),
        }
    }

    /// A file that was read lately.
    pub(crate) fn known(&self, id: &Id) -> Option<Arc<Blob>> {
        lock(&self.blobs).get(id)
    }

    /// Remembers a file.
    pub(crate) fn remember(&self, id: Id, blob: &Arc<Blob>) {
        lock(&self.blobs).put(id, Arc::clone(blob), blob.bytes.len());
    }

    /// Reads an object from a pack; `None` where none has it, or not as it should be.
    pub(crate) fn read(&self, reader: &mut Reader, id: &Id) -> Option<(Kind, Arc<Blob>)> {
        let (which, at) = self.find(id)?;
        let object = self.unpack(reader, which, at)?;
        Some((object.kind, object.content))
    }

    /// The size of an object in a pack.
    pub(crate) fn size(&self, reader: &mut Reader, id: &Id) -> Option<usize> {
        if let Some(size) = lock(&self.sizes).get(id) {
            return Some(*size);
        }
        let (which, at) = self.find(id)?;
        let pack = &self.packs[which];
        let entry = pack.entry(reader, at)?;
        let size = match entry.content {
            Content::Whole(_) => entry.size,
            Content::Delta(_) => delta::result_size(pack.start(reader, &entry)?)?,
        };
        lock(&self.sizes).insert(*id, size);
        Some(size)
    }

    fn find(&self, id: &Id) -> Option<(usize, u64)> {
        self.packs.iter().enumerate().find_map(|(which, pack)| Some((which, pack.find(id)?)))
    }

    /// The object at a place in a pack: what its chain of deltas begins with, and each delta applied to it.
    fn unpack(&self, reader: &mut Reader, which: usize, at: u64) -> Option<Object> {
        let pack = &self.packs[which];
        let mut deltas = Vec::new();
        let mut at = at;
        let mut object = loop {
            if let Some(known) = lock(&self.bases).get(&(which, at)) {
                break (*known).clone();
            }
            let entry = pack.entry(reader, at)?;
            match entry.content {
                Content::Whole(kind) => {
                    let object = Object { kind, content: Arc::new(Blob { bytes: pack.inflate(reader, &entry)? }) };
                    // Nearly all of these are what deltas are made against: the latest state of each file.
                    self.keep(which, at, &object);
                    break object;
                }
                // A base stands before what is made of it, so this ends.
                Content::Delta(base) if base < at => {
                    deltas.push(entry);
                    at = base;
                }
                Content::Delta(_) => return None,
            }
        };
        while let Some(entry) = deltas.pop() {
            let delta = pack.inflate(reader, &entry)?;
            let content = Arc::new(Blob { bytes: delta::apply(&object.content.bytes, &delta)? });
            object = Object { kind: object.kind, content };
            if !deltas.is_empty() {
                self.keep(which, entry.at, &object);
            }
        }
        Some(object)
    }

    fn keep(&self, which: usize, at: u64, object: &Object) {
        let weight = object.content.bytes.len();
        lock(&self.bases).put((which, at), Arc::new(object.clone()), weight);
    }
}

/// A folder of objects and those it borrows from, each once.
fn stores(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_path_buf()];
    let mut from = 0;
    for _ in 0..DEPTH {
        let to = found.len();
        for at in from..to {
            let Ok(text) = std::fs::read_to_string(found[at].join("info/alternates")) else { continue };
            for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let other = found[at].join(line);
                if !found.contains(&other) {
                    found.push(other);
                }
            }
        }
        from = to;
    }
    found
}

/// A cache is whole even where a thread that held it panicked.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

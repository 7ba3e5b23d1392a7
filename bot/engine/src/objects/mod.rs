//! Reading objects: packs, loose objects and those of alternates, by ourselves, and what was read shared by all threads.
//!
//! libgit2 serves every kind of object store, behind locks, with one thread at a time inflating and no memory of what it
//! inflated but for parts of delta chains, and it reads a loose object that was cut short for ever. Uptake reads the same files
//! over and over, on all cores. So trees and files are read here, whoever asks; what no file on disk has is left to libgit2, which
//! holds what was made in memory. Nothing here trusts a length it read: what does not fit is damaged, and said to be.

pub(crate) mod cache;
mod delta;
mod index;
mod loose;
mod pack;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cache::{Cache, IdHash};
use index::Unread;
use pack::{Content, Pack};
use sha1::{Digest, Sha1};
use tree::Tree;

pub(crate) use pack::{Kind, Reader};

/// The name of an object, whatever its kind.
pub(crate) type Id = [u8; 20];

/// The content of an object.
#[derive(Debug)]
pub(crate) struct Blob {
    pub(crate) bytes: Vec<u8>,
}

/// An object is there, but is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damaged;

/// Bytes of what deltas are made against, of files, and of parsed trees that are remembered.
const BASES_BUDGET: usize = 48 << 20;
const BLOBS_BUDGET: usize = 64 << 20;
const TREES_BUDGET: usize = 24 << 20;
/// A longer chain of deltas goes round: git's are of 4,095 at most (`pack.depth`).
const CHAIN: usize = 4096;
/// Alternates may have alternates, so deep.
const DEPTH: usize = 5;

/// The objects of a repository on disk, and what was read of them.
pub(crate) struct Objects {
    folders: Vec<PathBuf>,
    packs: Vec<Pack>,
    /// The index of a pack that says what cannot be.
    damaged_index: Option<PathBuf>,
    /// Other repositories whose objects this one may use.
    lenders: Mutex<Vec<Arc<Self>>>,
    bases: Mutex<Cache<(usize, u64), Object>>,
    blobs: Mutex<Cache<Id, Blob>>,
    trees: Mutex<Cache<Id, Tree>>,
    sizes: Mutex<HashMap<Id, usize, IdHash>>,
    /// Where in packs files were found that are what their name says: one that is read again is not hashed again.
    checked: Mutex<HashSet<(usize, u64), IdHash>>,
    /// Trees that were made for reading, and that no file on disk has.
    pinned: Mutex<HashMap<Id, Arc<Tree>, IdHash>>,
}

/// An object with its kind.
#[derive(Debug, Clone)]
struct Object {
    kind: Kind,
    content: Arc<Blob>,
}

impl Objects {
    /// The objects in a folder and in those it borrows from. A pack that cannot be read here is left out.
    pub(crate) fn open(folder: &Path) -> Self {
        let folders = stores(folder);
        let mut packs = Vec::new();
        let mut damaged_index = None;
        for folder in &folders {
            let Ok(entries) = std::fs::read_dir(folder.join("pack")) else { continue };
            let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            names.retain(|name| name.extension().is_some_and(|extension| extension == "idx"));
            names.sort();
            for name in &names {
                match Pack::open(name) {
                    Ok(pack) => packs.push(pack),
                    Err(Unread::Unknown) => {}
                    Err(Unread::Damaged) => {
                        damaged_index.get_or_insert_with(|| name.clone());
                    }
                }
            }
        }
        Self {
            folders,
            packs,
            damaged_index,
            lenders: Mutex::default(),
            bases: Mutex::new(Cache::new(BASES_BUDGET)),
            blobs: Mutex::new(Cache::new(BLOBS_BUDGET)),
            trees: Mutex::new(Cache::new(TREES_BUDGET)),
            sizes: Mutex::default(),
            checked: Mutex::default(),
            pinned: Mutex::default(),
        }
    }

    /// From now on looks in another repository, too.
    pub(crate) fn borrow(&self, lender: &Arc<Self>) {
        lock(&self.lenders).push(Arc::clone(lender));
    }

    /// A file that was read lately.
    pub(crate) fn known(&self, id: &Id) -> Option<Arc<Blob>> {
        lock(&self.blobs).get(id)
    }

    /// Remembers a file.
    pub(crate) fn remember(&self, id: Id, blob: &Arc<Blob>) {
        lock(&self.blobs).put(id, Arc::clone(blob), blob.bytes.len());
    }

    /// A tree that was read lately.
    pub(crate) fn known_tree(&self, id: &Id) -> Option<Arc<Tree>> {
        lock(&self.trees).get(id)
    }

    /// Keeps a tree that was made, for all threads and as long as this is open.
    pub(crate) fn pin(&self, id: Id, tree: Tree) {
        lock(&self.pinned).entry(id).or_insert_with(|| Arc::new(tree));
    }

    /// A tree that was made for reading.
    pub(crate) fn pinned(&self, id: &Id) -> Option<Arc<Tree>> {
        lock(&self.pinned).get(id).map(Arc::clone)
    }

    pub(crate) fn remember_tree(&self, id: Id, tree: &Arc<Tree>) {
        lock(&self.trees).put(id, Arc::clone(tree), tree.weight());
    }

    /// Reads an object from disk; `None` where no file has it. One that is damaged in one place may be whole in another.
    pub(crate) fn read(&self, reader: &mut Reader, id: &Id) -> Result<Option<(Kind, Arc<Blob>)>, Damaged> {
        let mut found = Ok(None);
        for (which, at) in self.places(id) {
            match self.unpack(reader, which, at).filter(|object| self.is_checked(id, (which, at), object)) {
                Some(object) => return Ok(Some((object.kind, object.content))),
                None => found = Err(Damaged),
            }
        }
        for folder in &self.folders {
            match loose::read(folder, id) {
                Ok(Some((kind, bytes))) if is_named(id, kind, &bytes) => {
                    return Ok(Some((kind, Arc::new(Blob { bytes }))));
                }
                Ok(Some(_)) => found = Err(Damaged),
                Ok(None) => {}
                Err(damaged) => found = Err(damaged),
            }
        }
        let lenders = lock(&self.lenders).clone();
        for lender in lenders {
            match lender.read(reader, id) {
                Ok(None) => {}
                Ok(theirs) => return Ok(theirs),
                Err(damaged) => found = Err(damaged),
            }
        }
        found
    }

    /// Whether an object of a pack is what its name says. A pack that is open does not change under its reader: git writes another.
    fn is_checked(&self, id: &Id, place: (usize, u64), object: &Object) -> bool {
        let is_file = object.kind == Kind::Blob;
        if is_file && lock(&self.checked).contains(&place) {
            return true;
        }
        let named = is_named(id, object.kind, &object.content.bytes);
        if is_file && named {
            lock(&self.checked).insert(place);
        }
        named
    }

    /// The size of an object on disk, which is not read for it.
    pub(crate) fn size(&self, reader: &mut Reader, id: &Id) -> Option<usize> {
        if let Some(size) = lock(&self.sizes).get(id) {
            return Some(*size);
        }
        let packed = self.places(id).find_map(|(which, at)| self.packed_size(reader, which, at));
        let size = packed.or_else(|| {
            let heads = self.folders.iter().filter_map(|folder| loose::head(folder, id).ok().flatten());
            heads.map(|(_, size)| size).next()
        })?;
        lock(&self.sizes).insert(*id, size);
        Some(size)
    }

    /// The index of a pack that must not be used, where there is one: libgit2 would.
    pub(crate) fn damaged_index(&self) -> Option<&Path> {
        self.damaged_index.as_deref()
    }

    /// Whether this loose object cannot be read. What is in packs is not looked at: libgit2 tells damage there, and ends.
    pub(crate) fn is_damaged(&self, id: &Id) -> bool {
        self.folders.iter().any(|folder| loose::read(folder, id).is_err())
    }

    fn packed_size(&self, reader: &mut Reader, which: usize, at: u64) -> Option<usize> {
        let pack = &self.packs[which];
        let entry = pack.entry(reader, at)?;
        match entry.content {
            Content::Whole(_) => Some(entry.size),
            Content::Delta(_) => delta::result_size(pack.start(reader, &entry)?),
        }
    }

    fn places(&self, id: &Id) -> impl Iterator<Item = (usize, u64)> {
        self.packs.iter().enumerate().filter_map(|(which, pack)| Some((which, pack.find(id)?)))
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
                    // Commits are read once, and seldom is one made of another.
                    if kind != Kind::Commit || !deltas.is_empty() {
                        self.keep(which, at, &object);
                    }
                    break object;
                }
                // A base stands before what is made of it, but where a fetch completed a thin pack: there it is at the end.
                Content::Delta(base) if deltas.len() < CHAIN => {
                    deltas.push(entry);
                    at = base;
                }
                // Git makes no chain as long as this: it goes round.
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

/// Whether this is the name of such an object. What is remembered was looked at once, when it was read.
fn is_named(id: &Id, kind: Kind, content: &[u8]) -> bool {
    name_of(kind, content) == *id
}

/// The name of an object. Processors know SHA-1; libgit2 hashes again what it writes, with a look for collisions.
pub(crate) fn name_of(kind: Kind, content: &[u8]) -> Id {
    let head = format!("{} {}\0", kind.word(), content.len());
    Sha1::new().chain_update(head).chain_update(content).finalize().into()
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

//! Objects for merging: read once, made in memory, written only when somebody keeps the result.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::tree::Tree;
use crate::Repo;
use crate::error::GitError;
use crate::ids::TreeId;
use crate::objects::cache::IdHash;
use crate::objects::name_of;

pub(super) use crate::objects::{Blob, Id, Kind};

/// The blob with nothing in it; never taken for renamed.
pub(super) const EMPTY_BLOB: Id = [
    0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b, 0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4, 0x8c, 0x53,
    0x91,
];

/// A file is binary when there is a NUL in so many first bytes.
const SNIFFED: usize = 8000;

/// A file of more lines than this is no text to merge: each line takes some hundred bytes of memory.
const MOST_LINES: usize = 1 << 21;

/// Whether a file is no text.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(SNIFFED)]).is_some()
        || bytes.len() > MOST_LINES && memchr::memchr_iter(b'\n', bytes).count() > MOST_LINES
}

/// An object that no repository has yet.
struct Made {
    kind: Kind,
    bytes: Arc<Blob>,
}

/// A file that was made, with its name.
pub(super) struct MadeFile {
    pub(super) id: Id,
    pub(super) content: Arc<Blob>,
}

/// The repository's objects and those made by merging.
pub(super) struct Store<'r> {
    repo: &'r Repo,
    sizes: HashMap<Id, usize, IdHash>,
    made: HashMap<Id, Made, IdHash>,
    /// The bytes of `made`.
    held: usize,
}

impl<'r> Store<'r> {
    pub(super) const fn repo(&self) -> &'r Repo {
        self.repo
    }

    pub(super) fn open(repo: &'r Repo) -> Self {
        Self { repo, sizes: HashMap::default(), made: HashMap::default(), held: 0 }
    }

    /// A tree; of nothing, the empty one.
    pub(super) fn tree(&mut self, id: Option<Id>) -> Result<Arc<Tree>, GitError> {
        let Some(id) = id else { return Ok(Arc::default()) };
        // What was made is of the same name wherever it is made, so others may know it.
        let Some(made) = self.made.get(&id) else { return self.repo.tree_at(&id) };
        match self.repo.objects().known_tree(&id) {
            Some(tree) => Ok(tree),
            None => self.repo.parsed(id, made.bytes.bytes.clone()),
        }
    }

    /// The content of a file.
    pub(super) fn blob(&mut self, id: Id) -> Result<Arc<Blob>, GitError> {
        if let Some(made) = self.made.get(&id) {
            return Ok(Arc::clone(&made.bytes));
        }
        self.repo.blob_at(&id)
    }

    /// The size of a file, in bytes; its content is not read for it.
    pub(super) fn size(&mut self, id: Id) -> Result<usize, GitError> {
        if let Some(size) = self.sizes.get(&id) {
            return Ok(*size);
        }
        let size = match self.made.get(&id) {
            Some(made) => made.bytes.bytes.len(),
            None => self.repo.size_of(&id)?,
        };
        self.sizes.insert(id, size);
        Ok(size)
    }

    /// An object that was made, and is still there, as it can be made again.
    pub(super) fn made(&self, id: &Id) -> Option<MadeFile> {
        self.made.get(id).map(|made| MadeFile { id: *id, content: Arc::clone(&made.bytes) })
    }

    /// Makes a file that was made before.
    pub(super) fn make_again(&mut self, file: &MadeFile) -> Id {
        if let Entry::Vacant(place) = self.made.entry(file.id) {
            self.held += file.content.bytes.len();
            place.insert(Made { kind: Kind::Blob, bytes: Arc::clone(&file.content) });
        }
        file.id
    }

    /// Makes an object, in memory.
    pub(super) fn make(&mut self, kind: Kind, object: Vec<u8>) -> Id {
        let id = name_of(kind, &object);
        if let Entry::Vacant(place) = self.made.entry(id) {
            self.held += object.len();
            place.insert(Made { kind, bytes: Arc::new(Blob { bytes: object }) });
        }
        id
    }

    /// Gives a tree that was made here, with all in it that was, to the repository.
    pub(super) fn keep(&mut self, tree: TreeId) -> Result<(), GitError> {
        let mut pending = vec![*tree.as_bytes()];
        while let Some(id) = pending.pop() {
            let Some(made) = self.made.remove(&id) else { continue };
            self.held -= made.bytes.bytes.len();
            self.repo.hold(id, made.kind, made.bytes)?;
            if made.kind == Kind::Tree {
                let tree = self.tree(Some(id))?;
                pending.extend(tree.entries().map(|(_, version)| version.id));
            }
        }
        Ok(())
    }

    /// Forgets what was made and not kept, but for what these trees are made of.
    pub(super) fn forget_all_but(&mut self, trees: &[TreeId]) -> Result<(), GitError> {
        let mut all = std::mem::take(&mut self.made);
        self.held = 0;
        let mut pending: Vec<Id> = trees.iter().map(|tree| *tree.as_bytes()).collect();
        while let Some(id) = pending.pop() {
            let Some(made) = all.remove(&id) else { continue };
            let is_tree = made.kind == Kind::Tree;
            self.held += made.bytes.bytes.len();
            self.made.insert(id, made);
            if is_tree {
                let tree = self.tree(Some(id))?;
                pending.extend(tree.entries().map(|(_, version)| version.id));
            }
        }
        Ok(())
    }

    /// Forgets what was made and not kept.
    pub(super) fn forget(&mut self) {
        self.made.clear();
        self.held = 0;
    }

    /// The bytes of what was made and neither kept nor forgotten.
    pub(super) const fn held(&self) -> usize {
        self.held
    }
}

//! How commits hang together, read by ourselves and remembered: what every walk through history goes by.

use std::collections::{BinaryHeap, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::Repo;
use super::stored::Stored;
use crate::error::GitError;
use crate::ids::{CommitId, TreeId};
use crate::objects::cache::IdHash;
use crate::objects::{Blob, Kind, lock};

/// What a walk needs to know of a commit.
pub(super) struct Links {
    pub(super) parents: Vec<CommitId>,
    /// When it was committed.
    pub(super) time: i64,
    /// The tree it names.
    pub(super) tree: TreeId,
}

/// What is known of the history of a repository, for all threads.
pub(super) struct KnownLinks {
    found: Mutex<HashMap<CommitId, Arc<Links>, IdHash>>,
    /// The parents that the repository has for commits in place of their own: none where history was cut off
    /// (`git clone --depth`), and what `info/grafts` says.
    grafts: HashMap<CommitId, Vec<CommitId>>,
}

impl KnownLinks {
    pub(super) fn open(git_dir: &Path) -> Self {
        let mut grafts = HashMap::new();
        for file in ["shallow", "info/grafts"] {
            let text = fs::read_to_string(git_dir.join(file)).unwrap_or_default();
            for line in text.lines() {
                let names: Result<Vec<CommitId>, _> = line.split_whitespace().map(str::parse).collect();
                if let Ok([commit, parents @ ..]) = names.as_deref() {
                    grafts.insert(*commit, parents.to_vec());
                }
            }
        }
        Self { found: Mutex::default(), grafts }
    }
}

impl Repo {
    /// The parents of a commit, and its time.
    pub(super) fn links(&self, id: CommitId) -> Result<Arc<Links>, GitError> {
        let known = self.known_links();
        if let Some(links) = lock(&known.found).get(&id) {
            return Ok(Arc::clone(links));
        }
        let raw = self.stored(id)?;
        let stored = parsed(id, &raw)?;
        let (time, tree) = (stored.time(), stored.tree);
        let links = Arc::new(Links { parents: self.parents_of(id, &stored.parents), time, tree });
        lock(&known.found).insert(id, Arc::clone(&links));
        Ok(links)
    }

    /// The parents of a commit that names these.
    pub(super) fn parents_of(&self, id: CommitId, named: &[CommitId]) -> Vec<CommitId> {
        self.known_links().grafts.get(&id).map_or(named, Vec::as_slice).to_vec()
    }

    /// A commit in its own bytes.
    pub(super) fn stored(&self, id: CommitId) -> Result<Arc<Blob>, GitError> {
        match self.find(id.as_bytes(), || format!("commit {id}"))? {
            Some((Kind::Commit, raw)) => Ok(raw),
            _ => Err(self.missing(format!("commit {id}"))),
        }
    }

    /// The commit that an object is, or that a tag names.
    pub(super) fn peeled(&self, id: CommitId) -> Result<CommitId, GitError> {
        let mut id = id;
        // Tags of tags are rare, and none is as deep.
        for _ in 0..10 {
            match self.find(id.as_bytes(), || format!("commit {id}"))? {
                Some((Kind::Commit, _)) => return Ok(id),
                Some((Kind::Tag, raw)) => {
                    let name = raw.bytes.strip_prefix(b"object ").and_then(|rest| rest.get(..40));
                    let name = name.and_then(|name| std::str::from_utf8(name).ok()).and_then(|name| name.parse().ok());
                    id = name.ok_or_else(|| damaged(id))?;
                }
                _ => break,
            }
        }
        Err(self.missing(format!("commit {id}")))
    }

    /// The youngest commits of these histories.
    pub(super) fn youngest(&self, tips: impl Iterator<Item = CommitId>, most: usize) -> Vec<CommitId> {
        let (mut seen, mut pending, mut found) = (HashSet::new(), BinaryHeap::new(), Vec::new());
        let mut next: Vec<CommitId> = tips.collect();
        while found.len() < most {
            for id in next.drain(..).filter(|id| seen.insert(*id)) {
                pending.extend(self.links(id).ok().map(|links| (links.time, id)));
            }
            let Some((_, id)) = pending.pop() else { break };
            found.push(id);
            next.extend(self.links(id).iter().flat_map(|links| &links.parents));
        }
        found
    }
}

pub(super) fn parsed(id: CommitId, raw: &Blob) -> Result<Stored<'_>, GitError> {
    Stored::parse(&raw.bytes).ok_or_else(|| damaged(id))
}

fn damaged(id: CommitId) -> GitError {
    GitError::Damaged { what: format!("commit {id}"), object: None }
}

//! Objects that were made here and that no file has: read from memory, and libgit2 gets one where it has to write it out, or read it.

use std::collections::HashMap;
use std::sync::Arc;

use git2::ObjectType;

use super::Repo;
use crate::error::{Doing, GitError};
use crate::objects::cache::IdHash;
use crate::objects::{Blob, Id, Kind, name_of};

/// An object in memory.
pub(crate) struct Held {
    kind: Kind,
    content: Arc<Blob>,
    /// Whether libgit2 has it, too.
    written: bool,
}

pub(crate) type HeldObjects = HashMap<Id, Held, IdHash>;

impl Repo {
    /// Keeps an object of this name for as long as the repository is open; on disk, where new objects go there.
    pub(crate) fn hold(&self, id: Id, kind: Kind, content: Arc<Blob>) -> Result<(), GitError> {
        let mut held = Held { kind, content, written: false };
        if self.writes {
            self.write(&held)?;
            held.written = true;
        }
        self.held.borrow_mut().entry(id).or_insert(held);
        Ok(())
    }

    /// Makes an object and keeps it.
    pub(super) fn make(&self, kind: Kind, content: Vec<u8>) -> Result<Id, GitError> {
        let id = name_of(kind, &content);
        self.hold(id, kind, Arc::new(Blob { bytes: content }))?;
        Ok(id)
    }

    pub(super) fn held(&self, id: &Id) -> Option<(Kind, Arc<Blob>)> {
        self.held.borrow().get(id).map(|held| (held.kind, Arc::clone(&held.content)))
    }

    /// Lets libgit2 have an object, where it is one of these.
    pub(super) fn hand_over(&self, id: &Id) -> Result<(), GitError> {
        let mut held = self.held.borrow_mut();
        let Some(held) = held.get_mut(id).filter(|held| !held.written) else { return Ok(()) };
        self.write(held)?;
        held.written = true;
        Ok(())
    }

    /// libgit2 hashes it once more, with a look for collisions.
    fn write(&self, held: &Held) -> Result<(), GitError> {
        let kind = match held.kind {
            Kind::Commit => ObjectType::Commit,
            Kind::Tree => ObjectType::Tree,
            Kind::Blob => ObjectType::Blob,
            Kind::Tag => ObjectType::Tag,
        };
        let odb = self.inner.odb().doing("write an object")?;
        odb.write(kind, &held.content.bytes).map(drop).doing("write an object")
    }
}

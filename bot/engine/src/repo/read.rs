//! Objects read: all trees and files come through here.

use std::sync::Arc;

use git2::ObjectType;

use super::{Repo, oid};
use crate::commit::Entry;
use crate::error::GitError;
use crate::ids::{BlobId, TreeId};
use crate::objects::tree::{Tree, Version};
use crate::objects::{Blob, Damaged, Id, Kind};
use crate::path::RepoPath;

impl Repo {
    /// The content of a file or a link; `None` of a submodule, which has none.
    ///
    /// # Errors
    /// The object is missing, as in a partial clone, or damaged.
    pub fn content(&self, entry: Entry) -> Result<Option<Vec<u8>>, GitError> {
        let Some(id) = entry.content() else { return Ok(None) };
        Ok(Some(self.blob_at(id.as_bytes())?.bytes.clone()))
    }

    /// The content of a file, shared with all who read it.
    pub(crate) fn blob_at(&self, id: &Id) -> Result<Arc<Blob>, GitError> {
        if let Some(blob) = self.objects().known(id) {
            return Ok(blob);
        }
        let blob = self.object(id, Kind::Blob)?;
        self.objects().remember(*id, &blob);
        Ok(blob)
    }

    /// A tree, shared with all who read it.
    pub(crate) fn tree_at(&self, id: &Id) -> Result<Arc<Tree>, GitError> {
        if let Some(tree) = self.objects().known_tree(id) {
            return Ok(tree);
        }
        if let Some(tree) = self.objects().pinned(id) {
            return Ok(tree);
        }
        let raw = self.object(id, Kind::Tree)?;
        self.parsed(*id, Arc::try_unwrap(raw).map_or_else(|shared| shared.bytes.clone(), |tree| tree.bytes))
    }

    /// Parses a tree, and remembers it.
    pub(crate) fn parsed(&self, id: Id, raw: Vec<u8>) -> Result<Arc<Tree>, GitError> {
        let damaged = || GitError::Damaged { what: format!("the tree {}", oid(id)), object: Some(id) };
        let tree = Arc::new(Tree::parse(raw).ok_or_else(damaged)?);
        self.objects().remember_tree(id, &tree);
        Ok(tree)
    }

    /// The size of a file; its content is not read for it.
    pub(crate) fn size_of(&self, id: &Id) -> Result<usize, GitError> {
        if let Some((_, content)) = self.held(id) {
            return Ok(content.bytes.len());
        }
        if let Some(size) = self.objects().size(&mut self.reader.borrow_mut(), id) {
            return Ok(size);
        }
        // In memory, or nowhere.
        Ok(self.blob_at(id)?.bytes.len())
    }

    /// An object, whatever it is; `None` where there is none of this name.
    pub(super) fn find(&self, id: &Id, what: impl Fn() -> String) -> Result<Option<(Kind, Arc<Blob>)>, GitError> {
        if let Some(held) = self.held(id) {
            return Ok(Some(held));
        }
        match self.objects().read(&mut self.reader.borrow_mut(), id) {
            Ok(None) => {}
            Ok(found) => return Ok(found),
            Err(Damaged) => return Err(GitError::Damaged { what: what(), object: Some(*id) }),
        }
        // libgit2 would follow an index that points out of its pack.
        match self.objects().damaged_index() {
            Some(index) => Err(GitError::Damaged { what: format!("the index {}", index.display()), object: None }),
            None => Ok(self.in_memory(id)),
        }
    }

    fn object(&self, id: &Id, kind: Kind) -> Result<Arc<Blob>, GitError> {
        let what = || format!("{} {}", if kind == Kind::Tree { "the tree" } else { "the file content" }, oid(*id));
        let found = self.find(id, what)?;
        let found = found.filter(|(found, _)| *found == kind).map(|(_, content)| content);
        found.ok_or_else(|| match self.missing(what()) {
            GitError::Missing { what, hint, .. } => GitError::Missing { what, object: Some(*id), hint },
            other => other,
        })
    }

    /// An object that libgit2 made during this run, or that came to the repository since it was opened.
    fn in_memory(&self, id: &Id) -> Option<(Kind, Arc<Blob>)> {
        let odb = self.inner.odb().ok()?;
        let object = odb.read(oid(*id)).ok()?;
        let kind = match object.kind() {
            ObjectType::Tree => Kind::Tree,
            ObjectType::Blob => Kind::Blob,
            ObjectType::Commit => Kind::Commit,
            _ => Kind::Tag,
        };
        Some((kind, Arc::new(Blob { bytes: object.data().to_vec() })))
    }

    /// Fails where libgit2 must not read an object itself, as it is damaged.
    pub(super) fn whole(&self, id: &Id) -> Result<(), GitError> {
        if self.objects().is_damaged(id) {
            return Err(GitError::Damaged { what: format!("the object {}", oid(*id)), object: None });
        }
        Ok(())
    }

    /// The files a tree holds.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn files(&self, tree: TreeId) -> Result<Vec<RepoPath>, GitError> {
        Ok(self.entries(tree)?.into_keys().collect())
    }

    /// The file at a path, where there is one.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn entry(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Entry>, GitError> {
        let mut found = Version::folder(*tree.as_bytes());
        for name in path.as_bytes().split(|byte| *byte == b'/') {
            let Some(folder) = found.tree() else { return Ok(None) };
            found = self.tree_at(&folder)?.find(name);
        }
        Ok((!found.is_none()).then(|| found.into()))
    }
}

impl From<Version> for Entry {
    fn from(version: Version) -> Self {
        Self { mode: version.mode, id: BlobId::from_bytes(version.id) }
    }
}

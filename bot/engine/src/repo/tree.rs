//! Trees made from files, and files read from trees: for what we keep on branches of our own.

use std::collections::BTreeMap;

use super::Repo;
use super::stored::line;
use crate::commit::{Entry, Signature};
use crate::error::{Doing, GitError};
use crate::ids::{BlobId, CommitId, TreeId};
use crate::objects::{self, Kind};
use crate::path::RepoPath;

/// Git's mode of a folder.
const FOLDER: i32 = 0o040_000;

/// The name git gives a file with this content.
#[must_use]
pub fn name_of(content: &[u8]) -> BlobId {
    BlobId::from_bytes(objects::name_of(Kind::Blob, content))
}

impl Repo {
    /// Keeps a file's content and returns its name.
    ///
    /// # Errors
    /// It cannot be kept.
    pub fn make_blob(&self, content: &[u8]) -> Result<BlobId, GitError> {
        self.inner.blob(content).map(BlobId::from).doing("keep a file")
    }

    /// Makes the tree that holds these files and no others. The same files give the same tree.
    ///
    /// # Errors
    /// A path is none that git takes.
    pub fn make_tree(&self, files: &BTreeMap<RepoPath, Entry>) -> Result<TreeId, GitError> {
        let files: Vec<(&[u8], Entry)> = files.iter().map(|(path, entry)| (path.as_bytes(), *entry)).collect();
        self.folder(&files)
    }

    fn folder(&self, files: &[(&[u8], Entry)]) -> Result<TreeId, GitError> {
        let doing = "make a tree";
        let mut builder = self.inner.treebuilder(None).doing(doing)?;
        let mut folders: BTreeMap<&[u8], Vec<(&[u8], Entry)>> = BTreeMap::new();
        for (path, entry) in files {
            match path.iter().position(|byte| *byte == b'/') {
                Some(end) => folders.entry(&path[..end]).or_default().push((&path[end + 1..], *entry)),
                None => {
                    let mode = i32::try_from(entry.mode).unwrap_or_default();
                    builder.insert(*path, entry.id.into(), mode).doing(doing)?;
                }
            }
        }
        for (name, files) in folders {
            builder.insert(name, self.folder(&files)?.into(), FOLDER).doing(doing)?;
        }
        Ok(builder.write().doing(doing)?.into())
    }

    /// All files of a tree, folders within folders too, in path order.
    ///
    /// # Errors
    /// A tree is missing.
    pub fn entries(&self, tree: TreeId) -> Result<BTreeMap<RepoPath, Entry>, GitError> {
        let mut found = BTreeMap::new();
        let mut pending = vec![(RepoPath::from(""), *tree.as_bytes())];
        while let Some((folder, id)) = pending.pop() {
            for (name, version) in self.tree_at(&id)?.entries() {
                let path = folder.join(name);
                match version.tree() {
                    Some(inner) => pending.push((path, inner)),
                    None => drop(found.insert(path, version.into())),
                }
            }
        }
        Ok(found)
    }

    /// Makes a commit of our own that has no parent: the first of a branch that has nothing to do with the others.
    ///
    /// # Errors
    /// The tree is missing.
    pub fn make_first_commit(&self, tree: TreeId, author: &Signature, message: &str) -> Result<CommitId, GitError> {
        let author = line(author);
        self.commit_as(&author, &[], tree, &author, message)
    }

    /// Brings the objects of another repository within reach of this one, for as long as this one is open. Nothing is copied and
    /// nothing written.
    ///
    /// # Errors
    /// The objects of this repository cannot be opened.
    pub fn borrow_objects(&self, lender: &Self) -> Result<(), GitError> {
        let doing = "read the objects of another repository";
        let objects = lender.inner.commondir().join("objects");
        let path = objects.to_str().ok_or_else(|| git2::Error::from_str("its path is no text")).doing(doing)?;
        self.inner.odb().and_then(|odb| odb.add_disk_alternate(path)).doing(doing)?;
        self.objects().borrow(lender.objects());
        Ok(())
    }

    /// Whether an object of this name is within reach.
    #[must_use]
    pub fn has_commit(&self, id: CommitId) -> bool {
        self.links(id).is_ok()
    }
}

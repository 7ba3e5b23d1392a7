//! Merged texts in chunks, and trees with files put in: for those who resolve what a merge leaves open.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Merged;
use super::compare::{ConflictHunk, LoadedText};
use super::edits::Edits;
use super::merger::Merger;
use super::store::{Blob, Kind, is_binary};
use super::tree::Version;
use crate::commit::Entry;
use crate::error::GitError;
use crate::ids::{BlobId, TreeId};
use crate::path::RepoPath;

/// A part of a merged text. Resolved chunks and conflicts alternate; the first and the last are resolved, and may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MergeChunk {
    /// What only one side changed, or neither.
    Resolved(Vec<u8>),
    /// What both sides changed, each in its own way: whole lines, less those both begin or end with (git's `zdiff3`).
    Conflict {
        /// The lines both sides started from.
        base: Vec<u8>,
        /// Our side's.
        ours: Vec<u8>,
        /// Their side's.
        theirs: Vec<u8>,
        /// The lines both begin or end with, which are in the resolved chunks; the base may have them too.
        shared: Vec<u8>,
        /// The lines of the three files it is made of.
        lines: ConflictHunk,
    },
}

/// The content of a file that is a text, shared with the reader's cache.
pub struct FileText(Arc<Blob>);

impl std::ops::Deref for FileText {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Merger<'_> {
    /// The merge of three files in chunks; its conflicts are those that conflict markers would show. Without a base, both
    /// sides added the file. `None` where one side is no regular file, or one file is no text.
    ///
    /// # Errors
    /// A file is missing.
    pub fn chunks(
        &mut self,
        base: Option<Entry>,
        ours: Entry,
        theirs: Entry,
    ) -> Result<Option<Vec<MergeChunk>>, GitError> {
        let Some(texts) = self.three(base, ours, theirs)? else { return Ok(None) };
        let [base, ours, theirs] = texts.each_ref().map(LoadedText::source);
        Ok(Some(self.memory.texts.chunks(base, ours, theirs)))
    }

    /// The content of a file, be it of the repository or made here; `None` where it is no text, or a submodule.
    ///
    /// # Errors
    /// The file is missing.
    pub fn text(&mut self, file: Entry) -> Result<Option<FileText>, GitError> {
        let Some(file) = file.content() else { return Ok(None) };
        let blob = self.store.blob(*file.as_bytes())?;
        Ok((!is_binary(&blob.bytes)).then_some(FileText(blob)))
    }

    /// As [`Merger::text`], but `None` too where it is larger than so many bytes, which is found without reading it, or is not in this
    /// repository: for what is of use where it is at hand, and is done without where it is not.
    ///
    /// # Errors
    /// It is damaged.
    pub fn text_at_hand(&mut self, file: Entry, most: usize) -> Result<Option<FileText>, GitError> {
        let Some(id) = file.content() else { return Ok(None) };
        let size = self.store.size(*id.as_bytes());
        match size.and_then(|size| if size > most { Ok(None) } else { self.text(file) }) {
            Err(GitError::Missing { .. }) => Ok(None),
            found => found,
        }
    }

    /// Makes a file, in memory, until a tree with it is kept.
    pub fn make_file(&mut self, content: Vec<u8>) -> BlobId {
        BlobId::from_bytes(self.store.make(Kind::Blob, content))
    }

    /// The file, link or submodule at a path of a tree, be it of the repository or made here.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn entry(&mut self, tree: TreeId, path: &RepoPath) -> Result<Option<Entry>, GitError> {
        let version = self.version_at(tree, path.as_bytes())?;
        Ok(version.is_file().then(|| Entry { mode: version.mode, id: BlobId::from_bytes(version.id) }))
    }

    /// The paths that a merge left clean and that a tree has otherwise, in path order.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn differing(&mut self, merged: &Merged, tree: TreeId) -> Result<Vec<RepoPath>, GitError> {
        let open = merged.open_paths();
        let changed = self.changed(merged.tree, tree)?;
        Ok(changed.into_iter().filter(|path| !open.contains(path)).collect())
    }

    /// The paths at which two trees have different files, links or submodules, in path order; the trees may be made here.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn changed(&mut self, old: TreeId, new: TreeId) -> Result<Vec<RepoPath>, GitError> {
        let mut found = Vec::new();
        let mut pending = vec![(RepoPath::from(""), [old, new].map(|tree| Version::folder(*tree.as_bytes())))];
        while let Some((folder, versions)) = pending.pop() {
            if versions[0] == versions[1] {
                continue;
            }
            let trees = [self.store.tree(versions[0].tree())?, self.store.tree(versions[1].tree())?];
            let mut names: BTreeMap<&[u8], [Version; 2]> = BTreeMap::new();
            let (mut old, mut new) = (trees[0].entries().peekable(), trees[1].entries().peekable());
            // What both have alike they mostly have at the same place.
            loop {
                let order = match (old.peek(), new.peek()) {
                    (Some(one), Some(other)) if one == other => {
                        old.next();
                        new.next();
                        continue;
                    }
                    (Some(one), Some(other)) => one.0.cmp(other.0),
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (None, None) => break,
                };
                if order.is_le()
                    && let Some((name, version)) = old.next()
                {
                    names.entry(name).or_insert([Version::NONE; 2])[0] = version;
                }
                if order.is_ge()
                    && let Some((name, version)) = new.next()
                {
                    names.entry(name).or_insert([Version::NONE; 2])[1] = version;
                }
            }
            for (name, versions) in names.into_iter().filter(|(_, [old, new])| old != new) {
                let path = folder.join(name);
                if versions.iter().any(|version| version.is_folder()) {
                    let folders = versions.map(|version| if version.is_folder() { version } else { Version::NONE });
                    pending.push((path.clone(), folders));
                }
                if versions.iter().any(|version| version.is_file()) {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// The tree with these files at these paths: removed where there is none. A folder at such a path stays unless it turns out
    /// empty.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn with_entries<'p>(
        &mut self,
        tree: TreeId,
        entries: impl IntoIterator<Item = (&'p RepoPath, Option<Entry>)>,
    ) -> Result<TreeId, GitError> {
        let mut edits = Edits::default();
        for (path, entry) in entries {
            let version = entry.map_or(Version::NONE, |entry| Version { mode: entry.mode, id: *entry.id.as_bytes() });
            edits.put_file(path.as_bytes(), version);
        }
        let edited = edits.apply(&mut self.store, Version::folder(*tree.as_bytes()))?;
        self.tree_of(edited)
    }
}

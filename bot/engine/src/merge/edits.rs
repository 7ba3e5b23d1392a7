//! A tree with some paths changed; only the folders on the way to them are read and written.

use std::collections::BTreeMap;

use super::store::{Kind, Store};
use super::tree::{Version, encode, order};
use crate::error::GitError;

/// Changes to a tree, by path.
#[derive(Debug, Default)]
pub(super) struct Edits {
    /// What is here instead, folder or file, before anything below is changed.
    entry: Option<Version>,
    /// The file that is here, unless there is a folder; nothing means there is none.
    file: Option<Version>,
    below: BTreeMap<Box<[u8]>, Self>,
}

impl Edits {
    /// Replaces whatever is at a path.
    pub(super) fn replace(&mut self, path: &[u8], version: Version) {
        self.at(path).entry = Some(version);
    }

    /// Puts a file at a path, or takes it away. A folder there stays, unless it turns out empty.
    pub(super) fn put_file(&mut self, path: &[u8], file: Version) {
        self.at(path).file = Some(file);
    }

    fn at(&mut self, path: &[u8]) -> &mut Self {
        path.split(|byte| *byte == b'/').fold(self, |edits, name| edits.below.entry(name.into()).or_default())
    }

    /// Whether, with the changes made to the tree `top`, there is a folder at a path.
    pub(super) fn leaves_folder(&self, store: &mut Store<'_>, path: &[u8], top: Version) -> Result<bool, GitError> {
        let mut edits = Some(self);
        let mut version = top;
        for name in path.split(|byte| *byte == b'/') {
            edits = edits.and_then(|edits| edits.below.get(name));
            version = match edits.and_then(|edits| edits.entry) {
                Some(replaced) => replaced,
                None => store.tree(version.tree())?.find(name),
            };
        }
        Ok(match edits {
            Some(edits) => edits.folder(store, version)?.is_folder(),
            None => version.is_folder(),
        })
    }

    /// The tree with the changes made; an empty tree is nothing.
    pub(super) fn apply(&self, store: &mut Store<'_>, version: Version) -> Result<Version, GitError> {
        let start = self.entry.unwrap_or(version);
        let folder = self.folder(store, start)?;
        if folder.is_folder() {
            return Ok(folder);
        }
        Ok(self.file.unwrap_or(if start.is_file() { start } else { Version::NONE }))
    }

    fn folder(&self, store: &mut Store<'_>, start: Version) -> Result<Version, GitError> {
        if self.below.is_empty() {
            return Ok(if start.is_folder() { start } else { Version::NONE });
        }
        let tree = store.tree(start.tree())?;
        let mut entries: Vec<(&[u8], Version)> = Vec::with_capacity(tree.len() + self.below.len());
        let mut changed = false;
        let mut sorted = true;
        for (name, version) in tree.entries() {
            let Some(edits) = self.below.get(name) else {
                entries.push((name, version));
                continue;
            };
            let now = edits.apply(store, version)?;
            changed |= now != version;
            sorted &= now.is_folder() == version.is_folder();
            if !now.is_none() {
                entries.push((name, now));
            }
        }
        for (name, edits) in &self.below {
            if tree.find(name).is_none() {
                let now = edits.apply(store, Version::NONE)?;
                if !now.is_none() {
                    changed = true;
                    sorted = false;
                    entries.push((name, now));
                }
            }
        }
        if !changed {
            return Ok(if start.is_folder() { start } else { Version::NONE });
        }
        if entries.is_empty() {
            return Ok(Version::NONE);
        }
        if !sorted {
            entries.sort_by(|a, b| order(a.0, a.1.is_folder(), b.0, b.1.is_folder()));
        }
        Ok(Version::folder(store.make(Kind::Tree, encode(entries.into_iter()))))
    }
}

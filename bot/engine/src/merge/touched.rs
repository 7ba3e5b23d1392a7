//! Picks whose result depends on the entries at a few paths alone, so that the result can be used again.

use std::collections::BTreeMap;

use super::Merged;
use super::attributes::MergeDriver;
use super::edits::Edits;
use super::merger::{MergeLabels, Merger};
use super::node::parent;
use super::tree::{KIND, REGULAR, Version};
use crate::commit::{Entry, FileChange};
use crate::error::GitError;
use crate::ids::{BlobId, TreeId};
use crate::path::RepoPath;

/// The entries of a tree at the paths a commit changes, in their order; `None` where there is no file.
pub type TouchedEntries = Vec<Option<Entry>>;

/// Files put into a tree, or taken out of it, without making the tree.
pub type TreePatch = BTreeMap<RepoPath, Option<Entry>>;

impl Merger<'_> {
    /// What a pick meets in the tree `onto`, provided that its result depends on nothing else: then any tree with these
    /// entries gives the same verdict, the same conflicts, and the same files at these paths. `None` where it may depend on more:
    /// where files or folders moved, where one side has a folder and the other a file, where there are links or submodules, or where
    /// the attributes of the tree have a say in how a file is merged.
    ///
    /// `changes` are those a commit made to its parent, and `theirs` is its tree. What is picked onto is `onto` with the files of
    /// `patch`.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn touched_entries(
        &mut self,
        changes: &[FileChange],
        theirs: TreeId,
        onto: TreeId,
        patch: &TreePatch,
    ) -> Result<Option<TouchedEntries>, GitError> {
        let mut touched = Vec::with_capacity(changes.len());
        for change in changes {
            let path = change.path.as_bytes();
            let regular = |entry: &Entry| entry.mode & KIND == REGULAR;
            let here = match patch.get(&change.path) {
                Some(entry) => entry.map_or(Version::NONE, version),
                None if below(patch, path).next().is_some() => return Ok(None),
                None => self.version_at(onto, path)?,
            };
            let plain = match (&change.old, &change.new) {
                (Some(old), Some(new)) => regular(old) && regular(new) && here.is_regular(),
                // A file added to a folder that is gone may have to go where the folder went.
                (None, Some(new)) => {
                    regular(new) && (here.is_regular() || here.is_none() && self.folder(onto, patch, path)?)
                }
                // A file that went, or its folder, may be elsewhere: that matters where the other side has changed it, or
                // has added to the folder.
                (Some(old), None) => {
                    regular(old) && here == version(*old) && self.folder(theirs, &TreePatch::new(), path)?
                }
                (None, None) => false,
            };
            let both =
                here.is_regular() && change.old.map(version) != Some(here) && change.new.map(version) != Some(here);
            if !plain || both && self.is_driven(onto, patch, path)? {
                return Ok(None);
            }
            touched.push((!here.is_none()).then(|| Entry { mode: here.mode, id: BlobId::from_bytes(here.id) }));
        }
        Ok(Some(touched))
    }

    /// Whether attributes have a say in how a file is merged. Where the patch has some, that is not looked into.
    fn is_driven(&mut self, onto: TreeId, patch: &TreePatch, path: &[u8]) -> Result<bool, GitError> {
        let attributes = |path: &RepoPath| super::node::file_name(path.as_bytes()) == b".gitattributes";
        if patch.keys().any(attributes) {
            return Ok(true);
        }
        Ok(self.attributes(*onto.as_bytes(), path)?.driver != MergeDriver::Text)
    }

    /// Merges one file alone, in trees that have nothing else: base, ours and theirs, returned with what came of them. Where a pick
    /// [`is_file_by_file`], so comes out each of its files in the whole.
    ///
    /// # Errors
    /// A file is missing.
    pub fn merge_file(
        &mut self,
        path: &RepoPath,
        files: [Option<Entry>; 3],
    ) -> Result<([TreeId; 3], Merged), GitError> {
        let mut trees = [TreeId::from_bytes([0; 20]); 3];
        for (tree, file) in trees.iter_mut().zip(files) {
            let mut edits = Edits::default();
            edits.put_file(path.as_bytes(), file.map_or(Version::NONE, version));
            let top = edits.apply(&mut self.store, Version::NONE)?;
            *tree = self.tree_of(top)?;
        }
        let [base, ours, theirs] = trees;
        let merged = self.merge(base, ours, theirs, &MergeLabels::default())?;
        Ok((trees, merged))
    }

    /// The files a tree has at these paths, in their order.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn files_at<'p>(
        &mut self,
        tree: TreeId,
        paths: impl IntoIterator<Item = &'p RepoPath>,
    ) -> Result<Vec<Option<Entry>>, GitError> {
        let entry = |version: Version| {
            version.is_file().then(|| Entry { mode: version.mode, id: BlobId::from_bytes(version.id) })
        };
        paths.into_iter().map(|path| Ok(entry(self.version_at(tree, path.as_bytes())?))).collect()
    }

    /// What a tree has at a path.
    pub(super) fn version_at(&mut self, tree: TreeId, path: &[u8]) -> Result<Version, GitError> {
        let mut version = Version::folder(*tree.as_bytes());
        for name in path.split(|byte| *byte == b'/') {
            version = self.store.tree(version.tree())?.find(name);
        }
        Ok(version)
    }

    /// Whether a tree has the folder a path is in; not so where that is hard to say.
    fn folder(&mut self, tree: TreeId, patch: &TreePatch, path: &[u8]) -> Result<bool, GitError> {
        let folder = parent(path);
        if folder.is_empty() {
            return Ok(true);
        }
        if patch.get(&RepoPath::from_bytes(folder.to_vec())).is_some_and(Option::is_some) {
            return Ok(false);
        }
        let mut taken = false;
        for entry in below(patch, folder) {
            if entry.is_some() {
                return Ok(true);
            }
            taken = true;
        }
        // What was taken out may have been the last that was in it.
        Ok(!taken && self.version_at(tree, folder)?.is_folder())
    }
}

/// Whether each file of a pick whose [`Merger::touched_entries`] are known comes out the same whatever becomes of the others: unless
/// one may have been moved to where another is.
#[must_use]
pub fn is_file_by_file(changes: &[FileChange]) -> bool {
    let gone = changes.iter().any(|change| change.new.is_none());
    !gone || changes.iter().all(|change| change.old.is_some())
}

/// What was put below a path.
fn below<'o>(patch: &'o TreePatch, path: &[u8]) -> impl Iterator<Item = &'o Option<Entry>> {
    let folder = [path, b"/"].concat();
    let from = RepoPath::from_bytes(folder.clone());
    patch.range(from..).take_while(move |(path, _)| path.as_bytes().starts_with(&folder)).map(|(_, entry)| entry)
}

fn version(entry: Entry) -> Version {
    Version { mode: entry.mode, id: *entry.id.as_bytes() }
}

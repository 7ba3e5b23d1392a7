//! Picks that hang on a few paths alone, so that what came of one tells what comes of the next.

use super::merger::Merger;
use super::node::parent;
use super::tree::{KIND, REGULAR, Version};
use crate::commit::{Entry, FileChange};
use crate::git::error::GitError;
use crate::ids::{BlobId, TreeId};
use crate::path::RepoPath;

/// What a tree has at the paths a commit changes, in their order; nothing where it has no file.
pub type Footing = Vec<Option<Entry>>;

impl Merger<'_> {
    /// What a pick meets in the tree `onto`, provided that it hangs on nothing else: then any tree with the same footing gives the
    /// same verdict, the same conflicts, and the same files at these paths. `None` where it may hang on more: where files or
    /// folders moved, where one side has a folder and the other a file, or where there are links or submodules.
    ///
    /// `changes` are those a commit made to its parent, and `theirs` is its tree.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn footing(
        &mut self,
        changes: &[FileChange],
        theirs: TreeId,
        onto: TreeId,
    ) -> Result<Option<Footing>, GitError> {
        let mut footing = Vec::with_capacity(changes.len());
        for change in changes {
            let path = change.path.as_bytes();
            let regular = |entry: &Entry| entry.mode & KIND == REGULAR;
            let here = self.standing(onto, path)?;
            let plain = match (&change.old, &change.new) {
                (Some(old), Some(new)) => regular(old) && regular(new) && here.is_regular(),
                // A file added to a folder that is gone may have to go where the folder went.
                (None, Some(new)) => {
                    regular(new) && (here.is_regular() || here.is_none() && self.folder(onto, path)?)
                }
                // A file that went, or its folder, may stand elsewhere: that matters where the other side has changed it, or
                // has added to the folder.
                (Some(old), None) => regular(old) && here == version(*old) && self.folder(theirs, path)?,
                (None, None) => false,
            };
            if !plain {
                return Ok(None);
            }
            footing.push((!here.is_none()).then(|| Entry { mode: here.mode, id: BlobId::from_bytes(here.id) }));
        }
        Ok(Some(footing))
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
        paths.into_iter().map(|path| Ok(entry(self.standing(tree, path.as_bytes())?))).collect()
    }

    /// The tree with these files put at these paths, or taken away.
    ///
    /// # Errors
    /// A tree is missing or malformed.
    pub fn with_entries<'p>(
        &mut self,
        tree: TreeId,
        files: impl IntoIterator<Item = (&'p RepoPath, Option<Entry>)>,
    ) -> Result<TreeId, GitError> {
        let files = files.into_iter().map(|(path, entry)| (path, entry.map_or(Version::NONE, version)));
        self.with_versions(tree, files)
    }

    /// What stands at a path.
    pub(super) fn standing(&mut self, tree: TreeId, path: &[u8]) -> Result<Version, GitError> {
        let mut version = Version::folder(*tree.as_bytes());
        for name in path.split(|byte| *byte == b'/') {
            version = self.store.tree(version.tree())?.find(name);
        }
        Ok(version)
    }

    /// Whether a tree has the folder a path is in.
    fn folder(&mut self, tree: TreeId, path: &[u8]) -> Result<bool, GitError> {
        let folder = parent(path);
        Ok(folder.is_empty() || self.standing(tree, folder)?.is_folder())
    }
}

fn version(entry: Entry) -> Version {
    Version { mode: entry.mode, id: *entry.id.as_bytes() }
}

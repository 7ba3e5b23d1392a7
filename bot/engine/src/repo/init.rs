//! Making repositories and histories from nothing, without a work tree: what the demo stands on.

use std::path::Path;

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, RepositoryInitOptions};

use super::Repo;
use super::stored::line;
use crate::commit::Signature;
use crate::error::{Doing, GitError};
use crate::ids::CommitId;

/// A change to one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit<'a> {
    /// The file has this content from now on.
    Write(&'a str, &'a str),
    /// The file is gone.
    Remove(&'a str),
    /// The file is elsewhere.
    Rename(&'a str, &'a str),
}

impl Repo {
    /// Makes a bare repository whose `HEAD` stands for this branch.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn init(path: &Path, branch: &str) -> Result<Self, GitError> {
        let mut options = RepositoryInitOptions::new();
        options.bare(true).external_template(false).no_reinit(true).initial_head(branch);
        let inner = git2::Repository::init_opts(path, &options)
            .map_err(|source| GitError::Open { path: path.to_path_buf(), source })?;
        Ok(Self::opened(inner, path))
    }

    /// Names another repository as a remote.
    ///
    /// # Errors
    /// The name is taken.
    pub fn add_remote(&self, name: &str, url: &str) -> Result<(), GitError> {
        self.inner.remote(name, url).map(drop).doing("add a remote")
    }

    /// Makes a commit on top of others by editing the files of the first of them.
    ///
    /// # Errors
    /// A file to remove or rename is not there.
    pub fn commit_edits(
        &self,
        parents: &[CommitId],
        edits: &[Edit<'_>],
        author: &Signature,
        committer: &Signature,
        message: &str,
    ) -> Result<CommitId, GitError> {
        let doing = "make a commit";
        let baseline = match parents.first() {
            Some(parent) => self.tree(self.commit(*parent)?.tree)?,
            None => self.tree(self.empty_tree()?)?,
        };
        let mut update = TreeUpdateBuilder::new();
        for edit in edits {
            match *edit {
                Edit::Write(path, content) => {
                    update.upsert(path, self.inner.blob(content.as_bytes()).doing(doing)?, FileMode::Blob);
                }
                Edit::Remove(path) => {
                    update.remove(path);
                }
                Edit::Rename(from, to) => {
                    let id = baseline.get_path(Path::new(from)).doing(doing)?.id();
                    update.remove(from).upsert(to, id, FileMode::Blob);
                }
            }
        }
        let tree = update.create_updated(&self.inner, &baseline).doing(doing)?;
        self.commit_as(&line(author), parents, tree.into(), &line(committer), message)
    }
}

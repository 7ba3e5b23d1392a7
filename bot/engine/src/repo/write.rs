//! Making the commits of picks, and moving references to them: objects first, references last, each with the value it is expected to
//! have.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use git2::{ErrorCode, OdbLookupFlags, Repository, RepositoryInitOptions};

use super::links::parsed;
use super::stored::{is_well_formed, line};
use super::{Repo, oid};
use crate::commit::{Entry, Signature};
use crate::error::{Doing, GitError};
use crate::ids::{CommitId, TreeId};
use crate::objects::tree::Version;
use crate::objects::{Id, Kind};
use crate::visible::{hides, visible};

/// How often a reference that is locked is tried again, and after how long.
const LOCKED: (u32, Duration) = (50, Duration::from_millis(20));

impl Repo {
    /// Makes the commit that takes `picked` onto `parent`: author and author date as they were, byte for byte, or in UTF-8 where
    /// `picked` names another encoding, since the new commit names none, and as git would write them where it would not have. It stays in memory until [`Repo::send`] takes it somewhere.
    ///
    /// # Errors
    /// The tree or a commit is missing.
    pub fn make_pick(
        &self,
        picked: CommitId,
        parent: CommitId,
        tree: TreeId,
        committer: &Signature,
        message: &str,
    ) -> Result<CommitId, GitError> {
        let raw = self.stored(picked)?;
        let stored = parsed(picked, &raw)?;
        let author = stored.author();
        // What hides in a name, or drives the terminal of the person who reads the log, is shown for what it is.
        let hidden = author.name.chars().chain(author.email.chars()).any(hides);
        let author = if stored.encoding.is_none() && !hidden && is_well_formed(stored.author) {
            stored.author.to_vec()
        } else {
            line(&Signature { name: visible(&author.name), email: visible(&author.email), when: author.when })
        };
        self.commit_as(&author, &[parent], tree, &line(committer), message)
    }

    /// Makes a commit of our own.
    ///
    /// # Errors
    /// The tree or the parent is missing.
    pub fn make_commit(
        &self,
        parent: CommitId,
        tree: TreeId,
        author: &Signature,
        message: &str,
    ) -> Result<CommitId, GitError> {
        let author = line(author);
        self.commit_as(&author, &[parent], tree, &author, message)
    }

    /// Makes a merge commit of our own.
    ///
    /// # Errors
    /// The tree or a parent is missing.
    pub fn make_merge(
        &self,
        parents: [CommitId; 2],
        tree: TreeId,
        author: &Signature,
        message: &str,
    ) -> Result<CommitId, GitError> {
        let author = line(author);
        self.commit_as(&author, &parents, tree, &author, message)
    }

    /// Writes a commit, with these lines for author and committer; one of the bot's as [`super::Bot`] says.
    pub(super) fn commit_as(
        &self,
        author: &[u8],
        parents: &[CommitId],
        tree: TreeId,
        committer: &[u8],
        message: &str,
    ) -> Result<CommitId, GitError> {
        self.tree_at(tree.as_bytes())?;
        let mut raw = format!("tree {tree}\n").into_bytes();
        for parent in parents {
            self.links(*parent)?;
            raw.extend_from_slice(format!("parent {parent}\n").as_bytes());
        }
        for part in [&b"author "[..], author, b"\ncommitter ", committer, b"\n"] {
            raw.extend_from_slice(part);
        }
        let raw = if self.is_line_of_bot(committer) {
            self.signed(&raw, self.message_of_bot(message).as_bytes())
        } else {
            [&raw, &b"\n"[..], message.as_bytes()].concat()
        };
        self.make(Kind::Commit, raw).map(CommitId::from_bytes)
    }

    /// Copies a commit and all it needs into another repository, leaving out what is there already. One pack per call; the same
    /// commits give the same pack, so repeating a call that was cut short adds nothing.
    ///
    /// # Errors
    /// An object is missing, or the other repository cannot be written.
    pub fn send(&self, to: &Self, commit: CommitId) -> Result<(), GitError> {
        let doing = "copy commits";
        let odb = to.inner.odb().doing(doing)?;
        odb.refresh().doing(doing)?;
        let mut builder = self.inner.packbuilder().doing(doing)?;
        // More threads could find other deltas, and the pack would differ from run to run.
        builder.set_threads(1);
        let mut seen = HashSet::new();
        // What is there has all that it names.
        let mut is_new = |id: &Id| seen.insert(*id) && !odb.exists_ext(oid(*id), OdbLookupFlags::NO_REFRESH);
        let mut insert = |id: &Id, name: &[u8]| {
            self.whole(id)?;
            self.hand_over(id)?;
            builder.insert_object(oid(*id), std::str::from_utf8(name).ok()).doing(doing)
        };
        let mut pending = vec![commit];
        while let Some(id) = pending.pop() {
            if !is_new(id.as_bytes()) {
                continue;
            }
            insert(id.as_bytes(), b"")?;
            pending.extend_from_slice(&self.links(id)?.parents);
            let mut versions = vec![(Version::folder(*parsed(id, &*self.stored(id)?)?.tree.as_bytes()), Vec::new())];
            while let Some((version, name)) = versions.pop() {
                if version.mode == Entry::SUBMODULE || !is_new(&version.id) {
                    continue;
                }
                insert(&version.id, &name)?;
                if let Some(folder) = version.tree() {
                    let folder = self.tree_at(&folder)?;
                    versions.extend(folder.entries().map(|(name, version)| (version, name.to_vec())));
                }
            }
        }
        if builder.object_count() == 0 {
            return Ok(());
        }
        let mut pack = git2::Buf::new();
        builder.write_buf(&mut pack).doing(doing)?;
        let mut writer = odb.packwriter().doing(doing)?;
        std::io::Write::write_all(&mut writer, &pack)
            .map_err(|error| git2::Error::from_str(&error.to_string()))
            .doing(doing)?;
        writer.commit().doing(doing)?;
        odb.refresh().doing(doing)
    }

    /// Moves a reference to `new`, only if it is at `expected` (`None`: only if it is not there).
    ///
    /// # Errors
    /// [`GitError::RefMoved`] where it is elsewhere; nothing was moved then.
    pub fn move_reference(&self, name: &str, new: CommitId, expected: Option<CommitId>) -> Result<(), GitError> {
        unlocked(name, || match expected {
            // Not forced: it fails where the reference is there.
            None => self.inner.reference(name, new.into(), false, "uptake").map(drop),
            Some(old) => self.inner.reference_matching(name, new.into(), true, old.into(), "uptake").map(drop),
        })
    }

    /// Removes a reference, only if it is at `expected`; one that is gone is no error.
    ///
    /// # Errors
    /// [`GitError::RefMoved`] where it is elsewhere; nothing was removed then.
    pub fn delete_reference(&self, name: &str, expected: CommitId) -> Result<(), GitError> {
        let mut found = match self.inner.find_reference(name) {
            Ok(found) => found,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(()),
            Err(source) => return Err(GitError::Other { doing: format!("remove {name}"), source }),
        };
        if found.target() != Some(expected.into()) {
            return Err(GitError::RefMoved { name: name.to_owned() });
        }
        // libgit2 itself refuses where it moved since it was looked up.
        unlocked(name, || found.delete())
    }
}

/// Changes a reference. While another program has it locked that is tried again, for as long as git would hardly take.
fn unlocked(name: &str, mut change: impl FnMut() -> Result<(), git2::Error>) -> Result<(), GitError> {
    let mut tries = LOCKED.0;
    loop {
        match change() {
            Err(error) if error.code() == ErrorCode::Locked && tries > 0 => thread::sleep(LOCKED.1),
            Err(source) if source.code() == ErrorCode::Locked => {
                return Err(GitError::RefLocked { name: name.to_owned(), source });
            }
            done => return done.map_err(|_| GitError::RefMoved { name: name.to_owned() }),
        }
        tries -= 1;
    }
}

impl Repo {
    /// Makes a bare repository that borrows the objects of `lender`, its cut-off edge included; a clone comes up on
    /// `branch`. It is there whole or not at all: it gets its name last.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn init_borrowing(path: &Path, branch: &str, lender: &Self) -> Result<Self, GitError> {
        let open = |source| GitError::Open { path: path.to_path_buf(), source };
        let io = |error: io::Error| open(git2::Error::from_str(&error.to_string()));
        let part = path.with_extension("part");
        if part.exists() {
            fs::remove_dir_all(&part).map_err(io)?;
        }
        let mut options = RepositoryInitOptions::new();
        // No template: its sample hooks are noise, and differ from machine to machine.
        options.bare(true).external_template(false).mkpath(true).initial_head(branch);
        let inner = Repository::init_opts(&part, &options).map_err(open)?;
        let objects = fs::canonicalize(lender.inner.commondir().join("objects")).map_err(io)?;
        let alternates = format!("{}\n", objects.display());
        fs::write(inner.path().join("objects/info/alternates"), alternates).map_err(io)?;
        let shallow = lender.inner.commondir().join("shallow");
        if shallow.is_file() {
            fs::copy(&shallow, inner.path().join("shallow")).map_err(io)?;
        }
        drop(inner);
        fs::rename(&part, path).map_err(io)?;
        Self::open_to_write(path)
    }

    /// Clears away what a write that was cut short left behind: half a pack, and locks of branches. Only for a repository that
    /// nobody else is writing to.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn sweep(&self) -> Result<(), GitError> {
        let half_a_pack = |name: &str| name.starts_with("pack_git2_");
        let swept = remove_below(&self.git_dir().join("objects/pack"), &half_a_pack)
            .and_then(|()| remove_below(&self.git_dir().join("refs"), &|name| name.ends_with(".lock")))
            .and_then(|()| match fs::remove_file(self.git_dir().join("packed-refs.lock")) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            });
        let swept = swept.map_err(|error| git2::Error::from_str(&error.to_string()));
        swept.doing("clear away what an interrupted run left")
    }
}

/// Removes the files below a folder whose name is of a kind.
fn remove_below(folder: &Path, is: &dyn Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_below(&entry.path(), is)?;
        } else if entry.file_name().to_str().is_some_and(is) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

//! A repository on disk: history, changes, trees, writing, all as plain values.

mod below;
mod bot;
mod changes;
mod diff;
mod encoding;
mod format;
mod graph;
mod held;
mod history;
mod init;
mod links;
mod locate;
mod module;
mod read;
mod same_name;
mod stored;
mod tree;
mod walk;
mod work_tree;
mod write;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub(crate) use git2::Oid;

pub use bot::{Bot, Signer};
pub use history::ResolvedName;
pub use init::Edit;
pub use tree::name_of;
pub use work_tree::WorkTree;

use crate::error::{Doing, GitError};
use crate::ids::{BlobId, CommitId, TreeId};
use crate::merge::{MergeMemory, SharedSpans};
use crate::objects::{Objects, Reader};

/// A repository on disk, opened without a work tree.
///
/// New objects of a repository that is read from stay in memory, so a survey or a dry run leaves no trace.
pub struct Repo {
    pub(crate) inner: git2::Repository,
    path: PathBuf,
    /// Its objects on disk as the engine reads them, shared by all threads.
    objects: OnceLock<Arc<Objects>>,
    /// Its commits and their parents, as far as they were looked at, shared likewise.
    links: OnceLock<Arc<links::KnownLinks>>,
    reader: RefCell<Reader>,
    /// Its files as the search for renames takes them apart.
    apart: Arc<SharedSpans>,
    /// What the last merger of this thread remembered.
    pub(crate) merges: RefCell<Option<Box<MergeMemory>>>,
    /// Whether new objects go to disk.
    writes: bool,
    /// The new objects.
    held: RefCell<held::HeldObjects>,
    /// Where upstream's files are, where they are not at the top.
    below: Option<Arc<below::Below>>,
    /// Whom the bot's commits are by.
    bot: Bot,
}

impl Repo {
    /// Opens the repository at `path`: a work tree, its `.git`, or a bare repository. Parent folders are not searched, so that
    /// a mistyped `--repo` never acts on something else. New objects stay in memory.
    ///
    /// # Errors
    /// There is no repository, or it belongs to someone else (git's `safe.directory`).
    pub fn open(path: &Path) -> Result<Self, GitError> {
        let mut repo = Self::open_to_write(path)?;
        repo.writes = false;
        let odb = repo.inner.odb().doing("read the objects")?;
        // Above the priorities of packs and loose objects (1 and 2), so that it is written to.
        odb.add_new_mempack_backend(1000).doing("keep new objects in memory")?;
        drop(odb);
        Ok(repo)
    }

    /// Opens a repository whose new objects go to disk: the one of a folder forge.
    ///
    /// # Errors
    /// As for [`Repo::open`].
    pub fn open_to_write(path: &Path) -> Result<Self, GitError> {
        // A tree may name a file that a partial or damaged clone lacks and that no pick looks into; git writes such trees too.
        git2::opts::strict_object_creation(false);
        // For what libgit2 still reads: what no file on disk had when it was looked for. The rest is hashed where it is read here.
        git2::opts::strict_hash_verification(true);
        let inner = git2::Repository::open_ext(path, git2::RepositoryOpenFlags::NO_SEARCH, &[] as &[&std::ffi::OsStr])
            .map_err(|source| format::cannot_open(path, source))?;
        Ok(Self::opened(inner, path))
    }

    pub(crate) fn opened(inner: git2::Repository, path: &Path) -> Self {
        Self {
            inner,
            path: path.to_path_buf(),
            objects: OnceLock::new(),
            links: OnceLock::new(),
            reader: RefCell::default(),
            apart: Arc::default(),
            merges: RefCell::default(),
            writes: true,
            held: RefCell::default(),
            below: None,
            bot: Bot::default(),
        }
    }

    /// The same repository opened once more, for another thread: what one reads, the other knows. Objects that are in memory
    /// alone are this one's.
    ///
    /// # Errors
    /// It cannot be opened any more.
    pub fn again(&self) -> Result<Self, GitError> {
        let (apart, below, bot) = (self.apart(), self.below.clone(), self.bot.clone());
        let again = Self { apart, below, bot, ..Self::open(&self.path)? };
        again.objects.get_or_init(|| Arc::clone(self.objects()));
        again.links.get_or_init(|| Arc::clone(self.known_links()));
        Ok(again)
    }

    pub(crate) fn objects(&self) -> &Arc<Objects> {
        self.objects.get_or_init(|| Arc::new(Objects::open(&self.inner.commondir().join("objects"))))
    }

    fn known_links(&self) -> &Arc<links::KnownLinks> {
        self.links.get_or_init(|| Arc::new(links::KnownLinks::open(self.inner.commondir())))
    }

    pub(crate) fn apart(&self) -> Arc<SharedSpans> {
        Arc::clone(&self.apart)
    }

    /// Where it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The git directory itself: `.git`, or the bare repository.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The folder people edit in; `None` in a bare repository.
    #[must_use]
    pub fn work_tree(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// Whether history was cut off when it was cloned (`git clone --depth`).
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }

    /// The name of whoever works in this clone, as git's configuration has it.
    #[must_use]
    pub fn person(&self) -> Option<String> {
        let config = self.inner.config().and_then(|mut config| config.snapshot()).ok()?;
        config.get_str("user.name").ok().map(str::to_owned).filter(|name| !name.is_empty())
    }

    /// The error for an object that is not there, with the reason where it can be told.
    pub(crate) fn missing(&self, what: String) -> GitError {
        let config = self.inner.config().and_then(|mut config| config.snapshot());
        let partial = config.is_ok_and(|config| {
            config.get_str("extensions.partialclone").is_ok()
                || config.entries(Some("remote\\..*\\.promisor")).is_ok_and(|mut entries| entries.next().is_some())
        });
        let hint = if partial {
            Some("it is a partial clone: clone without --filter, or run git fetch --refetch --no-filter")
        } else if self.is_shallow() {
            Some("it is a shallow clone: run git fetch --unshallow")
        } else {
            Some("the repository is damaged: git fsck names what is missing")
        };
        GitError::Missing { what, object: None, hint }
    }
}

pub(crate) fn oid(bytes: [u8; 20]) -> Oid {
    // 20 bytes are always a name; the error is for other lengths.
    Oid::from_bytes(&bytes).unwrap_or(Oid::ZERO_SHA1)
}

pub(crate) fn bytes(oid: Oid) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(oid.as_bytes());
    bytes
}

impl From<Oid> for CommitId {
    fn from(id: Oid) -> Self {
        Self::from_bytes(bytes(id))
    }
}

impl From<Oid> for TreeId {
    fn from(id: Oid) -> Self {
        Self::from_bytes(bytes(id))
    }
}

impl From<Oid> for BlobId {
    fn from(id: Oid) -> Self {
        Self::from_bytes(bytes(id))
    }
}

impl From<CommitId> for Oid {
    fn from(id: CommitId) -> Self {
        oid(*id.as_bytes())
    }
}

impl From<TreeId> for Oid {
    fn from(id: TreeId) -> Self {
        oid(*id.as_bytes())
    }
}

impl From<BlobId> for Oid {
    fn from(id: BlobId) -> Self {
        oid(*id.as_bytes())
    }
}

/// The work tree that a folder is in: the folder itself or the nearest above it with a `.git`, as git finds it. A folder that is in none
/// is returned as it is, so that opening it says what is wrong.
#[must_use]
pub fn enclosing(folder: &Path) -> PathBuf {
    let is_top = |at: &Path| at.join(".git").exists();
    if is_top(folder) || folder.join("objects").is_dir() {
        return folder.to_owned();
    }
    let Ok(whole) = folder.canonicalize() else { return folder.to_owned() };
    whole.ancestors().find(|at| is_top(at)).map_or_else(|| folder.to_owned(), Path::to_owned)
}

//! What can go wrong between us and a repository: one variant per operation, with what it was done to.

use std::path::PathBuf;

use crate::ids::TreeId;

/// A failure of a git operation. Conflicts, empty picks and missing references are values, not these.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The folder holds no repository, or one this program may not read.
    #[error("cannot open a git repository at {}: {}", path.display(), words(source))]
    Open {
        path: PathBuf,
        /// Git's own words.
        source: git2::Error,
    },
    /// The repository is of a format that cannot be read here.
    #[error("cannot read the repository at {}: {format}", path.display())]
    Format { path: PathBuf, format: RepoFormat },
    /// An object that the history names is not in the repository.
    #[error("{what} is not in this repository{}", hint.map(|hint| format!(" ({hint})")).unwrap_or_default())]
    Missing {
        /// Which object, in words.
        what: String,
        /// Its name, where it is a file or a folder.
        object: Option<[u8; 20]>,
        /// Why it may be missing and what to do.
        hint: Option<&'static str>,
    },
    /// An object is in the repository, but is not whole.
    #[error(
        "{what} cannot be read: it is damaged (git fsck names all that is), larger than a gigabyte, or not this user's to read"
    )]
    Damaged {
        /// Which object, in words.
        what: String,
        /// Its name, where it is a file or a folder.
        object: Option<[u8; 20]>,
    },
    /// A clone would take more of the disk than it may.
    #[error("the clone at {} would take more than {} MiB, which is all it may", path.display(), most >> 20)]
    TooLarge {
        path: PathBuf,
        /// In bytes.
        most: u64,
    },
    /// Folders within folders, more than git takes.
    #[error("folders are nested more than {} deep at {}: git itself takes no deeper ones", crate::path::DEEPEST, crate::visible::shorten(&path.to_string(), 80))]
    TooDeep {
        /// The first that is too deep.
        path: crate::path::RepoPath,
    },
    /// Two trees could not be merged.
    #[error("cannot merge {theirs} onto {ours}: {}", words(source))]
    Merge {
        /// The tree picked onto.
        ours: TreeId,
        /// The tree of the picked commit.
        theirs: TreeId,
        /// Git's own words.
        source: git2::Error,
    },
    /// A reference is not where it was expected to be; nothing was moved.
    #[error("{name} is not at the expected commit any more: it moved while we worked")]
    RefMoved {
        /// The full name.
        name: String,
    },
    /// A reference stays locked: by another program, or by one that was killed with the lock.
    #[error(
        "{name} is locked, and was not moved: {source}. Where no git is at work there, a program that was killed left that file: remove it"
    )]
    RefLocked {
        /// The full name.
        name: String,
        /// Which file the lock is.
        source: git2::Error,
    },
    /// The system's git, asked to fetch or to push, said no.
    #[error("git {operation} failed: {message}")]
    Command {
        /// `fetch`, `ls-remote` or `push`.
        operation: &'static str,
        /// What git printed.
        message: String,
    },
    /// Anything else, with what was being done.
    #[error("cannot {doing}: {}", words(source))]
    Other {
        /// What was being done.
        doing: String,
        /// Git's own words.
        source: git2::Error,
    },
}

/// A format of repositories that git reads and this program does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepoFormat {
    /// Objects have other names than SHA-1 gives.
    ObjectNames,
    /// Branches are not kept as files.
    Branches,
    /// Objects have names of two kinds.
    TwoNames,
}

impl RepoFormat {
    /// What to do about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::ObjectNames => {
                "use a repository made with --object-format=sha1, as all on GitHub are; git converts none in place"
            }
            Self::Branches => {
                "git refs migrate --ref-format=files makes them files, and so does a new clone with --ref-format=files"
            }
            Self::TwoNames => {
                "make a new clone, which has no such setting, or git config --unset extensions.compatObjectFormat"
            }
        }
    }
}

impl std::fmt::Display for RepoFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ObjectNames => {
                "its objects are named by SHA-256 (extensions.objectFormat), and Uptake reads SHA-1 only"
            }
            Self::Branches => "its branches are in a reftable (extensions.refStorage), and Uptake reads files only",
            Self::TwoNames => {
                "its objects have names of two kinds (extensions.compatObjectFormat), and Uptake reads SHA-1 only"
            }
        })
    }
}

impl GitError {
    /// Whether a repository was not opened since its folder is another user's.
    #[must_use]
    pub fn is_of_another_user(&self) -> bool {
        matches!(self, Self::Open { source, .. } if source.code() == git2::ErrorCode::Owner)
    }
}

/// What libgit2 says, without its codes.
fn words(error: &git2::Error) -> &str {
    match (error.class(), error.code()) {
        (git2::ErrorClass::Repository | git2::ErrorClass::Os, git2::ErrorCode::NotFound) => "there is none",
        (_, git2::ErrorCode::Owner) => "it belongs to another user",
        (git2::ErrorClass::Os, _) if error.message().ends_with("Permission denied") => "this user may not read it",
        _ => error.message(),
    }
}

/// `.doing("walk the history")`: gives a bare git2 error the operation it belongs to.
pub(super) trait Doing<T> {
    fn doing(self, doing: impl Into<String>) -> Result<T, GitError>;
}

impl<T> Doing<T> for Result<T, git2::Error> {
    fn doing(self, doing: impl Into<String>) -> Result<T, GitError> {
        self.map_err(|source| GitError::Other { doing: doing.into(), source })
    }
}

//! Git, as Uptake needs it: history, changes, merges, references, all as plain values.
//!
//! This is the only crate that names `git2` or starts git (an architecture test holds it to that), so that every access to a
//! repository can be read in one place, every failure says what was being done, and another library could replace libgit2.
//! Nothing here needs a work tree, and nothing is written to the repository a run reads from.
//!
//! * [`Repo`] opens a repository; `repo` reads its history and writes objects and references.
//! * `remote` is all that crosses the network.
//! * [`Merger`] brings a change onto a tree, with git's own answer.
//! * [`blame`] says which commits of a range the lines of a file, or of a conflict, come from.
//! * [`ids`], [`path`], [`commit`], [`progress`] and [`visible`] are the values all of them share.

pub mod blame;
pub mod commit;
mod error;
pub mod hash;
pub mod ids;
mod merge;
mod objects;
pub mod path;
pub mod progress;
mod remote;
mod repo;
pub mod trailer;
pub mod visible;

pub use error::{GitError, RepoFormat};
pub use merge::{
    ConflictHunk, ConflictKind, DrivenFile, FileLines, FileText, FollowedRename, GitVersion, LineCount, LineHunk,
    MergeChunk, MergeDriver, MergeLabels, Merged, Merger, PathConflict, Threads, TouchedEntries, TreePatch, each,
    is_file_by_file,
};
pub use remote::{BranchPush, Credential, Hosted, RemoteBranches, UPSTREAM_TAGS, remote_commit, trust};
pub use repo::{Bot, Edit, Repo, ResolvedName, Signer, WorkTree, enclosing, name_of};

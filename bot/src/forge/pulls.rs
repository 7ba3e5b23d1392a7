//! Pull requests, as a forge has them.

use serde::{Deserialize, Serialize};

use super::ForgeError;
use crate::method::MergeMethod;
use crate::names::BranchName;
use engine::ids::CommitId;

/// A pull request as the forge has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    pub number: u64,
    /// Whether it is open.
    pub state: State,
    /// What it says and where it goes.
    pub text: PullText,
    /// Whether this program opened it: only then does a hidden marker in it mean anything.
    pub own: bool,
    /// The stack it is in.
    pub stack: Option<u64>,
}

/// Whether a pull request or an issue is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Open,
    /// It was closed; a pull request, without merging it.
    Closed,
    /// It was merged.
    Merged,
}

/// What a pull request says and where it goes: the part of it that we decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullText {
    pub title: String,
    /// The body, Markdown.
    pub body: String,
    /// The branch it brings.
    pub head: BranchName,
    /// The branch it goes into.
    pub base: BranchName,
    /// Its labels, sorted.
    pub labels: Vec<String>,
    /// Whether it is a draft.
    pub draft: bool,
}

/// The pull requests that have to do with some branches, from one listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullList {
    /// Those that bring such a branch, by number.
    pub bringing: Vec<PullRequest>,
    /// The open ones that go into such a branch, by number, and that branch. Anybody may have opened them, also from other forks.
    pub going_into: Vec<(u64, BranchName)>,
}

/// What came of making pull requests a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stacked {
    /// They are in this one.
    In(u64),
    /// There are no stacks here.
    Without,
    /// They cannot be one, or not now: why, in the forge's words.
    Refused(String),
}

/// Reads and changes the pull requests of a forge.
pub trait Pulls {
    /// The pull requests that bring a branch whose name starts with `prefix`, or go into one.
    fn pulls(&self, prefix: &str) -> Result<PullList, ForgeError>;

    /// A pull request, whosever it is.
    ///
    /// # Errors
    /// There is no such pull request.
    fn pull(&self, number: u64) -> Result<PullRequest, ForgeError>;

    /// The commit a merged pull request became on its base: the merge, the squashed commit, or the last of those that were
    /// rebased. `None` while it is not merged, and where the forge does not say.
    ///
    /// # Errors
    /// There is no such pull request.
    fn merge_commit(&self, number: u64) -> Result<Option<CommitId>, ForgeError>;

    /// Opens a pull request and returns its number. Where this program has one open from this branch into this base, it is
    /// made to say this.
    ///
    /// # Errors
    /// [`ForgeError::NoCommits`], a branch is not there.
    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError>;

    /// Makes a pull request that says one thing say another; its head stays. What is the same in both is left as it is there.
    ///
    /// # Errors
    /// [`ForgeError::Stacked`] for another base, which all else may have been changed before; there is no such pull request.
    fn edit_pull(&mut self, number: u64, from: &PullText, to: &PullText) -> Result<(), ForgeError>;

    /// Closes a pull request. One that is closed or merged stays so.
    ///
    /// # Errors
    /// There is no such pull request.
    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError>;

    /// Asks accounts and teams (`organisation/team`) for a review; returns who cannot be asked, and why, in words. Whoever is asked
    /// already is not asked anew.
    ///
    /// # Errors
    /// There is no such pull request.
    fn ask_review(&mut self, number: u64, who: &[String]) -> Result<Vec<String>, ForgeError>;

    /// Assigns accounts; returns who cannot be, and why, in words.
    ///
    /// # Errors
    /// There is no such pull request.
    fn assign(&mut self, number: u64, who: &[String]) -> Result<Vec<String>, ForgeError>;

    /// Has the forge merge a pull request in this way as soon as it may, or has it merged by hand; returns why it will not, in words.
    ///
    /// # Errors
    /// There is no such pull request.
    fn auto_merge(&mut self, number: u64, method: Option<MergeMethod>) -> Result<Option<String>, ForgeError>;

    /// Whether there are stacks. A stack is pull requests each of which goes into the branch of the one below it, shown and merged as one, and
    /// given no other base while they are in it.
    fn has_stacks(&self) -> Result<bool, ForgeError>;

    /// Makes open pull requests a stack, from the lowest up, or puts them on top of one.
    fn stack(&mut self, onto: Option<u64>, pulls: &[u64]) -> Result<Stacked, ForgeError>;

    /// Takes a stack apart, as far as the forge will; what is merged stays in it.
    fn unstack(&mut self, stack: u64) -> Result<(), ForgeError>;

    /// Opens a closed pull request again, with this body from the same moment on. One that is open is left as it is.
    ///
    /// # Errors
    /// [`ForgeError::CannotReopen`], there is no such pull request.
    fn reopen_pull(&mut self, number: u64, body: &str) -> Result<(), ForgeError>;
}

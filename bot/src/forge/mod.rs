//! Where branches and pull requests live: reading them, and changing them.
//!
//! Reading and writing are two traits, so that what only looks cannot change anything, and a dry run is simply one that is
//! handed no writer. `tests/forge/` says what each call does, and every forge passes it.

mod error;
pub mod folder;
pub mod github;
mod issue;
mod pull;
mod run;
mod setup;

pub use error::ForgeError;
pub use issue::{Comment, Issue, Label, Permission, Reaction};
pub use pull::{Branch, PullRequest, PullText, State};
pub use run::{Dispatch, Job, REQUEST_INPUT, Run, RunState, Status, StatusState};
pub use setup::{Identity, RepositoryFacts, RunnerFacts, SetUp, Told, WorkflowFacts};

use engine::Repo;
use engine::commit::BOT;
use engine::ids::CommitId;

/// Reads a forge.
pub trait ForgeRead {
    /// The login this program writes under: what it wrote itself is known by it.
    ///
    /// # Errors
    /// The forge cannot be read; so for all below.
    fn login(&self) -> Result<String, ForgeError>;

    /// All pull requests whose branch starts with `prefix`, by number.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn pulls(&self, prefix: &str) -> Result<Vec<PullRequest>, ForgeError>;

    /// The open pull requests that go into a branch whose name starts with `prefix`: their numbers and that branch. Whoever opened
    /// them, and from wherever they come: other forks are among it.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn going_into(&self, prefix: &str) -> Result<Vec<(u64, String)>, ForgeError>;

    /// The commit that stands for a merged pull request on its base: the merge, the squashed commit, or the last of those that were
    /// rebased. `None` while it is not merged.
    ///
    /// # Errors
    /// There is no such pull request, or the forge cannot be read.
    fn merged(&self, number: u64) -> Result<Option<CommitId>, ForgeError>;

    /// All branches whose name starts with `prefix`, and `base` itself, by name.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn branches(&self, prefix: &str, base: &str) -> Result<Vec<Branch>, ForgeError>;

    /// Where a branch is; `None` where there is none. That commit and all it needs are within reach of `repo` then, without any
    /// branch of `repo` being moved.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn fetch(&self, repo: &Repo, branch: &str) -> Result<Option<CommitId>, ForgeError>;

    /// The repository's labels, by name.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn labels(&self) -> Result<Vec<Label>, ForgeError>;

    /// Whether the repository has issues at all.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn has_issues(&self) -> Result<bool, ForgeError>;

    /// The issue this program wrote whose body holds this hidden marker: an open one before a closed one, the older of two. What
    /// others wrote is not looked at, since anybody can copy a marker.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn issue(&self, marker: &str) -> Result<Option<Issue>, ForgeError>;

    /// Whether two that ask at the same moment for an issue with one hidden marker may open two: then they must agree before.
    fn opens_two(&self) -> bool {
        false
    }

    /// The comments on a pull request or an issue, oldest first.
    ///
    /// # Errors
    /// There is no such pull request or issue, or the forge cannot be read.
    fn comments(&self, number: u64) -> Result<Vec<Comment>, ForgeError>;

    /// What somebody may do; [`Permission::None`] for a login nobody has.
    ///
    /// # Errors
    /// The forge cannot be read: then nobody may do anything.
    fn permission(&self, login: &str) -> Result<Permission, ForgeError>;

    /// The newest status of each check on a commit, by check.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn statuses(&self, commit: CommitId) -> Result<Vec<Status>, ForgeError>;

    /// The runs of a workflow that were asked for ([`ForgeWrite::dispatch`]), newest first; with `head`, those that run this commit's
    /// workflow file. A workflow that is not there has none.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn runs(&self, workflow: &str, head: Option<CommitId>) -> Result<Vec<Run>, ForgeError>;

    /// One run; `None` where it is gone.
    ///
    /// # Errors
    /// The forge cannot be read.
    fn run(&self, id: u64) -> Result<Option<Run>, ForgeError>;

    /// The jobs of a run's last attempt.
    ///
    /// # Errors
    /// There is no such run, or the forge cannot be read.
    fn jobs(&self, run: u64) -> Result<Vec<Job>, ForgeError>;
}

/// Changes a forge. Each call may be repeated, at once or by the next run after one that was cut short: nothing is made twice.
pub trait ForgeWrite {
    /// Brings a commit to the forge and moves a branch to it, only if the branch is at `expected` (`None`: not there yet) or at
    /// `head` already. `known` is a commit of `repo` that the forge has.
    ///
    /// # Errors
    /// The branch is elsewhere ([`engine::GitError::RefMoved`]), or the forge cannot be written; so for all below.
    fn push(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        known: Option<CommitId>,
    ) -> Result<(), ForgeError>;

    /// Removes a branch, only if it is at `expected`; one that is gone is no error. The forge closes the pull requests that bring it,
    /// and those that go into it, for good: give those another base first.
    ///
    /// # Errors
    /// The branch is elsewhere, or the forge cannot be written.
    fn delete_branch(&mut self, branch: &str, expected: CommitId) -> Result<(), ForgeError>;

    /// Opens a pull request and returns its number. Where this program has one open from this branch into this base, it is
    /// made to say this.
    ///
    /// # Errors
    /// [`ForgeError::NoCommits`], a branch is not there, or the forge cannot be written.
    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError>;

    /// Makes a pull request say this; its head stays. Labels become exactly these.
    ///
    /// # Errors
    /// There is no such pull request, or the forge cannot be written.
    fn edit_pull(&mut self, number: u64, text: &PullText) -> Result<(), ForgeError>;

    /// Closes a pull request. One that is closed or merged stays so.
    ///
    /// # Errors
    /// There is no such pull request, or the forge cannot be written.
    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError>;

    /// Opens a closed pull request again.
    ///
    /// # Errors
    /// [`ForgeError::CannotReopen`], there is no such pull request, or the forge cannot be written.
    fn reopen_pull(&mut self, number: u64) -> Result<(), ForgeError>;

    /// Makes a label, or makes one of this name look like this.
    ///
    /// # Errors
    /// The forge cannot be written.
    fn put_label(&mut self, label: &Label) -> Result<(), ForgeError>;

    /// Opens an issue and returns its number. Where this program has an open one with the same hidden marker (the last `<!-- … -->`
    /// of the body; without one, the same title), that one's number is returned and it is left as it is.
    ///
    /// # Errors
    /// The forge cannot be written.
    fn open_issue(&mut self, title: &str, body: &str, labels: &[String]) -> Result<u64, ForgeError>;

    /// Makes an issue say this.
    ///
    /// # Errors
    /// There is no such issue, or the forge cannot be written.
    fn edit_issue(&mut self, number: u64, title: &str, body: &str) -> Result<(), ForgeError>;

    /// Comments on a pull request or an issue and returns the comment's id. Where this program has a comment there with the same
    /// hidden marker (without one, the same text), that one's id is returned and it is left as it is: an answer names in its
    /// marker what it answers.
    ///
    /// # Errors
    /// There is no such pull request or issue, or the forge cannot be written.
    fn comment(&mut self, number: u64, body: &str) -> Result<u64, ForgeError>;

    /// Makes a comment say this.
    ///
    /// # Errors
    /// There is no such comment, or the forge cannot be written.
    fn edit_comment(&mut self, id: u64, body: &str) -> Result<(), ForgeError>;

    /// Puts a sign on a comment.
    ///
    /// # Errors
    /// There is no such comment, or the forge cannot be written.
    fn react(&mut self, comment: u64, reaction: Reaction) -> Result<(), ForgeError>;

    /// Says what a check says of a commit from now on.
    ///
    /// # Errors
    /// The forge cannot be written.
    fn put_status(&mut self, commit: CommitId, status: &Status) -> Result<(), ForgeError>;

    /// Asks for a run of a workflow and returns its id where the forge says it. Where a run with the same [`REQUEST_INPUT`] in its
    /// title is there, that one's id is returned and none is started.
    ///
    /// # Errors
    /// The workflow or the branch is not there, or the forge cannot be written.
    fn dispatch(&mut self, dispatch: &Dispatch) -> Result<Option<u64>, ForgeError>;

    /// Asks a run to stop; one that is over stays as it is.
    ///
    /// # Errors
    /// There is no such run, or the forge cannot be written.
    fn cancel(&mut self, run: u64) -> Result<(), ForgeError>;
}

/// A forge to read and to change.
pub trait Forge: ForgeRead + ForgeWrite {}

impl<F: ForgeRead + ForgeWrite + ?Sized> Forge for F {}

/// The full name of a branch.
fn full(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// Whether a branch holds commits that the bot did not make, on top of its base.
fn people(repo: &Repo, base: Option<CommitId>, head: CommitId) -> Result<bool, ForgeError> {
    let Some(base) = base else { return Ok(false) };
    Ok(repo.range(base, head)?.iter().any(|commit| commit.committer.email != BOT.1))
}

/// Whether two texts of ours are the same thing said: by their hidden markers where there are any.
fn same_text(one: &str, two: &str) -> bool {
    match (marker(one), marker(two)) {
        (None, None) => plain(one) == plain(two),
        (one, two) => one == two,
    }
}

/// The last hidden marker of a text; what imitates one stands before it.
fn marker(text: &str) -> Option<&str> {
    let start = text.rfind("<!-- ")?;
    let end = text[start..].find("-->")?;
    Some(&text[start..start + end + 3])
}

/// A text as every forge gives it back: line ends and space at the end may come back otherwise.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

//! What can be read before it is asked for.

use engine::ids::CommitId;

/// Something whose reading depends on nothing else that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// All pull requests, as [`super::Pulls::pulls`] reads them.
    Pulls,
    /// [`super::Issues::labels`].
    Labels,
    /// A pull request: [`super::Pulls::pull`], [`super::Pulls::merge_commit`].
    Pull(u64),
    /// An issue by its number, or a pull request as one: [`super::Issues::find_issue`], [`super::Issues::closer`].
    Issue(u64),
    /// [`super::Checks::statuses`].
    Statuses(CommitId),
    /// [`super::Checks::jobs`].
    Jobs(u64),
}

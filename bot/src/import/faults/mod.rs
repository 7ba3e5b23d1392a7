//! Where an analysis does not agree with the repository, or with itself.

mod commits;
mod counts;
mod ground;
mod order;
mod promises;
mod scope;
mod unlisted;
mod unread;

use std::fmt;

use serde::Serialize;

use super::analysis::Analysis;
use crate::survey::Survey;
use engine::commit::When;
use engine::ids::CommitId;
use ground::FactIndex;
pub use scope::{RangePart, RangeScope};

/// What the repository has under a name an analysis gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListedCommit {
    /// A commit of upstream that the common ancestor does not contain.
    InRange(CommitId),
    /// A commit the common ancestor contains, so the fork has it.
    Ancestor {
        id: CommitId,
        /// When it was written.
        date: When,
        /// The first line of its message.
        subject: String,
    },
    /// A commit that is not upstream's: one of the fork, or of another branch.
    Elsewhere(CommitId),
    /// This many commits begin so.
    Ambiguous(usize),
    /// None does.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// The line of the document; `None` for what it does not mention at all.
    pub line: Option<usize>,
    /// The commit, as the document writes it, or where it does not, in short.
    pub commit: Option<String>,
    /// The commit's full name, where the repository has it.
    pub sha: Option<CommitId>,
    /// What kind of disagreement.
    pub kind: DisagreementKind,
    /// A sentence that says what is stated and what is so. It may quote commit messages, so it is not to be shown unescaped.
    pub text: String,
}

/// The kinds of disagreement, in the order they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DisagreementKind {
    /// The common ancestor is another commit.
    MergeBase,
    /// Upstream's branch is at another commit.
    UpstreamHead,
    /// No commit has this name.
    Unknown,
    /// Several commits have it.
    Ambiguous,
    /// Where a commit should stand, something else does.
    Unreadable,
    /// The commit is not upstream's.
    NotUpstream,
    /// The commit is older than the common ancestor.
    Ancestor,
    /// The fork has its change already.
    AlreadyTaken,
    /// It is called a duplicate, and that is not borne out.
    Duplicate,
    /// It is a merge.
    Merge,
    /// It is in two tables, or twice in one.
    ListedTwice,
    /// It is described as something it is not.
    Subject,
    /// The order given is not upstream's.
    Order,
    /// No table lists the commit.
    Unlisted,
    /// A number is not the true one.
    Count,
    /// It is said to pick without conflict, and does not.
    Conflicts,
    /// A path said to be the fork's alone is upstream's too.
    LocalPath,
    /// Files said to be changed by both sides are not, or others are.
    BothChanged,
    /// Conflicts are expected where there are none, or not where there are.
    ExpectedConflict,
    /// A part of the document that was not read.
    NotRead,
    /// A command that is not taken over before a person has confirmed it, or not at all.
    Command,
}

impl DisagreementKind {
    /// All kinds, in the order they are reported.
    pub const ALL: [Self; 21] = [
        Self::MergeBase,
        Self::UpstreamHead,
        Self::Unknown,
        Self::Ambiguous,
        Self::Unreadable,
        Self::NotUpstream,
        Self::Ancestor,
        Self::AlreadyTaken,
        Self::Duplicate,
        Self::Merge,
        Self::ListedTwice,
        Self::Subject,
        Self::Order,
        Self::Unlisted,
        Self::Count,
        Self::Conflicts,
        Self::LocalPath,
        Self::BothChanged,
        Self::ExpectedConflict,
        Self::NotRead,
        Self::Command,
    ];

    /// Whether it is a remark on how the document was read, and no disagreement.
    #[must_use]
    pub fn is_remark(self) -> bool {
        matches!(self, Self::NotRead | Self::Command)
    }

    /// What people read.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::MergeBase => "the common ancestor is another",
            Self::UpstreamHead => "upstream's head is another",
            Self::Unknown => "unknown commit",
            Self::Ambiguous => "ambiguous name",
            Self::Unreadable => "no commit where one should stand",
            Self::NotUpstream => "not upstream's commit",
            Self::Ancestor => "listed, but older than the common ancestor",
            Self::AlreadyTaken => "listed, but already taken",
            Self::Duplicate => "called a duplicate, not borne out",
            Self::Merge => "a merge, never picked",
            Self::ListedTwice => "listed twice",
            Self::Subject => "described as something else",
            Self::Order => "order contradicted",
            Self::Unlisted => "in no list",
            Self::Count => "count that does not add up",
            Self::Conflicts => "called free of conflicts",
            Self::LocalPath => "called the fork's alone",
            Self::BothChanged => "files both sides changed",
            Self::ExpectedConflict => "conflicts expected",
            Self::NotRead => "not read",
            Self::Command => "command to confirm",
        }
    }
}

impl fmt::Display for DisagreementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.title())
    }
}

/// Every disagreement, by kind, then by line; those without a line stand in upstream's order.
///
/// `lookup` says what the repository has under a name of seven to forty hexadecimal digits. It is asked once per name. `scope` is the
/// part of the range that the document is about.
#[must_use]
pub fn faults(
    analysis: &Analysis,
    survey: &Survey,
    scope: &RangeScope,
    lookup: &dyn Fn(&str) -> ListedCommit,
) -> Vec<Disagreement> {
    let ground = FactIndex::new(analysis, survey, scope, lookup);
    let mut faults = Vec::new();
    commits::check(&ground, &mut faults);
    order::check(&ground, &mut faults);
    unlisted::check(&ground, &mut faults);
    counts::check(&ground, &mut faults);
    promises::check(&ground, &mut faults);
    unread::check(&ground, &mut faults);
    // Stable: within a kind and a line, in the order they were found.
    faults.sort_by_key(|fault| (fault.kind, fault.line.is_none(), fault.line));
    faults
}

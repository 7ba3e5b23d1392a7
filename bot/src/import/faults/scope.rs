//! Which part of upstream's range a document is about: it says so itself, or it is the whole.

use std::collections::BTreeSet;

use engine::ids::CommitId;

/// What a document is checked against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RangeScope {
    /// All that upstream has since the common ancestor.
    #[default]
    Whole,
    /// A part of upstream's history.
    Part(RangePart),
    /// A part that the repository does not have: figures are not checked.
    Unknown {
        /// The range as the document writes it.
        name: String,
        /// The line that does.
        line: usize,
    },
}

/// The commits between two of upstream's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RangePart {
    /// All of them.
    pub commits: BTreeSet<CommitId>,
    /// How many of them are merges.
    pub merges: usize,
    /// How many files differ between its ends.
    pub files: usize,
}

impl RangeScope {
    /// Whether a commit is in it.
    #[must_use]
    pub fn has(&self, commit: CommitId) -> bool {
        match self {
            Self::Whole => true,
            Self::Part(part) => part.commits.contains(&commit),
            Self::Unknown { .. } => false,
        }
    }
}

//! What a repository says of a commit named by the beginning of its SHA.

use engine::ids::CommitId;

/// What is found under the beginning of a SHA.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// This commit.
    Found(CommitId),
    /// So many objects.
    Ambiguous(usize),
    /// Nothing.
    Unknown {
        /// What may have been meant, best first: short SHAs, with their subject where that helps.
        like: Vec<String>,
    },
}

//! Where the line ends, held against git's own merge.

use serde::Serialize;

use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;

/// Where the line ends, held against git's own merge of both heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct End {
    /// The files there, conflicting ones provisionally as upstream has them.
    pub tree: TreeId,
    /// Whether they are those of git's merge, where that is clean.
    pub equal: bool,
    /// The paths where they are not.
    pub differs: Vec<Difference>,
    /// How many paths git does not merge cleanly: there is nothing to hold them against.
    pub not_compared: usize,
    /// What git's merge gives.
    #[serde(skip)]
    pub merged: TreeId,
    /// The paths that it does not merge cleanly.
    #[serde(skip)]
    pub open: Vec<RepoPath>,
}

/// A path that the line leaves otherwise than git's merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    pub path: RepoPath,
    /// What it is due to.
    pub because: Because,
}

/// What a path that ends otherwise than git's merge is due to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// A unit that is missing, left out, taken in a form of the fork's own, or resolved there as upstream has it.
    Unit(CommitId),
    /// A rule, a decision or a remembered answer.
    Rule(String),
    /// Nothing that is known.
    Unknown,
}

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unit(sha) => write!(f, "{sha}"),
            Self::Rule(words) => f.write_str(words),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl Serialize for Because {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

//! Surveys that no repository was read for: a unit, and where a line ends, to be changed field by field.

use engine::commit::{Signature, When};
use engine::ids::{CommitId, TreeId};
use uptake::survey::{End, Surveyed};

/// An open unit that applies and touches nothing.
pub(crate) fn unit(sha: CommitId, subject: &str, email: &str, when: When) -> Surveyed {
    Surveyed::new(sha, subject.into(), Signature { name: "Ada".into(), email: email.into(), when })
}

/// The files of a range in which nothing is read.
pub(crate) fn tree() -> TreeId {
    TreeId::from_bytes([0x4b; 20])
}

/// A line that ends where git's merge does.
pub(crate) fn end() -> End {
    End { tree: tree(), equal: true, differs: Vec::new(), not_compared: 0, merged: tree(), open: Vec::new() }
}

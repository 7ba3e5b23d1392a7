//! Surveys that no repository was read for: a unit, and where a line ends, to be changed field by field.

use engine::commit::{Signature, When};
use engine::ids::{CommitId, TreeId};
use uptake::line::OnLine;
use uptake::risk::Level;
use uptake::survey::{Alone, Cascade, End, Surveyed, Verdict};

/// An open unit that applies and touches nothing.
pub(crate) fn unit(sha: CommitId, subject: &str, email: &str, when: When) -> Surveyed {
    Surveyed {
        sha,
        inside: Vec::new(),
        inside_taken: 0,
        subject: subject.into(),
        author: Signature { name: "Ada".into(), email: email.into(), when },
        date: when,
        pr: None,
        verdict: Verdict::Open,
        adapted: false,
        share: None,
        evidence: Vec::new(),
        perhaps: None,
        undoes: Vec::new(),
        again: None,
        reverted_by: None,
        moot: None,
        refused: None,
        alone: Alone::Clean,
        conflicts: Vec::new(),
        line: OnLine::Clean,
        hunks: 0,
        files: 0,
        upstreams: Vec::new(),
        after: Vec::new(),
        cascade: Cascade::None,
        roots: Vec::new(),
        needs: Vec::new(),
        risk: Level::Low,
        reasons: Vec::new(),
        paths: Vec::new(),
        guarded: Vec::new(),
    }
}

/// The files of a range in which nothing is read.
pub(crate) fn tree() -> TreeId {
    TreeId::from_bytes([0x4b; 20])
}

/// A line that ends where git's merge does.
pub(crate) fn end() -> End {
    End { tree: tree(), equal: true, differs: Vec::new(), not_compared: 0, merged: tree(), open: Vec::new() }
}

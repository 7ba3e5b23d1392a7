//! Conflicts as `uptake why --format json` gives them.

use serde::{Serialize, Serializer};

use super::CommitSummary;
use crate::pick::{Attribution, Conflict};
use crate::view::note::{ProposalJson, words};
use engine::path::RepoPath;

/// A path in conflict.
#[derive(Serialize)]
struct ConflictPath<'a> {
    path: &'a RepoPath,
    /// What kind of disagreement, in words.
    kind: &'static str,
    /// Its conflicting places; one without lines where it is no text, or one side has no file.
    hunks: Vec<ConflictPlace<'a>>,
    /// Why what should have resolved it in its phase did not, a phrase each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    /// What is proposed for it in its phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalJson<'a>>,
}

/// A conflicting place, and who put what there.
#[derive(Serialize)]
struct ConflictPlace<'a> {
    /// The line in the fork's file it starts at, counted from 1; `None` for a whole file.
    line: Option<usize>,
    /// The line in upstream's file.
    their_line: Option<usize>,
    /// The fork's lines.
    ours: &'a [String],
    /// The lines both sides started from.
    base: &'a [String],
    /// Upstream's lines.
    theirs: &'a [String],
    /// The fork's commits that last touched the fork's side, the latest first.
    fork: &'a [CommitSummary],
    /// The upstream commits that the lines the fork lacks come from, the latest first.
    upstream: &'a [CommitSummary],
}

pub(super) fn write<S: Serializer>(conflicts: &[Conflict], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(conflicts.iter().map(path))
}

fn path(conflict: &Conflict) -> ConflictPath<'_> {
    let places = conflict.hunks.len().max(1);
    let place = |at: usize| {
        let (hunk, whose) = (conflict.hunks.get(at), conflict.whose.get(at));
        let (fork, upstream): (&[CommitSummary], &[CommitSummary]) = match whose {
            Some(Attribution { fork, upstream, .. }) => (fork, upstream),
            None => (&[], &[]),
        };
        match hunk {
            Some(hunk) => ConflictPlace {
                line: Some(hunk.line),
                their_line: Some(hunk.their_line),
                ours: &hunk.ours,
                base: &hunk.base,
                theirs: &hunk.theirs,
                fork,
                upstream,
            },
            None => ConflictPlace { line: None, their_line: None, ours: &[], base: &[], theirs: &[], fork, upstream },
        }
    };
    ConflictPath {
        path: &conflict.path,
        kind: words::kind(conflict.kind),
        hunks: (0..places).map(place).collect(),
        remarks: conflict.remarks.iter().map(words::remark).collect(),
        proposal: ProposalJson::of(conflict),
    }
}

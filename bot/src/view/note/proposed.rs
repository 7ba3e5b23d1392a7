//! What is proposed for a file in conflict, as it is shown: all of it, or nothing of it.

use std::fmt::Write;

use serde::Serialize;

use super::prose::Prose;
use super::sides;
use crate::pick::Conflict;
use crate::pick::proposal::{Proposal, ProposedPlace, Proposer, WholeProposal};
use crate::text::{count, slash, visible};
use engine::ids::CommitId;
use engine::path::RepoPath;

/// A proposal of more lines is not shown: nobody would read them all before accepting it.
const LINES: usize = 80;

/// What is proposed for a file.
#[derive(Debug, Serialize)]
pub(crate) struct ProposalNote {
    /// By what, and for how much of the file.
    pub(crate) head: Prose,
    /// What would stand there instead of the fork's lines, as a difference; empty where that is too long.
    pub(crate) block: String,
    /// The comment that takes it as it is; none where it is not shown, or resolves a part of the file alone.
    pub(crate) accept: Option<String>,
    /// How it is opened to be looked at, changed or thrown away.
    pub(crate) open: String,
}

/// The comment that accepts a proposal.
pub(crate) fn accept_line(prefix: &str, sha: CommitId, path: &RepoPath, digest: &str) -> String {
    let path = visible(&path.to_string());
    slash(prefix, &format!("accept {} {path} {digest}", sha.short()))
}

/// How many files of these conflicts have a proposal to look at, in words; `None` where none has.
#[must_use]
pub fn to_look_at<'c>(conflicts: impl Iterator<Item = &'c Conflict>) -> Option<String> {
    let proposals = conflicts.filter(|conflict| conflict.proposal.is_some()).count();
    (proposals > 0).then(|| format!("{} to look at", count(proposals, "proposal")))
}

impl ProposalNote {
    /// `prefix`: what stands before commands, where comments are obeyed.
    pub(super) fn new(pick: CommitId, path: &RepoPath, proposal: &Proposal, prefix: Option<&str>) -> Self {
        let by = match &proposal.by {
            Proposer::Words => {
                Prose::new("Proposed by putting the changes of both sides together word by word, which may be wrong")
            }
            Proposer::Program(name) => Prose::new("Proposed by ").code(name),
        };
        let (some, all) = (proposal.count(), proposal.places.len());
        let head = if some == all { by } else { by.plain(format!(", for {some} of its {}", count(all, "place"))) };
        let block = block(proposal).unwrap_or_default();
        let line = |whole: &WholeProposal| Some(accept_line(prefix?, pick, path, &whole.digest()));
        let accept = proposal.whole.as_ref().filter(|_| !block.is_empty()).and_then(line);
        Self { head, block, accept, open: format!("uptake resolve {}", pick.short()) }
    }
}

/// The whole of it; `None` where that is too long to be shown.
fn block(proposal: &Proposal) -> Option<String> {
    let mut text = String::new();
    for place in &proposal.places {
        let Some(lines) = &place.lines else { continue };
        let _ = writeln!(text, "@@ the fork, from line {} @@", place.line);
        text.push_str(&sides::whole(&place.ours, lines)?);
    }
    (text.lines().count() <= LINES).then_some(text)
}

/// What is proposed for a file, as `uptake plan --format json` and `uptake why --format json` give it.
#[derive(Debug, Serialize)]
pub(crate) struct ProposalJson<'a> {
    path: &'a RepoPath,
    by: &'a str,
    /// What names it, where it resolves the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<String>,
    places: Vec<ProposedPlaceJson>,
}

#[derive(Debug, Serialize)]
struct ProposedPlaceJson {
    line: usize,
    /// The lines that would stand there; none where nothing is proposed.
    lines: Option<Vec<String>>,
}

impl<'a> ProposalJson<'a> {
    /// What is proposed for a conflict, where something is.
    pub(crate) fn of(conflict: &'a Conflict) -> Option<Self> {
        let proposal = conflict.proposal.as_ref()?;
        let text = |lines: &Vec<u8>| String::from_utf8_lossy(lines).lines().map(str::to_owned).collect();
        let place =
            |place: &ProposedPlace| ProposedPlaceJson { line: place.line, lines: place.lines.as_ref().map(text) };
        Some(Self {
            path: &conflict.path,
            by: match &proposal.by {
                Proposer::Words => "words",
                Proposer::Program(name) => name,
            },
            proposal: proposal.whole.as_ref().map(WholeProposal::digest),
            places: proposal.places.iter().map(place).collect(),
        })
    }
}

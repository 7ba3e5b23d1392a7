//! Which commit of the fork resolves the pick of which upstream commit.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::survey::{EvidenceKind, Survey};
use engine::commit::{BROWSER, Commit};
use engine::ids::{CommitId, TreeId};

/// An upstream commit and the commit that has its change in the fork.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    pub upstream: CommitId,
    /// The fork's, or a phase branch's.
    pub commit: CommitId,
    /// The state that upstream's change starts from, where that is another than its first parent's.
    pub base: Option<TreeId>,
}

static TRAILER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^\(cherry picked from commit ([0-9a-f]{40})\)").ok());

/// The pairs that `(cherry picked from commit …)` lines tell. A commit that names several resolves none of them on its own.
#[must_use]
pub fn by_trailer(commits: &[Commit]) -> Vec<Pair> {
    let Some(trailer) = TRAILER.as_ref() else { return Vec::new() };
    let mut pairs: Vec<Pair> = Vec::new();
    for commit in commits.iter().filter(|commit| !commit.is_merge()) {
        let mut named: Vec<CommitId> =
            trailer.captures_iter(&commit.message).filter_map(|found| found[1].parse().ok()).collect();
        named.dedup();
        if let [upstream] = named[..] {
            pairs.push(Pair { upstream, commit: commit.id, base: None });
        }
    }
    pairs
}

/// Whether GitHub made a commit by rebasing a pick: whose it was before is not in it, and was learned then.
#[must_use]
pub fn is_rebased(commit: &Commit, upstream: &Commit) -> bool {
    commit.committer.email == BROWSER && commit.author == upstream.author
}

/// The pairs that a survey's evidence tells: by trailer, by author and date, or by subject. A commit that stands for several
/// upstream commits resolves none of them on its own.
#[must_use]
pub fn by_evidence(survey: &Survey) -> Vec<Pair> {
    let shows = |kind| matches!(kind, EvidenceKind::Trailer | EvidenceKind::Authorship | EvidenceKind::Subject);
    let mut pairs = Vec::new();
    let mut claims: HashMap<CommitId, usize> = HashMap::new();
    for surveyed in survey.commits.iter().filter(|unit| !survey.is_contradicted(unit.sha)) {
        let mut commits: Vec<CommitId> =
            surveyed.evidence.iter().filter(|sign| shows(sign.kind)).map(|sign| sign.fork_commit).collect();
        commits.sort();
        commits.dedup();
        for commit in commits {
            *claims.entry(commit).or_default() += 1;
            pairs.push(Pair { upstream: surveyed.sha, commit, base: None });
        }
    }
    pairs.retain(|pair| claims.get(&pair.commit) == Some(&1));
    pairs
}

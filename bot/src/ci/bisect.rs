//! The search for the pick that breaks a phase: its branch halved again and again, and each half tested, until one pick is left that
//! fails where the one before it passes. Pure: what was tested is in the matrix, so a search goes on from wherever it was left.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cell::TestState;
use super::matrix::{Matrix, TestRequest};
use super::want::{SEARCH, request};
use crate::branch::BISECT;
use crate::moment::Moment;
use crate::names::{self, CellName, PhaseId};
use engine::ids::CommitId;

/// How often a commit is tested that comes to no verdict.
pub const TRIES: usize = 3;

/// The searches in a phase; `bisect/<phase>.yml` on the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Bisects {
    /// Each that was asked for, oldest first.
    pub searches: Vec<Bisection>,
}

/// One search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = names::cell_or_cuda)]
pub struct Bisection {
    /// The cell that is red.
    #[serde(alias = "cuda")]
    pub cell: CellName,
    /// When it was asked for: with head and cell, what tells it from others.
    pub asked: Moment,
    /// The red head.
    #[schemars(with = "String")]
    pub head: CommitId,
    /// The head it was asked for, where the branch was rebuilt before the search began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub instead_of: Option<CommitId>,
    /// The commit the branch stands on.
    #[schemars(with = "String")]
    pub base: CommitId,
    /// The branch's commits from the first on, as they were when the search began.
    pub commits: Vec<TriedCommit>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<BisectEnd>,
}

/// A commit of the branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriedCommit {
    /// The commit on the branch.
    #[schemars(with = "String")]
    pub commit: CommitId,
    /// The upstream commit it takes.
    #[schemars(with = "String")]
    pub pick: CommitId,
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "end", rename_all = "kebab-case", deny_unknown_fields)]
pub enum BisectEnd {
    /// This pick breaks it: it fails, and what is before it passes.
    Guilty {
        /// The upstream commit.
        #[schemars(with = "String")]
        pick: CommitId,
        /// Its commit on the branch.
        #[schemars(with = "String")]
        commit: CommitId,
        /// How many commits were tested between base and head.
        rounds: usize,
    },
    /// The base fails too: no pick is to blame.
    RedBase,
    /// The head passes.
    NotRed,
    /// A commit both passed and failed, so halving leads nowhere.
    Flaky {
        /// Which.
        #[schemars(with = "String")]
        commit: CommitId,
    },
    /// A commit came to no verdict, however often it was tried.
    NoVerdict {
        /// Which.
        #[schemars(with = "String")]
        commit: CommitId,
    },
    /// The branch is one merge commit, which cannot be halved.
    OneCommit,
    /// The branch held other commits than were built when the search was to begin, or what it looks through is gone.
    Moved,
    /// The phase is not tested in this cell any more.
    NoCell,
}

/// What a search needs next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BisectStep {
    /// The verdict on this commit, which is on its way, or is to be asked for by this.
    Test(TestRequest),
    /// Nothing: it has ended so.
    End(BisectEnd),
}

/// What is known of a commit.
enum KnownResult {
    Passed,
    Failed,
    Flaky,
    Dead,
    /// The test that will tell.
    Ask(TestRequest),
}

impl Bisection {
    /// What is next, by what the matrix knows. `phase`: the phase's id.
    #[must_use]
    pub fn next(&self, phase: &PhaseId, matrix: &Matrix) -> BisectStep {
        if let Some(end) = &self.end {
            return BisectStep::End(end.clone());
        }
        if self.commits.is_empty() {
            return BisectStep::End(BisectEnd::Moved);
        }
        if self.commits.len() > 1 && self.commits.iter().all(|tried| tried.commit == self.commits[0].commit) {
            return BisectStep::End(BisectEnd::OneCommit);
        }
        // Where base and head do not differ, halving would blame whichever pick a coin falls on.
        match self.known(phase, self.base, matrix) {
            KnownResult::Passed => {}
            KnownResult::Failed => return BisectStep::End(BisectEnd::RedBase),
            other => return self.stop(self.base, other),
        }
        match self.known(phase, self.head, matrix) {
            KnownResult::Failed => {}
            KnownResult::Passed => return BisectStep::End(BisectEnd::NotRed),
            other => return self.stop(self.head, other),
        }
        // The branch passes after so many of its commits, and fails after so many.
        let (mut passes, mut fails) = (0, self.commits.len());
        let mut rounds = 0;
        while fails - passes > 1 {
            let middle = usize::midpoint(passes, fails);
            let commit = self.commits[middle - 1].commit;
            match self.known(phase, commit, matrix) {
                KnownResult::Passed => passes = middle,
                KnownResult::Failed => fails = middle,
                other => return self.stop(commit, other),
            }
            rounds += 1;
        }
        match self.commits.get(passes) {
            Some(TriedCommit { commit, pick }) => {
                BisectStep::End(BisectEnd::Guilty { pick: *pick, commit: *commit, rounds })
            }
            None => BisectStep::End(BisectEnd::Moved),
        }
    }

    fn stop(&self, commit: CommitId, known: KnownResult) -> BisectStep {
        match known {
            KnownResult::Ask(ask) => BisectStep::Test(ask),
            KnownResult::Flaky => BisectStep::End(BisectEnd::Flaky { commit }),
            KnownResult::Dead | KnownResult::Passed | KnownResult::Failed => {
                BisectStep::End(BisectEnd::NoVerdict { commit })
            }
        }
    }

    fn known(&self, phase: &PhaseId, commit: CommitId, matrix: &Matrix) -> KnownResult {
        if matrix.is_flaky(commit, &self.cell) {
            return KnownResult::Flaky;
        }
        let tests = matrix.of(commit, &self.cell);
        let ended = |state| tests.iter().any(|cell| cell.state == state);
        if ended(TestState::Passed) {
            return KnownResult::Passed;
        }
        if ended(TestState::Failed) || ended(TestState::TimedOut) {
            return KnownResult::Failed;
        }
        let ask = |request: String| TestRequest {
            of: format!("{SEARCH}{phase}"),
            head: commit,
            cell: self.cell.clone(),
            request,
        };
        // One that is under way will tell, whoever asked for it.
        if let Some(open) = tests.iter().find(|cell| !cell.state.is_over()) {
            return KnownResult::Ask(ask(open.request.clone()));
        }
        // The first is the one the matrix itself would ask for, so that base and head are not tested twice.
        let own = |tries: usize| request(if tries == 0 { "test" } else { "bisect" }, commit, &self.cell, tries);
        match (0..TRIES).map(own).find(|request| matrix.by_request(request).is_none()) {
            Some(request) => KnownResult::Ask(ask(request)),
            None => KnownResult::Dead,
        }
    }

    /// The branch that keeps a commit while it is tested: once the phase is rebuilt, nothing else may hold it.
    #[must_use]
    pub fn branch(phase: &PhaseId, commit: CommitId) -> String {
        format!("{BISECT}{phase}/{}", commit.short())
    }

    /// The mark of the comment that says how it ended.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("<!-- uptake-bisect {} {} {} -->", self.cell.short(), self.head.short(), self.asked)
    }
}

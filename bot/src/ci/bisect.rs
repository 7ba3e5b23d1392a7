//! The search for the pick that breaks a phase: its branch halved again and again, and each half tested, until one pick is left that
//! fails where the one before it passes. Pure: what was tested is in the matrix, so a search goes on from wherever it was left.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cell::TestState;
use super::matrix::{Matrix, TestRequest};
use super::want::request;
use crate::branch::BISECT;
use crate::moment::Moment;
use crate::text::{code, count};
use engine::ids::CommitId;

/// The tests of a phase's searches are kept under this and the phase's id.
pub const SEARCH: &str = "bisect.";

/// How often a commit is tested that comes to no verdict.
const TRIES: usize = 3;

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
pub struct Bisection {
    /// The CUDA version that is red.
    pub cuda: String,
    /// When it was asked for: with head and version, what tells it from others.
    pub asked: Moment,
    /// The red head.
    #[schemars(with = "String")]
    pub head: CommitId,
    /// The head it was asked for, where the branch was built anew before the search began.
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
    /// The branch held other commits than were built when the search was to begin, or what it looks through is gone.
    Moved,
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
    pub fn next(&self, phase: &str, matrix: &Matrix) -> BisectStep {
        if let Some(end) = &self.end {
            return BisectStep::End(end.clone());
        }
        if self.commits.is_empty() {
            return BisectStep::End(BisectEnd::Moved);
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

    fn known(&self, phase: &str, commit: CommitId, matrix: &Matrix) -> KnownResult {
        if matrix.is_flaky(commit, &self.cuda) {
            return KnownResult::Flaky;
        }
        let tests = matrix.of(commit, &self.cuda);
        let ended = |state| tests.iter().any(|cell| cell.state == state);
        if ended(TestState::Passed) {
            return KnownResult::Passed;
        }
        if ended(TestState::Failed) {
            return KnownResult::Failed;
        }
        let ask = |request: String| TestRequest {
            of: format!("{SEARCH}{phase}"),
            head: commit,
            cuda: self.cuda.clone(),
            request,
        };
        // One that is under way will tell, whoever asked for it.
        if let Some(open) = tests.iter().find(|cell| !cell.state.is_over()) {
            return KnownResult::Ask(ask(open.request.clone()));
        }
        // The first is the one the matrix itself would ask for, so that base and head are not tested twice.
        let own = |tries: usize| request(if tries == 0 { "test" } else { "bisect" }, commit, &self.cuda, tries);
        match (0..TRIES).map(own).find(|request| matrix.by_request(request).is_none()) {
            Some(request) => KnownResult::Ask(ask(request)),
            None => KnownResult::Dead,
        }
    }

    /// The branch that keeps a commit while it is tested: once the phase is built anew, nothing else may hold it.
    #[must_use]
    pub fn branch(phase: &str, commit: CommitId) -> String {
        format!("{BISECT}{phase}/{}", commit.short())
    }

    /// The mark of the comment that says how it ended.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("<!-- uptake-bisect {} {} {} -->", self.cuda, self.head.short(), self.asked)
    }
}

/// How a search ended, as the pull request is told, with the way to split the phase there. `at`: where the branch is now; `subject`: of
/// an upstream commit, made inert; `written`: a command as it is written here.
#[must_use]
pub fn found(
    search: &Bisection,
    end: &BisectEnd,
    at: Option<CommitId>,
    subject: &dyn Fn(CommitId) -> String,
    written: &dyn Fn(&str) -> String,
) -> String {
    let cuda = code(&search.cuda);
    let head = code(&search.head.short());
    let mut text = match end {
        BisectEnd::Guilty { pick, commit, rounds } => {
            let at = search.commits.iter().position(|tried| tried.commit == *commit).unwrap_or_default();
            let (before, after) = (&search.commits[..at], &search.commits[(at + 1).min(search.commits.len())..]);
            let mut text = format!(
                "**{} breaks the phase with CUDA {cuda}**: {}\n\nThe branch passes before it and fails from it on (`{}`). \
                 Found by testing {} of {}.\n\n",
                code(&pick.short()),
                subject(*pick),
                commit.short(),
                count(*rounds, "commit"),
                count(search.commits.len(), "pick"),
            );
            let name = pick.short();
            let _ = writeln!(text, "Ways on, each said in a comment of its own:\n");
            let _ = writeln!(
                text,
                "- leave it out: {}",
                code(&written(&format!("skip {name} breaks CUDA {}", search.cuda)))
            );
            let _ = writeln!(text, "- leave it for later: {}", code(&written(&format!("defer {name}"))));
            if !before.is_empty() {
                let _ = writeln!(
                    text,
                    "- split the phase here: {} before it can land as they are. Say {} for it and for {} after it, with a phase \
                     that comes later:",
                    count(before.len(), "pick"),
                    code(&written("move SHA PHASE")),
                    count(after.len(), "pick")
                );
                let rest: Vec<String> = std::iter::once(pick)
                    .chain(after.iter().map(|tried| &tried.pick))
                    .map(|sha| code(&sha.short()))
                    .collect();
                let _ = writeln!(text, "  {}", rest.join(", "));
            }
            text
        }
        BisectEnd::RedBase => format!(
            "CUDA {cuda} fails on the base {} too, so no pick of this phase is to blame.\n",
            code(&search.base.short())
        ),
        BisectEnd::NotRed => format!("CUDA {cuda} passes on {head}: there is nothing to look for.\n"),
        BisectEnd::Flaky { commit } => format!(
            "With CUDA {cuda} the commit {} both passed and failed, so halving would blame whichever pick it fell on. Nothing was found.\n",
            code(&commit.short())
        ),
        BisectEnd::NoVerdict { commit } => format!(
            "With CUDA {cuda} the tests of {} came to no verdict, though they were tried {TRIES} times. Nothing was found.\n",
            code(&commit.short())
        ),
        BisectEnd::Moved if !search.commits.is_empty() => {
            format!("The branch was built anew, and what was at {head} is gone: ask again for the head it has now.\n")
        }
        BisectEnd::Moved => format!("The branch is no longer at {head}: ask again for the head it has now.\n"),
    };
    if let Some(asked) = search.instead_of {
        let _ = writeln!(
            text,
            "\nIt was asked for {}; the branch was built anew before the search began, so it began with {head}.",
            code(&asked.short())
        );
    }
    if *end != BisectEnd::Moved && at.is_some_and(|at| at != search.head) {
        let _ = writeln!(
            text,
            "\nThe branch was built anew while the search went on. It kept to the picks as they were at {head}, whose tests still count."
        );
    }
    text.push('\n');
    text.push_str(&search.mark());
    text.push('\n');
    text
}

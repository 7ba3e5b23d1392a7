//! What should be tested: each phase's head and the base it stands on, in each cell of the matrix. Pure.

use std::collections::BTreeSet;

use serde_json::json;

use crate::config::Ci;
use crate::config::raw::CiWhen;
use crate::decision::{Decision, Ruling};
use crate::forge::{Dispatch, REQUEST_INPUT};
use crate::names::{CellName, PhaseId};
use crate::pick::{Built, BuiltPhase};
use crate::survey::Survey;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;

/// A commit to be tested, and how.
#[derive(Debug, Clone)]
pub struct TestTarget {
    /// The phase it is the head of, or [`BASE`].
    pub of: String,
    /// The commit.
    pub head: CommitId,
    /// What it holds, where that is known.
    pub tree: Option<TreeId>,
    /// The commit whose results are held against it; for a base, itself.
    pub base: CommitId,
    /// With what.
    pub ci: Ci,
    /// Why it is not tested at all.
    pub skipped: Option<SkipReason>,
    /// For each cell how often people asked for it again.
    pub again: Vec<usize>,
}

/// Why a commit is not tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// The configuration has its phase never tested.
    Never,
    /// It is tested for certain paths alone, and the phase touches none of them.
    Paths,
}

/// Under this name the tests of base commits are kept. No phase can be called so.
pub const BASE: &str = "base.commits";

/// The tests of a phase's searches are kept under this and the phase's id.
pub const SEARCH: &str = "bisect.";

/// What should be tested of these phases, their bases first. `at`: where a phase's branch is on the forge, which people may have pushed to, by the phase's id.
/// `decisions`: what was said, for tests that were asked for again.
#[must_use]
pub fn wants(
    built: &Built,
    survey: &Survey,
    decisions: &[Decision],
    at: &dyn Fn(&PhaseId) -> Option<CommitId>,
) -> Vec<TestTarget> {
    let on_forge = |phase: &BuiltPhase| at(&phase.id).and_then(|head| want(phase, head, survey, decisions));
    let mut wants: Vec<TestTarget> = built.phases.iter().filter_map(on_forge).collect();
    let mut bases = bases(&wants);
    bases.append(&mut wants);
    bases
}

/// The commits that phases stand on, in the cells in which no phase has them tested: a phase may be tested in fewer cells than the one
/// that stands on it, or never.
fn bases(wants: &[TestTarget]) -> Vec<TestTarget> {
    let tested = |want: &&TestTarget| want.skipped.is_none();
    let heads: BTreeSet<(CommitId, &CellName)> =
        wants.iter().filter(tested).flat_map(|want| want.ci.names().map(|cell| (want.head, cell))).collect();
    let mut bases: Vec<TestTarget> = Vec::new();
    for want in wants.iter().filter(tested) {
        for cell in want.ci.cells.iter().filter(|cell| !heads.contains(&(want.base, &cell.name))) {
            let at = bases.iter().position(|base| base.head == want.base).unwrap_or_else(|| {
                bases.push(TestTarget {
                    of: BASE.to_owned(),
                    head: want.base,
                    tree: None,
                    base: want.base,
                    ci: Ci { cells: Vec::new(), ..want.ci.clone() },
                    skipped: None,
                    again: Vec::new(),
                });
                bases.len() - 1
            });
            let base = &mut bases[at];
            if base.ci.cell(&cell.name).is_none() {
                base.ci.cells.push(cell.clone());
                base.again.push(0);
            }
        }
    }
    bases
}

/// What should be tested of a phase; `None` where no workflow is configured, or there is nothing to test.
fn want(phase: &BuiltPhase, head: CommitId, survey: &Survey, decisions: &[Decision]) -> Option<TestTarget> {
    let ci = &phase.ci;
    if !ci.runs() || (phase.landed() == 0 && head == phase.head) {
        return None;
    }
    let skipped = match ci.when {
        CiWhen::Always => None,
        CiWhen::Never => Some(SkipReason::Never),
        // What people pushed may touch anything.
        CiWhen::Paths if head != phase.head || touches(phase, survey) => None,
        CiWhen::Paths => Some(SkipReason::Paths),
    };
    let again = ci.names().map(|cell| asked_again(&phase.id, head, cell, decisions)).collect();
    let (of, base, ci) = (phase.id.to_string(), phase.base_commit, ci.clone());
    Some(TestTarget { of, head, tree: None, base, ci, skipped, again })
}

/// Whether what landed on the branch touches what the matrix tests.
fn touches(phase: &BuiltPhase, survey: &Survey) -> bool {
    let fits = |path: &RepoPath| phase.ci.paths.is_match(path.to_text().as_ref());
    let landed: BTreeSet<CommitId> =
        phase.picks.iter().filter(|pick| pick.commit.is_some()).map(|pick| pick.sha).collect();
    survey.commits.iter().filter(|commit| landed.contains(&commit.sha)).any(|commit| commit.paths.iter().any(fits))
}

fn asked_again(id: &PhaseId, at: CommitId, cell: &CellName, decisions: &[Decision]) -> usize {
    let is = |decision: &&Decision| match &decision.ruling {
        Ruling::Retest { phase, head, cells } => {
            phase == id && *head == at && (cells.is_empty() || cells.contains(cell))
        }
        _ => false,
    };
    decisions.iter().filter(is).count()
}

impl TestTarget {
    /// For each cell, the word by which its test is known. The same wish has the same word, however often it is computed.
    pub fn requests(&self) -> impl Iterator<Item = (&CellName, String)> {
        let word = |cell: &CellName, again: usize| request("test", self.head, cell, again);
        self.ci.names().zip(&self.again).map(move |(cell, again)| (cell, word(cell, *again)))
    }
}

/// The word a test is known by. What varies in length stands before what does not, so that no word is the beginning of another.
pub(super) fn request(of: &str, head: CommitId, cell: &CellName, again: usize) -> String {
    format!("uptake-{of}-{}-{again}-{}", cell.short(), &head.to_string()[..16])
}

/// The word of a test that is asked for again since the runner of this one was lost.
pub(super) fn once_more(request: &str) -> String {
    request.replacen("uptake-test-", "uptake-again-", 1)
}

/// What is asked of the forge for a test; `None` where the configuration has no such cell, or no workflow for it.
pub(super) fn dispatch(ci: &Ci, head: CommitId, cell: &CellName, request: &str, on: &str) -> Option<Dispatch> {
    let cell = ci.cell(cell)?;
    let mut inputs = cell.inputs.clone();
    inputs.insert("sha".to_owned(), head.to_string());
    inputs.insert("validate".to_owned(), ci.validate.join("\n"));
    inputs.insert(REQUEST_INPUT.to_owned(), request.to_owned());
    if !cell.runner.is_empty() {
        inputs.insert("runner".to_owned(), json!(cell.runner).to_string());
    }
    Some(Dispatch { workflow: cell.workflow.clone()?, on: on.to_owned(), inputs, fresh: false })
}

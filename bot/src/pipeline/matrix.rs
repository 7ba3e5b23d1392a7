//! The test matrix within a run: what the ledger remembers of it, the searches people asked for, and the tables pull requests show.

use std::collections::BTreeMap;

use super::adopted::markers;
use super::proposal::Proposal;
use super::{Inputs, RunError, Session};
use crate::branch::BISECT;
use crate::chatops::command::written;
use crate::ci::{
    self, BASE, BisectEnd, BisectStep, Bisection, Bisects, Matrix, MatrixOutcome, MatrixStore, SEARCH, TestRecord,
    TestRequest, TestState, TestTarget, TriedCommit, poll,
};
use crate::decision::Ruling;
use crate::forge::{Forge, Status};
use crate::ledger::{Changed, Ledger, update};
use crate::moment::Moment;
use crate::names::{CellName, PhaseId};
use crate::pick::BuiltPhase;
use crate::publish::{Change, Changes, Observed, apply};
use crate::survey::Survey;
use crate::text::markdown_line;
use crate::view::matrix as view;
use engine::Repo;
use engine::ids::CommitId;

/// Keeps the matrix on the forge's ledger.
pub(super) struct OnLedger<'a> {
    pub(super) repo: &'a Repo,
    pub(super) ledger: Ledger,
}

impl MatrixStore for OnLedger<'_> {
    type Error = RunError;

    fn keep(&mut self, matrix: &Matrix, forge: &mut dyn Forge) -> Result<bool, RunError> {
        if with_matrix(&self.ledger, matrix)? == self.ledger {
            return Ok(true);
        }
        let mut others = false;
        let updated = update(self.repo, forge, &mut |ledger| {
            let message = "Remember how the tests stand\n".to_owned();
            // What is not as it was when this run read it, another wrote, who asks for the same tests.
            others = matrix.records.keys().any(|of| ledger.bytes(&path(of)) != self.ledger.bytes(&path(of)));
            Ok(Changed { ledger: if others { ledger.clone() } else { with_matrix(ledger, matrix)? }, message })
        })?;
        if !others {
            self.ledger = updated.ledger;
        }
        Ok(!others)
    }
}

/// A name for what statuses say.
pub(super) fn named(statuses: &[Status]) -> String {
    engine::name_of(format!("{statuses:?}").as_bytes()).to_string()
}

fn path(of: &str) -> String {
    format!("ci/{of}.yml")
}

fn with_matrix(ledger: &Ledger, matrix: &Matrix) -> Result<Ledger, crate::ledger::LedgerError> {
    let mut changed = ledger.clone();
    for (of, record) in &matrix.records {
        if changed.get::<TestRecord>(&path(of))?.unwrap_or_default() != *record {
            changed = changed.with(&path(of), record)?;
        }
    }
    Ok(changed)
}

impl Proposal<'_> {
    /// What the ledger remembers of tests, and so of what has the same files as what was tested.
    fn remembered(&self) -> Result<Matrix, RunError> {
        let mut matrix = Matrix::default();
        let ids = self.built.phases.iter().flat_map(|phase| [phase.id.to_string(), format!("{SEARCH}{}", phase.id)]);
        for of in ids.chain([BASE.to_owned()]) {
            if let Some(record) = self.inputs.ledger.get::<TestRecord>(&path(&of))? {
                matrix.records.insert(of, record);
            }
        }
        matrix.take_over(&self.targets());
        Ok(matrix)
    }

    /// Whether a search for a guilty pick goes on.
    pub(super) fn searches(&self) -> Result<bool, RunError> {
        let ledger = &self.inputs.ledger;
        for path in ledger.paths("bisect/") {
            let searches = ledger.get::<Bisects>(path)?.unwrap_or_default();
            if searches.searches.iter().any(|search| search.end.is_none()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a test was asked for in vain, or nobody knows whether it was.
    pub(super) fn unheard(&self) -> Result<bool, RunError> {
        let matrix = self.remembered()?;
        Ok(matrix.records.values().flat_map(|record| &record.tests).any(|test| test.state == TestState::Asked))
    }

    /// A name for what the statuses of each tested commit say, by commit.
    pub(super) fn told(&self) -> Result<BTreeMap<String, String>, RunError> {
        let matrix = self.remembered()?;
        let targets = self.targets();
        let tested = view::statuses(&matrix, &targets);
        let tested = tested.into_iter().map(|(head, statuses)| (head.to_string(), named(&statuses)));
        let untested = self.untested().into_iter().map(|head| (head.to_string(), named(&[view::untested()])));
        Ok(tested.chain(untested).collect())
    }

    pub(super) fn targets(&self) -> Vec<TestTarget> {
        let (decisions, repo) = (self.inputs.ledger.decisions(), &self.inputs.session.repo);
        let mut wants = ci::wants(&self.built, &self.survey, decisions, &|id| self.observed.head_of(id));
        for want in &mut wants {
            // What cannot be read is tested by its own name.
            want.tree = repo.commit(want.head).ok().map(|commit| commit.tree);
        }
        wants
    }

    /// How the tests of each phase stand, by its id, as its pull request shows it.
    pub(super) fn tables(&self) -> Result<BTreeMap<PhaseId, String>, RunError> {
        let matrix = self.remembered()?;
        let wants = self.targets();
        let of_phases = wants.iter().filter(|want| want.of != BASE);
        Ok(of_phases.map(|want| (want.of.as_str().into(), view::table(&matrix, want))).collect())
    }

    /// Says beside the head of each published branch that holds conflict markers where the first one is.
    pub(super) fn report_markers(&self, forge: &mut dyn Forge, acted: &mut MatrixOutcome) -> Result<(), RunError> {
        let Session { repo, heads, .. } = self.inputs.session;
        let mut said = Vec::new();
        for phase in &self.built.phases {
            let committed = || phase.picks.iter().any(|pick| pick.outcome.waits() && pick.commit.is_some());
            let (head, markers) = match self.adopted.get(&phase.id) {
                Some(adopted) => (adopted.phase.head, adopted.markers.clone()),
                None if committed() && self.observed.head_of(&phase.id) == Some(phase.head) => {
                    (phase.head, markers(repo, heads.fork, phase.head)?)
                }
                None => continue,
            };
            said.extend(view::marked(&markers).map(|status| (head, vec![status])));
        }
        Ok(ci::report(said, forge, acted)?)
    }

    /// Looks at the tests, asks for those that are wanted, and goes on with the searches.
    pub(super) fn test(&mut self, forge: &mut dyn Forge) -> Result<MatrixOutcome, RunError> {
        let wants = self.targets();
        let remembered = self.remembered()?;
        if wants.is_empty() && remembered.records.is_empty() {
            return Ok(MatrixOutcome::default());
        }
        let looked = poll(&remembered, &wants, forge, self.inputs.session.now)?;
        let mut tried = Vec::new();
        for phase in &self.built.phases {
            self.inputs.search(phase, &looked.matrix, &mut self.observed, &self.survey, forge, &mut tried)?;
        }
        let mut keep = OnLedger { repo: &self.inputs.session.repo, ledger: self.inputs.ledger.clone() };
        // What an earlier run said of a commit, and would be said again, need not be looked at.
        let statuses = |matrix: &Matrix, wants: &[TestTarget]| self.glance.untold(view::statuses(matrix, wants));
        let (_, acted) = ci::act(looked, &tried, &self.inputs.session.branch, forge, &mut keep, &statuses)?;
        self.inputs.ledger = keep.ledger;
        Ok(acted)
    }
}

impl Inputs<'_> {
    /// Goes on with the searches in a phase: begins those that were asked for, and says how those ended that did.
    fn search(
        &mut self,
        phase: &BuiltPhase,
        matrix: &Matrix,
        observed: &mut Observed,
        survey: &Survey,
        forge: &mut dyn Forge,
        tried: &mut Vec<TestRequest>,
    ) -> Result<(), RunError> {
        let file = format!("bisect/{}.yml", phase.id);
        let before = self.ledger.get::<Bisects>(&file)?.unwrap_or_default();
        let mut searches = before.clone();
        for decision in self.ledger.decisions() {
            let Ruling::Bisect { phase: id, cell, head } = &decision.ruling else { continue };
            let is = |search: &Bisection| {
                search.instead_of.unwrap_or(search.head) == *head
                    && search.cell == *cell
                    && search.asked == decision.when
            };
            if *id == phase.id && !searches.searches.iter().any(is) {
                searches.searches.push(begun(phase, cell, *head, decision.when, observed.head_of(id)));
            }
        }
        let asked = tried.len();
        for search in searches.searches.iter_mut().filter(|search| search.end.is_none()) {
            let next = match phase.ci.cell(&search.cell) {
                Some(_) => search.next(&phase.id, matrix),
                None => BisectStep::End(BisectEnd::NoCell),
            };
            match next {
                BisectStep::Test(ask) if self.hold(&phase.id, search, ask.head, observed, forge)? => tried.push(ask),
                BisectStep::Test(_) => {
                    self.report_search(phase, search, &BisectEnd::Moved, observed, survey, forge)?;
                    search.end = Some(BisectEnd::Moved);
                }
                BisectStep::End(end) => {
                    self.report_search(phase, search, &end, observed, survey, forge)?;
                    search.end = Some(end);
                }
            }
        }
        if tried.len() == asked {
            // Nothing is tried any more, so nothing need be kept for it.
            let own = format!("{BISECT}{}/", phase.id);
            let over = observed.branches.iter().filter(|branch| branch.name.starts_with(&own));
            let over: Vec<_> =
                over.map(|branch| Change::Delete { branch: branch.name.clone(), at: branch.head }).collect();
            self.change(&over, observed, forge)?;
        }
        if searches != before {
            let updated = update(&self.session.repo, forge, &mut |ledger| {
                let message = format!("Remember the search in {}\n", phase.id);
                Ok(Changed { ledger: ledger.with(&file, &searches)?, message })
            })?;
            self.ledger = updated.ledger;
        }
        Ok(())
    }

    /// Sees to it that a search's commit can be tested: branches keep it and the head, which has all others in its history, for as
    /// long as the search goes on, however often the phase is rebuilt. `false`: it is gone.
    fn hold(
        &self,
        phase: &PhaseId,
        search: &Bisection,
        commit: CommitId,
        observed: &mut Observed,
        forge: &mut dyn Forge,
    ) -> Result<bool, RunError> {
        let both = [search.head, commit];
        for commit in both.into_iter().take(if commit == search.head { 1 } else { 2 }) {
            let branch = Bisection::branch(phase, commit);
            if observed.branch(&branch).is_some() {
                continue;
            }
            if !self.session.repo.has_commit(commit) {
                return Ok(false);
            }
            let push =
                Change::Push { branch: branch.into(), to: commit, from: None, known: Some(search.base), commits: 0 };
            self.change(&[push], observed, forge)?;
        }
        Ok(true)
    }

    fn change(&self, changes: &[Change], observed: &mut Observed, forge: &mut dyn Forge) -> Result<(), RunError> {
        apply(changes, &self.session.repo, forge, observed, self.session.now, &mut Changes::default())?;
        Ok(())
    }

    fn report_search(
        &self,
        phase: &BuiltPhase,
        search: &Bisection,
        end: &BisectEnd,
        observed: &Observed,
        survey: &Survey,
        forge: &mut dyn Forge,
    ) -> Result<(), RunError> {
        let Some(pull) = observed.of_phase(&phase.id) else { return Ok(()) };
        let upstream = self.session.config.linked_upstream();
        let subject = |sha: CommitId| {
            let commit = survey.get(sha);
            commit.map(|commit| markdown_line(&commit.subject, upstream)).unwrap_or_default()
        };
        let prefix = &self.session.config.commands.prefix;
        let written = |line: &str| written(prefix, line);
        // By its mark the forge knows it again, should a run be killed before the end is remembered.
        let at = observed.head_of(&phase.id);
        match forge.comment(pull.number, &view::search_ended(search, end, at, &subject, &written)) {
            // Where nothing can be said the search is over all the same; the ledger has its end.
            Err(error) if error.is_of_conversation() => Ok(()),
            said => said.map(drop).map_err(RunError::from),
        }
    }
}

/// A search that begins. Where the branch was rebuilt since it was asked for, it looks through what is there now; where people
/// pushed to it, it has nothing to look through.
fn begun(phase: &BuiltPhase, cell: &CellName, asked_for: CommitId, asked: Moment, at: Option<CommitId>) -> Bisection {
    let there = at == Some(phase.head);
    let landed = phase.picks.iter().filter_map(|pick| Some(TriedCommit { commit: pick.commit?, pick: pick.sha }));
    let head = if there { phase.head } else { asked_for };
    Bisection {
        cell: cell.clone(),
        asked,
        head,
        instead_of: (head != asked_for).then_some(asked_for),
        base: phase.base_commit,
        commits: if there { landed.collect() } else { Vec::new() },
        end: None,
    }
}

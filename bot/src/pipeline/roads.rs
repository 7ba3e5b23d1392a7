//! What each way of catching up would ask of a person, computed in memory with what resolves conflicts anywhere else.

use super::{Inputs, RunError};
use crate::line::Resolve;
use crate::line::roads::{Asked, left, walk};
use crate::memory;
use crate::pick::answer::ResolutionStore;
use crate::pick::{LineResolver, ResolutionSources, turned};
use crate::survey::{RoadCosts, Survey, of_line, roads};
use crate::units::Unit;
use engine::ids::{CommitId, TreeId};
use engine::progress::Progress;
use engine::{GitError, Merger};

/// A rebase of more commits than this is nobody's way of catching up, and counting what it would ask takes longer than all the rest.
const MOST_REBASED: usize = 2000;

impl Inputs<'_> {
    /// Fills in the ways of catching up. That is work of its own, so it is done where they are shown.
    ///
    /// # Errors
    /// The repository cannot be read.
    pub fn roads(&self, survey: &mut Survey, progress: &mut dyn Progress) -> Result<(), RunError> {
        let session = self.session;
        if survey.commits.is_empty() {
            return Ok(());
        }
        let store = memory::recall(&self.ledger)?;
        let mut merger = Merger::new(&session.repo)?;
        merger.leave_markers();
        let counted = Counted { inputs: self, survey, ways: self.sources(&store) };
        let common = session.repo.merge_base(session.heads.upstream, session.heads.fork)?.is_some();
        let costs = (|| -> Result<RoadCosts, RunError> {
            Ok(RoadCosts {
                merge: common.then(|| counted.merge(&mut merger)).transpose()?,
                line: of_line(survey.commits.iter()),
                phases: counted.phases(&mut merger, progress)?,
                rebase: (common && survey.carry.steps.len() <= MOST_REBASED)
                    .then(|| counted.rebase(&mut merger, progress))
                    .transpose()?,
                takes_line: session.config.line().is_some(),
            })
        })();
        let costs = costs.map_err(|error| session.located(error))?;
        survey.roads = roads(&costs, survey.upstream_head);
        Ok(())
    }
}

/// What the ways are counted with.
struct Counted<'a> {
    inputs: &'a Inputs<'a>,
    survey: &'a Survey,
    ways: ResolutionSources<'a>,
}

impl Counted<'_> {
    fn resolver<'w>(&self, ways: ResolutionSources<'w>) -> Result<LineResolver<'w>, GitError> {
        let repo = &self.inputs.session.repo;
        let mut resolver = LineResolver::new(repo, ways)?;
        resolver.begins_at(repo.commit(self.survey.merge_base)?.tree);
        Ok(resolver)
    }

    fn fork(&self) -> Result<TreeId, GitError> {
        Ok(self.inputs.session.repo.commit(self.survey.fork_head)?.tree)
    }

    /// One merge of upstream into the fork.
    fn merge(&self, merger: &mut Merger<'_>) -> Result<Asked, RunError> {
        let repo = &self.inputs.session.repo;
        let merged = merger.merge_commits(self.survey.fork_head, self.survey.upstream_head)?;
        let mut upstream = Unit::of_fork(repo, repo.commit(self.survey.upstream_head)?)?;
        upstream.base = self.survey.units.start();
        let mut resolve = self.resolver(self.ways)?;
        Ok(left(merger, (&upstream, self.fork()?), merged, &mut resolve)?)
    }

    /// The fork's own commits onto upstream.
    fn rebase(&self, merger: &mut Merger<'_>, progress: &mut dyn Progress) -> Result<Asked, RunError> {
        let repo = &self.inputs.session.repo;
        let own = &self.survey.carry.steps;
        progress.stage("counting what a rebase would ask", own.len());
        let step = |sha: &CommitId| Unit::of_fork(repo, repo.commit(*sha)?);
        let steps = own.iter().map(step).collect::<Result<Vec<_>, GitError>>()?;
        let (rules, none) = (turned(self.ways.rules), ResolutionStore::default());
        let mut resolve =
            self.resolver(ResolutionSources { decisions: &[], memory: &none, rules: &rules, ..self.ways })?;
        let upstream = repo.commit(self.survey.upstream_head)?.tree;
        Ok(walk(merger, upstream, &steps, &mut resolve, progress)?.0)
    }

    /// The phases as configured, each on the fork and resolved to its end.
    fn phases(&self, merger: &mut Merger<'_>, progress: &mut dyn Progress) -> Result<Option<Asked>, RunError> {
        let plan = self.inputs.plan(self.survey)?;
        if plan.phases.is_empty() {
            return Ok(None);
        }
        progress.stage("counting what the phases would ask", plan.phases.iter().map(|phase| phase.choices.len()).sum());
        let (units, fork) = (&self.survey.units, self.fork()?);
        let stacked = self.inputs.session.config.stacking == crate::config::raw::Stacking::Previous;
        let (mut asked, mut onto) = (Asked::default(), fork);
        for phase in plan.phases.iter().filter(|phase| phase.slice.is_none()) {
            let places = phase.choices.iter().filter_map(|choice| units.place(choice.sha));
            let steps = places.map(|at| &units.all()[at]);
            let mut resolve = self.resolver(self.ways)?;
            let (more, end) = walk(merger, onto, steps, &mut resolve, progress)?;
            asked += more;
            if stacked {
                onto = end;
            }
        }
        // The slices ask what the line asks.
        let slices = plan.phases.iter().filter(|phase| phase.slice.is_some());
        let units = slices.flat_map(|phase| &phase.choices).filter_map(|choice| self.survey.get(choice.sha));
        asked += of_line(units);
        Ok(Some(asked))
    }
}

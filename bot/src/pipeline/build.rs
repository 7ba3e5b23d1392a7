//! What is built of a survey: a branch for each phase, in memory.

use std::collections::HashSet;

use super::upstream::releases;
use super::{Inputs, Programs, RunError, resolutions};
use crate::config::{Slice, is_slice};
use crate::decision::Rulings;
use crate::ledger::AttemptState;
use crate::memory;
use crate::names::PhaseId;
use crate::pick::answer::ResolutionStore;
use crate::pick::runner::{CommandRunner, NoCommands};
use crate::pick::{BuildContext, Built, ProposalSources, ResolutionSources, Scope, Tools, build};
use crate::plan::{Plan, SliceFacts, all_open, check_groups, plan};
use crate::survey::{Survey, Surveyed};
use crate::view::why::{self, Explanation};
use engine::UPSTREAM_TAGS;
use engine::ids::CommitId;
use engine::progress::{Progress, Silent};

impl Inputs<'_> {
    /// Plans the phases and builds their branches in memory. Without a configuration there are no phases.
    ///
    /// # Errors
    /// A supersede group names a commit of no phase, or the repository cannot be read.
    pub fn build(&self, survey: &Survey, progress: &mut dyn Progress) -> Result<Built, RunError> {
        self.build_phases(survey, Scope::All(survey), progress)
    }

    /// The same as the last run showed it: what was not proposed then is not proposed now.
    pub(super) fn build_as_shown(&self, survey: &Survey) -> Result<Built, RunError> {
        let plan = self.plan(survey)?;
        self.build_with(Scope::All(survey), &plan, Programs { propose: false, ..self.programs }, &mut Silent)
    }

    /// The same with one unit tried alone: what it meets, and what is proposed for that.
    pub(crate) fn build_one(
        &self,
        survey: &Survey,
        sha: CommitId,
        progress: &mut dyn Progress,
    ) -> Result<Built, RunError> {
        self.build_phases(survey, Scope::One(survey, sha), progress)
    }

    /// Builds one branch of all open commits, in upstream's order, whatever the phases say: how far they get.
    ///
    /// # Errors
    /// The repository cannot be read.
    pub fn build_all(&self, survey: &Survey, progress: &mut dyn Progress) -> Result<Built, RunError> {
        self.build_plan(Scope::All(survey), &all_open(survey), progress)
    }

    /// All that is known of one commit, by its full or shortened SHA.
    ///
    /// # Errors
    /// The name means no commit of the range, or the repository cannot be read.
    pub fn why(&self, survey: &Survey, name: &str, progress: &mut dyn Progress) -> Result<Explanation, RunError> {
        let commit = why::find(&self.session.repo, survey, name)?;
        // What other picks need is not asked here, and is most of the work.
        let scope = Scope::One(survey, commit.sha);
        let configured = self.session.source.is_some();
        let built = configured.then(|| self.build_phases(survey, scope, progress)).transpose()?;
        self.explain(survey, built.as_ref(), commit)
    }

    /// All that is known of one commit of the range.
    pub(super) fn explain(
        &self,
        survey: &Survey,
        built: Option<&Built>,
        commit: &Surveyed,
    ) -> Result<Explanation, RunError> {
        let store = memory::recall(&self.ledger)?;
        let session = self.session;
        Ok(why::why(&session.repo, survey, built, &session.branch, self.sources(&store), commit)?)
    }

    fn build_phases(&self, survey: &Survey, scope: Scope<'_>, progress: &mut dyn Progress) -> Result<Built, RunError> {
        let plan = self.plan(survey)?;
        self.build_plan(scope, &plan, progress)
    }

    /// Which unit goes into which phase.
    pub(super) fn plan(&self, survey: &Survey) -> Result<Plan, RunError> {
        let config = &self.session.config;
        if let Some(source) = &self.session.source {
            check_groups(config, &source.name, survey).map_err(|problems| source.wrong(problems))?;
        }
        let rulings = self.ledger.effective();
        Ok(plan(survey, config, &rulings, &self.ancestors(survey, &rulings)?, &self.slice_facts()?))
    }

    fn build_plan(&self, scope: Scope<'_>, plan: &Plan, progress: &mut dyn Progress) -> Result<Built, RunError> {
        self.build_with(scope, plan, self.programs, progress)
    }

    fn build_with(
        &self,
        scope: Scope<'_>,
        plan: &Plan,
        programs: Programs,
        progress: &mut dyn Progress,
    ) -> Result<Built, RunError> {
        let session = self.session;
        let store = memory::recall(&self.ledger)?;
        let rulings = self.ledger.effective();
        let known = memory::proposals(&self.ledger);
        let proposals =
            ProposalSources { rules: &session.config.proposers, known: Some(&known), asks: programs.propose };
        let nothing = NoCommands;
        let workshop: &dyn CommandRunner = if programs.lock { &*session.runner } else { &nothing };
        let closed = |id: &&PhaseId| rulings.phase(id).is_some_and(|said| said.close.is_some());
        let context = BuildContext {
            branch: &session.branch,
            head: session.heads.fork,
            stacking: session.config.stacking,
            guard: &session.config.guard,
            ways: self.sources(&store),
            apart: plan.phases.iter().map(|phase| &phase.id).filter(closed).collect(),
            tools: Tools { workshop, remade: &self.lockfiles },
            proposals,
        };
        let built = build(&session.repo, scope, plan, &context, progress);
        let mut built = built.map_err(|error| session.located(error.into()))?;
        resolutions::remark(&mut built, &memory::list(&self.ledger)?);
        Ok(built)
    }

    /// What is known of the slices of the line, where there is one.
    fn slice_facts(&self) -> Result<SliceFacts, RunError> {
        let config = &self.session.config;
        let Some(line) = config.line() else { return Ok(SliceFacts::default()) };
        let mut facts = SliceFacts { published: self.published.clone(), ..SliceFacts::default() };
        for (id, record) in self.ledger.phases() {
            let open = record.rounds.last().is_some_and(|round| round.state == AttemptState::Open);
            facts.published.entry(id.clone()).or_insert(open);
        }
        facts.published.retain(|id, _| is_slice(&line.id, id));
        if line.line.is_some_and(|line| line.slice == Slice::Release) {
            let repo = &self.session.repo;
            facts.releases = match &config.releases {
                Some(pattern) => releases(repo, pattern)?.into_iter().map(|(_, commit)| commit).collect(),
                None => {
                    let tags = [repo.references("refs/tags/")?, repo.references(UPSTREAM_TAGS)?];
                    tags.into_iter().flatten().map(|(_, commit)| commit).collect()
                }
            };
        }
        Ok(facts)
    }

    pub(super) fn sources<'a>(&'a self, store: &'a ResolutionStore) -> ResolutionSources<'a> {
        let (rules, formats) = (&self.session.config.conflicts, &self.session.config.formats);
        let (runner, manifests) = (&*self.session.runner, &self.manifests);
        ResolutionSources { decisions: self.ledger.decisions(), memory: store, rules, formats, runner, manifests }
    }

    /// The commits that the configuration or a decision names and that are not in the range but in the fork's history.
    fn ancestors(&self, survey: &Survey, rulings: &Rulings) -> Result<HashSet<CommitId>, RunError> {
        let (repo, fork) = (&self.session.repo, self.session.heads.fork);
        let range: HashSet<CommitId> = survey.commits.iter().map(|commit| commit.sha).collect();
        let mut found = HashSet::new();
        let named = self.session.config.phases.iter().flat_map(|phase| &phase.picks).map(|pick| pick.sha);
        for sha in named.chain(rulings.commits().map(|(sha, _)| sha)) {
            // A decision may name a commit that this clone does not have: no commit of its is an ancestor of anything here.
            if !range.contains(&sha) && repo.has_commit(sha) && repo.contains(fork, sha)? {
                found.insert(sha);
            }
        }
        Ok(found)
    }
}

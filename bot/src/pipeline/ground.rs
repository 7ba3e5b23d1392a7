//! What phases are built on and with: the fork's head, what settles conflicts, and what makes lock files.

use super::{RunError, Session};
use crate::memory;
use crate::pick::answer::ResolutionStore;
use crate::pick::{BuildContext, Built, ResolutionSources, Scope, Tools, build};
use crate::plan::Plan;
use crate::survey::{Survey, Surveyed};
use crate::view::why::{self, Explanation};
use engine::Repo;
use engine::progress::Progress;

impl Session {
    /// Takes note of the lock files made on phase branches that a repository has, so that they are not made once more.
    ///
    /// # Errors
    /// A branch cannot be read.
    pub fn recall(&mut self, repo: Option<&Repo>) -> Result<(), RunError> {
        let repo = repo.unwrap_or(&self.repo);
        for (name, head) in repo.references("refs/")? {
            // Here (`refs/heads/uptake/…`) or as it was fetched (`refs/remotes/origin/uptake/…`).
            if name.contains("/uptake/") {
                self.remade.learn(repo, head)?;
            }
        }
        Ok(())
    }

    /// Builds one branch of all open commits, in upstream's order, whatever the phases say: how far they get.
    ///
    /// # Errors
    /// The repository cannot be read.
    pub fn build_all(&self, survey: &Survey, progress: &mut dyn Progress) -> Result<Built, RunError> {
        self.build_plan(Scope::All(survey), &crate::plan::all_open(survey), progress)
    }

    pub(super) fn build_plan(
        &self,
        seek: Scope<'_>,
        plan: &Plan,
        progress: &mut dyn Progress,
    ) -> Result<Built, RunError> {
        let memory = memory::recall(&self.ledger)?;
        let ways = self.ways(&memory);
        let tools = Tools { workshop: &*self.workshop, remade: &self.remade };
        let rulings = self.ledger.effective();
        let closed = |id: &&str| rulings.phase(id).is_some_and(|said| said.close.is_some());
        let apart = self.config.phases.iter().map(|phase| phase.id.as_str()).filter(closed).collect();
        let (branch, stacking) = (self.branch.as_str(), self.config.stacking);
        let ground = BuildContext { branch, head: self.heads.fork, stacking, ways, apart, tools };
        let mut built = build(&self.repo, seek, plan, &ground, progress)?;
        super::remember::remark(&mut built, &memory::list(&self.ledger)?);
        Ok(built)
    }

    /// All that is known of one commit of the range.
    pub(super) fn explain(
        &self,
        survey: &Survey,
        built: Option<&Built>,
        commit: &Surveyed,
    ) -> Result<Explanation, RunError> {
        let memory = memory::recall(&self.ledger)?;
        Ok(why::why(&self.repo, survey, built, &self.branch, self.ways(&memory), commit)?)
    }

    fn ways<'a>(&'a self, memory: &'a ResolutionStore) -> ResolutionSources<'a> {
        ResolutionSources { decisions: self.ledger.decisions(), memory, rules: &self.config.conflicts }
    }
}

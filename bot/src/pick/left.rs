//! What is said of the conflicts of a pick that nothing resolved: who put what there, and what is proposed.

use std::collections::HashSet;

use super::build::Builder;
use super::propose::ProposalCase;
use super::{Histories, Pick};
use crate::survey::Survey;
use engine::blame::History;
use engine::commit::Commit;
use engine::ids::{CommitId, TreeId};
use engine::progress::Silent;
use engine::{GitError, PathConflict};

impl Builder<'_, '_> {
    /// Has something proposed for the conflicts that nothing resolved.
    pub(super) fn propose(&mut self, base: TreeId, commit: &Commit, pick: &mut Pick) -> Result<(), GitError> {
        let open: HashSet<_> = pick.open().map(|conflict| conflict.path.clone()).collect();
        let case = ProposalCase { repo: self.repo, commit, base };
        for conflict in pick.conflicts.iter_mut().filter(|conflict| open.contains(&conflict.path)) {
            self.proposers.propose(&mut self.merger, &case, conflict)?;
        }
        Ok(())
    }

    /// Finds who put what at the places of the conflicts nothing resolved.
    pub(super) fn attribute(
        &mut self,
        there: &HashSet<CommitId>,
        survey: &Survey,
        commit: &Commit,
        met: &[PathConflict],
        pick: &mut Pick,
    ) -> Result<(), GitError> {
        let Some(search) = &self.search else { return Ok(()) };
        let fork = match &mut self.fork {
            Some(fork) => fork,
            empty => {
                let (since, fork) = (survey.own_since, survey.fork_head);
                empty.insert(History::read(self.repo, since, fork, "reading the fork", &mut Silent)?)
            }
        };
        let origins = Histories::new(self.repo, survey, search.history(), fork)?;
        let open: HashSet<_> = pick.open().map(|conflict| conflict.path.clone()).collect();
        for conflict in pick.conflicts.iter_mut().filter(|conflict| open.contains(&conflict.path)) {
            if let Some(found) = met.iter().find(|found| found.path == conflict.path) {
                conflict.attribute(found, origins.of(commit, found, there, &mut self.merger)?, &mut self.merger)?;
            }
        }
        Ok(())
    }
}

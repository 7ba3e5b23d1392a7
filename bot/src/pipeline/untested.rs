//! Pull requests of the bot's in which nothing is tested, where others are: a rule of the fork's branch that asks for the tests of all
//! would keep them from being merged for ever.

use std::collections::BTreeSet;

use super::matrix::named;
use super::proposal::Proposal;
use super::{RunError, Session};
use crate::ci::{self, MatrixOutcome};
use crate::forge::Forge;
use crate::names::PhaseId;
use crate::record::NAME;
use crate::view::matrix as view;
use engine::ids::CommitId;

impl Proposal<'_> {
    /// The heads of open pull requests of which nothing is tested; none where nothing is tested at all.
    pub(super) fn untested(&self) -> BTreeSet<CommitId> {
        let Session { config, .. } = self.inputs.session;
        if !config.phases.iter().any(|phase| phase.ci.runs()) {
            return BTreeSet::new();
        }
        let record = PhaseId::from(NAME);
        let own = self.built.phases.iter().map(|phase| &phase.id).chain([&record]);
        let mut heads: BTreeSet<CommitId> = own.filter_map(|id| self.observed.head_of(id)).collect();
        for tested in self.targets() {
            heads.remove(&tested.head);
        }
        heads
    }

    /// Says beside each of them that there is nothing to wait for.
    pub(super) fn report_untested(&self, forge: &mut dyn Forge, acted: &mut MatrixOutcome) -> Result<(), RunError> {
        let status = view::untested();
        let name = named(std::slice::from_ref(&status));
        let new = |head: &CommitId| self.glance.told(&head.to_string()) != Some(&*name);
        let said = self.untested().into_iter().filter(new).map(|head| (head, vec![status.clone()]));
        Ok(ci::report(said.collect(), forge, acted)?)
    }
}

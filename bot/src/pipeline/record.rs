//! What may be recorded as in, so that git knows how far the fork has taken upstream.

use super::{Inputs, RunError};
use crate::config::is_slice;
use crate::config::raw::Land;
use crate::forge::State;
use crate::names::PhaseId;
use crate::pick::Built;
use crate::publish::{Marker, Observed};
use crate::record::{self, NAME, Record, Refusal};
use crate::survey::Survey;
use engine::ids::CommitId;

impl Inputs<'_> {
    /// The record that takes in most of upstream, or the one up to `wanted`; or why there is none.
    ///
    /// # Errors
    /// The repository cannot be read.
    pub fn record(
        &self,
        survey: &Survey,
        built: &Built,
        wanted: Option<CommitId>,
    ) -> Result<Result<Record, Refusal>, RunError> {
        match record::find(survey, built, wanted) {
            Ok(says) => Ok(record::make(&self.session.repo, survey, says)?),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// A record with what became of the last one: merged otherwise than with a merge commit, it told git nothing.
    pub(super) fn after(&self, record: Record, observed: &Observed) -> Result<Record, RunError> {
        Ok(Record { lost: self.unknown_to_git(observed, &|phase| *phase == *NAME)?, ..record })
    }

    /// The last slice that was to land as a merge commit and landed as something else.
    pub(super) fn squashed(&self, observed: &Observed) -> Result<Option<u64>, RunError> {
        match self.session.config.line() {
            Some(line) if line.line.is_some_and(|line| line.land == Land::Merge) => {
                self.unknown_to_git(observed, &|phase| is_slice(&line.id, phase))
            }
            _ => Ok(None),
        }
    }

    /// The last of these pull requests that was merged, where the fork has not the commit that it brought: then git knows nothing of it.
    fn unknown_to_git(&self, observed: &Observed, is: &dyn Fn(&PhaseId) -> bool) -> Result<Option<u64>, RunError> {
        let (repo, fork) = (&self.session.repo, self.session.heads.fork);
        let merged = observed.pulls.iter().filter(|pull| pull.state == State::Merged);
        let mut own = merged.filter_map(|pull| Some((pull.number, Marker::of(pull).filter(|own| is(&own.phase))?)));
        Ok(match own.next_back() {
            Some((pull, marker)) if !(repo.has_commit(marker.head) && repo.contains(fork, marker.head)?) => Some(pull),
            _ => None,
        })
    }
}

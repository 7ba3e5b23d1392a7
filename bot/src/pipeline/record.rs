//! What may be recorded as in, so that git knows how far the fork has taken upstream.

use super::{Inputs, RunError};
use crate::forge::State;
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
        let (repo, fork) = (&self.session.repo, self.session.heads.fork);
        let merged = observed.pulls.iter().filter(|pull| pull.state == State::Merged);
        let mut of_record =
            merged.filter_map(|pull| Some((pull.number, Marker::of(pull).filter(|own| own.phase == *NAME)?)));
        let lost = match of_record.next_back() {
            Some((pull, marker)) if !(repo.has_commit(marker.head) && repo.contains(fork, marker.head)?) => Some(pull),
            _ => None,
        };
        Ok(Record { lost, ..record })
    }
}

//! A slice that lands as one merge commit: its second parent is the upstream commit that it ends with, so that git itself knows what is
//! in, and blame keeps upstream's commits.
//!
//! A merge claims all that its second parent has in its history. So a slice ends before the first unit that is neither on the branch nor
//! accounted for, by the rules that a record goes by.

use std::collections::HashSet;

use super::Pick;
use crate::plan::{Plan, PlannedPhase, is_accounted_for, reasons};
use crate::survey::{Survey, Surveyed};
use crate::text::{inert_message, short};
use crate::units::Reach;
use engine::commit::When;
use engine::ids::{CommitId, TreeId};
use engine::{GitError, Repo};

/// The longest subject in a message, in characters.
const SUBJECT: usize = 60;

/// What a merge commit may bring in.
pub(super) struct Claims<'a> {
    survey: &'a Survey,
    reach: Reach<'a>,
    /// Of each unit, whether nothing more is to be done about it.
    done: Vec<bool>,
}

impl<'a> Claims<'a> {
    pub(super) fn new(survey: &'a Survey, plan: &Plan) -> Self {
        let left_out = plan.phases.iter().flat_map(|phase| &phase.left_out).chain(&plan.left_out);
        let chosen = plan.phases.iter().flat_map(|phase| &phase.choices).map(|choice| choice.sha);
        let reasons = reasons(left_out, chosen);
        let done = |unit| is_accounted_for(survey, unit, reasons.get(&unit.sha).copied());
        Self { survey, reach: Reach::new(&survey.units), done: survey.commits.iter().map(done).collect() }
    }

    /// Whether a unit comes after one that is neither accounted for nor on the branch.
    pub(super) fn is_cut_off(&self, sha: CommitId, there: &HashSet<CommitId>) -> bool {
        let before = self.survey.position(sha).unwrap_or_default();
        let units = self.survey.commits.iter().zip(&self.done).take(before);
        units.into_iter().any(|(unit, done)| !done && !there.contains(&unit.sha))
    }

    /// The last of upstream's commits with nothing in its history that is neither accounted for nor on the branch.
    pub(super) fn up_to(&self, there: &HashSet<CommitId>) -> Option<CommitId> {
        let units = self.survey.commits.iter().zip(&self.done);
        let done: Vec<bool> = units.map(|(unit, done)| *done || there.contains(&unit.sha)).collect();
        Some(self.reach.commit(self.reach.furthest(&done)?))
    }

    /// Puts one merge commit in the place of a slice's picks, where it lands as that; returns it, and the upstream commit it brings in.
    /// `None` too where nothing is on the branch, or what stands below brings in as much.
    pub(super) fn merge(
        &self,
        repo: &Repo,
        phase: &PlannedPhase,
        picks: &mut [Pick],
        below: CommitId,
        (tree, there): (TreeId, &HashSet<CommitId>),
    ) -> Result<Option<(CommitId, CommitId)>, GitError> {
        let nothing = picks.iter().all(|pick| pick.commit.is_none());
        let up_to = if phase.is_merge() && !nothing { self.up_to(there) } else { None };
        let Some(up_to) = up_to else { return Ok(None) };
        if repo.contains(below, up_to)? {
            return Ok(None);
        }
        let upstream = repo.commit(up_to)?;
        // Dates from what is merged: the same slice gives the same commit in every run.
        let seconds = repo.commit(below)?.committer.when.seconds.max(upstream.committer.when.seconds);
        let author = repo.bot(When { seconds, offset: 0 });
        let units = picks.iter().filter(|pick| pick.commit.is_some()).filter_map(|pick| self.survey.get(pick.sha));
        let line = |unit: &Surveyed| format!("- {} {}\n", unit.sha.short(), short(&unit.subject, SUBJECT));
        let message = format!(
            "Merge upstream up to {}\n\n{}\nUp to: {}\n\n{}",
            up_to.short(),
            phase.title,
            short(upstream.subject(), SUBJECT),
            units.map(line).collect::<String>()
        );
        let merged = repo.make_merge([below, up_to], tree, &author, &inert_message(&message))?;
        picks.iter_mut().filter(|pick| pick.commit.is_some()).for_each(|pick| pick.commit = Some(merged));
        Ok(Some((merged, up_to)))
    }
}

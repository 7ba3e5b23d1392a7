//! How much of a plan is built.

use crate::plan::PlannedPhase;
use crate::survey::Survey;
use engine::ids::CommitId;

/// Which picks are asked for.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// All of them, with what the conflicting ones need and the lock files after them.
    All(&'a Survey),
    /// One alone: the phases that have no say in it are not built, and what it needs is not looked for.
    One(&'a Survey, CommitId),
}

impl<'a> Scope<'a> {
    pub(super) const fn survey(self) -> &'a Survey {
        match self {
            Self::All(survey) | Self::One(survey, _) => survey,
        }
    }

    /// The survey, if it is asked for what a pick needs and meets.
    pub(super) fn within(self, pick: CommitId) -> Option<&'a Survey> {
        match self {
            Self::All(survey) => Some(survey),
            Self::One(survey, one) => (one == pick).then_some(survey),
        }
    }

    /// Whether a phase takes, or leaves out, what is asked for.
    pub(super) fn is_about(self, phase: &PlannedPhase) -> bool {
        match self {
            Self::All(_) => true,
            Self::One(_, one) => {
                let mut named = phase.choices.iter().map(|choice| choice.sha);
                named.any(|sha| sha == one) || phase.left_out.iter().any(|left| left.sha == one)
            }
        }
    }
}

//! A pick before it is tried.

use super::{Needs, Outcome, Pick};
use crate::plan::ChosenCommit;
use crate::survey::Survey;

impl Pick {
    /// A pick before it is tried.
    pub(super) fn not_tried(choice: &ChosenCommit, survey: &Survey) -> Self {
        let same_names = survey.same_names(choice.sha);
        Self {
            sha: choice.sha,
            named_by: choice.named_by,
            again: choice.again,
            outcome: Outcome::LeftOut,
            commit: None,
            conflicts: Vec::new(),
            resolutions: Vec::new(),
            open_merge: None,
            renames: Vec::new(),
            needs: Needs::default(),
            follows: Vec::new(),
            guarded: Vec::new(),
            risk: choice.risk,
            reasons: choice.reasons.clone(),
            same_names: same_names.map(|(path, other)| [path.clone(), other.clone()]).collect(),
            note: choice.note.clone(),
            decision: choice.decision.clone(),
        }
    }
}

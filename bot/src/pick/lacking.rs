//! What a pick that conflicts lacks: whether lines of the fork's own are in its way, or only units that are not there.

use std::collections::HashSet;

use super::{Outcome, Pick};
use crate::line::OnLine;
use crate::survey::{Cascade, Survey};
use engine::ids::CommitId;

/// The picks on a branch whose undoing was to be on it too, and is not, each with that undoing.
pub(super) fn unpaired(survey: &Survey, picks: &[Pick]) -> Vec<(CommitId, CommitId)> {
    let there = |sha: &CommitId| picks.iter().any(|pick| pick.sha == *sha && pick.commit.is_some());
    let undoings = picks.iter().filter(|pick| pick.outcome.waits() && pick.commit.is_none());
    let undoings = undoings.filter_map(|pick| survey.get(pick.sha));
    let pairs = undoings.flat_map(|unit| unit.goes_with().map(move |change| (change, unit.sha)));
    pairs.filter(|(change, _)| there(change)).collect()
}

/// The outcome of a unit that conflicts on a branch. Whose lines it meets was found on the line, where all before it is there; what
/// conflicts here and not there conflicts for what is missing.
pub(super) fn conflicting(survey: &Survey, sha: CommitId) -> Outcome {
    match survey.get(sha) {
        Some(unit) => match unit.line {
            OnLine::NotNeededYet => Outcome::NotNeededYet,
            OnLine::Decide => Outcome::Decide,
            OnLine::Follows => Outcome::Follows,
            _ if unit.cascade == Cascade::Root => Outcome::Decide,
            _ => Outcome::Follows,
        },
        None => Outcome::Decide,
    }
}

/// Whether a pick lacks earlier units, and is resolved without a person on the line, where they are there.
pub(super) fn is_answered(survey: &Survey, pick: &Pick) -> bool {
    !pick.follows.is_empty() && survey.get(pick.sha).is_some_and(|unit| unit.line == OnLine::Resolved)
}

/// The units that a conflicting one waits for, of those that are not on its branch: the line's word, else where its lines come from.
pub(super) fn missing(survey: &Survey, sha: CommitId, there: &HashSet<CommitId>) -> Vec<CommitId> {
    let Some(unit) = survey.get(sha) else { return Vec::new() };
    let lacks =
        |units: &[CommitId]| -> Vec<CommitId> { units.iter().filter(|sha| !there.contains(sha)).copied().collect() };
    let after = lacks(&unit.after);
    if after.is_empty() { lacks(&unit.needs) } else { after }
}

/// Whether lines of the fork's own are in the way of a pick that a person is to decide. Where the line resolved it, that is so only
/// if the fork's commits that are named at the places are none of upstream's, taken; else what is missing here is in the way.
pub(super) fn meets_own_lines(survey: &Survey, pick: &Pick) -> bool {
    if !pick.outcome.needs_person() || !is_answered(survey, pick) {
        return true;
    }
    let mut named = pick.conflicts.iter().flat_map(|conflict| &conflict.whose).flat_map(|whose| &whose.fork);
    named.any(|theirs| !survey.shows_taken(theirs.sha))
}

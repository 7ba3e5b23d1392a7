//! What goes together stays together: whoever takes a change that upstream undid later takes the undoing too, or neither; and what
//! the fork has is taken again where a unit brings an older file.

use std::collections::HashMap;

use super::{ChosenCommit, LeftOut, PlannedPhase, Reason};
use crate::survey::{Survey, Surveyed, Verdict};
use engine::ids::CommitId;

/// Brings each undoing into the phase of what it undoes. Where that cannot be taken, or the fork has it already, the change is left
/// out. `take` makes a choice of a unit that no phase has, where it may be taken.
pub(super) fn join(
    survey: &Survey,
    phases: &mut [PlannedPhase],
    take: &dyn Fn(&Surveyed) -> Option<ChosenCommit>,
) -> Vec<CommitId> {
    let undoings = undoings(survey);
    let mut joined = Vec::new();
    for at in 0..phases.len() {
        let mut next = 0;
        while let Some(choice) = phases[at].choices.get(next) {
            let change = choice.sha;
            next += 1;
            for undoing in undoings.get(&change).into_iter().flatten() {
                if phases[at].choices.iter().any(|choice| choice.sha == undoing.sha) {
                    continue;
                }
                let found = elsewhere(phases, at, (undoing.sha, change)).or_else(|| take(undoing));
                match found.filter(|_| undoing.verdict == Verdict::Open || undoing.again.is_some()) {
                    Some(choice) => {
                        joined.push(undoing.sha);
                        for phase in phases.iter_mut() {
                            let is_it = |left: &LeftOut| left.sha == undoing.sha;
                            phase.left_out.retain(|left| !(is_it(left) && matches!(left.reason, Reason::Taken(_))));
                        }
                        phases[at].choices.push(choice);
                        phases[at].choices.sort_by_key(|choice| survey.position(choice.sha));
                    }
                    None => {
                        let reason = Reason::Undone { by: undoing.sha };
                        phases[at].choices.retain(|choice| choice.sha != change);
                        phases[at].left_out.push(LeftOut { sha: change, reason });
                        next -= 1;
                        break;
                    }
                }
            }
        }
    }
    joined
}

/// The units that undo each unit.
fn undoings(survey: &Survey) -> HashMap<CommitId, Vec<&Surveyed>> {
    let mut undoings: HashMap<CommitId, Vec<&Surveyed>> = HashMap::new();
    for unit in &survey.commits {
        for change in unit.goes_with() {
            undoings.entry(change).or_default().push(unit);
        }
    }
    undoings
}

/// Takes an undoing out of the other phase that chose it, and says there where it went.
fn elsewhere(
    phases: &mut [PlannedPhase],
    here: usize,
    (undoing, change): (CommitId, CommitId),
) -> Option<ChosenCommit> {
    let id = phases[here].id.clone();
    let others = phases.iter_mut().enumerate().filter(|(at, _)| *at != here);
    for (_, phase) in others {
        if let Some(at) = phase.choices.iter().position(|choice| choice.sha == undoing) {
            phase.left_out.push(LeftOut { sha: undoing, reason: Reason::WithUndone { change, phase: id } });
            return Some(phase.choices.remove(at));
        }
    }
    None
}

//! What people said of a phase, in lines of their words.

use crate::config::Config;
use crate::names::PhaseId;

/// What to do with a phase and with its categories, and how long that takes; the words are as they were written.
#[must_use]
pub fn of_phase(config: &Config, id: &PhaseId) -> Vec<String> {
    let Some(phase) = config.phase(id).filter(|phase| phase.line.is_none()) else { return Vec::new() };
    let said = &phase.said;
    let mut lines = Vec::new();
    if said.optional {
        lines.push("Optional.".to_owned());
    }
    lines.extend(said.estimate.as_ref().map(|estimate| match estimate.contains(':') {
        true => estimate.clone(),
        false => format!("Estimate: {estimate}"),
    }));
    lines.extend(said.note.iter().cloned());
    let of_category = |(title, note): &(String, Option<String>)| Some(format!("{title}: {}", note.as_ref()?));
    lines.extend(said.categories.iter().filter_map(of_category));
    lines
}

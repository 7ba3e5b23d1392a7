//! What of the document was not read, and the commands that wait for a person.

use super::ground::{FactIndex, fault_of_line};
use super::{Disagreement, DisagreementKind, RangeScope};
use crate::import::config;

/// So much of a text is quoted, in characters.
const QUOTED: usize = 200;

pub(super) fn check(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    if let RangeScope::Unknown { name, line } = ground.scope {
        let text = format!(
            "the range {name} is not in this repository, so its counts, and what it leaves out, are not checked"
        );
        faults.push(fault_of_line(*line, DisagreementKind::NotRead, text));
    }
    let not_read = ground.analysis.not_read.iter();
    faults.extend(not_read.map(|part| fault_of_line(part.line, DisagreementKind::NotRead, part.value.clone())));
    for words in config::unsaid(ground.analysis) {
        let text = format!("'{}' is said of commits that are in no phase", config::cut(&words.value, QUOTED));
        faults.push(fault_of_line(words.line, DisagreementKind::NotRead, text));
    }
    for command in &ground.analysis.confirm {
        let text = format!("'{}' is in the configuration as a comment: a person confirms it", command.value);
        faults.push(fault_of_line(command.line, DisagreementKind::Command, text));
    }
    for command in &ground.analysis.refused {
        let text = format!("'{}' is left away: it deletes, publishes, logs in or opens an editor", command.value);
        faults.push(fault_of_line(command.line, DisagreementKind::Command, text));
    }
    let own = ground.analysis.own.iter().map(|own| own.value.as_str()).collect::<std::collections::BTreeSet<_>>();
    if let (Some(first), false) = (ground.analysis.own.first(), own.is_empty()) {
        let text = format!(
            "{} named as the fork's own, and left out: {}",
            crate::text::count(own.len(), "commit"),
            crate::text::first_few(own.iter(), 5)
        );
        faults.push(fault_of_line(first.line, DisagreementKind::NotRead, text));
    }
}

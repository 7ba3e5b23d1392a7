//! What only the survey can tell of supersede groups: that each commit belongs to a phase, by name or by rule.

use std::collections::HashMap;

use crate::config::{Config, GroupCommit, OwnedFacts};
use crate::survey::{Survey, Surveyed};
use crate::yaml::Problems;

/// Checks the groups of a configuration; `name` is what its file is called in messages.
///
/// # Errors
/// All commits of groups that no phase takes. Commits the survey does not know, since they are older than the common
/// ancestor or merges, are passed over.
pub fn check_groups(config: &Config, name: &str, survey: &Survey) -> Result<(), Problems> {
    let surveyed: HashMap<_, _> = survey.commits.iter().map(|commit| (commit.sha, commit)).collect();
    let taken = |commit: &Surveyed| {
        let facts = OwnedFacts::from(commit);
        config.phases.iter().any(|phase| {
            phase.line.is_some()
                || phase.picks.iter().any(|pick| pick.sha == commit.sha)
                || phase.rules.iter().any(|rule| rule.matches(&facts.facts()))
        })
    };
    let named = config.supersede.iter().flat_map(|group| &group.commits);
    let strays = named.filter(|named| surveyed.get(&named.sha).is_some_and(|commit| !taken(commit)));
    let problems: Vec<_> = strays.map(GroupCommit::in_no_phase).collect();
    if problems.is_empty() { Ok(()) } else { Err(Problems::new(name, problems)) }
}

//! Commits of the range the document does not list.

use super::ground::Ground;
use super::{Fault, Kind};
use crate::survey::Verdict;
use engine::ids::CommitId;

pub(super) fn check(ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    let listed = ground.listed();
    let fault = |sha: CommitId, text: String| Fault {
        line: None,
        commit: Some(sha.short()),
        sha: Some(sha),
        kind: Kind::Unlisted,
        text: format!("{} is in no list: {text}", sha.short()),
    };
    for commit in ground.survey.commits.iter().filter(|commit| !listed.contains(&commit.sha)) {
        let state = match commit.verdict {
            Verdict::Taken => "; the fork has it",
            Verdict::Vacuous => "; picking it changes nothing",
            Verdict::Open => "",
        };
        faults.push(fault(commit.sha, format!("'{}', of {}{state}", commit.subject, commit.date.day())));
    }
    for merge in ground.survey.merges.iter().filter(|merge| !listed.contains(&merge.sha)) {
        faults.push(fault(merge.sha, format!("'{}', a merge, which is never picked", merge.subject)));
    }
}

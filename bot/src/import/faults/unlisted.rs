//! Commits of the range the document does not list.

use super::ground::FactIndex;
use super::{Disagreement, DisagreementKind};
use crate::survey::Verdict;
use engine::ids::CommitId;

pub(super) fn check(ground: &FactIndex<'_>, faults: &mut Vec<Disagreement>) {
    let listed = ground.listed();
    let fault = |sha: CommitId, text: String| Disagreement {
        line: None,
        commit: Some(sha.short()),
        sha: Some(sha),
        kind: DisagreementKind::Unlisted,
        text: format!("{} is in no list: {text}", sha.short()),
    };
    for commit in
        ground.survey.commits.iter().filter(|commit| !listed.contains(&commit.sha) && ground.scope.has(commit.sha))
    {
        let state = match commit.verdict {
            Verdict::Taken => "; the fork has it",
            Verdict::Open if commit.is_no_op() => "; it leaves nothing to change",
            Verdict::Open => "",
        };
        faults.push(fault(commit.sha, format!("'{}', of {}{state}", commit.subject, commit.date.day())));
    }
    for merge in ground.survey.merges.iter().filter(|merge| !listed.contains(&merge.sha) && ground.scope.has(merge.sha))
    {
        faults.push(fault(merge.sha, format!("'{}', a merge, which is never picked", merge.subject)));
    }
}

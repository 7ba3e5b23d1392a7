//! Pull requests and branches that are of no use any more. Pure.

use std::collections::BTreeSet;

use super::change::{Change, CloseReason};
use super::changes::{ChangeSet, end};
use super::notice::Notice;
use super::round::PhasePulls;
use super::situation::Situation;
use crate::branch::{BISECT, PREFIX};
use crate::forge::{ForgeBranch, PullRequest, State};
use crate::names::BranchName;

/// Closes what belongs to phases that are gone, and removes branches whose pull request is over: those that `kept` does not name,
/// that no open pull request brings or goes into, and that hold nothing of people's.
pub(super) fn clear(situation: &Situation<'_>, rounds: &PhasePulls<'_>, kept: &BTreeSet<&str>, found: &mut ChangeSet) {
    let observed = situation.observed;
    let people = |name: &str| observed.branch(name).is_some_and(|branch| branch.people);
    for pull in observed.pulls.iter().filter(|pull| pull.own && pull.state == State::Open) {
        let gone = rounds.phase(pull).is_some_and(|id| !rounds.ids.contains(id.as_str()));
        if gone && !people(&pull.text.head) {
            end(pull, CloseReason::NoPhase, found);
        }
    }
    let needed = needed(situation, found);
    for branch in observed.branches.iter().filter(|branch| branch.name.starts_with(PREFIX)) {
        let name = branch.name.as_str();
        // Branches of a search are removed by the search.
        if name.starts_with(BISECT) || kept.contains(name) || needed.contains(name) || observed.trunk == name {
            continue;
        }
        let known = observed.pulls.iter().any(|pull| pull.own && pull.text.head == name);
        if !known {
            found.notices.push(Notice::Unknown { branch: name.into() });
        } else if branch.people && !is_merged(situation, branch) {
            found.notices.push(Notice::Stale { branch: name.into(), head: branch.head });
        } else if !situation.immovable.contains(name) {
            found.deletions.push(Change::Delete { branch: name.into(), at: branch.head });
        }
    }
}

/// Whether all of a branch was merged, be it by squash, so that nothing people put there is lost: nobody pushed to it since it was last
/// looked at, and its pull request is merged.
fn is_merged(situation: &Situation<'_>, branch: &ForgeBranch) -> bool {
    let own = |pull: &&PullRequest| pull.state == State::Merged && pull.text.head == branch.name;
    let mut merged = situation.observed.pulls.iter().filter(own);
    merged.any(|pull| situation.heads.get(&pull.number) == Some(&branch.head))
}

/// The branches that pull requests bring or go into once the changes found so far are made. People's count like the bot's: a forge
/// closes for good what goes into a branch that is removed.
fn needed(situation: &Situation<'_>, found: &ChangeSet) -> BTreeSet<BranchName> {
    let pulls = &situation.observed.pulls;
    let others =
        situation.observed.going_into.iter().filter(|(number, _)| pulls.iter().all(|own| own.number != *number));
    let mut needed: BTreeSet<BranchName> = others.map(|(_, base)| base.clone()).collect();
    for (text, _) in found.left(situation.observed) {
        needed.extend([text.head.clone(), text.base.clone()]);
    }
    needed
}

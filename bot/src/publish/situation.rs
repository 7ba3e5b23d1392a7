//! Everything a comparison is made from.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::adopted::Adopted;
use super::marker::Marker;
use super::observed::Observed;
use super::stale_bot::StaleBot;
use crate::config::Config;
use crate::decision::{Decision, Ruling, Rulings};
use crate::forge::{PullRequest, State};
use crate::ledger::Stacks;
use crate::moment::Moment;
use crate::names::{BranchName, PhaseId};
use crate::pick::Built;
use crate::record::Record;
use crate::survey::Survey;
use engine::ids::CommitId;

/// What was built, what the forge has, and what people said.
pub struct Situation<'a> {
    /// What was built.
    pub built: &'a Built,
    /// Phases on whose branch people committed, as they are there.
    pub adopted: &'a BTreeMap<PhaseId, Adopted>,
    /// The open pull requests whose commits are all in the fork's branch, by number.
    pub landed: &'a BTreeSet<u64>,
    /// What may be recorded as in, where anything may.
    pub record: Option<&'a Record>,
    /// The slice that was merged otherwise than with the merge commit it was, the last one before these.
    pub squashed: Option<u64>,
    /// The release of upstream's that is followed, where releases are.
    pub release: Option<&'a str>,
    /// What upstream has.
    pub survey: &'a Survey,
    /// The configuration.
    pub config: &'a Config,
    /// What people decided, `said` included.
    pub rulings: &'a Rulings,
    /// Decisions that are not on the ledger yet.
    pub said: &'a [Decision],
    /// The bots that close what nobody touches, as the fork's files have them.
    pub stale_bots: &'a [StaleBot],
    /// What the forge has.
    pub observed: &'a Observed,
    /// Where the branch of each pull request was when it was last looked at, people's commits included, by number.
    pub heads: &'a BTreeMap<u64, CommitId>,
    /// How the tests of each phase stand, by its id, where any are run.
    pub tests: &'a BTreeMap<PhaseId, String>,
    /// Pull requests that the forge would not open again.
    pub refused: &'a BTreeSet<u64>,
    /// Branches that the forge would not have moved, or removed.
    pub immovable: &'a BTreeSet<BranchName>,
    /// Pull requests whose conversation could not be read, by number: what a person said of them is not known.
    pub unread: &'a BTreeSet<u64>,
    /// Pull requests that keep the base they have, since the forge would not give them another.
    pub fixed: &'a BTreeSet<u64>,
    /// The pull requests that stood on each other in a stack, as far as the ledger knows.
    pub stacked: &'a Stacks,
    /// Whether draft pull requests can be had, as far as is known.
    pub drafts: bool,
    pub now: Timestamp,
}

impl Situation<'_> {
    /// Whether what must not be merged yet is made a draft; what an earlier run learnt of this stands in its pull requests.
    pub(super) fn drafts(&self) -> bool {
        let plain =
            |pull: &PullRequest| pull.state == State::Open && Marker::of(pull).is_some_and(|marker| marker.plain);
        self.drafts && !self.observed.pulls.iter().any(plain)
    }

    /// A decision taken now.
    pub(super) fn decide(&self, ruling: Ruling, by: &str, why: &str) -> Decision {
        Decision { ruling, by: by.into(), when: Moment::to_second(self.now), link: None, why: Some(why.into()) }
    }
}

//! Why a commit is where it is: all that is known of one upstream commit, down to whose lines stand on either side.

mod gather;
pub mod markdown;
mod name;
mod paths;

use serde::{Serialize, Serializer};

use crate::names::{BranchName, PhaseId};
pub use crate::pick::CommitSummary;
use crate::pick::recipe::RecipeCommands;
use crate::pick::{Conflict, Needs, Outcome, Resolution};
use crate::plan::Reason;
use crate::survey::{EvidenceKind, Strength, Surveyed};
use crate::view::note::json::ResolutionJson;
use crate::view::note::words;
use engine::ids::CommitId;

pub use gather::why;
pub use markdown::markdown;
pub use name::{NotFound, find};

/// The answer to `uptake why SHA`.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// What the survey says of it.
    #[serde(flatten)]
    pub commit: Surveyed,
    /// The fork's commits that show it is taken.
    pub shown_by: Vec<RiskSign>,
    /// The fork's head, which it is picked onto alone.
    #[serde(skip)]
    pub onto: CommitId,
    /// What conflicts then.
    #[serde(rename = "paths", serialize_with = "paths::write")]
    pub conflicts: Vec<Conflict>,
    /// The roots of a cascade.
    pub hangs_on: Vec<CommitSummary>,
    /// The fork's commit that undid it on purpose.
    pub reverted: Option<Reverted>,
    /// The earlier units it waits for on the line.
    pub waits_for: Vec<CommitSummary>,
    /// What would make it clean on the fork's head.
    pub offer: Offer,
    /// The phase that claims it; `None` where none does, or there is no configuration.
    pub phase: Option<PhaseClaim>,
    /// Commands to take it, for pasting.
    pub recipe: Option<RecipeCommands>,
}

/// A piece of evidence with the fork's commit it rests on.
#[derive(Debug, Clone, Serialize)]
pub struct RiskSign {
    pub kind: EvidenceKind,
    /// Whether it is enough on its own.
    pub strength: Strength,
    /// The fork's commit.
    pub by: CommitSummary,
}

/// What the fork undid, in its own words.
#[derive(Debug, Clone, Serialize)]
pub struct Reverted {
    /// By which commit.
    pub by: CommitSummary,
    /// What its message says below the first line.
    pub message: String,
}

/// The two ways out of a conflict.
#[derive(Debug, Clone, Serialize)]
pub struct Offer {
    /// How many places to resolve by hand, if nothing is taken first.
    pub by_hand: usize,
    /// The commits to take first instead.
    pub take: Vec<CommitSummary>,
    /// Those among them that conflict, with the number of places.
    pub resolve: Vec<NeededConflict>,
    /// The places of its own that are left even then.
    pub left: usize,
    /// Whether this was tried in memory, and the commit then applied.
    pub verified: bool,
    /// Whether leaving any one of `take` out was tried, and was worse.
    pub minimal: bool,
    /// All that is known of what would make it clean.
    #[serde(skip)]
    pub needs: Needs,
}

/// A needed commit that conflicts.
#[derive(Debug, Clone, Serialize)]
pub struct NeededConflict {
    pub sha: CommitId,
    /// In how many places.
    pub hunks: usize,
}

/// What a phase makes of the commit.
#[derive(Debug, Clone, Serialize)]
pub struct PhaseClaim {
    /// The phase's short name.
    pub id: PhaseId,
    pub title: String,
    pub branch: BranchName,
    /// What came of picking it there; `None` where the phase leaves it out.
    pub outcome: Option<Outcome>,
    /// The units that are not on its branch, and that it conflicts only for lack of.
    pub follows: Vec<CommitId>,
    /// Why the phase leaves it out.
    #[serde(serialize_with = "reason")]
    pub reason: Option<Reason>,
    /// What was resolved there without a person.
    #[serde(serialize_with = "resolutions")]
    pub resolutions: Vec<Resolution>,
}

fn reason<S: Serializer>(reason: &Option<Reason>, serializer: S) -> Result<S::Ok, S::Error> {
    reason.as_ref().map(words::reason).serialize(serializer)
}

fn resolutions<S: Serializer>(resolutions: &[Resolution], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(resolutions.iter().map(ResolutionJson::from))
}

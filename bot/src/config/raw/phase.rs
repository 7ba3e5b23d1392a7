//! A phase, as it is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Land, OnConflict, RawCategory, RawCi, RawRule, RawSlice, Take};
use crate::config::words;
use crate::risk::Level;

/// A group of upstream commits that is reviewed as one pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Phase")]
pub struct RawPhase {
    /// A short name of lower-case letters, digits and dashes; the branch is `uptake/<id>`.
    #[schemars(with = "words::PhaseIdForm")]
    pub id: String,
    /// What people read.
    #[schemars(with = "words::Title")]
    pub title: String,
    /// 1 comes first. Phases of equal priority stand in the order they are written.
    #[schemars(range(min = 1, max = 1000))]
    pub priority: u32,
    /// What it takes: `topic` (commits by name and by rules, on one branch), or `line` (all that no other phase takes, in upstream's
    /// order, in slices that each have a branch and a pull request and stand on the one before).
    #[serde(default, skip_serializing_if = "Take::is_topic")]
    pub take: Take,
    /// Where the line is cut: `{ units: 25 }` (the default), `{ days: 14 }`, `release` (after each tagged commit) or `decision` (before
    /// each commit that a person decides on). Before the first of these it is cut anyway, so that all before it can land at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slice: Option<RawSlice>,
    /// What a slice lands as: `picks` (the default), a commit for each unit; or `merge`, one merge commit whose second parent is the
    /// upstream commit it ends with. Git then counts what landed as in, and blame keeps upstream's commits. Such a slice ends before
    /// the first unit that waits, and is to be merged with a merge commit or by fast-forward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub land: Option<Land>,
    /// What to do with it, in a person's words; shown in the plan, the report and the pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub note: Option<String>,
    /// How long a person thinks it takes: `4-6 hours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub estimate: Option<String>,
    /// Whether it may be left away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Commits named one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<RawPick>,
    /// Further commits by category, which the report shows apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<RawCategory>,
    /// Commits chosen by what they are; one that fits any of the rules belongs to the phase.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RawRule>,
    /// What to do with a commit that conflicts: leave it out and note it (the default), commit it with conflict markers and
    /// mark the pull request a draft, or end the phase before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<OnConflict>,
    /// This phase's own test matrix, instead of the common one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<RawCi>,
}

impl RawPhase {
    /// Every commit it names, of its categories too: where it stands below the phase, the commit, and the category's title.
    pub fn picks(&self) -> impl Iterator<Item = (String, &RawPick, Option<&str>)> {
        let own = self.commits.iter().enumerate().map(|(at, pick)| (format!("commits/{at}"), pick, None));
        let others = self.categories.iter().enumerate().flat_map(|(index, category)| {
            let title = category.title.as_str();
            let place = move |at: usize| format!("categories/{index}/commits/{at}");
            category.commits.iter().enumerate().map(move |(at, pick)| (place(at), pick, Some(title)))
        });
        own.chain(others)
    }
}

impl RawPick {
    /// The commit, and where its name stands below the pick.
    #[must_use]
    pub fn sha(&self) -> (&Sha, &'static str) {
        match self {
            Self::Sha(sha) => (sha, ""),
            Self::Noted(noted) => (&noted.sha, "/sha"),
        }
    }
}

/// A commit named in a phase: its SHA alone, or with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Pick")]
pub enum RawPick {
    /// The SHA, or its first seven digits or more.
    Sha(Sha),
    /// The SHA with notes.
    Noted(RawNotedPick),
}

/// The SHA of a commit, or its first seven digits or more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("patternErrorMessage" = "a commit is written as the first 7 to 40 digits of its SHA, each 0-9 or a-f"))]
pub struct Sha(#[schemars(regex(pattern = r"^[0-9a-f]{7,40}$"))] pub String);

/// A commit with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NotedPick")]
pub struct RawNotedPick {
    /// The SHA of the commit, or its first seven digits or more.
    pub sha: Sha,
    /// Its risk, where people know better than the survey.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Level>,
    /// A remark for the reviewer, shown in the pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub note: Option<String>,
}

//! The two repositories, as they are written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::words;
use crate::names::BranchName;

/// The repository that is followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Side")]
pub struct WhichRepo {
    /// `owner/name` on GitHub, for links and for fetching.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Repository>")]
    pub repository: Option<String>,
    /// The branch that is followed, by default upstream's own; or a tag, to go no further than that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Branch>")]
    pub branch: Option<BranchName>,
    /// Follow upstream's releases instead of a branch: a glob over its tags, such as `v*`. The newest by version order is followed; a
    /// line is cut at each of them unless `slice` says otherwise. Pre-releases count only where there is nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub tags: Option<String>,
}

/// This fork: where it is and, where it holds upstream in a folder of its own, which that is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Fork")]
pub struct WhichFork {
    /// `owner/name` on GitHub, for links and for fetching.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Repository>")]
    pub repository: Option<String>,
    /// The branch that is taken into; by default `main` or `master`, whichever there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Branch>")]
    pub branch: Option<BranchName>,
    /// The folder that upstream's files are in here, where they are not at the top, as after `git subtree add --prefix=FOLDER`. All
    /// paths elsewhere in the configuration are those of the fork.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::Text>")]
    pub path: Option<String>,
}

impl WhichFork {
    /// Which repository it is.
    #[must_use]
    pub fn side(&self) -> WhichRepo {
        WhichRepo { repository: self.repository.clone(), branch: self.branch.clone(), tags: None }
    }
}

impl From<WhichRepo> for WhichFork {
    fn from(WhichRepo { repository, branch, .. }: WhichRepo) -> Self {
        Self { repository, branch, path: None }
    }
}

//! A person's word on what is to be taken and how. Comments, check boxes and hands on the ledger all become these, and the ordinary
//! run acts on them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::CommitId;

/// One decision, with who took it, when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What is decided.
    pub ruling: Ruling,
    /// Who: a login on the forge, or the name of a committer.
    pub by: String,
    /// When, RFC 3339, UTC.
    pub when: String,
    /// Where it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What is decided. Of several that speak of the same thing the last one holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ruling {
    /// Take this commit in this phase, whatever the configuration says.
    Pick {
        /// The upstream commit.
        sha: CommitId,
        /// The phase's id.
        phase: String,
    },
    /// Leave this commit out for good.
    Skip {
        /// The upstream commit.
        sha: CommitId,
    },
    /// Leave this commit out for now: it is listed as waiting.
    Defer {
        /// The upstream commit.
        sha: CommitId,
    },
    /// Take back `skip`, `defer`, `pick` or `move`: the configuration decides again.
    Readmit {
        /// The upstream commit.
        sha: CommitId,
    },
    /// Take this commit in another phase.
    Move {
        /// The upstream commit.
        sha: CommitId,
        /// The phase's id.
        phase: String,
    },
    /// Settle conflicts in this file of this phase in this way, before any path rule.
    Resolve {
        /// The phase's id.
        phase: String,
        /// The path in the repository.
        path: String,
        /// How.
        how: How,
    },
    /// Build the branch anew although people committed to it; only while it is at `head`, so that a later push is safe.
    Rebuild {
        /// The phase's id.
        phase: String,
        /// Where the branch was when this was said.
        head: CommitId,
    },
    /// Leave the phase's branch and pull request as they are.
    Hold {
        /// The phase's id.
        phase: String,
    },
    /// Go on with it.
    Unhold {
        /// The phase's id.
        phase: String,
    },
    /// A person closed the pull request: the phase rests.
    Close {
        /// The phase's id.
        phase: String,
        /// The pull request that was closed.
        pull: u64,
    },
    /// Open a new one.
    Reopen {
        /// The phase's id.
        phase: String,
    },
    /// Begin this phase now, though an earlier one has not landed.
    Start {
        /// The phase's id.
        phase: String,
    },
    /// Run the tests again on this commit.
    Retest {
        /// The phase's id.
        phase: String,
        /// The commit tested.
        head: CommitId,
        /// One CUDA version; `None`: all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cuda: Option<String>,
    },
    /// Find the pick that breaks the tests.
    Bisect {
        /// The phase's id.
        phase: String,
        /// The CUDA version that is red.
        cuda: String,
        /// The red head.
        head: CommitId,
    },
}

/// How conflicts in a file are settled by decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Upstream's lines in each conflicting place.
    Upstream,
    /// The fork's lines in each conflicting place.
    Fork,
    /// Both, the fork's first.
    Union,
    /// By a person, even where a path rule would settle it.
    Manual,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Upstream => "upstream",
            Self::Fork => "fork",
            Self::Union => "union",
            Self::Manual => "manual",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_is_written_as_people_read_it() {
        let decision = Decision {
            ruling: Ruling::Skip { sha: CommitId::from_bytes([0xab; 20]) },
            by: "maintainer".into(),
            when: "2025-11-22T10:00:00Z".into(),
            link: None,
            why: Some("we have our own".into()),
        };
        let text = serde_yaml_ng::to_string(&decision).expect("YAML");
        assert_eq!(
            text,
            "ruling:\n  do: skip\n  sha: abababababababababababababababababababab\nby: maintainer\nwhen: 2025-11-22T10:00:00Z\nwhy: we have our own\n"
        );
        assert_eq!(serde_yaml_ng::from_str::<Decision>(&text).expect("a decision"), decision);
    }
}

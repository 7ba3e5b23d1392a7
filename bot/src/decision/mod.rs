//! A person's word on what is to be taken and how. Comments, check boxes and hands on the ledger all become these, and the ordinary
//! run acts on them.

mod form;
mod rulings;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::names::{self, CellName, PhaseId};
use engine::ids::CommitId;

pub use rulings::{PhaseRulings, Rulings};

/// One decision, with who took it, when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What is decided.
    pub ruling: Ruling,
    /// Who: a login on the forge, or the name of a committer.
    #[schemars(schema_with = "form::line")]
    pub by: String,
    /// When, RFC 3339, UTC.
    pub when: Moment,
    /// Where it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "form::line")]
    pub link: Option<String>,
    /// The reason given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "form::line")]
    pub why: Option<String>,
}

/// What is decided. Of several that speak of the same thing the last one holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ruling {
    /// Take this commit in this phase, even against the configuration.
    Pick {
        /// The upstream commit.
        sha: CommitId,
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
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
    /// Take back `skip`, `defer`, `pick`, `move` or `taken`: the configuration decides again.
    Readmit {
        /// The upstream commit.
        sha: CommitId,
    },
    /// The fork has this commit in a form of its own.
    Taken {
        /// The upstream commit.
        sha: CommitId,
        /// The fork's commit that has it.
        commit: CommitId,
    },
    /// Take this commit in another phase.
    Move {
        /// The upstream commit.
        sha: CommitId,
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
    },
    /// Resolve conflicts in this file of this phase in this way, before any path rule.
    Resolve {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
        /// The path in the repository.
        #[schemars(schema_with = "form::line")]
        path: String,
        /// How.
        how: FileResolution,
    },
    /// Resolve the conflict of this file of this commit as it was proposed. The answer itself is kept with the others.
    Accept {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
        /// The upstream commit.
        sha: CommitId,
        /// The path in the repository.
        #[schemars(schema_with = "form::line")]
        path: String,
        /// What names the proposal.
        #[schemars(schema_with = "form::line")]
        proposal: String,
    },
    /// Build the branch again although people committed to it; only while it is at `head`, so that a later push is safe.
    Rebuild {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
        /// Where the branch was when this was said.
        head: CommitId,
    },
    /// Leave the phase's branch and pull request as they are.
    Hold {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
    },
    /// Go on with it.
    Unhold {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
    },
    /// A person closed the pull request: the phase rests.
    Close {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
        /// The pull request that was closed.
        pull: u64,
    },
    /// Open a new one.
    Reopen {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
    },
    /// Begin this phase now, though an earlier one has not landed.
    Start {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
    },
    /// Run the tests again on this commit.
    #[schemars(transform = form::cells_or_cuda)]
    Retest {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
        /// The commit tested.
        head: CommitId,
        /// In these cells alone; empty: all.
        #[serde(
            default,
            alias = "cuda",
            deserialize_with = "form::one_or_more",
            skip_serializing_if = "Vec::is_empty"
        )]
        #[schemars(schema_with = "form::lines")]
        cells: Vec<CellName>,
    },
    /// Find the pick that breaks the tests.
    #[schemars(transform = names::cell_or_cuda)]
    Bisect {
        /// The phase's id.
        #[schemars(schema_with = "form::phase")]
        phase: PhaseId,
        /// The cell that is red.
        #[serde(alias = "cuda")]
        #[schemars(schema_with = "form::line")]
        cell: CellName,
        /// The red head.
        head: CommitId,
    },
}

impl Decision {
    /// Whether it has this very commit picked.
    #[must_use]
    pub fn lets_in(&self, commit: CommitId) -> bool {
        matches!(self.ruling, Ruling::Pick { sha, .. } if sha == commit)
    }

    /// Who and why, for people: `maintainer: we have our own`. Where it was said is for a person who shows it to link.
    #[must_use]
    pub fn describe(&self) -> String {
        let why = self.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{}{why}", self.by)
    }
}

impl fmt::Display for Ruling {
    /// In a few words, as an order: `skip 264d71baf`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pick { sha, phase } => write!(f, "pick {} in {phase}", sha.short()),
            Self::Skip { sha } => write!(f, "skip {}", sha.short()),
            Self::Defer { sha } => write!(f, "defer {}", sha.short()),
            Self::Taken { sha, commit } => write!(f, "{} is taken as {}", sha.short(), commit.short()),
            Self::Readmit { sha } => write!(f, "readmit {}", sha.short()),
            Self::Move { sha, phase } => write!(f, "move {} to {phase}", sha.short()),
            Self::Resolve { phase, path, how } => write!(f, "resolve {path} in {phase}: {how}"),
            Self::Accept { phase, sha, path, .. } => {
                write!(f, "accept what is proposed for {path} of {} in {phase}", sha.short())
            }
            Self::Rebuild { phase, head } => write!(f, "rebuild {phase} over {}", head.short()),
            Self::Hold { phase } => write!(f, "hold {phase}"),
            Self::Unhold { phase } => write!(f, "unhold {phase}"),
            Self::Close { phase, pull } => write!(f, "close {phase}, pull request {pull}"),
            Self::Reopen { phase } => write!(f, "reopen {phase}"),
            Self::Start { phase } => write!(f, "start {phase}"),
            Self::Retest { phase, head, cells } if cells.is_empty() => write!(f, "retest {phase} at {}", head.short()),
            Self::Retest { phase, head, cells } => {
                let cells: Vec<_> = cells.iter().map(CellName::title).collect();
                write!(f, "retest {phase} at {} on {}", head.short(), cells.join(", "))
            }
            Self::Bisect { phase, cell, head } => {
                write!(f, "bisect {phase} at {} on {}", head.short(), cell.title())
            }
        }
    }
}

/// How conflicts in a file are resolved by decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum FileResolution {
    /// Upstream's lines in each conflicting place.
    Upstream,
    /// The fork's lines in each conflicting place.
    Fork,
    /// Both, the fork's first.
    Union,
    /// By a person, even where a path rule would resolve it.
    Manual,
}

impl fmt::Display for FileResolution {
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
            when: "2025-11-22T10:00:00Z".parse().expect("a moment"),
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

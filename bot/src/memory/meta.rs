//! What is kept of an answer besides its texts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LearnedResolution;
use crate::manifest::KeyAnswer;
use crate::moment::Moment;
use crate::pick::answer::ResolvedPath;
use engine::ids::{BlobId, CommitId};
use engine::name_of;

/// One answer: which conflict it was, who resolved it, when and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// The path in the repository, as git shows it: in quotes, with escapes, where it is no readable text.
    pub path: String,
    /// The file both sides started from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BlobId>,
    /// The fork's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<BlobId>,
    /// Upstream's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<BlobId>,
    /// Of a rename in dispute, what names all those of its merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<BlobId>,
    /// The upstream commit whose pick conflicted.
    pub upstream: CommitId,
    /// What it was resolved to.
    pub resolved: AnswerKind,
    /// The file it was resolved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<BlobId>,
    /// The commit that the submodule was resolved at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<CommitId>,
    /// How many conflicting places are kept beside it.
    pub places: u32,
    /// The keys of a manifest that both sides changed, with what stands there now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyAnswer>,
    /// Who resolved it.
    pub who: String,
    /// When it was resolved.
    pub when: Moment,
    /// Where.
    #[serde(rename = "where")]
    pub place: Where,
    /// Why it is not to be used any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawn>,
}

/// What a path was resolved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// A file.
    File,
    /// A file that can be run.
    Executable,
    /// A symbolic link.
    Link,
    /// A submodule.
    Submodule,
    /// No file.
    Removed,
}

impl AnswerKind {
    /// Git's mode of a file; `None` where there is none.
    #[must_use]
    pub const fn mode(self) -> Option<u32> {
        match self {
            Self::File => Some(0o100_644),
            Self::Executable => Some(0o100_755),
            Self::Link => Some(0o120_000),
            Self::Submodule | Self::Removed => None,
        }
    }

    fn of(resolved: &ResolvedPath) -> Option<Self> {
        match resolved {
            ResolvedPath::Removed => Some(Self::Removed),
            ResolvedPath::Submodule(_) => Some(Self::Submodule),
            ResolvedPath::File { mode, .. } => Self::of_mode(*mode),
        }
    }

    /// The kind of file that has this mode of git's.
    pub(super) fn of_mode(mode: u32) -> Option<Self> {
        [Self::File, Self::Executable, Self::Link].into_iter().find(|kind| kind.mode() == Some(mode))
    }
}

/// Where something was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Where {
    /// The commit that resolved it; none where a person accepted what was proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
    /// Where it can be read: the pull request, or the commit's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Where {
    /// The link, or else the commit's name.
    pub(super) fn describe(&self) -> Option<String> {
        self.link.clone().or_else(|| self.commit.map(|commit| format!("commit {}", commit.short())))
    }

    /// Where it is in a few words.
    #[must_use]
    pub fn short(&self) -> String {
        self.commit.map_or_else(|| "what was proposed".to_owned(), |commit| commit.short())
    }
}

/// That an answer is not to be used any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// Who withdrew it.
    pub by: String,
    /// When it was withdrawn.
    pub when: Moment,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Meta {
    /// What is kept of a lesson; `None` where it cannot be kept: git has no such kind of file.
    pub(super) fn of(lesson: &LearnedResolution) -> Option<Self> {
        let LearnedResolution { answer, upstream, commit } = lesson;
        Some(Self {
            path: answer.path.to_string(),
            base: answer.base,
            ours: answer.ours,
            theirs: answer.theirs,
            beside: answer.beside,
            upstream: *upstream,
            resolved: AnswerKind::of(&answer.resolved)?,
            file: match &answer.resolved {
                ResolvedPath::Removed | ResolvedPath::Submodule(_) => None,
                ResolvedPath::File { bytes, .. } => Some(name_of(bytes)),
            },
            module: match &answer.resolved {
                ResolvedPath::Submodule(commit) => Some(*commit),
                ResolvedPath::Removed | ResolvedPath::File { .. } => None,
            },
            places: u32::try_from(answer.places.len()).ok()?,
            keys: answer.keys.clone(),
            who: answer.origin.who.clone(),
            when: answer.origin.when,
            place: Where { commit: *commit, link: answer.origin.link.clone() },
            withdrawn: None,
        })
    }
}

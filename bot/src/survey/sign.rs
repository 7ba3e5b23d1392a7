//! The signs that the fork has a change, and what each is worth.

use serde::Serialize;

use engine::ids::CommitId;

/// A sign that the fork has a commit's change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What kind of sign.
    pub kind: EvidenceKind,
    /// The fork's commit that shows it.
    pub fork_commit: CommitId,
    /// Whether it is enough on its own.
    pub strength: Strength,
}

impl Evidence {
    /// A sign as strong as its kind usually is.
    #[must_use]
    pub const fn new(kind: EvidenceKind, fork_commit: CommitId) -> Self {
        Self { kind, fork_commit, strength: kind.strength() }
    }

    /// Whether it shows by itself that the fork has a change.
    #[must_use]
    pub const fn is_strong(&self) -> bool {
        matches!(self.strength, Strength::Strong)
    }
}

/// What a sign is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// It shows by itself that the fork has a change.
    Strong,
    /// It may be so: a person is asked, unless applying the change would change nothing.
    Weak,
}

/// The kinds of evidence, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// The fork's history contains the commit itself.
    Ancestor,
    /// A fork commit says `(cherry picked from commit …)`.
    Trailer,
    /// A fork commit makes the same change, line by line.
    PatchId,
    /// A fork commit has the same author and author date, which cherry-pick keeps.
    Authorship,
    /// A fork commit brought it with all before it: every file they change was then as upstream had it.
    Squash,
    /// A fork commit says that it takes this commit, by its id or by its title below a first line, and has lines of it.
    Name,
    /// A fork commit names its pull request, and has lines of it.
    Number,
    /// A fork commit has nearly all of its lines.
    Lines,
    /// What it adds is in the fork's files, word by word, in lines that are not the same; always weak.
    Content,
    /// A fork commit names the same security advisory (CVE, GHSA), and has lines of it; always weak.
    Advisory,
    /// A fork commit has the same title, and lines of it.
    Subject,
    /// A merged phase brought it in, or a person says that the fork has it.
    Ledger,
}

impl EvidenceKind {
    /// How strong it usually is. What is called the same may be something else, so most of its lines make it strong, or one where the
    /// commit says that it is the other.
    #[must_use]
    pub const fn strength(self) -> Strength {
        match self {
            Self::Ancestor | Self::Trailer | Self::PatchId | Self::Authorship | Self::Squash | Self::Ledger => {
                Strength::Strong
            }
            Self::Name | Self::Number | Self::Lines | Self::Content | Self::Advisory | Self::Subject => Strength::Weak,
        }
    }
}

impl std::fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Ancestor => "ancestor",
            Self::Trailer => "trailer",
            Self::PatchId => "patch-id",
            Self::Authorship => "authorship",
            Self::Squash => "squash",
            Self::Name => "name",
            Self::Number => "number",
            Self::Lines => "lines",
            Self::Content => "content",
            Self::Advisory => "advisory",
            Self::Subject => "subject",
            Self::Ledger => "ledger",
        })
    }
}

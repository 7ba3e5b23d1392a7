//! What is said to become of a commit, and which word counts where a document says several.

use serde::Serialize;

/// What a document wants done with a commit. In this order one counts before another: what is least ready gives way to what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// To be picked.
    Pick,
    /// To be picked, and adapted by a person on the way.
    Careful,
    /// To be read before it is decided.
    Review,
    /// Put off.
    Defer,
    /// Its purpose is to be reached by other code, rewritten.
    Reimplement,
    /// It changes nothing here.
    NoEffect,
    /// Not wanted.
    Skip,
    /// The fork has it.
    Taken,
}

impl Disposition {
    /// Whether a phase takes such a commit.
    #[must_use]
    pub fn is_picked(self) -> bool {
        matches!(self, Self::Pick | Self::Careful | Self::Review)
    }

    /// Whether what stands beside a commit in a list is the reason for this: of what is to be picked, or is there, it is the title.
    #[must_use]
    pub fn needs_reason(self) -> bool {
        !self.is_picked() && self != Self::Taken
    }

    /// What a note says of a pick that is not to be picked as it is.
    #[must_use]
    pub fn advice(self) -> Option<&'static str> {
        match self {
            Self::Careful => Some("to be adapted by hand"),
            Self::Review => Some("to be reviewed before it is picked"),
            _ => None,
        }
    }

    /// Why a commit is left out, as far as the word alone says it.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Skip => "skipped in the analysis",
            Self::Defer => "deferred in the analysis",
            Self::Reimplement => "to be reimplemented by hand, as the analysis says",
            Self::NoEffect => "without effect here, as the analysis says",
            Self::Taken => "duplicate: the analysis says the fork has it",
            Self::Pick | Self::Careful | Self::Review => "not picked",
        }
    }

    /// What people read of a count of such commits.
    #[must_use]
    pub fn counted(self) -> &'static str {
        match self {
            Self::Pick => "to be picked",
            Self::Careful => "to be picked with care",
            Self::Review => "to be reviewed",
            Self::Defer => "deferred",
            Self::Reimplement => "to be reimplemented",
            Self::NoEffect => "without effect",
            Self::Skip => "skipped",
            Self::Taken => "in the fork already",
        }
    }
}

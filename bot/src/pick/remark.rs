//! Why what should have resolved a conflict did not, as values; the rooms that write text put them into words.

use super::resolution::WholeKind;
use crate::manifest::KeyConflict;
use crate::moment::Moment;
use engine::ids::CommitId;

/// Why a conflict is left to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// This person decided that a person resolves it.
    Manual(String),
    /// Answers are known for some of its places only.
    SomePlaces {
        /// How many.
        known: usize,
        /// Of how many.
        total: usize,
    },
    /// Answers are known for some of the keys that both sides changed.
    SomeKeys {
        /// How many.
        known: usize,
        /// Of how many.
        total: usize,
    },
    /// A manifest that is not UTF-8 is not merged by its keys.
    NotUtf8,
    /// It cannot be read as a manifest, for this reason.
    NotAManifest(String),
    /// Both sides changed a key, and neither answer follows from the other.
    Key(KeyConflict),
    /// A sentence of the manifest's merge.
    Manifest(String),
    /// Merged line by line it cannot be read any more.
    BrokenByMerge,
    /// With the lines of a remembered answer it cannot be read.
    BrokenByAnswer,
    /// Two things that are no text cannot be joined.
    NoUnion(WholeKind),
    /// A file on one side is a folder on the other.
    FolderInTheWay,
    /// Both sides named it, and a name is a person's to choose.
    NameInDispute,
    /// It was resolved once, but the conflict is another one now.
    Outdated {
        /// Who resolved it.
        who: String,
        when: Moment,
        commit: CommitId,
        /// The key of the answer.
        key: String,
        /// Whether it is about names, not about lines.
        renames: bool,
    },
    /// The answer that fits was withdrawn.
    Withdrawn {
        /// Whose answer.
        who: String,
        /// When it was given.
        when: Moment,
        /// Who withdrew it.
        by: String,
    },
}

//! Why what should have resolved a conflict did not, as values; the rooms that write text put them into words.

use super::resolution::WholeKind;
use super::runner::CommandError;
use crate::manifest::KeyConflict;
use crate::moment::Moment;
use engine::ids::CommitId;

/// A program that was to resolve a conflict and did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedProgram {
    /// What it is called.
    pub program: String,
    pub why: ProgramFailure,
}

/// Why what a program makes of a file is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramFailure {
    /// The fork's own branch does not name it so: what is checked out is somebody else's, or not committed yet.
    NotTheForks,
    /// The files are larger than it is given.
    TooLarge { megabytes: usize },
    /// What it makes is no text.
    NoText,
    /// It makes something else of its own output.
    Unstable,
    /// It changes what a file says.
    OtherMeaning,
    /// It leaves conflicts.
    Conflicts,
    /// A word of one side is missing.
    Loses {
        word: String,
        /// Whether it is upstream's; else it is the fork's.
        upstream: bool,
    },
    /// One of the files is not UTF-8, and it is given no other.
    NotUtf8,
    /// It changes what is merged already.
    Elsewhere,
    /// What it makes cannot be read as a manifest, though both sides can.
    Unreadable,
    /// It did not do its work.
    Command(CommandError),
}

/// Why a conflict is left to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A program did not resolve it.
    Unused(UnusedProgram),
    /// What a program proposes is not shown.
    NotProposed(UnusedProgram),
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
        /// In which commit; `None` where they accepted what was proposed.
        commit: Option<CommitId>,
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

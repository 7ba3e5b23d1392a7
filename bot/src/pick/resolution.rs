//! How a conflict was resolved without a person, and what that gave up. A value, shown wherever the pick is.

use super::answer::Origin;
use super::loss::DroppedLines;
use super::remark::UnusedProgram;
use crate::config::raw::ResolveBy;
use crate::decision::FileResolution;
use engine::path::RepoPath;
use engine::{ConflictKind, MergeDriver};

/// One path resolved in one way. A text whose places were resolved in several ways has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    pub path: RepoPath,
    /// What kind of disagreement there was; `None` where there was none and the path is not upstream's to change.
    pub kind: Option<ConflictKind>,
    /// What resolved it.
    pub by: ResolvedBy,
    /// What was done.
    pub how: Method,
    /// What either side gave up.
    pub lost: DroppedLines,
    /// What else is to be said of it.
    pub notes: Vec<ResolutionNote>,
}

/// What was done with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Left out of the pick: a lock file is regenerated after the picks.
    LeftOut,
    /// The fork's file stays, whatever upstream does to it.
    KeptFork,
    /// Not taken, since the fork does not have it.
    NotInFork,
    /// Lines were put into the conflicting places of a text.
    Lines {
        /// Whose; `None`: those of a remembered answer.
        chosen: Option<SideChoice>,
        /// Into how many places.
        places: usize,
        /// Of how many.
        total: usize,
    },
    /// So many places differ in form alone: what one side says in its own form, or both say elsewhere in the same lines, stands there.
    Form {
        places: usize,
        /// Of how many.
        total: usize,
    },
    /// Merged by a merge driver, in which so many places conflict.
    Driven(usize),
    /// Merged by the keys of a manifest.
    Keys,
    /// So many keys of a manifest as a remembered answer has them.
    RememberedKeys(usize),
    /// The path as a remembered answer has it.
    Remembered(Presence),
    /// One side removed the file, the other changed it.
    Removal {
        /// What was chosen.
        choice: SideChoice,
        removed_by: ConflictSide,
    },
    /// One side's file as a whole.
    Whole { side: ConflictSide, what: WholeKind },
    /// At the path where its folder went, which this side moved.
    Followed(ConflictSide),
    /// One side's mode.
    Mode {
        side: ConflictSide,
        /// Git's number of it.
        mode: u32,
    },
    /// What one side has at the path, where the sides have different kinds of things.
    Kind(ConflictSide),
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    File,
    Submodule,
    /// Nothing.
    Removed,
}

/// A side of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictSide {
    Fork,
    Upstream,
}

/// A choice between two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SideChoice {
    Upstream,
    Fork,
    /// Both, the fork's first.
    Union,
}

impl SideChoice {
    /// The side that is chosen where there can be one alone.
    #[must_use]
    pub const fn side(self) -> ConflictSide {
        match self {
            Self::Upstream => ConflictSide::Upstream,
            Self::Fork | Self::Union => ConflictSide::Fork,
        }
    }
}

impl ConflictSide {
    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Fork => Self::Upstream,
            Self::Upstream => Self::Fork,
        }
    }
}

/// What is chosen as a whole, since it is no text, or is not treated as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WholeKind {
    File,
    /// A file that is never merged line by line: `.gitattributes` says so, or it is a pointer to another.
    Indivisible,
    Submodule,
}

/// What else is to be said of a resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolutionNote {
    /// Merged line by line it could not be read any more.
    BrokenByMerge,
    /// With the lines of a remembered answer it could not be read.
    BrokenByAnswer,
    /// Both sides changed its mode: it has this side's.
    Mode {
        side: ConflictSide,
        /// Git's number of it.
        mode: u32,
    },
    /// It is no text, so this side's is dropped as a whole.
    GivenUp { side: ConflictSide, what: WholeKind },
    /// A key is as a remembered answer has it.
    Key {
        key: String,
        /// Its value; nothing where the key is gone.
        value: Option<String>,
    },
    /// A sentence of the manifest's merge.
    Manifest(String),
    /// A program that was to resolve it first did not.
    Unused(UnusedProgram),
    /// What a merge driver made of one place.
    Stands {
        /// Where it is in the fork's file, counted from 1.
        line: usize,
        /// What stands there; `None` where it was merged with what is around it.
        lines: Option<Vec<String>>,
    },
}

/// What resolved a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResolvedBy {
    /// A path rule of the configuration.
    Rule {
        /// Its pattern, as it is written.
        pattern: String,
        /// What it says.
        resolve: ResolveBy,
    },
    /// A decision on this phase and path.
    Decision {
        /// What it says.
        how: FileResolution,
        origin: Origin,
    },
    /// An answer somebody gave to the same conflict before.
    Memory {
        /// What it is called where it is kept.
        key: String,
        origin: Origin,
    },
    /// The merge driver that `.gitattributes` names.
    Attribute(MergeDriver),
    /// The history of a submodule: one side's commit follows the other's.
    FastForward,
    /// The sides say nothing different: one of them changed white space alone.
    Form,
    /// The sides say nothing different in the form that this formatter gives them.
    Formatter { program: String },
    /// The merge driver of this name, which the configuration knows.
    Driver { name: String },
    /// The line: the conflict is among upstream's own lines, and the fork has nothing there.
    Line,
}

impl ResolvedBy {
    /// The word for programs.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Attribute(_) => "attribute",
            Self::FastForward => "fast-forward",
            Self::Form | Self::Formatter { .. } => "form",
            Self::Driver { .. } => "driver",
            Self::Line => "line",
            Self::Rule { .. } => "rule",
            Self::Decision { .. } => "decision",
            Self::Memory { .. } => "memory",
        }
    }

    /// Who said so, where it was a person.
    #[must_use]
    pub const fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Rule { .. }
            | Self::Attribute(_)
            | Self::FastForward
            | Self::Form
            | Self::Formatter { .. }
            | Self::Driver { .. }
            | Self::Line => None,
            Self::Decision { origin, .. } | Self::Memory { origin, .. } => Some(origin),
        }
    }
}

/// How a way to resolve is written in the configuration.
#[must_use]
pub const fn word(resolve: ResolveBy) -> &'static str {
    match resolve {
        ResolveBy::Upstream => "upstream",
        ResolveBy::Fork => "fork",
        ResolveBy::Union => "union",
        ResolveBy::Manifest => "manifest",
        ResolveBy::Lockfile => "lockfile",
        ResolveBy::KeepLocal => "keep-local",
        ResolveBy::Follow => "follow",
        ResolveBy::Driver => "driver",
        ResolveBy::Propose => "propose",
    }
}

/// How a merge driver is named in `.gitattributes`.
#[must_use]
pub const fn driver(driver: MergeDriver) -> &'static str {
    match driver {
        MergeDriver::Text => "text",
        MergeDriver::Union => "union",
        MergeDriver::Ours => "ours",
        MergeDriver::Whole => "binary",
        MergeDriver::FastForward => "fast-forward",
    }
}

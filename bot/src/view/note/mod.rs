//! What is said of a conflict and of what was resolved without a person: once, as plain values, for the pull request, the report,
//! `uptake why` and a terminal alike. Pure.
//!
//! Texts of others have passed `visible`; whoever writes them out disarms them (`markdown`) or escapes them (the page).

pub mod carry;
mod conflict;
pub(crate) mod fact;
pub mod json;
pub(crate) mod links;
pub(crate) mod markdown;
pub(crate) mod offers;
mod proposed;
pub(crate) mod prose;
mod resolved;
pub mod roads;
pub mod said;
mod sides;
pub mod warning;
mod window;
pub mod words;

use serde::Serialize;

use crate::pick::recipe::RecipeCommands;
pub(crate) use conflict::{Meeting, Notes};
pub use links::Links;
pub use proposed::to_look_at;
pub(crate) use proposed::{ProposalJson, ProposalNote, accept_line};
use prose::{CommitRef, Prose};
pub(crate) use resolved::{BriefRow, DroppedContent, ResolvedFile, ResolvedSummary, brief, of_pick, resolved_summary};

/// How much of a conflict is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Places of one file.
    pub(crate) places: usize,
    /// Lines of one side of a place.
    pub(crate) lines: usize,
    /// Commits of one side of a place.
    pub(crate) commits: usize,
}

/// All that is said of one pick that conflicts.
#[derive(Debug, Serialize)]
pub(crate) struct Note {
    pub(crate) commit: CommitRef,
    /// Root or cascade.
    pub(crate) standing: Option<Prose>,
    /// What it waits for.
    pub(crate) blocked: Option<Prose>,
    /// The ways out.
    pub(crate) offers: Vec<Prose>,
    pub(crate) files: Vec<FileNote>,
    /// Commands for a shell that lead to the same place, and on.
    pub(crate) recipe: RecipeCommands,
}

/// A file in conflict.
#[derive(Debug, Serialize)]
pub(crate) struct FileNote {
    pub(crate) path: String,
    /// What kind of disagreement.
    pub(crate) kind: &'static str,
    /// How it was resolved, where it was.
    pub(crate) resolved: Vec<Prose>,
    /// Why what should have resolved it did not.
    pub(crate) remarks: Vec<String>,
    /// What else is to be known of it.
    pub(crate) facts: Vec<Prose>,
    /// The conflicting places that are shown.
    pub(crate) places: Vec<PlaceNote>,
    /// How many there are.
    pub(crate) count: usize,
    /// What is proposed for it.
    pub(crate) proposal: Option<ProposalNote>,
    /// Whose lines stand on either side, over all places; all there is where there are no places.
    pub(crate) who: Vec<Prose>,
}

/// A conflicting place.
#[derive(Debug, Serialize)]
pub(crate) struct PlaceNote {
    /// What each side made of the lines before, as a difference; empty where an earlier note has the same.
    pub(crate) block: String,
    /// Where the rest can be read, where it is cut.
    pub(crate) rest: Option<Prose>,
    /// Which earlier note has the same.
    pub(crate) same: Option<Prose>,
    /// Whose lines stand on either side.
    pub(crate) who: Vec<Prose>,
}

/// How much of a note is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// All of it.
    Full,
    /// No lines: which files, whose they are on either side, and the recipe.
    Brief,
    Line,
}

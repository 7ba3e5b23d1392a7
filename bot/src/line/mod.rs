//! The line: upstream's open units in upstream's order, applied to the fork one after the other, in memory.
//!
//! Judged alone on the fork's head, a revert changes nothing and a follow-up conflicts with code that is not there yet. Judged in
//! sequence both answers fall out, and where the line ends can be held against git's own merge ([`end`]).
//!
//! Two rows are walked together. On the first, each conflicting path is provisionally resolved with upstream's file at that unit:
//! what conflicts there conflicts by itself (a root). On the second, what needs a person is left out: what conflicts
//! there alone follows from what is missing.

mod needed;
mod origin;
mod own;
mod started;
mod story;
mod walk;

pub mod end;
pub mod roads;

use std::collections::HashMap;

use serde::Serialize;

use crate::units::Unit;
use engine::ids::TreeId;
use engine::path::RepoPath;
use engine::{GitError, Merged, Merger, PathConflict};

pub use walk::{Ground, walk};

/// What is known of a unit before the line is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing keeps it out, but what it changes of guarded paths waits for a person.
    Open,
    /// A person let it in, whatever it changes.
    LetIn,
    /// The fork has it.
    Taken,
    /// A decision or a rule leaves it out.
    LeftOut,
}

/// What becomes of a unit on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnLine {
    /// The fork has it.
    Taken,
    /// It applies.
    Clean,
    /// It applies, conflicts having been resolved without a person.
    Resolved,
    /// Lines of the fork's own are on the other side, or it changes what is guarded: a person decides.
    Decide,
    /// It conflicts only because earlier units are not there.
    Follows,
    /// What it changes is not in the fork, but came with units that are not there.
    NotNeededYet,
    /// There is nothing left to change.
    NoOp,
    /// It is left out.
    LeftOut,
}

/// A unit on the line.
#[derive(Debug, Clone)]
pub struct LineUnit {
    /// What becomes of it.
    pub outcome: OnLine,
    /// Whether it conflicts even where all earlier conflicts are resolved as upstream has it.
    pub root: bool,
    /// In how many places it conflicts there for a person.
    pub hunks: usize,
    /// The guarded paths it changes, where it applies and waits for a person because of these.
    pub guarded: Vec<RepoPath>,
    /// The files these are in.
    pub files: usize,
    /// The earlier units it waits for, by place: those it follows, or those its code came with.
    pub after: Vec<usize>,
    /// The paths that were provisionally resolved with upstream's file, or with its having none, in path order.
    pub provisional: Vec<RepoPath>,
    /// The conflicts that are among upstream's own lines: upstream's file is the answer to each, where it comes up.
    pub upstreams: Vec<PathConflict>,
    /// Whether the line goes on with it, be it provisionally.
    pub applied: bool,
    /// Where the fork has it whole, yet an earlier unit brought an older file, so that it was applied again: that unit.
    pub again: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Line {
    /// A unit each, in upstream's order.
    pub units: Vec<LineUnit>,
    /// Where it ends, provisional resolutions included. The merger it was walked with has it.
    pub end: TreeId,
}

/// What resolves conflicts without a person: rules, form, drivers, remembered answers.
pub trait Resolve {
    /// Is told the state both sides begin at, before anything else.
    fn begins_at(&mut self, ancestor: TreeId);

    /// Resolves what it can of a conflict that applying a unit to `before` gave.
    ///
    /// # Errors
    /// A file or a tree is missing.
    fn resolve(
        &mut self,
        merger: &mut Merger<'_>,
        unit: &Unit,
        before: TreeId,
        merged: Merged,
    ) -> Result<Resolved, GitError>;

    /// Whether it has a say in what becomes of a path even where that merges cleanly, such as one that picks are kept out of.
    fn rules_over(&self, path: &RepoPath) -> bool;
}

/// What is left of a conflict.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The tree, with whatever was resolved.
    pub tree: TreeId,
    /// What stays open.
    pub open: Vec<PathConflict>,
    /// In how many places a person resolves those of them that are resolved in part.
    pub places: HashMap<RepoPath, usize>,
    /// Where it stays unclear whether a file follows its folder.
    pub unclear: Vec<RepoPath>,
}

impl Resolved {
    /// A merge in which nothing was resolved.
    pub(crate) fn of(merged: Merged) -> Self {
        Self { tree: merged.tree, open: merged.conflicts, places: HashMap::new(), unclear: merged.unclear }
    }

    /// In how many places a person resolves what is open.
    pub(crate) fn open_places(&self, merger: &mut Merger<'_>) -> Result<usize, GitError> {
        let mut places = self.unclear.len();
        for conflict in &self.open {
            places += match self.places.get(&conflict.path) {
                Some(left) => *left,
                None => merger.places(conflict)?,
            };
        }
        Ok(places)
    }

    /// In how many files that is.
    pub(crate) const fn open_files(&self) -> usize {
        self.open.len() + self.unclear.len()
    }

    /// Whether nothing is open.
    pub(crate) const fn is_clean(&self) -> bool {
        self.open.is_empty() && self.unclear.is_empty()
    }
}

/// Resolves nothing.
#[derive(Debug, Clone, Copy)]
pub struct AsMerged;

impl Resolve for AsMerged {
    fn begins_at(&mut self, _: TreeId) {}

    fn resolve(&mut self, _: &mut Merger<'_>, _: &Unit, _: TreeId, merged: Merged) -> Result<Resolved, GitError> {
        Ok(Resolved::of(merged))
    }

    fn rules_over(&self, _: &RepoPath) -> bool {
        false
    }
}

impl std::fmt::Display for OnLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Taken => "taken",
            Self::Clean => "clean",
            Self::Resolved => "resolved",
            Self::Decide => "decide",
            Self::Follows => "follows",
            Self::NotNeededYet => "not-needed-yet",
            Self::NoOp => "no-op",
            Self::LeftOut => "left-out",
        })
    }
}

impl OnLine {
    /// Whether it is not there yet for lack of a decision, its own or another's, or for good.
    #[must_use]
    pub const fn is_missing(self) -> bool {
        matches!(self, Self::Decide | Self::Follows | Self::NotNeededYet | Self::LeftOut)
    }
}

impl Line {
    /// The roots that a unit waits for, directly or by way of others, in order.
    #[must_use]
    pub fn roots_of(&self, at: usize) -> Vec<usize> {
        let mut seen = vec![false; at];
        let mut pending = self.units[at].after.clone();
        while let Some(next) = pending.pop() {
            if !std::mem::replace(&mut seen[next], true) {
                pending.extend(&self.units[next].after);
            }
        }
        (0..at).filter(|earlier| seen[*earlier] && self.units[*earlier].root).collect()
    }
}

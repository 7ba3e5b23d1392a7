//! What every forge does, whichever it is: one suite, run on each.

mod contract;
mod folder;

use engine::ids::CommitId;
use uptake::forge::{Forge, Job, Permission, RunState};

use crate::support::World;

/// A forge under test with a fork in it, and the hands of the people around it.
pub(crate) trait Bench {
    /// The clone of the fork: `main` is on the forge, whatever else is made in it is not.
    fn world(&mut self) -> &mut World;
    fn read(&self) -> &dyn Forge;
    fn write(&mut self) -> &mut dyn Forge;
    /// Somebody comments; returns the comment's id.
    fn comments(&mut self, number: u64, login: &str, body: &str) -> u64;
    /// Somebody makes a comment say something else.
    fn edits_comment(&mut self, id: u64, body: &str);
    /// Somebody opens an issue; returns its number.
    fn opens_issue(&mut self, login: &str, title: &str, body: &str) -> u64;
    /// Somebody opens a pull request from a fork of their own; returns its number.
    fn opens_pull(&mut self, login: &str, head: &str, base: &str) -> u64;
    /// Somebody closes an issue.
    fn closes_issue(&mut self, number: u64);
    /// Somebody merges a pull request; the forge says it became `commit`.
    fn merges(&mut self, number: u64, commit: CommitId);
    /// The repository's owner gives somebody a right.
    fn grants(&mut self, login: &str, permission: Permission);
    /// A run goes on.
    fn runs(&mut self, id: u64, state: RunState, jobs: &[Job]);
    /// The signs on a comment, sorted, as the forge calls them.
    fn reactions(&self, comment: u64) -> Vec<String>;
    /// Where a branch is.
    fn branch(&self, name: &str) -> Option<CommitId>;
}

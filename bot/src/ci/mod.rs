//! The test matrix: which commits are to be tested with which CUDA versions, and what came of it. Deciding is pure; [`act()`] alone
//! touches the world.
//!
//! ```text
//! built phases -> wants -> (ledger) -> dispatches -> runs and jobs -> cells
//! ```
//!
//! A cell is one test of one commit with one version. What it says of a phase follows from its base's cell: a red base is not
//! blamed on the phase. Only a test that ran to its end is a verdict: one that never started, or found no device, is none. What a
//! pull request and a commit say of all this is written by `view::matrix`.

mod act;
mod bisect;
mod cell;
mod matrix;
mod read;
mod want;

pub use act::{MatrixOutcome, MatrixStore, Polled, TestAction, act, poll, report};
pub use bisect::{BisectEnd, BisectStep, Bisection, Bisects, TRIES, TriedCommit};
pub use cell::{TestRecord, TestRun, TestState};
pub use matrix::{Matrix, TestRequest, TestVerdict};
pub use want::{BASE, SEARCH, SkipReason, TestTarget, wants};

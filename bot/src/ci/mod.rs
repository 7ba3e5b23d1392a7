//! The test matrix: which commits are to be tested in which cells, and what came of it. Deciding is pure; [`act()`] alone
//! touches the world.
//!
//! ```text
//! built phases -> wants -> (ledger) -> dispatches -> runs and jobs -> cells
//! ```
//!
//! A cell is a name, such as that of a CUDA version, with what its runs are given. What it says of a commit is a test. What a test says of a phase follows from its base's test in the same cell: a red base is not
//! blamed on the phase. Only a test that ran to its end is a verdict: one that never started, or found no device, is none. What a
//! pull request and a commit say of all this is written by `view::matrix`.

mod act;
mod bisect;
mod cell;
mod matrix;
mod read;
mod want;

pub use act::{MatrixOutcome, MatrixStore, Polled, Statuses, TestAction, act, poll, report};
pub use bisect::{BisectEnd, BisectStep, Bisection, Bisects, TRIES, TriedCommit};
pub use cell::{TestRecord, TestRun, TestState};
pub use matrix::{Matrix, TestRequest, TestVerdict};
pub use want::{BASE, SEARCH, SkipReason, TestTarget, wants};

//! The integration tests, one crate so that they are linked once: the library against real repositories, and the shape of its
//! source.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests may read the environment, say what they saw and stop at once; clippy's own exceptions end at #[test]"
)]

mod architecture;
mod config;
mod engine;
mod import;
mod publish;
mod report;
mod repositories;
mod support;
mod taken;

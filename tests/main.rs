//! The integration tests: one crate, so that they are linked once.

mod config;
mod engine;
mod import;
mod publish;
mod repositories;
mod support;
mod taken;

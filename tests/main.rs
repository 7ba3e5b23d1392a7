//! The integration tests: one crate, so that they are linked once.

mod architecture;
mod cascade;
mod config;
mod engine;
mod import;
mod publish;
mod report;
mod repositories;
mod support;
mod taken;
mod why;

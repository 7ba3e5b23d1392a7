//! The integration tests: one crate, so that they are linked once.
#![allow(clippy::disallowed_methods, reason = "tests may be told by the environment where to look and how long")]

mod action;
mod architecture;
mod cascade;
mod chatops;
mod cli;
mod config;
mod doctor;
mod forge;
mod forks;
mod github;
mod guard;
mod import;
mod install;
mod landing;
mod ledger;
mod life;
mod line;
mod manifest;
mod matrix;
mod memory;
mod obey;
mod publish;
mod recipe;
mod record;
mod report;
mod repositories;
mod resolve;
mod safety;
mod serve;
mod submodule;
mod support;
mod taken;
mod why;
mod workflows;

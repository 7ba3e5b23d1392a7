//! Uptake takes upstream commits up into a long-lived fork, in phases.
pub mod chatops;
pub mod cli;
pub mod commit;
pub mod config;
pub mod files;
pub mod forge;
pub mod git;
pub mod ids;
pub mod path;
pub mod pick;
pub mod plan;
pub mod progress;
pub mod publish;
pub mod risk;
pub mod run;
pub mod survey;
pub mod text;

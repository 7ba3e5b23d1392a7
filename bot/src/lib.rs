//! Uptake takes upstream commits up into a long-lived fork, in phases.
pub mod commit;
pub mod config;
pub mod git;
pub mod ids;
pub mod path;
pub mod pick;
pub mod plan;
pub mod report;
pub mod risk;
pub mod survey;

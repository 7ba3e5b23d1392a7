//! Uptake takes upstream commits up into a long-lived fork, in phases.
pub mod commit;
pub mod git;
pub mod ids;
pub mod path;

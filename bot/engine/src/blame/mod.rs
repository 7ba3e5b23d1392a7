//! Lineage: which commits of a range the lines of a file come from, and which of them a conflict lacks.
//!
//! Each version of a file is annotated once, from the oldest on, and what is known of it answers every conflict that meets it.
//!
//! The range is one side's commits since the common ancestor. What is older belongs to both sides and explains no conflict, so
//! nothing here looks further back, and only commits that touch a path are looked at for it.

mod annotation;
mod file;
mod history;
mod lack;
mod runs;
mod span;

pub use file::Blame;
pub use history::{History, Step};
pub use span::{Extra, Span};

//! Any YAML document that people write: its value, where each part of it stands, and all that is wrong with it at once.
//!
//! A text goes through `source` (is it YAML, and where does everything stand) and `shape` (has it the keys and kinds of a JSON
//! schema). What it means is for its reader to judge, who reports as [`Problem`] what is wrong there. `write` is the way back.

mod choice;
mod document;
mod problem;
pub(crate) mod schema;
pub(crate) mod shape;
pub(crate) mod source;
pub(crate) mod wording;
pub(crate) mod write;

pub use document::document;
pub use problem::{Problem, Problems, SourcePos};

/// The text of a file that was read as bytes; `name` is what the file is called in messages.
///
/// # Errors
/// The first byte that is not UTF-8, as a problem with its place.
pub fn text_of<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, Problems> {
    source::text_of(bytes).map_err(|problem| Problems::new(name, vec![problem]))
}

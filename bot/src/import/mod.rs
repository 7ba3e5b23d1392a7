//! Integration analyses written by hand, read into a configuration and checked against the repository.
//!
//! Such a document lists upstream's commits in tables by priority, says in which phases to pick them, and makes promises about
//! risk, duplicates and conflicts. [`read()`] takes it as it is; [`to_config`] turns its intent into phases; [`faults()`] names,
//! line by line, where it does not agree with the repository or with itself.

pub mod analysis;
mod blocks;
mod config;
mod faults;
mod phases;
mod read;
mod remarks;
mod report;
mod shell;
mod superseded;
mod table;

pub use analysis::Analysis;
pub use config::to_config;
pub use faults::{Disagreement, DisagreementKind, ListedCommit, faults};
pub use report::{AnalysisReport, Count};

use analysis::Stated;

/// Why a document cannot be taken as an analysis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// No table of it lists a commit.
    #[error("no table that lists commits was found{}; {LOOKED_FOR}", seen(tables))]
    NoCommitTable {
        /// The heads of the tables there are.
        tables: Vec<Stated<String>>,
    },
    /// It is larger than any analysis is.
    #[error("the document has {size} bytes; an analysis of more than {MAX_BYTES} is not read")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
}

/// The largest document read, in bytes: a thousand times the size of a long analysis by hand.
pub const MAX_BYTES: usize = 16 << 20;

const LOOKED_FOR: &str = "looked for Markdown tables with a column `SHA` (or `Commit`, `Hash`) of commits, as a rule with \
                          `Description`, `Risk` and `Notes`, under headings such as `### PRIORITY 1: Critical fixes`";

fn seen(tables: &[Stated<String>]) -> String {
    if tables.is_empty() {
        return String::new();
    }
    let heads: Vec<String> =
        tables.iter().take(3).map(|table| format!("line {}: {}", table.line, table.value)).collect();
    let more = if tables.len() > 3 { ", …" } else { "" };
    format!(" among {} tables ({}{more})", tables.len(), heads.join(", "))
}

/// Reads an analysis.
///
/// # Errors
/// A document without a table that lists commits, and one of more than [`MAX_BYTES`].
pub fn read(text: &str) -> Result<Analysis, ImportError> {
    if text.len() > MAX_BYTES {
        return Err(ImportError::TooLarge { size: text.len() });
    }
    read::analysis(text, &blocks::blocks(text))
}

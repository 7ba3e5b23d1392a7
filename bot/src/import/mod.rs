//! Integration analyses written by hand, read into a configuration and checked against the repository.
//!
//! Such a document lists upstream's commits in tables by priority, says in which phases to pick them, and makes promises about
//! risk, duplicates and conflicts. [`read()`] takes it as it is; [`to_config`] turns its intent into phases; [`faults()`] names,
//! line by line, where it does not agree with the repository or with itself.

pub mod analysis;
mod blocks;
mod config;
pub mod decision;
pub mod document;
mod duplicate;
mod entry;
mod faults;
mod paths;
mod phases;
mod read;
mod remarks;
mod report;
mod shell;
mod superseded;
mod table;
mod words;

pub use analysis::Analysis;
pub use config::to_config;
pub use faults::{Disagreement, DisagreementKind, ListedCommit, RangePart, RangeScope, faults};
pub use report::{AnalysisReport, Count};

use analysis::Stated;

/// Why a document cannot be taken as an analysis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Nothing in it lists a commit.
    #[error("nothing that lists commits was found{}; {LOOKED_FOR}", seen(tables))]
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
                          `Description`, `Risk`, `Decision` and `Notes`, under headings such as `### PRIORITY 1: Critical fixes`; \
                          for lists and headings that begin with a commit; and for `git cherry-pick` under `## Phase 1: …`";

fn seen(tables: &[Stated<String>]) -> String {
    if tables.is_empty() {
        return String::new();
    }
    let heads: Vec<String> =
        tables.iter().take(3).map(|table| format!("line {}: {}", table.line, table.value)).collect();
    let more = if tables.len() > 3 { ", …" } else { "" };
    format!(" among {} tables ({}{more})", tables.len(), heads.join(", "))
}

/// An analysis without the commits that are not upstream's, as `is_other` tells them by name: no phase can take them.
#[must_use]
pub fn without(mut analysis: Analysis, is_other: &dyn Fn(&str) -> bool) -> Analysis {
    for table in analysis.sections.iter_mut().flat_map(|section| &mut section.tables) {
        table.rows.retain(|row| !is_other(&row.sha));
    }
    for step in &mut analysis.steps {
        step.picks.retain(|pick| !is_other(&pick.sha));
    }
    analysis
}

/// What the configuration has above parts of it as comments: the commands that a person confirms first.
#[must_use]
pub fn comment(analysis: &Analysis, path: &str) -> Option<String> {
    if !path.is_empty() || analysis.confirm.is_empty() {
        return None;
    }
    let mut text = "The document runs these too. Nothing shows that they build or test: move to `ci: validate:` what is to be run.\n".to_owned();
    for command in config::distinct(analysis.confirm.iter().map(|command| command.value.clone())) {
        text.push_str(&format!("\n  - {command}"));
    }
    Some(text)
}

/// Reads an analysis.
///
/// # Errors
/// A document that lists no commit, and one of more than [`MAX_BYTES`].
pub fn read(text: &str) -> Result<Analysis, ImportError> {
    if text.len() > MAX_BYTES {
        return Err(ImportError::TooLarge { size: text.len() });
    }
    read::analysis(text, &blocks::blocks(text))
}

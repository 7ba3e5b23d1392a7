//! What `run` says of the changes it makes, and how a forge is named.

use std::fmt::Write;
use std::path::PathBuf;

use super::term::{GOOD, WAIT, bold, styled};
use crate::run::Done;
use crate::text::{count, terminal_line};

/// Reads `folder:DIR`.
pub(super) fn forge(text: &str) -> Result<PathBuf, String> {
    match text.split_once(':') {
        Some(("folder", folder)) if !folder.is_empty() => Ok(folder.into()),
        Some(("folder", _)) => Err("name the folder too: folder:DIR".into()),
        _ if text == "github" => Err("this version publishes to a folder only: folder:DIR".into()),
        _ => Err("a forge is named folder:DIR".into()),
    }
}

pub(super) fn told(done: &Done, dry_run: bool) -> String {
    let changes = &done.changes;
    let mut text = match (changes.changes.len(), dry_run) {
        (0, _) => format!("{}\n", bold("Nothing to change")),
        (number, true) => format!("{}\n", bold(&format!("Would make {}", count(number, "change")))),
        (number, false) => format!("{}\n", bold(&format!("Made {}", count(number, "change")))),
    };
    for change in &changes.changes {
        let _ = writeln!(text, "  {change}");
    }
    for notice in &changes.notices {
        let _ = writeln!(text, "  {} {notice}", styled("note:", WAIT));
    }
    for test in &done.tests {
        let _ = writeln!(text, "  {} {}", styled("test:", GOOD), terminal_line(test, 200));
    }
    for waiting in &done.waiting {
        let _ = writeln!(text, "  {} {}", styled("waits:", WAIT), terminal_line(waiting, 200));
    }
    text.push('\n');
    text
}

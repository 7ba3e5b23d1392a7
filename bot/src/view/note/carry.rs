//! What the fork carries, as rows of a table: for the terminal and the report alike.

use serde::Serialize;

use crate::survey::Carry;

/// Commits and paths of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CarryRow {
    pub name: &'static str,
    pub commits: usize,
    pub paths: usize,
    pub meaning: &'static str,
}

/// The kinds that occur; none where the fork has changed nothing.
#[must_use]
pub fn rows(carry: &Carry) -> Vec<CarryRow> {
    let row = |name, commits, paths, meaning| CarryRow { name, commits, paths, meaning };
    let paths = &carry.paths;
    let all = [
        row("shared", carry.real.len(), paths.shared, "real changes to files that upstream has too"),
        row("own", carry.own, paths.own, "paths that only the fork has"),
        row("form", carry.form, paths.form, "white space alone"),
        row("taken", carry.taken, paths.taken, "upstream's own changes"),
        row("gone", carry.gone, 0, "nothing is left of them at the fork's head"),
    ];
    all.into_iter().filter(|row| row.commits + row.paths > 0).collect()
}

//! Tables: which of them list commits, which count risks, and what their rows say.

use super::analysis::{Amount, CommitRow, RiskCount, RiskMark, Stated};
use super::remarks;

/// Rows as they are in the document.
pub(super) type Cells = [Stated<Vec<String>>];

/// Where a commit table keeps what; the columns may stand in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    sha: usize,
    description: Option<usize>,
    risk: Option<usize>,
    note: Option<usize>,
}

impl Columns {
    /// The columns of a commit table; `None` where a table lists no commits.
    ///
    /// A column is the one of the SHAs where its head says so and one cell bears it out, or where every cell is a SHA.
    pub(super) fn find(head: &[String], rows: &Cells) -> Option<Self> {
        let names: Vec<String> = head.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let shas_in = |column: usize| rows.iter().filter(|row| sha_of(row, column).is_some()).count();
        let called = |words: &[&str]| {
            words.iter().find_map(|word| {
                names.iter().position(|name| name.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word))
            })
        };
        let sha = called(&["sha", "hash", "commit", "id", "revision"])
            .filter(|column| shas_in(*column) > 0)
            .or_else(|| (0..head.len()).find(|column| !rows.is_empty() && shas_in(*column) == rows.len()))?;
        let other = |words: &[&str]| called(words).filter(|column| *column != sha);
        Some(Self {
            sha,
            description: other(&["description", "subject", "title", "message", "summary", "change", "commit"]),
            risk: other(&["risk", "severity", "level"]),
            note: other(&["notes", "note", "comment", "comments", "remark", "remarks", "reason", "details"]),
        })
    }

    /// A row, or the place where a commit should have stood.
    pub(super) fn row(self, cells: &Stated<Vec<String>>) -> Result<CommitRow, Stated<String>> {
        let Some(sha) = sha_of(cells, self.sha) else {
            let value = cells.value.get(self.sha).cloned().unwrap_or_default();
            return Err(Stated { line: cells.line, value });
        };
        let cell = |column: Option<usize>| {
            column.and_then(|n| cells.value.get(n)).map(|cell| cell.trim().to_owned()).unwrap_or_default()
        };
        let note = cell(self.note);
        let mut risk = remarks::mark(&cell(self.risk));
        if let Some(level) = remarks::opening_level(&note) {
            risk = match risk {
                RiskMark::Level(given) => RiskMark::Level(given.max(level)),
                RiskMark::None | RiskMark::Other(_) => RiskMark::Level(level),
                RiskMark::Duplicate => RiskMark::Duplicate,
            };
        }
        Ok(CommitRow {
            line: cells.line,
            sha,
            description: cell(self.description),
            duplicate: remarks::duplicate(&risk, &note),
            follows: remarks::follows(&note),
            rivals: remarks::rivals(&note),
            risk,
            note,
        })
    }
}

fn sha_of(row: &Stated<Vec<String>>, column: usize) -> Option<String> {
    let word = row.value.get(column)?.trim().to_ascii_lowercase();
    remarks::is_hex(&word).then_some(word)
}

/// The rows of a risk table: a column of levels and a column of counts. `None` where a table is none.
pub(super) fn risk_counts(head: &[String], rows: &Cells) -> Option<Vec<RiskCount>> {
    let column =
        |words: &[&str]| head.iter().position(|cell| words.iter().any(|word| cell.to_lowercase().contains(word)));
    let (level, count) = (column(&["risk", "level", "severity"])?, column(&["count", "commits", "number"])?);
    let counts: Vec<RiskCount> = rows
        .iter()
        .filter_map(|row| {
            let mark = remarks::mark(row.value.get(level)?);
            let amount: Amount = remarks::amount(row.value.get(count)?)?;
            matches!(mark, RiskMark::Level(_) | RiskMark::Duplicate).then_some(RiskCount {
                line: row.line,
                mark,
                amount,
            })
        })
        .collect();
    (level != count && !counts.is_empty()).then_some(counts)
}

/// The `name | value` lines of a two-column table: some documents keep their figures so.
pub(super) fn pairs(head: &[String], rows: &Cells) -> Vec<Stated<(String, String)>> {
    if head.len() != 2 {
        return Vec::new();
    }
    rows.iter()
        .filter_map(|row| match row.value.as_slice() {
            [name, value] => Some(Stated { line: row.line, value: (name.clone(), value.clone()) }),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Level;

    fn cells(rows: &[&[&str]]) -> Vec<Stated<Vec<String>>> {
        rows.iter().enumerate().map(|(n, row)| Stated { line: n + 3, value: words(row) }).collect()
    }

    fn words(row: &[&str]) -> Vec<String> {
        row.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn columns_may_stand_in_any_order() {
        let rows = cells(&[&["CRITICAL: now", "Fix it (#1)", "High", "ABCDEF1"], &["", "And it", "Low", "to come"]]);
        let columns = Columns::find(&words(&["Notes", "Title", "Risk", "Commit SHA"]), &rows).expect("a commit table");
        let row = columns.row(&rows[0]).expect("a row");
        assert_eq!((row.line, row.sha.as_str(), row.description.as_str()), (3, "abcdef1", "Fix it (#1)"));
        assert_eq!(row.risk, RiskMark::Level(Level::Critical));
        assert_eq!(columns.row(&rows[1]), Err(Stated { line: 4, value: "to come".into() }));
    }

    #[test]
    fn a_count_of_commits_is_no_commit_table() {
        let rows = cells(&[&["Models", "12"]]);
        assert_eq!(Columns::find(&words(&["Area", "Commits"]), &rows), None);
        assert_eq!(Columns::find(&words(&["Area", "Commits"]), &[]), None);
        let unnamed = cells(&[&["abcdef1", "12"], &["abcdef2", "13"]]);
        assert!(Columns::find(&words(&["", ""]), &unnamed).is_some());
    }

    #[test]
    fn a_risk_table_has_levels_and_counts() {
        let rows = cells(&[&["**HIGH**", "3", ""], &["LOW", "~110", ""], &["Total", "113", ""]]);
        let counts = risk_counts(&words(&["Risk Level", "Count", "Examples"]), &rows).expect("a risk table");
        assert_eq!(counts.len(), 2);
        assert_eq!(counts[1].amount, Amount { count: 110, about: true });
    }
}

//! Tables: which of them list commits, which count risks, and what their rows say.

use super::analysis::{Amount, CommitRow, Duplicate, RiskCount, RiskMark, Stated};
use super::decision::Disposition;
use super::document::DecisionCount;
use super::duplicate;
use super::entry::{self, Legend};
use super::remarks;
use super::words::{self, Column};

/// Rows as they are in the document.
pub(super) type Cells = [Stated<Vec<String>>];

/// Where a commit table keeps what; the columns may stand in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    sha: usize,
    /// What each column is, that of the commits aside; `None`: nothing known.
    kinds: Vec<Option<Column>>,
    names: Vec<String>,
}

impl Columns {
    /// The columns of a commit table; `None` where a table lists no commits.
    ///
    /// A column is the one of the commits where its head says so and one cell bears it out, or where every cell is one. A table whose
    /// first column has paths lists those, and its commits are a remark.
    pub(super) fn find(head: &[String], rows: &Cells) -> Option<Self> {
        let shas_in = |column: usize| rows.iter().filter(|row| !shas_of(row, column).is_empty()).count();
        let kinds: Vec<Option<Column>> = head.iter().map(|cell| words::column(cell)).collect();
        let called = (0..head.len()).find(|at| kinds[*at] == Some(Column::Sha) && shas_in(*at) > 0);
        let sha = called.or_else(|| {
            let all = |at: &usize| !rows.is_empty() && shas_in(*at) == rows.len() && kinds[*at] != Some(Column::Fork);
            (0..head.len()).find(all)
        })?;
        let is_path = |row: &Stated<Vec<String>>| row.value.first().is_some_and(|cell| remarks::is_path(cell.trim()));
        let of_paths = sha > 0 && !rows.is_empty() && rows.iter().all(is_path);
        let names = head.iter().map(|cell| cell.trim().to_owned()).collect();
        let mut columns = Self { sha, kinds, names };
        for at in 0..head.len() {
            if columns.kinds[at] == Some(Column::Decision) && !columns.decides(at, rows) {
                columns.kinds[at] = Some(Column::Remark);
            }
        }
        // A second column of commits is the fork's.
        let second =
            (0..head.len()).find(|at| *at != sha && columns.kinds[*at] == Some(Column::Sha) && shas_in(*at) > 0);
        if let Some(at) = second.filter(|_| !columns.kinds.contains(&Some(Column::Fork))) {
            columns.kinds[at] = Some(Column::Fork);
        }
        (!of_paths).then_some(columns)
    }

    /// Whether the cells of a column are decisions. Of one called "Type" or "Result" all are; of another, one is enough.
    fn decides(&self, at: usize, rows: &Cells) -> bool {
        let legend = Legend::default();
        let cells: Vec<&str> = rows.iter().filter_map(|row| row.value.get(at)).map(|cell| cell.trim()).collect();
        let decided = cells.iter().filter(|cell| entry::decided(cell, &legend).is_some() || is_mark(cell)).count();
        let loose = ["type", "result", "outcome", "plan", "action"]
            .iter()
            .any(|word| self.names[at].to_lowercase().contains(word));
        if loose { decided == cells.len() && decided > 0 } else { decided > 0 }
    }

    /// Whether a column says what becomes of each commit: a row that says nothing there is not decided by its section alone.
    pub(super) fn has_decisions(&self) -> bool {
        self.kinds.contains(&Some(Column::Decision))
    }

    /// The heads that nothing is known of, for a person who reads the check: what is in them is not taken over.
    pub(super) fn unknown(&self) -> impl Iterator<Item = &str> {
        let named = self.names.iter().zip(&self.kinds).enumerate().filter(|(at, _)| *at != self.sha);
        named.filter(|(_, (name, kind))| kind.is_none() && !name.is_empty()).map(|(_, (name, _))| name.as_str())
    }

    /// The rows of one line, a commit each, or the place where a commit should have stood.
    pub(super) fn rows(&self, cells: &Stated<Vec<String>>, legend: &Legend) -> Result<Vec<CommitRow>, Stated<String>> {
        let shas = shas_of(cells, self.sha);
        if shas.is_empty() {
            let value = cells.value.get(self.sha).cloned().unwrap_or_default();
            return Err(Stated { line: cells.line, value });
        }
        let of = |kind: Column| {
            let at = (0..self.kinds.len()).filter(move |at| *at != self.sha && self.kinds[*at] == Some(kind));
            at.filter_map(|at| Some((&self.names[at], cells.value.get(at)?.trim())))
                .filter(|(_, cell)| !is_nothing(cell))
        };
        let exact = of(Column::Subject).next();
        let description =
            exact.or_else(|| of(Column::Description).next()).map(|(_, cell)| cell.to_owned()).unwrap_or_default();
        let mut notes: Vec<String> = of(Column::Note).map(|(_, cell)| cell.to_owned()).collect();
        if exact.is_some() {
            notes.extend(of(Column::Description).map(|(_, cell)| cell.to_owned()));
        }
        let mut risk = remarks::mark(of(Column::Risk).next().map_or("", |(_, cell)| cell));
        if let RiskMark::Other(said) = &risk {
            notes.push(format!("{}: {said}", of(Column::Risk).next().map_or("Risk", |(name, _)| name)));
        }
        let opening = notes.first().and_then(|note| remarks::opening_level(note));
        if let Some(level) = opening {
            risk = match risk {
                RiskMark::Level(given) => RiskMark::Level(given.max(level)),
                RiskMark::None | RiskMark::Other(_) => RiskMark::Level(level),
                RiskMark::Duplicate => RiskMark::Duplicate,
            };
        }
        let mut decision: Option<Disposition> = None;
        for (name, cell) in of(Column::Decision) {
            match entry::decided(cell, legend) {
                Some((kind, more)) => {
                    decision = decision.max(Some(kind));
                    notes.extend((!more.is_empty()).then(|| more.to_owned()));
                }
                None => notes.push(format!("{name}: {cell}")),
            }
        }
        for kind in [Column::Remark, Column::Path, Column::Resolution] {
            notes.extend(of(kind).map(|(name, cell)| format!("{name}: {cell}")));
        }
        let said = notes.join("; ");
        let mut known = duplicate::claimed(&risk, &said);
        let mut fork: Option<String> = None;
        for (name, cell) in of(Column::Fork) {
            let sha = entry::shas(cell).into_iter().next();
            // What stands beside it: that it is a part, or a commit more.
            if sha.as_ref().is_none_or(|sha| !duplicate::says_only(cell, sha)) {
                notes.push(format!("{name}: {cell}"));
            }
            fork = fork.or(sha);
        }
        if fork.is_some() && decision.is_none() {
            decision = Some(Disposition::Taken);
        }
        match decision {
            Some(Disposition::Taken) => known = Some(Duplicate { fork: fork.or(known.and_then(|known| known.fork)) }),
            Some(_) => {
                known = None;
                notes.extend(fork.map(|fork| format!("in part in the fork as {fork}")));
            }
            None => {}
        }
        let note = notes.join("; ");
        let row = |sha: String| CommitRow {
            line: cells.line,
            sha,
            description: description.clone(),
            exact: exact.is_some(),
            duplicate: known.clone(),
            decision: decision.or_else(|| known.as_ref().map(|_| Disposition::Taken)),
            inherited: false,
            follows: remarks::follows(&note),
            rivals: remarks::rivals(&note),
            risk: risk.clone(),
            note: note.clone(),
        };
        Ok(shas.into_iter().map(row).collect())
    }
}

/// Whether a cell is a sign in brackets, `[P]`, which a legend explains.
fn is_mark(cell: &str) -> bool {
    cell.starts_with('[') && cell.ends_with(']') && cell.chars().count() == 3
}

/// Whether a cell says that it says nothing.
fn is_nothing(cell: &str) -> bool {
    let word = cell.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(word.as_str(), "" | "none" | "n a" | "n/a")
        && !cell.chars().any(|c| words::sign(c).is_some())
        && !cell.starts_with('[')
}

/// The commits of a cell: all its words are, or it names them in between.
fn shas_of(row: &Stated<Vec<String>>, column: usize) -> Vec<String> {
    let Some(cell) = row.value.get(column) else { return Vec::new() };
    let word = cell.trim().to_ascii_lowercase();
    if remarks::is_hex(&word) {
        return vec![word];
    }
    let words: Vec<&str> = cell.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let all: Vec<String> =
        words.iter().map(|word| word.to_ascii_lowercase()).filter(|word| remarks::is_sha(word)).collect();
    // A sentence that mentions a commit lists none.
    if all.len() * 2 > words.len() { all } else { Vec::new() }
}

/// The commits that a table names anywhere.
pub(super) fn named(rows: &Cells) -> Vec<Stated<String>> {
    let of = |row: &Stated<Vec<String>>| {
        let line = row.line;
        row.value.iter().flat_map(|cell| entry::shas(cell)).map(move |value| Stated { line, value }).collect::<Vec<_>>()
    };
    rows.iter().flat_map(of).collect()
}

/// How many commits a table says are decided which way: a column of decisions and one of counts.
pub(super) fn decision_counts(head: &[String], rows: &Cells, legend: &Legend) -> Option<Vec<DecisionCount>> {
    let decision = head.iter().position(|cell| words::column(cell) == Some(Column::Decision))?;
    let count = head.iter().position(|cell| {
        let cell = cell.to_lowercase();
        ["count", "commits", "number"].iter().any(|word| cell.contains(word))
    })?;
    let counts: Vec<DecisionCount> = rows
        .iter()
        .filter_map(|row| {
            let (decision, _) = entry::decided(row.value.get(decision)?, legend)?;
            Some(DecisionCount { line: row.line, decision, amount: remarks::amount(row.value.get(count)?)? })
        })
        .collect();
    (decision != count && !counts.is_empty()).then_some(counts)
}

/// The columns of a table of paths with what to do about each: where the paths are, and where that is said.
pub(super) fn path_columns(head: &[String], rows: &Cells) -> Option<(usize, Vec<usize>)> {
    let kinds: Vec<Option<Column>> = head.iter().map(|cell| words::column(cell)).collect();
    let is_path =
        |at: usize| rows.iter().all(|row| row.value.get(at).is_some_and(|cell| remarks::is_path(cell.trim())));
    let path = (0..head.len()).find(|at| {
        let file = head[*at].to_lowercase();
        (kinds[*at] == Some(Column::Path) || file.contains("file") || file.contains("path"))
            && !rows.is_empty()
            && is_path(*at)
    })?;
    let said =
        |at: &usize| matches!(kinds[*at], Some(Column::Resolution | Column::Decision | Column::Note)) && *at != path;
    let said: Vec<usize> = (0..head.len()).filter(said).collect();
    (!said.is_empty()).then_some((path, said))
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
        let legend = Legend::default();
        let row = columns.rows(&rows[0], &legend).expect("a row").remove(0);
        assert_eq!((row.line, row.sha.as_str(), row.description.as_str()), (3, "abcdef1", "Fix it (#1)"));
        assert_eq!(row.risk, RiskMark::Level(Level::Critical));
        assert_eq!(columns.rows(&rows[1], &legend), Err(Stated { line: 4, value: "to come".into() }));
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
    fn decisions_remarks_and_fork_commits_are_columns_of_any_order() {
        let head = words(&["Fork Commit", "Status", "Approach", "Impact", "Upstream SHA", "Colour", "Subject"]);
        let rows = cells(&[
            &["1417a77", "✅", "Cherry-pick", "UI", "`23d8541`", "red", "Fix it"],
            &["-", "⏳", "Skip", "None", "0cca3dd, 326be3f", "", "Fix that"],
        ]);
        let columns = Columns::find(&head, &rows).expect("a commit table");
        let legend = Legend::default();
        let first = columns.rows(&rows[0], &legend).expect("a row").remove(0);
        assert_eq!((first.decision, first.note.as_str()), (Some(Disposition::Taken), "Impact: UI"));
        assert_eq!(first.duplicate, Some(Duplicate { fork: Some("1417a77".into()) }));
        let second = columns.rows(&rows[1], &legend).expect("two rows");
        assert_eq!(second.len(), 2);
        assert!(
            second.iter().all(|row| row.decision == Some(Disposition::Skip) && row.duplicate.is_none() && row.exact)
        );
        assert_eq!(columns.unknown().collect::<Vec<_>>(), ["Colour"]);
    }

    #[test]
    fn a_type_that_is_no_decision_is_a_remark_and_paths_list_no_commits() {
        let rows = cells(&[&["b29b6d58", "fix", "Model"], &["7e2e5e92", "docs", "Keys"]]);
        let columns = Columns::find(&words(&["Commit", "Type", "Description"]), &rows).expect("a commit table");
        let row = columns.rows(&rows[0], &Legend::default()).expect("a row").remove(0);
        assert_eq!((row.decision, row.note.as_str()), (None, "Type: fix"));
        let rows = cells(&[&["docs/a.md", "937c15c6, 05930d5e"]]);
        assert_eq!(Columns::find(&words(&["File", "Upstream SHAs"]), &rows), None);
        assert_eq!(named(&rows).len(), 2);
    }

    #[test]
    fn a_risk_table_has_levels_and_counts() {
        let rows = cells(&[&["**HIGH**", "3", ""], &["LOW", "~110", ""], &["Total", "113", ""]]);
        let counts = risk_counts(&words(&["Risk Level", "Count", "Examples"]), &rows).expect("a risk table");
        assert_eq!(counts.len(), 2);
        assert_eq!(counts[1].amount, Amount { count: 110, about: true });
    }
}

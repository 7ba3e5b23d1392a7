//! From blocks to an [`Analysis`]: each block is taken by what it is and by the headings it stands under.

mod code;
mod finish;
mod headings;
mod lines;
mod log;

use std::collections::BTreeMap;

use super::analysis::{Analysis, CommitRow, Listing, PrioritySection, Stated, StepPick, StrategyStep, Table};
use super::blocks::Block;
use super::decision::Disposition;
use super::entry::{self, Entry, Legend};
use super::shell;
use super::table::{self, Cells, Columns};
use super::words::{self, Room};
use super::{ImportError, remarks};
use log::ReadLog;

/// Reads the blocks of a document.
pub(super) fn analysis(text: &str, blocks: &[Block]) -> Result<Analysis, ImportError> {
    let mut reader = DocumentReader { legend: legend(blocks), ..DocumentReader::default() };
    for block in blocks {
        reader.block(block);
    }
    reader.finish(text)
}

/// What the signs of the document mean, where it says so: in a list, or in a table of them.
fn legend(blocks: &[Block]) -> Legend {
    let mut legend = Legend::default();
    for block in blocks {
        match block {
            Block::Text { depth, lines, .. } if *depth > 0 => {
                lines
                    .iter()
                    .filter(|line| entry::shas(&line.value).is_empty())
                    .for_each(|line| legend.learn(&line.value));
            }
            Block::Table { head, rows, .. } if Columns::find(head, rows).is_none() => {
                rows.iter().filter_map(|row| row.value.first()).for_each(|cell| legend.learn(cell));
            }
            _ => {}
        }
    }
    legend
}

/// A heading that is still open.
struct Heading {
    level: usize,
    text: Stated<String>,
    room: Option<Room>,
    /// What becomes of the commits below it.
    decision: Option<Disposition>,
    /// Whether it begins a phase of the plan.
    step: bool,
}

/// Commits that a heading, or a line below it, names, while more may be said of them.
struct OpenEntry {
    level: usize,
    rows: Vec<CommitRow>,
}

#[derive(Default)]
struct DocumentReader {
    read: Analysis,
    legend: Legend,
    headings: Vec<Heading>,
    entry: Option<OpenEntry>,
    /// A heading with a decision and no commits of its own, for those of its level that follow: `REIMPLEMENT batches`, `Batch 1`.
    group: Option<(usize, Disposition)>,
    /// Paths that are spoken of under the open headings.
    files: Vec<Stated<String>>,
    /// Whether the list that follows names what is not so.
    denied: bool,
    /// What is said under a heading, by its line, and how long it is said to take.
    words: BTreeMap<usize, Vec<Stated<String>>>,
    estimates: BTreeMap<usize, Vec<Stated<String>>>,
    /// The paths that are spoken of under a heading, by its line.
    files_of: BTreeMap<usize, Vec<String>>,
    log: ReadLog,
    /// The heads of the tables that list no commits, for the error where none does.
    tables: Vec<Stated<String>>,
}

impl DocumentReader {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, text } => self.heading(*level, text),
            Block::Text { depth, task, lines, codes } => self.text(*depth, *task, lines, codes),
            Block::Table { line, head, rows } => self.table(*line, head, rows),
            Block::Code { language, lines } if shell::is_shell(language) => self.code(language, lines),
            Block::Code { lines, .. } => {
                lines.first().into_iter().for_each(|first| self.log.unread(self.section(), first.line));
            }
        }
    }

    /// The line of the innermost heading; 0 before the first.
    fn section(&self) -> usize {
        self.headings.last().map_or(0, |heading| heading.text.line)
    }

    fn heading(&mut self, level: usize, text: &Stated<String>) {
        if self.entry.as_ref().is_some_and(|open| open.level >= level) {
            self.close_entry();
        }
        self.headings.retain(|open| open.level < level);
        self.files.clear();
        self.denied = false;
        self.log.section(text.line, level, &text.value);
        let step = headings::step(&text.value);
        let named = entry::heading(&text.value);
        let decision = match &named {
            Some(named) => named.decision,
            None => entry::of_section(&text.value),
        };
        let room = words::room(&text.value);
        let counts = step.is_some() || named.is_some();
        self.group = match (self.group, decision.filter(|_| !counts)) {
            (_, Some(decision)) => Some((level, decision)),
            (Some((of, decision)), None) if level > of || (level == of && counts) => Some((of, decision)),
            _ => None,
        };
        self.headings.push(Heading { level, text: text.clone(), room, decision, step: step.is_some() });
        if level == 1 && self.read.document.range.is_none() {
            self.read.document.range =
                remarks::version_range(&text.value).map(|value| Stated { line: text.line, value });
        }
        if let Some(step) = step {
            self.read.steps.push(StrategyStep {
                line: text.line,
                open: step.remark.as_deref().is_some_and(words::is_optional),
                title: step.title,
                remark: step.remark,
                words: Vec::new(),
                picks: Vec::new(),
                validate: Vec::new(),
            });
        }
        if let Some(named) = named {
            self.log.read(text.line);
            if self.is_own() {
                self.own(text.line, named.shas);
            } else {
                self.close_entry();
                self.entry = Some(OpenEntry { level, rows: rows_of(text.line, named) });
            }
        }
    }

    /// What becomes of commits here, by the headings above, the nearest first.
    fn decision(&self) -> Option<Disposition> {
        let group = self.group.map(|(_, decision)| decision);
        self.headings.iter().rev().find_map(|heading| heading.decision).or(group)
    }

    fn is_own(&self) -> bool {
        self.headings.iter().any(|heading| heading.room == Some(Room::Own))
    }

    fn own(&mut self, line: usize, shas: Vec<String>) {
        self.read.own.extend(shas.into_iter().map(|value| Stated { line, value }));
    }

    /// What list items here are about: the fork's own paths only right below their heading, the others below any.
    fn room(&self) -> Option<Room> {
        let nearest = self.headings.iter().rev().find_map(|heading| heading.room);
        let innermost = self.headings.last().and_then(|heading| heading.room);
        nearest.filter(|room| *room != Room::Local || innermost == Some(Room::Local))
    }

    fn table(&mut self, line: usize, head: &[String], rows: &Cells) {
        let section = self.section();
        if self.is_own() {
            let named = table::named(rows);
            self.read.own.extend(named);
            self.log.read(section);
            return;
        }
        if let Some(columns) = Columns::find(head, rows) {
            self.log.read(section);
            for name in columns.unknown() {
                self.read.not_read.push(Stated { line, value: format!("the column '{name}'") });
            }
            let decision = self.decision();
            let mut listed = Vec::new();
            for row in rows {
                match columns.rows(row, &self.legend) {
                    Ok(rows) => listed.extend(rows),
                    Err(unread) => self.read.unread.push(unread),
                }
            }
            for row in listed.iter_mut().filter(|row| row.decision.is_none()) {
                inherit(row, decision, columns.has_decisions());
            }
            self.place(line, listed, Listing::Table, usize::MAX);
            return;
        }
        self.tables.push(Stated { line, value: head.join(" | ") });
        if let Some(counts) = table::risk_counts(head, rows) {
            self.read.risks.extend(counts);
        } else if let Some(counts) = table::decision_counts(head, rows, &self.legend) {
            self.read.counts.extend(counts);
        } else if let Some((path, said)) = table::path_columns(head, rows) {
            for row in rows {
                let text = said
                    .iter()
                    .filter_map(|at| row.value.get(*at))
                    .map(|cell| cell.trim())
                    .collect::<Vec<_>>()
                    .join("; ");
                self.path_words(row.line, row.value[path].trim(), &text);
            }
        } else {
            let pairs = table::pairs(head, rows);
            let mut known = false;
            for Stated { line, value: (name, value) } in pairs {
                known |= self.claim(line, &name, &value);
            }
            if !known {
                self.log.unread(section, line);
                return;
            }
        }
        self.log.read(section);
    }

    /// Puts commits under their priority: the heading that says `PRIORITY n`, or else the nearest one above `level`.
    fn place(&mut self, line: usize, rows: Vec<CommitRow>, listing: Listing, level: usize) {
        let above =
            self.headings.iter().take_while(|heading| heading.level < level).count().max(1).min(self.headings.len());
        let headings = &self.headings[..above];
        let priorities = headings.iter().map(|heading| headings::priority(&heading.text.value));
        let found = priorities.enumerate().filter_map(|(at, found)| Some((at, found?))).next_back();
        let (at, number, title) = match (found, headings.last()) {
            (Some((at, (number, title))), _) => (headings[at].text.line, number, title),
            (None, Some(last)) => (last.text.line, None, headings::title(&last.text.value)),
            (None, None) => (line, None, "Commits".to_owned()),
        };
        let last = headings.last().filter(|last| last.text.line != at);
        let table = Table {
            line,
            listing,
            heading: headings.last().map_or(0, |heading| heading.text.line),
            title: last.map(|last| headings::title(&last.text.value)),
            words: Vec::new(),
            rows,
            action: None,
        };
        match self.read.sections.iter_mut().rfind(|section| section.line == at) {
            Some(section) => section.tables.push(table),
            None => {
                let title = if title.is_empty() { "Commits".to_owned() } else { title };
                let tables = vec![table];
                self.read.sections.push(PrioritySection { line: at, number, title, tables, words: Vec::new() });
            }
        }
    }

    /// Commits of a list: of a phase of the plan, they are what it picks.
    fn entries(&mut self, line: usize, entries: Vec<Entry>) {
        let section = self.section();
        self.log.read(section);
        if self.is_own() {
            entries.into_iter().for_each(|entry| self.own(line, entry.shas));
            return;
        }
        let decision = self.decision();
        let in_step = self.headings.iter().any(|heading| heading.step);
        let mut rows: Vec<CommitRow> = entries.into_iter().flat_map(|entry| rows_of(line, entry)).collect();
        for row in rows.iter_mut().filter(|row| row.decision.is_none()) {
            inherit(row, decision, true);
        }
        if let Some(step) = self.read.steps.last_mut().filter(|_| in_step) {
            let picked = rows.iter().filter(|row| row.decision.is_none_or(Disposition::is_picked));
            let comment = |row: &CommitRow| Some(row.description.clone()).filter(|text| !text.is_empty());
            step.picks.extend(picked.map(|row| StepPick {
                line,
                sha: row.sha.clone(),
                comment: comment(row),
                heading: None,
            }));
        }
        let open = self.read.sections.iter_mut().flat_map(|section| &mut section.tables).last();
        match open.filter(|table| table.listing == Listing::List && table.heading == section) {
            Some(table) => table.rows.extend(rows),
            None => self.place(line, rows, Listing::List, usize::MAX),
        }
    }

    /// Nothing more is said of the commits of a heading.
    fn close_entry(&mut self) {
        let Some(open) = self.entry.take() else { return };
        let decision = self.decision();
        let mut rows = open.rows;
        for row in rows.iter_mut().filter(|row| row.decision.is_none()) {
            inherit(row, decision, true);
        }
        let in_step = self.headings.last().is_some_and(|heading| heading.step);
        if let Some(step) = self.read.steps.last_mut().filter(|_| in_step) {
            let picked = rows.iter().filter(|row| row.decision.is_none_or(Disposition::is_picked));
            step.picks.extend(picked.map(|row| StepPick {
                line: row.line,
                sha: row.sha.clone(),
                comment: None,
                heading: None,
            }));
        }
        if let Some(first) = rows.first() {
            let line = first.line;
            // Headings that name a commit each are one list.
            self.place(line, rows, Listing::List, open.level);
        }
    }
}

/// The rows of an entry, a commit each.
fn rows_of(line: usize, entry: Entry) -> Vec<CommitRow> {
    let Entry { shas, fork, decision, text } = entry;
    let decision = decision.or(fork.as_ref().map(|_| Disposition::Taken));
    let row = |sha: String| {
        let mut row = CommitRow {
            line,
            sha,
            description: text.clone(),
            exact: false,
            risk: super::analysis::RiskMark::None,
            note: String::new(),
            decision: None,
            inherited: false,
            duplicate: None,
            follows: Vec::new(),
            rivals: Vec::new(),
        };
        inherit(&mut row, decision, false);
        if let (Some(duplicate), Some(fork)) = (&mut row.duplicate, &fork) {
            duplicate.fork = Some(fork.clone());
        }
        row
    };
    shas.into_iter().map(row).collect()
}

fn inherit(row: &mut CommitRow, decision: Option<Disposition>, inherited: bool) {
    row.decision = decision;
    row.inherited = inherited && decision.is_some();
    if decision == Some(Disposition::Taken) && row.duplicate.is_none() {
        row.duplicate = Some(super::analysis::Duplicate { fork: None });
    }
}

//! From blocks to an [`Analysis`]: each block is taken by what it is and by the headings it stands under.

use std::sync::LazyLock;

use regex::Regex;

use super::analysis::{Analysis, ExpectedConflict, PrioritySection, SharedPath, Stated, StrategyStep, Table};
use super::blocks::Block;
use super::table::{Columns, pairs, risk_counts};
use super::{ImportError, remarks, shell, superseded};

static PRIORITY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(?:priority|tier)\s*[#:]?\s*|P)(\d+)\b\s*[:.–—-]*\s*(.*)$").expect("a constant pattern")
});
static STEP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:phase|step|stage)\s+\d+\w?\s*[:.–—-]*\s*(.*?)\s*(?:\(([^)]*)\))?$")
        .expect("a constant pattern")
});
static OPTIONAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:optional|selective|as needed|later|if needed)\b").expect("a constant pattern")
});

/// Reads the blocks of a document.
pub(super) fn analysis(text: &str, blocks: &[Block]) -> Result<Analysis, ImportError> {
    let mut reader = DocumentReader::default();
    for block in blocks {
        reader.block(block);
    }
    if reader.read.rows().next().is_none() {
        return Err(ImportError::NoCommitTable { tables: reader.tables });
    }
    let mut read = reader.read;
    read.cuda = remarks::cuda_versions(text);
    read.superseded = superseded::groups(&read);
    Ok(read)
}

/// A heading that is still open.
struct Heading {
    level: usize,
    text: Stated<String>,
}

/// What list items under a heading name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    Local,
    Both,
    Expected,
    Elsewhere,
}

#[derive(Default)]
struct DocumentReader {
    read: Analysis,
    headings: Vec<Heading>,
    /// The heads of the tables that list no commits, for the error where none does.
    tables: Vec<Stated<String>>,
}

impl DocumentReader {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, text } => {
                self.headings.retain(|open| open.level < *level);
                self.headings.push(Heading { level: *level, text: text.clone() });
                if let Some(found) = STEP.captures(&text.value) {
                    self.read.steps.push(StrategyStep {
                        line: text.line,
                        title: found[1].to_owned(),
                        open: found.get(2).is_some_and(|remark| OPTIONAL.is_match(remark.as_str())),
                        picks: Vec::new(),
                        validate: Vec::new(),
                    });
                }
            }
            Block::Text { depth, lines, codes } => self.text(*depth, lines, codes),
            Block::Table { line, head, rows } => self.table(*line, head, rows),
            Block::Code { language, lines } if shell::is_shell(language) => self.code(lines),
            Block::Code { .. } => {}
        }
    }

    fn table(&mut self, line: usize, head: &[String], rows: &[Stated<Vec<String>>]) {
        if let Some(columns) = Columns::find(head, rows) {
            let mut table = Table { line, title: None, rows: Vec::new(), action: None };
            for row in rows {
                match columns.row(row) {
                    Ok(row) => table.rows.push(row),
                    Err(unread) => self.read.unread.push(unread),
                }
            }
            self.place(table);
            return;
        }
        self.tables.push(Stated { line, value: head.join(" | ") });
        if let Some(counts) = risk_counts(head, rows) {
            self.read.risks.extend(counts);
        } else {
            for Stated { line, value: (name, value) } in pairs(head, rows) {
                self.claim(line, &name, &value);
            }
        }
    }

    /// Puts a commit table under its priority: the heading that says `PRIORITY n`, or else the nearest one.
    fn place(&mut self, mut table: Table) {
        let of_priority = self.headings.iter().rposition(|heading| PRIORITY.is_match(&heading.text.value));
        let at = of_priority.or(self.headings.len().checked_sub(1));
        let (line, number, title) = match at.and_then(|at| self.headings.get(at)) {
            Some(heading) => match PRIORITY.captures(&heading.text.value) {
                Some(found) => (heading.text.line, found[1].parse().ok(), found[2].trim().to_owned()),
                None => (heading.text.line, None, heading.text.value.clone()),
            },
            None => (table.line, None, "Commits".to_owned()),
        };
        table.title = self.headings.last().filter(|last| last.text.line != line).map(|last| last.text.value.clone());
        match self.read.sections.last_mut().filter(|section| section.line == line) {
            Some(section) => section.tables.push(table),
            None => self.read.sections.push(PrioritySection { line, number, title, tables: vec![table] }),
        }
    }

    fn code(&mut self, lines: &[Stated<String>]) {
        let Some(open) = self.headings.last() else { return };
        let commands = shell::commands(lines);
        let in_step = self.headings.iter().any(|heading| STEP.is_match(&heading.text.value));
        self.read.unread.extend(commands.unread);
        match self.read.steps.last_mut().filter(|_| in_step) {
            Some(step) => {
                step.open |= commands.open;
                step.picks.extend(commands.picks);
                step.validate.extend(commands.others.clone());
                // A phase that picks nothing is there to say what is run after the others.
                if step.picks.is_empty() {
                    self.read.validate.extend(commands.others);
                }
            }
            None if validates(&open.text.value) => self.read.validate.extend(commands.others),
            None => {}
        }
    }

    fn text(&mut self, depth: usize, lines: &[Stated<String>], codes: &[String]) {
        let room = self.room();
        if let Some(first) = lines.first().filter(|_| depth == 1) {
            self.item(room, first, codes);
        }
        for stated in lines {
            let line = &stated.value;
            if room == Room::Both && depth > 1 {
                self.shared(stated);
            }
            if let Some((name, value)) = line.split_once(':') {
                if name.trim().eq_ignore_ascii_case("recommended action") || name.trim().eq_ignore_ascii_case("action")
                {
                    self.action(stated.line, value.trim());
                    continue;
                }
                self.claim(stated.line, name, value);
            }
            // What is said of the fork's own paths is checked path by path.
            if remarks::promises_no_conflicts(line) && room != Room::Local {
                self.read.claims.no_conflicts.push(stated.clone());
            }
            if let Some(value) = remarks::safe_priorities(line) {
                self.read.claims.safe_priorities = Some(Stated { line: stated.line, value });
            }
        }
    }

    fn action(&mut self, line: usize, value: &str) {
        let table = self.read.sections.last_mut().and_then(|section| section.tables.last_mut());
        if let Some(table) = table.filter(|table| table.action.is_none()) {
            table.action = Some(Stated { line, value: value.to_owned() });
        }
    }

    fn item(&mut self, room: Room, first: &Stated<String>, codes: &[String]) {
        let line = first.line;
        for path in remarks::paths(&first.value, codes) {
            match room {
                Room::Local => self.read.local.push(Stated { line, value: glob(&path) }),
                Room::Both => self.read.both.push(SharedPath { line, path, upstream: None }),
                Room::Expected => {
                    let probability = self.headings.last().and_then(|open| remarks::probability(&open.text.value));
                    self.read.expected.push(ExpectedConflict { line, path, probability });
                }
                Room::Elsewhere => {}
            }
        }
    }

    /// `Upstream: 1 commit modifying build script`, below a path.
    fn shared(&mut self, stated: &Stated<String>) {
        if let Some(path) = self.read.both.last_mut().filter(|path| path.upstream.is_none()) {
            let line = stated.line;
            path.upstream = remarks::upstream_commits(&stated.value).map(|value| Stated { line, value });
        }
    }

    fn claim(&mut self, line: usize, name: &str, value: &str) {
        let name = name.trim().to_lowercase();
        let has = |word: &str| name.contains(word);
        let claims = &mut self.read.claims;
        let amount = remarks::amount(value).map(|value| Stated { line, value });
        let named = || remarks::named(value).map(|value| Stated { line, value });
        if has("ancestor") || has("merge base") || has("merge-base") {
            claims.ancestor = claims.ancestor.take().or_else(named);
        } else if has("upstream") && (has("head") || has("tip")) {
            claims.head = claims.head.take().or_else(named);
        } else if has("total") && has("commit") {
            claims.commits.extend(amount);
        } else if has("file") && (has("modified") || has("changed") || has("affected")) {
            claims.files.extend(amount);
        } else if has("safe") {
            claims.safe = claims.safe.take().or(amount);
        } else if has("manual review") || has("needs review") || has("need review") {
            claims.review = claims.review.take().or(amount);
        } else if has("duplicate") || has("skip") {
            claims.duplicates = claims.duplicates.take().or(amount);
        }
    }

    /// What list items here are about, by the headings above, the nearest first.
    fn room(&self) -> Room {
        for heading in self.headings.iter().rev() {
            let text = heading.text.value.to_lowercase();
            if text.contains("both") {
                return Room::Both;
            } else if text.contains("local") || text.contains("custom") {
                return Room::Local;
            } else if text.contains("conflict")
                && (text.contains("expect") || text.contains("potential") || text.contains("likely"))
            {
                return Room::Expected;
            }
        }
        Room::Elsewhere
    }
}

/// Whether commands under this heading are there to check a result.
fn validates(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    ["validat", "verif", "testing"].iter().any(|word| heading.contains(word))
}

/// A path of the document as a glob: a folder, or `folder/*`, stands for all that is in it.
fn glob(path: &str) -> String {
    match path.strip_suffix("/*").or_else(|| path.strip_suffix('/')) {
        Some(folder) => format!("{folder}/**"),
        None => path.to_owned(),
    }
}

//! Paragraphs and list items: figures, paths, labelled lines, and what is only kept as words.

use super::{DocumentReader, OpenEntry, rows_of};
use crate::import::analysis::{ExpectedConflict, SharedPath, Stated};
use crate::import::decision::Disposition;
use crate::import::document::StatedStep;
use crate::import::entry::{self, Entry};
use crate::import::remarks;
use crate::import::words::{self, Label, Room};

impl DocumentReader {
    pub(super) fn text(&mut self, depth: usize, task: Option<bool>, lines: &[Stated<String>], codes: &[String]) {
        let section = self.section();
        let room = self.room();
        if depth == 0 {
            self.denied = lines.last().is_some_and(|last| {
                last.value.trim_end().ends_with(':') && remarks::promises_no_conflicts(&last.value)
            });
        }
        let mut first = true;
        for stated in lines {
            let is_first = std::mem::take(&mut first);
            if stated.value.trim().is_empty() {
                continue;
            }
            let named = entry::listed(&stated.value, task.filter(|_| is_first), &self.legend);
            let named = if named.is_empty() { entry::labelled(&stated.value, &self.legend) } else { named };
            if !named.is_empty() {
                self.entries(stated.line, named);
                continue;
            }
            let mut read = is_first && depth == 1 && self.item(room, stated, codes, task);
            read |= room == Some(Room::Both) && depth > 1 && self.shared(stated);
            read |= self.line(stated, codes);
            if let Some(statement) = entry::statement(&stated.value).filter(|_| !self.is_own()) {
                self.state(stated.line, statement);
                read = true;
            }
            // What is said of the fork's own paths is checked path by path.
            if remarks::promises_no_conflicts(&stated.value) && room != Some(Room::Local) {
                self.read.claims.no_conflicts.push(stated.clone());
                read = true;
            }
            if let Some(value) = remarks::safe_priorities(&stated.value) {
                self.read.claims.safe_priorities = Some(Stated { line: stated.line, value });
                read = true;
            }
            if self.is_own() {
                let shas = entry::shas(&stated.value);
                self.own(stated.line, shas);
                read = true;
            }
            if read {
                self.log.read(section);
            } else {
                self.words.entry(section).or_default().push(stated.clone());
            }
        }
    }

    /// A sentence about commits that are listed elsewhere.
    fn state(&mut self, line: usize, statement: Entry) {
        let rows = rows_of(line, statement);
        self.place(line, rows, crate::import::analysis::Listing::List, usize::MAX);
    }

    /// A line with a label, where its label is known; whether it was.
    fn line(&mut self, stated: &Stated<String>, codes: &[String]) -> bool {
        let (line, text) = (stated.line, &stated.value);
        if let Some((policy, rest)) = words::policy_at(text).filter(|(_, rest)| rest.trim_start().starts_with(':')) {
            let _ = policy;
            let said = text[..text.len() - rest.len()].trim().to_owned();
            let paths = remarks::paths(rest.trim_start_matches(':').trim(), codes);
            paths.iter().for_each(|path| self.path_words(line, path, &said));
            return !paths.is_empty();
        }
        let Some((name, value)) = text.split_once(':') else { return false };
        let value = value.trim();
        let name = name.trim_matches(|c: char| !c.is_alphanumeric());
        match words::label(name) {
            Some(Label::Commit) => self.commits(line, value),
            Some(Label::Decision) if self.entry.is_some() => self.decide(value),
            Some(Label::Decision | Label::Recommendation)
                if words::label(name) == Some(Label::Recommendation) || is_advice(name) =>
            {
                self.read.document.recommendations.push(Stated { line, value: value.to_owned() });
                true
            }
            Some(Label::Action) if !value.is_empty() => {
                self.action(line, value);
                true
            }
            Some(Label::Estimate) if !value.is_empty() => {
                let value = format!("{name}: {value}");
                let section = self.section();
                self.estimates.entry(section).or_default().push(Stated { line, value });
                true
            }
            Some(Label::Resolution) if !value.is_empty() => self.resolution(line, name, value),
            Some(Label::File) => {
                let paths = remarks::paths(value, codes);
                let claimed = self.claim(line, name, value);
                let known = claimed || !paths.is_empty();
                paths.into_iter().for_each(|path| self.speak_of(line, path));
                known
            }
            Some(Label::Range) => {
                let found = remarks::range(value).map(|value| Stated { line, value });
                let known = found.is_some();
                self.read.document.range = found.or(self.read.document.range.take());
                self.read.claims.commits.extend(remarks::commits_in(value).map(|value| Stated { line, value }));
                known
            }
            Some(Label::Date) => {
                let date = Stated { line, value: value.to_owned() };
                self.read.document.date = self.read.document.date.take().or(Some(date));
                true
            }
            _ => self.claim(line, name, value),
        }
    }

    /// `Commit: 1234567 → 89abcde`, and more such.
    fn commits(&mut self, line: usize, value: &str) -> bool {
        let named = entry::listed(value, None, &self.legend);
        if named.is_empty() {
            return false;
        }
        let in_step = self.headings.last().is_some_and(|heading| heading.step);
        if in_step || self.is_own() {
            self.entries(line, named);
            return true;
        }
        let level = self.headings.last().map_or(0, |heading| heading.level);
        let title = self.headings.last().map(|heading| heading.text.value.clone()).unwrap_or_default();
        self.close_entry();
        let mut rows: Vec<_> = named.into_iter().flat_map(|entry| rows_of(line, entry)).collect();
        for row in rows.iter_mut().filter(|row| row.description.is_empty()) {
            row.description = super::headings::title(&title);
        }
        self.entry = Some(OpenEntry { level, rows });
        true
    }

    /// What becomes of the commits of the open entry; the words behind it are kept as their remark.
    fn decide(&mut self, value: &str) -> bool {
        let decided = entry::decided(value, &self.legend);
        let Some(open) = &mut self.entry else { return false };
        let Some((kind, more)) = decided else { return false };
        for row in &mut open.rows {
            if row.decision.is_none_or(|known| known < kind) {
                row.decision = Some(kind);
                if kind == Disposition::Taken && row.duplicate.is_none() {
                    row.duplicate = Some(crate::import::analysis::Duplicate { fork: None });
                }
            }
            if !more.is_empty() {
                if !row.note.is_empty() {
                    row.note.push_str("; ");
                }
                row.note.push_str(more);
            }
        }
        true
    }

    /// A path that the lines under this heading are about.
    fn speak_of(&mut self, line: usize, path: String) {
        let section = self.section();
        self.files_of.entry(section).or_default().push(path.clone());
        self.files.push(Stated { line, value: path });
    }

    /// How a conflict is resolved: in the files spoken of, in the path of the list, or as words alone.
    fn resolution(&mut self, line: usize, name: &str, value: &str) -> bool {
        let files: Vec<String> = self.files.iter().map(|file| file.value.clone()).collect();
        for path in &files {
            self.path_words(line, path, value);
        }
        if files.is_empty() && self.room() == Some(Room::Both) {
            return false;
        }
        if files.is_empty() {
            let section = self.section();
            self.words.entry(section).or_default().push(Stated { line, value: format!("{name}: {value}") });
        }
        true
    }

    fn action(&mut self, line: usize, value: &str) {
        let section = self.section();
        let above = self.headings.iter().map(|heading| heading.text.line).collect::<Vec<_>>();
        let tables = self.read.sections.iter_mut().flat_map(|section| &mut section.tables);
        let last = tables.filter(|table| above.contains(&table.heading) || table.heading == section).last();
        match last.filter(|table| table.action.is_none()) {
            Some(table) => table.action = Some(Stated { line, value: value.to_owned() }),
            None => self.words.entry(section).or_default().push(Stated { line, value: format!("Action: {value}") }),
        }
    }

    /// A list item that names paths, or something to do; whether it was taken for one.
    fn item(&mut self, room: Option<Room>, first: &Stated<String>, codes: &[String], task: Option<bool>) -> bool {
        let line = first.line;
        let paths = remarks::paths(&first.value, codes);
        match room {
            Some(Room::Next) => {
                let done = entry::decided(&first.value, &self.legend).map(|(kind, _)| kind) == Some(Disposition::Taken);
                let text = first.value.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '`').to_owned();
                self.read.document.steps.push(Stated { line, value: StatedStep { text, done: task.unwrap_or(done) } });
                return true;
            }
            Some(Room::Summary) if paths.is_empty() && task.is_none() && !first.value.contains(':') => {
                self.read.document.themes.push(first.clone());
                return true;
            }
            _ => {}
        }
        let said = about(&first.value);
        for path in &paths {
            let path = path.clone();
            match room {
                Some(Room::Local) => self.read.local.push(Stated { line, value: glob(&path) }),
                Some(Room::Both) if !self.denied => {
                    self.path_words(line, &path, said);
                    self.read.both.push(SharedPath { line, path, upstream: None });
                }
                Some(Room::Expected) if !self.denied => {
                    self.path_words(line, &path, said);
                    let probability = self.headings.last().and_then(|open| remarks::probability(&open.text.value));
                    self.read.expected.push(ExpectedConflict { line, path, probability });
                }
                _ => {
                    let heading =
                        self.headings.last().map(|heading| heading.text.value.to_lowercase()).unwrap_or_default();
                    if heading.contains("conflict") {
                        self.speak_of(line, path);
                    }
                    return false;
                }
            }
        }
        !paths.is_empty()
    }

    /// `Upstream: 1 commit modifying build script`, below a path; whether it is about one.
    fn shared(&mut self, stated: &Stated<String>) -> bool {
        let Some(path) = self.read.both.last_mut() else { return false };
        let line = stated.line;
        if path.upstream.is_none() {
            path.upstream = remarks::upstream_commits(&stated.value).map(|value| Stated { line, value });
        }
        let path = path.path.clone();
        let resolved = stated.value.split_once(':').filter(|(name, _)| words::label(name) == Some(Label::Resolution));
        let text = resolved.map_or(stated.value.as_str(), |(_, text)| text.trim()).to_owned();
        self.path_words(line, &path, &text);
        true
    }

    /// A figure about the range as a whole; whether it was one.
    pub(super) fn claim(&mut self, line: usize, name: &str, value: &str) -> bool {
        let name = name.trim().to_lowercase();
        let has = |word: &str| name.contains(word);
        // Below a commit or a phase, figures are about that.
        let whole = self.entry.is_none() && !self.headings.iter().any(|heading| heading.step);
        let claims = &mut self.read.claims;
        let amount = remarks::amount(value).map(|value| Stated { line, value });
        let named = || remarks::named(value).map(|value| Stated { line, value });
        if has("ancestor") || has("merge base") || has("merge-base") {
            claims.ancestor = claims.ancestor.take().or_else(named);
        } else if has("upstream") && (has("head") || has("tip")) {
            claims.head = claims.head.take().or_else(named);
        } else if whole && has("total") && has("commit") {
            claims.commits.extend(amount);
        } else if whole && has("file") && (has("modified") || has("changed") || has("affected")) {
            claims.files.extend(amount);
        } else if whole && has("safe") && amount.is_some() {
            claims.safe = claims.safe.take().or(amount);
        } else if has("manual review") || has("needs review") || has("need review") {
            claims.review = claims.review.take().or(amount);
        } else if has("duplicate") {
            claims.duplicates = claims.duplicates.take().or(amount);
        } else {
            return false;
        }
        true
    }
}

/// What an item says of the path it begins with.
fn about(item: &str) -> &str {
    item.split_once(" - ").or_else(|| item.split_once(" – ")).map_or("", |(_, said)| said.trim())
}

fn is_advice(name: &str) -> bool {
    name.to_lowercase().contains("recommend")
}

/// A path of the document as a glob: a folder, or `folder/*`, is all that is in it.
fn glob(path: &str) -> String {
    match path.strip_suffix("/*").or_else(|| path.strip_suffix('/')) {
        Some(folder) => format!("{folder}/**"),
        None => path.to_owned(),
    }
}

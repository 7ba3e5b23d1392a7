//! What can be told only at the end: which words belong to which phase, which commits were only mentioned, what was not read.

use std::collections::BTreeSet;

use super::DocumentReader;
use crate::import::analysis::{Analysis, Listing, Stated};
use crate::import::{ImportError, entry, remarks, superseded};

impl DocumentReader {
    pub(super) fn finish(mut self, text: &str) -> Result<Analysis, ImportError> {
        self.close_entry();
        self.drop_mentions();
        let own: BTreeSet<String> = self.read.own.iter().map(|own| own.value.clone()).collect();
        for section in &mut self.read.sections {
            for table in section.tables.iter_mut().filter(|table| table.listing == Listing::List) {
                table.rows.retain(|row| !own.contains(&row.sha));
            }
            section.tables.retain(|table| !table.rows.is_empty() || table.listing == Listing::Table);
        }
        self.read.sections.retain(|section| !section.tables.is_empty());
        let picks = self.read.steps.iter().any(|step| !step.picks.is_empty());
        if self.read.rows().next().is_none() && !picks {
            return Err(ImportError::NoCommitTable { tables: self.tables });
        }
        self.attach();
        let mut read = self.read;
        read.cuda = remarks::cuda_versions(text);
        read.superseded = superseded::groups(&read);
        unnamed(text, &mut read);
        read.not_read.extend(self.log.remarks());
        read.not_read.sort_by_key(|stated| stated.line);
        Ok(read)
    }

    /// Where tables or phases list the commits, one that a list or a heading names without a decision was only mentioned.
    fn drop_mentions(&mut self) {
        let listed: BTreeSet<String> = {
            let picks = self.read.steps.iter().flat_map(|step| &step.picks).map(|pick| pick.sha.clone());
            self.read.table_rows().map(|row| row.sha.clone()).chain(picks).collect()
        };
        if listed.is_empty() {
            return;
        }
        let known = |sha: &str| listed.iter().any(|name| name.starts_with(sha) || sha.starts_with(name.as_str()));
        for table in self.read.sections.iter_mut().flat_map(|section| &mut section.tables) {
            if table.listing == Listing::List {
                table.rows.retain(|row| row.decision.is_some() || known(&row.sha));
            }
        }
    }

    /// Gives the words under a heading to what the heading is: a section, a table, a phase, or the document.
    fn attach(&mut self) {
        for (line, mut words) in std::mem::take(&mut self.words) {
            let estimates = self.estimates.remove(&line).unwrap_or_default();
            if self.belong(line, &estimates) {
                words.extend(estimates);
                words.sort_by_key(|word| word.line);
            } else {
                self.read.document.estimates.extend(estimates);
            }
            if self.belong(line, &words) {
                self.give(line, words);
            } else if let Some(paths) = self.files_of.remove(&line) {
                let text = words.iter().map(|word| word.value.trim()).collect::<Vec<_>>().join("; ");
                let first = words.first().map_or(line, |word| word.line);
                paths.iter().for_each(|path| self.path_words(first, path, &text));
                self.log.read(line);
            } else {
                words.iter().for_each(|word| self.log.unread(line, word.line));
            }
        }
        for (line, estimates) in std::mem::take(&mut self.estimates) {
            match self.belong(line, &estimates) {
                true => self.give(line, estimates),
                false => self.read.document.estimates.extend(estimates),
            }
        }
    }

    fn belong(&self, line: usize, words: &[Stated<String>]) -> bool {
        let read = &self.read;
        !words.is_empty()
            && (read.steps.iter().any(|step| step.line == line && !step.picks.is_empty())
                || read.sections.iter().any(|section| section.line == line)
                || read.tables().any(|table| table.heading == line && line > 0))
    }

    fn give(&mut self, line: usize, words: Vec<Stated<String>>) {
        if let Some(step) = self.read.steps.iter_mut().find(|step| step.line == line && !step.picks.is_empty()) {
            step.words.extend(words);
        } else if let Some(section) = self.read.sections.iter_mut().find(|section| section.line == line) {
            section.words.extend(words);
        } else {
            let mut tables = self.read.sections.iter_mut().flat_map(|section| &mut section.tables);
            if let Some(table) = tables.find(|table| table.heading == line) {
                table.words.extend(words);
            }
        }
    }
}

/// Says of every commit that the text names and nothing of the reading has: nothing is lost in silence.
fn unnamed(text: &str, read: &mut Analysis) {
    let mut known: BTreeSet<String> = read.rows().map(|row| row.sha.clone()).collect();
    known.extend(read.steps.iter().flat_map(|step| &step.picks).map(|pick| pick.sha.clone()));
    known.extend(read.own.iter().map(|own| own.value.clone()));
    known.extend(
        read.rows().flat_map(|row| row.follows.iter().chain(row.rivals.iter().map(|rival| &rival.sha))).cloned(),
    );
    known.extend(read.rows().filter_map(|row| row.duplicate.as_ref()?.fork.clone()));
    known.extend([&read.claims.ancestor, &read.claims.head].into_iter().flatten().map(|claim| claim.value.sha.clone()));
    let notes: Vec<String> =
        read.rows().map(|row| row.note.clone()).chain(read.rows().map(|row| row.description.clone())).collect();
    known.extend(notes.iter().flat_map(|note| entry::shas(note)));
    let ends = read.document.range.iter().flat_map(|range| [range.value.from.clone(), range.value.to.clone()]);
    known.extend(ends);
    for (line, value) in text.lines().zip(1..).map(|(text, line)| (line, text)) {
        for sha in entry::shas(value) {
            let is_known = known.iter().any(|name| name.starts_with(&sha) || sha.starts_with(name.as_str()));
            if !is_known {
                read.not_read.push(Stated { line, value: format!("the commit {sha}, of which no decision is said") });
                known.insert(sha);
            }
        }
    }
}

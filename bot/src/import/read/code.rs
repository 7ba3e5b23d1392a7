//! Code blocks of commands, and what is said of paths.

use super::{DocumentReader, rows_of};
use crate::import::analysis::{Listing, Stated};
use crate::import::document::{PathWords, StatedSide};
use crate::import::entry::{self, Entry};
use crate::import::remarks;
use crate::import::shell::{self, Side};
use crate::import::words::{self, Policy, Room};

impl DocumentReader {
    pub(super) fn code(&mut self, language: &str, lines: &[Stated<String>]) {
        let section = self.section();
        let commands = shell::commands(language, lines);
        let in_step = self.headings.iter().any(|heading| heading.step);
        let validates = self.headings.last().is_some_and(|open| open.room == Some(Room::Validation));
        let picks = !commands.picks.is_empty();
        for Stated { line, value: (side, path) } in &commands.sides {
            let text = if *side == Side::Theirs { "accept theirs" } else { "accept ours" };
            self.path_words(*line, path, text);
        }
        if !in_step && !validates {
            if picks || !commands.sides.is_empty() {
                self.log.read(section);
                self.read.unread.extend(commands.unread);
            } else if let Some(first) = lines.iter().find(|line| !line.value.trim().is_empty()) {
                self.log.unread(section, first.line);
            }
            return;
        }
        self.log.read(section);
        self.read.unread.extend(commands.unread);
        self.read.confirm.extend(commands.unsure);
        self.read.not_read.extend(commands.long.into_iter().map(|Stated { line, value }| {
            let value = format!("the command '{value}', which goes over several lines");
            Stated { line, value }
        }));
        self.read.refused.extend(commands.refused);
        // A comment that says what becomes of a commit is about that one.
        for comment in commands.comments {
            let said = words::disposition(&comment.value).zip(entry::shas(&comment.value).first().cloned());
            match said {
                Some(((kind, _), sha)) => {
                    let text = comment.value.clone();
                    let entry = Entry { shas: vec![sha], fork: None, decision: Some(kind), text };
                    self.place(comment.line, rows_of(comment.line, entry), Listing::List, usize::MAX);
                }
                None => {
                    if let Some(step) = self.read.steps.last_mut().filter(|_| in_step && picks) {
                        step.words.push(comment);
                    }
                }
            }
        }
        match self.read.steps.last_mut().filter(|_| in_step) {
            Some(step) => {
                step.open |= commands.open;
                step.picks.extend(commands.picks);
                step.validate.extend(commands.tests.clone());
                // A phase that picks nothing is there to say what is run after the others.
                if step.picks.is_empty() {
                    self.read.validate.extend(commands.tests);
                }
            }
            None => self.read.validate.extend(commands.tests),
        }
    }

    /// What is said of conflicts in a path; a side that is named alone is a rule.
    pub(super) fn path_words(&mut self, line: usize, path: &str, text: &str) {
        let path = path.trim_matches('`');
        if !remarks::is_path(path) || text.is_empty() {
            return;
        }
        let clause = text.split(['(', ';', '.', ',']).next().unwrap_or(text).split(" - ").next().unwrap_or_default();
        let side = words::policy(clause).map(|policy| match policy {
            Policy::Theirs => StatedSide::Theirs,
            Policy::Both => StatedSide::Both,
            Policy::Ours if clause.to_lowercase().contains("prefer") => StatedSide::Ours,
            Policy::Ours => StatedSide::OursWhole,
        });
        self.read.paths.push(PathWords { line, path: path.to_owned(), side, text: text.to_owned() });
    }
}

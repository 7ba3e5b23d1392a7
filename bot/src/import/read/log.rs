//! What of a document was read, section by section: so that what was not is said, with its line.

use crate::import::analysis::Stated;

/// A section as far as it was read.
struct Part {
    line: usize,
    level: usize,
    title: String,
    read: usize,
    /// The first line that was not read, and how many there are.
    unread: Vec<usize>,
}

/// Every section of a document, in its order.
#[derive(Default)]
pub(super) struct ReadLog {
    parts: Vec<Part>,
}

impl ReadLog {
    /// A section begins.
    pub(super) fn section(&mut self, line: usize, level: usize, title: &str) {
        self.parts.push(Part { line, level, title: title.to_owned(), read: 0, unread: Vec::new() });
    }

    /// Something of the section at this line was read; 0 is what stands before the first heading.
    pub(super) fn read(&mut self, section: usize) {
        if let Some(part) = self.part(section) {
            part.read += 1;
        }
    }

    /// A line of the section was not read.
    pub(super) fn unread(&mut self, section: usize, line: usize) {
        if let Some(part) = self.part(section) {
            part.unread.push(line);
        }
    }

    fn part(&mut self, section: usize) -> Option<&mut Part> {
        if section == 0 && self.parts.first().is_none_or(|first| first.line != 0) {
            self.parts.insert(0, Part { line: 0, level: 7, title: String::new(), read: 0, unread: Vec::new() });
        }
        self.parts.iter_mut().find(|part| part.line == section)
    }

    /// What was not read: whole sections once, with all below them; of others the lines.
    pub(super) fn remarks(&self) -> Vec<Stated<String>> {
        let mut remarks = Vec::new();
        let mut at = 0;
        while let Some(part) = self.parts.get(at) {
            let below = self.parts[at + 1..].iter().take_while(|next| next.level > part.level).count();
            let whole = &self.parts[at..=at + below];
            let unread: usize = whole.iter().map(|part| part.unread.len()).sum();
            let read = whole.iter().any(|part| part.read > 0);
            let name = &part.title;
            if unread > 0 && !read && part.line > 0 {
                let value = format!("the section '{name}' ({})", lines(unread));
                remarks.push(Stated { line: part.line, value });
                at += below + 1;
                continue;
            }
            if let Some(first) = part.unread.first() {
                let place = if name.is_empty() {
                    "before the first heading".to_owned()
                } else {
                    format!("of the section '{name}'")
                };
                remarks.push(Stated { line: *first, value: format!("{} {place}", lines(part.unread.len())) });
            }
            at += 1;
        }
        remarks
    }
}

fn lines(count: usize) -> String {
    if count == 1 { "1 line".to_owned() } else { format!("{count} lines") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_that_was_not_read_is_named_once_with_all_below() {
        let mut log = ReadLog::default();
        log.unread(0, 1);
        log.section(3, 1, "Plan");
        log.section(5, 2, "Roles");
        log.unread(5, 6);
        log.section(7, 3, "More");
        log.unread(7, 8);
        log.section(9, 2, "Picks");
        log.read(9);
        log.unread(9, 12);
        let remarks: Vec<_> = log.remarks().into_iter().map(|stated| (stated.line, stated.value)).collect();
        assert_eq!(
            remarks,
            [
                (1, "1 line before the first heading".to_owned()),
                (5, "the section 'Roles' (2 lines)".to_owned()),
                (12, "1 line of the section 'Picks'".to_owned()),
            ]
        );
    }
}

//! Markdown as a flat list of blocks, each with the line it stands on: what the reader of an analysis walks over.
//!
//! Emphasis, links and code marks are dropped and their text kept, because an analysis uses them for looks alone: a SHA may
//! stand in back quotes, in bold, or as a link. Code spans are kept apart too: that is where paths are named.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::analysis::Stated;

/// A piece of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading; level 1 is the highest.
    Heading {
        level: usize,
        text: Stated<String>,
    },
    /// A paragraph, or a list item's own text. One entry per line of the document.
    Text {
        depth: usize,
        /// Whether the box of a list item is ticked, where it has one.
        task: Option<bool>,
        lines: Vec<Stated<String>>,
        codes: Vec<String>,
    },
    Table {
        line: usize,
        head: Vec<String>,
        rows: Vec<Stated<Vec<String>>>,
    },
    /// A code block; `language` is empty where none is given.
    Code {
        language: String,
        lines: Vec<Stated<String>>,
    },
}

/// The blocks of a document in its order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut reader = BlockReader::new(text);
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS).into_offset_iter() {
        reader.event(event, &range);
    }
    reader.blocks
}

/// Drops what could move a cursor, colour a terminal or turn the reading direction; the text goes to people later.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .filter(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .collect()
}

struct BlockReader {
    /// Where each line begins, in bytes.
    starts: Vec<usize>,
    blocks: Vec<Block>,
    /// How many lists we are in.
    depth: usize,
    task: Option<bool>,
    lines: Vec<Stated<String>>,
    codes: Vec<String>,
    head: Vec<String>,
    rows: Vec<Stated<Vec<String>>>,
    in_code: bool,
}

impl BlockReader {
    fn new(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self {
            starts,
            blocks: Vec::new(),
            depth: 0,
            task: None,
            lines: Vec::new(),
            codes: Vec::new(),
            head: Vec::new(),
            rows: Vec::new(),
            in_code: false,
        }
    }

    /// The line a byte is on, from 1.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    fn event(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) if self.in_code => self.code(&text, range.start),
            Event::Text(text) => self.push(&text, range.start),
            Event::Code(text) => {
                self.codes.push(printable(&text));
                self.push(&text, range.start);
            }
            Event::TaskListMarker(done) => self.task = Some(done),
            Event::SoftBreak | Event::HardBreak => {
                let line = self.line(range.end);
                self.lines.push(Stated { line, value: String::new() });
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>) {
        match tag {
            // A nested list ends the text of the item it stands in.
            Tag::List(_) => {
                self.flush();
                self.depth += 1;
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.in_code = true;
            }
            Tag::Heading { .. } | Tag::Paragraph | Tag::Item | Tag::Table(_) => self.flush(),
            Tag::TableRow => self.rows.push(Stated { line: self.line(range.start), value: Vec::new() }),
            _ => {}
        }
        if let Tag::CodeBlock(kind) = tag {
            let language = match kind {
                CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_ascii_lowercase(),
                CodeBlockKind::Indented => String::new(),
            };
            self.blocks.push(Block::Code { language, lines: Vec::new() });
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Heading(level) => {
                let text = Stated { line: self.line(range.start), value: self.take() };
                self.blocks.push(Block::Heading { level: level as usize, text });
            }
            TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.flush();
                self.depth = self.depth.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::TableCell => {
                let cell = self.take();
                match self.rows.last_mut() {
                    Some(row) => row.value.push(cell),
                    None => self.head.push(cell),
                }
            }
            TagEnd::Table => {
                let line = self.line(range.start);
                let (head, rows) = (std::mem::take(&mut self.head), std::mem::take(&mut self.rows));
                self.blocks.push(Block::Table { line, head, rows });
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str, at: usize) {
        let line = self.line(at);
        let text = printable(text);
        match self.lines.last_mut() {
            Some(last) => last.value.push_str(&text),
            None => self.lines.push(Stated { line, value: text }),
        }
    }

    fn code(&mut self, text: &str, at: usize) {
        let first = self.line(at);
        if let Some(Block::Code { lines, .. }) = self.blocks.last_mut() {
            let stated = text.lines().enumerate().map(|(n, value)| Stated { line: first + n, value: printable(value) });
            lines.extend(stated);
        }
    }

    /// The text gathered so far, as one line.
    fn take(&mut self) -> String {
        self.codes.clear();
        let lines: Vec<String> = self.lines.drain(..).map(|line| line.value).collect();
        lines.join(" ").trim().to_owned()
    }

    fn flush(&mut self) {
        let (lines, codes) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.codes));
        let task = self.task.take();
        if lines.iter().any(|line| !line.value.trim().is_empty()) {
            self.blocks.push(Block::Text { depth: self.depth, task, lines, codes });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(line: usize, value: &str) -> Stated<String> {
        Stated { line, value: value.into() }
    }

    #[test]
    fn every_block_knows_its_line() {
        let text = "# A *b*\n\n**Total:** 1\n**Files:** `2`\n\n1. **x.rs** - why\n   - inner\n\n| SHA | R |\n|---|---|\n| `abc` | **L** |\n\n```bash\none\n\nthree\n```\n";
        assert_eq!(
            blocks(text),
            [
                Block::Heading { level: 1, text: stated(1, "A b") },
                Block::Text {
                    depth: 0,
                    task: None,
                    lines: vec![stated(3, "Total: 1"), stated(4, "Files: 2")],
                    codes: vec!["2".into()]
                },
                Block::Text { depth: 1, task: None, lines: vec![stated(6, "x.rs - why")], codes: vec![] },
                Block::Text { depth: 2, task: None, lines: vec![stated(7, "inner")], codes: vec![] },
                Block::Table {
                    line: 9,
                    head: vec!["SHA".into(), "R".into()],
                    rows: vec![Stated { line: 11, value: vec!["abc".into(), "L".into()] }],
                },
                Block::Code {
                    language: "bash".into(),
                    lines: vec![stated(13 + 1, "one"), stated(15, ""), stated(16, "three")]
                },
            ]
        );
    }

    #[test]
    fn nothing_that_moves_a_cursor_is_kept() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c\td"), "a[31mbc d");
    }
}

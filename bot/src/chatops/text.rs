//! Where commands can stand in a comment: at the beginning of a line of plain Markdown text.
//!
//! What is quoted, shown as code, hidden in HTML, a heading, a table or a link is talked about, not said. The commands
//! themselves are taken from the source, not from the rendered text, so that `src/__init__.py` keeps its underscores.

use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

/// A line that begins with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlashLine {
    /// Which line of the comment, from 1.
    pub number: usize,
    /// Its text, from the slash on.
    pub text: String,
}

/// No forge takes a longer comment, in bytes: GitHub's 65,536 characters of four bytes. More is not looked at.
pub const LONGEST: usize = 4 * 65_536;

/// The elements whose content is quoted, hidden, struck out or shown as code.
static SHUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)<!--|-->|<(/?)(?:blockquote|code|del|details|kbd|pre|q|s|samp|script|style|textarea)\b").ok()
});

/// The lines of a comment that may be commands.
#[must_use]
pub fn lines(markdown: &str) -> Vec<SlashLine> {
    if !markdown.contains('/') || markdown.len() > LONGEST {
        return Vec::new();
    }
    let mut reader =
        CommentReader { source: markdown, depth: 0, elements: 0, fresh: false, end: 0, open: None, found: Vec::new() };
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        reader.event(&event, range);
    }
    reader.close(reader.end);
    numbered(markdown, reader.found)
}

struct CommentReader<'a> {
    source: &'a str,
    /// How many parts of Markdown are open in which nothing counts.
    depth: usize,
    /// How many such elements of HTML are open; they may reach over blank lines.
    elements: usize,
    /// Whether the next text begins a line.
    fresh: bool,
    /// Where the last piece of the current line ended.
    end: usize,
    /// A line that began with a slash, and what is to be cut out of it.
    open: Option<(usize, Vec<Range<usize>>)>,
    found: Vec<(usize, String)>,
}

impl CommentReader<'_> {
    fn event(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::Paragraph | Tag::Item | Tag::List(_)) => {
                self.close(self.end);
                self.fresh = self.depth == 0;
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::List(_)) => {
                self.close(self.end);
                self.fresh = false;
            }
            Event::Start(Tag::HtmlBlock) => {
                self.close(self.end);
                self.depth += 1;
                self.element(range);
            }
            Event::Start(_) => {
                self.depth += 1;
                self.fresh = false;
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.fresh = false;
                self.end = range.end;
            }
            Event::SoftBreak | Event::HardBreak => {
                self.close(range.start);
                self.fresh = self.depth == 0;
                self.end = range.end;
            }
            Event::Text(_) => {
                // A slash of our own is in the source as one: `\/` and `&#47;` are ways to write it without saying it.
                let said = self.source[range.clone()].starts_with('/') && !self.source[..range.start].ends_with('\\');
                if self.fresh && self.depth == 0 && self.elements == 0 && said {
                    self.open = Some((range.start, Vec::new()));
                }
                self.fresh = false;
                self.end = range.end;
            }
            Event::InlineHtml(_) => {
                if let Some((_, cuts)) = &mut self.open {
                    cuts.push(range.clone());
                }
                self.fresh = false;
                self.end = range.end;
                self.element(range);
            }
            Event::Html(_) => {}
            _ => {
                self.fresh = false;
                self.end = range.end;
            }
        }
    }

    /// Notes which elements a piece of HTML opens and closes. One that is never closed reaches to the end, as in a browser.
    fn element(&mut self, range: Range<usize>) {
        let Some(shut) = SHUT.as_ref() else { return };
        let mut comment = false;
        for found in shut.captures_iter(&self.source[range]) {
            match (&found[0], found.get(1).map(|slash| slash.as_str())) {
                ("<!--", _) => comment = true,
                ("-->", _) => comment = false,
                _ if comment => {}
                (_, Some("/")) => self.elements = self.elements.saturating_sub(1),
                _ => self.elements += 1,
            }
        }
    }

    fn close(&mut self, end: usize) {
        let Some((start, cuts)) = self.open.take() else { return };
        let mut text = String::new();
        let mut at = start;
        for cut in cuts.into_iter().filter(|cut| cut.start >= start && cut.end <= end.max(start)) {
            text.push_str(&self.source[at..cut.start]);
            at = cut.end;
        }
        text.push_str(self.source.get(at..end).unwrap_or_default());
        self.found.push((start, text.replace(['\r', '\n'], " ").trim_end().to_owned()));
    }
}

/// With the number of the line each place is on, counted once through.
fn numbered(source: &str, found: Vec<(usize, String)>) -> Vec<SlashLine> {
    let (mut number, mut counted) = (1, 0);
    let line = |(start, text): (usize, String)| {
        number += source[counted..start].matches('\n').count();
        counted = start;
        SlashLine { number, text }
    };
    found.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(markdown: &str) -> Vec<String> {
        lines(markdown).into_iter().map(|line| format!("{}: {}", line.number, line.text)).collect()
    }

    #[test]
    fn a_command_is_a_line_of_text() {
        assert_eq!(said("/hold"), ["1: /hold"]);
        assert_eq!(said("Thanks!\n/hold\nand\n\n  /status  \n"), ["2: /hold", "5: /status"]);
        assert_eq!(said("- a\n  - /hold\n\n    /why abc\n"), ["2: /hold", "4: /why abc"]);
        assert_eq!(said("see /hold"), [""; 0]);
        assert_eq!(said("/hold<br>\r\n/status\\\r\n/help"), ["1: /hold", "2: /status", "3: /help"]);
    }

    #[test]
    fn what_is_shown_is_not_said() {
        for shown in [
            "> /hold\n/hold",
            "```\n/hold\n```",
            "    /hold",
            "`a\n/hold`",
            "# /hold",
            "/hold\n---",
            "<!-- \n/hold\n-->",
            "a <!-- b\n/hold -->",
            "[a\n/hold](b)",
            "**a\n/hold**",
            r"\/hold",
            "&#47;hold",
            "<details>\n\n/hold\n\n</details>",
            "<pre>\n/hold\n</pre>",
            "a <code>\n/hold\n</code>",
            "a | b\n--|--\n/hold | x",
        ] {
            assert_eq!(said(shown), [""; 0], "{shown:?}");
        }
    }

    #[test]
    fn html_that_is_closed_again_shuts_nothing() {
        assert_eq!(said("<details>\n\nlog\n\n</details>\n\n/hold"), ["7: /hold"]);
        assert_eq!(said("<!-- <pre> -->\n\n/hold"), ["3: /hold"]);
    }

    #[test]
    fn arguments_are_taken_as_they_were_written() {
        assert_eq!(said("/resolve src/__init__.py fork"), ["1: /resolve src/__init__.py fork"]);
        assert_eq!(said("/skip abc *very* `odd` <!-- x -->[one](y)"), ["1: /skip abc *very* `odd` [one](y)"]);
    }
}

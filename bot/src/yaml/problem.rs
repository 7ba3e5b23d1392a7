//! What is wrong with a configuration: all of it at once, each with its place in the file.

use std::fmt;

use engine::visible::in_place;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// How many problems are shown with their lines: each takes as long as its line, and nobody reads a thousand.
const SHOWN: usize = 100;

/// A stretch of one line of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePos {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// In characters; 0 for a place between two.
    pub width: usize,
}

impl SourcePos {
    /// The beginning of the file, for what concerns all of it.
    pub const START: Self = Self { line: 1, column: 1, width: 0 };
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// How many characters it concerns, from there.
    pub width: usize,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it, in one line.
    pub help: Option<String>,
    /// The other place it concerns, with a few words on it: where a name that is used twice was first used.
    pub related: Option<(SourcePos, String)>,
}

impl Problem {
    pub(crate) fn new(place: SourcePos, message: impl Into<String>) -> Self {
        Self {
            line: place.line,
            column: place.column,
            width: place.width,
            message: message.into(),
            help: None,
            related: None,
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(mut self, place: SourcePos, label: impl Into<String>) -> Self {
        self.related = Some((place, label.into()));
        self
    }

    #[must_use]
    pub fn pos(&self) -> SourcePos {
        SourcePos { line: self.line, column: self.column, width: self.width }
    }
}

impl fmt::Display for Problem {
    /// `line:column: message (help)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

/// Everything that is wrong with one configuration, in the order of the file. There is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// What the file is called, as people are shown it.
    pub name: String,
    /// The problems, in the order of the file.
    pub list: Vec<Problem>,
}

impl Problems {
    pub(crate) fn new(name: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by(|a, b| a.pos().cmp(&b.pos()).then_with(|| a.message.cmp(&b.message)));
        Self { name: name.to_owned(), list }
    }

    /// The problems with the lines they concern, for a terminal. `text` is the file they were found in; `colour` adds escape
    /// sequences.
    #[must_use]
    pub fn render(&self, text: &str, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let lines: Vec<&str> = text.lines().collect();
        let shown = self.list.iter().take(SHOWN);
        let mut parts: Vec<String> = shown.map(|problem| self.render_one(problem, &lines, &renderer)).collect();
        if let Some(more) = self.list.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            parts.push(format!("and {more} more"));
        }
        parts.join("\n\n") + "\n"
    }

    fn render_one(&self, problem: &Problem, lines: &[&str], renderer: &Renderer) -> String {
        let place = problem.pos();
        let other = problem.related.as_ref().map_or(place, |(place, _)| *place);
        // Only the lines from one place to the other: a snippet of the whole file would be scanned again for each problem.
        let first = place.line.min(other.line);
        let last = place.line.max(other.line).min(lines.len());
        let excerpt = lines.get(first.saturating_sub(1)..last).unwrap_or_default().join("\n");
        let excerpt = in_place(&excerpt);
        let mut snippet = Snippet::source(excerpt.as_str())
            .line_start(first)
            .path(self.name.as_str())
            .annotation(AnnotationKind::Primary.span(span(&excerpt, first, place)));
        if let Some((place, label)) = &problem.related {
            snippet =
                snippet.annotation(AnnotationKind::Context.span(span(&excerpt, first, *place)).label(label.as_str()));
        }
        let message = in_place(&problem.message);
        let mut group = Level::ERROR.primary_title(message.as_str()).element(snippet);
        if let Some(help) = &problem.help {
            group = group.element(Level::HELP.message(in_place(help)));
        }
        renderer.render(&[group])
    }
}

impl fmt::Display for Problems {
    /// A line for each, `file:line:column: message (help)`, for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{problem}", self.name)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// The bytes of `excerpt`, which starts at line `first`, that a place covers.
fn span(excerpt: &str, first: usize, place: SourcePos) -> std::ops::Range<usize> {
    let mut start = 0;
    for line in excerpt.split_inclusive('\n').take(place.line.saturating_sub(first)) {
        start += line.len();
    }
    let line = excerpt.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let column = place.column.saturating_sub(1);
    start + byte(column)..start + byte(column.saturating_add(place.width))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_problems_the_first_are_shown() {
        let text = format!("a: [{}]", "0, ".repeat(40_000));
        let list = (0..40_000).map(|at| Problem::new(SourcePos { line: 1, column: 5 + 3 * at, width: 1 }, "odd"));
        let shown = Problems::new("uptake.yml", list.collect()).render(&text, false);
        assert_eq!(shown.matches("error: odd").count(), SHOWN);
        assert!(shown.ends_with("\n\nand 39900 more\n"), "{}", &shown[shown.len() - 200..]);
    }

    #[test]
    fn columns_are_characters_and_spans_are_bytes() {
        let place = SourcePos { line: 8, column: 3, width: 2 };
        assert_eq!(span("abc\néé=x", 7, place), 8..10);
        assert_eq!(span("", 1, SourcePos::START), 0..0);
        assert_eq!(span("abc", 1, SourcePos { line: 9, column: 9, width: 9 }), 3..3);
    }
}

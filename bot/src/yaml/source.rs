//! The text of a configuration, read as YAML: its value, and where each part of it stands.
//!
//! Two parsers read the text: `saphyr-parser` tells where things stand, `serde_yaml_ng` what they are. A text only one of
//! them takes is refused with that parser's words.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_yaml_ng::Value;

use super::problem::{Problem, SourcePos};
use super::wording::quoted;

/// The largest file read, in bytes. A configuration of this size would name tens of thousands of commits.
const LARGEST: usize = 1 << 20;

/// How many levels deep lists and mappings may nest; the format itself needs seven.
const DEEPEST: usize = 32;

/// How many values a file may amount to once its aliases are followed, so that a few lines cannot fill the memory.
const MOST_VALUES: usize = 500_000;

/// A configuration as YAML.
pub(crate) struct YamlSource {
    /// What it says.
    pub(crate) value: Value,
    /// Where it says it.
    pub(crate) positions: Positions,
}

/// Where each key and value stands, by path: `phases/1/commits/0/sha`.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    keys: HashMap<String, SourcePos>,
    values: HashMap<String, SourcePos>,
    written: HashMap<String, String>,
}

impl Positions {
    /// Where a value stands; where it has no place of its own (it came through an alias, or is not there), the nearest
    /// around it has.
    pub(crate) fn value(&self, path: &str) -> SourcePos {
        let mut path = path;
        loop {
            match (self.values.get(path), path.rfind('/')) {
                (Some(place), _) => return *place,
                (None, Some(end)) => path = &path[..end],
                (None, None) if path.is_empty() => return SourcePos::START,
                (None, None) => path = "",
            }
        }
    }

    /// Where the key of a value stands; of an item of a list, the item.
    pub(crate) fn key(&self, path: &str) -> SourcePos {
        self.keys.get(path).copied().unwrap_or_else(|| self.value(path))
    }

    /// A plain or quoted word as the file has it, before YAML makes a number of it.
    pub(crate) fn written(&self, path: &str) -> Option<&str> {
        self.written.get(path).map(String::as_str)
    }
}

/// The path of something within something else.
pub(crate) fn join(path: &str, key: impl std::fmt::Display) -> String {
    let key = key.to_string().replace('~', "~0").replace('/', "~1");
    if path.is_empty() { key } else { format!("{path}/{key}") }
}

impl YamlSource {
    /// Reads a text.
    pub(crate) fn read(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > LARGEST {
            let message = format!("the file is too large: {} bytes, at most {LARGEST}", text.len());
            return Err(vec![
                Problem::new(SourcePos::START, message).help("choose commits by rules rather than one by one"),
            ]);
        }
        if let Some(problem) = control_character(text) {
            return Err(vec![problem]);
        }
        let positions = Outline::default().read(text)?;
        let value = serde_yaml_ng::from_str(text).map_err(|error| {
            let place = error.location().map_or(SourcePos::START, |at| SourcePos {
                line: at.line(),
                column: at.column(),
                width: 0,
            });
            let message = error.to_string();
            // A number beyond 64 bits is YAML, and no value of any key.
            let too_large = message.contains(" as u128") || message.contains(" as i128");
            vec![Problem::new(
                place,
                if too_large { "the number is too large".into() } else { format!("not YAML: {message}") },
            )]
        })?;
        Ok(Self { value, positions })
    }
}

/// The text of a file, without the mark some editors put before it.
pub(crate) fn text_of(bytes: &[u8]) -> Result<&str, Problem> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Problem::new(SourcePos::START, "the file is UTF-16").help("save it as UTF-8"));
    }
    let text = str::from_utf8(bytes).map_err(|error| {
        let (before, after) = bytes.split_at(error.valid_up_to());
        let before = String::from_utf8_lossy(before);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let byte = after.first().copied().unwrap_or_default();
        let message = format!("the file is not UTF-8: there is a byte {byte:#04x} here");
        Problem::new(SourcePos { line, column, width: 0 }, message).help("save it as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// YAML takes no control characters, and the parsers do not say where they are.
fn control_character(text: &str) -> Option<Problem> {
    let odd = |c: char| {
        (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    let (line, column, c) = text
        .lines()
        .enumerate()
        .find_map(|(index, line)| line.chars().position(odd).map(|at| (index + 1, at + 1, line.chars().nth(at))))?;
    let message = format!("a control character, {}", quoted(&c.unwrap_or_default().to_string()));
    Some(
        Problem::new(SourcePos { line, column, width: 1 }, message)
            .help("remove it; in double quotes it can be written as an escape"),
    )
}

/// A list or mapping being read.
struct OpenNode {
    path: String,
    /// What comes next in it.
    next: NextNode,
    /// The anchor it can be repeated by; 0 for none.
    anchor: usize,
    /// How many values there were before it.
    before: usize,
}

enum NextNode {
    /// An item of a list, with its index.
    Item(usize),
    /// A key of a mapping.
    Key,
    /// The value of this key.
    Value(String),
}

/// Reads positions from the parser's events.
#[derive(Default)]
struct Outline {
    positions: Positions,
    open: Vec<OpenNode>,
    /// How many values there are so far, aliases followed.
    count: usize,
    /// How many values each anchor has.
    sizes: HashMap<usize, usize>,
    problems: Vec<Problem>,
    documents: usize,
}

impl Outline {
    fn read(mut self, text: &str) -> Result<Positions, Vec<Problem>> {
        for event in Parser::new_from_str(text) {
            match event {
                Err(error) => {
                    // What was found before is as true as the error, and often its cause.
                    self.problems.push(syntax(text, error.marker().line(), error.marker().col() + 1, error.info()));
                    return Err(self.problems);
                }
                Ok((event, span)) => {
                    if let Err(problem) = self.event(&event, span) {
                        self.problems.push(problem);
                        return Err(self.problems);
                    }
                }
            }
        }
        if self.documents == 0 {
            let problem = Problem::new(SourcePos::START, "the file says nothing")
                .help("`uptake init` writes a configuration to start from");
            return Err(vec![problem]);
        }
        if self.problems.is_empty() { Ok(self.positions) } else { Err(self.problems) }
    }

    fn event(&mut self, event: &Event<'_>, span: Span) -> Result<(), Problem> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Problem::new(pos_of(span), "a second document begins here")
                        .help("one file is one document: remove the `---`"));
                }
            }
            Event::Scalar(text, style, anchor, _) => self.scalar(text, *style, *anchor, span),
            Event::Alias(anchor) => {
                let Some(size) = self.sizes.get(anchor).copied() else {
                    return Err(Problem::new(pos_of(span), "this alias stands within what it repeats"));
                };
                if matches!(self.open.last(), Some(OpenNode { next: NextNode::Key, .. })) {
                    return Err(not_a_word(span));
                }
                let path = self.enter();
                self.positions.values.insert(path, pos_of(span));
                self.count += size.saturating_sub(1);
                self.done();
            }
            Event::SequenceStart(anchor, _) => self.start(NextNode::Item(0), *anchor, span)?,
            Event::MappingStart(anchor, _) => self.start(NextNode::Key, *anchor, span)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(closed) = self.open.pop() {
                    self.sizes.insert(closed.anchor, self.count - closed.before);
                }
                self.done();
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        if self.count > MOST_VALUES {
            return Err(Problem::new(pos_of(span), format!("the file amounts to more than {MOST_VALUES} values here"))
                .help("aliases of aliases multiply; write the values out"));
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, span: Span) {
        if let Some(OpenNode { path, next: next @ NextNode::Key, .. }) = self.open.last_mut() {
            let path = join(path, text);
            let here = pos_of(span);
            *next = NextNode::Value(path.clone());
            if let Some(first) = self.positions.keys.insert(path, here) {
                let message = format!("the key {} is written twice here, first on line {}", quoted(text), first.line);
                self.problems
                    .push(Problem::new(here, message).help("keep one of the two").related(first, "first written here"));
            }
            return;
        }
        let path = self.enter();
        self.sizes.insert(anchor, 1);
        let nothing = text.is_empty() && style == ScalarStyle::Plain;
        // A key with nothing after it: the key is what people see.
        let here = self.positions.keys.get(&path).copied().filter(|_| nothing).unwrap_or_else(|| pos_of(span));
        self.positions.written.insert(path.clone(), text.to_owned());
        self.positions.values.insert(path, here);
        self.done();
    }

    fn start(&mut self, next: NextNode, anchor: usize, span: Span) -> Result<(), Problem> {
        if matches!(self.open.last(), Some(OpenNode { next: NextNode::Key, .. })) {
            return Err(not_a_word(span));
        }
        if self.open.len() == DEEPEST {
            return Err(Problem::new(pos_of(span), format!("nested more than {DEEPEST} levels deep")));
        }
        let before = self.count;
        let path = self.enter();
        self.positions.values.insert(path.clone(), pos_of(span));
        self.open.push(OpenNode { path, next, anchor, before });
        Ok(())
    }

    /// A value begins: its path.
    fn enter(&mut self) -> String {
        self.count += 1;
        match self.open.last() {
            None => String::new(),
            Some(OpenNode { path, next: NextNode::Item(index), .. }) => join(path, index),
            Some(OpenNode { next: NextNode::Value(path), .. }) => path.clone(),
            Some(OpenNode { path, next: NextNode::Key, .. }) => path.clone(),
        }
    }

    /// A value has ended: what comes next in what is around it.
    fn done(&mut self) {
        if let Some(OpenNode { next, .. }) = self.open.last_mut() {
            *next = match next {
                NextNode::Item(index) => NextNode::Item(*index + 1),
                NextNode::Key | NextNode::Value(_) => NextNode::Key,
            };
        }
    }
}

fn not_a_word(span: Span) -> Problem {
    Problem::new(pos_of(span), "a key must be a word")
}

fn pos_of(span: Span) -> SourcePos {
    let one_line = span.start.line() == span.end.line();
    let width = if one_line { span.end.col().saturating_sub(span.start.col()) } else { 1 };
    SourcePos { line: span.start.line(), column: span.start.col() + 1, width }
}

/// The parser's words, with what usually lies behind them.
fn syntax(text: &str, line: usize, column: usize, info: &str) -> Problem {
    // A tab is the commonest cause, and is reported now on the line before, now as something else.
    let indented_by_tab = |line: &&str| line[..line.len() - line.trim_start().len()].contains('\t');
    let after = text.lines().skip(line.saturating_sub(1)).take(2).position(|line| indented_by_tab(&line));
    if let Some(after) = after {
        let tab = text
            .lines()
            .nth(line - 1 + after)
            .and_then(|line| line.chars().position(|c| c == '\t'))
            .unwrap_or_default();
        let place = SourcePos { line: line + after, column: tab + 1, width: 1 };
        return Problem::new(place, "a tab in the indentation").help("YAML is indented by spaces");
    }
    let help = [
        ("mapping values are not allowed", "a text with `: ` in it needs quotes; otherwise, check the indentation"),
        (
            "unknown escape",
            "within double quotes a backslash begins an escape; put regular expressions in single quotes",
        ),
        ("quoted scalar", "is a closing quote missing?"),
        ("illegal placement of ':'", "is a closing `]` or `}` missing?"),
        ("flow", "is a closing `]` or `}` missing?"),
        ("unexpected character", "a text that begins with this character needs quotes"),
        (
            "unknown anchor",
            "an alias `*name` repeats what was marked `&name` before it; a text that begins with `*` needs quotes",
        ),
        ("did not find expected", "check the indentation, and that each bracket and quote is closed"),
    ]
    .into_iter()
    .find_map(|(part, help)| info.contains(part).then_some(help));
    // "while parsing a quoted scalar, found …": what it was busy with helps nobody, and its quotes are backticks.
    let reason =
        info.rsplit_once(", ").filter(|(before, _)| before.starts_with("while ")).map_or(info, |(_, reason)| reason);
    let problem = Problem::new(SourcePos { line, column, width: 0 }, format!("not YAML: {}", reason.replace('`', "'")));
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(positions: &Positions, path: &str) -> (usize, usize, usize) {
        let place = positions.value(path);
        (place.line, place.column, place.width)
    }

    #[test]
    fn every_value_has_its_line_and_column_in_characters() {
        let text = "# c\nphases:\n- id: \"é b\"\n  commits: [é, 13.0]\n  empty:\n-\n- *x\n"
            .replace("*x", "&x {a/b: [1]}\n- *x");
        let positions =
            YamlSource::read(&text).map(|source| source.positions).unwrap_or_else(|problems| panic!("{problems:?}"));
        assert_eq!(at(&positions, "phases/0/id"), (3, 7, 5));
        assert_eq!(at(&positions, "phases/0/commits/1"), (4, 16, 4));
        assert_eq!(positions.written("phases/0/commits/1"), Some("13.0"));
        assert_eq!(at(&positions, "phases/0/empty"), (5, 3, 5), "a key without a value stands for it");
        assert_eq!(at(&positions, "phases/1").0, 6);
        assert_eq!(at(&positions, &join(&join("phases/2", "a/b"), 0)), (7, 13, 1));
        assert_eq!(at(&positions, "phases/3/a~1b/0"), (8, 3, 2), "what an alias repeats stands where the alias does");
        assert_eq!(at(&positions, "nowhere/at/all"), at(&positions, ""));
    }

    #[test]
    fn a_few_lines_cannot_fill_the_memory() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..20 {
            let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        for text in [text.as_str(), "a: &a [*a]", &"[".repeat(100_000), &"a: ".repeat(1000)] {
            assert!(YamlSource::read(text).is_err());
        }
    }
}

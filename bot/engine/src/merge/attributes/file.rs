//! One `.gitattributes`, read.

use super::pattern::Pattern;

/// Longer lines, and larger files, mean nothing to git.
const LONGEST_LINE: usize = 2048;
const LARGEST: usize = 100 << 20;

/// What a line says of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Set,
    Unset,
    /// As if nothing had been said of it.
    Unspecified,
    Value(Vec<u8>),
}

/// Attributes with what is said of them, in the order of the line.
pub(super) type States = Vec<(Vec<u8>, State)>;

/// The lines of a `.gitattributes`.
#[derive(Debug, Default)]
pub(super) struct AttributeFile {
    /// What is said of the paths that fit a pattern.
    pub(super) rules: Vec<(Pattern, States)>,
    /// Names that stand for several attributes. Only those of the topmost file count.
    pub(super) macros: Vec<(Vec<u8>, States)>,
}

impl AttributeFile {
    /// Reads a file. A line that makes no sense is left out, as git does.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut file = Self::default();
        if bytes.len() > LARGEST {
            return file;
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| line.len() <= LONGEST_LINE) {
            let _ = file.line(line);
        }
        file
    }

    fn line(&mut self, line: &[u8]) -> Option<()> {
        let line = line.trim_ascii_start();
        if line.is_empty() || line[0] == b'#' {
            return None;
        }
        let (name, rest) = match unquoted(line) {
            Some((name, rest)) => (name, rest),
            None => {
                let (name, rest) = word(line);
                (name.to_vec(), rest)
            }
        };
        if let Some(named) = name.strip_prefix(b"[attr]").filter(|_| name.len() > b"[attr]".len()) {
            let states = states(rest)?;
            if is_name(named) {
                self.macros.push((named.to_vec(), states));
            }
            return None;
        }
        if name == b"[attr]" {
            let (named, rest) = word(rest);
            let states = states(rest)?;
            if is_name(named) {
                self.macros.push((named.to_vec(), states));
            }
            return None;
        }
        self.rules.push((Pattern::new(&name)?, states(rest)?));
        None
    }
}

/// The first word of a text, and what follows it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    (&text[..end], text[end..].trim_ascii_start())
}

/// The states of a line; `None` if one of them is none, and then the line counts for nothing.
fn states(mut text: &[u8]) -> Option<States> {
    let mut states = States::new();
    text = text.trim_ascii();
    while !text.is_empty() {
        let (next, rest) = word(text);
        text = rest;
        let (name, value) = match next.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&next[..equals], Some(&next[equals + 1..])),
            None => (next, None),
        };
        let (name, state) = match name {
            [b'-', name @ ..] => (name, State::Unset),
            [b'!', name @ ..] => (name, State::Unspecified),
            name => (name, value.map_or(State::Set, |value| State::Value(value.to_vec()))),
        };
        if !is_name(name) || name.starts_with(b"builtin_") {
            return None;
        }
        states.push((name.to_vec(), state));
    }
    Some(states)
}

fn is_name(name: &[u8]) -> bool {
    !name.is_empty() && name[0] != b'-' && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// A pattern in quotes, with its escapes undone as C writes them, and what follows it.
fn unquoted(line: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = line.strip_prefix(b"\"")?;
    let mut text = Vec::new();
    loop {
        match rest {
            [b'"', after @ ..] => return Some((text, after.trim_ascii_start())),
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                text.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = after;
            }
            [b'\\', escaped, after @ ..] => {
                text.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 11,
                    b'\\' | b'"' => *escaped,
                    _ => return None,
                });
                rest = after;
            }
            [byte, after @ ..] => {
                text.push(*byte);
                rest = after;
            }
            [] => return None,
        }
    }
}

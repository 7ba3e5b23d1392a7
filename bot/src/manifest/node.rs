//! What a manifest says, without how it is written: the values both formats share.

use std::fmt::{self, Display, Write};

use indexmap::IndexMap;

/// The entries of a table, in the order they are written in. Two tables are equal whatever the order.
pub(super) type Entries = IndexMap<String, ManifestNode>;

/// A value of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ManifestNode {
    /// A text, without its quotes.
    Text(String),
    /// A number, a date, a boolean, `null`: as it is written in its plainest form.
    Plain(String),
    /// A list; the order counts.
    List(Vec<Self>),
    /// A table, or an object.
    Table(Entries),
}

impl ManifestNode {
    /// The entries of a table.
    pub(super) fn entries(&self) -> Option<&Entries> {
        match self {
            Self::Table(entries) => Some(entries),
            Self::Text(_) | Self::Plain(_) | Self::List(_) => None,
        }
    }

    /// The elements of a list.
    pub(super) fn elements(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) => Some(elements),
            Self::Text(_) | Self::Plain(_) | Self::Table(_) => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Plain(_) | Self::List(_) | Self::Table(_) => None,
        }
    }

    /// Whether it is one value, and not several.
    pub(super) fn is_scalar(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Plain(_))
    }
}

/// On one line, as TOML writes it inline.
impl Display for ManifestNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{}", quoted(text)),
            Self::Plain(text) => f.write_str(text),
            Self::List(elements) => {
                f.write_char('[')?;
                for (at, element) in elements.iter().enumerate() {
                    write!(f, "{}{element}", if at == 0 { "" } else { ", " })?;
                }
                f.write_char(']')
            }
            Self::Table(entries) if entries.is_empty() => f.write_str("{}"),
            Self::Table(entries) => write!(f, "{{ {} }}", listed(entries)),
        }
    }
}

/// The entries of a table, on one line, without braces.
pub(super) fn listed(entries: &Entries) -> String {
    let entries: Vec<String> = entries.iter().map(|(key, value)| format!("{} = {value}", key_word(key))).collect();
    entries.join(", ")
}

/// A key, in quotes where it is not plain.
pub(super) fn key_word(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !key.is_empty() && key.chars().all(plain) {
        key.to_owned()
    } else if key.contains('\'') || key.chars().any(char::is_control) {
        quoted(key)
    } else {
        format!("'{key}'")
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

//! YAML as people would write it: short lists and mappings on one line, sections apart, comments where they belong.
//!
//! A writer of our own over the values `serde_yaml_ng` makes: its emitter has one style, in which a hundred commits with notes
//! take four hundred lines, and no comments.

use serde_yaml_ng::{Mapping, Value};

/// The longest line a list or mapping is put on, in characters.
const WIDTH: usize = 120;

/// A document that is being written.
pub(crate) struct YamlWriter<'a> {
    out: String,
    comment: &'a dyn Fn(&str) -> Option<String>,
    flat: &'a dyn Fn(&Value, &str) -> bool,
}

impl<'a> YamlWriter<'a> {
    /// Begins a document with a head. `comment` gives the text to stand above what is at a path, such as `phases/0`; above
    /// everything, at the empty path. `flat` says which lists and mappings read well on one line, if they are short.
    pub(crate) fn new(
        head: String,
        comment: &'a dyn Fn(&str) -> Option<String>,
        flat: &'a dyn Fn(&Value, &str) -> bool,
    ) -> Self {
        let mut writer = Self { out: head, comment, flat };
        writer.remark("", 0);
        writer
    }

    /// The document, with a section for each key.
    pub(crate) fn document(mut self, mapping: &Mapping) -> String {
        for (key, value) in mapping {
            let Some(name) = key.as_str() else { continue };
            self.out.push('\n');
            self.remark(name, 0);
            self.pair(name, value, name, 0);
        }
        self.out
    }

    fn remark(&mut self, path: &str, indent: usize) {
        let Some(text) = (self.comment)(path) else { return };
        for line in text.lines() {
            let line: String = line.chars().map(|c| if is_special(c) { ' ' } else { c }).collect();
            let line = format!("{:indent$}# {line}", "");
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    /// A key and its value, the cursor being where the key belongs.
    fn pair(&mut self, key: &str, value: &Value, path: &str, indent: usize) {
        self.out.push_str(key);
        self.out.push(':');
        match value {
            Value::Sequence(items) if !self.fits(value, path, indent + key.len() + 2) => {
                self.out.push('\n');
                self.list(items, path, indent + 2);
            }
            Value::Mapping(mapping) if !self.fits(value, path, indent + key.len() + 2) => {
                self.out.push('\n');
                self.out.push_str(&" ".repeat(indent + 2));
                self.pairs(mapping, path, indent + 2);
            }
            value => {
                self.out.push(' ');
                self.out.push_str(&flow(value));
                self.out.push('\n');
            }
        }
    }

    fn pairs(&mut self, mapping: &Mapping, path: &str, indent: usize) {
        for (index, (key, value)) in mapping.iter().enumerate() {
            let Some(name) = key.as_str() else { continue };
            if index > 0 {
                self.out.push_str(&" ".repeat(indent));
            }
            self.pair(name, value, &format!("{path}/{name}"), indent);
        }
    }

    fn list(&mut self, items: &[Value], path: &str, indent: usize) {
        let mut apart = false;
        for (index, item) in items.iter().enumerate() {
            let path = format!("{path}/{index}");
            let block = matches!(item, Value::Mapping(_)) && !self.fits(item, &path, indent + 2);
            if index > 0 && (block || apart) && indent == 2 {
                self.out.push('\n');
            }
            apart = block;
            self.remark(&path, indent);
            self.out.push_str(&" ".repeat(indent));
            self.out.push_str("- ");
            match item {
                Value::Mapping(mapping) if block => self.pairs(mapping, &path, indent + 2),
                item => {
                    self.out.push_str(&flow(item));
                    self.out.push('\n');
                }
            }
        }
    }

    /// Whether a list or mapping goes on one line: where that is short, and reads better than one line each.
    fn fits(&self, value: &Value, path: &str, column: usize) -> bool {
        let empty = value.as_sequence().is_some_and(Vec::is_empty) || value.as_mapping().is_some_and(Mapping::is_empty);
        empty || ((self.flat)(value, path) && column + flow(value).chars().count() <= WIDTH)
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Sequence(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Mapping(mapping) if mapping.is_empty() => "{}".to_owned(),
        Value::Mapping(mapping) => {
            let pairs: Vec<String> =
                mapping.iter().map(|(key, value)| format!("{}: {}", flow(key), flow(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Tagged(tagged) => flow(&tagged.value),
        Value::Null => "null".to_owned(),
    }
}

/// A text, in quotes unless every YAML reader takes it for a text without.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().any(is_special) {
        escaped(text)
    } else if text.contains(['"', '\\']) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{text}\"")
    }
}

fn is_plain(text: &str) -> bool {
    // Readers of YAML 1.1 make truth values of these.
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    let safe = |c: char| (c.is_alphanumeric() && !is_special(c)) || "_./@+()- ".contains(c);
    if WORDS.contains(&text.to_lowercase().as_str()) || !text.chars().all(safe) || text.ends_with(' ') {
        return false;
    }
    // What begins with a digit may be a number or a day to some reader; a SHA with a letter that is no exponent is neither.
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let sha = text.len() >= 7 && text.bytes().all(|b| b.is_ascii_hexdigit()) && !digits(text);
    let exponent = text.split_once('e').is_some_and(|(number, exponent)| digits(number) && digits(exponent));
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        || (sha && !exponent && text.starts_with(|c: char| c.is_ascii_digit()))
}

/// Characters that YAML does not take as they are, that break lines, or that readers may not see.
fn is_special(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn escaped(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_special(c) => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_quoted_where_some_reader_would_see_something_else() {
        for (text, expected) in [
            ("main", "main"),
            ("264d71baf", "264d71baf"),
            ("Critical fixes (now)", "Critical fixes (now)"),
            ("13.0", "\"13.0\""),
            ("1234567", "\"1234567\""),
            ("12e45678", "\"12e45678\""),
            ("2025-11-22", "\"2025-11-22\""),
            ("No", "\"No\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("- a", "\"- a\""),
            (r"^it's \d", r"'^it''s \d'"),
            ("a\nb\u{2028}", "\"a\\nb\\u2028\""),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }

    proptest! {
        #[test]
        fn a_text_is_read_back(text in any::<String>()) {
            let document = format!("[{}, {{a: {}}}]", scalar(&text), scalar(&text));
            let read: Value = serde_yaml_ng::from_str(&document).expect("YAML");
            prop_assert_eq!(read[0].as_str(), Some(text.as_str()));
            prop_assert_eq!(read[1]["a"].as_str(), Some(text.as_str()));
        }
    }
}

//! How messages speak: what a thing is called, how a text of the file is shown, which word was probably meant.

use serde_json::Value as Json;
use serde_yaml_ng::Value;

use crate::text::{did_you_mean, listed, shorten};

/// A text of the file within a message: in backticks, on one line, not too long, nothing that moves a cursor.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 61;
    let mut shown = String::from("`");
    for c in shorten(text, LONGEST).chars() {
        if c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}') {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown.push('`');
    shown
}

/// `a`, `b` and `c`, each in backticks.
pub(crate) fn quoted_list<'a>(words: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    listed(&words.into_iter().map(quoted).collect::<Vec<_>>(), last)
}

/// What a path is called: the key it ends in, or the list it is an item of.
pub(crate) fn subject(path: &str, otherwise: &str) -> String {
    let mut parts = path.rsplit('/');
    let is_index = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match (parts.next().filter(|part| !part.is_empty()), parts.next()) {
        (None, _) => otherwise.to_owned(),
        (Some(last), Some(list)) if is_index(last) => format!("an item of `{list}`"),
        (Some(last), None) if is_index(last) => "an item of the list".to_owned(),
        (Some(last), _) => format!("`{last}`"),
    }
}

/// A value's kind, in the schema's word and in ours.
pub(crate) fn kind(value: &Value) -> (&'static str, &'static str) {
    match value {
        Value::Null => ("null", "nothing"),
        Value::Bool(true) => ("boolean", "`true`"),
        Value::Bool(false) => ("boolean", "`false`"),
        Value::Number(_) => ("number", "a number"),
        Value::String(_) => ("string", "a text"),
        Value::Sequence(_) => ("array", "a list"),
        Value::Mapping(_) => ("object", "a mapping"),
        Value::Tagged(_) => ("", "a tagged value"),
    }
}

/// The known word that was probably meant: a slip or two away, or begun with.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let length = word.chars().count();
    if length < 2 {
        return None;
    }
    let begun = word.to_lowercase().replace(['-', ' '], "_");
    did_you_mean(word, known.iter().copied(), |_| 1 + length / 4)
        .or_else(|| known.iter().copied().find(|candidate| length > 2 && candidate.starts_with(&begun)))
}

/// The first sentence of a schema's description.
pub(crate) fn first_sentence(schema: &Json) -> &str {
    let text = schema["description"].as_str().unwrap_or_default();
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_message_stays_on_its_line() {
        assert_eq!(quoted("a\nb\u{1b}[31m\u{202e}"), "`a\\nb\\u{1b}[31m\\u{202e}`");
        assert_eq!(quoted(&"x".repeat(99)), format!("`{}…`", "x".repeat(60)));
        assert_eq!(quoted_list(["a", "b", "c"], "and"), "`a`, `b` and `c`");
    }

    #[test]
    fn a_slip_finds_the_word_that_was_meant() {
        let known = ["id", "title", "priority", "on_conflict"];
        assert_eq!(nearest("on-conflict", &known), Some("on_conflict"));
        assert_eq!(nearest("Prioirty", &known), Some("priority"));
        assert_eq!(nearest("prio", &known), Some("priority"));
        assert_eq!(nearest("subject", &known), None);
        assert_eq!(nearest("x", &known), None);
    }
}

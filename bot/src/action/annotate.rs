//! Lines that GitHub's runner acts on, and text kept from being one.

/// How grave an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnotationLevel {
    /// Something failed.
    Error,
    /// Something should be looked at.
    Warning,
    /// Something to know.
    Notice,
}

/// A line for standard output by which the runner shows a message at a place in a file. `place` is the file with line and column,
/// counted from 1.
#[must_use]
pub fn annotation(level: AnnotationLevel, place: Option<(&str, usize, usize)>, message: &str) -> String {
    let level = match level {
        AnnotationLevel::Error => "error",
        AnnotationLevel::Warning => "warning",
        AnnotationLevel::Notice => "notice",
    };
    let place = place.map_or_else(String::new, |(file, line, column)| {
        format!(" file={},line={line},col={column}", escaped(file, true))
    });
    format!("::{level}{place}::{}\n", escaped(message, false))
}

/// The runner's own escapes; in a property, what ends one as well.
fn escaped(text: &str, property: bool) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    if property { text.replace(':', "%3A").replace(',', "%2C") } else { text }
}

/// Text for the log in which the runner finds no command: it looks for `::` where a line begins and for `##[` anywhere.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for line in text.split_inclusive(['\n', '\r']) {
        let rest = line.trim_start();
        if rest.starts_with("::") {
            safe.push_str(&line[..line.len() - rest.len()]);
            safe.push(':');
            safe.push('\u{200b}');
            safe.push_str(&rest[1..]);
        } else {
            safe.push_str(line);
        }
    }
    safe.replace("##[", "##\u{200b}[")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_annotation_is_one_line_with_its_place() {
        let place = Some((".github/a,b:c.yml", 3, 7));
        assert_eq!(
            annotation(AnnotationLevel::Error, place, "100% wrong\nfor ::two:: reasons"),
            "::error file=.github/a%2Cb%3Ac.yml,line=3,col=7::100%25 wrong%0Afor ::two:: reasons\n"
        );
        assert_eq!(annotation(AnnotationLevel::Notice, None, "so"), "::notice::so\n");
        assert_eq!(annotation(AnnotationLevel::Warning, None, ""), "::warning::\n");
    }

    proptest! {
        #[test]
        fn no_text_becomes_a_command(text in "([ :#\\[a\n\r]|::|##\\[){0,40}") {
            let safe = harmless(&text);
            prop_assert!(safe.split(['\n', '\r']).all(|line| !line.trim_start().starts_with("::")), "{safe:?}");
            prop_assert!(!safe.contains("##["), "{safe:?}");
            prop_assert_eq!(safe.replace('\u{200b}', ""), text);
        }
    }
}

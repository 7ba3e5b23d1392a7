//! Any text as upstream's: as a message it names no origin and makes nothing live, as Markdown neither, and as a word of a command it
//! drives no terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use uptake::origin::{broken, origins};
use uptake::text::{code, fenced, hides, inert_html, inert_line, inert_message, markdown_line, shell_word};

fuzz_target!(|text: &str| {
    let message = inert_message(text);
    assert_eq!(origins(&message).count(), 0, "{message:?}");
    assert_eq!(inert_message(&message), message);
    assert!(!message.contains("<!-- uptake"));
    assert_eq!(broken(text, '\u{200b}').replace('\u{200b}', ""), text.replace('\u{200b}', ""));
    for line in [inert_line(text), markdown_line(text, Some("up/stream")), inert_html(text), code(text)] {
        assert!(!line.contains(['\n', '\r']) && !line.contains("<!-- uptake"));
    }
    for line in [inert_line(text), inert_html(text)] {
        assert!(!line.contains("://") && !line.to_lowercase().contains("www."));
        let mentions = |at: usize| line[at + 1..].starts_with(|c: char| c.is_ascii_alphanumeric());
        assert!(!line.match_indices('@').any(|(at, _)| mentions(at)), "{line:?}");
    }
    assert!(!fenced("", text).contains("<!-- uptake"));
    assert!(!shell_word(text).chars().any(hides));
});

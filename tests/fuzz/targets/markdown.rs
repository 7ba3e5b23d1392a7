//! Any text as upstream's in Markdown: nothing in it comes to life, and as a word of a command it drives no terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use uptake::text::{code, fenced, hides, inert_html, inert_line, markdown_line, shell_word};

fuzz_target!(|text: &str| {
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

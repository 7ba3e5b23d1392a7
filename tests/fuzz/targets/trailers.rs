//! Any text as the message of a commit: made inert it names no origin, and a second time nothing changes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use uptake::origin::{broken, origins};
use uptake::text::inert_message;

fuzz_target!(|text: &str| {
    for _named in origins(text) {}
    let message = inert_message(text);
    assert_eq!(origins(&message).count(), 0, "{message:?}");
    assert_eq!(inert_message(&message), message);
    assert!(!message.contains("<!-- uptake"));
    assert_eq!(broken(text, '\u{200b}').replace('\u{200b}', ""), text.replace('\u{200b}', ""));
});

//! Any text as a comment: it is read without a panic, what is read stands in it, and what would be replied commands nobody.
#![no_main]

use libfuzzer_sys::fuzz_target;
use uptake::chatops::{lines, parse, reply};

fuzz_target!(|text: &str| {
    let mut before = 0;
    for line in lines(text) {
        assert!(line.text.starts_with('/') && !line.text.contains(['\n', '\r']));
        assert!(line.number >= before);
        before = line.number;
        for prefix in ["", "uptake"] {
            let _said = parse(&line.text, prefix);
        }
    }
    let said = reply::reply(1, &[reply::ReplyPart { line: text.to_owned(), text: text.to_owned() }]);
    assert!(said.lines().all(|line| {
        let mut letters = line.trim_start().chars();
        letters.next() != Some('/') || !letters.next().is_some_and(char::is_alphabetic)
    }));
});

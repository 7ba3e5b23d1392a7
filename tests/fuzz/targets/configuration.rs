//! Any text as a configuration: it is read and checked without a panic, and what is wrong is said without driving a terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use uptake::config::{Lookup, WrittenConfig};

fuzz_target!(|text: &str| {
    let unknown = |_: &str| Lookup::Unknown { like: Vec::new() };
    let checked = WrittenConfig::read(text, "uptake.yml").and_then(|written| written.check(&unknown));
    if let Err(problems) = checked {
        assert!(!problems.list.is_empty());
        let shown = problems.render(text, false);
        assert!(!shown.chars().any(|sign| sign.is_control() && sign != '\n'), "{shown:?}");
    }
});

//! Any bytes as a delta in a pack: reading it ends without a panic, and whatever is read bears its name.
#![no_main]

#[allow(dead_code, reason = "each target uses a part of it")]
mod store;

use std::fs;

use libfuzzer_sys::fuzz_target;
use store::{empty, open, pack, read};

fuzz_target!(|bytes: &[u8]| {
    let objects = empty();
    let (index, pack, name) = pack(bytes);
    fs::write(objects.join("pack/pack-a.pack"), pack).expect("a file");
    fs::write(objects.join("pack/pack-a.idx"), index).expect("a file");
    read(&open(), name);
});

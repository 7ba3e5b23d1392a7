//! Any bytes as a loose object, or as the index of a pack: reading it ends without a panic, and whatever is read bears its name.
//!
//! The first byte chooses which of them.
#![no_main]

#[allow(dead_code, reason = "each target uses a part of it")]
mod store;

use std::fs;

use engine::ids::CommitId;
use libfuzzer_sys::fuzz_target;
use store::{empty, open, pack, put, read};

fuzz_target!(|bytes: &[u8]| {
    let [which, bytes @ ..] = bytes else { return };
    let objects = empty();
    if which % 2 == 0 {
        put(&objects, [7; 20], bytes);
        read(&open(), [7; 20]);
        return;
    }
    let (_, pack, name) = pack(&[45, 1, 1, b'x']);
    fs::write(objects.join("pack/pack-a.pack"), pack).expect("a file");
    fs::write(objects.join("pack/pack-a.idx"), bytes).expect("a file");
    let repo = open();
    read(&repo, name);
    let _nothing = repo.commit(CommitId::from_bytes(name));
});

//! Any bytes as a tree: its files are listed and compared without a panic, and no path leads out of it.
#![no_main]

#[allow(dead_code, reason = "each target uses a part of it")]
mod store;

use engine::ids::TreeId;
use libfuzzer_sys::fuzz_target;
use store::{empty, loose, open};

fuzz_target!(|bytes: &[u8]| {
    let tree = TreeId::from_bytes(loose(&empty(), "tree", bytes));
    let repo = open();
    if let Ok(files) = repo.entries(tree) {
        assert!(files.keys().all(|path| !path.as_bytes().starts_with(b"/")));
    }
    let _changes = repo.changes(None, tree);
});

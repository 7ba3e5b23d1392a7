//! Gives the program a name for what it was built from, so that what an earlier build found is not taken for its own.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut hasher = DefaultHasher::new();
    for place in ["src", "engine/src", "../Cargo.lock"] {
        println!("cargo:rerun-if-changed={place}");
        for path in files(Path::new(place)) {
            path.hash(&mut hasher);
            fs::read(&path).unwrap_or_default().hash(&mut hasher);
        }
    }
    println!("cargo:rustc-env=UPTAKE_BUILD={:016x}", hasher.finish());
}

/// The files of a folder and all below, by name; a file is its own.
fn files(place: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(place) else { return vec![place.to_path_buf()] };
    let mut inner: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    inner.sort();
    inner.iter().flat_map(|path| files(path)).collect()
}

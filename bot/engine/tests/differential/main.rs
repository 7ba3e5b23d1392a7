//! Our merges against git's, on histories made up and real: the verdict, the paths in conflict, and the tree with its conflict
//! markers in the style that ships, `zdiff3`.
//!
//! The git compared with is the first in `PATH`. Its answer must be ours where it is 2.54 or later, and else may be that of
//! [`engine::Merger::as_of`] its version; the answers that differ are counted.
//!
//! `UPTAKE_ENGINE_PICKS=100000 cargo test -p uptake-engine --test differential` makes up more, `UPTAKE_ENGINE_SEED` starts
//! elsewhere, and with `UPTAKE_ENGINE_KEEP=1` repositories in which answers differ are left for a look.
//! `UPTAKE_ENGINE_REPO=<repository> UPTAKE_ENGINE_RANGE=<fork>..<upstream>` compares on a real range, alone and in sequence.
#![allow(clippy::print_stdout, reason = "a comparison run by hand is read")]
#![allow(clippy::disallowed_methods, reason = "the environment says how much is compared, and where")]

mod attributes;
mod compare;
mod content;
mod files;
mod generated;
mod history;
mod markers;
mod oracle;
mod range;
mod shifted;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| value.parse().expect("a number"))
}

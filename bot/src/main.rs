//! Uptake.
fn main() {}

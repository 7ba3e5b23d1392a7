//! How many lines a change adds and removes, as `git diff --numstat` counts them.

use super::lines::Interner;
use super::myers;
use crate::merge::store::is_binary;

/// The lines added and removed; none where one of the files is no text.
pub(crate) fn changed_lines(old: &[u8], new: &[u8]) -> (usize, usize) {
    if is_binary(old) || is_binary(new) {
        return (0, 0);
    }
    let mut interner = Interner::default();
    let old_lines = interner.lines(old);
    let new_lines = interner.lines_like(new, old, &old_lines);
    let (mut removed, mut added) = (vec![false; old_lines.len()], vec![false; new_lines.len()]);
    // Not the histogram that merges use: people count with git's default.
    myers::diff(&old_lines.tokens, &new_lines.tokens, &mut removed, &mut added);
    let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count();
    (count(&added), count(&removed))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1000))]

        #[test]
        fn lines_are_counted_as_libgit2_counts_them(old in "([ab]\n|[a-f]{0,2}\n|x){0,60}", new in "([ab]\n|[a-f]{0,2}\n|x){0,60}") {
            let patch = git2::Patch::from_buffers(old.as_bytes(), None, new.as_bytes(), None, None).expect("a patch");
            let (_, added, removed) = patch.line_stats().expect("counted");
            proptest::prop_assert_eq!(changed_lines(old.as_bytes(), new.as_bytes()), (added, removed));
        }
    }
}

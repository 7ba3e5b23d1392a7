//! How many lines a change adds and removes, as `git diff --numstat` counts them.

use super::{SourceText, TextMerger, myers};

impl TextMerger {
    /// The lines added and removed between two texts.
    pub(in crate::merge) fn count(&mut self, old: SourceText<'_>, new: SourceText<'_>) -> (usize, usize) {
        self.make_room();
        let old_lines = self.lines(old, None);
        let new_lines = self.lines(new, Some((old, &old_lines)));
        let (mut removed, mut added) = (vec![false; old_lines.len()], vec![false; new_lines.len()]);
        // Not the histogram that merges use: people count with git's default.
        myers::diff(&old_lines.tokens, &new_lines.tokens, &mut removed, &mut added);
        let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count();
        (count(&added), count(&removed))
    }
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
            let [old, new] = [(&old, 1), (&new, 2)].map(|(text, id)| SourceText { id: [id; 20], bytes: text.as_bytes() });
            proptest::prop_assert_eq!(TextMerger::default().count(old, new), (added, removed));
        }
    }
}

//! How many lines a change adds and removes, as `git diff --numstat` counts them.

use super::lines::{common_end, common_start};
use super::{SourceText, TextMerger, myers};

/// No fewer lines than are added and removed between two texts: all between what they begin and end with alike.
pub(in crate::merge) fn most_lines(old: &[u8], new: &[u8]) -> usize {
    let start = common_start(old, new);
    let end = common_end(&old[start..], &new[start..]);
    // The line that is cut at either end may be another as a whole.
    let between = |text: &[u8]| memchr::memchr_iter(b'\n', &text[start..text.len() - end]).count() + 2;
    between(old) + between(new)
}

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
            proptest::prop_assert!(most_lines(old.bytes, new.bytes) >= added + removed);
        }
    }
}

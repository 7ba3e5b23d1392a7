//! A diff that is worked out only where it matters: near the places that the other side of a merge changed.
//!
//! The histogram diff splits a file in two, again and again, and the halves are independent. A fork's file differs from
//! upstream's in many places, of which a pick meets one or two; the halves that hold none of these need not be looked into.
//! What could still reach from there is sliding: a run of changed lines may move along lines that repeat. It never passes a
//! line that occurs once in either file, so it is enough to know all up to the next such line.

use super::histogram::{DiffPart, Flags, Histogram};
use super::slide::DiffHunk;

/// Memory that is used again from diff to diff.
#[derive(Default)]
pub(super) struct Near {
    /// Per line number: how often it occurs in the old file and in the new one, counted up to two.
    counts: Vec<(u8, u8)>,
}

/// A diff under way.
struct NearSearch<'s> {
    histogram: &'s mut Histogram,
    counts: &'s [(u8, u8)],
    old: &'s [u32],
    new: &'s [u32],
    flags: Flags,
    /// What was not looked into yet, in order; each has lines in both files.
    parts: Vec<DiffPart>,
}

impl Near {
    /// Compares two files whose line numbers are all below `numbers`. What touches one of `places`, which change the old file
    /// too, is as [`Histogram::diff`] has it once slid; elsewhere whole parts may be marked though lines in them are equal.
    pub(super) fn diff(
        &mut self,
        histogram: &mut Histogram,
        old: &[u32],
        new: &[u32],
        numbers: usize,
        places: &[DiffHunk],
    ) -> Flags {
        histogram.begin(numbers);
        if self.counts.len() < numbers {
            self.counts.resize(numbers, (0, 0));
        }
        for line in old {
            let count = &mut self.counts[*line as usize].0;
            *count = (*count + 1).min(2);
        }
        for line in new {
            let count = &mut self.counts[*line as usize].1;
            *count = (*count + 1).min(2);
        }
        let flags = Flags { removed: vec![false; old.len()], added: vec![false; new.len()] };
        let mut search = NearSearch { histogram, counts: &self.counts, old, new, flags, parts: Vec::new() };
        search.put(0, DiffPart { old: (0, old.len()), new: (0, new.len()) });
        // How far all is known: to a line that nothing slides past, so that no place looks at what one before it has looked at.
        let mut known = 0;
        for place in places {
            let end = place.old + place.old_len;
            (place.old..end).for_each(|line| search.know(line));
            // The first line on either side that nothing slides past.
            let mut before = (known..place.old).rev();
            while before.next().is_some_and(|line| !search.stops(line)) {}
            if end >= known {
                known = (end..old.len()).find(|line| search.stops(*line)).unwrap_or(old.len());
            }
        }
        let NearSearch { mut flags, parts, .. } = search;
        parts.into_iter().for_each(|part| flags.mark(part));
        for line in old.iter().chain(new) {
            self.counts[*line as usize] = (0, 0);
        }
        flags
    }
}

impl NearSearch<'_> {
    /// Adds a part to what is to be looked into, unless it is plain what it is.
    fn put(&mut self, at: usize, part: DiffPart) {
        if !self.flags.mark_one_sided(part) {
            self.parts.insert(at, part);
        }
    }

    /// Finds out what becomes of a line of the old file.
    fn know(&mut self, line: usize) {
        loop {
            let at = self.parts.partition_point(|part| part.old.1 <= line);
            let Some(part) = self.parts.get(at).copied().filter(|part| part.old.0 <= line) else { return };
            self.parts.remove(at);
            if let Some([before, after]) = self.histogram.split(self.old, self.new, part, &mut self.flags) {
                self.put(at, after);
                self.put(at, before);
            }
        }
    }

    /// Whether a line of the old file stays, and occurs once in either file.
    fn stops(&mut self, line: usize) -> bool {
        self.know(line);
        !self.flags.removed[line] && self.counts[self.old[line] as usize] == (1, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::regions::{Region, RegionKind, Three, overlay, resolve_equal};
    use super::super::slide::{self, Shifted};
    use super::*;

    fn numbers(text: &str) -> Vec<u32> {
        text.bytes().map(u32::from).collect()
    }

    /// What a merge makes of three files, with our side's diff whole, or only near their changes.
    fn merged(files: [&str; 3], near: bool) -> (Vec<Region>, Vec<u32>) {
        let [base, ours, theirs] = files.map(numbers);
        let mut histogram = Histogram::default();
        let their_hunks = slide::hunks(histogram.diff(&base, &theirs, 256), &base, &theirs, Shifted::Compared);
        let flags = if near {
            Near::default().diff(&mut histogram, &base, &ours, 256, &their_hunks)
        } else {
            histogram.diff(&base, &ours, 256)
        };
        let three = Three { base: &base, ours: &ours, theirs: &theirs };
        let mut regions = overlay(three, &slide::hunks(flags, &base, &ours, Shifted::Compared), &their_hunks);
        resolve_equal(three, &mut regions);
        regions.retain(|region| region.who != RegionKind::Ours);
        let (mut text, mut done) = (Vec::new(), 0);
        for region in regions.iter().filter(|region| region.who == RegionKind::Theirs) {
            text.extend_from_slice(&ours[done..region.ours]);
            text.extend_from_slice(&theirs[region.theirs..region.theirs + region.theirs_len]);
            done = region.ours + region.ours_len;
        }
        text.extend_from_slice(&ours[done..]);
        (regions, text)
    }

    #[test]
    fn parts_far_from_their_changes_are_not_looked_into() {
        let base = numbers("abcdefghijklmnop");
        let ours = numbers("aBcdefghijklmnOp");
        let place = DiffHunk { old: 1, old_len: 1, new: 1, new_len: 1 };
        let flags = Near::default().diff(&mut Histogram::default(), &base, &ours, 256, &[place]);
        // `o` and `p` are a part of their own, after the long run: it counts as changed, though `p` is not.
        let removed: Vec<usize> = (0..base.len()).filter(|line| flags.removed[*line]).collect();
        assert_eq!(removed, [1, 14, 15]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        #[test]
        fn a_merge_is_the_same_whether_all_is_looked_into_or_not(
            files in proptest::sample::select(vec!["[abc]{0,30}", "[a-e]{0,40}", "[a-p]{0,40}", "([a-z]{3}[{}]){0,10}"])
                .prop_flat_map(|start| (start, proptest::collection::vec((0..40_usize, 0..3_usize, "[a-p{}]{0,3}"), 0..12), proptest::collection::vec((0..40_usize, 0..3_usize, "[a-p{}]{0,3}"), 0..4)))
        ) {
            let (base, ours, theirs) = files;
            let edit = |edits: &[(usize, usize, String)]| {
                let mut text = base.clone();
                for (at, gone, come) in edits {
                    let at = (*at).min(text.len());
                    let end = (at + gone).min(text.len());
                    text.replace_range(at..end, come);
                }
                text
            };
            let (ours, theirs) = (edit(&ours), edit(&theirs));
            proptest::prop_assert_eq!(merged([&base, &ours, &theirs], true), merged([&base, &ours, &theirs], false));
        }
    }

    use proptest::strategy::Strategy;
}

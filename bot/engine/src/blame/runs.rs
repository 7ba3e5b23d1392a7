//! Values of the lines of a file, or of the gaps between them, as runs of equal ones. Pure.

use crate::LineHunk;

/// A value for each place from 0 on; the last run has no end, so that nobody has to know how long the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Runs<T> {
    /// Where each run begins, and its value; the first begins at 0.
    runs: Vec<(usize, T)>,
}

impl<T: Clone + PartialEq> Runs<T> {
    /// One value for all places.
    pub(super) fn all(value: T) -> Self {
        Self { runs: vec![(0, value)] }
    }

    /// The value at a place.
    pub(super) fn at(&self, place: usize) -> &T {
        &self.runs[self.run(place)].1
    }

    /// Whether a place has this value.
    pub(super) fn any(&self, value: &T) -> bool {
        self.runs.iter().any(|(_, known)| known == value)
    }

    /// For each place what becomes of the values both have there.
    pub(super) fn zip(&self, other: &Self, with: impl Fn(&T, &T) -> T) -> Self {
        let mut starts: Vec<usize> = self.runs.iter().chain(&other.runs).map(|(start, _)| *start).collect();
        starts.sort_unstable();
        starts.dedup();
        let mut next = Next::of(self);
        for start in starts {
            next.put(start, with(self.at(start), other.at(start)));
        }
        next.finish()
    }

    /// About how much memory it takes, in bytes.
    pub(super) const fn weight(&self) -> usize {
        self.runs.len() * size_of::<(usize, T)>()
    }

    fn run(&self, place: usize) -> usize {
        self.runs.partition_point(|(start, _)| *start <= place).saturating_sub(1)
    }
}

/// The runs of a file's next version, made from front to back.
pub(super) struct Next<'o, T> {
    old: &'o Runs<T>,
    made: Vec<(usize, T)>,
}

impl<'o, T: Clone + PartialEq> Next<'o, T> {
    /// Nothing yet of what comes after `old`.
    pub(super) const fn of(old: &'o Runs<T>) -> Self {
        Self { old, made: Vec::new() }
    }

    /// From `place` on, which is after all that was put before, the value is this.
    pub(super) fn put(&mut self, place: usize, value: T) {
        if self.made.last().is_none_or(|(_, last)| *last != value) {
            self.made.push((place, value));
        }
    }

    /// From `place` on the values are those that the old version has from `from` up to `to`.
    pub(super) fn copy(&mut self, from: usize, to: usize, place: usize) {
        if from >= to {
            return;
        }
        let first = self.old.run(from);
        self.put(place, self.old.runs[first].1.clone());
        for (start, value) in self.old.runs[first + 1..].iter().take_while(|(start, _)| *start < to) {
            self.put(place + (start - from), value.clone());
        }
    }

    /// The whole.
    pub(super) fn finish(self) -> Runs<T> {
        Runs { runs: self.made }
    }
}

/// Which value each line of a changed file has: unchanged lines keep theirs, new ones get what `fresh` says of them.
pub(super) fn lines_after<T: Clone + PartialEq>(old: &Runs<T>, hunks: &[LineHunk], fresh: &T) -> Runs<T> {
    let mut next = Next::of(old);
    let (mut from, mut place) = (0, 0);
    for hunk in hunks {
        next.copy(from, hunk.old.start, place);
        if !hunk.new.is_empty() {
            next.put(hunk.new.start, fresh.clone());
        }
        (from, place) = (hunk.old.end, hunk.new.end);
    }
    next.copy(from, usize::MAX, place);
    next.finish()
}

/// Which value each gap of a changed file has. A gap beside a change is the old gap on that side of it, one within new lines is
/// none of the old ones; `changed` gives the value of either, knowing the hunk and the old gap's value.
pub(super) fn gaps_after<T: Clone + PartialEq>(
    old: &Runs<T>,
    hunks: &[LineHunk],
    mut changed: impl FnMut(&LineHunk, Option<&T>) -> T,
) -> Runs<T> {
    let mut next = Next::of(old);
    let (mut from, mut place) = (0, 0);
    for hunk in hunks {
        next.copy(from, hunk.old.start, place);
        let (start, end) = (hunk.new.start, hunk.new.end);
        next.put(start, changed(hunk, Some(old.at(hunk.old.start))));
        if start + 1 < end {
            next.put(start + 1, changed(hunk, None));
        }
        if start < end {
            next.put(end, changed(hunk, Some(old.at(hunk.old.end))));
        }
        (from, place) = (hunk.old.end + 1, hunk.new.end + 1);
    }
    next.copy(from, usize::MAX, place);
    next.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(runs: &Runs<u32>, count: usize) -> Vec<u32> {
        (0..count).map(|place| *runs.at(place)).collect()
    }

    #[test]
    fn lines_keep_their_value_past_what_changed_before_them() {
        // a b c d -> a X Y b d
        let hunks = [LineHunk { old: 1..1, new: 1..3 }, LineHunk { old: 2..3, new: 4..4 }];
        let one = lines_after(&Runs::all(0), &hunks, &1);
        assert_eq!(values(&one, 6), [0, 1, 1, 0, 0, 0]);
        // a X Y b d -> Y b Z d
        let hunks = [LineHunk { old: 0..2, new: 0..0 }, LineHunk { old: 4..4, new: 2..3 }];
        let two = lines_after(&one, &hunks, &2);
        assert_eq!(values(&two, 5), [1, 0, 2, 0, 0]);
        assert_eq!(two.weight(), 4 * size_of::<(usize, u32)>());
    }

    #[test]
    fn gaps_keep_their_value_beside_a_change_and_begin_anew_within_one() {
        let old = lines_after(&Runs::all(7), &[LineHunk { old: 2..2, new: 2..3 }], &8);
        assert_eq!(values(&old, 5), [7, 7, 8, 7, 7]);
        // Two lines became three.
        let hunks = [LineHunk { old: 1..3, new: 1..4 }];
        let gaps = gaps_after(&old, &hunks, |_, before| before.map_or(0, |value| value + 10));
        assert_eq!(values(&gaps, 7), [7, 17, 0, 0, 17, 7, 7]);
        // A line went.
        let hunks = [LineHunk { old: 2..3, new: 2..2 }];
        let gaps = gaps_after(&old, &hunks, |_, before| before.map_or(0, |value| value + 10));
        assert_eq!(values(&gaps, 5), [7, 7, 18, 7, 7]);
    }
}

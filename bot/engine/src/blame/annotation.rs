//! Where the lines of one version of a file come from. Pure.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::runs::{Runs, gaps_after, lines_after};
use super::span::{Extra, Span};
use crate::LineHunk;

/// For each line of a version of a file the commit of the range that brought it, and for each gap what was removed there. Commits
/// are places in the history.
#[derive(Debug)]
pub(super) struct Annotation {
    /// The commit the file came whole with: then all of it is that commit's, whatever is asked for.
    whole: Option<usize>,
    lines: Runs<Origin>,
    gaps: Runs<Removals>,
}

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A commit of the range.
    Commit(usize),
    /// No commit that could be picked: it is older than the range, or a person put it into a merge.
    Nobody,
    /// Not known yet: what a merge has from one of its parents.
    Open,
}

/// What was removed at a gap, the latest first.
type Removals = Option<Arc<Removal>>;

/// Lines that a commit removed from a gap.
#[derive(Debug)]
struct Removal {
    commit: usize,
    /// Hashes of the lines; `None` where the file begins with this commit, so that nothing was at the gap before.
    lines: Option<Arc<[u64]>>,
    earlier: Removals,
}

impl PartialEq for Removal {
    fn eq(&self, other: &Self) -> bool {
        // Each is made once, for its place.
        std::ptr::eq(self, other)
    }
}

impl Drop for Removal {
    /// One after the other: a long history of one place must not be as deep a recursion.
    fn drop(&mut self) {
        let mut next = self.earlier.take();
        while let Some(mut removal) = next.and_then(Arc::into_inner) {
            next = removal.earlier.take();
        }
    }
}

/// Stands for a line where removals are looked for. Two lines in 2^64 share one.
pub(super) fn hash(line: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}

impl Annotation {
    /// Of a file the range did not touch.
    pub(super) fn older() -> Self {
        Self { whole: None, lines: Runs::all(Origin::Nobody), gaps: Runs::all(None) }
    }

    /// Of a file that came with a commit as it is.
    pub(super) fn whole(commit: usize) -> Self {
        let begins = Removal { commit, lines: None, earlier: None };
        Self { whole: Some(commit), lines: Runs::all(Origin::Commit(commit)), gaps: Runs::all(Some(Arc::new(begins))) }
    }

    /// After a commit that changed the file in these places; `removed` hashes lines of the version before.
    pub(super) fn after(&self, commit: usize, hunks: &[LineHunk], removed: impl Fn(&LineHunk) -> Arc<[u64]>) -> Self {
        let mut last: Option<(usize, Arc<[u64]>)> = None;
        let gaps = gaps_after(&self.gaps, hunks, |hunk, before| {
            let earlier = before.cloned().flatten();
            if hunk.old.is_empty() {
                return earlier;
            }
            let lines = match &last {
                Some((start, lines)) if *start == hunk.old.start => Arc::clone(lines),
                _ => removed(hunk),
            };
            last = Some((hunk.old.start, Arc::clone(&lines)));
            Some(Arc::new(Removal { commit, lines: Some(lines), earlier }))
        });
        Self { whole: None, lines: lines_after(&self.lines, hunks, &Origin::Commit(commit)), gaps }
    }

    /// Of a merge before its parents were asked: each line is open, and no gap has a past.
    pub(super) fn merge() -> Self {
        Self { whole: None, lines: Runs::all(Origin::Open), gaps: Runs::all(None) }
    }

    /// Whether lines are open still.
    pub(super) fn is_open(&self) -> bool {
        self.lines.any(&Origin::Open)
    }

    /// Gives a merge what is open and stands unchanged in a parent; with the `first` parent that has the file come the gaps.
    pub(super) fn take_from(&mut self, parent: &Self, hunks: &[LineHunk], first: bool) {
        let theirs = lines_after(&parent.lines, hunks, &Origin::Open);
        self.lines = self.lines.zip(&theirs, |ours, theirs| if *ours == Origin::Open { *theirs } else { *ours });
        if first {
            self.gaps = gaps_after(&parent.gaps, hunks, |_, before| before.cloned().flatten());
        }
    }

    /// What no parent has, a person put into the merge, and no commit that could be picked.
    pub(super) fn close(&mut self) {
        self.lines = self
            .lines
            .zip(&Runs::all(Origin::Nobody), |ours, nobody| if *ours == Origin::Open { *nobody } else { *ours });
    }

    /// The commits that made a span what it is: brought one of its lines, or removed one of the `extra` lines from a gap.
    pub(super) fn origins(&self, span: &Span, extra: &Extra) -> BTreeSet<usize> {
        if let Some(commit) = self.whole {
            return BTreeSet::from([commit]);
        }
        let mut found = BTreeSet::new();
        for line in &span.lines {
            if let Origin::Commit(commit) = self.lines.at(*line) {
                found.insert(*commit);
            }
        }
        found.extend(span.gaps.iter().filter_map(|gap| removed(self.gaps.at(*gap).as_deref(), extra)));
        found
    }

    /// About how much memory it takes, in bytes.
    pub(super) fn weight(&self) -> usize {
        // A gap's removals are shared with the versions before; what one version adds is about a removal a run.
        self.lines.weight() + 3 * self.gaps.weight()
    }
}

/// The latest commit that removed one of these lines, or began the file.
fn removed(mut removal: Option<&Removal>, extra: &Extra) -> Option<usize> {
    while let Some(Removal { commit, lines, earlier }) = removal {
        if lines.as_ref().is_none_or(|lines| lines.iter().any(|line| extra.has_hash(*line))) {
            return Some(*commit);
        }
        removal = earlier.as_deref();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(old: std::ops::Range<usize>, new: std::ops::Range<usize>) -> LineHunk {
        LineHunk { old, new }
    }

    fn lines(annotation: &Annotation, of: std::ops::Range<usize>) -> Vec<usize> {
        of.map(|line| annotation.origins(&Span::of_lines(line..line + 1), &Extra::default()).pop_first().unwrap_or(0))
            .collect()
    }

    #[test]
    fn the_latest_removal_of_a_line_that_is_asked_for_counts() {
        // a b c d, then a d (a commit removed b, c), then a e d: another added a line.
        let hashes = |lines: &[&[u8]]| lines.iter().map(|line| hash(line)).collect::<Arc<[u64]>>();
        let one = Annotation::older().after(1, &[hunk(1..3, 1..1)], |_| hashes(&[b"b", b"c"]));
        let two = one.after(2, &[hunk(1..1, 1..2)], |_| hashes(&[]));
        let at = |gap, extra: &[u8]| {
            let span = Span { gaps: [gap].into(), ..Span::default() };
            two.origins(&span, &Extra::of(&[extra])).pop_first()
        };
        assert_eq!(
            [at(1, b"b"), at(2, b"c"), at(1, b"z"), at(0, b"b"), at(3, b"b")],
            [Some(1), Some(1), None, None, None]
        );
        assert_eq!(lines(&two, 0..3), [0, 2, 0]);
    }

    #[test]
    fn a_merge_has_each_line_from_the_first_parent_that_has_it() {
        // x y z, where one side brought x and the other z, and y is the merge's own.
        let ours = Annotation::older().after(1, &[hunk(0..0, 0..1)], |_| [].into());
        let theirs = Annotation::older().after(2, &[hunk(0..0, 0..1)], |_| [].into());
        let mut merge = Annotation::merge();
        merge.take_from(&ours, &[hunk(1..1, 1..3)], true);
        assert!(merge.is_open());
        merge.take_from(&theirs, &[hunk(0..0, 0..2)], false);
        assert!(merge.is_open());
        merge.close();
        assert_eq!(lines(&merge, 0..4), [1, 0, 2, 0]);
    }

    #[test]
    fn all_of_a_file_that_came_whole_is_one_commit_s() {
        let whole = Annotation::whole(3);
        assert_eq!(whole.origins(&Span::default(), &Extra::default()), [3].into());
        let after = whole.after(4, &[hunk(0..1, 0..1)], |_| [1].into());
        assert_eq!(after.origins(&Span { gaps: [0, 7].into(), lines: [0].into() }, &Extra::default()), [3, 4].into());
    }

    #[test]
    fn a_long_past_of_one_gap_is_dropped_without_deep_recursion() {
        let mut annotation = Annotation::older();
        for commit in 0..200_000 {
            annotation = annotation.after(commit, &[hunk(1..2, 1..1)], |_| [].into());
        }
        drop(annotation);
    }
}

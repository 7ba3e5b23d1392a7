//! Places in a file, followed back through one change after the other. Pure.

use std::collections::BTreeSet;
use std::ops::Range;

use super::annotation::hash;
use crate::LineHunk;
use crate::hash::HashSet;

/// Lines of a file, and gaps between them, counted from 0: gap 0 is before line 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// Lines whose origin is asked for.
    pub lines: BTreeSet<usize>,
    /// Gaps in which a removal is looked for.
    pub gaps: BTreeSet<usize>,
}

/// Lines that the other side still has at the gaps of a [`Span`]: a removal is of interest only if it removed one of these.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    lines: HashSet<Vec<u8>>,
    hashes: HashSet<u64>,
}

impl Extra {
    /// These lines; those without a letter or digit (a closing brace) tell nothing, unless there are no others.
    #[must_use]
    pub fn of(lines: &[&[u8]]) -> Self {
        let owned = |lines: &mut dyn Iterator<Item = &&[u8]>| lines.map(|line| line.to_vec()).collect();
        let telling: HashSet<Vec<u8>> = owned(&mut lines.iter().filter(|line| tells(line)));
        let lines = if telling.is_empty() { owned(&mut lines.iter()) } else { telling };
        Self { hashes: lines.iter().map(|line| hash(line)).collect(), lines }
    }

    /// Whether one of them has this hash.
    pub(super) fn has_hash(&self, hash: u64) -> bool {
        self.hashes.contains(&hash)
    }

    /// Whether a line is one of them.
    #[must_use]
    pub fn has(&self, line: &[u8]) -> bool {
        self.lines.contains(line)
    }
}

fn tells(line: &[u8]) -> bool {
    line.iter().any(u8::is_ascii_alphanumeric)
}

impl Span {
    /// These lines.
    #[must_use]
    pub fn of_lines(lines: Range<usize>) -> Self {
        Self { lines: lines.collect(), gaps: BTreeSet::new() }
    }

    /// The same places before a change, and whether the change made one of them: brought a line, or removed lines at a gap that
    /// `matters`, given their range before the change.
    pub(super) fn before(&self, hunks: &[LineHunk], matters: &dyn Fn(Range<usize>) -> bool) -> (Self, bool) {
        let (mut earlier, mut made) = (Self::default(), false);
        let mut at = 0;
        for line in &self.lines {
            while at < hunks.len() && hunks[at].new.end <= *line {
                at += 1;
            }
            match hunks.get(at) {
                Some(hunk) if hunk.new.contains(line) => made = true,
                _ => drop(earlier.lines.insert(shift(hunks, at, *line))),
            }
        }
        let mut at = 0;
        for gap in &self.gaps {
            while at < hunks.len() && hunks[at].new.end < *gap {
                at += 1;
            }
            match hunks.get(at) {
                Some(hunk) if hunk.new.start <= *gap => {
                    if !hunk.old.is_empty() && matters(hunk.old.clone()) {
                        made = true;
                    } else if hunk.new.start == *gap {
                        earlier.gaps.insert(hunk.old.start);
                    } else if hunk.new.end == *gap {
                        earlier.gaps.insert(hunk.old.end);
                    }
                    // A gap within new lines came with them.
                }
                _ => drop(earlier.gaps.insert(shift(hunks, at, *gap))),
            }
        }
        (earlier, made)
    }
}

/// The place of an unchanged line in the old file, given how many hunks stand before it.
fn shift(hunks: &[LineHunk], before: usize, line: usize) -> usize {
    match before.checked_sub(1).map(|last| &hunks[last]) {
        Some(last) => last.old.end + (line - last.new.end),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(lines: &[usize], gaps: &[usize]) -> Span {
        Span { lines: lines.iter().copied().collect(), gaps: gaps.iter().copied().collect() }
    }

    #[test]
    fn a_line_is_followed_past_what_changed_before_it() {
        // a b c d -> a X Y b d
        let hunks = [LineHunk { old: 1..1, new: 1..3 }, LineHunk { old: 2..3, new: 4..4 }];
        let through = |lines: &[usize]| span(lines, &[]).before(&hunks, &|_| false);
        assert_eq!(through(&[0, 3, 4]), (span(&[0, 1, 3], &[]), false));
        assert_eq!(through(&[2]), (Span::default(), true));
    }

    #[test]
    fn a_removal_counts_where_the_other_side_has_its_lines() {
        // a b c -> a c
        let hunks = [LineHunk { old: 1..2, new: 1..1 }];
        let old: [&[u8]; 3] = [b"a", b"b", b"c"];
        let gap = |extra: &[u8]| {
            let extra = Extra::of(&[extra]);
            span(&[], &[1]).before(&hunks, &|removed| old[removed].iter().any(|line| extra.has(line)))
        };
        assert_eq!(gap(b"b"), (Span::default(), true));
        assert_eq!(gap(b"z"), (span(&[], &[1]), false));
    }
}

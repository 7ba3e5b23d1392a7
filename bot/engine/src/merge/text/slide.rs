//! Sliding: a group of changed lines that could as well start a line earlier or later is put where git puts it.
//!
//! Of `{ a } { a }` against `{ a }` either block may count as the new one. Groups are slid as far up as they go, joining any
//! they meet, then down again, and then back up to the last place where the other file has changed lines too. A group that came
//! to be beside changed lines of the other file in this way may have lines in common with them: since git 2.54 (commit
//! e417277ae9) the two are compared again, by Myers' diff.

use super::histogram::Flags;
use super::myers;

/// Whether groups that were slid are compared again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shifted {
    /// They are, as by git 2.54 and later.
    #[default]
    Compared,
    /// They are not, as by earlier versions of git.
    Left,
}

/// A stretch in which lines replace lines: `old` lines from `old_start` on became `new` lines from `new_start` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DiffHunk {
    pub(super) old: usize,
    pub(super) old_len: usize,
    pub(super) new: usize,
    pub(super) new_len: usize,
}

/// Slides the changed groups of both files and reads off the hunks.
pub(super) fn hunks(mut flags: Flags, old: &[u32], new: &[u32], shifted: Shifted) -> Vec<DiffHunk> {
    slide([&mut flags.removed, &mut flags.added], [old, new], shifted);
    slide([&mut flags.added, &mut flags.removed], [new, old], shifted);
    let mut hunks = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    loop {
        // Both at once: one file may have no changed line for long while the other has many.
        let unchanged = flags.removed[at_old..].iter().zip(&flags.added[at_new..]).take_while(|(a, b)| !**a && !**b);
        let same = unchanged.count();
        at_old += same;
        at_new += same;
        let (gone, come) = (run(&flags.removed, at_old, true), run(&flags.added, at_new, true));
        if gone == 0 && come == 0 {
            return hunks;
        }
        hunks.push(DiffHunk { old: at_old, old_len: gone, new: at_new, new_len: come });
        at_old += gone;
        at_new += come;
    }
}

fn run(flags: &[bool], from: usize, value: bool) -> usize {
    flags[from..].iter().take_while(|flag| **flag == value).count()
}

/// A possibly empty group of changed lines; there is one before each unchanged line and one at the end of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
struct ChangeGroup {
    start: usize,
    end: usize,
}

impl ChangeGroup {
    fn first(changed: &[bool]) -> Self {
        Self { start: 0, end: run(changed, 0, true) }
    }

    fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The next group; `None` at the end of the file.
    fn next(self, changed: &[bool]) -> Option<Self> {
        let start = self.end + 1;
        (start <= changed.len()).then(|| Self { start, end: start + run(changed, start, true) })
    }

    /// The group before, of which there must be one.
    fn before(self, changed: &[bool]) -> Self {
        let end = self.start.saturating_sub(1);
        Self { start: end - changed[..end].iter().rev().take_while(|flag| **flag).count(), end }
    }

    /// Moves up a line if the line above equals its last one, joining a group it then touches.
    fn up(&mut self, changed: &mut [bool], lines: &[u32]) -> bool {
        if self.start == 0 || lines[self.start - 1] != lines[self.end - 1] {
            return false;
        }
        self.start -= 1;
        self.end -= 1;
        changed[self.start] = true;
        changed[self.end] = false;
        self.start -= changed[..self.start].iter().rev().take_while(|flag| **flag).count();
        true
    }

    /// Moves down a line if the line below equals its first one, joining a group it then touches.
    fn down(&mut self, changed: &mut [bool], lines: &[u32]) -> bool {
        if self.end >= lines.len() || lines[self.start] != lines[self.end] {
            return false;
        }
        changed[self.start] = false;
        changed[self.end] = true;
        self.start += 1;
        self.end += 1;
        self.end += run(changed, self.end, true);
        true
    }
}

/// Slides the groups of the first file. In the second one the changed lines stay, but for those that turn out to be the same.
fn slide([changed, opposite]: [&mut [bool]; 2], [lines, other_lines]: [&[u32]; 2], shifted: Shifted) {
    let mut here = ChangeGroup::first(changed);
    // The group of the other file between the same unchanged lines.
    let mut there = ChangeGroup::first(opposite);
    loop {
        if here.is_empty() && there.is_empty() {
            // Nothing to do before the next change in either file.
            let unchanged = changed[here.end..].iter().zip(&opposite[there.end..]).take_while(|(a, b)| !**a && !**b);
            let skipped = unchanged.count().saturating_sub(1);
            here = ChangeGroup { start: here.end + skipped, end: here.end + skipped };
            there = ChangeGroup { start: there.end + skipped, end: there.end + skipped };
        } else if !here.is_empty() {
            let before = here;
            slide_group(&mut here, &mut there, changed, lines, opposite);
            if shifted == Shifted::Compared && here != before && !there.is_empty() {
                let (removed, added) = (&mut changed[here.start..here.end], &mut opposite[there.start..there.end]);
                removed.fill(false);
                added.fill(false);
                myers::diff(&lines[here.start..here.end], &other_lines[there.start..there.end], removed, added);
            }
        }
        let (Some(next), Some(beside)) = (here.next(changed), there.next(opposite)) else { return };
        here = next;
        there = beside;
    }
}

fn slide_group(
    here: &mut ChangeGroup,
    there: &mut ChangeGroup,
    changed: &mut [bool],
    lines: &[u32],
    opposite: &[bool],
) {
    let mut opposed;
    let mut highest;
    loop {
        let length = here.end - here.start;
        while here.up(changed, lines) {
            *there = there.before(opposite);
        }
        highest = here.end;
        opposed = !there.is_empty();
        while here.down(changed, lines) {
            *there = there.next(opposite).unwrap_or(*there);
            opposed |= !there.is_empty();
        }
        // A group that grew by joining another may have further to go.
        if length == here.end - here.start {
            break;
        }
    }
    if here.end == highest || !opposed {
        return;
    }
    while there.is_empty() && here.up(changed, lines) {
        *there = there.before(opposite);
    }
}

#[cfg(test)]
mod tests {
    use super::super::histogram::Histogram;
    use super::*;

    fn hunks_of(old: &str, new: &str) -> Vec<(usize, usize, usize, usize)> {
        hunks_as(old, new, Shifted::Compared)
    }

    fn hunks_as(old: &str, new: &str, shifted: Shifted) -> Vec<(usize, usize, usize, usize)> {
        let numbers = |text: &str| text.bytes().map(u32::from).collect::<Vec<_>>();
        let (old, new) = (numbers(old), numbers(new));
        let flags = Histogram::default().diff(&old, &new, 256);
        hunks(flags, &old, &new, shifted).into_iter().map(|h| (h.old, h.old_len, h.new, h.new_len)).collect()
    }

    #[test]
    fn a_repeated_block_counts_as_added_below() {
        assert_eq!(hunks_of("x{a}y", "x{a}{a}y"), [(4, 0, 4, 3)]);
        assert_eq!(hunks_of("x{a}{a}y", "x{a}y"), [(4, 3, 4, 0)]);
    }

    #[test]
    fn a_change_in_the_midst_is_one_hunk() {
        assert_eq!(hunks_of("abcdef", "abXYef"), [(2, 2, 2, 2)]);
        assert_eq!(hunks_of("abc", "abc"), []);
    }

    /// The cases of git's own test, t4074.
    #[test]
    fn a_group_that_was_slid_is_compared_again() {
        assert_eq!(hunks_of("AxAAAxAAA", "AxAZAxAAA"), [(3, 1, 3, 1)]);
        assert_eq!(hunks_as("AxAAAxAAA", "AxAZAxAAA", Shifted::Left), [(0, 4, 0, 4)]);
        assert_eq!(hunks_of("AZBx", "CDxZEx"), [(0, 1, 0, 3), (2, 1, 4, 1)], "joined, but not slid");
        assert_eq!(hunks_of("abcabcabc", "abcXYZbWabc"), [(3, 1, 3, 3), (5, 1, 7, 1)]);
        assert_eq!(hunks_of("abcXYZbWabc", "abcabcabc"), [(3, 3, 3, 1), (7, 1, 5, 1)]);
    }

    proptest::proptest! {
        #[test]
        fn hunks_lead_from_the_old_file_to_the_new(old in "[abc]{0,40}", new in "[abc]{0,40}") {
            let mut built = String::new();
            let mut at = 0;
            for (o, o_len, n, n_len) in hunks_of(&old, &new) {
                built.push_str(&old[at..o]);
                proptest::prop_assert_eq!(built.len(), n);
                built.push_str(&new[n..n + n_len]);
                at = o + o_len;
            }
            built.push_str(&old[at..]);
            proptest::prop_assert_eq!(built, new);
        }
    }
}

//! The histogram diff: the longest run of the rarest common lines splits both files, and so on in either half.
//!
//! Which lines count as common decides where a merge conflicts, so it is git's choice to the letter: of all runs of equal
//! lines, one wins that is longer than the best so far or whose rarest line is rarer; lines more frequent than the rarest
//! so far are not looked at; and where nothing but very frequent lines is common, Myers' diff decides.

use super::myers;

/// Lines that occur more often than this in the old file do not split it.
const FREQUENT: u32 = 64;

/// How many lines are looked at in one comparison before the rest of it is left to Myers' diff. Where each split takes one line off
/// a long part, git looks at all others each time; a real file of a hundred thousand lines is looked at some dozen times.
const WORK: usize = 1 << 27;

/// Which lines of the old file are gone and which of the new one are new, before sliding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) removed: Vec<bool>,
    pub(super) added: Vec<bool>,
}

impl Flags {
    /// Marks all of a part as changed.
    pub(super) fn mark(&mut self, part: DiffPart) {
        self.removed[part.old.0..part.old.1].fill(true);
        self.added[part.new.0..part.new.1].fill(true);
    }

    /// Marks a part that has lines on one side only, and says whether it was one.
    pub(super) fn mark_one_sided(&mut self, part: DiffPart) -> bool {
        let one_sided = part.old.0 == part.old.1 || part.new.0 == part.new.1;
        if one_sided {
            self.mark(part);
        }
        one_sided
    }
}

/// A part of both files still to be compared: `old` and `new` are half-open ranges of lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct DiffPart {
    pub(super) old: (usize, usize),
    pub(super) new: (usize, usize),
}

/// A run of equal lines.
struct EqualRun {
    old: usize,
    new: usize,
    length: usize,
}

/// Around what a part can be split.
enum SplitPoint {
    Nothing,
    Run(EqualRun),
    OnlyFrequent,
}

/// Memory that is used again from diff to diff.
#[derive(Default)]
pub(super) struct Histogram {
    /// Per line number: where it first occurs in the part of the old file (plus one), and how often.
    index: Vec<(u32, u32)>,
    /// Per line of the part of the old file: where the same line occurs next (plus one).
    next: Vec<u32>,
    /// How many more lines may be looked at.
    work: usize,
}

impl Histogram {
    /// Compares two files whose line numbers are all below `numbers`.
    pub(super) fn diff(&mut self, old: &[u32], new: &[u32], numbers: usize) -> Flags {
        self.begin(numbers);
        let mut flags = Flags { removed: vec![false; old.len()], added: vec![false; new.len()] };
        let mut parts = vec![DiffPart { old: (0, old.len()), new: (0, new.len()) }];
        while let Some(part) = parts.pop() {
            if !flags.mark_one_sided(part)
                && let Some([before, after]) = self.split(old, new, part, &mut flags)
            {
                parts.push(before);
                parts.push(after);
            }
        }
        flags
    }

    /// Compares a part: what is found to differ is marked, or else the part is split in two around lines that stay.
    pub(super) fn split(
        &mut self,
        old: &[u32],
        new: &[u32],
        part: DiffPart,
        flags: &mut Flags,
    ) -> Option<[DiffPart; 2]> {
        match self.common(old, new, part) {
            SplitPoint::Nothing => flags.mark(part),
            SplitPoint::Run(run) => {
                return Some([
                    DiffPart { old: (part.old.0, run.old), new: (part.new.0, run.new) },
                    DiffPart { old: (run.old + run.length, part.old.1), new: (run.new + run.length, part.new.1) },
                ]);
            }
            SplitPoint::OnlyFrequent => {
                let (in_old, in_new) = (part.old.0..part.old.1, part.new.0..part.new.1);
                myers::diff(
                    &old[in_old.clone()],
                    &new[in_new.clone()],
                    &mut flags.removed[in_old],
                    &mut flags.added[in_new],
                );
            }
        }
        None
    }

    /// Gets ready for a comparison of lines whose numbers are all below `numbers`.
    pub(super) fn begin(&mut self, numbers: usize) {
        self.work = WORK;
        if self.index.len() < numbers {
            self.index.resize(numbers, (0, 0));
        }
    }

    fn common(&mut self, old: &[u32], new: &[u32], part: DiffPart) -> SplitPoint {
        let (from, to) = part.old;
        let lines = to - from + part.new.1 - part.new.0;
        if self.work < lines {
            return SplitPoint::OnlyFrequent;
        }
        self.work -= lines;
        self.next.clear();
        self.next.resize(to - from, 0);
        for at in (from..to).rev() {
            let (first, count) = &mut self.index[old[at] as usize];
            self.next[at - from] = *first;
            *first = place(at);
            *count += 1;
        }
        let common = self.best(old, new, part);
        for line in &old[from..to] {
            self.index[*line as usize] = (0, 0);
        }
        common
    }

    fn best(&mut self, old: &[u32], new: &[u32], part: DiffPart) -> SplitPoint {
        let mut best: Option<EqualRun> = None;
        let mut rarest = FREQUENT + 1;
        let mut any = false;
        let mut at = part.new.0;
        while at < part.new.1 {
            let (first, count) = self.index[new[at] as usize];
            let mut after = at + 1;
            if count > 0 {
                any = true;
                let mut start = if count > rarest { 0 } else { first };
                while start != 0 {
                    let (run, rare) = self.grow(old, new, part, start as usize - 1, at, count);
                    let end = run.old + run.length;
                    self.work = self.work.saturating_sub(run.length);
                    after = after.max(run.new + run.length);
                    // The first run must beat "one line": a lone line counts only when it is rare.
                    let longest = best.as_ref().map_or(1, |best| best.length);
                    if run.length > longest || rare < rarest {
                        best = Some(run);
                        rarest = rare;
                    }
                    // Starting again inside the run just seen would find the same run.
                    loop {
                        start = self.next[start as usize - 1 - part.old.0];
                        if start == 0 || start as usize > end {
                            break;
                        }
                    }
                }
            }
            at = after;
        }
        if any && rarest > FREQUENT {
            return SplitPoint::OnlyFrequent;
        }
        best.map_or(SplitPoint::Nothing, SplitPoint::Run)
    }

    /// The run of equal lines around a pair of equal lines, and how often its rarest line occurs in the old file.
    fn grow(
        &self,
        old: &[u32],
        new: &[u32],
        part: DiffPart,
        in_old: usize,
        in_new: usize,
        count: u32,
    ) -> (EqualRun, u32) {
        let mut rare = count;
        // Nothing is rarer than a line that occurs once.
        let mut see = |line: usize| {
            if rare > 1 {
                rare = rare.min(self.index[old[line] as usize].1);
            }
        };
        let (mut from_old, mut from_new) = (in_old, in_new);
        while from_old > part.old.0 && from_new > part.new.0 && old[from_old - 1] == new[from_new - 1] {
            from_old -= 1;
            from_new -= 1;
            see(from_old);
        }
        let (mut to_old, mut to_new) = (in_old + 1, in_new + 1);
        while to_old < part.old.1 && to_new < part.new.1 && old[to_old] == new[to_new] {
            see(to_old);
            to_old += 1;
            to_new += 1;
        }
        (EqualRun { old: from_old, new: from_new, length: to_old - from_old }, rare)
    }
}

fn place(line: usize) -> u32 {
    u32::try_from(line + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(old: &str, new: &str) -> String {
        let numbers = |text: &str| text.bytes().map(u32::from).collect::<Vec<_>>();
        let flags = Histogram::default().diff(&numbers(old), &numbers(new), 256);
        let show = |flags: &[bool]| flags.iter().map(|f| if *f { '!' } else { '.' }).collect::<String>();
        format!("{} {}", show(&flags.removed), show(&flags.added))
    }

    #[test]
    fn rare_lines_hold_the_files_together() {
        assert_eq!(flags("abc", "abc"), "... ...");
        assert_eq!(flags("", "ab"), " !!");
        assert_eq!(flags("ab", "cd"), "!! !!");
        // `x` is the only line that occurs once: it is kept, though more of the frequent ones could be.
        assert_eq!(flags("aabxaab", "xaabaab"), "!!!.... ....!!!");
    }

    #[test]
    fn where_only_frequent_lines_are_common_another_diff_decides() {
        let old = "a".repeat(100);
        assert_eq!(flags(&old, "aa"), format!("..{} ..", "!".repeat(98)));
    }
}

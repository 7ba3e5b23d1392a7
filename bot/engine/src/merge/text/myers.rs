//! Myers' diff, for the parts of a file where no line is rare (E. Myers, "An O(ND) Difference Algorithm", 1986).
//!
//! It is the linear-space form: a path is grown from both corners until they meet, which splits the problem in two. On large
//! and unlike files git stops early and takes what it has; the limits are git's, for another split is another conflict.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Lines without a counterpart are set aside beforehand; so are frequent ones between such, when looking this far either way.
const WINDOW: usize = 100;
/// A frequent line among lines set aside goes with them unless one in this many around it is frequent too.
const KEEP_SHARE: usize = 4;
/// A line is frequent at this many occurrences at most, however long the file.
const MOST_FREQUENT: usize = 1024;
/// Matching lines in a row that make a path promising.
const SNAKE: i64 = 20;
/// Rounds before promising paths are taken, and the least number of rounds before any path is.
const PATIENCE: i64 = 256;
/// How much further than its rounds a path must have come to be promising.
const PROMISE: i64 = 4;

/// Marks in `removed` and `added` what differs between `old` and `new`.
pub(super) fn diff(old: &[u32], new: &[u32], removed: &mut [bool], added: &mut [bool]) {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    // Occurrences are counted in the whole files, common start and end included.
    let (gone, come) = (start..old_end, start..new_end);
    let kept_old = keep(old, gone.clone(), &count(new, &old[gone.clone()]), removed);
    let kept_new = keep(new, come.clone(), &count(old, &new[come]), added);
    let (a, b): (Vec<u32>, Vec<u32>) =
        (kept_old.iter().map(|i| old[*i]).collect(), kept_new.iter().map(|i| new[*i]).collect());
    let diagonals = a.len() + b.len() + 3;
    let offset = int(b.len()) + 1;
    let mut search = MyersSearch {
        a: &a,
        b: &b,
        forward: vec![0; diagonals + 2],
        backward: vec![0; diagonals + 2],
        offset,
        limit: int(root(diagonals)).max(PATIENCE),
    };
    search.compare(Area { a: (0, int(a.len())), b: (0, int(b.len())) }, &mut |of_old, line| {
        if of_old { removed[kept_old[line]] = true } else { added[kept_new[line]] = true }
    });
}

fn int(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn index(n: i64) -> usize {
    usize::try_from(n).unwrap_or_default()
}

/// A power of two near the square root.
fn root(n: usize) -> usize {
    1 << (usize::BITS - n.leading_zeros()).div_ceil(2)
}

/// How often each line is in a file.
type LineCounts = HashMap<u32, usize, BuildHasherDefault<LineHasher>>;

/// Hashes the numbers that this program gives to lines: nobody else chooses them.
#[derive(Default)]
struct LineHasher(u64);

impl Hasher for LineHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, line: u32) {
        self.0 = (self.0 ^ u64::from(line)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        // The upper bits are the best mixed ones, the lower ones choose the place.
        self.0.rotate_left(32)
    }
}

/// How often each of the `asked` lines is in a file.
fn count(lines: &[u32], asked: &[u32]) -> LineCounts {
    let mut counts: LineCounts = asked.iter().map(|line| (*line, 0)).collect();
    if counts.is_empty() {
        return counts;
    }
    // A change asks for few of a file's lines: of most others a bit says that they are none of these.
    let mut bits = [0_u64; 64];
    let bit = |line: u32| ((line >> 6) as usize % 64, 1 << (line % 64));
    for (word, mask) in asked.iter().map(|line| bit(*line)) {
        bits[word] |= mask;
    }
    for line in lines {
        let (word, mask) = bit(*line);
        if bits[word] & mask != 0 {
            counts.entry(*line).and_modify(|count| *count += 1);
        }
    }
    counts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    None,
    Some,
    Frequent,
}

/// The lines worth comparing; the others are marked as changed.
fn keep(lines: &[u32], range: std::ops::Range<usize>, other: &LineCounts, changed: &mut [bool]) -> Vec<usize> {
    let frequent = root(lines.len()).min(MOST_FREQUENT);
    let matches: Vec<Match> = lines[range.clone()]
        .iter()
        .map(|line| match other.get(line) {
            None | Some(0) => Match::None,
            Some(count) if *count >= frequent => Match::Frequent,
            Some(_) => Match::Some,
        })
        .collect();
    let mut kept = Vec::new();
    for (i, found) in matches.iter().enumerate() {
        let keep = match found {
            Match::None => false,
            Match::Some => true,
            Match::Frequent => !among_unmatched(&matches, i),
        };
        if keep {
            kept.push(range.start + i);
        } else {
            changed[range.start + i] = true;
        }
    }
    kept
}

/// Whether a frequent line is in a run of lines that mostly have no counterpart.
fn among_unmatched(matches: &[Match], at: usize) -> bool {
    let tally = |run: &mut dyn Iterator<Item = &Match>| {
        let (mut none, mut frequent) = (0, 1);
        for found in run.take_while(|found| **found != Match::Some) {
            if *found == Match::None { none += 1 } else { frequent += 1 }
        }
        (none, frequent)
    };
    let before = tally(&mut matches[at.saturating_sub(WINDOW)..at].iter().rev());
    let after = tally(&mut matches[at + 1..matches.len().min(at + WINDOW + 1)].iter());
    if before.0 == 0 || after.0 == 0 {
        return false;
    }
    let (none, frequent) = (before.0 + after.0, before.1 + after.1);
    frequent * KEEP_SHARE < frequent + none
}

#[derive(Clone, Copy)]
struct Area {
    a: (i64, i64),
    b: (i64, i64),
}

/// Where an area is cut, and whether each half must be compared without shortcuts.
struct Cut {
    a: i64,
    b: i64,
    exact: (bool, bool),
}

struct MyersSearch<'a> {
    a: &'a [u32],
    b: &'a [u32],
    /// The furthest line of `a` reached from the start, per diagonal (`a - b`).
    forward: Vec<i64>,
    /// The furthest line of `a` reached from the end, per diagonal.
    backward: Vec<i64>,
    offset: i64,
    limit: i64,
}

/// The diagonals a search has spread over.
struct Spread {
    middle: i64,
    low: i64,
    high: i64,
}

impl Spread {
    fn at(middle: i64) -> Self {
        Self { middle, low: middle, high: middle }
    }

    /// One more diagonal on either side, or one less where the area ends. The cell beyond is set so that it is never chosen.
    fn widen(&mut self, reach: &mut [i64], offset: i64, bounds: (i64, i64), never: i64) {
        if self.low > bounds.0 {
            self.low -= 1;
            reach[index(self.low - 1 + offset)] = never;
        } else {
            self.low += 1;
        }
        if self.high < bounds.1 {
            self.high += 1;
            reach[index(self.high + 1 + offset)] = never;
        } else {
            self.high -= 1;
        }
    }

    fn holds(&self, diagonal: i64) -> bool {
        self.low <= diagonal && diagonal <= self.high
    }

    fn diagonals(&self) -> impl Iterator<Item = i64> + use<> {
        let (low, high) = (self.low, self.high);
        (0..=(high - low) / 2).map(move |i| high - 2 * i).take_while(move |k| *k >= low)
    }
}

impl MyersSearch<'_> {
    fn same(&self, a: i64, b: i64) -> bool {
        self.a[index(a)] == self.b[index(b)]
    }

    fn compare(&mut self, area: Area, mark: &mut dyn FnMut(bool, usize)) {
        let mut pending = vec![(area, false)];
        while let Some((Area { a: (mut a, mut a_end), b: (mut b, mut b_end) }, exact)) = pending.pop() {
            while a < a_end && b < b_end && self.same(a, b) {
                a += 1;
                b += 1;
            }
            while a < a_end && b < b_end && self.same(a_end - 1, b_end - 1) {
                a_end -= 1;
                b_end -= 1;
            }
            if a == a_end {
                (b..b_end).for_each(|line| mark(false, index(line)));
            } else if b == b_end {
                (a..a_end).for_each(|line| mark(true, index(line)));
            } else {
                let cut = self.cut(Area { a: (a, a_end), b: (b, b_end) }, exact);
                pending.push((Area { a: (a, cut.a), b: (b, cut.b) }, cut.exact.0));
                pending.push((Area { a: (cut.a, a_end), b: (cut.b, b_end) }, cut.exact.1));
            }
        }
    }

    fn cut(&mut self, area: Area, exact: bool) -> Cut {
        let (a, a_end) = area.a;
        let (b, b_end) = area.b;
        let bounds = (a - b_end, a_end - b);
        let (mut ahead, mut back) = (Spread::at(a - b), Spread::at(a_end - b_end));
        let odd = (ahead.middle - back.middle) & 1 != 0;
        let offset = self.offset;
        self.forward[index(ahead.middle + offset)] = a;
        self.backward[index(back.middle + offset)] = a_end;
        for round in 1.. {
            let mut snake = false;
            ahead.widen(&mut self.forward, offset, bounds, -1);
            for k in ahead.diagonals() {
                let (left, right) = (self.forward[index(k - 1 + offset)], self.forward[index(k + 1 + offset)]);
                let start = if left >= right { left + 1 } else { right };
                let mut x = start;
                while x < a_end && x - k < b_end && self.same(x, x - k) {
                    x += 1;
                }
                snake |= x - start > SNAKE;
                self.forward[index(k + offset)] = x;
                if odd && back.holds(k) && self.backward[index(k + offset)] <= x {
                    return Cut { a: x, b: x - k, exact: (true, true) };
                }
            }
            back.widen(&mut self.backward, offset, bounds, i64::MAX);
            for k in back.diagonals() {
                let (left, right) = (self.backward[index(k - 1 + offset)], self.backward[index(k + 1 + offset)]);
                let start = if left < right { left } else { right - 1 };
                let mut x = start;
                while x > a && x - k > b && self.same(x - 1, x - k - 1) {
                    x -= 1;
                }
                snake |= start - x > SNAKE;
                self.backward[index(k + offset)] = x;
                if !odd && ahead.holds(k) && x <= self.forward[index(k + offset)] {
                    return Cut { a: x, b: x - k, exact: (true, true) };
                }
            }
            if exact {
                continue;
            }
            if snake && round > PATIENCE {
                if let Some(cut) = self.promising(area, &ahead, round, true) {
                    return cut;
                }
                if let Some(cut) = self.promising(area, &back, round, false) {
                    return cut;
                }
            }
            if round >= self.limit {
                break;
            }
        }
        self.furthest(area, &ahead, &back)
    }

    /// The best path that has come far for its rounds and ends in a run of matching lines.
    fn promising(&self, area: Area, spread: &Spread, round: i64, ahead: bool) -> Option<Cut> {
        let (a, a_end) = area.a;
        let (b, b_end) = area.b;
        let mut best = 0;
        let mut cut = None;
        for k in spread.diagonals() {
            let x = if ahead { self.forward[index(k + self.offset)] } else { self.backward[index(k + self.offset)] };
            let y = x - k;
            let way = if ahead { (x - a) + (y - b) } else { (a_end - x) + (b_end - y) };
            let value = way - (k - spread.middle).abs();
            let inside = if ahead {
                a + SNAKE <= x && x < a_end && b + SNAKE <= y && y < b_end
            } else {
                a < x && x <= a_end - SNAKE && b < y && y <= b_end - SNAKE
            };
            if value <= PROMISE * round || value <= best || !inside {
                continue;
            }
            let matching =
                (0..SNAKE).all(|i| if ahead { self.same(x - 1 - i, y - 1 - i) } else { self.same(x + i, y + i) });
            if matching {
                best = value;
                cut = Some(Cut { a: x, b: y, exact: (ahead, !ahead) });
            }
        }
        cut
    }

    /// When patience ends: the path that has come furthest.
    fn furthest(&self, area: Area, ahead: &Spread, back: &Spread) -> Cut {
        let (a, a_end) = area.a;
        let (b, b_end) = area.b;
        let (mut forward, mut forward_x) = (-1, -1);
        for k in ahead.diagonals() {
            let mut x = self.forward[index(k + self.offset)].min(a_end);
            if x - k > b_end {
                x = b_end + k;
            }
            if forward < 2 * x - k {
                (forward, forward_x) = (2 * x - k, x);
            }
        }
        let (mut backward, mut backward_x) = (i64::MAX, i64::MAX);
        for k in back.diagonals() {
            let mut x = self.backward[index(k + self.offset)].max(a);
            if x - k < b {
                x = b + k;
            }
            if 2 * x - k < backward {
                (backward, backward_x) = (2 * x - k, x);
            }
        }
        if a_end + b_end - backward < forward - (a + b) {
            Cut { a: forward_x, b: forward - forward_x, exact: (true, false) }
        } else {
            Cut { a: backward_x, b: backward - backward_x, exact: (false, true) }
        }
    }
}

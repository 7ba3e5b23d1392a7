//! Lines as numbers: the same line has the same number in every file, so that comparing files is comparing numbers.

use std::sync::Arc;

/// A file cut into lines.
///
/// A line keeps its line feed, so a last line without one is another line than the same text with it.
#[derive(Debug, Default)]
pub(in crate::merge) struct LineTable {
    /// The number of each line.
    pub(super) tokens: Vec<u32>,
    /// Where each line ends in the file, in bytes.
    pub(super) ends: Vec<u32>,
}

impl LineTable {
    /// A table with room for so many lines.
    pub(super) fn with_room(lines: usize) -> Self {
        Self { tokens: Vec::with_capacity(lines), ends: Vec::with_capacity(lines) }
    }

    /// A table with room for all lines of a file.
    fn sized_for(file: &[u8]) -> Self {
        Self::with_room(memchr::memchr_iter(b'\n', file).count() + 1)
    }

    /// The bytes from line `from` up to, but without, line `to`.
    pub(in crate::merge) fn span(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        let end_of = |line: usize| if line == 0 { 0 } else { self.ends[line - 1] as usize };
        end_of(from)..end_of(to)
    }

    /// Adds lines of another file, where what is there already takes `length` bytes.
    pub(super) fn push(&mut self, from: &Self, lines: std::ops::Range<usize>, length: usize) {
        let before = from.span(0, lines.start).end;
        let moved = |end: &u32| u32::try_from(*end as usize - before + length).unwrap_or(u32::MAX);
        self.tokens.extend_from_slice(&from.tokens[lines.clone()]);
        self.ends.extend(from.ends[lines].iter().map(moved));
    }

    /// How many lines there are.
    pub(in crate::merge) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// About how much memory it takes, in bytes.
    pub(in crate::merge) fn weight(&self) -> usize {
        8 * self.tokens.len()
    }
}

/// The line expected next, going along a file much like the one that is cut.
struct Guess<'k> {
    bytes: &'k [u8],
    lines: &'k LineTable,
    at: usize,
}

impl Guess<'_> {
    /// How far ahead to look for a line after a difference.
    const AHEAD: usize = 48;

    /// The number and the length of the first line of `rest`, if it is the expected one.
    fn next(&mut self, rest: &[u8]) -> Option<(u32, usize)> {
        let token = *self.lines.tokens.get(self.at)?;
        let line = &self.bytes[self.lines.span(self.at, self.at + 1)];
        let same = rest.starts_with(line) && (line.ends_with(b"\n") || rest.len() == line.len());
        same.then(|| {
            self.at += 1;
            (token, line.len())
        })
    }

    /// Goes on after the line that turned out to come.
    fn catch_up(&mut self, token: u32) {
        let ahead = self.lines.tokens[self.at.min(self.lines.len())..].iter().take(Self::AHEAD);
        if let Some(skipped) = ahead.into_iter().position(|known| *known == token) {
            self.at += skipped + 1;
        }
    }
}

/// Gives each distinct line its number.
#[derive(Default)]
pub(super) struct Interner {
    /// A hash table with open addressing: the number of a line plus one, or 0. Its size is a power of two.
    table: Vec<u32>,
    /// Every distinct line, by number.
    known: Vec<InternedLine>,
    /// The bytes of every distinct line.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
struct InternedLine {
    hash: u64,
    start: u32,
    end: u32,
}

impl Interner {
    /// How many numbers have been given out.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// About how much memory it takes, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.bytes.len() + self.known.len() * size_of::<InternedLine>() + self.table.len() * 4
    }

    /// Cuts a file into lines.
    pub(super) fn lines(&mut self, file: &[u8]) -> Arc<LineTable> {
        let mut lines = LineTable::sized_for(file);
        self.cut(file, 0..file.len(), &mut lines, Guess { bytes: b"", lines: &LineTable::default(), at: 0 });
        Arc::new(lines)
    }

    /// Cuts a file much like one that has been cut already: lines both begin and end with are not looked at again.
    pub(super) fn lines_like(&mut self, file: &[u8], known: &[u8], known_lines: &LineTable) -> Arc<LineTable> {
        let same = common_start(file, known);
        // Only lines that end within what is the same are the same.
        let mut first = known_lines.ends.partition_point(|end| *end as usize <= same);
        if first > 0 && same < file.len() && known[known_lines.span(first - 1, first)].last() != Some(&b'\n') {
            // A last line without an end goes on in the other file.
            first -= 1;
        }
        let from = known_lines.span(0, first).end;
        let same = common_end(&file[from..], &known[from..]);
        // And only those that start within it, after a line that ends there in both files.
        let tail = known.len() - same;
        let last = known_lines.ends.partition_point(|end| (*end as usize) < tail) + 1;
        let to = known_lines.ends.get(last - 1).map_or(known.len(), |end| *end as usize);
        let guess = Guess { bytes: known, lines: known_lines, at: first };
        let mut lines = LineTable::sized_for(file);
        lines.tokens.extend_from_slice(&known_lines.tokens[..first]);
        lines.ends.extend_from_slice(&known_lines.ends[..first]);
        // A line ends at `to` in the known file; in this one too, for its feed is part of what is the same, unless `to` is
        // where the same begins: then what is before may be no line end.
        let end = file.len() - (known.len() - to);
        let whole = to > tail || file[..end].ends_with(b"\n");
        if last >= known_lines.len() || !whole {
            self.cut(file, from..file.len(), &mut lines, guess);
            return Arc::new(lines);
        }
        self.cut(file, from..end, &mut lines, guess);
        lines.tokens.extend_from_slice(&known_lines.tokens[last..]);
        let moved = |known_end: &u32| u32::try_from(*known_end as usize + file.len() - known.len()).unwrap_or(u32::MAX);
        lines.ends.extend(known_lines.ends[last..].iter().map(moved));
        Arc::new(lines)
    }

    fn cut(&mut self, file: &[u8], range: std::ops::Range<usize>, lines: &mut LineTable, mut guess: Guess<'_>) {
        let mut start = range.start;
        while start < range.end {
            let (token, length) = guess.next(&file[start..]).unwrap_or_else(|| {
                let (length, hash) = first_line(&file[start..range.end]);
                let token = self.number(&file[start..start + length], hash);
                guess.catch_up(token);
                (token, length)
            });
            lines.tokens.push(token);
            start += length;
            lines.ends.push(u32::try_from(start).unwrap_or(u32::MAX));
        }
    }

    fn number(&mut self, line: &[u8], hash: u64) -> u32 {
        if self.known.len() * 2 >= self.table.len() {
            self.grow();
        }
        let mut at = self.slot(hash);
        while let Some(number) = self.table[at].checked_sub(1) {
            let known = self.known[number as usize];
            if known.hash == hash && self.bytes[known.start as usize..known.end as usize] == *line {
                return number;
            }
            at = (at + 1) & (self.table.len() - 1);
        }
        let number = place(self.known.len());
        let start = place(self.bytes.len());
        self.bytes.extend_from_slice(line);
        self.known.push(InternedLine { hash, start, end: place(self.bytes.len()) });
        self.table[at] = number + 1;
        number
    }

    /// Where the search for a hash begins.
    fn slot(&self, hash: u64) -> usize {
        // The upper bits are the best mixed ones.
        usize::try_from(hash >> 32).unwrap_or_default() & (self.table.len() - 1)
    }

    fn grow(&mut self) {
        self.table = vec![0; (self.table.len() * 2).max(1 << 14)];
        for number in 0..self.known.len() {
            let mut at = self.slot(self.known[number].hash);
            while self.table[at] != 0 {
                at = (at + 1) & (self.table.len() - 1);
            }
            self.table[at] = place(number) + 1;
        }
    }
}

/// A place in memory that is kept far below four gigabytes.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// How many bytes two texts begin with alike: 64 are compared at once.
pub(super) fn common_start(one: &[u8], other: &[u8]) -> usize {
    let same = 64 * common(one.as_chunks::<64>().0.iter(), other.as_chunks::<64>().0.iter());
    same + common(one[same..].iter(), other[same..].iter())
}

/// How many bytes they end with alike.
pub(super) fn common_end(one: &[u8], other: &[u8]) -> usize {
    let same = 64 * common(one.as_rchunks::<64>().1.iter().rev(), other.as_rchunks::<64>().1.iter().rev());
    same + common(one[..one.len() - same].iter().rev(), other[..other.len() - same].iter().rev())
}

/// How many items two sequences begin with alike.
fn common<T: PartialEq>(one: impl Iterator<Item = T>, two: impl Iterator<Item = T>) -> usize {
    one.zip(two).take_while(|(a, b)| a == b).count()
}

/// The length of the first line, its line feed included, and its hash, in one pass of eight bytes a step.
fn first_line(bytes: &[u8]) -> (usize, u64) {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const FEEDS: u64 = LOW * b'\n' as u64;
    let mut hash = 0_u64;
    let mut mix = |word: u64| hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let mut words = bytes.chunks_exact(8);
    let mut at = 0;
    for chunk in words.by_ref() {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        let word = u64::from_le_bytes(word);
        let differs = word ^ FEEDS;
        let found = differs.wrapping_sub(LOW) & !differs & HIGH;
        if found != 0 {
            let length = found.trailing_zeros() / 8 + 1;
            mix(word & (u64::MAX >> (64 - 8 * length)));
            mix(u64::from(length));
            return (at + length as usize, hash ^ (hash >> 29));
        }
        mix(word);
        at += 8;
    }
    let rest = words.remainder();
    let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
    let mut word = [0; 8];
    word[..length].copy_from_slice(&rest[..length]);
    mix(u64::from_le_bytes(word));
    mix(length as u64);
    (at + length, hash ^ (hash >> 29))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_number_wherever_it_stands() {
        let mut interner = Interner::default();
        let one = interner.lines(b"a\n\nlonger than eight bytes\na\nlonger than eight bytes");
        assert_eq!(one.tokens, [0, 1, 2, 0, 3]);
        assert_eq!(one.span(2, 4), 3..29);
        let two = interner.lines(b"longer than eight bytes\r\nlonger than eight bytes\n");
        assert_eq!(two.tokens, [4, 2]);
        assert_eq!(interner.lines(b"").len(), 0);
    }

    #[test]
    fn a_last_line_that_gains_its_feed_is_another() {
        let mut interner = Interner::default();
        let known = interner.lines(b"a\nb");
        let like = interner.lines_like(b"a\nb\n", b"a\nb", &known);
        assert_eq!((&like.tokens[..], &like.ends[..]), (&[0, 2][..], &[2, 4][..]));
    }

    proptest::proptest! {
        #[test]
        fn a_file_like_another_is_cut_as_any_other(known in "[ab\n]{0,12}", file in "[ab\n]{0,12}", start in "[a\n]{0,90}", end in "[a\n]{0,90}") {
            let known = format!("{start}{known}{end}");
            let file = format!("{start}{file}{end}");
            let mut interner = Interner::default();
            let known_lines = interner.lines(known.as_bytes());
            let like = interner.lines_like(file.as_bytes(), known.as_bytes(), &known_lines);
            let plain = interner.lines(file.as_bytes());
            proptest::prop_assert_eq!(&like.tokens, &plain.tokens);
            proptest::prop_assert_eq!(&like.ends, &plain.ends);
        }

        #[test]
        fn cutting_loses_nothing(file in "[ab\n]{0,60}") {
            let lines = Interner::default().lines(file.as_bytes());
            let cut: Vec<&[u8]> = (0..lines.len()).map(|i| &file.as_bytes()[lines.span(i, i + 1)]).collect();
            let expected: Vec<&[u8]> = file.as_bytes().split_inclusive(|byte| *byte == b'\n').collect();
            proptest::prop_assert_eq!(cut, expected);
        }
    }
}

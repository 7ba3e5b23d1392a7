//! A conflicting place as two small differences: what the fork made of the lines that both sides started from, and what upstream made of
//! them.

use std::fmt::Write;

use super::window;
use crate::pick::Hunk;
use crate::text::{count, visible_lines};

/// How many characters of a line of code are shown.
pub(super) const WIDTH: usize = 300;

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 2;

/// Two texts are held against each other line by line where the product of their lines is no more than this.
const WORK: usize = 1 << 20;

/// A line of a difference.
struct Row<'h> {
    /// A space, a minus or a plus.
    sign: char,
    line: &'h str,
    /// The line of the other text that stands in its place: of a long line, what differs from it is shown.
    like: Option<&'h str>,
}

/// Both sides of a place, each cut after so many lines for a side and half as many for what it began from.
pub(super) fn both(hunk: &Hunk, lines: usize) -> String {
    let mut text = String::new();
    let sides =
        [("the fork", hunk.line, &hunk.ours, &hunk.theirs), ("upstream", hunk.their_line, &hunk.theirs, &hunk.ours)];
    for (name, line, side, other) in sides {
        let _ = writeln!(text, "@@ {name}, from line {line} @@");
        // Where both added lines, each is seen best against the other's.
        let like = if hunk.base.is_empty() { other } else { &hunk.base };
        one(&rows(&hunk.base, side, like), lines + lines / 2, &mut text);
    }
    text
}

/// All that one text makes of another; `None` where a line is too long to be shown whole.
pub(super) fn whole(before: &[u8], after: &[u8]) -> Option<String> {
    let lines = |text| String::from_utf8_lossy(text).lines().map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(before), lines(after));
    let mut text = String::new();
    for Row { sign, line, .. } in rows(&before, &after, &before) {
        if line.len() > WIDTH {
            return None;
        }
        let _ = writeln!(text, "{sign}{}", visible_lines(line));
    }
    Some(text)
}

/// One side: its changes, with a little of what is around them.
fn one(rows: &[Row<'_>], most: usize, text: &mut String) {
    let changed: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].sign != ' ').collect();
    if changed.is_empty() {
        text.push_str(" as before\n");
        return;
    }
    let near = |at: usize| {
        let next = changed.partition_point(|change| *change < at);
        let before = next.checked_sub(1).map(|before| at - changed[before]);
        let after = changed.get(next).map(|after| after - at);
        before.into_iter().chain(after).any(|distance| distance <= CONTEXT)
    };
    let shown: Vec<usize> = (0..rows.len()).filter(|at| near(*at)).collect();
    let mut last = None;
    for at in shown.iter().take(most) {
        if last.is_some_and(|last| last + 1 < *at) {
            text.push_str(" …\n");
        }
        last = Some(*at);
        let Row { sign, line, like } = &rows[*at];
        let others: Vec<&str> = like.iter().copied().collect();
        let _ = writeln!(text, "{sign}{}", visible_lines(&window::shown(line, &others, WIDTH)));
    }
    if shown.len() > most {
        let _ = writeln!(text, " … {}", count(shown.len() - most, "more line"));
    }
}

/// The difference between two texts, removed lines before added ones. `like` has the lines that added ones are held against.
fn rows<'h>(base: &'h [String], side: &'h [String], like: &'h [String]) -> Vec<Row<'h>> {
    let begin = base.iter().zip(side).take_while(|(a, b)| a == b).count();
    let (old, new) = (&base[begin..], &side[begin..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let same = |line: &'h String| Row { sign: ' ', line, like: None };
    let removed = |at: usize| Row { sign: '-', line: &old[at], like: side.get(begin + at).map(String::as_str) };
    let added = |at: usize| Row { sign: '+', line: &new[at], like: like.get(begin + at).map(String::as_str) };
    let mut rows: Vec<Row<'h>> = base[..begin].iter().map(same).collect();
    let table = common(old, new);
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < new.len() {
        let length = |a: usize, b: usize| table.get(a * (new.len() + 1) + b).copied().unwrap_or_default();
        if a < old.len() && b < new.len() && !table.is_empty() && old[a] == new[b] {
            rows.push(same(&old[a]));
            (a, b) = (a + 1, b + 1);
        } else if a < old.len() && (b == new.len() || length(a + 1, b) >= length(a, b + 1)) {
            rows.push(removed(a));
            a += 1;
        } else {
            rows.push(added(b));
            b += 1;
        }
    }
    rows.extend(base[base.len() - end..].iter().map(same));
    rows
}

/// How many lines two texts have in common from each pair of places on; nothing where that would be too much work.
fn common(old: &[String], new: &[String]) -> Vec<u32> {
    let width = new.len() + 1;
    if old.len().saturating_mul(new.len()) > WORK {
        return Vec::new();
    }
    let mut table = vec![0; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            table[a * width + b] = match old[a] == new[b] {
                true => table[(a + 1) * width + b + 1] + 1,
                false => table[(a + 1) * width + b].max(table[a * width + b + 1]),
            };
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(base: &str, ours: &str, theirs: &str) -> Hunk {
        let lines = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        Hunk { line: 4, their_line: 5, base: lines(base), ours: lines(ours), theirs: lines(theirs) }
    }

    #[test]
    fn each_side_is_what_it_made_of_the_lines_before() {
        let described = both(&hunk("a b c d e f g h", "a B c d e f g h", "a b c d e f G h"), 12);
        assert_eq!(
            described,
            "@@ the fork, from line 4 @@\n a\n-b\n+B\n c\n d\n@@ upstream, from line 5 @@\n e\n f\n-g\n+G\n h\n"
        );
        assert_eq!(
            both(&hunk("", "x", "y z"), 12),
            "@@ the fork, from line 4 @@\n+x\n@@ upstream, from line 5 @@\n+y\n+z\n"
        );
        assert_eq!(
            both(&hunk("a", "", "a b"), 12),
            "@@ the fork, from line 4 @@\n-a\n@@ upstream, from line 5 @@\n a\n+b\n"
        );
    }

    #[test]
    fn changes_far_apart_are_shown_without_what_is_between_and_cut_where_they_are_many() {
        let described = both(&hunk("a b c d e f g h", "A b c d e f g H", "a"), 4);
        assert_eq!(
            described,
            "@@ the fork, from line 4 @@\n-a\n+A\n b\n c\n …\n f\n g\n … 2 more lines\n@@ upstream, from line 5 @@\n a\n-b\n-c\n-d\n-e\n-f\n … 2 more lines\n"
        );
    }

    #[test]
    fn what_is_too_much_work_is_all_removed_and_all_added() {
        let lines = |sign: &str| (0..1_100).map(|at| format!("{sign}{at} ")).collect::<String>();
        let hunk = hunk(&lines("a"), &format!("{} a5", lines("b")), "c");
        let rows = rows(&hunk.base, &hunk.ours, &hunk.base);
        assert_eq!(rows.iter().filter(|row| row.sign == ' ').count(), 0);
        assert_eq!(rows.len(), 2_201);
    }
}

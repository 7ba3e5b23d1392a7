//! Upstream's titles below a message's first line: a squash keeps those of what it picked. Whether it has them, the lines say.

use std::collections::HashMap;

use super::mention::{HEADING, LEAVES};
use super::message::is_item;
use super::title;

/// A shorter title may be anybody's words.
const FEWEST_WORDS: usize = 3;

/// The titles of upstream's commits, without the numbers after them.
#[derive(Default)]
pub(super) struct Titles<'a> {
    /// By title the place of the one commit that has it, and what stands after it.
    places: HashMap<&'a str, Option<(usize, &'a str)>>,
}

impl<'a> Titles<'a> {
    /// Adds a commit's, by place.
    pub(super) fn add(&mut self, at: usize, subject: &'a str) {
        let (title, numbers) = without_numbers(subject);
        if title.split_whitespace().nth(FEWEST_WORDS - 1).is_some() {
            self.places.entry(title).and_modify(|known| *known = None).or_insert(Some((at, numbers)));
        }
    }

    /// The places of all commits whose titles stand on a line of their own, but for those that the message says it leaves or undoes.
    pub(super) fn listed(&self, message: &str) -> Vec<usize> {
        let lines = || message.lines().skip(1);
        if !lines().any(|line| self.place(line).is_some()) {
            return Vec::new();
        }
        let mut found = Vec::new();
        let (mut leaving, mut after_blank) = (false, false);
        for line in lines() {
            if let Some(at) = self.place(line) {
                if !leaving {
                    found.push(at);
                }
            } else if let Some(at) = undone(line).and_then(|title| self.place(title)) {
                found.retain(|other| *other != at);
            } else if line.trim().is_empty() {
                after_blank = true;
                continue;
            } else if HEADING.is_match(line) {
                leaving = LEAVES.is_match(line);
            } else if after_blank && !is_item(line) {
                leaving = false;
            }
            after_blank = false;
        }
        found
    }

    /// The commit whose title a line is, and no more.
    fn place(&self, line: &str) -> Option<usize> {
        let (title, numbers) = without_numbers(without_mark(line));
        let (at, theirs) = (*self.places.get(title)?)?;
        let same = || title::numbers(theirs).any(|number| title::numbers(numbers).any(|other| other == number));
        (theirs.is_empty() || numbers.is_empty() || same()).then_some(at)
    }
}

/// What a line of a squash says is undone again.
fn undone(line: &str) -> Option<&str> {
    let quoted = without_mark(line).strip_prefix("Revert \"")?;
    quoted.rfind('"').map(|end| &quoted[..end])
}

/// A line without the mark of a list before it.
fn without_mark(line: &str) -> &str {
    let line = line.trim();
    ["* ", "- ", "+ ", "• "].iter().find_map(|mark| line.strip_prefix(mark)).map_or(line, str::trim_start)
}

/// A title, and the `(#12)` after it.
fn without_numbers(line: &str) -> (&str, &str) {
    let mut title = line.trim_end();
    while let Some((rest, number)) = title.strip_suffix(')').and_then(|line| line.rsplit_once("(#"))
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        title = rest.trim_end();
    }
    (title.trim_end_matches('.'), &line[title.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_on_lines_of_their_own_are_found() {
        let mut titles = Titles::default();
        for (at, subject) in
            ["Read the whole file (#7)", "Fix typo", "Write it at once.", "Name it anew (#8)", "Name it anew (#9)"]
                .iter()
                .enumerate()
        {
            titles.add(at, subject);
        }
        let listed = |body: &str| titles.listed(&format!("Sync\n\n{body}"));
        assert_eq!(listed("* Read the whole file (#7)\n\nCo-authored-by: A\n\n* Write it at once"), [0, 2]);
        assert_eq!(listed("Read the whole file (#7) (#12)"), [0]);
        assert_eq!(listed("  - Read the whole file"), [0]);
        for none in [
            "* Read the whole file (#5)",
            "* Read the whole file, but not at once (#7)",
            "* Fix typo",
            "* Name it anew (#8)",
            "Skipped:\n\n- Read the whole file (#7)\n- Write it at once.",
            "* Read the whole file (#7)\n\n* Revert \"Read the whole file (#7)\"",
        ] {
            assert_eq!(listed(none), [0; 0], "{none}");
        }
        assert_eq!(listed("Skipped:\n- Read the whole file\n\nThe others:\n- Write it at once"), [2]);
        assert_eq!(titles.listed("Read the whole file (#7)"), [0; 0], "the first line is a title itself");
    }
}

//! What a resolved text lacks of either side, line by line. Pure: it compares texts and knows nothing of how they were merged.
//!
//! Lines are counted, not placed, so a line that moved is there. Lines of white space alone are not looked at, nor how a line
//! ends.

use serde::Serialize;

use crate::survey::form;
use engine::hash::HashMap;

/// The lines that one path lacks after a pick, though a side has them, in that side's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DroppedLines {
    /// Lines upstream adds that are not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub upstream: Vec<String>,
    /// Lines the fork had that went without upstream removing them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fork: Vec<String>,
    /// Lines upstream removes that are still there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<String>,
}

impl DroppedLines {
    /// Whether nothing of either side is missing, nor left over.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.upstream.is_empty() && self.fork.is_empty() && self.stays.is_empty()
    }

    /// Adds what another part of the same path lacks.
    pub(super) fn add(&mut self, other: Self) {
        self.upstream.extend(other.upstream);
        self.fork.extend(other.fork);
        self.stays.extend(other.stays);
    }
}

/// Four states of a text, or of a place in one.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextVersions<'a> {
    /// What both sides started from.
    pub(super) base: &'a [u8],
    /// The fork's.
    pub(super) ours: &'a [u8],
    /// Upstream's.
    pub(super) theirs: &'a [u8],
    /// What came of it.
    pub(super) resolved: &'a [u8],
}

/// How often each line was added and removed by a side.
#[derive(Debug, Default)]
pub(super) struct LineChanges<'a> {
    added: LineTally<'a>,
    removed: LineTally<'a>,
}

type LineTally<'a> = HashMap<&'a [u8], usize>;

impl<'a> LineChanges<'a> {
    /// The least a side must have done to come from one text to another.
    pub(super) fn least(old: &'a [u8], new: &'a [u8]) -> Self {
        let (old, new) = (tally(old), tally(new));
        let more = |one: &LineTally<'a>, other: &LineTally<'a>| {
            let excess = |(line, count): (&&'a [u8], &usize)| (*line, count.saturating_sub(of(other, line)));
            one.iter().map(excess).filter(|(_, count)| *count > 0).collect()
        };
        Self { added: more(&new, &old), removed: more(&old, &new) }
    }
}

impl<'a> LineChanges<'a> {
    /// What a comparison of the texts says a side did.
    pub(super) fn of(removed: impl IntoIterator<Item = &'a [u8]>, added: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut changes = Self::default();
        removed.into_iter().for_each(|line| *changes.removed.entry(content(line)).or_default() += 1);
        added.into_iter().for_each(|line| *changes.added.entry(content(line)).or_default() += 1);
        changes
    }
}

/// What the resolved text lacks. What both sides added need be there only once, and what upstream removed may be gone: `upstream`
/// and `fork` say what each did.
pub(super) fn dropped_lines(
    texts: TextVersions<'_>,
    upstream: &LineChanges<'_>,
    fork: &LineChanges<'_>,
) -> DroppedLines {
    let [base, ours, theirs, resolved] = [texts.base, texts.ours, texts.theirs, texts.resolved].map(tally);
    let missing_of_ours = |line: &[u8]| {
        let gone = of(&ours, line).saturating_sub(of(&resolved, line));
        gone.saturating_sub(of(&upstream.removed, line))
    };
    let missing_of_theirs = |line: &[u8]| {
        let more = of(&theirs, line).saturating_sub(of(&base, line));
        // Both changes together would leave so many; what both added may be one, and what the fork lacks is its own loss.
        let wanted = of(&ours, line) + of(&theirs, line);
        let short = wanted.saturating_sub(of(&base, line) + of(&resolved, line));
        let explained = of(&upstream.added, line).min(of(&fork.added, line)) + missing_of_ours(line);
        let short = short.saturating_sub(explained).min(of(&upstream.added, line).max(more));
        // At the least there are as many as upstream has more of.
        short.max(more.saturating_sub(of(&resolved, line)))
    };
    let left_over = |line: &[u8]| {
        let removed = of(&base, line).saturating_sub(of(&theirs, line));
        removed.min(of(&resolved, line).saturating_sub(of(&theirs, line)))
    };
    DroppedLines {
        upstream: listed(texts.theirs, &missing_of_theirs),
        fork: listed(texts.ours, &missing_of_ours),
        stays: listed(texts.base, &left_over),
    }
}

/// The lines that a result drops, where nothing but the texts is known.
pub(super) fn lost_of_texts(texts: TextVersions<'_>) -> DroppedLines {
    dropped_lines(texts, &LineChanges::least(texts.base, texts.theirs), &LineChanges::least(texts.base, texts.ours))
}

/// The words that a result drops, where lines of both sides may have become one.
pub(super) fn lost_words(texts: TextVersions<'_>) -> DroppedLines {
    let texts = [texts.base, texts.ours, texts.theirs, texts.resolved].map(|text| form::words(text).join(&b'\n'));
    let [base, ours, theirs, resolved] = &texts;
    lost_of_texts(TextVersions { base, ours, theirs, resolved })
}

/// What a text lacks after a row of changes by upstream, none of which was merged into it: lines that are in the end added and
/// are not there, and lines of the fork that no change removes.
pub(super) fn lost_over(ours: &[u8], changes: &[(Vec<u8>, Vec<u8>)], resolved: &[u8]) -> DroppedLines {
    let mut net: HashMap<&[u8], isize> = HashMap::default();
    for (base, theirs) in changes {
        lines(theirs).for_each(|line| *net.entry(line).or_default() += 1);
        lines(base).for_each(|line| *net.entry(line).or_default() -= 1);
    }
    let (fork, resolved) = (tally(ours), tally(resolved));
    let net = |line: &[u8]| net.get(line).copied().unwrap_or_default();
    let added = |line: &[u8]| usize::try_from(net(line)).unwrap_or_default();
    let removed = |line: &[u8]| usize::try_from(-net(line)).unwrap_or_default();
    let last: Vec<&[u8]> = changes.iter().map(|(_, theirs)| theirs.as_slice()).collect();
    DroppedLines {
        upstream: listed(&last.join(&b'\n'), &|line| added(line).saturating_sub(of(&resolved, line))),
        fork: listed(ours, &|line| of(&fork, line).saturating_sub(of(&resolved, line) + removed(line))),
        stays: Vec::new(),
    }
}

/// Takes those lines out of a list that a text has, each as often as it has it.
pub(super) fn take_those_of(list: &mut Vec<String>, text: &[u8]) -> Vec<String> {
    let mut there: HashMap<String, usize> = HashMap::default();
    lines(text).for_each(|line| *there.entry(String::from_utf8_lossy(line).into_owned()).or_default() += 1);
    let mut is_there = |line: &mut String| match there.get_mut(line) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    };
    list.extract_if(.., &mut is_there).collect()
}

/// The lines of a text, each as often as it is missing, in order; of several alike the last.
fn listed(text: &[u8], missing: &dyn Fn(&[u8]) -> usize) -> Vec<String> {
    let mut left: HashMap<&[u8], usize> = HashMap::default();
    let mut found: Vec<String> = Vec::new();
    for line in lines(text).rev() {
        let left = left.entry(line).or_insert_with(|| missing(line));
        if *left > 0 {
            *left -= 1;
            found.push(String::from_utf8_lossy(line).into_owned());
        }
    }
    found.reverse();
    found
}

/// The lines that say something.
fn lines(text: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(content).filter(|line| !line.iter().all(u8::is_ascii_whitespace))
}

/// A line without its end.
fn content(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn tally(text: &[u8]) -> LineTally<'_> {
    let mut tally = LineTally::default();
    lines(text).for_each(|line| *tally.entry(line).or_default() += 1);
    tally
}

fn of(tally: &LineTally<'_>, line: &[u8]) -> usize {
    tally.get(line).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(base: &str, ours: &str, theirs: &str, resolved: &str) -> String {
        let lost = lost_of_texts(TextVersions {
            base: base.as_bytes(),
            ours: ours.as_bytes(),
            theirs: theirs.as_bytes(),
            resolved: resolved.as_bytes(),
        });
        format!("{} | {} | {}", lost.upstream.join(" "), lost.fork.join(" "), lost.stays.join(" "))
    }

    #[test]
    fn each_side_s_missing_lines_are_named() {
        assert_eq!(described("a\n", "b\n", "c\n", "b\nc\n"), " |  | ", "both are there");
        assert_eq!(described("a\n", "b\n", "c\n", "b\n"), "c |  | ");
        assert_eq!(described("a\n", "b\n", "c\n", "c\n"), " | b | ");
        assert_eq!(described("a\nx\n", "a\nx\ny\n", "", "a\nx\ny\n"), " |  | a x");
        assert_eq!(described("a\nx\n", "a\nx\ny\n", "", ""), " | y | ", "what upstream removed is no loss");
    }

    #[test]
    fn a_line_that_is_there_often_is_counted() {
        assert_eq!(
            described("}\n", "}\n}\n", "}\nc\n}\n", "}\nc\n}\n"),
            " |  | ",
            "both added one, and may mean the same"
        );
        assert_eq!(described("}\n", "}\n", "}\nc\n}\n", "}\nc\n"), "} |  | ");
        assert_eq!(
            described("a\r\n", "a\n", "a\nb", "a\nb\n\n\n"),
            " |  | ",
            "ends of lines and empty lines do not count"
        );
    }
}

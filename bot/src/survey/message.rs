//! A commit's message as it is read: its lines, and the commits and pull requests that they name.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b https?://github\.com/([\w.-]+/[\w.-]+)/pull/([0-9]{1,9}) \b
          | \b https?://github\.com/[\w.-]+/[\w.-]+/commit/([0-9a-f]{7,40}) \b
          | \b ([0-9a-f]{7,40}) \b",
    )
    .expect("a constant pattern")
});

/// What is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// A commit by the beginning of its id, in small letters.
    Commit(String),
    /// A pull request: the repository in small letters, and its number.
    Pull(String, u64),
}

impl Named {
    /// Whether both name the same, one perhaps with more of its id.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Commit(one), Self::Commit(other)) => one.starts_with(other) || other.starts_with(one),
            (one, other) => one == other,
        }
    }
}

/// The lines of a message; a sentence that goes on after a name is one.
pub(super) fn unwrapped(message: &str) -> Vec<Cow<'_, str>> {
    let mut lines: Vec<Cow<'_, str>> = Vec::new();
    for (place, line) in message.lines().enumerate() {
        let goes_on = |before: &str| {
            let end = before.trim_end();
            let open = end.ends_with([',', '+', '&']) || end.ends_with(" and");
            let name = || named(end).last().is_some_and(|(_, place)| place.end == end.len());
            (open || line.starts_with('(') && name()) && named(end).next().is_some()
        };
        match lines.last_mut() {
            Some(before) if place > 1 && !line.trim().is_empty() && !is_bullet(line) && goes_on(before) => {
                *before = format!("{} {}", before.trim_end(), line.trim_start()).into();
            }
            _ => lines.push(line.into()),
        }
    }
    lines
}

/// A line without the titles that upstream gave to these.
pub(super) fn without_titles<'l, 't>(
    line: &'l str,
    these: impl Iterator<Item = (Named, Range<usize>)>,
    title_of: &dyn Fn(&str) -> Option<&'t str>,
) -> Cow<'l, str> {
    let mut rest = Cow::Borrowed(line);
    for (name, _) in these {
        let Named::Commit(sha) = name else { continue };
        let Some(title) = title_of(&sha) else { continue };
        let title = title.rsplit_once(" (#").map_or(title, |(words, _)| words);
        let title = title.trim_end_matches('.');
        let words = title.split_once(": ").map_or(title, |(_, words)| words);
        let small = rest.to_ascii_lowercase();
        let place = [title, words].iter().find_map(|title| {
            let from = small.find(&title.to_ascii_lowercase())?;
            Some(from..from + title.len())
        });
        // A word or two may well be the fork's.
        if let Some(place) = place.filter(|place| rest[place.clone()].split_whitespace().count() > 2) {
            rest = format!("{}title{}", &rest[..place.start], &rest[place.end..]).into();
        }
    }
    rest
}

/// What a line names, and where.
pub(super) fn named(line: &str) -> impl Iterator<Item = (Named, Range<usize>)> + '_ {
    NAMED.captures_iter(line).filter_map(|found| {
        let place = found.get(0)?.range();
        if let (Some(repository), Some(number)) = (found.get(1), found.get(2)) {
            let number = number.as_str().parse().ok()?;
            return Some((Named::Pull(repository.as_str().to_ascii_lowercase(), number), place));
        }
        let sha = found.get(3).or_else(|| found.get(4))?;
        Some((Named::Commit(sha.as_str().to_ascii_lowercase()), place))
    })
}

/// Whether a line is of a list, or goes on with what is; one that begins with a name is.
pub(super) fn is_item(line: &str) -> bool {
    is_bullet(line) || line.starts_with(' ') || named(line).next().is_some_and(|(_, place)| place.start == 0)
}

fn is_bullet(line: &str) -> bool {
    let text = line.trim_start();
    let number = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
    text.starts_with(['-', '*', '+', '|', '•']) || number.len() < text.len() && number.starts_with(['.', ')'])
}

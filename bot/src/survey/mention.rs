//! What a commit of the fork says it takes from upstream: commits by their ids, pull requests by their addresses.
//!
//! A message names commits for many reasons. What counts stands in a line that speaks of taking, or in a list below a heading that
//! does; never in one that speaks of skipping or undoing. Whether it is so, the content says.

use std::sync::LazyLock;

use regex::Regex;

/// What speaks of taking.
static TAKES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b (?: (?:cherry[-\s]?)? pick(?:s|ed|ing)? | (?:back-?)? port(?:s|ed|ing)? | upstream(?:'s)? | sync(?:s|ed|hed|ing)?
            | re-?implement(?:s|ed|ing|ation)? | appl(?:y|ies|ied|ying) | integrat(?:e|es|ed|ing) ) \b",
    )
    .ok()
});

/// What speaks of anything but taking.
static LEAVES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b (?: skip(?:s|ped|ping)? | revert(?:s|ed|ing)? | no[-_\s]?ops? | undo(?:es|ne)? | exclud(?:e|es|ed|ing)
            | omit(?:s|ted|ting)? | defer(?:s|red|ring)? | drop(?:s|ped|ping)? | ignor(?:e|es|ed|ing) | reject(?:s|ed|ing)?
            | superseded | obsolete | postponed | declined | out[-\s]of[-\s]range | diverged
            | (?:not|never|without|n't) \s+ (?:yet \s+)? (?:be(?:en)? \s+)? (?:pick|port|back-?port|appl|tak|sync|merg|integrat|includ|need|implement)\w*
            | (?:follow[-\s]?up|fix(?:es)?|fixup|regression|bug|broken|conflicts?|instead|prior|before|introduced|caused) \s+ (?:to|of|for|from|by|with|in) ) \b",
    )
    .ok()
});

/// What speaks of less than the whole.
static PARTLY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b (?: part(?:s)?\ of | partial(?:ly)? | partly | selective(?:ly)? | some\ of | subset | half\ of | minimal
            | inspired | based\ on | only\ the | (?:taken|adapted|extracted|borrowed)\ from ) \b",
    )
    .ok()
});

static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b https?://github\.com/([\w.-]+/[\w.-]+)/pull/([0-9]{1,9}) \b
          | \b https?://github\.com/[\w.-]+/[\w.-]+/commit/([0-9a-f]{7,40}) \b
          | \b ([0-9a-f]{7,40}) \b",
    )
    .ok()
});

/// A line that begins a section: `Skipped:`, `## Applied commits`, `**Picked (3)**`.
static HEADING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|[^\s*+-][^:]{0,80}:)\s*$").ok());

/// What is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// A commit by the beginning of its id, in small letters.
    Commit(String),
    /// A pull request: the repository in small letters, and its number.
    Pull(String, u64),
}

/// Something named as taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) named: Named,
    /// Whether the line says that it is not all of it.
    pub(super) partly: bool,
}

/// What the lines around one speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Nothing,
    Taking,
    Leaving,
}

/// All that a message names as taken, in its order.
pub(super) fn mentions(message: &str) -> Vec<Mention> {
    let speaks = |of: &LazyLock<Option<Regex>>, line: &str| of.iter().any(|of| of.is_match(line));
    let (mut found, mut section) = (Vec::new(), Section::Nothing);
    let (mut first, mut after_blank) = (true, false);
    for line in message.lines() {
        if line.trim().is_empty() {
            after_blank = true;
            continue;
        }
        let (takes, leaves) = (speaks(&TAKES, line), speaks(&LEAVES, line));
        // The first line is what the whole is about.
        let is_heading = first || speaks(&HEADING, line);
        first = false;
        if is_heading {
            section = match (leaves, takes) {
                (true, _) => Section::Leaving,
                (false, true) => Section::Taking,
                (false, false) => Section::Nothing,
            };
        } else if after_blank && !is_item(line) {
            section = Section::Nothing;
        }
        after_blank = false;
        let counts = match section {
            Section::Leaving => false,
            Section::Taking => !leaves,
            Section::Nothing => takes && !leaves,
        };
        if counts {
            let partly = speaks(&PARTLY, line);
            found.extend(named(line).map(|named| Mention { named, partly }));
        }
    }
    found
}

fn named(line: &str) -> impl Iterator<Item = Named> + '_ {
    NAMED.iter().flat_map(move |named| named.captures_iter(line)).filter_map(|found| {
        if let (Some(repository), Some(number)) = (found.get(1), found.get(2)) {
            return Some(Named::Pull(repository.as_str().to_ascii_lowercase(), number.as_str().parse().ok()?));
        }
        let sha = found.get(3).or_else(|| found.get(4))?;
        Some(Named::Commit(sha.as_str().to_ascii_lowercase()))
    })
}

/// Whether a line is of a list, or goes on with what is.
fn is_item(line: &str) -> bool {
    let text = line.trim_start();
    let number = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
    text.len() < line.len()
        || text.starts_with(['-', '*', '+', '|', '•'])
        || number.len() < text.len() && number.starts_with(['.', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(message: &str) -> Vec<String> {
        let id = |mention: Mention| match mention.named {
            Named::Commit(sha) => sha,
            Named::Pull(repository, number) => format!("{repository}#{number}"),
        };
        mentions(message).into_iter().map(id).collect()
    }

    #[test]
    fn lines_that_speak_of_taking_name_what_is_taken() {
        for line in [
            "cherry-pick: 1234abcde propagate the id",
            "reimplement: simplify paste handling (upstream 1234abcde)",
            "Fix it\n\nUpstream: 1234abcde",
            "Fix it\n\nPorted from 1234ABCDE.",
            "Fix it\n\n[#12,1/1] cherry-picked from 1234abcde",
            "Sync with upstream\n\n- 1234abcde: one\n",
            "Weekly\n\nApplied commits:\n\n- 1234abcde Fix a\n  more of it\n",
            "Backport https://github.com/up/stream/commit/1234abcde",
        ] {
            assert_eq!(ids(line), ["1234abcde"], "{line}");
        }
        assert_eq!(ids("Porting over https://github.com/Up/Stream/pull/20330"), ["up/stream#20330"]);
    }

    #[test]
    fn what_is_named_for_another_reason_is_none() {
        for line in [
            "Fix what 1234abcde broke",
            "docs: 1234abcde is next",
            "Sync with upstream\n\nSkipped:\n- 1234abcde picks another\n",
            "Sync\n\n## Not applied\n\n- 1234abcde one\n",
            "Sync\n\n**Skipped (2)**\n- 1234abcde one\n",
            "Pick nothing of it: skip 1234abcde",
            "Revert the pick of 1234abcde",
            "Cherry pick a more complete fix to 1234abcde",
            "Fix a regression from upstream 1234abcde",
            "1234abcde was not ported",
            "Sync\n\nApplied:\n- one\n\nWhat 1234abcde does is ours.",
        ] {
            assert_eq!(ids(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn less_than_the_whole_is_said_so() {
        let partly = |message| mentions(message).iter().map(|mention| mention.partly).collect::<Vec<_>>();
        assert_eq!(partly("Port part of 1234abcde\n\nUpstream: 1234abcdf"), [true, false]);
    }
}

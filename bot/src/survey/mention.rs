//! What a commit of the fork says it takes from upstream: commits by their ids, pull requests by their addresses.
//!
//! A message names commits for many reasons. What counts stands in a line that speaks of taking, or in a list below a heading that
//! does; never in one that speaks of skipping or undoing. Whether it is so, the content says.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::statement::states;

/// What speaks of taking.
static TAKES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b (?: (?:cherry[-\s]?)? pick(?:s|ed|ing)? | (?:back-?)? port(?:s|ed|ing)? | upstream(?:'s)? | sync(?:s|ed|hed|ing)?
            | re-?implement(?:s|ed|ing|ation)? | appl(?:y|ies|ied|ying) | integrat(?:e|es|ed|ing) ) \b",
    )
    .expect("a constant pattern")
});

/// What speaks of anything but taking.
static LEAVES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b (?: skip(?:s|ped|ping)? | revert(?:s|ed|ing)? | no[-_\s]?ops? | undo(?:es|ne)? | exclud(?:e|es|ed|ing)
            | omit(?:s|ted|ting)? | defer(?:s|red|ring)? | drop(?:s|ped|ping)? | ignor(?:e|es|ed|ing) | reject(?:s|ed|ing)?
            | superseded | obsolete | postponed | planned | pending | blocked | declined | out[-\s]of[-\s]range | diverged
            | (?:not|never|without|n't) \s+ (?:yet \s+)? (?:be(?:en)? \s+)? (?:pick|port|back-?port|appl|tak|sync|merg|integrat|includ|need|implement)\w*
            | (?:follow[-\s]?up|fix(?:es)?|fixup|regression|bug|broken|conflicts?|instead|prior|before|introduced|caused) \s+ (?:to|of|for|from|by|with|in) ) \b",
    )
    .expect("a constant pattern")
});

/// What speaks of less than the whole.
static PARTLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b (?: part(?:s)?\ of | partial(?:ly)? | partly | selective(?:ly)? | some\ of | subset | half\ of | minimal
            | inspired | based\ on | only\ the | concepts? | ideas? | extracts? ) \b",
    )
    .expect("a constant pattern")
});

/// What may be less than the whole.
static ADAPTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:taken|adapted|extracted|borrowed) from\b").expect("a constant pattern"));

/// A heading of what was taken, and not of what is to be: `Applied commits:`, `## Cherry-picked (3)`.
static TAKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[\s#*]*(?:(?:cherry[-\s]?)?picked|(?:back-?)?ported|re-?implemented|applied|integrated|synced|taken)\b",
    )
    .expect("a constant pattern")
});

static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b https?://github\.com/([\w.-]+/[\w.-]+)/pull/([0-9]{1,9}) \b
          | \b https?://github\.com/[\w.-]+/[\w.-]+/commit/([0-9a-f]{7,40}) \b
          | \b ([0-9a-f]{7,40}) \b",
    )
    .expect("a constant pattern")
});

/// A line that begins a section: `Skipped:`, `## Applied commits`, `**Picked (3)**`.
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|[^\s*+-][^:]{0,80}:)\s*$").expect("a constant pattern")
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
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Commit(one), Self::Commit(other)) => one.starts_with(other) || other.starts_with(one),
            (one, other) => one == other,
        }
    }
}

/// Something named as taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) named: Named,
    pub(super) claim: Claim,
}

/// What is said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Claim {
    /// That it is not all there, or need not be.
    Part,
    /// That it has to do with it.
    Named,
    /// That this is it.
    Stated,
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
    let (mut found, mut section): (Vec<Mention>, _) = (Vec::new(), Section::Nothing);
    let (mut first, mut after_blank) = (true, false);
    // In a list of what was taken; and what some line says less of, which no other line can state.
    let (mut taken, mut less, mut title_leaves) = (false, Vec::new(), false);
    for line in message.lines() {
        if line.trim().is_empty() {
            after_blank = true;
            continue;
        }
        let (takes, leaves) = (TAKES.is_match(line), LEAVES.is_match(line));
        // The first line is what the whole is about.
        let is_heading = first || HEADING.is_match(line);
        let title = std::mem::take(&mut first);
        title_leaves |= title && leaves;
        if is_heading {
            taken = !title && !leaves && TAKEN.is_match(line);
            section = match (leaves, takes) {
                (true, _) => Section::Leaving,
                (false, true) => Section::Taking,
                (false, false) => Section::Nothing,
            };
        } else if after_blank && !is_item(line) {
            (section, taken) = (Section::Nothing, false);
        }
        after_blank = false;
        let counts = match section {
            Section::Leaving => false,
            Section::Taking => !leaves,
            Section::Nothing => takes && !leaves,
        };
        let partly = PARTLY.is_match(line);
        if leaves || partly || section == Section::Leaving {
            less.extend(named(line).map(|(named, _)| named));
        }
        if counts {
            let (names, places): (Vec<Named>, Vec<Range<usize>>) = named(line).unzip();
            let states = states(line, &places, title, taken && !is_heading);
            found.extend(names.into_iter().zip(states).map(|(named, stated)| {
                let claim = match (partly || !stated && ADAPTED.is_match(line), stated) {
                    (true, _) => Claim::Part,
                    (false, true) => Claim::Stated,
                    (false, false) => Claim::Named,
                };
                Mention { named, claim }
            }));
        }
    }
    for mention in &mut found {
        if title_leaves || less.iter().any(|less| less.is(&mention.named)) {
            mention.claim = mention.claim.min(Claim::Named);
        }
    }
    found
}

/// What a line names, and where.
fn named(line: &str) -> impl Iterator<Item = (Named, Range<usize>)> + '_ {
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

    fn id(named: Named) -> String {
        match named {
            Named::Commit(sha) => sha,
            Named::Pull(repository, number) => format!("{repository}#{number}"),
        }
    }

    fn ids(message: &str) -> Vec<String> {
        mentions(message).into_iter().map(|mention| id(mention.named)).collect()
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
        let claims = |message| mentions(message).iter().map(|mention| mention.claim).collect::<Vec<_>>();
        assert_eq!(claims("Port part of 1234abcde\n\nUpstream: 1234abcdf"), [Claim::Part, Claim::Stated]);
        assert_eq!(claims("reimplement: concepts (upstream 1234abcde)"), [Claim::Part]);
        assert_eq!(claims("Read it\n\nAdapted from upstream 1234abcde"), [Claim::Part]);
        // What one line says less of, no other can state.
        let message = "reimplement: two (upstream 1234abcde + 1234abcdf)\n\n1234abcdf - the second: PARTIAL\n";
        assert_eq!(claims(message), [Claim::Stated, Claim::Named]);
        assert_eq!(claims("Read it\n\nPorted from 1234abcde.\n\n- 1234abcdefff - planned"), [Claim::Named]);
        assert_eq!(claims("skip: nothing of it\n\nUpstream: 1234abcde"), [Claim::Named]);
    }

    #[test]
    fn a_commit_says_that_it_is_upstreams() {
        let stated = |message| -> Vec<String> {
            let stated = mentions(message).into_iter().filter(|mention| mention.claim == Claim::Stated);
            stated.map(|mention| id(mention.named)).collect()
        };
        for message in [
            "cherry-pick: 1234abcde read it all",
            "cherry-pick: upstream abcd12345..1234abcde batch 3",
            "reimplement: read it all (upstream 1234abcde)",
            "sync(v1.2): Batch 3 - read it all (1234abcde)",
            "feat(ui): read it all (upstream 1234abcde)",
            "Read it all (reimplements 1234abcde)",
            "fix(patch): cherry-pick 1234abcde to release/v1.2 (#12)",
            "Sync to v1.2 (#12)\n\n* reimplement: read it all (upstream 1234abcde)\n\n* Other",
            "Sync to v1.2 (#12)\n\n* feat: read it all (upstream 1234abcde)",
            "Read it all\n\nReimplements upstream 1234abcde - reads what",
            "Read it all\n\nCherry-picked and adapted from our/stream commit 1234abcde.",
            "Read it all\n\nThis adapts upstream commit 1234abcde, replacing",
            "Read it all\n\nManually applied from upstream 1234abcde. It",
            "Read it all\n\nBackport of https://github.com/up/stream/commit/1234abcde",
            "Read it all\n\nUpstream: 1234abcde",
            "Read it all\n\nCherry-picked 3 upstream commits:\n- 1234abcde: read it all\n",
        ] {
            assert_eq!(stated(message), ["1234abcde"], "{message}");
        }
        let message = "Paste\n\nReimplements upstream 1234abcde (the first), 1234abcdf + abcd12345 adapted for us:";
        assert_eq!(stated(message), ["1234abcde", "1234abcdf", "abcd12345"]);
        for message in [
            "Read it all\n\nSee upstream 1234abcde for the port.",
            "Read it all as upstream (see 1234abcde)",
            "Read it all\n\nWhat follows on it (upstream 1234abcde) is for later.",
            "refactor: parity (upstream 1234abcde cleanup)",
            "test: check it (1234abcde) [RED]\n\nRelated: upstream 1234abcde",
            "cherry-pick: 1234abcde..more",
            "Sync\n\nTo be applied:\n- 1234abcde: read it all\n",
            "Apply the patch that came before upstream 1234abcde",
        ] {
            assert_eq!(stated(message), [""; 0], "{message}");
        }
    }
}

//! What a commit of the fork says it takes from upstream: commits by their ids, pull requests by their addresses.
//!
//! A message names commits for many reasons. What counts stands in a line that speaks of taking, or in a list below a heading that
//! does; never in one that speaks of skipping or undoing. Whether it is so, the content says.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::message::{is_item, named, unwrapped, without_titles};
use super::statement::{Place, Said, states};

pub(super) use super::message::Named;

/// What speaks of taking.
static TAKES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b (?: (?:cherry[-\s]?)? pick(?:s|ed|ing)? | (?:back-?)? port(?:s|ed|ing)? | upstream(?:'s)? | sync(?:s|ed|hed|ing)?
            | re-?implement(?:s|ed|ing|ation)? | appl(?:y|ies|ied|ying) | integrat(?:e|es|ed|ing) ) \b",
    )
    .expect("a constant pattern")
});

/// What speaks of anything but taking; `it.skip()` is code that is spoken of.
pub(super) static LEAVES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) (?: ^ | [^\w.] ) (?: skip(?:s|ped|ping)? | revert(?:s|ed|ing)? | no[-_\s]?ops? | undo(?:es|ne)? | exclud(?:e|es|ed|ing)
            | omit(?:s|ted|ting)? | defer(?:s|red|ring)? | drop(?:s|ped|ping)? | ignor(?:e|es|ed|ing) | reject(?:s|ed|ing)?
            | superseded | obsolete | postponed | planned | pending | blocked | declined | out[-\s]of[-\s]range | diverged
            | (?:not|never|without|n't) \s+ (?:yet \s+)? (?:be(?:en)? \s+)? (?:pick|port|back-?port|appl|tak|sync|merg|integrat|includ|need|implement)\w*
            | (?:follow[-\s]?up|regression|bug|broken|conflicts?|instead|prior|before|introduced|caused) \s+ (?:to|of|for|from|by|with|in)
            | fix(?:es|up)? \s+ (?:to|of|for|by|with|in) ) \b",
    )
    .expect("a constant pattern")
});

/// What speaks of less than the whole.
static PARTLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) \b (?: part(?:s)? (?:\ [0-9]+/[0-9]+)? \ of | partial(?:ly)? | partly | selective(?:ly)? | some\ of | subset | half\ of | minimal
            | inspired | based\ on | only\ the | concepts? | ideas? | extracts? ) \b",
    )
    .expect("a constant pattern")
});

/// One of several commits that make up another: `(part 2/6 of 1234abcd)`.
static ONE_OF: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\bpart [0-9]+/[0-9]+ of\b").expect("a constant pattern"));

/// What may be less than the whole.
static ADAPTED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:taken|adapted|extracted|borrowed) from\b").expect("a constant pattern"));

/// A heading of what was taken, and not of what is to be: `Applied commits:`, `## Cherry-picked (3)`.
static TAKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) ^[\s\#*]* (?: (?: (?:cherry[-\s]?)?picked|(?:back-?)?ported|re-?implemented|applied|integrated|synced|taken) \b
            | (?: cherry[-\s]?picks|(?:back-?)?ports|(?:re-?)?implements?|applies|adapts ) \b .* \b upstream \b )",
    )
    .expect("a constant pattern")
});

/// What is said below an item that takes it back.
static THERE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*[-*+]?\s*(?:already|n/a\b|no changes?\b|not (?:needed|applicable)\b|nothing\b)")
        .expect("a constant pattern")
});

/// A line that begins a section: `Skipped:`, `## Applied commits`, `**Picked (3)**`.
pub(super) static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|[^\s*+-][^:]{0,80}:)\s*$").expect("a constant pattern")
});

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
    /// That it is among what this takes.
    Stated,
    /// That this is it.
    Is,
}

/// What the lines around one speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Nothing,
    Taking,
    Leaving,
}

/// All that a message names as taken, in its order. `title_of` is what upstream calls a commit: its own words say nothing of what became of
/// it.
pub(super) fn mentions<'t>(message: &str, title_of: &dyn Fn(&str) -> Option<&'t str>) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = Reading { section: Section::Nothing, taken: false, after_blank: false };
    let single = !message.lines().any(|line| line.starts_with("* "));
    // What some line says less of, which no other line can state.
    let (mut less, mut title_leaves) = (Vec::new(), false);
    let mut item: Vec<Named> = Vec::new();
    for (place, line) in unwrapped(message).iter().enumerate() {
        if line.trim().is_empty() {
            at.after_blank = true;
            continue;
        }
        let title = place == 0;
        // Its first line may be the title of what it names below.
        let whole = title.then(|| without_titles(line, named(message), title_of));
        let line = &*without_titles(line, named(line), title_of);
        let own = whole.as_deref().unwrap_or(line);
        let (names, places): (Vec<Named>, Vec<Range<usize>>) = named(line).unzip();
        let (leaves, partly) = (LEAVES.is_match(own), PARTLY.is_match(line));
        let takes = TAKES.is_match(line) || ONE_OF.is_match(line);
        title_leaves |= title && leaves;
        let counts = at.counts(line, (title, !names.is_empty()), (takes, leaves));
        if leaves || partly || at.section == Section::Leaving {
            less.extend(names.iter().cloned());
        }
        if names.is_empty() && THERE.is_match(line) {
            less.append(&mut item);
        }
        let said = states(line, &places, Place { title, taken: at.taken && !title, single });
        // A list below a title that takes is of what was taken.
        at.taken |= title && !leaves && said.contains(&Said::Is);
        if !names.is_empty() {
            item.clone_from(&names);
        }
        found.extend(names.into_iter().zip(said).filter(|_| counts).map(|(named, said)| {
            let claim = match (partly || said == Said::Nothing && ADAPTED.is_match(line), said) {
                (true, _) => Claim::Part,
                (false, Said::Is) => Claim::Is,
                (false, Said::Among) => Claim::Stated,
                (false, Said::Nothing) => Claim::Named,
            };
            Mention { named, claim }
        }));
    }
    for mention in &mut found {
        if title_leaves || less.iter().any(|less| less.is(&mention.named)) {
            mention.claim = mention.claim.min(Claim::Named);
        }
    }
    found
}

/// Where in a message the reading is.
struct Reading {
    section: Section,
    /// Whether it is a list of what was taken.
    taken: bool,
    after_blank: bool,
}

impl Reading {
    /// Goes on to a line, and says whether what it names counts. The first line is what the whole is about.
    fn counts(&mut self, line: &str, (title, names): (bool, bool), (takes, leaves): (bool, bool)) -> bool {
        // `1. Read it all (1234abcd):` is an item of the list that it stands in.
        let numbered =
            names && self.section != Section::Nothing && line.starts_with(|sign: char| sign.is_ascii_digit());
        if title || HEADING.is_match(line) && !numbered {
            self.taken = !title && !leaves && TAKEN.is_match(line);
            self.section = match (leaves, takes || self.taken) {
                (true, _) => Section::Leaving,
                (false, true) => Section::Taking,
                (false, false) => Section::Nothing,
            };
        } else if self.after_blank && !is_item(line) {
            (self.section, self.taken) = (Section::Nothing, false);
        }
        self.after_blank = false;
        match self.section {
            Section::Leaving => false,
            Section::Taking => !leaves,
            Section::Nothing => takes && !leaves,
        }
    }
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

    /// As where upstream calls this commit so.
    fn all(message: &str) -> Vec<Mention> {
        mentions(message, &|sha| (sha == "1234abcd").then_some("fix(core): skip what is partial (#7)"))
    }

    fn ids(message: &str) -> Vec<String> {
        all(message).into_iter().map(|mention| id(mention.named)).collect()
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
            "Tests\n\n- 1234abcde: Applied, it() to it.skip() for a slow test",
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
            "Tests\n\n- 1234abcde: applied by none, skip() is ours",
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
        let claims = |message| all(message).iter().map(|mention| mention.claim).collect::<Vec<_>>();
        assert_eq!(claims("Port part of 1234abcde\n\nUpstream: 1234abcdf"), [Claim::Part, Claim::Is]);
        assert_eq!(claims("reimplement: concepts (upstream 1234abcde)"), [Claim::Part]);
        assert_eq!(claims("Read it\n\nAdapted from upstream 1234abcde"), [Claim::Part]);
        // What one line says less of, no other can state.
        let message = "reimplement: two (upstream 1234abcde + 1234abcdf)\n\n1234abcdf - the second: PARTIAL\n";
        assert_eq!(claims(message), [Claim::Is, Claim::Named, Claim::Part]);
        assert_eq!(claims("Read it\n\nPorted from 1234abcde.\n\n- 1234abcdefff - planned"), [Claim::Named]);
        assert_eq!(claims("skip: nothing of it\n\nUpstream: 1234abcde"), [Claim::Named]);
    }

    #[test]
    fn a_commit_says_that_it_is_upstreams() {
        let stated = |message| -> Vec<String> {
            let stated = all(message).into_iter().filter(|mention| mention.claim >= Claim::Stated);
            stated.map(|mention| id(mention.named)).collect()
        };
        for message in [
            "cherry-pick: 1234abcde read it all",
            "cherry-pick: upstream abcd12345..1234abcde batch 3",
            "reimplement: read it all (upstream 1234abcde)",
            "sync(v1.2): Batch 3 - read it all (1234abcde)",
            "feat(ui): read it all (upstream 1234abcde)",
            "Read it all (reimplements 1234abcde)",
            "Read it all (upstream 1234abcde) fixes #12, addresses (#34).",
            "Read it all\n\nUpstream reference: 1234abcde",
            "Read it all\n\nBatch 12 — FULL REIMPLEMENT — 1234abcde — reading",
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
            "Read it all\n\nAdapts upstream commits:\n- 1234abcde: read it all\n",
            "Hooks\n\nImplements two upstream commits for us:\n\n1. Read it all (1234abcde):\n   - all of it\n",
            "Harden it\n\nImplement two fixes from upstream 1234abcde:",
        ] {
            assert_eq!(stated(message), ["1234abcde"], "{message}");
        }
        // A sentence goes on where a name ends a line, and a list below a title that takes is of what was taken.
        let message =
            "Hooks\n\nReimplements upstream 1234abcde (the first), 1234abcdf\n(the second) and abcd12345\n(the third).";
        assert_eq!(stated(message), ["1234abcde", "1234abcdf", "abcd12345"]);
        let message = "cherry-pick: upstream 1234abcde..1234abcdf batch 9\n\n1234abcde: one\n1234abcdf: two\nabcd12345: SKIPPED\n";
        assert_eq!(stated(message), ["1234abcdf", "1234abcde", "1234abcdf"]);
        let message = "Paste\n\nReimplements upstream 1234abcde (the first), 1234abcdf + abcd12345 adapted for us:";
        assert_eq!(stated(message), ["1234abcde", "1234abcdf", "abcd12345"]);
        for message in [
            "Read it all\n\nSee upstream 1234abcde for the port.",
            "Read it all as upstream (see 1234abcde)",
            "Read it all (upstream 1234abcde) after #12",
            "Read it all\n\nUpstream reference: 1234abcde has the rest",
            "Read it all\n\nWhat follows on it (upstream 1234abcde) is for later.",
            "refactor: parity (upstream 1234abcde cleanup)",
            "test: check it (1234abcde) [RED]\n\nRelated: upstream 1234abcde",
            "cherry-pick: 1234abcde..more",
            "Sync\n\nTo be applied:\n- 1234abcde: read it all\n",
            "Apply the patch that came before upstream 1234abcde",
            "Read it all\n\nBatch 13 — 1234abcde — a port of it is next",
            "Hooks\n\nImplements two upstream commits:\n\n1. Read it all (1234abcde):\n   - Already there since last month\n",
        ] {
            assert_eq!(stated(message), [""; 0], "{message}");
        }
    }

    #[test]
    fn upstreams_own_title_says_nothing_of_what_became_of_it() {
        for message in [
            "reimplement: skip what is partial (upstream 1234abcd)",
            "fix: skip what is partial\n\nCherry-picked from upstream commit 1234abcd.",
            "Sync\n\nApplied commits:\n- 1234abcd Skip what is partial\n",
        ] {
            assert!(all(message)[0].claim >= Claim::Stated, "{message}");
        }
        assert_eq!(ids("Sync\n\nSkipped:\n- 1234abcd skip what is partial"), [""; 0]);
    }
}

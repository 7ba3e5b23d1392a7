//! Lines by which a commit says that it is upstream's, as `(cherry picked from commit …)` does: `reimplement: … (upstream 1234abcd)`,
//! `Ported from upstream 1234abcd`.
//!
//! It is the word of those who keep the fork. A title, or a line of its own, is believed as such a trailer is; where it is one of many that a
//! commit names, a line alike is asked: what is written anew for the fork has others.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What stands for each name in a line, so that the forms need not say how one is written.
const NAME: &str = "\u{1}";

/// Words of taking.
const TAKES: &str = r"(?: (?:cherry[-\s]?)?pick(?:s|ed)? | re-?implement(?:s|ed|ation)? | (?:back-?)?port(?:s|ed)? | adapts?
    | appl(?:y|ies|ied) | implements? )";
/// What may stand between such a word and the names.
const FROM: &str = r"(?: (?:\s+(?:and|with)\s+(?:adapted|adaptations|manually|applied))? (?:\s+(?:from|of|over)(?:\s+[\w./-]+)??)?
    (?:\s+the)? (?:\s+upstream(?:'s|’s)?)? (?:\s+commits?)? :? \s+ )";
/// One or several names, each with a remark in brackets.
const NAMES: &str = r"(?: \x01 (?: \s* (?:\([^()]*\))? \s* (?: ,(?:\s*and\b)? | \+ | & | \band\b ) \s* \x01 )* )";

/// What ends a title: the numbers of the fork's own issues and pull requests.
const END: &str = r"(?: [\s,.]* \(? (?: address(?:es)? | clos(?:es|ed)? | fix(?:es|ed)? | refs? | resolv(?:es|ed)? | see | for )? :? \s*
    \(? \#[0-9]+ \)? )* [\s.]* $";

fn form(pattern: &str) -> Regex {
    let pattern = pattern.replace("END", END).replace("TAKES", TAKES).replace("FROM", FROM).replace("NAMES", NAMES);
    Regex::new(&format!("(?xi) {pattern}")).expect("a constant pattern")
}

/// Forms of titles: of a message's first line, or of a commit in a squash.
static TITLES: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        // `cherry-pick: 1234abcd`, and of `1234abcd..abcd1234` the last, which such a range has in any case.
        form(
            r"^ (?:TAKES|sync|upstream) (?:\([^()]*\))? : \s* (?:upstream\s+)? (?:commits?\s+)? (?:\x01\.{2,3})? NAMES (?: [^.] | \.?$ )",
        ),
        // `sync(v1.2): Read it all (1234abcd)`.
        form(r"^ (?:TAKES|sync|upstream) (?:\([^()]*\))? : .* \( \s* NAMES \s* \) END"),
        // `Read it all (upstream 1234abcd)`.
        form(r"\( \s* (?: TAKES FROM | (?:from\s+)? upstream \s+ (?:commits?\s+)? ) NAMES \s* \) END"),
    ]
});

/// Forms of any line.
static LINES: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        // `Ported from upstream 1234abcd (the first half of it) and abcd1234`, at the beginning or after a tag.
        // A bounded row of all of Unicode's letters takes longer to compile than all other forms together.
        form(r"^ (?:[0-9a-z_\x20()./-]{1,40}:)? \s* (?:this\s+(?:commit\s+)?)? (?:manually\s+)? TAKES FROM NAMES"),
        // `Implements two fixes from upstream 1234abcd`.
        form(
            r"^ TAKES (?:\s+[0-9a-z_-]+){1,5} \s+ from (?:\s+the)? \s+ upstream (?:'s|’s)? (?:\s+commits?)? \s+ NAMES",
        ),
        // `Upstream: 1234abcd`, and upstream's title, of which one word is left here.
        form(
            r"^ (?: upstream (?:[-\s](?:commit|reference))? \s* : \s* NAMES (?: \s [-–—:]? \s* \(? title \)? )? | \( \s* upstream \s+ NAMES \s* \) ) [\s.]* $",
        ),
    ]
});

/// Of a plan that is followed: `Batch 12 — full reimplement — 1234abcd — read it all`.
static STEP: LazyLock<Regex> = LazyLock::new(|| {
    form(r"^ (?:[0-9a-z_\x20]{1,40} [-–—] \s+)? (?:[a-z]+\s+)? TAKES \s* [-–—] \s* NAMES (?: \s | $ )")
});

/// An item of a list of what was taken begins or ends with it.
static ITEMS: LazyLock<[Regex; 2]> =
    LazyLock::new(|| [form(r"^ NAMES (?: \s | : )"), form(r"^ [^\x01]+ \( \s* NAMES \s* \) [\s.:]* $")]);

/// What a line says of a name in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    #[default]
    Nothing,
    /// That it is among what the commit takes.
    Among,
    /// That the commit is it: in a title, that of a squashed commit too.
    Is,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// It is a message's first.
    pub(super) title: bool,
    /// It is of a list of what was taken.
    pub(super) taken: bool,
    /// The message is of one commit, not of several in one.
    pub(super) single: bool,
}

/// What a line says of each of the names in it, at these places.
pub(super) fn states(line: &str, names: &[Range<usize>], place: Place) -> Vec<Said> {
    let mut bare = String::with_capacity(line.len());
    let mut end = 0;
    for name in names {
        bare.push_str(&line[end..name.start].replace(NAME, " "));
        bare.push_str(NAME);
        end = name.end;
    }
    bare.push_str(&line[end..].replace(NAME, " "));
    let text = bare.trim_start();
    let (item, text) = match text.strip_prefix(['*', '+', '-']).filter(|rest| rest.starts_with(' ')) {
        Some(rest) => (text.chars().next(), rest.trim()),
        None => (None, text.trim()),
    };
    let titles = TITLES.iter().filter(|_| place.title || item == Some('*')).map(|form| (form, Said::Is));
    let of_lines = if place.single && item.is_none() { Said::Is } else { Said::Among };
    let lines = LINES.iter().map(|form| (form, of_lines));
    let items = ITEMS.iter().filter(|_| place.taken).map(|form| (form, Said::Among));
    let step = [(&*STEP, Said::Among)];
    let mut states = vec![Said::Nothing; names.len()];
    for (found, said) in
        titles.chain(lines).chain(items).chain(step).filter_map(|(form, said)| Some((form.find(text)?, said)))
    {
        // Of a range, what is before the dots is not meant.
        for (at, _) in found.as_str().match_indices(NAME) {
            let at = found.start() + at;
            if !text[at + NAME.len()..].starts_with("..") {
                let state = &mut states[text[..at].matches(NAME).count()];
                *state = said.max(*state);
            }
        }
    }
    states
}

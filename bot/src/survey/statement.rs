//! Lines by which a commit says that it is upstream's, as `(cherry picked from commit …)` does: `reimplement: … (upstream 1234abcd)`,
//! `Ported from upstream 1234abcd`.
//!
//! It is the word of those who keep the fork. So few lines alike are enough beside it: what is written anew for the fork has others.

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

fn form(pattern: &str) -> Regex {
    let pattern = pattern.replace("TAKES", TAKES).replace("FROM", FROM).replace("NAMES", NAMES);
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
        form(r"^ (?:TAKES|sync|upstream) (?:\([^()]*\))? : .* \( \s* NAMES \s* \) [\s.]* $"),
        // `Read it all (upstream 1234abcd)`.
        form(r"\( \s* (?: TAKES FROM | (?:from\s+)? upstream \s+ (?:commits?\s+)? ) NAMES \s* \) [\s.]* $"),
    ]
});

/// Forms of any line.
static LINES: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        // `Ported from upstream 1234abcd (the first half of it) and abcd1234`, at the beginning or after a tag.
        form(r"^ (?:[\w\s()./-]{1,40}:)? \s* (?:this\s+(?:commit\s+)?)? (?:manually\s+)? TAKES FROM NAMES"),
        // `Upstream: 1234abcd`.
        form(r"^ (?: upstream (?:[-\s]commit)? \s* : \s* NAMES | \( \s* upstream \s+ NAMES \s* \) ) [\s.]* $"),
    ]
});

/// An item of a list of what was taken begins with it.
static ITEM: LazyLock<Regex> = LazyLock::new(|| form(r"^ NAMES (?: \s | : )"));

/// Of the names in a line, at these places, whether it says that the commit is the one so named. `title`: whether it is a message's
/// first; `taken`: whether it is of a list of what was taken.
pub(super) fn states(line: &str, names: &[Range<usize>], title: bool, taken: bool) -> Vec<bool> {
    let mut bare = String::with_capacity(line.len());
    let mut end = 0;
    for name in names {
        bare.push_str(&line[end..name.start].replace(NAME, " "));
        bare.push_str(NAME);
        end = name.end;
    }
    bare.push_str(&line[end..].replace(NAME, " "));
    let text = bare.trim_start();
    let (in_squash, text) = match text.strip_prefix(['*', '+', '-']).filter(|rest| rest.starts_with(' ')) {
        Some(rest) => (text.starts_with('*'), rest.trim()),
        None => (false, text.trim()),
    };
    let titles = TITLES.iter().filter(|_| title || in_squash);
    let forms = titles.chain(LINES.iter()).chain(std::iter::once(&*ITEM).filter(|_| taken));
    let mut states = vec![false; names.len()];
    for found in forms.filter_map(|form| form.find(text)) {
        // Of a range, what is before the dots is not meant.
        for (place, _) in found.as_str().match_indices(NAME) {
            let place = found.start() + place;
            let ranges = text[place + NAME.len()..].starts_with("..");
            states[text[..place].matches(NAME).count()] |= !ranges;
        }
    }
    states
}

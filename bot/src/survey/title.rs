//! What a subject line says, apart from how a project or a person marks it: numbers of pull requests, tags, words of picking.

use std::sync::LazyLock;

use regex::Regex;

/// What stands before the words of a subject: a tag in brackets, or a word that says where the change comes from.
static HEAD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) ^ \s* (?:
            \[ [^\[\]]{1,40} \] \s* :?
          | (?: back-?port(?:ed)? (?:\s+of)? | cherry[-\s]?pick(?:ed)? (?:\s+of)? | pick(?:ed)? | port(?:ed)? | sync
              | re-?implement(?:ed|ation)? (?:\s+of)? | upstream (?: \s* : \s* (?: \#?[0-9]+ | <[a-z-]+> ) )? ) \s* :
        )",
    )
    .expect("a constant pattern")
});

/// What stands after them: a number, or the commit it comes from.
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?xi) \s* (?: [(\[] \s* (?: \#[0-9]+ | upstream \s+ [0-9a-f]{7,40} ) \s* [)\]] | \#[0-9]+ ) \s* $")
        .expect("a constant pattern")
});

static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"#([0-9]{1,9})\b").expect("a constant pattern"));

/// The words of a subject: without `[tag]`, `backport:`, `UPSTREAM: 12:` and the like before them, `(#12)` after them, case and full
/// stop. `None` where nothing is left.
pub(super) fn core(subject: &str) -> Option<String> {
    let mut rest = subject.trim();
    while let Some(found) = HEAD.find(rest).filter(|found| found.end() < rest.len()) {
        rest = rest[found.end()..].trim_start();
    }
    while let Some(found) = TAIL.find(rest).filter(|found| found.start() > 0) {
        rest = rest[..found.start()].trim_end();
    }
    let words: Vec<&str> = rest.trim_end_matches(['.', '!', ' ']).split_whitespace().collect();
    let core = words.join(" ").to_lowercase();
    (!core.is_empty()).then_some(core)
}

/// Every number in a subject that may be a pull request's.
pub(super) fn numbers(subject: &str) -> impl Iterator<Item = u64> + '_ {
    NUMBER.captures_iter(subject).filter_map(|found| found[1].parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_same_however_it_is_marked() {
        for subject in [
            "fix(tls): Read the whole file",
            "fix(tls): read the whole file. (#8227)",
            "[release-1.2] fix(tls): read the whole file (#12) (#34)",
            "UPSTREAM: 8227: fix(tls): read the whole file",
            "UPSTREAM: <carry>: fix(tls): read the whole file",
            "Backport: [core] fix(tls):  read the whole file",
            "reimplement: fix(tls): read the whole file (upstream 94d5ae5)",
            "cherry-pick of: fix(tls): read the whole file #12",
        ] {
            assert_eq!(core(subject).as_deref(), Some("fix(tls): read the whole file"), "{subject}");
        }
        assert_eq!(core("Port the reader to Windows").as_deref(), Some("port the reader to windows"));
        assert_eq!(core("Upstream the reader: all of it").as_deref(), Some("upstream the reader: all of it"));
        for (all, words) in [("[tag]", "[tag]"), ("(#12)", "(#12)"), ("backport:", "backport:")] {
            assert_eq!(core(all).as_deref(), Some(words), "what is all there is stays");
        }
        assert_eq!(core(" . "), None);
    }

    #[test]
    fn all_numbers_are_read() {
        assert_eq!(numbers("Fix #9 (#12) (#34), not #5a or 6").collect::<Vec<_>>(), [9, 12, 34]);
    }
}

//! What a subject says of itself before it says what it does: `fix(parser): …`, `[Core] …`, `mm/slab: …`.

use crate::config::commit_type;

/// The types people write before a colon, and what they come to.
pub(super) const TYPES: [(Work, &[&str]); 6] = [
    (Work::Fixes, &["fix", "fixes", "bugfix", "hotfix", "bug"]),
    (Work::Features, &["feat", "feature", "features"]),
    (Work::Speed, &["perf", "performance", "optimize", "optimise"]),
    (Work::Order, &["refactor", "refac", "cleanup", "style", "chore"]),
    (Work::Tests, &["test", "tests"]),
    (Work::Docs, &["docs", "doc", "documentation"]),
];

/// The words a subject without a type begins with.
pub(super) const VERBS: [(Work, &str); 4] = [
    (Work::Fixes, r"(?i)^(fix(es|ed|ing|up)?|hotfix|bugfix|correct(s|ly)?|handle|avoid|prevent|patch|repair)\b"),
    (Work::Speed, r"(?i)^(optimi[sz]e\w*|speed(s|ed)? up|faster|improve (the )?(performance|speed)|perf)\b"),
    (
        Work::Features,
        r"(?i)^(add(s|ed)?|support(s|ed)?|implement(s|ed)?|introduce[sd]?|allow(s|ed)?|enable[sd]?|initial)\b",
    ),
    (
        Work::Order,
        r"(?i)^(refactor\w*|clean(s|ed|up)?|remove[sd]?|rename[sd]?|move[sd]?|simplif\w+|rework\w*|format|typo|clippy)\b",
    ),
];

/// What kind of work a commit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Work {
    Fixes,
    Features,
    Speed,
    Order,
    Tests,
    Docs,
}

impl Work {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Fixes => "Fixes",
            Self::Features => "Features",
            Self::Speed => "Performance",
            Self::Order => "Refactoring and upkeep",
            Self::Tests => "Tests",
            Self::Docs => "Documentation",
        }
    }
}

/// The area of the project that a subject names, in lower case: a scope, a tag or a prefix.
pub(super) fn area(subject: &str) -> Option<String> {
    let area = tag(subject).or_else(|| scope(subject)).or_else(|| prefix(subject))?;
    let area = area.trim().to_lowercase();
    let plain = (1..=30).contains(&area.chars().count()) && area.chars().any(char::is_alphabetic);
    (plain && !is_ticket(&area)).then_some(area)
}

/// `[Core] …`: the first tag that is not merely a kind of work.
fn tag(subject: &str) -> Option<&str> {
    let mut rest = subject.trim_start();
    let mut first = None;
    while let Some((inside, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        if !is_work(inside) {
            return Some(inside);
        }
        first = first.or(Some(inside));
        rest = behind.trim_start();
    }
    None
}

/// `fix(core): …`.
fn scope(subject: &str) -> Option<&str> {
    commit_type(subject)?;
    let (before, behind) = subject.split_once('(')?;
    let inside = before.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then(|| behind.split_once(')'))??.0;
    inside.split(',').next()
}

/// `mm/slab: …`, where that is no type of work.
fn prefix(subject: &str) -> Option<&str> {
    let (word, rest) = subject.split_once(": ")?;
    let plain =
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '!'));
    let word = word.trim_end_matches('!');
    (plain && !rest.trim().is_empty() && !is_work(word)).then_some(word)
}

/// Whether a word says what kind of work it is, and not where.
fn is_work(word: &str) -> bool {
    let word = word.trim().to_lowercase();
    let others = [
        "build",
        "ci",
        "deps",
        "revert",
        "release",
        "security",
        "wip",
        "misc",
        "minor",
        "improvement",
        "rfc",
        "breaking",
    ];
    others.contains(&word.as_str()) || TYPES.iter().any(|(_, types)| types.contains(&word.as_str()))
}

/// `KAFKA-123`: a ticket, not an area.
fn is_ticket(word: &str) -> bool {
    word.split_once('-').is_some_and(|(key, number)| {
        key.chars().all(char::is_alphanumeric) && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
    })
}

/// The regular expression of all subjects that name an area.
pub(super) fn of_area(area: &str) -> String {
    let area = regex::escape(area);
    format!(r"(?i)^(\[[^\]]*\]\s*)*(\[{area}\]|[\w-]+\({area}(,[^)]*)?\)!?:|{area}!?: )")
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    #[test]
    fn an_area_is_a_scope_a_tag_or_a_prefix() {
        for (subject, expected) in [
            ("fix(Parser): read on", Some("parser")),
            ("feat(core, cli): do", Some("core")),
            ("[Bugfix][Core] Fix it", Some("core")),
            ("[ROCm] Faster", Some("rocm")),
            ("plugin/tls: close", Some("plugin/tls")),
            ("mm/slab.c: free", Some("mm/slab.c")),
            ("build(deps): bump x", Some("deps")),
            ("fix: it", None),
            ("KAFKA-123: Move it", None),
            ("MINOR: typo", None),
            ("Fix it: now", None),
            ("[Bugfix] Fix it", None),
        ] {
            assert_eq!(area(subject).as_deref(), expected, "{subject}");
            if let Some(expected) = expected {
                assert!(Regex::new(&of_area(expected)).expect("a pattern").is_match(subject), "{subject}");
            }
        }
    }
}

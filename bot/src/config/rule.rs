//! Rules: which commits fit what the configuration says of them.

use std::fmt::Write as _;

use jiff::civil::Date;
use regex::{Regex, RegexBuilder};

use super::glob;
use super::{Rule, raw};
use engine::path::RepoPath;

/// The largest regular expression, compiled, in bytes: a rule is tried on every commit.
const REGEX_SIZE: usize = 1 << 20;
/// The sizes tried before that one, so that small expressions cost the budget little.
const REGEX_SIZES: [usize; 4] = [8 << 10, 64 << 10, 256 << 10, REGEX_SIZE];
/// What matching one may remember.
const REGEX_MEMORY: usize = 256 << 10;

/// How large all regular expressions of a configuration may be together, compiled, in bytes; lists of paths become such too.
#[derive(Debug)]
pub(crate) struct RegexBudget {
    left: usize,
    /// Whether it was said that there is no room for more.
    said: bool,
}

impl Default for RegexBudget {
    fn default() -> Self {
        Self { left: 64 << 20, said: false }
    }
}

impl RegexBudget {
    /// Takes so much of it; nothing where that much is not left.
    pub(super) fn take(&mut self, size: usize) -> Option<()> {
        self.left = self.left.checked_sub(size)?;
        Some(())
    }
}

/// What a rule looks at in a commit.
#[derive(Debug, Clone, Copy)]
pub struct CommitFacts<'a> {
    /// The first line of its message.
    pub subject: &'a str,
    /// `Name <mail>`.
    pub author: &'a str,
    /// The day it was written, in its author's offset: `2025-11-22`.
    pub day: &'a str,
    /// The paths it touches.
    pub paths: &'a [RepoPath],
}

/// What [`CommitFacts`] borrows, for a commit that has it in another form.
#[derive(Debug, Clone)]
pub struct OwnedFacts<'a> {
    pub(crate) subject: &'a str,
    pub(crate) author: String,
    pub(crate) day: String,
    pub(crate) paths: &'a [RepoPath],
}

impl OwnedFacts<'_> {
    /// To be handed to [`Rule::matches`].
    #[must_use]
    pub fn facts(&self) -> CommitFacts<'_> {
        CommitFacts { subject: self.subject, author: &self.author, day: &self.day, paths: self.paths }
    }
}

/// What is wrong with a part of a rule: the part's path within it, a message, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuleError {
    pub(super) at: String,
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
}

impl Rule {
    /// The rule as written, with its expressions compiled; or all that is wrong with it.
    pub(crate) fn new(written: &raw::RawRule, budget: &mut RegexBudget) -> Result<Self, Vec<RuleError>> {
        let mut faults = Vec::new();
        let mut regex = |at: &str, pattern: &Option<String>| {
            let (message, help) = match compile(pattern.as_deref()?, budget) {
                Ok(regex) => return regex,
                Err(wrong) => wrong,
            };
            faults.push(RuleError { at: at.to_owned(), message, help });
            None
        };
        let subject = regex("subject", &written.subject);
        let author = regex("author", &written.author);
        let mut day = |at: &str, text: &Option<String>| {
            let text = text.as_deref()?;
            if text.parse::<Date>().is_err() {
                let help = Some("a day is written year-month-day, such as `2025-11-22`");
                faults.push(RuleError { at: at.to_owned(), message: format!("there is no day `{text}`"), help });
                return None;
            }
            Some(text.to_owned())
        };
        let since = day("since", &written.since);
        let until = day("until", &written.until);
        if let (Some(since), Some(until)) = (&since, &until)
            && since > until
        {
            let message = format!("no commit fits: `since` ({since}) is after `until` ({until})");
            faults.push(RuleError { at: "since".into(), message, help: Some("swap the two days") });
        }
        let paths = glob::set(&written.paths, budget).unwrap_or_else(|wrong| {
            faults.extend(wrong.into_iter().map(|(index, fault)| RuleError { at: format!("paths/{index}"), ..fault }));
            globset::GlobSet::empty()
        });
        let only = glob::set(&written.only, budget).unwrap_or_else(|wrong| {
            faults.extend(wrong.into_iter().map(|(index, fault)| RuleError { at: format!("only/{index}"), ..fault }));
            globset::GlobSet::empty()
        });
        if *written == raw::RawRule::default() {
            let message = "a rule without any condition".to_owned();
            let help = Some(
                "give it `subject`, `paths`, `only`, `author`, `since`, `until` or `types`; `paths: ['**']` fits every commit",
            );
            faults.push(RuleError { at: String::new(), message, help });
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            subject,
            paths: (!written.paths.is_empty()).then_some(paths),
            only: (!written.only.is_empty()).then_some(only),
            author,
            since,
            until,
            types: written.types.clone(),
            patterns: written.paths.clone(),
            only_patterns: written.only.clone(),
        })
    }

    /// Whether a commit fits: all conditions hold. A list of paths or types holds when any of it does.
    #[must_use]
    pub fn matches(&self, facts: &CommitFacts<'_>) -> bool {
        // Days of four-digit years sort as text.
        self.since.as_deref().is_none_or(|since| facts.day >= since)
            && self.until.as_deref().is_none_or(|until| facts.day <= until)
            && (self.types.is_empty() || self.has_type(facts.subject))
            && self.subject.as_ref().is_none_or(|regex| regex.is_match(facts.subject))
            && self.author.as_ref().is_none_or(|regex| regex.is_match(facts.author))
            && self.paths.as_ref().is_none_or(|set| facts.paths.iter().any(|path| set.is_match(&*path.to_text())))
            && self.only.as_ref().is_none_or(|set| {
                !facts.paths.is_empty() && facts.paths.iter().all(|path| set.is_match(&*path.to_text()))
            })
    }

    fn has_type(&self, subject: &str) -> bool {
        let Some(found) = commit_type(subject) else { return false };
        self.types.iter().any(|wanted| wanted.eq_ignore_ascii_case(found))
    }

    /// The rule in a few words: ``subject ~ `^fix`, path `docs/**` ``.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut parts = Vec::new();
        let any = |words: &[String]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
        if let Some(regex) = &self.subject {
            parts.push(format!("subject ~ `{regex}`"));
        }
        if !self.types.is_empty() {
            parts.push(format!("type {}", any(&self.types)));
        }
        if self.paths.is_some() {
            parts.push(format!("path {}", any(&self.patterns)));
        }
        if self.only.is_some() {
            parts.push(format!("only {}", any(&self.only_patterns)));
        }
        if let Some(regex) = &self.author {
            parts.push(format!("author ~ `{regex}`"));
        }
        let mut days = String::new();
        if let Some(since) = &self.since {
            let _ = write!(days, "since {since}");
        }
        if let Some(until) = &self.until {
            let _ = write!(days, "{}until {until}", if days.is_empty() { "" } else { " " });
        }
        if !days.is_empty() {
            parts.push(days);
        }
        parts.join(", ")
    }
}

/// The type of a conventional commit: `fix` in `fix(server)!: …`. `None` for any other subject.
#[must_use]
pub fn commit_type(subject: &str) -> Option<&str> {
    let end = subject.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))?;
    let (word, rest) = subject.split_at(end);
    let rest = match rest.strip_prefix('(') {
        Some(scope) => scope
            .split_once(')')
            .filter(|(scope, _)| !scope.trim().is_empty() && !scope.contains('('))
            .map(|(_, rest)| rest)?,
        None => rest,
    };
    let rest = rest.strip_prefix('!').unwrap_or(rest).strip_prefix(':')?;
    let spaced = rest.starts_with(char::is_whitespace) && !rest.trim().is_empty();
    (spaced && word.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(word)
}

const NOT_ONE: &str = "not a regular expression";

/// A regular expression, or what is wrong with it and what to do, in a line each.
///
/// Once there is no room for another one, that is said, and the rest is nothing: no rule of such a configuration is ever tried.
fn compile(pattern: &str, budget: &mut RegexBudget) -> Result<Option<Regex>, (String, Option<&'static str>)> {
    if pattern.chars().any(char::is_control) {
        // It would compile, and never match.
        let help = "within double quotes `\\b` is a backspace; put regular expressions in single quotes";
        return Err((format!("{NOT_ONE}: it has a control character in it"), Some(help)));
    }
    let mut error = regex::Error::CompiledTooBig(0);
    for size in REGEX_SIZES {
        if size > budget.left {
            if std::mem::replace(&mut budget.said, true) {
                return Ok(None);
            }
            let help = "repeat less often in them, or match by `types` and `paths`";
            return Err(("all regular expressions together are too large".to_owned(), Some(help)));
        }
        match RegexBuilder::new(pattern).size_limit(size).dfa_size_limit(REGEX_MEMORY).build() {
            Ok(regex) => {
                budget.left -= size;
                return Ok(Some(regex));
            }
            Err(regex::Error::CompiledTooBig(_)) => {}
            Err(other) => {
                error = other;
                break;
            }
        }
    }
    if let regex::Error::CompiledTooBig(_) = error {
        let help = "repeat less often, or split it into several rules";
        return Err((format!("{NOT_ONE}: it is too large"), Some(help)));
    }
    // Several lines that draw the pattern; the last says what is the matter.
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    Err((format!("{NOT_ONE}: {}", last.strip_prefix("error: ").unwrap_or(last)), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(written: &raw::RawRule) -> Rule {
        Rule::new(written, &mut RegexBudget::default()).unwrap_or_else(|faults| panic!("{faults:?}"))
    }

    fn facts<'a>(subject: &'a str, paths: &'a [RepoPath]) -> CommitFacts<'a> {
        CommitFacts { subject, author: "Ada <ada@example.org>", day: "2025-11-22", paths }
    }

    #[test]
    fn types_are_those_of_conventional_commits() {
        for (subject, expected) in [
            ("fix: x", Some("fix")),
            ("fix(server)!: x", Some("fix")),
            ("build-deps(a, b): x", Some("build-deps")),
            ("Docs: Add a table", Some("Docs")),
            ("fix (#1): x", None),
            ("fix(: x", None),
            ("fix(): x", None),
            ("fix:x", None),
            ("fix: ", None),
            ("fix things", None),
            ("[Granite]: x", None),
            ("2: x", None),
            ("", None),
            ("fix", None),
        ] {
            assert_eq!(commit_type(subject), expected, "{subject:?}");
        }
    }

    #[test]
    fn all_conditions_must_hold_and_any_of_a_list() {
        let paths = [RepoPath::from("docs/a/b.md"), RepoPath::from("src/x.rs")];
        let all = raw::RawRule {
            subject: Some("(?i)FIX".into()),
            paths: vec!["none".into(), "docs/**".into()],
            author: Some("ada@".into()),
            since: Some("2025-11-22".into()),
            until: Some("2025-11-22".into()),
            types: vec!["feat".into(), "FIX".into()],
            only: vec!["docs/**".into(), "src/*".into()],
        };
        assert!(rule(&all).matches(&facts("fix(a): b", &paths)));
        for wrong in [
            raw::RawRule { subject: Some("^x".into()), ..all.clone() },
            raw::RawRule { paths: vec!["*.md".into(), "a".into()], ..all.clone() },
            raw::RawRule { author: Some("^ada".into()), ..all.clone() },
            raw::RawRule { since: Some("2025-11-23".into()), until: None, ..all.clone() },
            raw::RawRule { until: Some("2025-11-21".into()), since: None, ..all.clone() },
            raw::RawRule { types: vec!["docs".into()], ..all.clone() },
            raw::RawRule { only: vec!["docs/**".into()], ..all.clone() },
        ] {
            assert!(!rule(&wrong).matches(&facts("fix(a): b", &paths)), "{wrong:?}");
        }
    }

    #[test]
    fn a_rule_tells_what_it_looks_for() {
        let written = raw::RawRule {
            subject: Some("^Fix".into()),
            paths: vec!["docs/**".into(), "*.md".into()],
            types: vec!["fix".into()],
            only: vec!["docs/**".into()],
            author: Some("bot".into()),
            since: Some("2025-01-01".into()),
            until: Some("2025-02-01".into()),
        };
        assert_eq!(
            rule(&written).describe(),
            "subject ~ `^Fix`, type `fix`, path `docs/**` or `*.md`, only `docs/**`, author ~ `bot`, since 2025-01-01 until 2025-02-01"
        );
        assert_eq!(
            rule(&raw::RawRule { until: Some("2025-02-01".into()), ..raw::RawRule::default() }).describe(),
            "until 2025-02-01"
        );
    }

    #[test]
    fn all_expressions_together_have_a_limit_which_is_told_once() {
        let written = raw::RawRule { subject: Some(r"\w{20}".into()), ..raw::RawRule::default() };
        let mut budget = RegexBudget::default();
        let rules: Vec<_> = (0..3000).map(|_| Rule::new(&written, &mut budget)).collect();
        let said: Vec<_> = rules.iter().filter_map(|rule| rule.as_ref().err()).flatten().collect();
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].message, "all regular expressions together are too large");
        let compiled = rules.iter().flatten().filter(|rule| rule.subject.is_some()).count();
        assert!((10..100).contains(&compiled), "{compiled}");
        // A thousand of what people write are far from it.
        let written =
            raw::RawRule { subject: Some(r"^(?i)(fix|feat)(\(server\))?!?: ".into()), ..raw::RawRule::default() };
        let mut budget = RegexBudget::default();
        assert!((0..1000).all(|_| Rule::new(&written, &mut budget).is_ok()));
    }
}

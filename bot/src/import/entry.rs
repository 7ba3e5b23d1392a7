//! Commits that are named in a list, in a heading or in a sentence, with what is said of them there.

use std::collections::BTreeMap;

use super::decision::Disposition;
use super::remarks;
use super::words;

/// What the signs of one document mean, where it says so itself.
#[derive(Debug, Default)]
pub(super) struct Legend(BTreeMap<String, Disposition>);

impl Legend {
    /// Takes up a line that explains a sign: `✅ Implemented`, `[S] - Skipped`.
    pub(super) fn learn(&mut self, text: &str) {
        let marked = marks(text);
        let said = marked.rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        if let (Some(mark), Some((kind, _))) = (marked.names.first(), words::disposition(said)) {
            self.0.entry(mark.clone()).or_insert(kind);
        }
    }

    /// What the signs before a text say.
    fn read(&self, marked: &Marked<'_>) -> Option<Disposition> {
        let of = |name: &String| {
            self.0.get(name).copied().or_else(|| match name.as_str() {
                "[x]" => Some(Disposition::Taken),
                "[ ]" => Some(Disposition::Pick),
                "[-]" => Some(Disposition::Skip),
                sign => sign.chars().next().and_then(words::sign),
            })
        };
        marked.names.iter().find_map(of)
    }
}

/// A text without the signs it begins with.
struct Marked<'a> {
    names: Vec<String>,
    rest: &'a str,
}

fn marks(text: &str) -> Marked<'_> {
    let mut rest = text.trim_start();
    let mut names = Vec::new();
    while let Some(first) = rest.chars().next() {
        if first == '[' {
            let Some((inner, after)) = rest[1..].split_once(']').filter(|(inner, _)| inner.chars().count() == 1) else {
                break;
            };
            names.push(format!("[{}]", if inner == "X" { "x" } else { inner }));
            rest = after.trim_start();
        } else if words::sign(first).is_some() {
            names.push(first.to_string());
            rest = rest[first.len_utf8()..].trim_start_matches('\u{fe0f}').trim_start();
        } else {
            break;
        }
    }
    Marked { names, rest }
}

/// What a cell or a labelled line that holds nothing but a decision says, and the words behind it.
pub(super) fn decided<'a>(text: &'a str, legend: &Legend) -> Option<(Disposition, &'a str)> {
    let marked = marks(text);
    let rest = marked.rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    match words::disposition(rest) {
        Some((kind, rest)) => Some((kind, trim(rest))),
        None => legend.read(&marked).map(|kind| (kind, trim(marked.rest))),
    }
}

/// Commits that are named together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) shas: Vec<String>,
    /// The fork's commit, behind an arrow.
    pub(super) fork: Option<String>,
    pub(super) decision: Option<Disposition>,
    /// What is said besides.
    pub(super) text: String,
}

/// A list item, or a line, that begins with commits, signs before them aside. `task`: whether its box is ticked.
pub(super) fn listed(text: &str, task: Option<bool>, legend: &Legend) -> Vec<Entry> {
    let mut marked = marks(text);
    if let Some(done) = task {
        marked.names.push(if done { "[x]" } else { "[ ]" }.to_owned());
    }
    let decision = legend.read(&marked);
    let mut entries: Vec<Entry> = Vec::new();
    let mut rest = marked.rest;
    loop {
        let (shas, fork, after) = leading(rest);
        if shas.is_empty() {
            break;
        }
        rest = after;
        let mut entry = Entry { shas, fork, decision, text: String::new() };
        // `SHA (what it is) SHA (what it is)`
        if let Some((inside, behind)) = parenthesis(rest)
            && !leading(behind.trim_start_matches([',', ';'])).0.is_empty()
        {
            entry.text = inside.to_owned();
            rest = behind.trim_start_matches([',', ';']);
        }
        entries.push(entry);
    }
    if let Some(last) = entries.last_mut() {
        last.decision = strong(rest).max(last.decision);
        last.text = if last.text.is_empty() { trim(rest).to_owned() } else { format!("{}; {}", last.text, trim(rest)) };
        last.text = trim(&last.text).to_owned();
    }
    entries
}

/// `Removed: SHA (why), SHA (why)`: a label that is a decision, and commits behind it.
pub(super) fn labelled(text: &str, legend: &Legend) -> Vec<Entry> {
    let Some((label, rest)) = marks(text).rest.split_once(':') else { return Vec::new() };
    let Some((kind, more)) = words::disposition(label) else { return Vec::new() };
    if !words::is_filler(more) {
        return Vec::new();
    }
    let mut entries = listed(rest, None, legend);
    for entry in &mut entries {
        entry.decision = entry.decision.or(Some(kind));
    }
    entries
}

/// A heading that names commits.
pub(super) fn heading(text: &str) -> Option<Entry> {
    let shas = shas(text);
    (!shas.is_empty()).then(|| Entry { shas, fork: None, decision: strong(text), text: trim(text).to_owned() })
}

/// A sentence that names commits and says, plainly enough, what becomes of them: `Backoff (07e597de): SKIP`.
pub(super) fn statement(text: &str) -> Option<Entry> {
    let first = text.split(['→', ':']).next().unwrap_or_default();
    let shas = shas(first);
    let decision =
        behind_arrow(text).or_else(|| apart(text, &|text| alone(text, true))).filter(|_| !shas.is_empty())?;
    Some(Entry { shas, fork: None, decision: Some(decision), text: trim(text).to_owned() })
}

/// What a section's heading says becomes of the commits in it: `SKIP table`, `Already integrated (phase 1)`, `PICK → SKIP`.
pub(super) fn of_section(text: &str) -> Option<Disposition> {
    let text = marks(text).rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    if text.contains('→') || text.contains("->") {
        return strong(text);
    }
    let at_start = words::disposition(text).filter(|(_, rest)| {
        let begins = rest.trim_start();
        words::is_filler(before_parenthesis(rest))
            || is_loud(&text[..text.len() - rest.len()])
            || begins.starts_with([':', '–', '—'])
    });
    at_start.map(|(kind, _)| kind).or_else(|| strong(text))
}

fn before_parenthesis(text: &str) -> &str {
    text.split('(').next().unwrap_or(text)
}

/// What a text says where it says it so that it is no part of a sentence: behind an arrow, in parentheses, or apart by a dash or a colon,
/// in capitals or as the whole of that.
fn strong(text: &str) -> Option<Disposition> {
    let loud = || apart(text, &|text| alone(text, true));
    behind_arrow(text).or_else(loud).or_else(|| apart(text, &|text| alone(text, false)))
}

fn behind_arrow(text: &str) -> Option<Disposition> {
    let arrow = ["→", "->", "=>"].iter().filter_map(|arrow| text.rsplit_once(arrow)).map(|(_, behind)| behind);
    arrow.min_by_key(|behind| behind.len()).and_then(words::disposition).map(|(kind, _)| kind)
}

/// The first decision that `read` finds in parentheses, or behind a dash or a colon.
fn apart(text: &str, read: &dyn Fn(&str) -> Option<Disposition>) -> Option<Disposition> {
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('(') {
        let inside = behind.split(')').next().unwrap_or(behind);
        let inside = inside.trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
        if let Some(found) = read(inside) {
            return Some(found);
        }
        rest = behind;
    }
    let mut segments = text.split([':', '–', '—']).flat_map(|part| part.split(" - ")).skip(1);
    segments.find_map(|segment| read(before_parenthesis(segment)))
}

/// A decision that stands before a text in capitals, or is the whole of it.
fn alone(text: &str, loud: bool) -> Option<Disposition> {
    let text = marks(text).rest.trim_start_matches(|c: char| !c.is_alphanumeric());
    let (kind, rest) = words::disposition(text)?;
    let whole = !rest.chars().any(char::is_alphanumeric);
    let is_loud = is_loud(&text[..text.len() - rest.len()]);
    (if loud { is_loud } else { whole }).then_some(kind)
}

fn is_loud(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() > 2 && !word.chars().any(char::is_lowercase)
}

/// The commits a text begins with, the fork's commit an arrow leads to, and what follows.
fn leading(text: &str) -> (Vec<String>, Option<String>, &str) {
    let mut rest = text;
    let (mut all, mut fork) = (Vec::new(), None);
    loop {
        let next = rest.trim_start_matches([' ', ',', '+', '&', '`', '*', '/']);
        let next = next.strip_prefix("and ").unwrap_or(next).trim_start();
        if !all.is_empty()
            && fork.is_none()
            && let Some(behind) = ["→", "->", "=>"].iter().find_map(|arrow| next.strip_prefix(arrow))
            && let Some((sha, after)) = sha_at(behind.trim_start_matches([' ', '`']))
        {
            fork = Some(sha);
            rest = after.trim_start_matches('`');
            continue;
        }
        match sha_at(next) {
            Some((sha, after)) => {
                all.push(sha);
                rest = after.trim_start_matches(['`', '*']);
            }
            None => return (all, fork, rest),
        }
    }
}

/// A commit at the beginning of a text. Words such as "defaced" are none: prose has commits with a digit in them.
fn sha_at(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    let word = text[..end].to_ascii_lowercase();
    let is_one = remarks::is_sha(&word) && word.bytes().any(|byte| byte.is_ascii_digit());
    // Of a range, neither end is meant.
    (is_one && !text[end..].starts_with("..")).then_some((word, &text[end..]))
}

/// The commits named anywhere in a text.
pub(super) fn shas(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for sha in remarks::shas(text) {
        if sha.bytes().any(|byte| byte.is_ascii_digit()) && !all.contains(&sha) {
            all.push(sha);
        }
    }
    all
}

/// What stands in parentheses at the beginning, and what follows.
fn parenthesis(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix('(')?.split_once(')')
}

/// A text without the signs around it, or the parentheses it stands in.
fn trim(text: &str) -> &str {
    let text = text.trim();
    let inside =
        text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|inside| !inside.contains(['(', ')']));
    let text = inside.unwrap_or(text);
    text.trim_start_matches('.')
        .trim()
        .trim_matches(|c: char| matches!(c, '-' | '–' | '—' | ':' | ',' | ';' | ' ' | '\u{fe0f}' | '→'))
        .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (Vec<String>, Option<Disposition>, String) {
        let mut entries = listed(text, None, &Legend::default());
        assert_eq!(entries.len(), 1, "{entries:?}");
        let entry = entries.remove(0);
        (entry.shas, entry.decision, entry.text)
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn an_item_names_commits_and_a_decision() {
        use Disposition::{Careful, Pick, Reimplement, Skip, Taken};
        assert_eq!(one("✅ `21c6480b6` - Refactor it"), (names(&["21c6480b6"]), Some(Taken), "Refactor it".into()));
        assert_eq!(one("23d8541 - Byte bug"), (names(&["23d8541"]), None, "Byte bug".into()));
        let skip = "⚠️ e46125e - Cancelling (SKIP - conflicts with ours)";
        assert_eq!(one(skip).1, Some(Skip));
        assert_eq!(one("e46125e - Cancelling (MANUAL - conflicts)").1, Some(Careful));
        assert_eq!(one("6f34e2589 (mouse): SKIP - tied to it").1, Some(Skip));
        assert_eq!(one("9e4ae214a + c0b766ad7 - Parser").0, names(&["9e4ae214a", "c0b766ad7"]));
        assert_eq!(one("60fe5acd6 (scroll): REIMPLEMENT - keys").1, Some(Reimplement));
        assert_eq!(one("abc1234 - fix: skip empty lines").1, None, "a subject is no decision");
        assert_eq!(one("⬜ 2c6794fee - fix: three tests").1, Some(Pick));
        assert!(listed("defaced walls", None, &Legend::default()).is_empty());
        assert!(listed("abc1234..abc1235 is the range", None, &Legend::default()).is_empty());
    }

    #[test]
    fn an_arrow_leads_to_the_fork_s_commit() {
        let entries = listed("dcd2c7a07 → 8b9ea0e39", None, &Legend::default());
        assert_eq!((entries[0].shas.len(), entries[0].fork.as_deref()), (1, Some("8b9ea0e39")));
    }

    #[test]
    fn several_commits_have_a_text_each() {
        let entries = labelled("Removed: c668699e7 (workflows), 99f03bf36 (clearcut)", &Legend::default());
        let read: Vec<_> =
            entries.iter().map(|entry| (entry.shas[0].as_str(), entry.decision, entry.text.as_str())).collect();
        assert_eq!(read[0], ("c668699e7", Some(Disposition::Skip), "workflows"));
        assert_eq!(read[1].0, "99f03bf36");
    }

    #[test]
    fn a_legend_says_what_signs_mean() {
        let mut legend = Legend::default();
        legend.learn("[S] - Skipped (on purpose)");
        legend.learn("⚠️ Partial");
        assert_eq!(decided("[S]", &legend).map(|(kind, _)| kind), Some(Disposition::Skip));
        assert_eq!(decided("⚠️", &legend).map(|(kind, _)| kind), Some(Disposition::Careful));
        assert_eq!(decided("✅ Integrated", &legend), Some((Disposition::Taken, "")));
        assert_eq!(decided("PICK, tests too", &legend), Some((Disposition::Pick, "tests too")));
        assert_eq!(decided("—", &legend), None);
    }

    #[test]
    fn a_section_says_what_becomes_of_its_commits() {
        use Disposition::{NoEffect, Pick, Reimplement, Skip, Taken};
        for (heading, said) in [
            ("SKIP Table (29 commits)", Some(Skip)),
            ("PICK (chronological)", Some(Pick)),
            ("SKIP: Release automation (25 commits)", Some(Skip)),
            ("Category 5: Skip", Some(Skip)),
            ("Already Integrated (Phase 1) ✅", Some(Taken)),
            ("PICK → NO_OP (1 commit)", Some(NoEffect)),
            ("REIMPLEMENT Batches (42 commits, solo batches)", Some(Reimplement)),
            ("Merge Conflicts", None),
            ("Pick up where we left", None),
            ("Recurring SKIP Themes", None),
            ("Critical Fixes", None),
        ] {
            assert_eq!(of_section(heading), said, "{heading}");
        }
    }

    #[test]
    fn a_heading_and_a_sentence_name_commits_anywhere() {
        let read = heading("Sticky Headers (ee7065f66, d30421630) (REIMPLEMENT)").expect("an entry");
        assert_eq!((read.shas.len(), read.decision), (2, Some(Disposition::Reimplement)));
        assert_eq!(heading("7ec78452e - Enable tool (SKIP)").and_then(|read| read.decision), Some(Disposition::Skip));
        let read = statement("b0d5c4c0 (dynamic policy): PICK → REIMPLEMENT, for 7 files").expect("a statement");
        assert_eq!(read.decision, Some(Disposition::Reimplement));
        assert_eq!(statement("Upstream recognizes it (commit c541b620)"), None);
    }
}

//! Headings: which priority or phase of a plan one begins, and what its title is without numbers, counts and signs.

use std::sync::LazyLock;

use regex::Regex;

use crate::import::entry;
use crate::import::words;

static NUMBERING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:\d+(?:\.\d+)*[.)]|\d+(?:\.\d+)+)\s+").expect("a constant pattern"));
static SHORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^P(\d+)\b").expect("a constant pattern"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\W*(\d+)").expect("a constant pattern"));
static STEP_ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*([A-Za-z]?\d+\w?)\b\s*[:.–—-]*\s*(.*)$").expect("a constant pattern"));

/// A phase of the document's own plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StepHeading {
    pub(super) title: String,
    /// What stands in parentheses behind it.
    pub(super) remark: Option<String>,
}

/// The phase a heading begins, where it begins one: `Phase 2: Candle update (NEXT)`.
pub(super) fn step(heading: &str) -> Option<StepHeading> {
    let text = plain(heading);
    let (word, rest) = words::step(&text)?;
    let found = STEP_ID.captures(rest)?;
    let (title, remark) = apart(&found[2]);
    let title = done_apart(&title);
    let said = words::disposition(&title).is_some_and(|(_, rest)| words::is_filler(rest));
    let title = if said { String::new() } else { title };
    let title = if title.is_empty() { format!("{} {}", capital(word), &found[1]) } else { title };
    Some(StepHeading { title, remark })
}

/// The priority a heading gives, and its title without that: `PRIORITY 1: Fixes`, `P2 - Features`, `UI (P3)`.
pub(super) fn priority(heading: &str) -> Option<(Option<u32>, String)> {
    let text = plain(heading);
    let text = without_numbering(&text);
    if let Some(rest) = words::priority(text)
        && let Some(found) = NUMBER.captures(rest)
    {
        return Some((found[1].parse().ok(), title(&rest[found[0].len()..])));
    }
    if let Some(found) = SHORT.captures(text) {
        return Some((found[1].parse().ok(), title(&text[found[0].len()..])));
    }
    let (before, inside) = text.split_once('(')?;
    let number = match words::priority(inside) {
        Some(rest) => NUMBER.captures(rest),
        None => SHORT.captures(inside),
    };
    let number = number?;
    Some((number[1].parse().ok(), title(before)))
}

/// A heading as a title: without numbering, signs, counts and words that say nothing.
pub(super) fn title(heading: &str) -> String {
    let text = plain(heading);
    let text = without_numbering(text.trim_start_matches([' ', ':', '-', '–', '—', '.']));
    let (mut text, remark) = apart(text);
    if let Some(remark) = remark.filter(|remark| !words::is_filler(remark) && !is_count(remark)) {
        text = format!("{text} ({remark})");
    }
    // `Category 2: Features`
    if let Some((before, behind)) = text.split_once(':')
        && words::is_filler(before)
        && before.chars().any(|c| c.is_ascii_digit())
        && !behind.trim().is_empty()
    {
        text = behind.trim().to_owned();
    }
    let text = done_apart(&text);
    match words::disposition(&text) {
        Some((kind, rest)) if words::is_filler(rest) => format!("Commits {}", kind.counted()),
        _ => text,
    }
}

fn without_numbering(text: &str) -> &str {
    NUMBERING.find(text).map_or(text, |found| &text[found.end()..])
}

/// A title and what stands in parentheses behind it; what follows the parentheses belongs to neither.
fn apart(text: &str) -> (String, Option<String>) {
    let Some((before, rest)) = text.split_once('(') else { return (trim(text), None) };
    let (inside, behind) = rest.split_once(')').unwrap_or((rest, ""));
    if behind.chars().any(char::is_alphanumeric) && entry::of_section(behind).is_none() && !before.trim().is_empty() {
        return (trim(text), None);
    }
    (trim(before), Some(inside.trim().to_owned()).filter(|inside| !inside.is_empty()))
}

/// A title without a decision in capitals behind it: `Critical fixes COMPLETED`.
fn done_apart(title: &str) -> String {
    let end = title.trim_end_matches(|c: char| c.is_uppercase());
    let word = &title[end.len()..];
    let apart = end.is_empty() || end.ends_with(char::is_whitespace);
    match word.len() > 3 && apart && words::disposition(word).is_some() && !end.trim().is_empty() {
        true => trim(end),
        false => trim(title),
    }
}

fn is_count(remark: &str) -> bool {
    let mut words = remark.split_whitespace();
    words.next().is_some_and(|first| first.trim_start_matches('~').chars().all(|c| c.is_ascii_digit()))
        && words.next().is_some_and(|word| word.starts_with("commit"))
}

/// A heading without pictures.
fn plain(heading: &str) -> String {
    let picture = |c: char| {
        matches!(c, '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}' | '\u{200d}')
            || matches!(c, '\u{1f000}'..='\u{1faff}')
    };
    let text: String = heading.chars().filter(|c| !picture(*c)).collect();
    text.trim().to_owned()
}

fn trim(text: &str) -> String {
    text.trim().trim_matches([':', '-', '–', '—', ' ', '.']).trim().to_owned()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_stands_before_a_title_or_in_parentheses() {
        for (heading, number, title) in [
            ("PRIORITY 1: Critical Fixes & CUDA Improvements", 1, "Critical Fixes & CUDA Improvements"),
            ("Priority 2: New Features 🚀 (12 commits)", 2, "New Features"),
            ("P2 - Features", 2, "Features"),
            ("2.1 Per-Category Health Checks (P2 - High Value)", 2, "Per-Category Health Checks"),
            ("3.1 Queue/History UI (P3-P4)", 3, "Queue/History UI"),
            ("Category 1: Bug Fixes (Priority 1-2)", 1, "Bug Fixes"),
        ] {
            assert_eq!(priority(heading), Some((Some(number), title.to_owned())), "{heading}");
        }
        assert_eq!(priority("MP3 and P2P support"), None);
    }

    #[test]
    fn a_title_has_no_counts_and_signs() {
        for (heading, expected) in [
            ("PICK Table (14 commits, chronological)", "Commits to be picked"),
            ("Documentation & Tooling 📚 (6 commits)", "Documentation & Tooling"),
            ("1.1 Critical Bug Fixes", "Critical Bug Fixes"),
            ("7z Progress Tracking", "7z Progress Tracking"),
            ("Category 2: New Features", "New Features"),
            ("Model-Specific Fixes (5 commits)", "Model-Specific Fixes"),
            ("CUDA (Linux) build", "CUDA (Linux) build"),
            ("Error Handling & Bug Fixes", "Error Handling & Bug Fixes"),
        ] {
            assert_eq!(title(heading), expected, "{heading}");
        }
    }

    #[test]
    fn a_phase_has_a_title_and_a_remark() {
        for (heading, title, remark) in [
            ("Phase 2: Candle Update (NEXT)", "Candle Update", Some("NEXT")),
            ("Phase 3A: Critical Fixes (Week 1)", "Critical Fixes", Some("Week 1")),
            ("Phase 1: Critical Bug Fixes ✅ COMPLETED", "Critical Bug Fixes", None),
            ("Batch 1 (3 commits after cleanup) - COMPLETED", "Batch 1", Some("3 commits after cleanup")),
            ("Batch 2 - NOT STARTED", "Batch 2", None),
            ("Batch R1 — 3b55581: extension config", "3b55581: extension config", None),
            ("PHASE 1: CHERRY-PICK BATCHES (Adjusted)", "Phase 1", Some("Adjusted")),
        ] {
            let read = step(heading).expect(heading);
            assert_eq!((read.title.as_str(), read.remark.as_deref()), (title, remark), "{heading}");
        }
        assert_eq!(step("Phases of the moon"), None);
    }
}

//! Remarks in cells and sentences: SHAs, amounts, risk words, duplicates, what follows what, CUDA versions, paths.

use std::sync::LazyLock;

use regex::Regex;

use super::analysis::{Amount, NamedInProse, RiskMark, Rival, RivalSide, Stated, StatedProbability};
use super::document::StatedRange;
use super::words;
use crate::risk::Level;

/// The patterns here are constants, and a test compiles every one of them.
macro_rules! patterns {
    ($($name:ident = $text:literal;)*) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($text).expect("a constant pattern"));)*
        #[cfg(test)]
        fn all_patterns() -> Vec<&'static Regex> {
            vec![$(&$name),*]
        }
    };
}

patterns! {
    SHA = r"(?i)\b[0-9a-f]{7,40}\b";
    AMOUNT = r"([~≈]|(?i:about|around|approximately|some|roughly)\s+)?\s*(\d[\d,]*)";
    FOLLOWS = r"(?i)\b(?:follows|follow-up (?:to|of)|after|depends on|requires|needs|builds on)\s+((?:[0-9a-f]{7,40}(?:\s*(?:,|and|&)\s*)?)+)";
    RIVALS = r"(?i)\b(conflicts with|supersedes|replaces|superseded by|replaced by|obsoleted by)\s+((?:[0-9a-f]{7,40}(?:\s*(?:,|and|&)\s*)?)+)";
    LATER = r"(?i)\b(?:later|newer|latest|newest)\b";
    EARLIER = r"(?i)\b(?:earlier|older|previous)\b";
    CHOOSE = r"(?i)\b(?:choose|keep|take|use|pick|prefer)\s+(?:only\s+)?(?:the\s+)?(?:latest|newest|last)(?:\s*(?:one)?\s*[:=]?\s*([0-9a-f]{7,40})\b)?";
    TOPIC = r"(?i)\b([\w.-]+)\s+(?:updates|bumps|upgrades|versions|migrations|switches)\b";
    CUDA = r"(?i)\bcuda[ \t-]*v?(\d{1,2}\.\d{1,2}(?:\.\d+)?(?:(?:\s*[/,|&]\s*|\s+(?:and|or|to)\s+|,\s*(?:and|or)\s+)v?\d{1,2}\.\d{1,2}\b)*)";
    VERSION = r"\d{1,2}\.\d{1,2}";
    UPSTREAM_COMMITS = r"(?i)^upstream\b[^\d~]*((?:~|about )?\s*\d[\d,]*)\s+commits?\b";
    IN_ORDER = r"(?i)\bin (?:this |the given |listed )?order\b";
    SAFE = r"(?i)\bsafe\b|\bno (?:direct )?conflicts?\b|\bwon['’]?t conflict\b|\bappl(?:y|ies) cleanly\b";
    UNSAFE = r"(?i)\b(?:not|un)\s*safe\b|\bsafety\b";
    NO_CONFLICTS = r"(?i)\bno (?:direct |merge |expected )?conflicts?\b|\bconflict[- ]free\b|\bwithout (?:any )?conflicts?\b";
    SAFE_PRIORITIES = r"(?i)\bsafe to (?:cherry-)?pick (?:all )?priorit(?:y|ies)\s+(\d+(?:\s*(?:,|and|&|-)\s*\d+)*)";
    NUMBER = r"\d+";
    DURATION = r"(?i)^~?\s*\d+(?:\s*(?:-|–|to)\s*\d+)?\s*(?:min(?:ute)?s?|h(?:our)?s?|days?|weeks?)\b";
    RANGE = r"([\w@][\w./@+-]*?)\.\.\.?([\w@][\w./@+-]*)";
    VERSIONS = r"(?i)\b(v?\d+(?:\.\d+)+[\w.-]*)\s*(?:→|->|\.\.\.?|\bto\b)\s*(v?\d+(?:\.\d+)+[\w.-]*)";
    COMMITS = r"(?i)\b(\d[\d,]*)\s+commits\b";
}

/// Every SHA in a text, as written but in lower case.
pub(super) fn shas(text: &str) -> Vec<String> {
    SHA.find_iter(text).map(|found| found.as_str().to_ascii_lowercase()).filter(|sha| is_sha(sha)).collect()
}

/// Whether a word of a sentence is a SHA, or its first seven digits or more. Eight decimal digits are rather a date.
pub(super) fn is_sha(word: &str) -> bool {
    is_hex(word) && (word.len() != 8 || word.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

/// Whether a word can be a SHA: for where nothing else is to be expected.
pub(super) fn is_hex(word: &str) -> bool {
    (7..=40).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// `138`, `~120 commits`, `about 1,500`.
pub(super) fn amount(text: &str) -> Option<Amount> {
    let found = AMOUNT.captures(text)?;
    let digits: String = found[2].chars().filter(char::is_ascii_digit).collect();
    Some(Amount { count: digits.parse().ok()?, about: found.get(1).is_some() })
}

/// How many commits a line such as `Upstream: 1 commit modifying the build script` speaks of.
pub(super) fn upstream_commits(line: &str) -> Option<Amount> {
    amount(&UPSTREAM_COMMITS.captures(line)?[1])
}

/// `c109f5dda (Rust 1.90 clippy #1639)`, `c109f5dda - Rust 1.90 clippy`.
pub(super) fn named(text: &str) -> Option<NamedInProse> {
    let found = SHA.find(text).filter(|found| is_sha(found.as_str()))?;
    let rest = text[found.end()..].trim().trim_start_matches([':', '-', '–', '—']).trim();
    let rest = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(rest).trim();
    Some(NamedInProse {
        sha: found.as_str().to_ascii_lowercase(),
        subject: (!rest.is_empty()).then(|| rest.to_owned()),
    })
}

/// A range as git writes one, `v0.10.0..v0.11.3`; or two versions with an arrow between them.
pub(super) fn range(text: &str) -> Option<StatedRange> {
    let found = RANGE.captures(text).or_else(|| VERSIONS.captures(text))?;
    Some(StatedRange { from: found[1].to_owned(), to: found[2].trim_end_matches(['.', ',']).to_owned() })
}

/// Two versions with an arrow or "to" between them, as a title has them.
pub(super) fn version_range(text: &str) -> Option<StatedRange> {
    let found = VERSIONS.captures(text)?;
    Some(StatedRange { from: found[1].to_owned(), to: found[2].to_owned() })
}

/// `(172 commits)`.
pub(super) fn commits_in(text: &str) -> Option<Amount> {
    amount(&COMMITS.captures(text)?[1])
}

/// A risk cell. Signs around the word, such as coloured dots, do not matter.
pub(super) fn mark(cell: &str) -> RiskMark {
    let word = cell.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    match word.strip_suffix(" risk").unwrap_or(&word).trim() {
        "low" | "minor" | "trivial" => RiskMark::Level(Level::Low),
        "medium" | "med" | "moderate" => RiskMark::Level(Level::Medium),
        "high" | "major" => RiskMark::Level(Level::High),
        "critical" | "very high" => RiskMark::Level(Level::Critical),
        "dup" | "dupe" | "duplicate" | "duplicates" => RiskMark::Duplicate,
        "" | "n/a" | "na" | "none" => RiskMark::None,
        _ => RiskMark::Other(cell.trim().to_owned()),
    }
}

/// The level a remark itself opens with: `CRITICAL - security fix`. "Critical for us" is a sentence, not a level.
pub(super) fn opening_level(note: &str) -> Option<Level> {
    let (word, rest) = note.split_once(|c: char| c.is_whitespace() || c == ':').unwrap_or((note, ""));
    let alone =
        rest.trim_start().starts_with(['-', '–', '—', ':']) || rest.is_empty() || note[word.len()..].starts_with(':');
    match mark(word) {
        RiskMark::Level(level) if alone => Some(level),
        _ => None,
    }
}

/// The commits a remark says its own commit comes after.
pub(super) fn follows(note: &str) -> Vec<String> {
    FOLLOWS.captures_iter(note).flat_map(|found| shas(&found[1])).collect()
}

/// The commits a remark sets against its own.
pub(super) fn rivals(note: &str) -> Vec<Rival> {
    let by_age = match (LATER.is_match(note), EARLIER.is_match(note)) {
        (true, false) => Some(RivalSide::This),
        (false, true) => Some(RivalSide::Other),
        _ => None,
    };
    let keep = |verb: &str| match verb.to_lowercase().as_str() {
        "supersedes" | "replaces" => Some(RivalSide::This),
        "conflicts with" => by_age,
        _ => Some(RivalSide::Other),
    };
    RIVALS
        .captures_iter(note)
        .flat_map(|found| {
            let keep = keep(&found[1]);
            shas(&found[2]).into_iter().map(move |sha| Rival { sha, keep })
        })
        .collect()
}

/// `choose latest: 58de28bbb`: that the latest of a group is to be taken, and which that is if it is named.
pub(super) fn choose_latest(text: &str) -> Option<Option<String>> {
    let mut found =
        CHOOSE.captures_iter(text).map(|found| found.get(1).map(|sha| sha.as_str().to_ascii_lowercase())).peekable();
    found.peek()?;
    Some(found.flatten().next())
}

/// What `conflicting cudarc updates` are updates of.
pub(super) fn topic(text: &str) -> Option<String> {
    TOPIC.captures(text).map(|found| found[1].to_owned())
}

/// The CUDA versions named in a line.
pub(super) fn cuda(line: &str) -> Vec<String> {
    CUDA.captures_iter(line)
        .flat_map(|found| VERSION.find_iter(&found[1]).map(|v| v.as_str().to_owned()).collect::<Vec<_>>())
        .collect()
}

/// All CUDA versions of a document, lowest first, each with the line that names it first.
pub(super) fn cuda_versions(text: &str) -> Vec<Stated<String>> {
    let mut versions: Vec<Stated<String>> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        for value in cuda(line) {
            if versions.iter().all(|known| known.value != value) {
                versions.push(Stated { line: n + 1, value });
            }
        }
    }
    versions.sort_by_key(|version| {
        let mut parts = version.value.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
        (parts.next(), parts.next())
    });
    versions
}

/// Whether a line says how long something takes: `Estimated effort: 4-6 hours`.
pub(super) fn is_estimate(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, _)| words::label(name) == Some(words::Label::Estimate))
}

/// Whether a text is a time something takes: `30-45 minutes`.
pub(super) fn is_duration(text: &str) -> bool {
    DURATION.is_match(text)
}

/// Whether rows or commands are said to be in the order to pick them in.
pub(super) fn in_order(text: &str) -> bool {
    IN_ORDER.is_match(text)
}

/// Whether a remark promises that picking goes without trouble.
pub(super) fn promises_safe(text: &str) -> bool {
    SAFE.is_match(text) && !UNSAFE.is_match(text)
}

/// Whether a sentence says there are no conflicts.
pub(super) fn promises_no_conflicts(text: &str) -> bool {
    NO_CONFLICTS.is_match(text)
}

/// The priorities a sentence calls safe to pick: `Safe to cherry-pick Priority 1 and 2 commits`.
pub(super) fn safe_priorities(text: &str) -> Option<Vec<u32>> {
    let found = SAFE_PRIORITIES.captures(text)?;
    let numbers: Vec<u32> = NUMBER.find_iter(&found[1]).filter_map(|n| n.as_str().parse().ok()).collect();
    match (numbers.as_slice(), found[1].contains('-')) {
        (&[first, last], true) if first < last && last - first < 100 => Some((first..=last).collect()),
        _ => Some(numbers),
    }
}

/// `High Probability`, `Medium`, `Low likelihood`.
pub(super) fn probability(heading: &str) -> Option<StatedProbability> {
    match heading.split_whitespace().next()?.trim_end_matches(':').to_lowercase().as_str() {
        "high" => Some(StatedProbability::High),
        "medium" | "moderate" => Some(StatedProbability::Medium),
        "low" => Some(StatedProbability::Low),
        _ => None,
    }
}

/// The paths an item names: its code spans, or else the word it begins with.
pub(super) fn paths(line: &str, codes: &[String]) -> Vec<String> {
    let of_codes: Vec<String> = codes.iter().filter(|code| is_path(code)).cloned().collect();
    if !of_codes.is_empty() {
        return of_codes;
    }
    line.split_whitespace()
        .next()
        .map(|word| word.trim_end_matches([':', ',']).to_owned())
        .filter(|w| is_path(w))
        .into_iter()
        .collect()
}

/// Whether a word is a path or a glob inside of a repository.
pub(super) fn is_path(word: &str) -> bool {
    let outside = word.starts_with(['/', '~']) || word.split('/').any(|part| part == "..") || word.contains("://");
    let inner = word.trim_matches('.');
    !outside
        && !word.contains(char::is_whitespace)
        && (word.contains('/') || inner.contains('.') || word.starts_with('.') || word.contains('*'))
        && word.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(all_patterns().len() > 10);
    }

    #[test]
    fn a_sha_is_no_date_and_no_short_number() {
        assert_eq!(shas("Apply 5F2beedd3 and `9a18d7035`, 20250131, #1839, 123456"), ["5f2beedd3", "9a18d7035"]);
    }

    #[test]
    fn a_round_number_is_marked_and_may_be_a_tenth_off() {
        let about = amount("~120 commits").expect("an amount");
        assert_eq!(about, Amount { count: 120, about: true });
        assert!(about.fits(130) && !about.fits(133));
        let exact = amount("1,500").expect("an amount");
        assert!(exact.fits(1500) && !exact.fits(1501));
        assert_eq!(amount("none"), None);
    }

    #[test]
    fn a_range_is_read_from_a_label_and_from_a_title() {
        let range = |from: &str, to: &str| Some(StatedRange { from: from.into(), to: to.into() });
        assert_eq!(range_of("`v0.10.0..v0.11.3` (172 commits)"), range("v0.10.0", "v0.11.3"));
        assert_eq!(range_of("upstream-v0.6.1..upstream-v0.7.0 (a/b)."), range("upstream-v0.6.1", "upstream-v0.7.0"));
        assert_eq!(version_range("Decisions: v0.15.4 to v0.16.0"), range("v0.15.4", "v0.16.0"));
        assert_eq!(version_range("v0.11.3 → v0.12.0"), range("v0.11.3", "v0.12.0"));
        assert_eq!(version_range("From 1 to 2"), None);
        assert_eq!(commits_in("(172 commits)").map(|amount| amount.count), Some(172));
    }

    fn range_of(text: &str) -> Option<StatedRange> {
        super::range(text)
    }

    #[test]
    fn risk_cells_are_read_whatever_adorns_them() {
        assert_eq!(mark("🔴 HIGH"), RiskMark::Level(Level::High));
        assert_eq!(mark(" N/A "), RiskMark::None);
        assert_eq!(mark("DUP"), RiskMark::Duplicate);
        assert_eq!(mark("see below"), RiskMark::Other("see below".into()));
    }

    #[test]
    fn a_level_opens_a_note_only_where_it_stands_alone() {
        assert_eq!(opening_level("CRITICAL - security fix"), Some(Level::Critical));
        assert_eq!(opening_level("critical: now"), Some(Level::Critical));
        assert_eq!(opening_level("Critical for us"), None);
        assert_eq!(opening_level("Low"), Some(Level::Low));
        assert_eq!(opening_level(""), None);
    }

    #[test]
    fn what_follows_and_what_stands_against() {
        assert_eq!(follows("Follows 5f2beedd3, 764aba567"), ["5f2beedd3", "764aba567"]);
        assert_eq!(
            rivals("Later update, conflicts with 6c77f32d3"),
            [Rival { sha: "6c77f32d3".into(), keep: Some(RivalSide::This) }]
        );
        assert_eq!(
            rivals("superseded by 6c77f32d3"),
            [Rival { sha: "6c77f32d3".into(), keep: Some(RivalSide::Other) }]
        );
        assert_eq!(rivals("conflicts with 6c77f32d3"), [Rival { sha: "6c77f32d3".into(), keep: None }]);
    }

    #[test]
    fn the_latest_of_a_group() {
        let action = "Cherry-pick in order, skipping conflicting cudarc updates (choose latest: 58de28bbb)";
        assert_eq!(choose_latest(action), Some(Some("58de28bbb".into())));
        assert_eq!(topic(action), Some("cudarc".into()));
        assert!(in_order(action));
        assert_eq!(choose_latest("keep only the newest"), Some(None));
        assert_eq!(choose_latest("keep the latest of them (choose latest: 58de28bbb)"), Some(Some("58de28bbb".into())));
        assert_eq!(choose_latest("choose later"), None);
    }

    #[test]
    fn cuda_versions_are_not_cudarc_versions() {
        assert_eq!(cuda("Compatible with our CUDA 12.9/13.0, cudarc 0.19"), ["12.9", "13.0"]);
        assert_eq!(cuda("CUDA 12.9, 13.0 and 13.1; cuda 13.1!"), ["12.9", "13.0", "13.1", "13.1"]);
        let versions = cuda_versions("cuda 13.0!\nCUDA 9.2 and CUDA 13.0");
        assert_eq!(versions.iter().map(|v| (v.line, v.value.as_str())).collect::<Vec<_>>(), [(2, "9.2"), (1, "13.0")]);
    }

    #[test]
    fn priorities_called_safe() {
        assert_eq!(safe_priorities("Safe to cherry-pick Priority 1 and 2 commits"), Some(vec![1, 2]));
        assert_eq!(safe_priorities("safe to pick priorities 1-3"), Some(vec![1, 2, 3]));
        assert_eq!(safe_priorities("Safe to cherry-pick all"), None);
    }

    #[test]
    fn paths_stay_inside_the_repository() {
        let codes = [".githooks/".to_owned(), "/etc/passwd".into(), "../x.rs".into(), "0.9.2 of it".into()];
        assert_eq!(paths("Custom build scripts in .githooks/", &codes), [".githooks/"]);
        assert_eq!(paths("Cargo.toml (workspace root)", &[]), ["Cargo.toml"]);
        assert_eq!(paths("Merge carefully", &[]), Vec::<String>::new());
    }
}

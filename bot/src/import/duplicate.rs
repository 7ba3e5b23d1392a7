//! What a row says of a commit that the fork has already.

use std::sync::LazyLock;

use regex::Regex;

use super::analysis::{Duplicate, RiskMark};

static ALREADY: LazyLock<Regex> = LazyLock::new(|| {
    let have = "in|on|have|taken|integrated|picked|cherry-picked|applied|merged|present";
    Regex::new(&format!(r"(?i)\balready\s+(?:\w+\s+)?(?:{have})\b")).expect("a constant pattern")
});
static FORK_COMMIT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\(\s*(?:as\s+)?([0-9a-f]{7,40})\s*\)|\bas\s+([0-9a-f]{7,40})\b").expect("a constant pattern")
});

/// Whether a row says that the fork has its commit, and as which.
pub(super) fn claimed(risk: &RiskMark, note: &str) -> Option<Duplicate> {
    if *risk != RiskMark::Duplicate && !ALREADY.is_match(note) {
        return None;
    }
    // "Adds CUDA 12.9 support (we already have)" speaks of a feature: without a risk that says so or a commit, it is no claim.
    let fork = FORK_COMMIT
        .captures(note)
        .and_then(|found| found.get(1).or_else(|| found.get(2)))
        .map(|sha| sha.as_str().to_ascii_lowercase());
    (*risk == RiskMark::Duplicate || fork.is_some()).then_some(Duplicate { fork })
}

/// Whether a remark says no more than that the fork has its commit as this one: `Already in our branch (27d3c4303)`.
pub(super) fn says_only(note: &str, fork: &str) -> bool {
    let filler = ["in", "on", "our", "the", "branch", "fork", "main", "as", "is", "it", "was", "commit", "by", "us"];
    let rest = ALREADY.replace_all(note, " ").to_lowercase().replace(fork, " ");
    rest.split(|c: char| !c.is_alphanumeric()).all(|word| word.is_empty() || filler.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::Level;

    #[test]
    fn a_duplicate_names_the_fork_s_commit() {
        assert_eq!(
            claimed(&RiskMark::Duplicate, "Already in our branch (27d3c4303)"),
            Some(Duplicate { fork: Some("27d3c4303".into()) })
        );
        assert_eq!(
            claimed(&RiskMark::None, "already picked as 27d3c4303"),
            Some(Duplicate { fork: Some("27d3c4303".into()) })
        );
        assert_eq!(claimed(&RiskMark::Level(Level::Low), "Adds CUDA 12.9 support (we already have)"), None);
    }

    #[test]
    fn a_claim_says_no_more_than_that_the_fork_has_it() {
        for (note, only) in [
            ("Already in our branch (27d3c4303)", true),
            ("already picked as 27d3c4303", true),
            ("Already in our branch (27d3c4303), without its tests", false),
            ("Impact: low", false),
        ] {
            assert_eq!(says_only(note, "27d3c4303"), only, "{note}");
        }
    }
}

//! The security advisories that a message names.

use std::sync::LazyLock;

use regex::Regex;

static ADVISORY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(CVE-[0-9]{4}-[0-9]{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3})\b").ok());

/// Their numbers, each once, in capitals.
pub(super) fn named(message: &str) -> Vec<String> {
    let all = ADVISORY.iter().flat_map(|advisory| advisory.find_iter(message));
    let mut found: Vec<String> = all.map(|found| found.as_str().to_ascii_uppercase()).collect();
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn advisories_are_read_by_their_numbers() {
        let message = "Fix cve-2021-32672 (CVE-2021-32672, GHSA-9mj9-xx53-qmxm)\n\nNot CVE-20-1, nor GHSA-abcd.";
        assert_eq!(named(message), ["CVE-2021-32672", "GHSA-9MJ9-XX53-QMXM"]);
        assert!(named("XCVE-2021-32672").is_empty());
    }
}

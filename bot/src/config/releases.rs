//! Upstream's releases: the tags that a pattern matches, in the order of their versions.

use std::cmp::Ordering;

use globset::GlobMatcher;

use engine::ids::CommitId;

/// The tags that are followed.
#[derive(Debug, Clone)]
pub struct Releases {
    /// As it is written.
    pub pattern: String,
    pub(super) matcher: GlobMatcher,
}

impl Releases {
    /// Those of these tags that are releases, the oldest version first. Where there is any other, no pre-release is one.
    #[must_use]
    pub fn among(&self, tags: Vec<(String, CommitId)>) -> Vec<(String, CommitId)> {
        let matching = tags.into_iter().filter(|(name, _)| self.matcher.is_match(name));
        let mut found: Vec<(Version, String, CommitId)> =
            matching.map(|(name, commit)| (Version::read(&name), name, commit)).collect();
        if found.iter().any(|(version, ..)| version.is_release()) {
            found.retain(|(version, ..)| version.is_release());
        }
        found.sort();
        found.into_iter().map(|(_, name, commit)| (name, commit)).collect()
    }
}

/// What a tag says of a version: `v1.10.0-rc.2` is 1.10.0, before its release.
#[derive(Debug, PartialEq, Eq)]
struct Version {
    numbers: Vec<u64>,
    /// What follows the numbers, taken apart into words and numbers; nothing of a release.
    rest: Vec<Result<u64, String>>,
}

impl Version {
    fn read(tag: &str) -> Self {
        let begin = tag.find(|c: char| c.is_ascii_digit()).unwrap_or(tag.len());
        // What follows a plus says how it was built.
        let text = tag[begin..].split('+').next().unwrap_or_default();
        let mut parts = parts(text).into_iter().peekable();
        let mut numbers = Vec::new();
        while let Some(Ok(number)) = parts.next_if(Result::is_ok) {
            numbers.push(number);
        }
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        Self { numbers, rest: parts.collect() }
    }

    const fn is_release(&self) -> bool {
        self.rest.is_empty()
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let numbers = self.numbers.cmp(&other.numbers);
        // What comes before a release has more to its name than that.
        numbers.then(self.is_release().cmp(&other.is_release())).then_with(|| self.rest.cmp(&other.rest))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The numbers and words of a text.
fn parts(text: &str) -> Vec<Result<u64, String>> {
    let mut parts: Vec<Result<u64, String>> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            // A number too large for any version is the largest.
            parts.push(if digits { Ok(part.parse().unwrap_or(u64::MAX)) } else { Err(part.to_lowercase()) });
            rest = after;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::glob::matcher;

    fn ordered(pattern: &str, tags: &[&str]) -> Vec<String> {
        let releases = Releases { pattern: pattern.into(), matcher: matcher(pattern).expect("a pattern") };
        let tags = tags.iter().map(|tag| ((*tag).to_owned(), CommitId::from_bytes([0; 20]))).collect();
        releases.among(tags).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        assert_eq!(
            ordered("v*", &["v1.10.0", "v1.9.0", "v1.10.0-rc.1", "nightly", "v1.9.10", "v2", "v1.10.0+build.7"]),
            ["v1.9.0", "v1.9.10", "v1.10.0", "v1.10.0+build.7", "v2"]
        );
        assert_eq!(ordered("REL_*", &["REL_15_2", "REL_9_6", "REL_15_10"]), ["REL_9_6", "REL_15_2", "REL_15_10"]);
        assert_eq!(
            ordered("*", &["2025-01-12", "2024-12-30", "2025-01-02"]),
            ["2024-12-30", "2025-01-02", "2025-01-12"]
        );
    }

    #[test]
    fn before_the_first_release_its_candidates_count() {
        assert_eq!(
            ordered("v*", &["v1.0.0-rc.10", "v1.0.0-rc.2", "v1.0.0-beta.3"]),
            ["v1.0.0-beta.3", "v1.0.0-rc.2", "v1.0.0-rc.10"]
        );
        assert_eq!(ordered("v*-rc*", &["v1.0.0", "v1.0.0-rc1"]), ["v1.0.0-rc1"]);
        assert_eq!(ordered("v*", &[]), Vec::<String>::new());
    }
}

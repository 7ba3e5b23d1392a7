//! The name of a repository on GitHub.

use std::fmt;
use std::str::FromStr;

/// `owner/name`. Upper and lower case are the same repository.
#[derive(Debug, Clone)]
pub struct RepoName {
    owner: String,
    name: String,
}

/// A text that is not `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the name of a repository: owner/name is needed, of letters, digits, '.', '_' and '-'")]
pub struct BadName(String);

impl RepoName {
    /// Whom it belongs to.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Its name alone.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for RepoName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let good = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
                && part.bytes().any(|b| b != b'.')
        };
        match text.split_once('/') {
            Some((owner, name)) if good(owner) && good(name) => Ok(Self { owner: owner.into(), name: name.into() }),
            _ => Err(BadName(text.to_owned())),
        }
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl PartialEq for RepoName {
    fn eq(&self, other: &Self) -> bool {
        self.owner.eq_ignore_ascii_case(&other.owner) && self.name.eq_ignore_ascii_case(&other.name)
    }
}

impl Eq for RepoName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_plain_words_are_a_name() {
        let name: RepoName = "Up-stream/mistral.rs".parse().expect("a name");
        assert_eq!(name.to_string(), "Up-stream/mistral.rs");
        assert_eq!(name, "up-STREAM/Mistral.rs".parse().expect("a name"));
        for text in ["", "a", "a/", "/b", "a/b/c", "a/..", "../b", "a b/c", "a/b?c", "a/b%2fc", "https://a/b"] {
            assert!(text.parse::<RepoName>().is_err(), "{text:?}");
        }
    }
}

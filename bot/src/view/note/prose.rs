//! Sentences whose parts remember where they come from, so that no writer can forget to disarm foreign text.

use serde::Serialize;

use crate::text::visible;
use engine::ids::CommitId;

/// A run of text with one origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum ProsePiece {
    /// Our own words and figures.
    Plain {
        text: String,
    },
    /// Words of upstream or of the configuration: untrusted.
    Foreign {
        text: String,
    },
    /// A path, a branch, a command: untrusted, shown as code.
    Code {
        text: String,
    },
    Commit {
        commit: CommitRef,
    },
    /// Our own words, leading to an address of ours.
    Link {
        text: String,
        url: String,
    },
}

/// How a commit is named and linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CommitRef {
    /// The first digits of its name.
    pub short: String,
    /// Its whole name.
    pub sha: String,
    /// Its page; `None` where the repository is not known.
    pub url: Option<String>,
    /// The first line of its message; empty where it is not of the range.
    pub subject: String,
}

impl CommitRef {
    /// The commit by its name alone.
    pub(crate) fn named(sha: CommitId) -> Self {
        Self { short: sha.short(), sha: sha.to_string(), url: None, subject: String::new() }
    }
}

/// A sentence, or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Prose(pub Vec<ProsePiece>);

impl Prose {
    /// A sentence that begins with our own words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self::default().plain(text)
    }

    /// Goes on with our own words.
    pub(crate) fn plain(mut self, text: impl Into<String>) -> Self {
        self.0.push(ProsePiece::Plain { text: text.into() });
        self
    }

    /// Goes on with words of others.
    pub(crate) fn foreign(mut self, text: &str) -> Self {
        self.0.push(ProsePiece::Foreign { text: visible(text) });
        self
    }

    /// Goes on with a path, a branch or a command.
    pub(crate) fn code(mut self, text: impl AsRef<str>) -> Self {
        self.0.push(ProsePiece::Code { text: visible(text.as_ref()) });
        self
    }

    /// Goes on with a commit.
    pub(crate) fn commit(mut self, commit: CommitRef) -> Self {
        self.0.push(ProsePiece::Commit { commit });
        self
    }

    /// Goes on with words that lead to an address, which must be one of ours or have passed [`super::links::is_plain`].
    pub(crate) fn link(mut self, text: impl Into<String>, url: impl Into<String>) -> Self {
        self.0.push(ProsePiece::Link { text: text.into(), url: url.into() });
        self
    }

    /// Goes on with another text.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// As it reads without links and markup.
    pub(crate) fn plain_text(&self) -> String {
        let text = |piece: &ProsePiece| match piece {
            ProsePiece::Plain { text }
            | ProsePiece::Foreign { text }
            | ProsePiece::Code { text }
            | ProsePiece::Link { text, .. } => text.clone(),
            ProsePiece::Commit { commit } => commit.short.clone(),
        };
        self.0.iter().map(text).collect()
    }

    /// Goes on with `a, b and c`, of which no more than `most` are named and the others counted.
    pub(crate) fn list<T>(mut self, items: &[T], most: usize, mut add: impl FnMut(Self, &T) -> Self) -> Self {
        let named = if items.len() > most { most } else { items.len() };
        for (at, item) in items.iter().take(named).enumerate() {
            if at > 0 {
                let last = at + 1 == named && named == items.len();
                self = self.plain(if last { " and " } else { ", " });
            }
            self = add(self, item);
        }
        if named < items.len() { self.plain(format!(" and {} more", items.len() - named)) } else { self }
    }
}

/// The verb that fits `n`: `agree(n, "applies", "apply")`.
pub(crate) fn agree<'a>(n: usize, one: &'a str, many: &'a str) -> &'a str {
    if n == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_as_people_write_them() {
        let list =
            |items: &[&str], most| Prose::default().list(items, most, |prose, item| prose.code(item)).plain_text();
        assert_eq!(list(&["a"], 3), "a");
        assert_eq!(list(&["a", "b"], 3), "a and b");
        assert_eq!(list(&["a", "b", "c"], 3), "a, b and c");
        assert_eq!(list(&["a", "b", "c", "d", "e"], 3), "a, b, c and 2 more");
    }
}

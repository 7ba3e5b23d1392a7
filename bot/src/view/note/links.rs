//! Where commits and files can be read. Upstream's pages are linked by a name of GitHub's that leaves no trace there.

use std::fmt::Write;
use std::ops::Range;

use super::prose::CommitRef;
use crate::config::{Config, PathNote};
use crate::hosts::Hosts;
use crate::text::visible;
use engine::ids::CommitId;
use engine::path::RepoPath;

/// The pages of both repositories, as far as they are known, and what a person said of paths.
#[derive(Debug, Clone, Copy, Default)]
pub struct Links<'a> {
    upstream: Option<&'a str>,
    fork: Option<&'a str>,
    hosts: &'a Hosts,
    /// The folder of the fork that upstream's files are in.
    below: Option<&'a RepoPath>,
    notes: &'a [PathNote],
}

impl<'a> Links<'a> {
    /// The pages of the repositories a configuration names.
    #[must_use]
    pub fn of(config: &'a Config) -> Self {
        let named = |name: &'a Option<String>| name.as_deref().filter(|name| is_repository(name));
        Self {
            upstream: named(&config.upstream.repository),
            fork: named(&config.fork.repository),
            hosts: &config.hosts,
            below: config.below.as_ref(),
            notes: &config.notes,
        }
    }

    /// Upstream, `owner/name`, where its pull requests and issues can be linked.
    #[must_use]
    pub fn upstream(&self) -> Option<&'a str> {
        self.upstream.filter(|_| self.hosts.links_issues())
    }

    /// Where upstream is fetched from.
    pub(crate) fn fetched(&self) -> Option<String> {
        self.upstream.map(|name| self.hosts.fetched(name))
    }

    /// What a person said of conflicts in a path.
    pub(crate) fn said(&self, path: &RepoPath) -> impl Iterator<Item = &'a str> {
        let path = path.to_text().into_owned();
        self.notes.iter().filter(move |note| note.path.is_match(&path)).map(|note| note.note.as_str())
    }

    /// An upstream commit.
    pub(crate) fn commit(&self, sha: CommitId, subject: &str) -> CommitRef {
        let url = self.upstream.map(|name| format!("{}/commit/{}", self.hosts.theirs(name), sha.short()));
        CommitRef { short: sha.short(), sha: sha.to_string(), url, subject: visible(subject) }
    }

    /// A commit of the fork.
    pub(crate) fn own(&self, sha: CommitId, subject: &str) -> CommitRef {
        let url = self.fork.map(|name| format!("{}/commit/{}", self.hosts.own(name), sha.short()));
        CommitRef { short: sha.short(), sha: sha.to_string(), url, subject: visible(subject) }
    }

    /// Lines of upstream's file at a commit, counted from 1.
    pub(crate) fn their_file(&self, at: CommitId, path: &RepoPath, lines: Range<usize>) -> Option<String> {
        Some(file(&self.hosts.theirs(self.upstream?), at, &self.of_upstream(path), lines))
    }

    /// The folder of the fork that upstream's files are in, where they are not at its top.
    #[must_use]
    pub(crate) const fn below(&self) -> Option<&'a RepoPath> {
        self.below
    }

    /// What upstream calls a file.
    pub(crate) fn of_upstream(&self, path: &RepoPath) -> RepoPath {
        let inside = |folder: &RepoPath| path.as_bytes().strip_prefix(folder.as_bytes())?.strip_prefix(b"/");
        self.below.and_then(inside).map_or_else(|| path.clone(), |rest| RepoPath::from_bytes(rest.to_vec()))
    }

    /// Lines of the fork's file at a commit, counted from 1.
    pub(crate) fn our_file(&self, at: CommitId, path: &RepoPath, lines: Range<usize>) -> Option<String> {
        Some(file(&self.hosts.own(self.fork?), at, path, lines))
    }
}

fn file(repository: &str, at: CommitId, path: &RepoPath, lines: Range<usize>) -> String {
    let mut url = format!("{repository}/blob/{at}/");
    for byte in path.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-_./".contains(byte) {
            url.push(char::from(*byte));
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    let _ = write!(url, "#L{}", lines.start);
    if lines.len() > 1 {
        let _ = write!(url, "-L{}", lines.end - 1);
    }
    url
}

/// Whether a text is `owner/name` as GitHub allows it, so that it can stand in a link.
pub(super) fn is_repository(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    text.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name))
}

/// Whether an address of others can stand in a link as it is.
pub(crate) fn is_plain(link: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./#?=&:".contains(c);
    link.starts_with("https://") && link.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_repository_s_name_becomes_a_link() {
        assert!(is_repository("EricLBuehler/mistral.rs"));
        for text in ["", "owner", "owner/", "a/b/c", "../..", "a/b\"onclick", "a/b?c", "https://example.org"] {
            assert!(!is_repository(text), "{text:?}");
        }
    }

    #[test]
    fn a_file_s_lines_are_linked_whatever_its_name() {
        let links = Links { upstream: Some("up/stream"), ..Links::default() };
        let at = CommitId::from_bytes([0x11; 20]);
        let link = |path: &str, lines| links.their_file(at, &RepoPath::from(path), lines);
        let begin = format!("https://redirect.github.com/up/stream/blob/{at}");
        assert_eq!(link("src/a b)#?.rs", 3..5), Some(format!("{begin}/src/a%20b%29%23%3F.rs#L3-L4")));
        assert_eq!(link("é", 3..4), Some(format!("{begin}/%C3%A9#L3")));
        assert_eq!(links.our_file(at, &RepoPath::from("a"), 1..2), None);
    }
}

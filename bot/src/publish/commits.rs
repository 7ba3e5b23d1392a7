//! Upstream's commits by name, as links that leave no trace where they lead, and the addresses for the end of the text.

use crate::config::Config;
use crate::survey::{Survey, Surveyed};
use crate::text::{inert_line, short};
use crate::view::note::Links;
use crate::view::note::markdown::{MarkdownWriter, References};
use crate::view::note::prose::CommitRef;
use engine::ids::CommitId;

/// The most characters shown of a subject: one that goes on for pages must not push out what others say.
const SUBJECT: usize = 120;

/// The commits of the survey.
pub(super) struct Names<'a> {
    survey: &'a Survey,
    links: Links<'a>,
    pub(super) references: References,
    pub(super) upstream: Option<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(survey: &'a Survey, config: &'a Config) -> Self {
        let links = Links::of(config);
        Self { survey, links, references: References::default(), upstream: links.upstream() }
    }

    pub(super) fn get(&self, sha: CommitId) -> Option<&'a Surveyed> {
        self.survey.get(sha)
    }

    /// The commit as a link to upstream that leaves no backlink there, or as plain code.
    pub(super) fn link(&self, sha: CommitId) -> String {
        self.references.link(&self.commit(sha))
    }

    /// How it is named and linked.
    fn commit(&self, sha: CommitId) -> CommitRef {
        self.links.commit(sha, "")
    }

    /// Its subject, inert. A number in it is no link: the commit's page has that.
    pub(super) fn subject(&self, sha: CommitId) -> String {
        self.get(sha).map(|commit| inert_line(&short(&commit.subject, SUBJECT))).unwrap_or_default()
    }

    /// Writes notes whose links are among these; of numbers there are none.
    pub(super) fn writer(&self) -> MarkdownWriter<'_> {
        MarkdownWriter { upstream: None, references: Some(&self.references) }
    }
}

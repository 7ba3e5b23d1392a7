//! Upstream's commits by name, as links that leave no trace where they lead.

use crate::config::Config;
use crate::survey::{Survey, Surveyed};
use crate::text::{markdown_line, short};
use crate::view::note::prose::CommitRef;
use crate::view::note::{Links, markdown};
use engine::ids::CommitId;

/// The most characters shown of a subject: one that goes on for pages must not push out what others say.
const SUBJECT: usize = 200;

/// The commits of the survey.
pub(super) struct Names<'a> {
    survey: &'a Survey,
    links: Links<'a>,
    pub(super) upstream: Option<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(survey: &'a Survey, config: &'a Config) -> Self {
        let links = Links::of(config);
        Self { survey, links, upstream: links.upstream() }
    }

    pub(super) fn get(&self, sha: CommitId) -> Option<&'a Surveyed> {
        self.survey.get(sha)
    }

    /// The commit as a link to upstream that leaves no backlink there, or as plain code.
    pub(super) fn link(&self, sha: CommitId) -> String {
        markdown::commit(&self.commit(sha))
    }

    /// How it is named and linked.
    pub(super) fn commit(&self, sha: CommitId) -> CommitRef {
        self.links.commit(sha, "")
    }

    /// Its subject, inert.
    pub(super) fn subject(&self, sha: CommitId) -> String {
        self.get(sha).map(|commit| markdown_line(&short(&commit.subject, SUBJECT), self.upstream)).unwrap_or_default()
    }
}

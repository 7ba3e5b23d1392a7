//! Upstream's commits by name, as links that leave no trace where they lead.

use std::collections::HashMap;

use crate::config::Config;
use crate::note::{Links, markdown};
use crate::survey::{Survey, Surveyed};
use crate::text::{markdown_line, short};
use engine::ids::CommitId;

/// The most characters shown of a subject: one that goes on for pages must not push out what others say.
const SUBJECT: usize = 200;

/// The commits of the survey.
pub(super) struct Names<'a> {
    commits: HashMap<CommitId, &'a Surveyed>,
    links: Links<'a>,
    pub(super) upstream: Option<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(survey: &'a Survey, config: &'a Config) -> Self {
        let commits = survey.commits.iter().map(|commit| (commit.sha, commit)).collect();
        let links = Links::of(config);
        Self { commits, links, upstream: links.upstream() }
    }

    pub(super) fn get(&self, sha: CommitId) -> Option<&'a Surveyed> {
        self.commits.get(&sha).copied()
    }

    /// The commit as a link to upstream that leaves no backlink there, or as plain code.
    pub(super) fn link(&self, sha: CommitId) -> String {
        markdown::commit(&self.links.commit(sha, ""))
    }

    /// Its subject, inert.
    pub(super) fn subject(&self, sha: CommitId) -> String {
        self.get(sha).map(|commit| markdown_line(&short(&commit.subject, SUBJECT), self.upstream)).unwrap_or_default()
    }
}

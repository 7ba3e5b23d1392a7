//! The report: what a survey, a plan and its picks amount to, as Markdown and as one HTML page that stands alone.
//!
//! Everything a reader sees is computed once into plain values (`view`) and then written out twice: `markdown` for places
//! that show Markdown, `page` with the `picture` of the range for a browser. Nothing here reads a clock, a repository or
//! the network, so equal facts give equal bytes; every date is a commit's own.

mod bars;
mod commands;
mod conflicts;
mod header;
mod index;
mod lanes;
mod left;
mod markdown;
mod months;
mod page;
mod phases;
mod picture;
mod range;
mod risks;
mod steps;
mod svg;
mod view;

use crate::config::Config;
use crate::pick::Built;
use crate::survey::Survey;
use crate::view::note::prose;

use index::ReportIndex;
use view::ReportView;

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub struct ReportFacts<'a> {
    /// What upstream has.
    pub survey: &'a Survey,
    /// What came of the plan.
    pub built: &'a Built,
    /// What was asked for: where upstream lives, and the notes on commits.
    pub config: &'a Config,
}

/// The page could not be written: a fault of the template, not of the facts.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the report's page: {0}")]
pub struct ReportError(#[from] minijinja::Error);

/// The report as Markdown, for GitHub or a file.
///
/// Commits link to upstream where `config.upstream.repository` is set. No text of a commit or of the configuration is live: no
/// markup, no mention, no reference.
#[must_use]
pub fn markdown(facts: &ReportFacts<'_>) -> String {
    let index = ReportIndex::new(facts);
    markdown::write(&ReportView::of(&index))
}

/// The report as one HTML page that needs nothing else: no script, font or image from elsewhere, no server.
///
/// # Errors
/// The page's template fails, which no facts should make it do.
pub fn html(facts: &ReportFacts<'_>) -> Result<String, ReportError> {
    let index = ReportIndex::new(facts);
    Ok(page::write(&ReportView::of(&index), &picture::draw(&index), &bars::draw(&conflicts::both(&index)))?)
}

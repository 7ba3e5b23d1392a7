//! The report: what a survey, a plan and its picks amount to, as Markdown and as one HTML page that stands alone.
//!
//! Everything a reader sees is computed once into plain values (`view`) and then written out twice: `markdown` for places
//! that show Markdown, `page` with the `picture` of the range for a browser. Nothing here reads a clock, a repository or
//! the network, so equal facts give equal bytes; every date is a commit's own.

mod analysis;
mod bars;
mod commands;
mod conflicts;
mod first;
mod folders;
mod groups;
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
mod scale;
mod steps;
mod svg;
mod themes;
mod timeline;
mod view;

use crate::view::note::{carry, prose, roads};

use index::ReportIndex;
use page::Pictures;
use view::ReportView;

pub use index::ReportFacts;

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
    markdown::write(&view(&index))
}

/// The report as one HTML page that needs nothing else: no script, font or image from elsewhere, no server.
///
/// # Errors
/// The page's template fails, which no facts should make it do.
pub fn html(facts: &ReportFacts<'_>) -> Result<String, ReportError> {
    let index = ReportIndex::new(facts);
    let pictures = Pictures {
        first: first::first(&index),
        timeline: timeline::timeline(&index),
        range: picture::draw(&index),
        files: &bars::draw(&conflicts::both(&index)),
    };
    Ok(page::write(&view(&index), &pictures)?)
}

fn view(index: &ReportIndex<'_>) -> ReportView {
    let (phases, both) = (phases::phases(index), conflicts::both(index));
    let (roots, no_roots) = conflicts::roots(index);
    let (themes, other_commits) = themes::themes(index);
    ReportView {
        header: header::header(index),
        summary: header::summary(index),
        themes,
        other_commits,
        analysis: analysis::analysis(index),
        expected: conflicts::expected(index),
        risks: risks::risks(index),
        left_out: left::left_out(index),
        unassigned: left::unassigned(index),
        steps: steps::steps(index, &phases),
        totals: steps::totals(index, &phases),
        repository: index.repository().map(str::to_owned),
        remote: index.fetched().map(|from| format!("git remote add upstream {from}")),
        notes: phases.iter().map(|phase| phase.notes.len()).sum(),
        resolved: phases.iter().filter(|phase| !phase.resolved.is_empty()).count(),
        local: conflicts::local(index),
        ways: roads::rows(&index.facts.survey.roads),
        way: roads::recommendation(&index.facts.survey.roads).map(|(said, command)| (said, command.to_owned())),
        carry: carry::rows(&index.facts.survey.carry),
        carried: conflicts::carried(index),
        phases,
        both,
        roots,
        no_roots,
    }
}

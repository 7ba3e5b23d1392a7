//! What people said of a phase, and its commits by the categories they gave them.

use super::index::ReportIndex;
use super::prose::Prose;
use super::view::{CommitGroup, CommitView};
use crate::pick::BuiltPhase;
use crate::text::visible;
use engine::ids::CommitId;

/// What people said of a phase, its categories apart.
pub(super) fn said(index: &ReportIndex<'_>, phase: &BuiltPhase) -> Vec<Prose> {
    let Some(configured) = index.facts.config.phase(&phase.id).filter(|phase| phase.line.is_none()) else {
        return Vec::new();
    };
    let said = &configured.said;
    let mut out = Vec::new();
    if said.optional {
        out.push(Prose::new("Optional."));
    }
    out.extend(said.estimate.iter().map(|estimate| Prose::new("Estimate: ").foreign(estimate)));
    out.extend(said.note.iter().map(|note| Prose::default().foreign(note)));
    out
}

/// The rows by category, as the configuration has them.
pub(super) fn groups(
    index: &ReportIndex<'_>,
    phase: &BuiltPhase,
    rows: Vec<(CommitId, CommitView)>,
) -> Vec<CommitGroup> {
    let configured = index.facts.config.phase(&phase.id);
    let of = |sha: CommitId| configured?.picks.iter().find(|pick| pick.sha == sha)?.category.as_deref();
    let titles = configured.iter().flat_map(|phase| &phase.said.categories);
    let mut groups = vec![CommitGroup { title: String::new(), said: None, rows: Vec::new() }];
    groups.extend(titles.map(|(title, note)| CommitGroup {
        title: visible(title),
        said: note.as_ref().map(|note| Prose::default().foreign(note)),
        rows: Vec::new(),
    }));
    for (sha, row) in rows {
        let title = of(sha).map(visible).unwrap_or_default();
        let at = groups.iter().position(|group| group.title == title).unwrap_or_default();
        groups[at].rows.push(row);
    }
    groups.retain(|group| !group.rows.is_empty());
    groups
}

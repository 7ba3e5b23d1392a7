//! What an analysis by hand said of the whole, as the configuration keeps it.

use super::index::ReportIndex;
use super::prose::Prose;
use super::view::{AnalysisView, StatedStepRow};

/// What was said; `None` where nothing was.
pub(super) fn analysis(index: &ReportIndex<'_>) -> Option<AnalysisView> {
    let said = &index.facts.config.analysis;
    let foreign = |texts: &[String]| texts.iter().map(|text| Prose::default().foreign(text)).collect::<Vec<_>>();
    (!said.is_empty()).then(|| AnalysisView {
        date: said.date.as_ref().map(|date| Prose::default().foreign(date)),
        themes: foreign(&said.themes),
        advice: foreign(&said.advice),
        estimates: foreign(&said.estimates),
        steps: said
            .steps
            .iter()
            .map(|step| StatedStepRow { done: step.done, text: Prose::default().foreign(&step.text) })
            .collect(),
    })
}

//! What a reader needs before all else: a few figures, and what to do first.

use serde::Serialize;

use super::index::{ReportIndex, applies, follows};
use super::phases;
use super::prose::{Prose, agree};
use super::view::PhaseState;
use crate::pick::{BuiltPhase, Pick};
use crate::survey::Verdict;
use crate::text::{figure, grouped_count, visible};

/// How many branches are named as ready.
const NAMED: usize = 3;

/// The first screen.
#[derive(Serialize)]
pub(super) struct FirstView {
    pub figures: Vec<FirstFigure>,
    /// What to do, in this order.
    pub steps: Vec<FirstStep>,
}

/// A figure and what it counts.
#[derive(Serialize)]
pub(super) struct FirstFigure {
    pub class: &'static str,
    pub figure: String,
    pub name: &'static str,
}

/// Something to do.
#[derive(Serialize)]
pub(super) struct FirstStep {
    pub text: Prose,
    /// What to type for it; empty where there is nothing to type.
    pub command: String,
}

pub(super) fn first(index: &ReportIndex<'_>) -> FirstView {
    FirstView { figures: figures(index), steps: steps(index) }
}

fn figures(index: &ReportIndex<'_>) -> Vec<FirstFigure> {
    let totals = &index.facts.survey.totals;
    let of = |is: &dyn Fn(&Pick) -> bool| picks(index).filter(|pick| is(pick)).count();
    let put = |class, count, name| FirstFigure { class, figure: figure(count), name };
    let behind = put("behind", totals.commits, agree(totals.commits, "commit behind", "commits behind"));
    let mut all = vec![behind, put("taken", totals.taken, "in the fork already")];
    if !index.facts.built.phases.is_empty() {
        all.push(put("clean", of(&|pick| applies(pick.outcome)), "ready to merge"));
        all.push(put("root", of(&|pick| pick.outcome.needs_person()), "to decide"));
        all.push(put("cascade", of(&|pick| follows(pick.outcome)), "follow by themselves"));
    }
    all
}

fn picks<'a>(index: &ReportIndex<'a>) -> impl Iterator<Item = &'a Pick> {
    index.facts.built.phases.iter().flat_map(|phase| &phase.picks)
}

fn steps(index: &ReportIndex<'_>) -> Vec<FirstStep> {
    let (survey, built) = (index.facts.survey, index.facts.built);
    let plain = |text: Prose| FirstStep { text, command: String::new() };
    if !survey.commits.iter().any(|commit| commit.verdict == Verdict::Open) {
        return vec![plain(Prose::new("Nothing is left to take."))];
    }
    if built.phases.is_empty() {
        let text =
            Prose::new("Write a configuration: it says what cannot wait, and takes the rest in upstream's order.");
        return vec![FirstStep { text, command: "uptake init".to_owned() }];
    }
    let mut steps = Vec::new();
    let whole = |phase: &&BuiltPhase| phases::state(phase) == PhaseState::Ready;
    let ready: Vec<&BuiltPhase> = built.phases.iter().filter(whole).collect();
    if !ready.is_empty() {
        let text = Prose::new("Review and merge what is ready: ").list(&ready, NAMED, |prose, phase| {
            let picks = phase.picks.iter().filter(|pick| applies(pick.outcome)).count();
            let picks = grouped_count(picks, "pick");
            prose.foreign(&visible(&phase.title)).plain(format!(" ({picks})"))
        });
        steps.push(FirstStep { text: text.plain("."), command: "uptake run --forge github --dry-run".to_owned() });
    }
    let decisions = built.decisions();
    if let Some(cheapest) = decisions.first() {
        let sha = cheapest.pick().sha;
        let link = index.link(sha);
        let subject = link.subject.clone();
        let text = Prose::new("Decide, the cheapest first: ")
            .commit(link)
            .plain(" ")
            .foreign(&subject)
            .plain(format!(" ({})", grouped_count(cheapest.cost.places, "place")));
        let text = match decisions.len() {
            1 => text.plain("."),
            more => text.plain(format!(", and {} more.", figure(more - 1))),
        };
        steps.push(FirstStep { text, command: format!("uptake resolve {}", sha.short()) });
    }
    let behind = picks(index).filter(|pick| follows(pick.outcome)).count();
    if behind > 0 {
        let which = agree(behind, "commit follows", "commits follow");
        let text = format!("Run again: {} {which} what was decided, without a person.", figure(behind));
        steps.push(FirstStep { text: Prose::new(text), command: "uptake run --forge github".to_owned() });
    }
    let text = "When all is in or left out for good, merge the record: git then says 0 behind.";
    steps.push(FirstStep { text: Prose::new(text), command: "uptake record".to_owned() });
    steps
}

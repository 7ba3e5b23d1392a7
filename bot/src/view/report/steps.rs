//! What to do next, phase by phase, and the totals.

use super::header::{advised, states};
use super::index::{CommitState, ReportIndex};
use super::prose::{Prose, agree};
use super::view::{NextStep, PhaseState, PhaseView, TotalRow};
use crate::survey::Surveyed;
use crate::text::{figure, grouped_count};

/// How many commits are named that the fork perhaps has.
const NAMED: usize = 10;

/// How many phases that are not ready are named one by one.
const PHASES: usize = 6;

pub(super) fn steps(index: &ReportIndex<'_>, phases: &[PhaseView]) -> Vec<NextStep> {
    let mut steps = of_phases(phases);
    let todo = |text| NextStep { state: "to do", class: "todo", text };
    let perhaps: Vec<&Surveyed> = index.facts.survey.perhaps().collect();
    if !perhaps.is_empty() {
        let n = grouped_count(perhaps.len(), "commit");
        let text = Prose::new(format!("See whether the fork has {n} already: "));
        let text = text.list(&perhaps, NAMED, |prose, unit| prose.commit(index.link(unit.sha)));
        steps.insert(0, todo(text.plain(".")));
    }
    if let Some(root) = advised(index) {
        let hang = index.cascades_of(root.sha).len();
        let text = Prose::new("Resolve ").commit(index.link(root.sha)).plain(format!(
            " first: {} {} on it.",
            grouped_count(hang, "commit"),
            agree(hang, "hangs", "hang")
        ));
        steps.push(todo(text));
    }
    let unassigned = index.facts.built.unassigned.len();
    if unassigned > 0 {
        let text = Prose::new(format!(
            "Give {} a phase, or exclude {}: see ",
            grouped_count(unassigned, "open commit"),
            them(unassigned)
        ));
        steps.push(todo(text.plain("Unassigned commits.")));
    }
    let mut commands: Vec<&str> =
        index.facts.built.phases.iter().flat_map(|phase| &phase.ci.validate).map(String::as_str).collect();
    let mut seen = std::collections::BTreeSet::new();
    commands.retain(|command| seen.insert(*command));
    if !commands.is_empty() && phases.iter().any(|phase| phase.commands.is_some()) {
        let text = Prose::new("After each phase, validate: ").list(&commands, 5, |prose, command| prose.code(command));
        steps.push(todo(text.plain(".")));
    }
    if steps.is_empty() {
        steps.push(NextStep { state: "done", class: "done", text: Prose::new("Nothing is left to do.") });
    }
    steps
}

/// A step for each phase; of those that are not ready the first ones, and one for all the others.
fn of_phases(phases: &[PhaseView]) -> Vec<NextStep> {
    let later = |phase: &&PhaseView| matches!(phase.state, PhaseState::Partly | PhaseState::Waits);
    let folded: Vec<&PhaseView> = phases.iter().filter(later).skip(PHASES).collect();
    if folded.len() < 2 {
        return phases.iter().map(phase).collect();
    }
    let is_folded = |phase: &PhaseView| folded.iter().any(|other| other.id == phase.id);
    let mut steps: Vec<NextStep> = phases.iter().filter(|phase| !is_folded(phase)).map(phase).collect();
    let sum = |of: fn(&PhaseView) -> usize| folded.iter().map(|phase| of(phase)).sum::<usize>();
    let (clean, conflicted) = (sum(|phase| phase.tally.clean), sum(|phase| phase.tally.conflicted));
    let text = format!(
        "{} after these: review {}, resolve {}.",
        grouped_count(folded.len(), "phase"),
        grouped_count(clean, "pick"),
        figure(conflicted)
    );
    steps.push(NextStep { state: "later", class: "waits", text: Prose::new(text) });
    steps
}

fn them(n: usize) -> &'static str {
    agree(n, "it", "them")
}

fn phase(phase: &PhaseView) -> NextStep {
    let tally = phase.tally;
    let text = Prose::default().foreign(&phase.title).plain(": ");
    let text = match phase.state {
        PhaseState::Done => text.plain(format!("the fork has all {}.", grouped_count(tally.total(), "commit"))),
        PhaseState::Empty => text.plain(format!("{} claimed, none to take.", grouped_count(tally.total(), "commit"))),
        PhaseState::Ready => text
            .plain(format!("review {}: ", grouped_count(tally.clean, "pick")))
            .code(&phase.branch)
            .plain(" applies as it is."),
        PhaseState::Partly => text
            .plain(format!("review {} on ", grouped_count(tally.clean, "pick")))
            .code(&phase.branch)
            .plain(match tally.conflicted {
                0 => ".".to_owned(),
                n => format!(", resolve {}.", figure(n)),
            }),
        PhaseState::Waits if tally.conflicted == 0 => text.plain("take other phases first."),
        PhaseState::Waits => text.plain(format!("resolve {}.", grouped_count(tally.conflicted, "conflicting pick"))),
    };
    let class = match phase.state {
        PhaseState::Done | PhaseState::Empty => "done",
        PhaseState::Ready => "ready",
        PhaseState::Partly => "partly",
        PhaseState::Waits => "waits",
    };
    NextStep { state: phase.state.word(), class, text }
}

pub(super) fn totals(index: &ReportIndex<'_>, phases: &[PhaseView]) -> Vec<TotalRow> {
    let survey = index.facts.survey;
    let sum = |of: fn(&PhaseView) -> usize| phases.iter().map(of).sum::<usize>();
    let total = |name, value: usize| TotalRow { name, value: figure(value) };
    let state = |wanted| states(index).iter().find(|state| state.state == wanted).map_or(0, |state| state.count);
    let mut totals = vec![
        total("Upstream commits", survey.totals.commits),
        total("Already in the fork", survey.totals.taken),
        total("Would change nothing", survey.totals.line.no_op),
        total("Open", survey.totals.open),
        total("Picks that apply, over all phases", sum(|phase| phase.tally.clean)),
        total("Picks that wait for a person", sum(|phase| phase.tally.conflicted)),
        total("Picks that lack earlier commits alone", sum(|phase| phase.tally.follows)),
        total("Open commits in no phase", index.facts.built.unassigned.len()),
        total("Merges, never picked", survey.totals.merges),
    ];
    if index.knows_roots() {
        totals.push(total("Roots to resolve", state(CommitState::Root)));
        totals.push(total("Cascades that follow", state(CommitState::Cascade)));
    }
    totals.push(total("Files changed by upstream", survey.files.upstream));
    totals.push(total("Files changed by both sides", survey.files.both.len()));
    let local = &survey.files.local;
    let touched = local.iter().filter(|local| !local.upstream_commits.is_empty()).count();
    let value = match (local.len(), touched) {
        (0, _) => "none configured".to_owned(),
        (_, 0) => "untouched by upstream".to_owned(),
        (all, n) => format!("{n} of {all} touched by upstream"),
    };
    totals.push(TotalRow { name: "The fork's own paths", value });
    totals
}

//! The phases: their tables, how far each is, and what to do about it.

use super::commands;
use super::groups;
use super::index::{CommitPlace, CommitState, ReportIndex, applies, follows, waits};
use super::prose::{Prose, agree};
use super::view::{CommitView, PhaseState, PhaseTally, PhaseView};
use crate::pick::{BuiltPhase, Conflict, Outcome, Pick};
use crate::plan::{LeftOut, Reason};
use crate::risk::Level;
use crate::survey::Cascade;
use crate::text::{figure, grouped_count, visible};
use crate::view::note::{Limits, Notes, resolved_summary, words};
use engine::ids::CommitId;

/// How many commits or files a sentence or a note names.
const NAMED: usize = 3;
/// How much of a conflict is shown: more than in a pull request, for nothing limits a report but its reader.
const LIMITS: Limits = Limits { places: 20, lines: 24, commits: 4 };

pub(super) fn phases(index: &ReportIndex<'_>) -> Vec<PhaseView> {
    let mut notes = Notes::new(index.links, LIMITS);
    index.facts.built.phases.iter().enumerate().map(|(at, phase)| view(index, at, phase, &mut notes)).collect()
}

fn view(index: &ReportIndex<'_>, at: usize, phase: &BuiltPhase, notes: &mut Notes<'_>) -> PhaseView {
    let tally = tally(phase);
    let level = level(phase.risk);
    PhaseView {
        number: at + 1,
        id: visible(&phase.id),
        title: visible(&phase.title),
        branch: visible(&phase.branch),
        base: visible(&phase.base),
        base_commit: phase.base_commit.short(),
        risk: if phase.picks.is_empty() { "" } else { level },
        tally,
        tally_text: tally_text(tally),
        state: state(phase),
        said: groups::said(index, phase),
        groups: groups::groups(index, phase, rows(index, at, phase)),
        notes: notes.of_phase(phase, &|sha| index.commit(sha)),
        resolved: resolved_summary(phase, index.links),
        action: action(index, phase),
        commands: commands::commands(index, phase),
        cuda: phase.ci.names().filter_map(|cell| cell.cuda()).map(visible).collect(),
        tests: phase.ci.names().filter(|cell| cell.cuda().is_none()).map(|cell| visible(cell)).collect(),
    }
}

/// What came of the commits a phase claims.
pub(super) fn tally(phase: &BuiltPhase) -> PhaseTally {
    let picks = |wanted: fn(Outcome) -> bool| phase.picks.iter().filter(|pick| wanted(pick.outcome)).count();
    let taken = phase.left_out.iter().filter(|left| is_taken(&left.reason)).count();
    PhaseTally {
        taken,
        clean: picks(applies),
        conflicted: picks(|outcome| waits(outcome) && !follows(outcome)),
        follows: picks(follows),
        left_out: phase.left_out.len() - taken + picks(|outcome| outcome == Outcome::NoOp),
    }
}

pub(super) fn is_taken(reason: &Reason) -> bool {
    matches!(reason, Reason::Taken(_) | Reason::Ancestor)
}

fn tally_text(tally: PhaseTally) -> Prose {
    let parts = [
        (tally.taken, "in the fork already"),
        (tally.clean, agree(tally.clean, "applies", "apply")),
        (tally.conflicted, agree(tally.conflicted, "waits", "wait")),
        (tally.follows, agree(tally.follows, "follows", "follow")),
        (tally.left_out, "left out"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", figure(*n))).collect();
    let total = grouped_count(tally.total(), "commit");
    Prose::new(if parts.is_empty() { total } else { format!("{total}: {}", parts.join(", ")) })
}

/// How far a phase is.
pub(super) fn state(phase: &BuiltPhase) -> PhaseState {
    let tally = tally(phase);
    match (tally.clean, tally.conflicted + tally.follows) {
        (0, 0) if tally.taken > 0 && tally.left_out == 0 => PhaseState::Done,
        (0, 0) => PhaseState::Empty,
        (_, 0) => PhaseState::Ready,
        (0, _) => PhaseState::Waits,
        _ => PhaseState::Partly,
    }
}

/// The rows of everything the phase claims, in upstream's order; what is older than the range comes first.
fn rows(index: &ReportIndex<'_>, at: usize, phase: &BuiltPhase) -> Vec<(CommitId, CommitView)> {
    let picks = phase.picks.iter().map(|pick| (pick.sha, picked(index, phase, pick)));
    let left = phase.left_out.iter().map(|left| (left.sha, left_out(index, at, phase, left)));
    let mut rows: Vec<(CommitId, CommitView)> = picks.chain(left).collect();
    rows.sort_by_key(|(sha, _)| index.position(*sha));
    rows
}

/// A row with what the survey knows of the commit.
pub(super) fn row(index: &ReportIndex<'_>, sha: CommitId) -> CommitView {
    let commit = index.commit(sha);
    let reasons = commit.map(|commit| commit.reasons.as_slice()).unwrap_or_default();
    CommitView {
        commit: index.link(sha),
        author: commit.map(|commit| visible(&commit.author.name)).unwrap_or_default(),
        day: commit.map(|commit| commit.date.day()).unwrap_or_default(),
        risk: commit.map(|commit| level(commit.risk)).unwrap_or_default(),
        reasons: reasons.iter().map(|reason| visible(&reason.to_string())).collect(),
        outcome: String::new(),
        class: commit.map(|commit| CommitState::of(commit).class()).unwrap_or("out"),
        notes: Vec::new(),
        anchor: false,
        first: commit.is_some_and(|commit| commit.risk >= Level::High || commit.perhaps.is_some()),
    }
}

fn picked(index: &ReportIndex<'_>, phase: &BuiltPhase, pick: &Pick) -> CommitView {
    let mut notes: Vec<Prose> = words::pick_note(pick).iter().map(|note| Prose::default().foreign(note)).collect();
    notes.splice(0..0, perhaps(index, pick.sha));
    notes.extend(conflict_note(pick));
    notes.extend(cascade_note(index, pick.sha));
    if !pick.outcome.needs_person() && !pick.follows.is_empty() {
        let how = if pick.outcome == Outcome::NotNeededYet { "Its code came with " } else { "It follows " };
        let after = Prose::new(how);
        notes.push(after.list(&pick.follows, NAMED, |prose, sha| prose.commit(index.link(*sha))).plain("."));
    }
    let roots = index.commit(pick.sha).map(|commit| commit.roots.as_slice()).unwrap_or_default();
    if !pick.needs.take.is_empty() && pick.needs.take != roots {
        let needs = Prose::new("Needs ");
        notes.push(needs.list(&pick.needs.take, NAMED, |prose, sha| prose.commit(index.link(*sha))).plain("."));
    }
    if pick.outcome == Outcome::LeftOut {
        notes.push(Prose::new("The phase ended before it, at a conflict."));
    }
    let surveyed = row(index, pick.sha);
    CommitView {
        risk: level(pick.risk),
        reasons: pick.reasons.iter().map(|reason| visible(&reason.to_string())).collect(),
        outcome: pick.outcome.to_string(),
        class: class(index, pick),
        first: pick.outcome.needs_person()
            || pick.risk == Level::Critical
            || index.commit(pick.sha).is_some_and(|commit| commit.perhaps.is_some()),
        notes,
        anchor: matches!(index.place(pick.sha), CommitPlace::Picked(at, _) if index.facts.built.phases[at].id == phase.id),
        ..surveyed
    }
}

/// That the fork perhaps has a commit.
pub(super) fn perhaps(index: &ReportIndex<'_>, sha: CommitId) -> Option<Prose> {
    let signs = words::perhaps(index.commit(sha)?)?;
    Some(Prose::new(format!("Perhaps in the fork already: {signs}.")))
}

fn left_out(index: &ReportIndex<'_>, at: usize, phase: &BuiltPhase, left: &LeftOut) -> CommitView {
    let configured = index.facts.config.phase(&phase.id);
    let named = configured.and_then(|phase| phase.picks.iter().find(|pick| pick.sha == left.sha));
    let note = named.and_then(|pick| pick.note.as_deref());
    let mut notes: Vec<Prose> = note.iter().map(|note| Prose::default().foreign(note)).collect();
    notes.push(reason(index, &left.reason));
    CommitView {
        risk: "",
        reasons: Vec::new(),
        outcome: if is_taken(&left.reason) { "taken".into() } else { Outcome::LeftOut.to_string() },
        class: if is_taken(&left.reason) { "taken" } else { "out" },
        first: false,
        notes,
        anchor: index.place(left.sha) == CommitPlace::LeftOut(at),
        ..row(index, left.sha)
    }
}

/// Why a claimed commit is not taken, with its commits linked.
pub(super) fn reason(index: &ReportIndex<'_>, reason: &Reason) -> Prose {
    match reason {
        Reason::Taken(signs) => Prose::new("In the fork already: ").foreign(&words::evidence(signs)).plain("."),
        Reason::Ancestor => Prose::new("Older than the common ancestor, so the fork has it."),
        Reason::Superseded { by, group } => {
            Prose::new("Superseded by ").commit(index.link(*by)).plain(" (").foreign(group).plain(").")
        }
        Reason::Excluded { reason, rule } => {
            Prose::new("Excluded: ").foreign(&words::excluded(reason, rule.as_deref()))
        }
        Reason::NoOp => Prose::new("It leaves nothing to change."),
        Reason::Merge => Prose::new("A merge: its commits are picked one by one."),
        Reason::Skipped(decision) => Prose::new("Skipped by ").foreign(&decision.describe()),
        Reason::Deferred(decision) => Prose::new("Waits: deferred by ").foreign(&decision.describe()),
        Reason::Moved { phase, decision } => {
            Prose::new("Moved to phase ").code(phase).plain(" by ").foreign(&decision.describe())
        }
        Reason::NoPhase { phase, decision } => Prose::new("Decided for phase ")
            .code(phase)
            .plain(", which the configuration does not have, by ")
            .foreign(&decision.describe()),
        Reason::Reverted { .. }
        | Reason::Moot { .. }
        | Reason::Undone { .. }
        | Reason::WithUndone { .. }
        | Reason::OnLine { .. }
        | Reason::Refused(_) => Prose::default().foreign(&words::reason(reason)).plain("."),
        Reason::InPhase(phase) => Prose::new("An earlier phase has it: ").code(phase).plain("."),
        Reason::OutOfRange => Prose::new("Not a commit of upstream's branch: check the SHA."),
    }
}

fn conflict_note(pick: &Pick) -> Option<Prose> {
    if pick.conflicts.is_empty() {
        return None;
    }
    let begin = match (pick.outcome, pick.commit) {
        (Outcome::Resolved, _) => "Resolved by rule or memory in ",
        (_, Some(_)) => "Committed with conflict markers in ",
        (_, None) => "Conflicts in ",
    };
    let place = |prose: Prose, conflict: &Conflict| {
        let prose = prose.code(conflict.path.to_string());
        match conflict.places {
            0 | 1 => prose,
            n => prose.plain(format!(" ({n} places)")),
        }
    };
    Some(Prose::new(begin).list(&pick.conflicts, NAMED, place).plain("."))
}

/// What else a conflict holds back, or what holds it back.
pub(super) fn cascade_note(index: &ReportIndex<'_>, sha: CommitId) -> Option<Prose> {
    let commit = index.commit(sha)?;
    match commit.cascade {
        Cascade::None => None,
        Cascade::Root => Some(match index.cascades_of(sha).len() {
            0 => Prose::new("A root."),
            n => Prose::new(format!("A root: {} {} on it.", grouped_count(n, "commit"), agree(n, "hangs", "hang"))),
        }),
        Cascade::Cascade if commit.roots.is_empty() => Some(Prose::new("A cascade of earlier open commits.")),
        Cascade::Cascade => {
            let link = |prose: Prose, root: &CommitId| prose.commit(index.link(*root));
            Some(Prose::new("A cascade of ").list(&commit.roots, NAMED, link).plain("."))
        }
    }
}

/// The style of a pick's outcome.
pub(super) fn class(index: &ReportIndex<'_>, pick: &Pick) -> &'static str {
    match pick.outcome {
        Outcome::Clean | Outcome::Resolved => "clean",
        Outcome::NoOp => "no-op",
        Outcome::Decide | Outcome::Follows | Outcome::NotNeededYet | Outcome::LeftOut => {
            match index.commit(pick.sha).map(CommitState::of) {
                Some(state @ (CommitState::Root | CommitState::Cascade)) => state.class(),
                _ => "conflict",
            }
        }
    }
}

pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
        Level::Critical => "critical",
    }
}

/// What to do about a phase, computed from what is in it.
fn action(index: &ReportIndex<'_>, phase: &BuiltPhase) -> Vec<Prose> {
    let tally = tally(phase);
    let mut out = Vec::new();
    match state(phase) {
        PhaseState::Done => out.push(Prose::new("Nothing to do: the fork has all of it.")),
        PhaseState::Empty => out.push(Prose::new("Nothing to take: every commit it claims is left out.")),
        PhaseState::Ready => {
            out.push(Prose::new("Review and merge ").code(&phase.branch).plain(": every pick applies."));
        }
        PhaseState::Partly => {
            let then = match tally.conflicted {
                0 => format!("The other {} what is not in the fork yet.", agree(tally.follows, "follows", "follow")),
                n => format!("Then resolve the {} that {}.", figure(n), agree(n, "waits", "wait")),
            };
            out.push(Prose::new("Review ").code(&phase.branch).plain(format!(
                ": {} {}. {then}",
                grouped_count(tally.clean, "pick"),
                agree(tally.clean, "applies", "apply"),
            )));
        }
        PhaseState::Waits if held_back(phase).len() == tally.conflicted + tally.follows => {}
        PhaseState::Waits => out.push(Prose::new(match tally.conflicted {
            0 => "Take other phases first: its picks lack earlier commits alone.".to_owned(),
            1 if tally.follows == 0 => "Resolve before review: its only pick does not apply.".to_owned(),
            n => format!("Resolve before review: none of its {} picks applies.", figure(n)),
        })),
    }
    out.extend(read_first(index, phase));
    out.extend(resolve_first(index, phase));
    out.extend(careful(index, phase));
    out.extend(skipped(index, phase));
    out
}

/// The picks that apply, and wait for a person for what they change alone.
fn held_back(phase: &BuiltPhase) -> Vec<&Pick> {
    phase.picks.iter().filter(|pick| pick.is_held_back()).collect()
}

/// What to read before it is on a branch.
fn read_first(index: &ReportIndex<'_>, phase: &BuiltPhase) -> Option<Prose> {
    let link = |prose: Prose, pick: &&Pick| prose.commit(index.link(pick.sha));
    let picks = held_back(phase);
    let prose = Prose::new("Read first what may run on a push: ").list(&picks, NAMED, link);
    (!picks.is_empty()).then(|| prose.plain("; a `/pick` lets each in."))
}

/// Where to begin with the conflicts.
fn resolve_first(index: &ReportIndex<'_>, phase: &BuiltPhase) -> Option<Prose> {
    let stuck: Vec<&Pick> = phase.picks.iter().filter(|pick| waits(pick.outcome) && !pick.is_held_back()).collect();
    if stuck.is_empty() {
        return None;
    }
    let cascade = |pick: &Pick| index.commit(pick.sha).map(|commit| commit.cascade).unwrap_or_default();
    let roots: Vec<&&Pick> = stuck.iter().filter(|pick| cascade(pick) == Cascade::Root).collect();
    let cascades = stuck.iter().filter(|pick| cascade(pick) == Cascade::Cascade).count();
    if roots.is_empty() && cascades == 0 {
        let (path, picks) = most_contested(&stuck)?;
        return Some(
            Prose::new("The file most in the way is ")
                .code(path)
                .plain(format!(" ({}).", grouped_count(picks, "pick"))),
        );
    }
    let prose = if roots.is_empty() {
        Prose::new("None of them is a root: they come free when the roots outside this phase are resolved")
    } else {
        let begin = Prose::new(agree(roots.len(), "The root is ", "The roots are "));
        begin.list(&roots, NAMED, |prose, pick| prose.commit(index.link(pick.sha)))
    };
    Some(match cascades {
        n if n > 0 && !roots.is_empty() => prose.plain(format!(
            "; {} more only {} on roots, here or in other phases.",
            figure(n),
            agree(n, "hangs", "hang")
        )),
        _ => prose.plain("."),
    })
}

fn most_contested(picks: &[&Pick]) -> Option<(String, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for conflict in picks.iter().flat_map(|pick| &pick.conflicts) {
        *counts.entry(&conflict.path).or_insert(0) += 1;
    }
    // The first in path order of those with the highest count.
    let (path, picks) = counts.into_iter().min_by_key(|(_, picks)| std::cmp::Reverse(*picks))?;
    Some((path.to_string(), picks))
}

fn careful(index: &ReportIndex<'_>, phase: &BuiltPhase) -> Option<Prose> {
    let mut risky: Vec<&Pick> = phase.picks.iter().filter(|pick| pick.risk >= Level::High).collect();
    risky.sort_by_key(|pick| std::cmp::Reverse(pick.risk));
    let one = |prose: Prose, pick: &&Pick| {
        let prose = prose.commit(index.link(pick.sha)).plain(format!(" ({}", level(pick.risk)));
        if pick.reasons.is_empty() { prose } else { prose.plain(": ").foreign(&words::reasons(&pick.reasons)) }
            .plain(")")
    };
    (!risky.is_empty()).then(|| Prose::new("Read with care: ").list(&risky, NAMED, one).plain("."))
}

fn skipped(index: &ReportIndex<'_>, phase: &BuiltPhase) -> Option<Prose> {
    let superseded: Vec<CommitId> = phase
        .left_out
        .iter()
        .filter(|left| matches!(left.reason, Reason::Superseded { .. }))
        .map(|left| left.sha)
        .collect();
    let link = |prose: Prose, sha: &CommitId| prose.commit(index.link(*sha));
    let why = agree(superseded.len(), ": another of its group replaces it.", ": others of their groups replace them.");
    (!superseded.is_empty()).then(|| Prose::new("Skip ").list(&superseded, NAMED, link).plain(why))
}

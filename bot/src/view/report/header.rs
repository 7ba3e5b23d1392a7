//! The heads, the headline and the executive summary: the report's figures as sentences.

use super::index::{CommitState, ReportIndex, applies, follows, waits};
use super::phases;
use super::prose::{Prose, agree};
use super::view::{PhaseState, ReportHeader, StateCount};
use crate::pick::conflict::places;
use crate::pick::{BuiltPhase, Pick};
use crate::survey::{Cascade, Surveyed, Verdict};
use crate::text::{figure, grouped_count, visible};
use crate::view::note::warning::{Reader, warnings};
use crate::view::note::words;

/// How many roots the summary names.
const NAMED_ROOTS: usize = 3;
/// What a person needs, in minutes: to review a commit, and to decide a conflicting place.
const REVIEW: usize = 2;
const DECISION: usize = 5;
/// How many phases a recommendation names.
const NAMED_PHASES: usize = 3;

pub(super) fn header(index: &ReportIndex<'_>) -> ReportHeader {
    let (survey, config) = (index.facts.survey, index.facts.config);
    let days = || survey.commits.iter().map(|commit| commit.date.day());
    let name = |side: &crate::config::raw::WhichRepo, otherwise: &str| {
        visible(side.repository.as_deref().unwrap_or(otherwise))
    };
    let files = &survey.files;
    ReportHeader {
        upstream: name(&config.upstream, "upstream"),
        fork: name(&config.fork, "the fork"),
        headline: headline(index),
        as_of: days().chain(survey.carry.real.iter().map(|commit| commit.date.day())).max().unwrap_or_default(),
        first_day: days().min().unwrap_or_default(),
        last_day: days().max().unwrap_or_default(),
        merge_base: index.link(survey.merge_base),
        upstream_head: index.link(survey.upstream_head),
        fork_head: survey.fork_head.short(),
        commits: figure(survey.totals.commits),
        merges: grouped_count(survey.totals.merges, "merge"),
        files: Prose::new(format!(
            "{} changed by upstream, {} by the fork, {} by both",
            figure(files.upstream),
            figure(files.fork),
            figure(files.both.len())
        )),
        states: states(index),
    }
}

/// How many commits there are of each state that occurs, in the order a legend names them.
pub(super) fn states(index: &ReportIndex<'_>) -> Vec<StateCount> {
    let commits = &index.facts.survey.commits;
    let count = |state| commits.iter().filter(|commit| CommitState::of(commit) == state).count();
    CommitState::ALL
        .into_iter()
        .map(|state| (state, count(state)))
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| StateCount { state, count, figure: figure(count), meaning: state.meaning(count) })
        .collect()
}

fn headline(index: &ReportIndex<'_>) -> String {
    let of = |wanted| states(index).into_iter().find(|s| s.state == wanted).map_or(0, |s| s.count);
    let (roots, cascades, conflict) = (of(CommitState::Root), of(CommitState::Cascade), of(CommitState::Conflict));
    let (clean, commits) = (of(CommitState::Clean), index.facts.survey.commits.len());
    if commits == 0 {
        match index.facts.survey.left_behind() {
            None => "Upstream has nothing the fork lacks".into(),
            Some(_) => "Upstream goes on with another branch".into(),
        }
    } else if roots > 0 && cascades > 0 {
        format!("{} {} back {} more", grouped_count(roots, "commit"), agree(roots, "holds", "hold"), figure(cascades))
    } else if roots + conflict > 0 {
        let stuck = roots + conflict;
        format!(
            "{} of {} {} with the fork",
            figure(stuck),
            grouped_count(commits, "commit"),
            agree(stuck, "conflicts", "conflict")
        )
    } else if clean > 0 {
        format!(
            "{} {} as {}",
            grouped_count(clean, "commit"),
            agree(clean, "applies", "apply"),
            agree(clean, "it is", "they are")
        )
    } else {
        "The fork has everything upstream has".into()
    }
}

pub(super) fn summary(index: &ReportIndex<'_>) -> Vec<Prose> {
    let warnings = warnings(index.facts.survey, Reader::Document);
    let warnings = warnings.map(|said| Prose::new("Warning: ").foreign(&said));
    let mut out: Vec<Prose> = warnings.chain([range(index)]).collect();
    if index.facts.survey.commits.is_empty() {
        return out;
    }
    out.extend([had(index), alone(index)]);
    out.extend(blame(index));
    out.extend([plan(index), local(index)]);
    out.extend(effort(index));
    out.push(recommendation(index));
    out
}

fn range(index: &ReportIndex<'_>) -> Prose {
    let survey = index.facts.survey;
    let (totals, files) = (&survey.totals, &survey.files);
    if totals.commits == 0 {
        return match survey.left_behind() {
            None => Prose::new("Upstream has no commit that the fork lacks. There is nothing to do."),
            Some((branch, _)) => Prose::new("The fork has all of upstream's ").code(branch).plain("."),
        };
    }
    let merges = match totals.merges {
        0 => String::new(),
        n => format!(" and {}, which {} never picked", grouped_count(n, "merge"), agree(n, "is", "are")),
    };
    Prose::new(format!(
        "Since the common ancestor upstream has made {}{merges}. They change {}. The fork has changed {}; {} changed on both sides.",
        grouped_count(totals.commits, "commit"),
        grouped_count(files.upstream, "file"),
        grouped_count(files.fork, "file"),
        match files.both.len() {
            0 => "none was".to_owned(),
            1 => "1 was".to_owned(),
            n => format!("{} were", figure(n)),
        }
    ))
}

fn had(index: &ReportIndex<'_>) -> Prose {
    let totals = &index.facts.survey.totals;
    let no_op = match totals.line.no_op {
        0 => String::new(),
        n => format!("; {} more {} not there, yet would change nothing", figure(n), agree(n, "is", "are")),
    };
    Prose::new(format!(
        "The fork already has {} of these commits{no_op}. {} {} open.",
        figure(totals.taken),
        figure(totals.open),
        agree(totals.open, "is", "are")
    ))
}

fn alone(index: &ReportIndex<'_>) -> Prose {
    let totals = &index.facts.survey.totals;
    Prose::new(format!(
        "Picked one by one onto the fork's head, {} {}, {} {} and {} {} nothing.",
        figure(totals.conflict),
        agree(totals.conflict, "conflicts", "conflict"),
        figure(totals.clean),
        agree(totals.clean, "applies", "apply"),
        figure(totals.noop),
        agree(totals.noop, "changes", "change"),
    ))
}

/// Which conflicts are roots, and which of them weigh most.
fn blame(index: &ReportIndex<'_>) -> Option<Prose> {
    let totals = &index.facts.survey.totals;
    if !index.knows_roots() {
        return (totals.conflict > 0).then(|| {
            Prose::new(
                "Which of these conflicts are roots, and which only follow from others, has not been worked out.",
            )
        });
    }
    let mut prose = Prose::new(format!(
        "{} {} by {} (roots); {} {} once the roots before are resolved (cascades).",
        grouped_count(totals.roots, "commit"),
        agree(totals.roots, "conflicts", "conflict"),
        agree(totals.roots, "itself", "themselves"),
        figure(totals.cascades),
        agree(totals.cascades, "applies", "apply")
    ));
    let heavy = heaviest(index);
    let named = &heavy[..heavy.len().min(NAMED_ROOTS)];
    if !named.is_empty() {
        prose = prose.plain(" Most hangs on ").list(named, NAMED_ROOTS, |prose, root| {
            let hang = index.cascades_of(root.sha).len();
            prose.commit(index.link(root.sha)).plain(format!(" ({})", grouped_count(hang, "cascade")))
        });
        prose = prose.plain(".");
    }
    Some(prose)
}

/// The roots that hold others back, heaviest first.
pub(super) fn heaviest<'a>(index: &ReportIndex<'a>) -> Vec<&'a Surveyed> {
    let mut roots: Vec<&Surveyed> =
        index.facts.survey.commits.iter().filter(|commit| !index.cascades_of(commit.sha).is_empty()).collect();
    roots.sort_by_key(|commit| std::cmp::Reverse(index.cascades_of(commit.sha).len()));
    roots
}

/// The root to begin with: the heaviest that may be advised. What changes the licence never is, however much hangs on it.
pub(super) fn advised<'a>(index: &ReportIndex<'a>) -> Option<&'a Surveyed> {
    heaviest(index).into_iter().find(|root| !root.is_weighty())
}

fn plan(index: &ReportIndex<'_>) -> Prose {
    let built = index.facts.built;
    if built.phases.is_empty() {
        return Prose::new("No phase is configured yet, so nothing is planned.");
    }
    let picks = || built.phases.iter().flat_map(|phase| &phase.picks);
    let clean = picks().filter(|pick| applies(pick.outcome)).count();
    let stuck = picks().filter(|pick| waits(pick.outcome) && !follows(pick.outcome)).count();
    let behind = match picks().filter(|pick| follows(pick.outcome)).count() {
        0 => String::new(),
        n => format!(", {} {} earlier commits alone", figure(n), agree(n, "lacks", "lack")),
    };
    let unassigned = match built.unassigned.len() {
        0 => "Every open commit has a phase.".to_owned(),
        n => format!("{} open {} no phase yet.", figure(n), agree(n, "commit has", "commits have")),
    };
    Prose::new(format!(
        "{} {} {}: {} {}, {} {}{behind}. {unassigned}",
        grouped_count(built.phases.len(), "phase"),
        agree(built.phases.len(), "takes", "take"),
        grouped_count(picks().count(), "commit"),
        figure(clean),
        agree(clean, "applies", "apply"),
        figure(stuck),
        agree(stuck, "waits for a person", "wait for a person"),
    ))
    .plain(built.end.as_ref().map(|end| format!(" {}", words::end(end).replace('`', ""))).unwrap_or_default())
}

fn local(index: &ReportIndex<'_>) -> Prose {
    let local = &index.facts.survey.files.local;
    if local.is_empty() {
        return Prose::new("No path is configured as the fork's own.");
    }
    let touched: Vec<_> = local.iter().filter(|local| !local.upstream_commits.is_empty()).collect();
    if touched.is_empty() {
        return Prose::new("No upstream commit touches a path that is the fork's own.");
    }
    Prose::new("Upstream touches paths that are configured as the fork's own: ")
        .list(&touched, 3, |prose, local| {
            prose.code(&local.pattern).plain(format!(" ({})", grouped_count(local.upstream_commits.len(), "commit")))
        })
        .plain(".")
}

/// How long it may take a person, and what that is reckoned from.
fn effort(index: &ReportIndex<'_>) -> Option<Prose> {
    let picks = || index.facts.built.phases.iter().flat_map(|phase| &phase.picks);
    let all = picks().count();
    let decisions: Vec<_> = picks().filter(|pick| pick.outcome.needs_person()).collect();
    let places: usize = decisions.iter().map(|pick| places(pick.open())).sum();
    let is_root = |pick: &&&Pick| index.commit(pick.sha).is_some_and(|commit| commit.cascade == Cascade::Root);
    let roots = decisions.iter().filter(is_root).count();
    let hours = (all * REVIEW + places * DECISION).div_ceil(60);
    (all > 0).then(|| {
        Prose::new(format!(
            "Effort: about {}, at {REVIEW} minutes to review a commit ({}) and {DECISION} to decide a place ({} in {}, {} of them {}). Tests are not counted.",
            grouped_count(hours, "hour"),
            figure(all),
            figure(places),
            grouped_count(decisions.len(), "commit"),
            figure(roots),
            agree(roots, "a root", "roots"),
        ))
    })
}

/// What to do first, from the figures alone.
fn recommendation(index: &ReportIndex<'_>) -> Prose {
    let survey = index.facts.survey;
    if !survey.commits.iter().any(|commit| commit.verdict == Verdict::Open) {
        return Prose::new("Recommendation: nothing is left to take.");
    }
    let phases = || index.facts.built.phases.iter();
    let ready: Vec<_> = phases().filter(|phase| phases::state(phase) == PhaseState::Ready).collect();
    let partly: Vec<_> = phases().filter(|phase| phases::state(phase) == PhaseState::Partly).collect();
    let branches = |prose: Prose, phases: &[&BuiltPhase]| {
        prose.list(phases, NAMED_PHASES, |prose, phase| prose.code(&phase.branch))
    };
    let mut prose = Prose::new("Recommendation: ");
    prose = match (ready.as_slice(), partly.as_slice()) {
        _ if index.facts.built.phases.is_empty() => prose.plain("put the open commits into phases"),
        ([], []) => prose.plain("start with the conflicts, for no pick applies yet"),
        ([], partly) => branches(prose.plain("review what applies of "), partly),
        (ready, _) => branches(prose.plain("merge "), ready),
    };
    match advised(index) {
        Some(root) => {
            let hang = index.cascades_of(root.sha).len();
            let hang = format!(", on which {} {}.", grouped_count(hang, "other commit"), agree(hang, "hangs", "hang"));
            prose.plain(". Then resolve ").commit(index.link(root.sha)).plain(hang)
        }
        None => match index.facts.built.decisions().iter().find(|one| !one.pick().is_weighty()) {
            Some(first) => {
                let cost = format!(" ({}), the cheapest decision; ", grouped_count(first.cost.places, "place"));
                let prose = prose.plain(". Then resolve ").commit(index.link(first.pick().sha)).plain(cost);
                prose.code("uptake resolve").plain(" goes through all of them.")
            }
            None => prose.plain("."),
        },
    }
}

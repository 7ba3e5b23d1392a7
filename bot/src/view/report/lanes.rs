//! The lower half of the picture: each phase a lane, its commits where they stand in the range, and how far it is.

use super::index::{CommitPlace, CommitState, ReportIndex};
use super::phases;
use super::range::open;
use super::scale::{LEFT, RIGHT, Scale, WIDTH};
use super::svg::{Svg, length};
use super::view::PhaseTally;
use crate::plan::Reason;
use crate::survey::Surveyed;
use crate::text::{figure, shorten, visible};

const LANE: f64 = 29.0;
const HEAD: f64 = 26.0;
/// How much room a lane's number takes, and how many characters its title.
const NUMBER: f64 = 22.0;
const TITLE: usize = 27;
const MARK: f64 = 15.0;
/// How long the longest bar on the right is.
const BAR: f64 = 80.0;

/// The lanes: one for each phase, and one for what no phase claims.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
}

struct Lane {
    /// Its place among the phases; empty in the last lane.
    number: String,
    title: String,
    tally: PhaseTally,
    /// Of the conflicted: how many there are of each style.
    conflicted: [(&'static str, usize); 3],
    /// How many picks there are, of which `tally.clean` apply; `None` in the last lane, where nothing is picked.
    picks: Option<usize>,
}

impl Lanes {
    pub(super) fn new(index: &ReportIndex<'_>) -> Self {
        let phase = |(at, phase): (usize, &crate::pick::BuiltPhase)| {
            let tally = phases::tally(phase);
            Lane {
                number: (at + 1).to_string(),
                title: visible(&phase.title),
                tally,
                conflicted: styles(phase.picks.iter().map(|pick| phases::class(index, pick))),
                picks: Some(tally.clean + tally.conflicted + tally.follows),
            }
        };
        let mut lanes: Vec<Lane> = index.facts.built.phases.iter().enumerate().map(phase).collect();
        let mut tally = PhaseTally::default();
        let unclaimed =
            || index.facts.survey.commits.iter().filter(|commit| index.place(commit.sha) == CommitPlace::Unclaimed);
        for commit in unclaimed() {
            match CommitState::of(commit) {
                CommitState::Taken => tally.taken += 1,
                CommitState::NoOp => tally.left_out += 1,
                CommitState::Clean => tally.clean += 1,
                CommitState::Cascade => tally.follows += 1,
                CommitState::Conflict | CommitState::Root => tally.conflicted += 1,
            }
        }
        if tally.total() > 0 {
            let conflicted = styles(unclaimed().map(|commit| CommitState::of(commit).class()));
            lanes.push(Lane { number: String::new(), title: "In no phase".into(), tally, conflicted, picks: None });
        }
        Self { lanes }
    }

    /// How much room they take.
    pub(super) fn height(&self) -> f64 {
        HEAD + LANE * length(self.lanes.len()) + 8.0
    }

    pub(super) fn draw(&self, svg: &mut Svg, index: &ReportIndex<'_>, scale: &Scale, top: f64) {
        let most = self.lanes.iter().map(|lane| lane.tally.total()).max().unwrap_or_default().max(1);
        svg.raw("<g class=\"lanes\">\n");
        svg.text("side-head", 0.0, top + 12.0, "Phase");
        svg.text("side-head", RIGHT + 16.0, top + 12.0, "Commits it claims");
        svg.text("side-head end", WIDTH, top + 12.0, "apply");
        for (at, lane) in self.lanes.iter().enumerate() {
            let middle = top + HEAD + LANE * (length(at) + 0.5);
            let last = lane.picks.is_none();
            svg.raw("<g class=\"lane\">");
            svg.tip(&lane.title);
            svg.text("lane-number", 0.0, middle + 4.5, &lane.number);
            let class = if last { "lane-name other" } else { "lane-name" };
            svg.text(class, NUMBER, middle + 4.5, &shorten(&lane.title, TITLE));
            svg.raw("</g>\n");
            svg.line("rail", [LEFT, middle, LEFT + scale.step * length(scale.columns), middle]);
            progress(svg, lane, middle, most);
        }
        for column in 0..scale.columns {
            self.column(svg, index, scale, column, top);
        }
        svg.raw("</g>\n");
    }

    /// The marks of a column, each in its lane; commits that share lane and column share a mark's height.
    fn column(&self, svg: &mut Svg, index: &ReportIndex<'_>, scale: &Scale, column: usize, top: f64) {
        let commits = &index.facts.survey.commits;
        let members = &commits[scale.members(column, commits.len())];
        let lane_of = |commit: &Surveyed| match index.place(commit.sha) {
            CommitPlace::Picked(phase, _) | CommitPlace::LeftOut(phase) => phase,
            CommitPlace::Unclaimed => self.lanes.len() - 1,
        };
        let width = scale.mark();
        let left = scale.x(column) - width / 2.0;
        for at in 0..self.lanes.len() {
            let here: Vec<&Surveyed> = members.iter().filter(|commit| lane_of(commit) == at).collect();
            if here.is_empty() {
                continue;
            }
            let middle = top + HEAD + LANE * (length(at) + 0.5);
            open(svg, index, &here, column);
            svg.rect("hit", [scale.x(column) - scale.step / 2.0, middle - LANE / 2.0, scale.step, LANE]);
            let tall = MARK / length(here.len());
            for (nth, commit) in here.iter().enumerate() {
                let class = class(index, commit);
                let low = class == "out" || class == "no-op" || class == "taken";
                // What needs nobody any more is small, so that the eye goes to what does.
                let tall = if low { tall * 0.45 } else { tall };
                let y = if here.len() == 1 {
                    middle - tall / 2.0
                } else {
                    middle - MARK / 2.0 + MARK / length(here.len()) * length(nth)
                };
                svg.rect(class, [left, y, width, tall]);
            }
            svg.raw("</g>\n");
        }
    }
}

/// The style of a commit in its lane: what came of it in the plan.
fn class(index: &ReportIndex<'_>, commit: &Surveyed) -> &'static str {
    match index.place(commit.sha) {
        CommitPlace::Picked(..) => index.pick(commit.sha).map_or("out", |(_, pick)| phases::class(index, pick)),
        CommitPlace::LeftOut(phase) => {
            let left = index.facts.built.phases[phase].left_out.iter().find(|left| left.sha == commit.sha);
            match left.map(|left| &left.reason) {
                Some(reason) if phases::is_taken(reason) => "taken",
                Some(Reason::NoOp) => "no-op",
                _ => "out",
            }
        }
        CommitPlace::Unclaimed => CommitState::of(commit).class(),
    }
}

/// How many of these styles are conflicts, by kind.
fn styles(classes: impl Iterator<Item = &'static str>) -> [(&'static str, usize); 3] {
    let mut counts = [("root", 0), ("cascade", 0), ("conflict", 0)];
    for class in classes {
        for (name, count) in &mut counts {
            *count += usize::from(*name == class);
        }
    }
    counts
}

fn progress(svg: &mut Svg, lane: &Lane, middle: f64, most: usize) {
    let tally = lane.tally;
    let [roots, cascades, conflicts] = lane.conflicted;
    let parts = [("taken", tally.taken), ("clean", tally.clean), roots, cascades, conflicts, ("out", tally.left_out)];
    let mut x = RIGHT + 16.0;
    svg.raw("<g class=\"progress\">");
    svg.tip(&format!(
        "{}: {} in the fork already, {} apply, {} conflict, {} follow, {} left out",
        lane.title, tally.taken, tally.clean, tally.conflicted, tally.follows, tally.left_out
    ));
    for (class, count) in parts {
        if count == 0 {
            continue;
        }
        // However few, they are there to be seen.
        let width = (BAR * length(count) / length(most)).max(2.0);
        svg.rect(class, [x, middle - 5.0, (width - 0.8).max(0.0), 10.0]);
        x += width;
    }
    svg.raw("</g>\n");
    let text = match lane.picks {
        Some(0) => "–".to_owned(),
        Some(picks) => format!("{} of {}", figure(tally.clean), figure(picks)),
        None => format!("{} of {}", figure(tally.clean), figure(tally.clean + tally.conflicted + tally.follows)),
    };
    svg.text("figure end", WIDTH, middle + 4.5, &text);
}

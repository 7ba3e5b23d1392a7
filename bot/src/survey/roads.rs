//! Roads: the ways of catching up, with what each asks of a person and what is lost. Pure.

use serde::Serialize;

use crate::line::OnLine;
use crate::line::roads::Asked;
use crate::survey::Surveyed;
use engine::ids::CommitId;

/// A way of catching up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Road {
    pub road: RoadKind,
    /// Steps that stop for a person.
    pub stops: usize,
    /// Files a person decides on, each as often as a step stops there.
    pub files: usize,
    /// Places a person decides on.
    pub hunks: usize,
    /// Whether it is the cheapest of those with which nothing is lost.
    pub recommended: bool,
    pub gives_up: Vec<GivenUp>,
    /// Whether git knows at its end that upstream is in, so that the common ancestor moves.
    pub base_moves: bool,
    /// What to type.
    pub command: String,
}

/// The ways there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RoadKind {
    /// One merge of upstream into the fork.
    Merge,
    /// Upstream's units in upstream's order.
    Line,
    /// The phases as configured.
    Phases,
    /// The fork's own commits onto upstream.
    Rebase,
}

/// What is lost on a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivenUp {
    /// It cannot be reviewed, tested and landed in parts.
    Parts,
    /// The fork's history is rewritten: every clone and open pull request of the fork has to follow.
    History,
}

/// What is known of the ways before they are compared.
#[derive(Debug, Clone, Copy)]
pub struct RoadCosts {
    /// Where git finds a common ancestor.
    pub merge: Option<Asked>,
    pub line: Asked,
    /// Where there are phases.
    pub phases: Option<Asked>,
    /// Where git finds a common ancestor, and the fork has not so many commits of its own that nobody would rebase them.
    pub rebase: Option<Asked>,
    /// Whether the phases walk the line.
    pub takes_line: bool,
}

/// What the line asks: each place once.
#[must_use]
pub fn of_line<'u>(units: impl Iterator<Item = &'u Surveyed>) -> Asked {
    let mut asked = Asked::default();
    for unit in units.filter(|unit| unit.line == OnLine::Decide) {
        asked += Asked { stops: 1, files: unit.files, hunks: unit.hunks };
    }
    asked
}

/// The ways in the order they are listed, to an upstream that is at this commit.
#[must_use]
pub fn roads(costs: &RoadCosts, upstream: CommitId) -> Vec<Road> {
    let road = |road, Asked { stops, files, hunks }: Asked, gives_up: &[GivenUp], base_moves, command: String| Road {
        road,
        stops,
        files,
        hunks,
        recommended: false,
        gives_up: gives_up.to_vec(),
        base_moves,
        command,
    };
    let line = if costs.takes_line { "uptake run" } else { "uptake init --stdout" };
    let (parts, both) = ([GivenUp::Parts], [GivenUp::Parts, GivenUp::History]);
    // By name, so that nothing but what was counted is taken.
    let git = |what: &str| format!("git {what} {upstream}");
    let merge = costs.merge.map(|asked| road(RoadKind::Merge, asked, &parts, true, git("merge")));
    let phases = costs.phases.map(|asked| road(RoadKind::Phases, asked, &[], true, "uptake run".into()));
    let rebase = costs.rebase.map(|asked| road(RoadKind::Rebase, asked, &both, true, git("rebase")));
    // What lands in parts is recorded at its end.
    let line = road(RoadKind::Line, costs.line, &[], true, line.into());
    let mut roads: Vec<Road> = merge.into_iter().chain([line]).chain(phases).chain(rebase).collect();
    let keeps = roads.iter_mut().filter(|road| road.gives_up.is_empty());
    // The first of equals: what is configured already needs no change.
    let cheapest = keeps.min_by_key(|road| (road.hunks, road.files, road.stops, road.road == RoadKind::Line));
    if let Some(cheapest) = cheapest {
        cheapest.recommended = true;
    }
    roads
}

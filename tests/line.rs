//! Units, and the line of them: what becomes of each in sequence, and where it ends.

#![allow(clippy::print_stdout, reason = "a comparison run by hand is read")]

mod histories;
mod outcomes;
mod property;
mod real;
mod units;

use std::path::Path;

use engine::ids::CommitId;
use engine::progress::Silent;
use engine::{Merger, Repo};
use uptake::config::raw::UnitsBy;
use uptake::guard::Guard;
use uptake::line::end::{End, check};
use uptake::line::{AsMerged, Ground, Known, Line, walk};
use uptake::units::{MainBranch, Range, Unit, Units};

use crate::support::World;

/// The units of a range, the line of those that `known` does not say more of, and its end.
fn walked(
    folder: &Path,
    fork: CommitId,
    upstream: CommitId,
    by: UnitsBy,
    known: impl Fn(&Unit) -> Option<Known>,
) -> (Units, Line, End) {
    let repo = Repo::open(folder).expect("opened");
    let mut merger = Merger::as_of(&repo, histories::installed()).expect("a merger");
    let main = MainBranch { branch: "main", repository: "upstream-owner/engine" };
    let units = Units::read(&repo, &mut merger, Range { fork, upstream, base: None, main }, by).expect("units");
    let known: Vec<Known> = units.all().iter().map(|unit| known(unit).unwrap_or(Known::Open)).collect();
    let ground = Ground {
        units: units.all(),
        known: &known,
        start: units.start(),
        fork: repo.commit(fork).expect("there").tree,
        guard: &Guard::default(),
    };
    let line = walk(&mut merger, ground, &mut AsMerged, &mut Silent).expect("walked");
    let merged = merger.merge_commits(fork, upstream).expect("merged");
    let end = check(&mut merger, &merged, (units.all(), &known), &line).expect("checked");
    merger.keep(line.end).expect("kept");
    (units, line, end)
}

/// The heads of both sides.
fn heads(world: &World) -> (CommitId, CommitId) {
    let head = |name: &str| world.git(&["rev-parse", name]).parse().expect("a name");
    (head("main"), head("upstream"))
}

/// The line of a world, all units open but those that `known` says more of.
fn line_of(world: &World, by: UnitsBy, known: impl Fn(&Unit) -> Option<Known>) -> (Units, Line, End) {
    let (fork, upstream) = heads(world);
    walked(&world.fork(), fork, upstream, by, known)
}

//! The test matrix: when it runs, and its cells.

use std::collections::HashSet;

use super::{Checker, join, quoted};
use crate::config::raw::{CiWhen, RawCell, RawCi};
use crate::config::{Cell, Ci};
use crate::names::CellName;
use crate::yaml::Problem;

/// The most cells a matrix has: each is a run of every branch, and a row of every pull request.
const MOST: usize = 50;

/// Names no cell can have, and what they are for.
const RESERVED: [(&str, &str); 4] = [
    ("all", "`/retest all` has every test run again"),
    ("cuda", "`/retest cuda 13.0` names a CUDA version"),
    ("markers", "the status `uptake/markers` says that conflict markers are left"),
    ("tests", "the status `uptake/tests` is for all cells together"),
];

impl Checker<'_> {
    pub(super) fn ci(&mut self, ci: &RawCi, path: &str) -> Ci {
        let paths = join(path, "paths");
        let when = join(path, "when");
        match (ci.when, ci.paths.is_empty()) {
            (CiWhen::Paths, true) if !self.resolved.contains(&paths) && !self.incomplete.contains(path) => {
                let problem = Problem::new(self.positions.value(&when), "`when: paths` without any `paths`");
                self.report(&when, problem.help("list the paths, or write `when: always`"));
            }
            (CiWhen::Always | CiWhen::Never, false) if !self.resolved.contains(&when) => {
                let problem = Problem::new(self.positions.key(&paths), "these `paths` count only with `when: paths`");
                self.report(&paths, problem.help("add `when: paths`, or leave `paths` out"));
            }
            _ => {}
        }
        self.cell_names(ci, path);
        let globs = self.globs(&ci.paths, &paths);
        self.workflow(ci, path);
        Ci {
            cells: cells(ci),
            validate: ci.validate.clone(),
            when: ci.when,
            paths: globs,
            wait_minutes: ci.wait_minutes,
            timeout_minutes: ci.timeout_minutes,
        }
    }

    fn cell_names(&mut self, ci: &RawCi, path: &str) {
        let mut seen: HashSet<CellName> = HashSet::new();
        for (index, version) in ci.cuda.iter().enumerate() {
            if !seen.insert(version.as_str().into()) {
                let at = join(&join(path, "cuda"), index);
                self.report(
                    &at,
                    Problem::new(self.positions.value(&at), format!("CUDA {version} is in the list already")),
                );
            }
        }
        for (index, cell) in ci.matrix.iter().enumerate() {
            let at = join(&join(&join(path, "matrix"), index), "name");
            let place = self.positions.value(&at);
            if let Some((name, used)) = RESERVED.iter().find(|(name, _)| *name == cell.name) {
                let message = format!("the name `{name}` is taken: {used}");
                self.report(&at, Problem::new(place, message).help("choose another name"));
            } else if !seen.insert(cell.name.as_str().into()) {
                let message = format!("the cell {} is there already", quoted(&cell.name));
                let help = match CellName::from(cell.name.as_str()).cuda() {
                    Some(_) => {
                        "a CUDA version of `cuda` is a cell of this name; join the two, or give this one another"
                    }
                    None => "join the two, or give one another name",
                };
                self.report(&at, Problem::new(place, message).help(help));
            }
        }
        let count = ci.cuda.len() + ci.matrix.len();
        if count > MOST {
            let at = join(path, if ci.matrix.is_empty() { "cuda" } else { "matrix" });
            let message = format!("a matrix has at most {MOST} cells, and this one {count}");
            self.report(&at, Problem::new(self.positions.key(&at), message));
        }
    }
}

/// All cells, each with what it is given.
fn cells(ci: &RawCi) -> Vec<Cell> {
    let container = |version: &str| ci.containers.iter().find(|container| container.cuda == version);
    let of_cuda = ci.cuda.iter().map(|version| (Cell::of_cuda(version, container(version)), None));
    let named = ci.matrix.iter().map(|raw| (Cell::named(&raw.name), Some(raw)));
    let whole = |(mut cell, own): (Cell, Option<&RawCell>)| {
        let inputs = ci.inputs.each().into_iter().chain(own.map(|own| own.inputs.each()).unwrap_or_default());
        cell.inputs.extend(inputs.map(|(name, value, _)| (name.to_owned(), value.to_owned())));
        cell.workflow = own.and_then(|own| own.workflow.clone()).or_else(|| ci.workflow.clone());
        cell.runner =
            own.map(|own| own.runner.clone()).filter(|own| !own.is_empty()).unwrap_or_else(|| ci.runner.clone());
        cell
    };
    of_cuda.chain(named).map(whole).collect()
}

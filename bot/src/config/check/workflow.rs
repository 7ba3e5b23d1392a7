//! Whether what the test workflow is given makes sense.

use std::collections::{HashMap, HashSet};

use super::{Checker, join, quoted};
use crate::config::raw::{RawCi, RawInputs, WrittenAt};
use crate::yaml::{Problem, SourcePos};

/// What the runs of CUDA versions are given besides what every run is, and those of other cells.
const OF_CUDA: [&str; 2] = ["cuda", "image"];
const OF_CELLS: [&str; 1] = ["cell"];

/// The most inputs GitHub lets a workflow have.
const MOST: usize = 25;

/// The names of inputs, by what GitHub and the environment of the commands tell them apart by.
type Names = HashMap<String, String>;

/// What runs are given; a further input cannot be called so.
fn inputs_of_runs(cuda: bool, cells: bool) -> Vec<&'static str> {
    let of_cuda = OF_CUDA.into_iter().filter(|_| cuda);
    let of_cells = OF_CELLS.into_iter().filter(|_| cells);
    ["sha"].into_iter().chain(of_cuda).chain(of_cells).chain(["validate", "runner", "request_id"]).collect()
}

impl Checker<'_> {
    pub(super) fn workflow(&mut self, ci: &RawCi, path: &str) {
        let mut seen = HashSet::new();
        for (index, container) in ci.containers.iter().enumerate() {
            let at = join(&join(&join(path, "containers"), index), "cuda");
            let place = self.positions.value(&at);
            if !ci.cuda.contains(&container.cuda) {
                let problem = Problem::new(place, format!("CUDA {} is not tested", container.cuda));
                self.report(&at, problem.help("add it to `cuda`, or leave its container out"));
            } else if !seen.insert(&container.cuda) {
                self.report(&at, Problem::new(place, format!("CUDA {} has a container already", container.cuda)));
            }
        }
        // Without any cell the words of CUDA versions are kept for those that may come.
        let cuda = !ci.cuda.is_empty() || ci.matrix.is_empty();
        let given = inputs_of_runs(cuda, !ci.matrix.is_empty());
        let common = self.inputs(&ci.inputs, &join(path, "inputs"), &given, &Names::new());
        let given = inputs_of_runs(false, true);
        // A workflow takes what any of its cells says.
        let mut taken: HashMap<Option<&str>, Names> = HashMap::new();
        for (index, cell) in ci.matrix.iter().enumerate() {
            let at = join(&join(&join(path, "matrix"), index), "inputs");
            let before = taken.entry(cell.workflow.as_deref()).or_insert_with(|| common.clone());
            *before = self.inputs(&cell.inputs, &at, &given, before);
        }
        self.workflow_named(ci, path);
    }

    /// Inputs besides those that are `given`. Their names, with those that the workflow takes already.
    fn inputs(&mut self, inputs: &RawInputs, path: &str, given: &[&str], before: &Names) -> Names {
        let mut own = Names::new();
        for (name, _, written) in inputs.each() {
            let (at, place) = self.name_at(path, name, written);
            // A workflow has each but for letters' case once; in the environment of its commands `-` is `_`.
            let word = name.to_ascii_lowercase().replace('-', "_");
            if given.contains(&word.as_str()) {
                let problem = Problem::new(place, format!("the input {} is given already", quoted(name)));
                self.report(&at, problem.help(format!("every run is given {}", given.join(", "))));
            } else if let Some(other) = before.get(&word).filter(|other| *other != name) {
                let message = format!("the input {} is written {} elsewhere", quoted(name), quoted(other));
                self.report(&at, Problem::new(place, message));
            } else if let Some(earlier) = own.insert(word, name.to_owned()) {
                let message = if earlier == name {
                    format!("the input {} is in the list already", quoted(name))
                } else {
                    format!("the input {} is written {} elsewhere", quoted(name), quoted(&earlier))
                };
                self.report(&at, Problem::new(place, message));
            }
        }
        let all: Names = before.clone().into_iter().chain(own).collect();
        if all.len() + given.len() > MOST && all.len() > before.len() {
            let message =
                format!("{} inputs are too many: a workflow has {MOST}, of which {} are given", all.len(), given.len());
            self.report(path, Problem::new(self.positions.key(path), message));
        }
        all
    }

    fn name_at(&self, path: &str, name: &str, written: WrittenAt) -> (String, SourcePos) {
        match written {
            WrittenAt::Key => {
                let at = join(path, name);
                let place = self.positions.key(&at);
                (at, place)
            }
            WrittenAt::Item(index) => {
                let at = join(&join(path, index), "name");
                let place = self.positions.value(&at);
                (at, place)
            }
        }
    }

    /// Whether there is a workflow to be given anything, for every cell or for none.
    fn workflow_named(&mut self, ci: &RawCi, path: &str) {
        if ci.workflow.is_some() || self.resolved.contains(&join(path, "workflow")) || self.incomplete.contains(path) {
            return;
        }
        const HELP: &str = "name its file: `workflow: uptake-gpu.yml`";
        if ci.matrix.iter().any(|cell| cell.workflow.is_some()) {
            let help = "name one for all as `workflow` of `ci`, or leave it out everywhere";
            let without = ci.matrix.iter().enumerate().filter(|(_, cell)| cell.workflow.is_none());
            let mut problems: Vec<(String, String)> = without
                .map(|(index, cell)| (join(&join(path, "matrix"), index), format!("the cell {}", quoted(&cell.name))))
                .collect();
            if !ci.cuda.is_empty() {
                problems.insert(0, (join(path, "cuda"), "`cuda`".to_owned()));
            }
            for (at, what) in problems {
                let message = format!("{what} has no workflow, and other cells have one");
                self.report(&at, Problem::new(self.positions.value(&at), message).help(help));
            }
            return;
        }
        let said = !ci.containers.is_empty() || !ci.runner.is_empty() || !ci.inputs.is_empty();
        if said {
            let problem =
                Problem::new(self.positions.value(path), "containers, a runner or inputs, and no `workflow` to run");
            self.report(path, problem.help(HELP));
        } else if let Some(index) = ci.matrix.iter().position(|cell| !cell.inputs.is_empty() || !cell.runner.is_empty())
        {
            let at = join(&join(path, "matrix"), index);
            let problem =
                Problem::new(self.positions.value(&at), "a cell with inputs or a runner, and no `workflow` to run");
            self.report(&at, problem.help("name its file beside `matrix`: `workflow: uptake-tests.yml`"));
        }
    }
}

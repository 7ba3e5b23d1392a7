//! Whether what the test workflow is told makes sense.

use std::collections::HashSet;

use super::{Checker, join, quoted};
use crate::config::raw::RawCi;
use crate::yaml::Problem;

/// What every run is told; a further input cannot be called so.
const OWN: [&str; 6] = ["sha", "cuda", "image", "validate", "runner", "request_id"];

/// The most inputs GitHub lets a workflow have.
const MOST: usize = 25;

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
        let mut seen = HashSet::new();
        for (index, input) in ci.inputs.iter().enumerate() {
            let at = join(&join(&join(path, "inputs"), index), "name");
            let place = self.positions.value(&at);
            if OWN.contains(&input.name.as_str()) {
                let problem = Problem::new(place, format!("the input {} is given already", quoted(&input.name)));
                self.report(&at, problem.help(format!("every run is told {}", OWN.join(", "))));
            } else if !seen.insert(&input.name) {
                self.report(
                    &at,
                    Problem::new(place, format!("the input {} is in the list already", quoted(&input.name))),
                );
            }
        }
        if ci.inputs.len() + OWN.len() > MOST {
            let at = join(path, "inputs");
            let message = format!(
                "{} inputs are too many: a workflow has {MOST}, of which {} are given",
                ci.inputs.len(),
                OWN.len()
            );
            self.report(&at, Problem::new(self.positions.key(&at), message));
        }
        let names_a_run = !ci.containers.is_empty() || !ci.runner.is_empty() || !ci.inputs.is_empty();
        let workflow = join(path, "workflow");
        if names_a_run && ci.workflow.is_none() && !self.resolved.contains(&workflow) && !self.incomplete.contains(path)
        {
            let problem =
                Problem::new(self.positions.value(path), "containers, a runner or inputs, and no `workflow` to run");
            self.report(path, problem.help("name its file: `workflow: uptake-gpu.yml`"));
        }
    }
}

//! The test matrix, checked: its cells, each with all that its runs are given.

use std::collections::BTreeMap;

use globset::GlobSet;

use super::raw;
use crate::names::CellName;

/// A test matrix.
#[derive(Debug, Clone, Default)]
pub struct Ci {
    /// What a commit is tested with, those of CUDA versions first. Either each has a workflow, or none has.
    pub cells: Vec<Cell>,
    /// The commands that must pass.
    pub validate: Vec<String>,
    /// When it runs.
    pub when: raw::CiWhen,
    /// For `when: paths`.
    pub paths: GlobSet,
    /// How many minutes a test may wait for a runner.
    pub wait_minutes: u32,
    /// How many minutes it may run.
    pub timeout_minutes: u32,
}

/// A cell of the matrix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its name.
    pub name: CellName,
    /// The workflow's file name; without one nothing is run.
    pub workflow: Option<String>,
    /// The runner's labels; without any the workflow chooses.
    pub runner: Vec<String>,
    /// The inputs of its runs, besides what every run is given: the commit, the commands, the word it is found by, and the runner.
    pub inputs: BTreeMap<String, String>,
}

impl Ci {
    /// The cell of this name.
    #[must_use]
    pub fn cell(&self, name: &CellName) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.name == *name)
    }

    /// The cells by their names.
    pub fn names(&self) -> impl Iterator<Item = &CellName> {
        self.cells.iter().map(|cell| &cell.name)
    }

    /// Whether anything is run for it at all.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.cells.iter().any(|cell| cell.workflow.is_some())
    }

    /// The workflow that a cell's runs are found by. Of a cell that is there no more that is anybody's.
    #[must_use]
    pub fn workflow(&self, name: &CellName) -> Option<&str> {
        let any = || self.cells.iter().find_map(|cell| cell.workflow.as_deref());
        self.cell(name).map_or_else(any, |cell| cell.workflow.as_deref())
    }
}

impl Cell {
    /// The cell of a CUDA version, in this container or in NVIDIA's own.
    pub(super) fn of_cuda(version: &str, container: Option<&raw::Container>) -> Self {
        let image = container.map_or_else(|| image(version), |container| container.image.clone());
        let inputs = [("cuda".to_owned(), version.to_owned()), ("image".to_owned(), image)];
        Self { name: version.into(), inputs: inputs.into(), ..Self::default() }
    }

    /// A cell by a name of the fork's own.
    pub(super) fn named(name: &str) -> Self {
        Self { name: name.into(), inputs: [("cell".to_owned(), name.to_owned())].into(), ..Self::default() }
    }
}

/// NVIDIA's own container for a version, where the configuration names none: the newest, since NVIDIA removes the others half a year
/// after it.
fn image(version: &str) -> String {
    let patch = match version {
        "12.9" => "12.9.2".to_owned(),
        "13.0" => "13.0.3".to_owned(),
        "13.1" => "13.1.2".to_owned(),
        other => format!("{other}.0"),
    };
    format!("nvidia/cuda:{patch}-cudnn-devel-ubuntu22.04")
}

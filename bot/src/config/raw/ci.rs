//! The test matrix, as it is written.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::words;

/// A test matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Ci")]
pub struct RawCi {
    /// CUDA versions, such as `"13.0"`; in quotes, or YAML reads a number. Each is a cell of the matrix.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::CudaVersion>")]
    pub cuda: Vec<String>,
    /// Further cells of the matrix: what a commit is tested with, such as versions of a language, systems or features.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub matrix: Vec<RawCell>,
    /// The commands that must pass, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub validate: Vec<String>,
    /// When the matrix runs: `always`, `never`, or only when a phase touches one of `paths`.
    pub when: CiWhen,
    /// Globs, for `when: paths` alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Text>")]
    pub paths: Vec<String>,
    /// The workflow that runs it, a file of `.github/workflows` on the fork's branch, such as `uptake-gpu.yml` or `uptake-tests.yml`.
    /// Without one the matrix is only listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::WorkflowFile>")]
    pub workflow: Option<String>,
    /// The containers to test in, for versions that are not to run in NVIDIA's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<Container>,
    /// The labels of the runner, all of which it must have. Without any, the workflow chooses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Label>")]
    pub runner: Vec<String>,
    /// Further inputs of the workflow, for every cell.
    #[serde(skip_serializing_if = "RawInputs::is_empty")]
    pub inputs: RawInputs,
    /// How many minutes a test may wait for a runner before it is said to have never started.
    #[serde(skip_serializing_if = "is_wait")]
    #[schemars(range(min = 1, max = 1440))]
    pub wait_minutes: u32,
    /// How many minutes a test may run before it is cancelled.
    #[serde(skip_serializing_if = "is_timeout")]
    #[schemars(range(min = 1, max = 7200))]
    pub timeout_minutes: u32,
}

const WAIT: u32 = 60;
const TIMEOUT: u32 = 240;

fn is_wait(minutes: &u32) -> bool {
    *minutes == WAIT
}

fn is_timeout(minutes: &u32) -> bool {
    *minutes == TIMEOUT
}

impl Default for RawCi {
    fn default() -> Self {
        Self {
            cuda: Vec::new(),
            matrix: Vec::new(),
            validate: Vec::new(),
            when: CiWhen::default(),
            paths: Vec::new(),
            workflow: None,
            containers: Vec::new(),
            runner: Vec::new(),
            inputs: RawInputs::default(),
            wait_minutes: WAIT,
            timeout_minutes: TIMEOUT,
        }
    }
}

/// The container for one CUDA version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Container {
    /// The version, one of `cuda`.
    #[schemars(with = "words::CudaVersion")]
    pub cuda: String,
    /// The image, such as `nvidia/cuda:13.0.0-cudnn-devel-ubuntu22.04`.
    #[schemars(with = "words::Image")]
    pub image: String,
}

/// A cell of the matrix.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Cell")]
pub struct RawCell {
    /// What it is called, such as `go-1.22`: in statuses (`uptake/go-1.22`), in tables, and in `/retest go-1.22`.
    #[schemars(with = "words::CellNameForm")]
    pub name: String,
    /// The inputs that its runs of the workflow are given, besides those of every cell. Of two with one name its own is given.
    #[serde(default, skip_serializing_if = "RawInputs::is_empty")]
    pub inputs: RawInputs,
    /// The labels of its runner, instead of `ci.runner`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<words::Label>")]
    pub runner: Vec<String>,
    /// The workflow that runs it, instead of `ci.workflow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<words::WorkflowFile>")]
    pub workflow: Option<String>,
}

/// Inputs of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Inputs")]
pub enum RawInputs {
    /// Values by name: `{ go-version: "1.22" }`.
    Named(#[schemars(with = "words::InputMap")] BTreeMap<String, String>),
    /// The same as a list.
    Listed(Vec<Input>),
}

impl Default for RawInputs {
    fn default() -> Self {
        Self::Named(BTreeMap::new())
    }
}

impl RawInputs {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Named(inputs) => inputs.is_empty(),
            Self::Listed(inputs) => inputs.is_empty(),
        }
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.each().into_iter().map(|(name, ..)| name)
    }

    /// Each with its name, its value and where its name is written, seen from here.
    pub(in crate::config) fn each(&self) -> Vec<(&str, &str, WrittenAt)> {
        match self {
            Self::Named(inputs) => inputs.iter().map(|(name, value)| (&**name, &**value, WrittenAt::Key)).collect(),
            Self::Listed(inputs) => {
                let each = inputs.iter().enumerate();
                each.map(|(at, input)| (&*input.name, &*input.value, WrittenAt::Item(at))).collect()
            }
        }
    }
}

/// Where the name of an input is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::config) enum WrittenAt {
    /// As a key.
    Key,
    /// In an item of a list.
    Item(usize),
}

/// An input of the test workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Its name, as the workflow has it.
    #[schemars(with = "words::InputName")]
    pub name: String,
    /// Its value.
    #[schemars(with = "words::InputValue")]
    pub value: String,
}

/// When a test matrix runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "When")]
pub enum CiWhen {
    /// On every phase.
    #[default]
    Always,
    /// On phases that touch one of the paths.
    Paths,
    /// Not at all.
    Never,
}

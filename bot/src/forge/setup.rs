//! How a forge is set up, as far as it says so: what `uptake doctor` looks at.
use crate::names::BranchName;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a forge is set up, as far as it says so.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// Who we are to it.
    pub identity: Probed<Identity>,
    /// The fork.
    pub repository: Probed<RepositoryFacts>,
    /// The workflows it knows.
    pub workflows: Probed<Vec<WorkflowFacts>>,
    /// The environment that holds the App's key; `None` where there is none.
    pub environment: Probed<Option<EnvironmentFacts>>,
    /// The names of the secrets that every workflow of the repository may have.
    pub secrets: Probed<Vec<String>>,
    /// The repository's own runners.
    pub runners: Probed<Vec<RunnerFacts>>,
    /// Whether a branch is called `uptake`, and so none can be below that name.
    pub blocked: Probed<bool>,
    /// The kinds of rules on the bot's branches.
    pub rules: Probed<Vec<String>>,
    /// The kinds of rules on the fork's branch.
    pub trunk_rules: Probed<Vec<String>>,
    /// The checks that a rule of the fork's branch asks for.
    pub required: Probed<Vec<String>>,
}

/// Something a forge was asked, or why it did not say.
pub type Probed<T> = Result<T, String>;

/// Who we are to a forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// An App that is installed on the fork.
    App {
        /// Its name in the addresses of its pages.
        slug: String,
        /// What it may do there.
        permissions: BTreeMap<String, String>,
    },
    /// Somebody with a token.
    Person {
        /// Their login.
        login: String,
    },
}

/// A repository and its settings. Those the forge does not tell us are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RepositoryFacts {
    /// `owner/name`.
    pub full_name: String,
    /// The branch the forge shows first, runs schedules of, and closes issues by.
    pub default_branch: BranchName,
    /// Whether nobody can write to it.
    pub archived: bool,
    /// Whether it has issues.
    pub has_issues: bool,
    /// Whether it is a fork of another on the forge.
    pub fork: bool,
    /// Whether a merged pull request's branch is removed at once.
    pub delete_branch_on_merge: Option<bool>,
    /// Whether pull requests may be merged with a merge commit.
    pub allow_merge_commit: Option<bool>,
    /// Whether they may be merged by rebasing.
    pub allow_rebase_merge: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkflowFacts {
    /// Its file, from the top of the repository.
    pub path: String,
    /// `active`, `disabled_fork`, `disabled_inactivity`, `disabled_manually` or `deleted`.
    pub state: String,
}

/// The environment of the workflows that run Uptake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentFacts {
    /// Whether a rule says which branches may use it.
    pub has_branch_rule: bool,
    /// The names of its secrets.
    pub secrets: Probed<Vec<String>>,
}

/// A runner of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunnerFacts {
    pub name: String,
    /// Whether it waits for jobs or does one.
    pub online: bool,
    pub labels: Vec<String>,
}

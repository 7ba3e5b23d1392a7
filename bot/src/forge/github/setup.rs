//! How the fork is set up on GitHub. What the token may not see is reported as such, and the rest is read all the same.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::GitHubError;
use super::{GitHub, encoded};
use crate::forge::{
    EnvironmentFacts, ForgeError, Identity, Issues, Probed, RepositoryFacts, RunnerFacts, SetUp, WorkflowFacts,
};

/// The environment that the workflows run in, and so the one that holds the App's key.
const ENVIRONMENT: &str = "uptake";

/// A branch that any rule for the bot's branches holds for; it need not be there.
const OWN: &str = "uptake/doctor";

#[derive(Debug, Deserialize)]
struct RunnerModel {
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    labels: Vec<RunnerLabelModel>,
}

#[derive(Debug, Deserialize)]
struct RunnerLabelModel {
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
struct SecretModel {
    name: String,
}

#[derive(Debug, Deserialize)]
struct EnvironmentModel {
    #[serde(default)]
    deployment_branch_policy: Option<BranchPolicyModel>,
}

#[derive(Debug, Deserialize)]
struct BranchPolicyModel {
    #[serde(default)]
    protected_branches: bool,
    #[serde(default)]
    custom_branch_policies: bool,
}

#[derive(Debug, Deserialize)]
struct RuleModel {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parameters: Option<RuleParametersModel>,
}

#[derive(Debug, Default, Deserialize)]
struct RuleParametersModel {
    #[serde(default)]
    required_status_checks: Vec<RequiredCheckModel>,
}

/// What the branch itself says of the older kind of protection, which is no rule.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BranchModel {
    protection: ProtectionModel,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProtectionModel {
    required_status_checks: Option<ProtectionChecksModel>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProtectionChecksModel {
    contexts: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct RequiredCheckModel {
    #[serde(default)]
    context: String,
}

/// What tells a repository from every other, whatever it is called.
#[derive(Debug, Deserialize)]
struct RepositoryIdModel {
    id: u64,
}

impl GitHub {
    /// The number of the fork, which stays when it is renamed; `None` where the token may not see it.
    ///
    /// # Errors
    /// GitHub cannot be asked.
    pub fn repository_id(&self) -> Result<Option<u64>, ForgeError> {
        let found: Option<RepositoryIdModel> = self.client.get("")?;
        Ok(found.map(|found| found.id))
    }

    /// How the fork is set up; `trunk` is the branch pull requests go into.
    ///
    /// # Errors
    /// GitHub does not answer, which is said once and not of each thing it was to be asked.
    pub fn set_up(&self, trunk: Option<&str>) -> Probed<SetUp> {
        let repository: Probed<RepositoryFacts> = match self.client.get("") {
            Err(error @ GitHubError::Unreachable { .. }) => return Err(describe(&error)),
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(format!("there is no repository {}, or the token may not see it", self.repo())),
            Err(error) => Err(describe(&error)),
        };
        let default = repository.as_ref().ok().map(|found| found.default_branch.clone());
        let trunk = trunk.map(Into::into).or(default).unwrap_or_else(|| "main".into());
        let trunk_rules = self.rules_on(&trunk);
        Ok(SetUp {
            required: self.required(&trunk, &trunk_rules),
            trunk_rules: kinds(trunk_rules),
            identity: self.identity(),
            repository,
            workflows: self.all::<WorkflowFacts>("/actions/workflows", Some("workflows")),
            environment: self.environment(),
            secrets: self.secrets("/actions/secrets"),
            runners: self.all("/actions/runners", Some("runners")).map(|all| all.into_iter().map(runner).collect()),
            blocked: match self.client.get::<serde_json::Value>("/branches/uptake") {
                Ok(found) => Ok(found.is_some()),
                Err(error) => Err(describe(&error)),
            },
            rules: kinds(self.rules_on(OWN)),
        })
    }

    fn identity(&self) -> Probed<Identity> {
        match self.client.installation() {
            Ok(Some(app)) => Ok(Identity::App { slug: app.app_slug.clone(), permissions: app.permissions.clone() }),
            Ok(None) => match self.login() {
                Ok(login) => Ok(Identity::Person { login }),
                Err(error) => Err(error.to_string()),
            },
            Err(error) => Err(describe(&error)),
        }
    }

    fn environment(&self) -> Probed<Option<EnvironmentFacts>> {
        let path = format!("/environments/{ENVIRONMENT}");
        let found: Option<EnvironmentModel> = self.client.get(&path).map_err(|error| describe(&error))?;
        let is_rule = |policy: BranchPolicyModel| policy.protected_branches || policy.custom_branch_policies;
        Ok(found.map(|found| EnvironmentFacts {
            has_branch_rule: found.deployment_branch_policy.is_some_and(is_rule),
            secrets: self.secrets(&format!("{path}/secrets")),
        }))
    }

    /// The names of secrets; what they are GitHub shows nobody.
    fn secrets(&self, path: &str) -> Probed<Vec<String>> {
        let all: Vec<SecretModel> = self.all(path, Some("secrets"))?;
        Ok(all.into_iter().map(|secret| secret.name).collect())
    }

    fn rules_on(&self, branch: &str) -> Probed<Vec<RuleModel>> {
        self.all(&format!("/rules/branches/{}", encoded(branch)), None)
    }

    /// The checks that a rule of a branch asks for, or its protection of the older kind.
    fn required(&self, branch: &str, rules: &Probed<Vec<RuleModel>>) -> Probed<Vec<String>> {
        let parameters = rules.as_deref().map_err(Clone::clone)?.iter().filter_map(|rule| rule.parameters.as_ref());
        let checks = parameters.flat_map(|all| &all.required_status_checks).map(|check| check.context.clone());
        let path = format!("/branches/{}", encoded(branch));
        let branch: Option<BranchModel> = self.client.get(&path).map_err(|error| describe(&error))?;
        let older = branch.unwrap_or_default().protection.required_status_checks.unwrap_or_default().contexts;
        Ok(checks.chain(older).collect())
    }

    fn all<T: DeserializeOwned>(&self, path: &str, within: Option<&str>) -> Probed<Vec<T>> {
        match self.client.list(path, within) {
            Ok(Some(all)) => Ok(all),
            Ok(None) => Err(format!("GitHub shows no {} of {}", path.trim_start_matches('/'), self.repo())),
            Err(error) => Err(describe(&error)),
        }
    }
}

fn kinds(rules: Probed<Vec<RuleModel>>) -> Probed<Vec<String>> {
    rules.map(|rules| rules.into_iter().map(|rule| rule.kind).collect())
}

fn runner(model: RunnerModel) -> RunnerFacts {
    let labels = model.labels.into_iter().map(|label| label.name).collect();
    RunnerFacts { name: model.name, online: model.status == "online", labels }
}

/// What went wrong, with what to do about it.
fn describe(error: &GitHubError) -> String {
    match error.advice() {
        Some(advice) => format!("{error}: {advice}"),
        None => error.to_string(),
    }
}

//! The checks of a set-up, from facts alone. Each that is not as it must be says what to do and where.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::{AppPermission, PERMISSIONS};
use super::{required, secrets};
use crate::config::raw::{CiWhen, Land, Stacking};
use crate::config::{Cell, Config, Phase};
use crate::forge::{Identity, Probed, RepositoryFacts, RunnerFacts, SetUp, WorkflowFacts};
use crate::hosts::{GITHUB, server_of_page};
use crate::text::count;

/// The workflow that runs Uptake, and the one that obeys comments.
const RUN_FILE: &str = "uptake.yml";
const COMMENTS_FILE: &str = "uptake-comments.yml";

/// Everything a set-up is judged by.
pub struct SetupFacts<'a> {
    /// The configuration, or what is wrong with it.
    pub config: Probed<&'a Config>,
    /// Whether upstream can be fetched: where from, or what is missing.
    pub upstream: Probed<String>,
    /// What makes a survey less than it seems, in words.
    pub warnings: &'a [String],
    /// The fork's branch.
    pub trunk: Option<&'a str>,
    /// The workflow files on that branch: name and text.
    pub files: &'a [(String, String)],
    /// What the forge says, or why it was not asked.
    pub forge: Probed<SetUp>,
    /// Where people see the fork: `https://github.com/owner/name`.
    pub fork: Option<&'a str>,
}

impl SetupFacts<'_> {
    fn has_workflow(&self, name: &str) -> bool {
        self.files.iter().any(|(file, _)| file == name)
    }
}

/// Everything there is to say of a set-up, in the order to go about it.
#[must_use]
pub fn examine(facts: &SetupFacts<'_>) -> Vec<Finding> {
    let mut found = vec![configuration(&facts.config), upstream(&facts.upstream)];
    found.extend(facts.warnings.iter().map(|said| Finding::wrong("range", said.clone())));
    let config = facts.config.as_ref().ok().copied();
    found.extend(secrets::given_to_upstream(facts.files, facts.trunk.unwrap_or("main")));
    match &facts.forge {
        Err(why) => found.push(
            Finding::unknown("GitHub", why.clone())
                .fix("`uptake app` registers an App, where there is none yet; workflows, permissions and rules are looked at once GitHub answers"),
        ),
        Ok(forge) => {
            let judge = SetupCheck { config, facts, page: facts.fork.unwrap_or(GITHUB) };
            found.extend(judge.identity(&forge.identity));
            found.extend(judge.repository(&forge.repository));
            found.extend(judge.workflows(&forge.workflows));
            if facts.has_workflow(RUN_FILE) {
                found.extend(secrets::keys(config, &forge.environment, &forge.secrets, &judge.settings("")));
            }
            found.extend(judge.runners(&forge.runners));
            found.extend(judge.branches(&forge.blocked));
            found.extend(judge.rules(&forge.rules, &forge.trunk_rules, &forge.required));
        }
    }
    found
}

fn configuration(config: &Probed<&Config>) -> Finding {
    const ABOUT: &str = "configuration";
    match config {
        Ok(config) if config.phases.is_empty() => Finding::wrong(ABOUT, "it has no phases, so a run does nothing")
            .fix("`uptake init` writes some from a survey"),
        Ok(config) => Finding::right(ABOUT, format!("right: {}", count(config.phases.len(), "phase"))),
        Err(why) => Finding::wrong(ABOUT, why.clone()),
    }
}

fn upstream(upstream: &Probed<String>) -> Finding {
    match upstream {
        Ok(from) => Finding::right("upstream", format!("fetched from {from}")),
        Err(why) => Finding::wrong("upstream", why.clone())
            .fix("name it as `upstream.repository` in the configuration, OWNER/NAME"),
    }
}

fn permitted(server: &str, slug: &str, permissions: &BTreeMap<String, String>) -> Vec<Finding> {
    const ABOUT: &str = "permissions";
    let page = format!("{server}/settings/apps/{slug}/permissions");
    let has = |name: &str, level: &str| match permissions.get(name).map(String::as_str) {
        Some("write" | "admin") => true,
        Some("read") => level == "read",
        _ => name == "metadata",
    };
    let (workflows, needed): (Vec<&AppPermission>, Vec<&AppPermission>) =
        PERMISSIONS.iter().partition(|permission| permission.name == "workflows");
    let lacking: Vec<_> = needed
        .iter()
        .filter(|permission| !has(permission.name, permission.level))
        .map(|permission| format!("{}: {} (to {})", permission.name, permission.level, permission.why))
        .collect();
    let mut found = Vec::new();
    found.push(if lacking.is_empty() {
        Finding::right(ABOUT, "all that a run needs")
    } else {
        Finding::wrong(ABOUT, format!("the App lacks {}", lacking.join(", ")))
            .fix("grant them on the App's page, then accept the change where it is installed")
            .page(page.clone())
    });
    if workflows.iter().all(|permission| has(permission.name, permission.level)) {
        found.push(
            Finding::note(
                ABOUT,
                "the App may push workflow files: what a person lets in with `/pick` runs on its branch",
            )
            .fix("take workflows: write away where no such commit is to be taken")
            .page(page.clone()),
        );
    }
    let extra: Vec<_> = permissions
        .keys()
        .filter(|name| !PERMISSIONS.iter().any(|permission| permission.name == name.as_str()))
        .map(String::as_str)
        .collect();
    if !extra.is_empty() {
        found.push(
            Finding::note(ABOUT, format!("the App may do more than a run needs: {}", extra.join(", ")))
                .fix("take these away on the App's page")
                .page(page),
        );
    }
    found
}

struct SetupCheck<'a> {
    config: Option<&'a Config>,
    facts: &'a SetupFacts<'a>,
    /// Where people see the fork.
    page: &'a str,
}

impl SetupCheck<'_> {
    fn settings(&self, rest: &str) -> String {
        format!("{}/settings{rest}", self.page)
    }

    fn identity(&self, identity: &Probed<Identity>) -> Vec<Finding> {
        match identity {
            Err(why) => vec![Finding::wrong("key", why.clone()).page(self.settings("/installations"))],
            Ok(Identity::Person { login }) => vec![
                Finding::note("key", format!("a token: runs act as {login}"))
                    .fix("for runs by themselves register an App (`uptake app`): what it pushes starts the tests, and it may do less"),
            ],
            Ok(Identity::App { slug, permissions }) => {
                let mut found = vec![Finding::right("key", format!("the App {slug}, installed on the fork"))];
                found.extend(permitted(server_of_page(self.page), slug, permissions));
                found
            }
        }
    }

    fn repository(&self, described: &Probed<RepositoryFacts>) -> Vec<Finding> {
        const ABOUT: &str = "repository";
        let repository = match described {
            Ok(repository) => repository,
            Err(why) => {
                return vec![
                    Finding::wrong(ABOUT, why.clone())
                        .fix("check fork.repository; an App must be installed on it (the App's page, Install App)")
                        .page(self.settings("/installations")),
                ];
            }
        };
        let mut found = Vec::new();
        let mut wrong = |described: String, fix: &str| {
            found.push(Finding::wrong(ABOUT, described).fix(fix).page(self.settings("")));
        };
        if repository.archived {
            wrong("it is archived: nothing can be written to it".into(), "unarchive it (Danger Zone)");
        }
        if !repository.has_issues && self.config.is_none_or(|config| config.dashboard.enabled) {
            let fix = "turn Issues on (Features), or set `dashboard.enabled: false`";
            wrong("it has no issues, and the dashboard is one; forks start without".into(), fix);
        }
        if repository.allow_merge_commit == Some(false) && repository.allow_rebase_merge == Some(false) {
            let fix = "allow merge commits or rebasing (Pull Requests)";
            wrong("pull requests can only be squashed, which loses who wrote what and what was taken".into(), fix);
        }
        let line = self.config.and_then(Config::line).and_then(|line| line.line);
        if repository.allow_merge_commit == Some(false) && line.is_some_and(|line| line.land == Land::Merge) {
            let fix = "allow merge commits (Pull Requests), or write `land: picks`";
            wrong(
                "slices land as merge commits (`land: merge`), which pull requests may not be merged with".into(),
                fix,
            );
        }
        // Each slice of a line goes into the one before.
        let stacked = self.config.is_some_and(|config| config.stacking == Stacking::Previous) || line.is_some();
        if stacked && repository.delete_branch_on_merge == Some(true) {
            let fix = "turn off \"Automatically delete head branches\" (Pull Requests); Uptake removes them itself";
            wrong(
                "a merged branch is removed at once, which closes the stacked pull requests that go into it".into(),
                fix,
            );
        }
        if let Some(trunk) = self.facts.trunk.filter(|trunk| repository.default_branch != *trunk) {
            found.push(
                Finding::note(
                    ABOUT,
                    format!("the default branch is {}, and pull requests go into {trunk}: schedules and comments run the workflows of the default branch", repository.default_branch),
                )
                .fix("keep the workflows on the default branch too"),
            );
        }
        if found.is_empty() {
            found.push(Finding::right(ABOUT, format!("{} can be written to, and has issues", repository.full_name)));
        }
        found
    }

    /// The workflows a run needs: there, and not switched off, as all are on a new fork.
    fn workflows(&self, described: &Probed<Vec<WorkflowFacts>>) -> Vec<Finding> {
        const ABOUT: &str = "workflows";
        let page = format!("{}/actions", self.page);
        let known = match described {
            Ok(known) => known,
            Err(why) => return vec![Finding::unknown(ABOUT, why.clone()).page(page)],
        };
        let mut needed = vec![RUN_FILE.to_owned()];
        if self.config.is_none_or(|config| config.commands.enabled) {
            needed.push(COMMENTS_FILE.into());
        }
        let phases = self.config.map(|config| config.phases.as_slice()).unwrap_or_default();
        needed.extend(tested(phases).filter_map(|cell| cell.workflow.clone()));
        needed.sort();
        needed.dedup();
        let one = |name: String| {
            let path = format!(".github/workflows/{name}");
            let known = known.iter().find(|workflow| workflow.path == path);
            match known.map(|workflow| workflow.state.as_str()) {
                Some("active") => Finding::right(ABOUT, format!("{name} is there and on")),
                Some(state) => Finding::wrong(ABOUT, format!("{name} is there, and off ({state})"))
                    .fix(match state {
                        "disabled_fork" => "press \"I understand my workflows, go ahead and enable them\"",
                        _ => "open the workflow there and press \"Enable workflow\"",
                    })
                    .page(page.clone()),
                None if self.facts.has_workflow(&name) => {
                    Finding::wrong(ABOUT, format!("{name} is on the fork's branch, and GitHub does not know it"))
                        .fix("enable Actions, and push the file to the default branch")
                        .page(page.clone())
                }
                None => Finding::wrong(ABOUT, format!("there is no {name}"))
                    .fix("`uptake init --workflows` writes it; commit and push it to the default branch")
                    .page(page.clone()),
            }
        };
        let others: Vec<&str> = known
            .iter()
            .filter(|workflow| workflow.state == "active")
            .filter_map(|workflow| workflow.path.strip_prefix(".github/workflows/"))
            .filter(|name| !needed.iter().any(|own| own == name))
            .collect();
        let noted = (!others.is_empty()).then(|| {
            Finding::note(ABOUT, format!("{} on, and may run on the phases' pull requests: {}", are(&others), others.join(", ")))
                .fix("switch off there what is upstream's affair: a job for a runner that this fork has not waits a day for it")
                .page(page.clone())
        });
        needed.iter().cloned().map(one).chain(noted).collect()
    }

    /// The runners of the tests: one online for each set of labels that is asked for.
    fn runners(&self, described: &Probed<Vec<RunnerFacts>>) -> Vec<Finding> {
        const ABOUT: &str = "runners";
        let page = self.settings("/actions/runners");
        let phases = self.config.map(|config| config.phases.as_slice()).unwrap_or_default();
        let mut wanted: Vec<&[String]> = tested(phases).map(|cell| cell.runner.as_slice()).collect();
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return vec![Finding::note(ABOUT, "no phase has a `ci.workflow` and cells: nothing is tested")];
        }
        let own = |labels: &&[String]| !labels.is_empty() && !is_hosted(labels);
        let there = match described {
            Ok(there) => there.as_slice(),
            Err(why) => {
                if let Some(labels) = wanted.iter().copied().find(own) {
                    let labels = labels.join(", ");
                    return vec![
                        Finding::unknown(ABOUT, why.clone())
                            .fix(format!("look there whether one with the labels {labels} is Idle; a job waits a day for one, and is then cancelled"))
                            .page(page),
                    ];
                }
                &[]
            }
        };
        let one = |labels: &[String]| {
            if labels.is_empty() {
                return Finding::note(ABOUT, "`ci.runner` names no labels: the workflow chooses where the tests run");
            }
            let has = |runner: &&RunnerFacts| {
                labels.iter().all(|label| runner.labels.iter().any(|own| own.eq_ignore_ascii_case(label)))
            };
            let fit: Vec<_> = there.iter().filter(has).collect();
            let described = labels.join(", ");
            match (fit.len(), fit.iter().filter(|runner| runner.online).count()) {
                (0, _) if is_hosted(labels) => Finding::right(ABOUT, format!("{described} is a runner of GitHub's own")),
                (0, _) => Finding::wrong(ABOUT, format!("no runner has the labels {described}"))
                    .fix("register one with these labels, or fix `ci.runner`; runners of an organisation are not seen here")
                    .page(page.clone()),
                (all, 0) => Finding::wrong(ABOUT, format!("{} with the labels {described}, none online", count(all, "runner")))
                    .fix("start it: a job waits a day for one, and is then cancelled")
                    .page(page.clone()),
                (_, online) => Finding::right(ABOUT, format!("{} online with the labels {described}", count(online, "runner"))),
            }
        };
        wanted.into_iter().map(one).collect()
    }

    /// A branch that keeps all of the bot's from being made: to git their names are paths.
    fn branches(&self, blocked: &Probed<bool>) -> Option<Finding> {
        let found = |finding: Finding| Some(finding.page(format!("{}/branches", self.page)));
        match blocked {
            Ok(false) => None,
            Ok(true) => found(
                Finding::wrong("branches", "a branch is called uptake, so that no branch can be called uptake/…")
                    .fix("rename it"),
            ),
            Err(why) => found(Finding::unknown("branches", why.clone())),
        }
    }

    /// Rules that would stop the bot on its own branches, or people from merging them.
    fn rules(
        &self,
        own: &Probed<Vec<String>>,
        trunk: &Probed<Vec<String>>,
        asked: &Probed<Vec<String>>,
    ) -> Vec<Finding> {
        const ABOUT: &str = "rules";
        let page = self.settings("/rules");
        let (own, trunk) = match (own, trunk) {
            (Ok(own), Ok(trunk)) => (own, trunk),
            (Err(why), _) | (_, Err(why)) => return vec![Finding::unknown(ABOUT, why.clone()).page(page)],
        };
        let mut found = Vec::new();
        let why = |rule: &str| match rule {
            "creation" => Some("its branches cannot be made"),
            "update" | "pull_request" => Some("its branches cannot be pushed to"),
            "deletion" => Some("branches nobody needs stay"),
            "non_fast_forward" => Some("its branches cannot be rebuilt"),
            "required_signatures" => Some("its commits bear no signature"),
            _ => None,
        };
        for rule in own {
            if let Some(why) = why(rule) {
                let described = format!("the rule {rule} holds for uptake/**: {why}");
                let fix = "leave uptake/** out of the ruleset's branches";
                let finding =
                    if rule == "deletion" { Finding::note(ABOUT, described) } else { Finding::wrong(ABOUT, described) };
                found.push(finding.fix(fix).page(page.clone()));
            }
        }
        if trunk.iter().any(|rule| rule == "required_signatures") {
            found.push(
                Finding::wrong(ABOUT, "the fork's branch takes signed commits alone, and a phase's bear no signature")
                    .fix("merge phases with a merge commit by somebody who may bypass the rule, or drop it for this branch")
                    .page(page.clone()),
            );
        }
        let queue = trunk.iter().any(|rule| rule == "merge_queue");
        let base = self.facts.trunk.unwrap_or("main");
        found.extend(required::checks(asked.as_deref().unwrap_or_default(), self.facts.files, base, queue, &page));
        if found.is_empty() {
            found.push(Finding::right(ABOUT, "nothing stops the branches under uptake/"));
        }
        found
    }
}

/// Whether a runner with these labels is one of GitHub's, by the names that those have.
fn is_hosted(labels: &[String]) -> bool {
    let [label] = labels else { return false };
    let version = ["ubuntu-", "windows-", "macos-"].iter().find_map(|system| label.strip_prefix(system));
    version.is_some_and(|version| version.starts_with("latest") || version.starts_with(|c: char| c.is_ascii_digit()))
}

/// The cells that something is run for.
fn tested(phases: &[Phase]) -> impl Iterator<Item = &Cell> {
    let tested = phases.iter().filter(|phase| phase.ci.when != CiWhen::Never);
    tested.flat_map(|phase| &phase.ci.cells).filter(|cell| cell.workflow.is_some())
}

fn are(others: &[&str]) -> String {
    if others.len() == 1 { "1 other is".to_owned() } else { format!("{} others are", others.len()) }
}

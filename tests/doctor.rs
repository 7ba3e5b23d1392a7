//! What `uptake doctor` says of a set-up: all right where it is, and each thing that is not, with what to do and where.

mod tested;

use std::collections::BTreeMap;

use uptake::config::Config;
use uptake::forge::{EnvironmentFacts, Identity, RepositoryFacts, RunnerFacts, SetUp, WorkflowFacts};
use uptake::setup::{EVENTS, Finding, FindingLevel, PERMISSIONS, SetupFacts, examine};

use crate::support::parse_config;

const CONFIG: &str = "
upstream: { repository: up/stream }
phases: [{ id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }]
ci: { cuda: ['13.0'], workflow: uptake-gpu.yml, runner: [self-hosted, gpu] }
";

fn config(text: &str) -> Config {
    parse_config(text, "uptake.yml", &|_| uptake::config::Lookup::Unknown { like: Vec::new() }).expect("right")
}

/// A set-up that lacks nothing.
fn right() -> SetUp {
    let asked = PERMISSIONS.iter().filter(|permission| permission.name != "workflows");
    let permissions: BTreeMap<_, _> =
        asked.map(|permission| (permission.name.to_owned(), permission.level.to_owned())).collect();
    let active = |name: &str| WorkflowFacts { path: format!(".github/workflows/{name}"), state: "active".into() };
    SetUp {
        identity: Ok(Identity::App { slug: "uptake-someone".into(), permissions }),
        repository: Ok(RepositoryFacts {
            full_name: "someone/fork".into(),
            default_branch: "main".into(),
            has_issues: true,
            fork: true,
            delete_branch_on_merge: Some(false),
            allow_merge_commit: Some(true),
            allow_rebase_merge: Some(true),
            archived: false,
        }),
        workflows: Ok(vec![active("uptake.yml"), active("uptake-comments.yml"), active("uptake-gpu.yml")]),
        runners: Ok(vec![RunnerFacts {
            name: "box".into(),
            online: true,
            labels: vec!["self-hosted".into(), "Linux".into(), "GPU".into()],
        }]),
        environment: Ok(Some(EnvironmentFacts { has_branch_rule: true, secrets: Ok(vec!["UPTAKE_APP_KEY".into()]) })),
        secrets: Ok(vec!["OTHER".into()]),
        blocked: Ok(false),
        rules: Ok(Vec::new()),
        trunk_rules: Ok(vec!["pull_request".into()]),
        required: Ok(vec!["build".into()]),
    }
}

fn found(config: &Config, forge: SetUp) -> Vec<Finding> {
    found_with(config, forge, &[("uptake.yml", "on: { push: { branches: [main] } }\nenv: { A: '${{ secrets.A }}' }\n")])
}

fn found_with(config: &Config, forge: SetUp, files: &[(&str, &str)]) -> Vec<Finding> {
    let files: Vec<_> = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    examine(&SetupFacts {
        config: Ok(config),
        upstream: Ok("the remote upstream".into()),
        warnings: &[],
        trunk: Some("main"),
        files: &files,
        forge: Ok(forge),
        fork: Some("https://github.com/someone/fork"),
    })
}

/// What is not right, a line for each.
fn wrong(forge: SetUp) -> String {
    wrong_with(CONFIG, forge)
}

fn wrong_with(text: &str, forge: SetUp) -> String {
    lines(&found(&config(text), forge))
}

fn lines(found: &[Finding]) -> String {
    let described = found.iter().filter(|finding| finding.mark != FindingLevel::Right).map(|finding| {
        let page = finding.page.as_deref().map(|page| format!(" <{page}>")).unwrap_or_default();
        format!(
            "{:?} {}: {} => {}{page}",
            finding.mark,
            finding.about,
            finding.described,
            finding.fix.as_deref().unwrap_or("-")
        )
    });
    described.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_set_up_that_lacks_nothing_is_right_in_all_parts() {
    let found = found(&config(CONFIG), right());
    let described: Vec<_> =
        found.iter().map(|finding| format!("{:?} {}: {}", finding.mark, finding.about, finding.described)).collect();
    insta::assert_snapshot!(described.join("\n"), @r"
    Right configuration: right: 1 phase
    Right upstream: fetched from the remote upstream
    Right key: the App uptake-someone, installed on the fork
    Right permissions: all that a run needs
    Right repository: someone/fork can be written to, and has issues
    Right workflows: uptake-comments.yml is there and on
    Right workflows: uptake-gpu.yml is there and on
    Right workflows: uptake.yml is there and on
    Right environment: it has the App's key, for the branches of its rule alone
    Right runners: 1 runner online with the labels self-hosted, gpu
    Right rules: nothing stops the branches under uptake/
    ");
}

#[test]
fn an_app_that_may_do_too_little_or_too_much_is_told() {
    let mut forge = right();
    let permissions = [
        ("contents", "read"),
        ("pull_requests", "write"),
        ("issues", "write"),
        ("actions", "write"),
        ("statuses", "write"),
        ("secrets", "read"),
    ];
    let permissions = permissions.map(|(name, level)| (name.to_owned(), level.to_owned())).into();
    forge.identity = Ok(Identity::App { slug: "uptake-someone".into(), permissions });
    insta::assert_snapshot!(wrong(forge), @r"
    Wrong permissions: the App lacks contents: write (to push the branches under uptake/) => grant them on the App's page, then accept the change where it is installed <https://github.com/settings/apps/uptake-someone/permissions>
    Note permissions: the App may do more than a run needs: secrets => take these away on the App's page <https://github.com/settings/apps/uptake-someone/permissions>
    ");
}

#[test]
fn where_the_key_is_and_who_else_may_have_it_is_told() {
    let with = |environment, secrets: &[&str]| SetUp {
        environment,
        secrets: Ok(secrets.iter().map(|name| (*name).to_owned()).collect()),
        ..right()
    };
    let open = EnvironmentFacts { has_branch_rule: false, secrets: Ok(Vec::new()) };
    let unseen = EnvironmentFacts { has_branch_rule: true, secrets: Err("the App may not see secrets".into()) };
    let all = [with(Ok(None), &["UPTAKE_APP_KEY"]), with(Ok(Some(open)), &[]), with(Ok(Some(unseen)), &[])].map(wrong);
    insta::assert_snapshot!(all.join("\n"), @r"
    Wrong environment: there is no environment uptake: GitHub makes it at the first run, for every branch => make it, let only the fork's branch use it (Deployment branches), and keep the App's key in it <https://github.com/someone/fork/settings/environments>
    Wrong secrets: UPTAKE_APP_KEY is a secret of the repository, so every workflow on every branch may have it => keep it in the environment uptake alone, and remove it here <https://github.com/someone/fork/settings/secrets/actions>
    Wrong environment: any branch may use the environment uptake, so a workflow on a branch with upstream's code gets the App's key => Deployment branches: let only the fork's branch use it <https://github.com/someone/fork/settings/environments>
    Note environment: the environment uptake has no UPTAKE_APP_KEY: the workflows run with GITHUB_TOKEN => with an App its pull requests start the tests: `uptake app` <https://github.com/someone/fork/settings/environments>
    Unknown environment: the App may not see secrets => look there whether UPTAKE_APP_KEY is one of its secrets <https://github.com/someone/fork/settings/environments>
    ");
    let mut may = right();
    let Ok(Identity::App { permissions, .. }) = &mut may.identity else { panic!("an App") };
    permissions.insert("workflows".into(), "write".into());
    insta::assert_snapshot!(wrong(may), @"Note permissions: the App may push workflow files: what a person lets in with `/pick` runs on its branch => take workflows: write away where no such commit is to be taken <https://github.com/settings/apps/uptake-someone/permissions>");
}

#[test]
fn where_commits_are_signed_the_key_to_it_is_looked_for() {
    let signs = config(&format!(
        "{CONFIG}commits: {{ name: acme-bot, email: 1+acme-bot@users.noreply.github.com, signing_key: \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzGLpiMp0PY/Wn5429VyLhURU4zWxcbTL1A2UzF/4qN a machine\" }}\n"
    ));
    let with = |own: Result<Vec<String>, String>, plain: &[&str]| {
        let environment = Ok(Some(EnvironmentFacts { has_branch_rule: true, secrets: own }));
        let secrets = Ok(plain.iter().map(|name| (*name).to_owned()).collect());
        let mut all = found(&signs, SetUp { environment, secrets, ..right() });
        all.retain(|finding| finding.about == "signing");
        lines(&all)
    };
    let all = ["UPTAKE_APP_KEY", "UPTAKE_SIGNING_KEY"].map(str::to_owned).to_vec();
    let said = [
        with(Ok(all.clone()), &[]),
        with(Ok(all[..1].to_vec()), &[]),
        with(Ok(all.clone()), &["UPTAKE_SIGNING_KEY"]),
        with(Err("the App may not see secrets".into()), &[]),
    ];
    assert_eq!(said[0], "", "it is where it must be");
    insta::assert_snapshot!(said[1..].join("\n"), @r"
    Wrong signing: commits.signing_key says that commits are signed, and the environment uptake has no UPTAKE_SIGNING_KEY: a run changes nothing without => keep the text of the private key there <https://github.com/someone/fork/settings/environments>
    Wrong signing: UPTAKE_SIGNING_KEY is a secret of the repository, so every workflow on every branch may have it => keep it in the environment uptake alone, and remove it here <https://github.com/someone/fork/settings/secrets/actions>
    Unknown signing: the App may not see secrets => look there whether UPTAKE_SIGNING_KEY is one of its secrets <https://github.com/someone/fork/settings/environments>
    ");
    assert!(found(&config(CONFIG), right()).iter().all(|finding| finding.about != "signing"));
}

#[test]
fn workflows_that_hand_secrets_to_upstream_s_code_are_named() {
    let job = "jobs: { t: { steps: [{ run: make test, env: { KEY: '${{ secrets.KEY }}' } }] } }\n";
    let (every, own) =
        (format!("on: [push, pull_request]\n{job}"), format!("on: {{ push: {{ branches: [main] }} }}\n{job}"));
    let files = [
        ("ci.yml", every.as_str()),
        ("own.yml", own.as_str()),
        ("plain.yml", "on: push\njobs: { t: { steps: [{ run: make test }] } }\n"),
        ("label.yml", "on: pull_request\npermissions:\n  pull-requests: write\njobs: {}\n"),
    ];
    insta::assert_snapshot!(lines(&found_with(&config(CONFIG), right(), &files)), @r"
    Wrong what a push starts: ci.yml runs upstream's code from uptake/** (push and pull_request) with secrets of the fork => keep it to your own branches (`branches: [main]`), or hand it nothing while it runs what was not merged yet
    Note what a push starts: label.yml runs upstream's code from uptake/** (pull_request) with a token that may write => keep it to your own branches (`branches: [main]`), or hand it nothing while it runs what was not merged yet
    ");
}

#[test]
fn a_new_fork_has_its_workflows_off_and_no_issues() {
    let mut forge = right();
    for workflow in forge.workflows.as_mut().expect("known") {
        workflow.state = "disabled_fork".into();
    }
    forge.workflows.as_mut().expect("known").retain(|workflow| !workflow.path.ends_with("/uptake.yml"));
    forge.repository.as_mut().expect("known").has_issues = false;
    insta::assert_snapshot!(wrong(forge), @r#"
    Wrong repository: it has no issues, and the dashboard is one; forks start without => turn Issues on (Features), or set `dashboard.enabled: false` <https://github.com/someone/fork/settings>
    Wrong workflows: uptake-comments.yml is there, and off (disabled_fork) => press "I understand my workflows, go ahead and enable them" <https://github.com/someone/fork/actions>
    Wrong workflows: uptake-gpu.yml is there, and off (disabled_fork) => press "I understand my workflows, go ahead and enable them" <https://github.com/someone/fork/actions>
    Wrong workflows: uptake.yml is on the fork's branch, and GitHub does not know it => enable Actions, and push the file to the default branch <https://github.com/someone/fork/actions>
    "#);
}

#[test]
fn settings_that_lose_work_are_told() {
    let mut forge = right();
    let repository = forge.repository.as_mut().expect("known");
    (repository.allow_merge_commit, repository.allow_rebase_merge) = (Some(false), Some(false));
    (repository.delete_branch_on_merge, repository.archived) = (Some(true), true);
    repository.default_branch = "master".into();
    insta::assert_snapshot!(wrong_with(&format!("{CONFIG}stacking: previous\n"), forge), @r#"
    Wrong repository: it is archived: nothing can be written to it => unarchive it (Danger Zone) <https://github.com/someone/fork/settings>
    Wrong repository: pull requests can only be squashed, which loses who wrote what and what was taken => allow merge commits or rebasing (Pull Requests) <https://github.com/someone/fork/settings>
    Wrong repository: a merged branch is removed at once, which closes the stacked pull requests that go into it => turn off "Automatically delete head branches" (Pull Requests); Uptake removes them itself <https://github.com/someone/fork/settings>
    Note repository: the default branch is master, and pull requests go into main: schedules and comments run the workflows of the default branch => keep the workflows on the default branch too
    "#);
}

#[test]
fn settings_that_slices_cannot_land_with_are_named() {
    let mut forge = right();
    let repository = forge.repository.as_mut().expect("known");
    (repository.allow_merge_commit, repository.delete_branch_on_merge) = (Some(false), Some(true));
    let line = "phases:\n  - { id: line, title: Upstream, priority: 1, take: line, land: merge }\n";
    insta::assert_snapshot!(wrong_with(line, forge), @r#"
    Wrong repository: slices land as merge commits (`land: merge`), which pull requests may not be merged with => allow merge commits (Pull Requests), or write `land: picks` <https://github.com/someone/fork/settings>
    Wrong repository: a merged branch is removed at once, which closes the stacked pull requests that go into it => turn off "Automatically delete head branches" (Pull Requests); Uptake removes them itself <https://github.com/someone/fork/settings>
    Note workflows: 1 other is on, and may run on the phases' pull requests: uptake-gpu.yml => switch off there what is upstream's affair: a job for a runner that this fork has not waits a day for it <https://github.com/someone/fork/actions>
    Note runners: no phase has a `ci.workflow` and cells: nothing is tested => -
    "#);
}

#[test]
fn a_runner_that_is_not_there_or_off_is_told() {
    let mut forge = right();
    forge.runners.as_mut().expect("known")[0].online = false;
    insta::assert_snapshot!(wrong(forge), @"Wrong runners: 1 runner with the labels self-hosted, gpu, none online => start it: a job waits a day for one, and is then cancelled <https://github.com/someone/fork/settings/actions/runners>");
    let forge = SetUp { runners: Ok(Vec::new()), ..right() };
    insta::assert_snapshot!(wrong(forge), @"Wrong runners: no runner has the labels self-hosted, gpu => register one with these labels, or fix `ci.runner`; runners of an organisation are not seen here <https://github.com/someone/fork/settings/actions/runners>");
    let forge = SetUp { runners: Err("the App may not see runners".into()), ..right() };
    insta::assert_snapshot!(wrong(forge), @"Unknown runners: the App may not see runners => look there whether one with the labels self-hosted, gpu is Idle; a job waits a day for one, and is then cancelled <https://github.com/someone/fork/settings/actions/runners>");
}

#[test]
fn rules_that_stop_the_bot_or_the_merge_are_told() {
    let forge = SetUp {
        rules: Ok(["non_fast_forward", "deletion", "required_linear_history"].map(str::to_owned).into()),
        trunk_rules: Ok(vec!["required_signatures".into()]),
        ..right()
    };
    insta::assert_snapshot!(wrong(forge), @r"
    Wrong rules: the rule non_fast_forward holds for uptake/**: its branches cannot be rebuilt => leave uptake/** out of the ruleset's branches <https://github.com/someone/fork/settings/rules>
    Note rules: the rule deletion holds for uptake/**: branches nobody needs stay => leave uptake/** out of the ruleset's branches <https://github.com/someone/fork/settings/rules>
    Wrong rules: the fork's branch takes signed commits alone, and a phase's bear no signature => merge phases with a merge commit by somebody who may bypass the rule, or drop it for this branch <https://github.com/someone/fork/settings/rules>
    ");
}

#[test]
fn what_upstream_brought_along_is_told() {
    let mut forge = right();
    forge.blocked = Ok(true);
    let workflow =
        |name: &str, state: &str| WorkflowFacts { path: format!(".github/workflows/{name}"), state: state.into() };
    let more =
        [workflow("ci.yml", "active"), workflow("gpu.yml", "disabled_manually"), workflow("release.yml", "active")];
    forge.workflows = forge.workflows.map(|all| all.into_iter().chain(more).collect());
    insta::assert_snapshot!(wrong(forge), @"
    Note workflows: 2 others are on, and may run on the phases' pull requests: ci.yml, release.yml => switch off there what is upstream's affair: a job for a runner that this fork has not waits a day for it <https://github.com/someone/fork/actions>
    Wrong branches: a branch is called uptake, so that no branch can be called uptake/… => rename it <https://github.com/someone/fork/branches>
    ");
}

#[test]
fn whatever_is_wrong_on_github_has_what_to_do_and_its_page() {
    let mut forge = right();
    forge.identity = Err("the App is not installed: install it".to_owned());
    (forge.workflows, forge.blocked) = (Ok(Vec::new()), Ok(true));
    forge.rules =
        Ok(["creation", "update", "deletion", "non_fast_forward", "required_signatures"].map(str::to_owned).into());
    forge.trunk_rules = Ok(vec!["required_signatures".into()]);
    forge.runners = Ok(Vec::new());
    let mut others = right();
    others.identity = Ok(Identity::App { slug: "a".into(), permissions: BTreeMap::new() });
    others.repository = Ok(RepositoryFacts { archived: true, ..RepositoryFacts::default() });
    let mut unseen = right();
    unseen.repository = Err("there is none".into());
    let config = config(CONFIG);
    let all = [forge, others, unseen].map(|forge| found(&config, forge)).concat();
    let wrong: Vec<_> = all.iter().filter(|finding| finding.mark == FindingLevel::Wrong).collect();
    assert!(wrong.len() > 14, "{}", wrong.len());
    for finding in wrong {
        let described = finding.fix.is_some() || finding.described.contains(": ");
        let page = finding.page.as_ref().is_some_and(|page| page.starts_with("https://github.com/"));
        assert!(described && page, "{finding:?}");
    }
}

#[test]
fn what_a_server_is_told_of_starts_a_run() {
    assert!(EVENTS.iter().all(|event| uptake::action::EVENTS.contains(event)));
    assert_eq!(EVENTS, uptake::serve::EVENTS);
}

#[test]
fn what_could_not_be_looked_at_is_not_called_right() {
    let facts = SetupFacts {
        config: Err("uptake.yml has 2 problems".into()),
        upstream: Err("there is no remote named upstream".into()),
        warnings: &[],
        trunk: None,
        files: &[],
        forge: Err("nothing says who this is to GitHub".into()),
        fork: None,
    };
    let marks: Vec<_> = examine(&facts).into_iter().map(|finding| (finding.about, finding.mark)).collect();
    assert_eq!(
        marks,
        [("configuration", FindingLevel::Wrong), ("upstream", FindingLevel::Wrong), ("GitHub", FindingLevel::Unknown)]
    );
}

#[test]
fn the_command_looks_at_a_clone_and_says_what_to_do_first() {
    let mut world = crate::support::World::new(&[("a.txt", "a\n")]);
    world.on_fork();
    let look = |arguments: &[&str]| {
        crate::support::uptake(world.folder(), &[&["--repo", "fork", "doctor"], arguments].concat())
    };
    let (code, out, error) = look(&[]);
    assert_eq!((code, error.as_str()), (1, "error: 2 things are wrong\n"));
    insta::assert_snapshot!(out, @"
    wrong    configuration: there is none: `uptake init` writes one to start from
    wrong    upstream: there is no remote named upstream and no upstream.repository
             name it as `upstream.repository` in the configuration, OWNER/NAME
    unknown  GitHub: nothing says which repository on GitHub is the fork: name it as `fork.repository` in the configuration, OWNER/NAME, or have the remote origin point to it
             `uptake app` registers an App, where there is none yet; workflows, permissions and rules are looked at once GitHub answers
    ");
    let (_, out, _) = look(&["--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(found[0]["mark"], "wrong");
}

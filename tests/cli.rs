//! The program as people call it: what each command writes, prints and returns.

use std::fs;

use crate::support::{World, git_in, git_ok, toolchain, uptake, uptake_in};

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
    assert_eq!(code, 0, "{error}");
    let wrote = "Wrote FOLDER/fork/.github/uptake.yml. Next: read it, then uptake plan.\n\nThe ways to catch up,";
    assert!(error.starts_with(wrote), "{error}");
    let config = fs::read_to_string(world.fork().join(".github/uptake.yml")).expect("a file");
    for part in ["repository: up/stream", "repository: for/k", "ours/**"] {
        assert!(config.contains(part), "{part} is not in\n{config}");
    }
    let (code, out, _) = run(&world, &["check"]);
    assert_eq!(code, 0, "{out}");
    let (code, out, _) = run(&world, &["plan"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.starts_with("  #  phase                          ready  decide  follow  risk"), "{out}");
    let details = "\nDetails of a phase: uptake plan line-";
    let (summary, _) = out.split_once(details).expect("where the details are");
    assert!(summary.ends_with("2 picks in 1 phase: 2 clean; 0 left out, 0 in no phase\n2 picks, 2 files compared line by line: every line of these picks is there\nAll phases together end where git's own merge does, in every file that it merges cleanly: nothing is missing.\n"), "{out}");
    let (code, out, error) = run(&world, &["run", "--forge", "folder:out", "--dry-run"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(out.starts_with("Would make 6 changes\n  create branch main at "), "{out}");
    assert!(!world.folder().join("out").exists());
    let (code, out, _) = run(&world, &["run", "--forge", "folder:out"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("Made 6 changes\n"), "{out}");
    assert!(world.folder().join("out/pulls/1.json").exists());
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
    assert!(error.starts_with("error: prose.md: nothing that lists commits was found; looked for "), "{error}");
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
    let (code, out, error) = uptake_in(world.folder(), &["demo", "--dir", "demo"], &toolchain());
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    insta::assert_snapshot!(out, @r#"
    == 1. A fork and its upstream were made; this is what upstream has that the fork lacks.

    Survey
      upstream fcaef997d, fork cbfe0f10b, common ancestor 4ac95f781
      14 commits and 1 merge behind; 13 files changed upstream, 11 in the fork, 7 in both

    Verdicts
      taken  2   the fork has the change, with evidence
      open   12  not in the fork

    The open ones, applied one after the other in upstream's order
      clean      8  apply
      resolved   2  conflict, and need no person
      decide     1  lines of the fork's own are on the other side, in 1 place
      no change  1  leave nothing to change there
      end           git's own merge of both branches, in every file that it merges cleanly

    Each picked alone onto the fork
      clean      7
      conflict   5  2 roots and 2 cascades among those not taken
      no change  2

    The ways to catch up, and what each asks of a person
                                        stops  files  places  common ancestor  gives up
      one merge                         1      2      2       moves            review in parts
      the line in slices                1      1      1       moves            nothing
      the phases as configured          1      1      1       moves            nothing
      the fork's commits onto upstream  1      1      1       moves            review in parts; the fork's history, written anew
      Recommended: the phases as configured. A person decides 1 place, and nothing is given up.
      uptake run

    What the fork carries
              commits  files
      shared  4        4      real changes to files that upstream has too
      own     2        4      paths that only the fork has
      taken   2        3      upstream's own changes

    The fork's commits that really change shared files, newest first
      46fc08eb0  2025-09-03  Retry lost connections  [1 file]
      835d8a5e2  2025-09-03  Log shapes in attention  [1 file]
      ee8bfb280  2025-09-03  Build cudarc with our features  [1 file]
      ed2cab0b8  2025-09-02  Add our terminal interface  [2 files]

    Commits, in upstream's order
      e1b0ee297  2025-09-01  taken     low       Fix inverted logic in the sampler (#101)
      592225f8b  2025-09-01  resolved  low       Update cudarc to 0.17 (#102)
      c201a46a4  2025-09-01  clean     low       Add a paged cache (#103)
      c551db49d  2025-09-01  clean     critical  Fix stack buffer overflow in topk (#104)
      1435d6ad8  2025-09-01  clean     low       Give attention a folder of its own (#105)
      73349facc  2025-09-01  clean     low       perf: tile the attention loop (#106)
      66e9ab0e9  2025-09-01  taken     low       Fix server hang when a tool is slow (#107)
      4e440ca80  2025-09-02  clean     low       docs: spelling (#112)
      97f5fa370  2025-09-02  resolved  low       Switch to cudarc 0.19 (#108)
      6d7397c78  2025-09-02  clean     medium    Support CUDA 13.1 (#109)
      b4d864024  2025-09-02  clean     low       docs: explain the cache (#110)
      80fa9e669  2025-09-02  clean     low       Evict old blocks from the cache (#111)
      02c74d7db  2025-09-02  no-op     low       Remove temp
      fcaef997d  2025-09-02  decide    high      feat(server)!: stream answers (#113)

    Changed on both sides most often
      upstream  fork  file
      3         2     Cargo.toml
      2         1     Cargo.lock
      1         1     core/src/attention.rs
      1         1     core/src/sampler.rs
      1         1     server/src/main.rs
      1         1     server/src/tools.rs
      1         1     temp.log

    == 2. The configuration sorts it into phases, and each pick was tried in memory.

    1. Critical fixes  uptake/critical-fixes on main cbfe0f10b  risk critical
      c551db49d  clean  critical  Fix stack buffer overflow in topk (#104)
      e1b0ee297  left out  Fix inverted logic in the sampler (#101)  taken: authorship, subject of d61d6415c
      66e9ab0e9  left out  Fix server hang when a tool is slow (#107)  taken: patch-id, authorship, subject of 1657d167b

    2. CUDA  uptake/cuda on main cbfe0f10b  risk medium
      97f5fa370  resolved  low     Switch to cudarc 0.19 (#108)  [3 files resolved]
      6d7397c78  clean     medium  Support CUDA 13.1 (#109)
      97f5fa370  resolved  Cargo.lock  left out of the pick, by rule Cargo.lock (lockfile)
      97f5fa370  resolved  Cargo.toml  merged key by key, by rule Cargo.toml (manifest); gives up 1 line of upstream's, 1 of the fork's
      97f5fa370  resolved  vendor/cudarc/Cargo.toml  upstream's lines in 1 place, by rule vendor/** (upstream); gives up 1 line of the fork's
      66c90c37c  resolved  Cargo.lock  made anew after the picks, by cargo update --workspace; gives up 1 line of the fork's
      592225f8b  left out  Update cudarc to 0.17 (#102)  superseded by 97f5fa370 (cudarc updates)

    3. Performance and features  uptake/performance on main cbfe0f10b  risk high
      c201a46a4  clean   low   Add a paged cache (#103)
      1435d6ad8  clean   low   Give attention a folder of its own (#105)
      73349facc  clean   low   perf: tile the attention loop (#106)
      80fa9e669  clean   low   Evict old blocks from the cache (#111)
      fcaef997d  decide  high  feat(server)!: stream answers (#113)  [1 file; root]

    4. Documentation  uptake/documentation on main cbfe0f10b  risk low
      4e440ca80  clean  low  docs: spelling (#112)
      b4d864024  clean  low  docs: explain the cache (#110)

    In no phase: 1 commit
      02c74d7db  open  Remove temp

    The ways to catch up, and what each asks of a person
                                        stops  files  places  common ancestor  gives up
      one merge                         1      2      2       moves            review in parts
      the line in slices                1      1      1       moves            nothing
      the phases as configured          1      1      1       moves            nothing
      the fork's commits onto upstream  1      1      1       moves            review in parts; the fork's history, written anew
      Recommended: the phases as configured. A person decides 1 place, and nothing is given up.
      uptake run

    10 picks in 4 phases: 8 clean, 1 resolved, 1 decide; 3 left out, 1 in no phase
    9 picks, 13 files compared line by line: 4 lines dropped, each named where it went
    All phases together end where git's own merge does, in every file that it merges cleanly (3 files that it does not merge cleanly are not compared).

    == 3. Branches and pull requests were published into a folder.

    Made 19 changes
      create branch main at cbfe0f10b
      create label "phase:critical-fixes"
      create label "risk:critical"
      create label "phase:cuda"
      create label "risk:medium"
      create label "conflicts"
      create label "phase:performance"
      create label "risk:high"
      create label "phase:documentation"
      create label "risk:low"
      create branch uptake/critical-fixes at c8b711311 (1 pick)
      open pull request "Uptake: Critical fixes" (uptake/critical-fixes into main)
      create branch uptake/cuda at 66c90c37c (3 picks)
      open pull request "Uptake: CUDA" (uptake/cuda into main)
      create branch uptake/performance at 222d07b42 (4 picks)
      open pull request "Uptake: Performance and features" (uptake/performance into main)
      create branch uptake/documentation at e506604a3 (2 picks)
      open pull request "Uptake: Documentation" (uptake/documentation into main)
      open the dashboard "Uptake: how the fork stands to upstream"


    Where to look
      the first pull request   FOLDER/demo/published/pulls/1.md
      the branches             git -C FOLDER/demo/published/branches.git log --oneline --graph --all
      the report               FOLDER/demo/uptake-report.html

    Try next
      # the same again changes nothing
      uptake run --repo FOLDER/demo/fork.git --forge folder:FOLDER/demo/published
      # the plan alone, for a program
      uptake plan --repo FOLDER/demo/fork.git --format json
    "#);
    for path in ["demo/published/pulls/4.json", "demo/uptake-report.html", "demo/uptake-report.md"] {
        assert!(world.folder().join(path).exists(), "{path}");
    }
    let (code, out, _) =
        uptake(world.folder(), &["run", "--repo", "demo/fork.git", "--forge", "folder:demo/published"]);
    assert_eq!(code, 3, "two picks wait");
    assert!(out.starts_with("Nothing to change\n"), "{out}");
}

/// The demo's workspace is one that cargo understands, so its lock file is what cargo makes of both sides' manifests.
#[test]
fn the_demo_shows_no_failure_of_cargo() {
    let world = world();
    let (code, out, _) = uptake_in(world.folder(), &["demo", "--dir", "demo"], &toolchain());
    assert_eq!(code, 0, "{out}");
    let body = fs::read_to_string(world.folder().join("demo/published/pulls/2.md")).expect("a file");
    assert!(
        body.contains("- `Cargo.lock`: left out of the picks, then made anew by `cargo update --workspace`"),
        "{body}"
    );
    for text in [out, body, fs::read_to_string(world.folder().join("demo/uptake-report.md")).expect("a file")] {
        assert!(!text.contains("cargo ended") && !text.contains("not made anew"), "{text}");
    }
    let branches = world.folder().join("demo/published/branches.git");
    let lock = String::from_utf8_lossy(&git_in(&branches, &["show", "uptake/cuda:Cargo.lock"], 0).stdout).into_owned();
    assert!(
        lock.contains("name = \"cudarc\"\nversion = \"0.19.1\"") && lock.contains("name = \"lantern-tui\""),
        "{lock}"
    );
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

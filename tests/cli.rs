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
    assert!(summary.ends_with("2 picks in 1 phase: 2 clean; 0 left out, 0 in no phase\n2 picks, 2 files compared line by line: every line of these picks is there\nAll phases together give the same files as git's own merge: nothing is missing.\n"), "{out}");
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

/// What the demo says, with the place of this program made the same on every machine.
fn demo(world: &World, dir: &str, environment: &[(&str, String)]) -> String {
    let (code, out, error) = uptake_in(world.folder(), &["demo", "--dir", dir], environment);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    out.replace(env!("CARGO_BIN_EXE_uptake"), "UPTAKE")
}

#[test]
fn the_demo_tells_the_whole_story() {
    let world = world();
    let out = demo(&world, "demo", &toolchain());
    insta::assert_snapshot!(out, @r#"
    A small fork and its upstream were made in FOLDER/demo.
    All that follows is done there by the same code as any run.

    == 1. The fork is behind
      $ uptake survey --repo fork.git
      16 commits and 1 merge behind. The fork has 2 of them already, found by evidence:
      3ddb874bb  Fix inverted logic in the sampler (#101)    authorship, subject of a2de84a37
      51e5f9506  Fix server hang when a tool is slow (#107)  patch-id, authorship, subject of 19df0d579
      The other 14, applied in upstream's order: 9 clean, 2 resolved by rules, 1 to decide,
      1 waiting for that decision, 1 without effect.

      way to catch up                   to decide  you lose
      one merge                         2          review in parts
      the line in slices                1          nothing
      the phases as configured          1          nothing
      the fork's commits onto upstream  1          review in parts; the fork's history, rewritten
      Recommended: the phases as configured. A person decides 1 place, and nothing is lost.

    == 2. The plan: what cannot wait, then all the rest in slices
      $ uptake run --repo fork.git --forge folder:published
          pull request                                ready  decide  wait  risk
      #1  Critical fixes                              1      0       0     critical
      #2  Upstream 9 September to 4 October, 6 units  6      0       0     low
      #3  Upstream 9 to 23 October, 4 units           4      0       0     medium
      #4  Upstream 25 to 29 October, 2 units          0      1       1     high
      Each is a branch and a pull request. Those of the line go one onto the other.
      Cargo.lock: regenerated after the picks, by cargo update --workspace.
      To read: published/pulls/1.md to 4.md, and the dashboard, published/issues/5.md

    == 3. A comment is a command
      Fern, in #3: /skip 334e920a2 we send nothing home
      The next run takes the commit off the branch ("Upstream 9 to 17 October, 3 units"), and answers:
        334e920a2 is left out: we send nothing home (fern) · said 2026-01-04T12:45:00Z
      Who decided what, when and why is kept on the branch uptake/ledger.

    == 4. Whose failure is it?
      Each head is tested with each CUDA version, and so is the base it is on. (A folder has no GPU, so
      here the demo writes what the runners would say.) The table in #2:
        CUDA  Head    Took   Base    Verdict
        12.9  passed  9 min  passed  passed
        13.0  failed  9 min  passed  failed: it passes on the base
        13.1  failed  9 min  failed  the base is red too
      13.1 fails on the base too, so it blocks nobody. 13.0 is for this pull request to fix:
      Fern, in #2: /bisect cuda 13.0
        751931269 breaks the phase with CUDA 13.0: perf: tile the attention loop (lantern/lantern#106)
        Found by testing 2 commits of 6 picks.
      Fern, in #2: /skip 751931269 breaks CUDA 13.0
        CUDA  Head    Took   Base    Verdict
        12.9  passed  9 min  passed  passed
        13.0  passed  9 min  passed  passed
        13.1  failed  9 min  failed  the base is red too

    == 5. A decision is made once
      $ uptake resolve --repo fork.git --push
      5021ae539  feat(server)!: stream answers (#113)
      server/src/main.rs, 1 place, laid out in a work tree; and what Fern makes of it:
        <<<<<<< fork                                     | retry(3, || {
        retry(3, || answer(question.clone()));           |     for word in answer(question.clone()) {
        ||||||| base                                     |         println!("{word}");
        answer(question);                                |     }
        =======                                          | });
        for word in answer(question) {
            println!("{word}");
        }
        >>>>>>> 5021ae539 (feat(server)!: stream answers (#113))
      5021ae539 is resolved and remembered. What waited only for it is free now:
        9b205018f  Split answers at any white space (#115)
      The next run publishes it in #4, and says by whom it was resolved:
        server/src/main.rs: the file as it was resolved then, as Fern answered on 2026-01-04T17:00:00Z.

    == 6. It lands, and git knows
      Fern merges what is ready, from the top; each run plans the rest again on what is there:
        #1  Critical fixes                               10 left to take
        #2  Upstream 9 September to 4 October, 5 units   5 left to take
        #3  Upstream 9 to 17 October, 3 units            2 left to take
        #4  Upstream 25 to 29 October, 2 units           0 left to take
        #6  record that upstream is in, up to 9b205018f  0 left to take
      After the first, all was planned on another commit; the answer was used again for #4:
        server/src/main.rs: the file as it was resolved then, as Fern answered on 2026-01-04T17:00:00Z.
      The last is the record: a merge commit that changes no file, so that git knows what is in.
      $ git -C fork.git rev-list --count main..refs/remotes/upstream/main
      0

    == 7. What to look at, and what to try
      cd FOLDER/demo
      uptake-report.html                   the report of scene 1, for a browser
      scenes/5-resolved/pull-request-4.md  a pull request; scenes/ has all as they were
      published/issues/5.md                the dashboard, as it is now
      # what people decided, and what landed
      UPTAKE ledger show --repo fork.git
      # all branches
      git -C published/branches.git log --oneline --graph --all
      # meanwhile upstream has gone on
      UPTAKE survey --repo fork.git
      # publish what is new
      UPTAKE run --repo fork.git --forge folder:published
      # one commit is yours to decide
      UPTAKE resolve --repo fork.git --wait
      # the same fork as it was at first, to do it all yourself
      UPTAKE plan --repo yours/fork.git
    "#);
    it_fits_a_terminal_and_leaves_its_files(&world, &out);
    what_it_says_to_try_works(&world, &out);
}

fn it_fits_a_terminal_and_leaves_its_files(world: &World, out: &str) {
    assert!(out.lines().count() <= 120 && out.lines().all(|line| line.chars().count() <= 100), "{out}");
    for path in
        ["uptake-report.html", "uptake-report.md", "scenes/2-published/pull-request-4.md", "published/pulls/6.json"]
    {
        assert!(world.folder().join("demo").join(path).exists(), "{path}");
    }
}

/// The commands of the demo's last scene do as they are printed, and the files it names are there.
fn what_it_says_to_try_works(world: &World, out: &str) {
    let (_, listed) = out.split_once("\n== 7.").expect("the last scene");
    let commands = listed
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| ["UPTAKE ", "git "].iter().any(|program| line.starts_with(program)));
    let ended: Vec<i32> = commands.map(|command| shell(&world.folder().join("demo"), command)).collect();
    assert_eq!(ended, [0, 0, 0, 3, 3, 3], "the last three wait for a person");
    let paths = listed.lines().filter_map(|line| line.split_once("  ")?.1.split_once("  ")).map(|(path, _)| path);
    let paths: Vec<&str> = paths.filter(|path| path.contains('.') && !path.contains(' ')).collect();
    assert_eq!(paths.len(), 3, "{listed}");
    for path in paths {
        assert!(world.folder().join("demo").join(path).exists(), "{path}");
    }
}

/// Runs a command that the demo printed, as a shell does.
fn shell(folder: &std::path::Path, command: &str) -> i32 {
    let command = command.replace("UPTAKE", env!("CARGO_BIN_EXE_uptake"));
    let mut sh = std::process::Command::new("/bin/sh");
    let output =
        sh.args(["-c", &command]).current_dir(folder).env("HOME", folder).env("GIT_CONFIG_NOSYSTEM", "1").output();
    output.expect("a shell").status.code().expect("a code")
}

/// The demo's workspace is one that cargo understands, so its lock file is what cargo makes of both sides' manifests. It is the same
/// wherever it runs.
#[test]
fn the_demo_shows_no_failure_of_cargo_and_is_the_same_everywhere() {
    let world = world();
    let mut environment = toolchain();
    let out = demo(&world, "demo", &environment);
    let file = |path: &str| fs::read_to_string(world.folder().join("demo").join(path)).expect("a file");
    let body = file("published/pulls/2.md");
    assert!(
        body.contains("- `Cargo.lock`: left out of the picks, then regenerated by `cargo update --workspace`"),
        "{body}"
    );
    for text in [&out, &body, &file("uptake-report.md")] {
        assert!(!text.contains("cargo ended") && !text.contains("not regenerated"), "{text}");
    }
    let branches = world.folder().join("demo/published/branches.git");
    let lock = String::from_utf8_lossy(&git_in(&branches, &["show", "main:Cargo.lock"], 0).stdout).into_owned();
    assert!(
        lock.contains("name = \"cudarc\"\nversion = \"0.19.1\"") && lock.contains("name = \"lantern-tui\""),
        "{lock}"
    );
    environment.extend([("TZ", "Asia/Kathmandu".to_owned()), ("GIT_COMMITTER_NAME", "Somebody".to_owned())]);
    assert_eq!(demo(&world, "again", &environment), out.replace("FOLDER/demo", "FOLDER/again"));
    let heads = |dir: &str| git_in(&world.folder().join(dir).join("published/branches.git"), &["show-ref"], 0).stdout;
    assert_eq!(heads("again"), heads("demo"), "the ledger too");
}

#[cfg(unix)]
#[test]
fn the_demo_ends_well_without_cargo() {
    let world = world();
    let programs = world.folder().join("programs");
    fs::create_dir(&programs).expect("a folder");
    let path = std::env::var_os("PATH").expect("a path");
    let git = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.is_file()).expect("git");
    std::os::unix::fs::symlink(git, programs.join("git")).expect("a link");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_uptake"), programs.join("uptake")).expect("a link");
    let environment = [toolchain(), vec![("PATH", programs.display().to_string())]].concat();
    let out = demo(&world, "demo", &environment);
    assert!(out.contains("  Cargo.lock is not regenerated in 2 phases: cargo is not installed\n"), "{out}");
    assert!(out.contains("main..refs/remotes/upstream/main\n  0\n"), "{out}");
    assert!(out.contains("\n  uptake survey --repo fork.git\n"), "a shell finds it by its name: {out}");
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

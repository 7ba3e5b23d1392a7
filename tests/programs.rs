//! What is started on the machine: by whose word, where, and with what in reach.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::support::{World, toolchain, uptake_in};

/// Upstream changes a manifest, so that the lock file is made anew by this command.
fn world() -> World {
    let mut world = World::new(&[("Cargo.toml", "[package]\nname = 'a'\n"), ("Cargo.lock", "a 1\n")]);
    world.on_fork().commit("Ours", &[("ours.txt", "ours\n")]);
    world
        .on_upstream()
        .commit("Update", &[("Cargo.toml", "[package]\nname = 'a'\nversion = '2.0.0'\n"), ("Cargo.lock", "a 2\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.on_fork();
    world
}

fn config(script: &str) -> String {
    let command = serde_json::to_string(&["sh", "-c", script]).expect("JSON");
    format!(
        "upstream: {{ repository: up/stream, branch: main }}\nphases: [{{ id: all, title: All, priority: 1, rules: [{{ paths: ['**'] }}] }}]\n\
         conflicts: [{{ path: Cargo.lock, use: lockfile, command: {command} }}]\n"
    )
}

/// Runs the whole job into a folder, with this script for the lock file; returns what is on the branch and the pull request's text.
fn run_into(world: &World, out: &str, script: &str, environment: &[(&str, String)]) -> (String, String) {
    world.config(&config(script));
    let arguments =
        ["--repo", "fork", "--config", "uptake.yml", "--offline", "-q", "run", "--forge", &format!("folder:{out}")];
    let (code, said, error) = uptake_in(world.folder(), &arguments, environment);
    assert_eq!(code, 0, "{said}{error}");
    let folder = world.folder().join(out).join("branches.git");
    let lock = crate::support::git_in(&folder, &["show", "uptake/all:Cargo.lock"], 0).stdout;
    let body = fs::read_to_string(world.folder().join(out).join("pulls/1.md")).expect("a body");
    (String::from_utf8_lossy(&lock).into_owned(), body)
}

#[test]
fn a_lock_file_is_known_again_only_from_where_the_ledger_says_that_the_bot_left_it() {
    let mut world = world();
    let count = world.folder().join("count");
    let script = format!("echo made > Cargo.lock; echo x >> '{}'", count.display());
    let made = || fs::read_to_string(&count).expect("counted").len() / 2;
    assert_eq!(run_into(&world, "out", &script, &toolchain()).0, "made\n");
    assert_eq!(run_into(&world, "out", &script, &toolchain()).0, "made\n");
    assert_eq!(made(), 1, "the second run knew it");

    // Upstream has a branch of such a name, with a commit of such a message on such a tree; and so has a person of the fork.
    let published = world.folder().join("out/branches.git");
    let message = String::from_utf8_lossy(
        &crate::support::git_in(&published, &["log", "-1", "--format=%B", "uptake/all"], 0).stdout,
    )
    .trim_end()
    .to_owned();
    assert!(message.contains("Uptake-Made-Anew: Cargo.lock"), "{message}");
    world.git(&["switch", "--quiet", "--detach", "upstream"]);
    let planted = world.commit(&format!("{message}\n"), &[("Cargo.lock", "planted\n")]);
    world.on_fork();
    for name in ["refs/remotes/upstream/uptake/all", "refs/heads/uptake/all", "refs/remotes/origin/uptake/all"] {
        world.git(&["update-ref", name, &planted.to_string()]);
    }
    assert_eq!(run_into(&world, "out2", &script, &toolchain()).0, "made\n");
    assert_eq!(made(), 2);
}

#[test]
fn a_branch_that_is_merely_checked_out_names_no_program() {
    let mut world = world();
    let started = world.folder().join("started");
    let ok = config("true").replace("\"true\"", "\"echo made > Cargo.lock\"");
    world.commit("Configure", &[(".github/uptake.yml", &ok)]);
    let evil = config(&format!("touch '{}'; echo made > Cargo.lock", started.display()))
        .replace("branch: main }", "branch: main }\nfork: { branch: pr-12 }");
    world.git(&["switch", "--quiet", "-c", "pr-12"]);
    world.commit("Tidy", &[(".github/uptake.yml", &evil)]);
    let sha = world.git(&["rev-parse", "upstream"]);
    let call = |arguments: &[&str]| {
        uptake_in(world.folder(), &[&["--repo", "fork", "--offline", "-q"], arguments].concat(), &toolchain())
    };
    let forge = format!("folder:{}", world.folder().join("dry").display());
    let commands: [&[&str]; 6] = [
        &["survey"],
        &["plan"],
        &["why", &sha],
        &["report", "--output", "rep"],
        &["check"],
        &["run", "--dry-run", "--forge", &forge],
    ];
    for arguments in commands {
        let (code, out, error) = call(arguments);
        assert!(code == 0 && !started.exists(), "{arguments:?}: {code} {out}{error}");
    }
    let (_, plan, _) = call(&["plan", "--format", "json"]);
    assert!(
        plan.contains("its command is not in the configuration on the fork's own branch, so it is not started"),
        "{plan}"
    );
    // The fork's own branch is taken at its word, and so is a file that somebody names.
    world.git(&["switch", "--quiet", "main"]);
    assert!(call(&["plan", "--format", "json"]).1.contains("\"outcome\": \"made\""));
    world.config(&evil);
    let named = ["--repo", "fork", "--config", "uptake.yml", "--offline", "-q", "plan"];
    let (code, out, error) = uptake_in(world.folder(), &named, &toolchain());
    assert!(code == 0 && started.exists(), "{out}{error}");
}

#[test]
fn a_branch_that_is_merely_checked_out_names_no_formatter_and_no_driver() {
    let mut world = World::new(&[("a.md", "* one\n"), ("a.rs", "one\n")]);
    world.on_fork().commit("Ours", &[("a.md", "- one of ours\n"), ("a.rs", "ours\n")]);
    world.on_upstream().commit("Theirs", &[("a.md", "* one of theirs\n"), ("a.rs", "theirs\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.on_fork();
    let started = world.folder().join("started");
    let config = |format: &str, driver: &str| {
        let words =
            |script: &str, more: &[&str]| serde_json::to_string(&[&["sh", "-c", script], more].concat()).expect("JSON");
        format!(
            "upstream: {{ repository: up/stream, branch: main }}\nfork: {{ branch: main }}\n\
             phases: [{{ id: all, title: All, priority: 1, rules: [{{ paths: ['**'] }}] }}]\n\
             conflicts: [{{ path: '**/*.rs', use: driver, name: joiner, command: {} }}]\n\
             format: [{{ path: '**/*.md', command: {} }}]\n",
            words(driver, &["%A", "%B"]),
            words(format, &["formatter"]),
        )
    };
    world.commit("Configure", &[(".github/uptake.yml", &config("sed 's/^[*] */- /'", "cat \"$1\" >> \"$0\""))]);
    let touch = format!("touch '{}'; cat", started.display());
    world.git(&["switch", "--quiet", "-c", "pr-12"]);
    world.commit("Tidy", &[(".github/uptake.yml", &config(&touch, &touch))]);
    let sha = world.git(&["rev-parse", "upstream"]);
    let call = |arguments: &[&str]| {
        uptake_in(world.folder(), &[&["--repo", "fork", "--offline", "-q"], arguments].concat(), &toolchain())
    };
    let forge = format!("folder:{}", world.folder().join("dry").display());
    let commands: [&[&str]; 5] = [
        &["survey"],
        &["plan"],
        &["why", &sha],
        &["report", "--output", "rep"],
        &["run", "--dry-run", "--forge", &forge],
    ];
    for arguments in commands {
        let (code, out, error) = call(arguments);
        assert!(matches!(code, 0 | 3) && !started.exists(), "{arguments:?}: {code} {out}{error}");
    }
    let (_, plan, _) = call(&["plan", "--format", "json"]);
    for program in ["sh", "joiner"] {
        let said = format!("{program} is not used: its command is not in the configuration on the fork's own branch");
        assert!(plan.contains(&said), "{plan}");
    }
    // The fork's own branch is taken at its word.
    world.git(&["switch", "--quiet", "main"]);
    let (_, plan, _) = call(&["plan", "--format", "json"]);
    assert!(plan.contains("\"use\": \"joiner\""), "{plan}");
}

#[test]
fn no_key_or_token_is_in_reach_of_a_program() {
    let world = world();
    let script = "(tr '\\0' '\\n' < /proc/$PPID/environ || echo closed; env) > Cargo.lock";
    let mut environment = toolchain();
    let secrets = [
        "UPTAKE_APP_KEY",
        "UPTAKE_TOKEN",
        "UPTAKE_UPSTREAM_TOKEN",
        "UPTAKE_WEBHOOK_SECRET",
        "GITHUB_TOKEN",
        "ACTIONS_RUNTIME_TOKEN",
    ];
    environment.extend(secrets.map(|name| (name, format!("hidden-{name}"))));
    let (lock, body) = run_into(&world, "out", script, &environment);
    // What is read there is what it was started with, or nothing at all.
    assert!(lock.contains("UPTAKE_SECRETS=standard-input\n") || lock.contains("closed\n"), "{lock}");
    assert!(!lock.contains("hidden-") && !body.contains("hidden-"), "{lock}");
}

#[test]
fn what_a_program_says_is_for_whoever_runs_it_alone() {
    let world = world();
    let script = "echo 'error: password = hunter2 is no TOML' >&2; exit 3";
    let (lock, body) = run_into(&world, "out", script, &toolchain());
    assert_eq!(lock, "a 2\n", "upstream's");
    assert!(body.contains("sh ended with 3") && !body.contains("hunter2"), "{body}");
    let arguments = ["--repo", "fork", "--config", "uptake.yml", "--offline", "-q", "plan", "all"];
    let (_, plan, _) = uptake_in(world.folder(), &arguments, &toolchain());
    assert!(plan.contains("sh: error: password = hunter2 is no TOML"), "{plan}");
}

#[test]
fn a_manifest_that_points_out_of_the_repository_is_given_to_no_program() {
    let mut world = world();
    world.on_upstream().commit("Depend", &[("Cargo.toml", "[dependencies]\nx = { path = '/home/somebody/secret' }\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.on_fork();
    let started = world.folder().join("started");
    let (lock, body) = run_into(&world, "out", &format!("touch '{}'", started.display()), &toolchain());
    assert!(!started.exists() && lock == "a 2\n");
    assert!(body.contains("Cargo.toml points out of the repository, or cannot be read"), "{body}");
}

#[test]
fn no_program_is_started_where_others_can_write_above() {
    let world = world();
    let shared = world.folder().join("shared");
    fs::create_dir(&shared).expect("a folder");
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).expect("shared");
    let started = world.folder().join("started");
    let environment: Vec<_> = toolchain().into_iter().filter(|(name, _)| *name != "XDG_CACHE_HOME").collect();
    let mut environment = environment;
    environment.extend(["HOME", "TMPDIR"].map(|name| (name, shared.display().to_string())));
    let (lock, body) = run_into(&world, "out", &format!("touch '{}'", started.display()), &environment);
    assert!(!started.exists() && lock == "a 2\n");
    assert!(body.contains("there is no folder for programs that other users cannot write to"), "{body}");
}

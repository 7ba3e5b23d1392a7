//! `uptake run --forge github`, as people call it.

use std::process::Command;

use engine::progress::Silent;
use uptake::forge::github::Purpose;
use uptake::pipeline;

use super::bench::{Connected, app, connect, seed};
use super::server::Server;
use super::state::{FORK, Token, UPSTREAM};
use crate::support::World;

const CONFIG: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
";

/// One fix that the fork lacks.
fn world() -> (World, Server) {
    let mut world = World::new(&[("a.txt", "a\n")]);
    world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\n")]);
    world.on_fork().commit("Ours", &[("b.txt", "b\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    world.config(CONFIG);
    let server = Server::new(world.folder());
    seed(&world, &server);
    let all = ["contents", "issues", "pull_requests", "actions", "statuses"];
    let permissions = all.iter().map(|name| ((*name).to_owned(), "write".to_owned())).collect();
    let token = Token { permissions, ends: u64::MAX, login: "maintainer".into() };
    server.state().tokens.insert("github_pat_1".into(), token);
    (world, server)
}

/// Runs the binary with these variables and returns exit code, standard output and standard error.
fn run(world: &World, server: &Server, more: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_uptake"))
        .args(["run", "--offline", "--repo", "fork", "--config", "uptake.yml", "--forge", "github"])
        .args(more)
        .current_dir(world.folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", world.folder())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GITHUB_API_URL", server.api())
        .env("GITHUB_SERVER_URL", server.git())
        .envs(variables.iter().copied())
        .output()
        .expect("uptake runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn writes(server: &Server) -> Vec<String> {
    let log = server.log();
    log.iter().filter(|logged| logged.request.writes()).map(|logged| logged.request.name()).collect()
}

#[test]
fn a_dry_run_looks_a_run_publishes_and_a_second_run_writes_nothing() {
    let (world, server) = world();
    let token = [("UPTAKE_TOKEN", "github_pat_1")];
    let (code, out, error) = run(&world, &server, &["--dry-run"], &token);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(out.contains("Would make ") && out.contains("create branch uptake/fixes at "), "{out}");
    assert_eq!(writes(&server), [""; 0]);
    let (code, out, error) = run(&world, &server, &[], &token);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("open pull request \"Uptake: Fixes\" (uptake/fixes into main)"), "{out}");
    assert!(error.contains(&format!("Pull requests are on {}/{FORK}/pulls.", server.git())), "{error}");
    let written = writes(&server);
    assert!(written.iter().any(|name| name == &format!("POST /git/{FORK}.git/git-receive-pack")), "{written:?}");
    {
        let state = server.state();
        let pull = state.items.iter().find(|item| item.pull.is_some()).expect("a pull request");
        assert_eq!((pull.title.as_str(), pull.open), ("Uptake: Fixes", true));
        assert_eq!(pull.labels, ["phase:fixes", "risk:low"]);
        assert!(state.branch("uptake/fixes").is_some());
    }
    let (code, out, error) = run(&world, &server, &[], &token);
    assert_eq!(code, 0, "{error}");
    assert!(out.contains("Nothing to change"), "{out}");
    assert_eq!(writes(&server), [""; 0]);
}

#[test]
fn the_fork_is_found_by_where_origin_points_however_git_gets_there() {
    let (world, server) = world();
    world.config(&CONFIG.replace("fork: { repository: fork/mistral.rs }\n", ""));
    let token = [("UPTAKE_TOKEN", "github_pat_1")];
    for (url, base, instead) in [
        ("https://github.com/fork/mistral.rs.git", "https://mirror.example.org/", "https://github.com/"),
        ("gh:fork/mistral.rs", "git@github.com:", "gh:"),
    ] {
        world.git(&["config", "remote.origin.url", url]);
        world.git(&["config", &format!("url.{base}.insteadOf"), instead]);
        let (code, out, error) = run(&world, &server, &["--dry-run"], &token);
        assert_eq!(code, 0, "{url}: {error}");
        assert!(out.contains("Would make "), "{url}: {out}");
    }
}

#[test]
fn a_set_up_that_is_not_right_is_said_before_anything_is_sent() {
    let (world, server) = world();
    let refused = |variables: &[(&str, &str)]| {
        let (code, _, error) = run(&world, &server, &[], variables);
        assert_eq!(code, 2, "{error}");
        error
    };
    let error = refused(&[]);
    assert!(
        error.starts_with("error: nothing says who this is to GitHub\n  for an App: UPTAKE_APP_ID, and"),
        "{error}"
    );
    let error = refused(&[("UPTAKE_APP_ID", "Iv1.1")]);
    assert!(error.starts_with("error: UPTAKE_APP_ID is set, and there is no private key to it\n"), "{error}");
    let error = refused(&[("UPTAKE_APP_ID", "Iv1.1"), ("UPTAKE_APP_KEY_FILE", "gone.pem")]);
    assert!(error.starts_with("error: cannot read gone.pem: there is no such file"), "{error}");
    let error = refused(&[("UPTAKE_TOKEN", "t"), ("GITHUB_API_URL", "http://github.example.org/api/v3")]);
    assert!(error.contains("only https keeps a token secret"), "{error}");
    assert!(server.log().is_empty());
    world.config(&CONFIG.replace(FORK, UPSTREAM));
    let error = refused(&[("UPTAKE_TOKEN", "github_pat_1")]);
    assert!(error.starts_with("error: up/mistral.rs is upstream: Uptake writes to a fork alone\n"), "{error}");
    assert!(server.log().is_empty());
}

#[test]
fn a_token_that_github_does_not_know_is_said() {
    let (world, server) = world();
    let (code, _, error) = run(&world, &server, &["--dry-run"], &[("UPTAKE_TOKEN", "hush-hush")]);
    assert_eq!(code, 1, "{error}");
    assert!(error.contains("the token is not valid (any more)") && !error.contains("hush"), "{error}");
}

#[test]
fn a_workflow_that_is_not_there_is_told_by_the_same_run_and_the_next_changes_nothing() {
    let (world, server) = world();
    let config = format!("{CONFIG}ci: {{ cuda: ['13.0'], validate: [make test], workflow: gone.yml }}\n");
    for first in [true, false] {
        let session = world.open(&config);
        let Connected { github, .. } = connect(&server, &world.fork(), app(), Purpose::PublishAndTest);
        let mut github = github.writing(&[UPSTREAM.parse().expect("a name")]).expect("the fork");
        server.log();
        let done = pipeline::run(&session, &mut github, &mut Silent).expect("a run");
        let body = server.state().items.iter().find(|item| item.pull.is_some()).expect("a pull request").body.clone();
        assert!(body.contains("no workflow gone.yml"), "{body}");
        if first {
            // For the phase and for its base, in one line.
            let [described] = &done.waiting[..] else { panic!("{:?}", done.waiting) };
            assert!(
                described.contains(", and 1 more like it: ") && described.contains("no workflow gone.yml"),
                "{described}"
            );
        } else {
            assert_eq!(done.changes.changes, []);
            assert_eq!(writes(&server), [""; 0]);
        }
    }
}

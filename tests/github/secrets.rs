//! Where a token or a key could be seen by others: in the arguments of a program, in an address, in what git keeps, in what is
//! printed. It is in none.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use engine::{Credential, Repo};

use super::hosted::{uptake, world};
use super::server::Server;
use super::state::{FORK, Token, key};
use crate::forge::Bench;
use crate::support::{World, snapshot, write_program};

const CONFIG: &str = "upstream: { repository: up/mistral.rs, branch: upstream }\nphases:\n  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }\n";

/// Stands before git: writes down what it is called with and what its own configuration is, and calls it.
const WITNESS: &str = r#"#!/bin/sh
PATH="${PATH#*:}"
{
    for argument in "$@"; do printf '%s\n' "$argument"; done
    env -u GIT_CONFIG_COUNT git config --list --show-origin
} >> "$HOME/witness.txt"
exec git "$@"
"#;

/// Everything that nobody may see, in each form it could have.
fn secrets(server: &Server) -> Vec<String> {
    let tokens: Vec<_> = server.state().tokens.keys().cloned().collect();
    assert!(!tokens.is_empty(), "a run asks for some");
    let basic = tokens.iter().map(|token| STANDARD.encode(format!("x-access-token:{token}"))).collect::<Vec<_>>();
    let key = key().0.lines().nth(1).expect("a line of the key").to_owned();
    tokens.into_iter().chain(basic).chain(["eyJ".to_owned(), key]).collect()
}

fn shows<'a>(bytes: &[u8], secrets: &'a [String]) -> Option<&'a String> {
    secrets.iter().find(|secret| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()))
}

/// Runs it with a witness before git; what was printed.
fn run(world: &World, server: &Server, more: &[(&str, &str)]) -> (Option<i32>, Vec<u8>) {
    let bin = world.folder().join("bin");
    fs::create_dir_all(&bin).expect("a folder");
    write_program(&bin.join("git"), WITNESS);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = vec![bin];
    paths.extend(std::env::split_paths(&path));
    let temporary = world.folder().join("tmp");
    fs::create_dir_all(&temporary).expect("a folder");
    let output = uptake(world, server)
        .args(["run", "--forge", "github", "--fork", FORK, "--repo", "clone"])
        .env("PATH", std::env::join_paths(paths).expect("paths"))
        .env("TMPDIR", &temporary)
        .envs(more.iter().copied())
        .output()
        .expect("uptake runs");
    (output.status.code(), [output.stdout, output.stderr].concat())
}

#[test]
fn no_token_or_key_is_where_others_see_it() {
    let (world, server) = world(CONFIG);
    world.git(&["tag", "v1.0.0", "upstream"]);
    let (code, printed) = run(&world, &server, &[]);
    assert_eq!(code, Some(0), "{}", String::from_utf8_lossy(&printed));
    assert!(server.state().branch("uptake/fixes").is_some());
    let secrets = secrets(&server);
    let witness = fs::read(world.folder().join("witness.txt")).expect("git was called");
    let text = String::from_utf8_lossy(&witness);
    for called in ["ls-remote", "fetch", "push", "--force-with-lease=refs/heads/uptake/fixes:", "--no-follow-tags"] {
        assert!(text.lines().any(|line| line == called || line.starts_with(called)), "{called}:\n{text}");
    }
    assert_eq!(shows(&witness, &secrets), None, "an argument or git's configuration:\n{text}");
    assert_eq!(shows(&printed, &secrets), None, "what is printed");
    for logged in server.whole_log() {
        let address = format!("{}?{}", logged.request.path, logged.request.query);
        assert_eq!(shows(address.as_bytes(), &secrets), None, "{address}");
    }
    for folder in ["clone", "tmp"] {
        for (path, bytes) in snapshot(&world.folder().join(folder)) {
            assert_eq!(shows(&bytes, &secrets), None, "{}", path.display());
        }
    }
    assert_eq!(left(&world.folder().join("tmp")), [""; 0], "what a run makes for itself goes when it ends");
    assert_eq!(server.state().git(&["tag", "--list"]), "", "upstream's tags would start the fork's releases");
}

#[test]
fn what_git_tells_of_its_work_shows_none_either() {
    let (world, server) = world(CONFIG);
    // Refused late: git has a token by then, and all it said becomes our message.
    server.faults(|_, request| {
        let refused = super::http::Response::message(403, "Permission denied");
        request.path.ends_with("/git-receive-pack").then_some(super::server::Fault::Refuse(refused))
    });
    let traced = [
        ("GIT_TRACE", "1"),
        ("GIT_TRACE_CURL", "1"),
        ("GIT_CURL_VERBOSE", "1"),
        ("GIT_TRACE_REDACT", "0"),
        ("GIT_TRACE2_EVENT", "1"),
        ("GIT_TRACE2_CONFIG_PARAMS", "http.*"),
        ("GIT_TRACE2_ENV_VARS", "GIT_CONFIG_VALUE_3,GIT_CONFIG_VALUE_4,GIT_CONFIG_VALUE_5,GIT_CONFIG_VALUE_6"),
    ];
    let (code, printed) = run(&world, &server, &traced);
    let described = String::from_utf8_lossy(&printed);
    assert_eq!(code, Some(1), "{described}");
    assert!(described.contains("403") && described.contains("Basic <redacted>"), "{described}");
    assert_eq!(shows(&printed, &secrets(&server)), None, "{described}");
}

#[test]
fn a_private_upstream_is_fetched_with_the_token_for_it_alone() {
    let bench = super::bench();
    let (token, permissions) = ("github_pat_up".to_owned(), [("contents".to_owned(), "read".to_owned())].into());
    bench.server.state().tokens.insert(token.clone(), Token { permissions, ends: u64::MAX, login: "reader".into() });
    let repo = Repo::open(&bench.world.fork()).expect("opened");
    bench.world.git(&["remote", "add", "upstream", &format!("{}/{FORK}.git", bench.server.git())]);
    let error = repo.fetch_upstream("upstream", &["main"], Credential::Own).expect_err("it is private").to_string();
    assert!(error.contains("could not read Username") || error.contains("Authentication failed"), "{error}");
    let secret = [STANDARD.encode(format!("x-access-token:{token}")), token.clone()];
    repo.fetch_upstream("upstream", &["main"], Credential::Token(&token.into())).expect("fetched");
    assert_eq!(repo.reference("refs/remotes/upstream/main").expect("read"), bench.branch("main"));
    for (path, bytes) in snapshot(&bench.world.fork()) {
        assert_eq!(shows(&bytes, &secret), None, "{}", path.display());
    }
    // Where everybody on the way could read it, it is not sent.
    bench.world.git(&["remote", "add", "plain", "http://upstream.example.org/a/b.git"]);
    let error = repo.fetch_upstream("plain", &["main"], Credential::Token(&"github_pat_up".to_owned().into()));
    let error = error.expect_err("it is not encrypted").to_string();
    assert_eq!(
        error,
        "git fetch failed: a token is shown over https alone, and this is http://upstream.example.org/a/b.git"
    );
}

fn left(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

//! Who we are to GitHub.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use engine::Repo;
use serde_json::{Value, json};
use uptake::forge::github::{Clock, Credentials, GitHubError, Purpose, REQUEST_TIMEOUT};
use uptake::forge::{Branches, ForgeError, Issues, Pulls};
use uptake::setup::{App, PERMISSIONS};

use super::bench::{GitHubBench, TestClock, app, connect, connect_by, seed};
use super::server::Server;
use super::state::{APP, FORK, Token, key};
use crate::forge::Bench;
use crate::support::World;

/// A server with the fork on it, and nobody connected.
fn server() -> (World, Server) {
    let mut world = World::new(&[("a.txt", "a\n")]);
    world.on_fork();
    let server = Server::new(world.folder());
    seed(&world, &server);
    (world, server)
}

/// The permissions of each token that was asked for.
fn asked(server: &Server) -> Vec<Value> {
    let log = server.log();
    let minted = log.iter().filter(|logged| logged.request.path.ends_with("/access_tokens"));
    minted.map(|logged| logged.request.json()["permissions"].clone()).collect()
}

/// What went wrong and what to do, as the command line puts it.
fn described(error: &ForgeError) -> String {
    match error {
        ForgeError::GitHub(error) => format!("{error}\n{}", error.advice().unwrap_or("-")),
        ForgeError::BranchRefused { why, .. } => format!("{error}\n{}", why.advice().unwrap_or("-")),
        other => other.to_string(),
    }
}

#[test]
fn an_app_asks_for_one_token_that_is_good_for_its_work_alone() {
    let (world, server) = server();
    let looking = connect(&server, &world.fork(), app(), Purpose::Read).github;
    assert_eq!(looking.login().expect("a login"), "pick-bot[bot]");
    looking.labels().expect("read");
    looking.pulls("").expect("read");
    let read = json!({ "actions": "read", "contents": "read", "issues": "read", "metadata": "read", "pull_requests": "read",
        "statuses": "read" });
    assert_eq!(asked(&server), [read]);
    let publishing = connect(&server, &world.fork(), app(), Purpose::Publish).github;
    publishing.labels().expect("read");
    let publish = json!({ "actions": "read", "contents": "write", "issues": "write", "metadata": "read",
        "pull_requests": "write", "statuses": "write" });
    assert_eq!(asked(&server), [publish]);
}

#[test]
fn a_token_is_renewed_before_it_ends_and_when_it_is_refused() {
    let (world, server) = server();
    let connected = connect(&server, &world.fork(), app(), Purpose::Read);
    connected.github.labels().expect("read");
    connected.clock.pass(Duration::from_secs(54 * 60));
    connected.github.labels().expect("read");
    assert_eq!(server.state().minted(), 1);
    connected.clock.pass(Duration::from_secs(2 * 60));
    connected.github.labels().expect("read");
    assert_eq!(server.state().minted(), 2);
    server.state().tokens.clear();
    connected.github.labels().expect("read");
    assert_eq!(server.state().minted(), 3);
}

/// A clock that is wrong by so many seconds.
struct Wrong(Rc<TestClock>, i64);

impl Clock for Wrong {
    fn now(&self) -> Duration {
        let by = Duration::from_secs(self.1.unsigned_abs());
        if self.1 < 0 { self.0.now() - by } else { self.0.now() + by }
    }

    fn sleep(&self, how_long: Duration) {
        self.0.sleep(how_long);
    }
}

#[test]
fn a_clock_that_is_wrong_is_put_right_by_github_s() {
    for wrong in [-7200, -300, 300, 7200] {
        let (world, server) = server();
        let clock = TestClock::of(&server);
        let connect = |credentials| {
            let clock = Rc::new(Wrong(Rc::clone(&clock), wrong));
            connect_by(clock, REQUEST_TIMEOUT, &server, &world.fork(), credentials, Purpose::Read).0
        };
        let github = connect(app());
        github.labels().unwrap_or_else(|error| panic!("{wrong}: {}", described(&error)));
        clock.pass(Duration::from_secs(50 * 60));
        github.labels().expect("read");
        assert_eq!(server.state().minted(), 1, "{wrong}: it still holds");
        clock.pass(Duration::from_secs(16 * 60));
        github.labels().expect("read");
        assert_eq!(server.state().minted(), 2, "{wrong}: it has ended");
        let refused = server.log().iter().filter(|logged| logged.status == 401).count();
        assert!(refused <= 1, "{wrong}: asked once what time it is, and not again: {refused}");
        // A key that is none is not tried again and again for it.
        let other = Credentials::App { id: "Iv1.other".into(), key: key().0.clone().into() };
        assert!(connect(other).labels().is_err());
        assert!(server.log().len() <= 2);
    }
}

#[test]
fn a_workflow_s_own_token_is_nobody_s() {
    let (world, server) = server();
    let known = Token { permissions: BTreeMap::new(), ends: u64::MAX, login: "github-actions[bot]".into() };
    server.state().tokens.insert("ghs_of_a_workflow".into(), known);
    let credentials = Credentials::Token("ghs_of_a_workflow".into());
    let github = connect(&server, &world.fork(), credentials, Purpose::Read).github;
    assert_eq!(github.login().expect("a login"), "github-actions[bot]");
}

#[test]
fn git_s_token_is_renewed_when_it_is_refused() {
    let mut bench = super::bench();
    let clone = Repo::open(&bench.world.fork()).expect("opened");
    bench.github.branches(&clone, "uptake/", "main").expect("read");
    // By the server's clock they have ended, by ours not yet.
    bench.server.state().tokens.clear();
    bench.github.branches(&clone, "uptake/", "main").expect("read");
    bench.server.state().tokens.clear();
    let head = bench.push_branch().expect("pushed");
    assert_eq!(bench.branch("uptake/a"), Some(head));
    assert!(bench.described.borrow().is_empty(), "nothing was waited for: {:?}", bench.described.borrow());
    // Somebody's token is what it is.
    let refused = Credentials::Token("github_pat_2".into());
    let github = connect(&bench.server, &bench.world.fork(), refused, Purpose::Read).github;
    let error = described(&github.branches(&clone, "uptake/", "main").expect_err("refused"));
    assert!(error.contains("the token is not valid (any more)"), "{error}");
}

#[test]
fn a_key_whose_lines_were_joined_is_a_key() {
    let (world, server) = server();
    let joined = key().0.replace('\n', "\\n");
    let credentials = Credentials::App { id: APP.into(), key: joined.into() };
    connect(&server, &world.fork(), credentials, Purpose::Read).github.labels().expect("read");
}

#[test]
fn a_key_is_taken_as_github_writes_it_and_as_others_do() {
    let (world, server) = server();
    let labels = |key: &str| {
        let credentials = Credentials::App { id: APP.into(), key: key.into() };
        connect(&server, &world.fork(), credentials, Purpose::Read).github.labels()
    };
    let text: String = key().0.lines().filter(|line| !line.starts_with('-')).collect();
    labels(&key().0).expect("PKCS#8");
    let whole = STANDARD.decode(text).expect("base64");
    let pem = |kind: &str, der: &[u8]| {
        let kind = [kind, "PRIVATE", "KEY"].join(" ");
        let kind = kind.trim_start();
        format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", STANDARD.encode(der))
    };
    // Before the key itself there are a version, an algorithm and lengths.
    labels(&pem("RSA", &whole[26..])).expect("PKCS#1");
    for (at, wrong) in
        [&whole[..20], &whole[..whole.len() - 1], &whole[26..], &[0x30, 0x83, 1, 0, 0][..]].iter().enumerate()
    {
        let error = labels(&pem("", wrong)).expect_err("refused");
        assert!(
            described(&error).starts_with("the App's private key cannot be used: it is no RSA key"),
            "{at}: {error}"
        );
    }
    assert!(labels(&pem("EC", &whole)).is_err());
}

#[test]
fn a_key_that_is_none_is_said_without_showing_it() {
    let (world, server) = server();
    let credentials =
        Credentials::App { id: APP.into(), key: "-----BEGIN SECRET-----\nhush\n-----END SECRET-----".into() };
    assert!(!format!("{credentials:?}").contains("hush"));
    let error = connect(&server, &world.fork(), credentials, Purpose::Read).github.labels().expect_err("refused");
    let text = described(&error);
    assert!(text.starts_with("the App's private key cannot be used: ") && !text.contains("hush"), "{text}");
    assert!(text.contains("UPTAKE_APP_KEY holds the text of the .pem file"), "{text}");
    assert!(server.log().is_empty());
}

#[test]
fn what_is_missing_is_said_with_what_to_do() {
    let (world, server) = server();
    server.state().granted.remove("statuses");
    server.state().granted.insert("contents".into(), "read".into());
    let refused =
        |purpose| described(&connect(&server, &world.fork(), app(), purpose).github.labels().expect_err("refused"));
    let text = refused(Purpose::PublishAndTest);
    assert!(
        text.starts_with(
            "the App may not do all this run needs on fork/mistral.rs; it lacks contents: write, statuses: write\n"
        ),
        "{text}"
    );
    server.state().installed = false;
    let text = refused(Purpose::Read);
    assert!(text.starts_with("the App is not installed on fork/mistral.rs\ninstall it from the App's page"), "{text}");
    let other = Credentials::App { id: "Iv1.other".into(), key: key().0.clone().into() };
    let text = described(&connect(&server, &world.fork(), other, Purpose::Read).github.labels().expect_err("refused"));
    assert!(text.contains("401 A JSON web token could not be decoded\nthe token or key is not valid"), "{text}");
}

/// A person's token that is good for these.
fn token(server: &Server, permissions: &[(&str, &str)]) -> Credentials {
    let permissions = permissions.iter().map(|(name, level)| ((*name).to_owned(), (*level).to_owned())).collect();
    let known = Token { permissions, ends: u64::MAX, login: "maintainer".into() };
    server.state().tokens.insert("github_pat_1".into(), known);
    Credentials::Token("github_pat_1".into())
}

#[test]
fn a_person_s_token_does_for_a_trial() {
    let (world, server) = server();
    let all = ["contents", "issues", "pull_requests"].map(|name| (name, "write"));
    let credentials = token(&server, &all);
    let github = connect(&server, &world.fork(), credentials, Purpose::Publish).github;
    assert_eq!(github.login().expect("a login"), "maintainer");
    let mut github = github.writing(&[]).expect("the fork");
    github.open_issue("Progress", "None yet.", &[]).expect("opened");
    assert_eq!(server.state().items[0].author, "maintainer");
}

#[test]
fn a_refusal_says_which_permission_the_token_lacks() {
    let (world, server) = server();
    let credentials = token(&server, &[("contents", "write"), ("issues", "read")]);
    let github = connect(&server, &world.fork(), credentials, Purpose::Publish).github;
    let mut github = github.writing(&[]).expect("the fork");
    let error = github.open_issue("Progress", "None yet.", &[]).expect_err("refused");
    insta::assert_snapshot!(described(&error), @"
    GitHub refused POST /repos/fork/mistral.rs/issues: 403 Resource not accessible by integration
    the token lacks a permission; this request needs issues: write. For an App: change its permissions on its settings page, and have its installer accept the change
    ");
    let bad = connect(&server, &world.fork(), Credentials::Token("wrong".into()), Purpose::Publish).github;
    insta::assert_snapshot!(described(&bad.labels().expect_err("refused")), @"
    GitHub refused GET /repos/fork/mistral.rs/labels: 401 Bad credentials
    the token or key is not valid (any more): UPTAKE_TOKEN or GITHUB_TOKEN holds a token, UPTAKE_APP_ID and UPTAKE_APP_KEY the App's id and private key
    ");
}

/// Pushes a branch with a workflow on it.
fn push_workflow(bench: &mut GitHubBench) -> Result<(), ForgeError> {
    bench.world.git(&["switch", "--quiet", "--detach", "main"]);
    let head = bench.world.commit("CI", &[(".github/workflows/ci.yml", "on: push\n")]);
    bench.world.git(&["switch", "--quiet", "main"]);
    let (repo, main) = (Repo::open(&bench.world.fork()).expect("opened"), bench.branch("main"));
    bench.github.push_branch(&repo, "uptake/ci", head, None, main)
}

#[test]
fn only_a_push_of_workflows_asks_for_the_right_to_them() {
    let mut bench = super::bench();
    bench.server.state().granted.insert("workflows".into(), "write".into());
    let github = connect(&bench.server, &bench.world.fork(), app(), Purpose::Publish).github;
    bench.github = github.writing(&[]).expect("the fork");
    push_workflow(&mut bench).expect("pushed");
    assert!(bench.branch("uptake/ci").is_some());
    let asked = asked(&bench.server);
    let workflows: Vec<_> = asked.iter().map(|permissions| permissions["workflows"].as_str()).collect();
    assert_eq!(workflows, [None, Some("write")]);
    bench.github.labels().expect("read");
    let log = bench.server.log();
    assert!(log.iter().all(|logged| !logged.request.path.ends_with("/access_tokens")), "the first token does");
}

#[test]
fn a_push_refused_for_workflows_that_it_does_not_touch_is_made_with_the_right_to_them() {
    let mut bench = super::bench();
    bench.world.git(&["switch", "--quiet", "--detach", "main"]);
    let known = bench.world.commit("CI", &[(".github/workflows/old.yml", "on: push\n")]);
    let next = bench.world.commit("a", &[("b.txt", "b\n")]);
    // Meanwhile the default branch got other workflows than the commit that it stands on.
    bench.world.git(&["switch", "--quiet", "main"]);
    bench.world.commit("CI", &[(".github/workflows/ci.yml", "on: push\n")]);
    {
        let (mut state, clone) = (bench.server.state(), bench.world.fork().display().to_string());
        state.git(&["fetch", "--quiet", &clone, "+main:main", &known.to_string()]);
        state.pushed();
    }
    let repo = Repo::open(&bench.world.fork()).expect("opened");
    let known = Some(known);
    let text = described(&bench.github.push_branch(&repo, "uptake/a", next, None, known).expect_err("refused"));
    assert!(text.contains("it lacks workflows: write\n"), "{text}");
    bench.server.state().granted.insert("workflows".into(), "write".into());
    let github = connect(&bench.server, &bench.world.fork(), app(), Purpose::Publish).github;
    bench.github = github.writing(&[]).expect("the fork");
    bench.server.log();
    bench.github.push_branch(&repo, "uptake/a", next, None, known).expect("pushed");
    assert_eq!(bench.branch("uptake/a"), Some(next));
    let asked = asked(&bench.server);
    let workflows: Vec<_> = asked.iter().map(|permissions| permissions["workflows"].as_str()).collect();
    assert_eq!(workflows.last(), Some(&Some("write")), "{asked:?}");
}

#[test]
fn the_app_is_registered_with_what_runs_ask_for_and_no_more() {
    let mut bench = super::bench();
    bench.server.state().granted.insert("workflows".into(), "write".into());
    let mut needed: BTreeMap<String, String> = BTreeMap::new();
    for purpose in [Purpose::Read, Purpose::Publish, Purpose::PublishAndTest] {
        let github = connect(&bench.server, &bench.world.fork(), app(), purpose).github;
        bench.github = github.writing(&[]).expect("the fork");
        bench.github.labels().expect("read");
        if purpose == Purpose::PublishAndTest {
            push_workflow(&mut bench).expect("pushed");
        }
        for asked in asked(&bench.server) {
            for (name, level) in asked.as_object().expect("permissions") {
                let level = level.as_str().expect("a level").to_owned();
                // In the order of the alphabet `write` is the more.
                let most = needed.entry(name.clone()).or_default();
                *most = level.max(most.clone());
            }
        }
    }
    let registered = |app: &App| app.permissions().map(|one| (one.name.to_owned(), one.level.to_owned())).collect();
    // The right to push what was let in of upstream's workflows is asked for only where somebody says so.
    let mut app = App { workflows: true, ..App::of(FORK) };
    assert_eq!(needed, registered(&app));
    // A doctor looks for the same list.
    let all: BTreeMap<_, _> = PERMISSIONS.iter().map(|one| (one.name.to_owned(), one.level.to_owned())).collect();
    assert_eq!(needed, all);
    app.workflows = false;
    needed.remove("workflows");
    assert_eq!(needed, registered(&app));
    assert_eq!(needed, registered(&App::of(FORK)));
}

#[test]
fn without_that_right_the_push_is_not_tried() {
    let mut bench = super::bench();
    let text = described(&push_workflow(&mut bench).expect_err("refused"));
    assert!(text.contains("it lacks workflows: write\n"), "{text}");
    assert_eq!(bench.branch("uptake/ci"), None);
    // With a token nobody knows before.
    let all = ["contents", "issues", "pull_requests"].map(|name| (name, "write"));
    let credentials = token(&bench.server, &all);
    let github = connect(&bench.server, &bench.world.fork(), credentials, Purpose::Publish).github;
    bench.github = github.writing(&[]).expect("the fork");
    let error = push_workflow(&mut bench).expect_err("refused");
    let by_git = |why: &GitHubError| matches!(why, GitHubError::Git { .. });
    assert!(matches!(&error, ForgeError::BranchRefused { why, .. } if by_git(why)), "{error}");
    let text = described(&error);
    assert!(text.contains("without `workflows` permission") && text.contains("or leave such commits out"), "{text}");
}

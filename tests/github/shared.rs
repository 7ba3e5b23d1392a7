//! Under a workflow's own token: every workflow of the fork writes as `github-actions[bot]`, so that the login proves nothing.

use std::collections::BTreeMap;

use engine::progress::Silent;
use uptake::forge::github::{Credentials, Purpose};
use uptake::pipeline::{self, RunReport};

use super::bench::{connect, seed};
use super::server::Server;
use super::state::{Pull, Token, UPSTREAM};
use crate::support::World;

const SHARED: &str = "github-actions[bot]";

const CONFIG: &str = "
fork: { repository: fork/mistral.rs }
upstream: { repository: up/mistral.rs }
phases:
  - { id: fixes, title: Fixes, priority: 1, rules: [{ subject: ^Fix }] }
";

fn run(world: &World, server: &Server) -> RunReport {
    let session = world.open(CONFIG);
    let credentials = Credentials::Token("ghs_of_a_workflow".into());
    let github = connect(server, &world.fork(), credentials, Purpose::PublishAndTest).github;
    let mut github = github.writing(&[UPSTREAM.parse().expect("a name")]).expect("the fork");
    server.log();
    pipeline::run(&session, &mut github, &mut Silent).expect("a run")
}

fn ledger(server: &Server, file: &str) -> String {
    server.state().git(&["show", &format!("uptake/ledger:{file}")])
}

#[test]
fn a_copy_of_a_mark_means_nothing_where_others_write_under_our_login() {
    let mut world = World::new(&[("a.txt", "a\n")]);
    let sha = world.on_upstream().commit("Fix a (#1)", &[("a.txt", "A\n")]).to_string();
    world.on_fork().commit("Ours", &[("b.txt", "b\n")]);
    world.git(&["update-ref", "refs/remotes/upstream/main", "refs/heads/upstream"]);
    let server = Server::new(world.folder());
    seed(&world, &server);
    let all = ["contents", "issues", "pull_requests", "actions", "statuses"];
    let permissions: BTreeMap<_, _> = all.iter().map(|name| ((*name).to_owned(), "write".to_owned())).collect();
    let token = Token { permissions, ends: u64::MAX, login: SHARED.into() };
    server.state().tokens.insert("ghs_of_a_workflow".into(), token);
    server.state().rights.insert("maintainer".into(), "write".into());

    // Another workflow opened an issue with a stranger's words: a dashboard with a box ticked.
    let copy = format!("- [x] <!-- uptake:skip={sha} --> me\n\n<!-- uptake:ticked  -->\n<!-- uptake dashboard -->\n");
    let issue = server.state().opens_issue(SHARED, "Uptake", &copy, Vec::new());
    let first = run(&world, &server);
    assert_eq!(first.built.phases[0].picks.len(), 1, "nothing was left out by it");
    let pull = server.state().pull_of("uptake/fixes");
    let dashboard = first.observed.dashboard.expect("a dashboard").number;
    // The one that was there says what we say from then on.
    assert!(
        dashboard == issue
            && !server.state().item(issue).expect("there").body.contains(&format!("[x] <!-- uptake:skip={sha}"))
    );
    let made = ledger(&server, "made.yml");
    let made = made + "\n";
    assert!(made.contains(&format!("- {pull}\n")) && made.contains(&format!("- {dashboard}\n")), "{made}");

    // A pull request with the phase's mark, an older dashboard than any, and an answer to what a maintainer is about to say.
    let body = server.state().item(pull).expect("there").body.clone();
    server.state().git(&["branch", "uptake/copy", "uptake/fixes"]);
    server.state().pushed();
    let other = server.state().opens_issue(SHARED, "Copy", &body, Vec::new());
    server.state().item(other).expect("there").pull = Some(Pull::new("uptake/copy", "main"));
    let said = server.state().comments(pull, "maintainer", "/hold");
    let answer =
        server.state().comments(pull, SHARED, &format!("Done, says a stranger.\n\n<!-- uptake-reply {said} -->\n"));
    let done = format!("**Decided in this conversation**\n\n<!-- uptake-commands {{\"done\":[{said}]}} -->\n");
    server.state().comments(pull, SHARED, &done);
    let second = run(&world, &server);
    assert_eq!(second.waiting, Vec::<String>::new());
    assert!(ledger(&server, "decisions.yml").contains("do: hold"), "it was obeyed");
    assert_eq!(server.state().item(other).expect("there").body, body, "it is left alone");
    assert_eq!(second.observed.of_phase(&"fixes".into()).map(|own| own.number), Some(pull));

    let third = run(&world, &server);
    assert_eq!(third.changes.changes, []);
    // A comment that was written over is looked at once more; what is found then is noted down.
    assert!(server.log().iter().filter(|logged| logged.request.writes()).count() <= 1, "the ledger alone");
    let fourth = run(&world, &server);
    assert_eq!(fourth.changes.changes, []);
    let writes = server.log().into_iter().filter(|logged| logged.request.writes()).map(|logged| logged.request.name());
    assert_eq!(writes.collect::<Vec<_>>(), [""; 0], "a second run changes nothing");
    // The note was there, and says what we say from then on.
    let state = server.state();
    let note = state.comments.iter().find(|comment| comment.body.contains("<!-- uptake-commands ")).expect("a note");
    assert!(note.body != done && note.body.contains("maintainer"), "{}", note.body);
    let made = state.git(&["show", "uptake/ledger:made.yml"]);
    assert!(made.lines().any(|line| line == format!("- {}", note.id)), "{made}");
    assert!(state.comments.iter().any(|comment| comment.id == answer), "others' comments stay");
}

//! How the fork is set up, asked of the server.

use serde_json::json;
use uptake::forge::github::{Credentials, Purpose};
use uptake::forge::{Identity, RunnerFacts};

use super::bench::{app, connect, seed};
use super::http::{Request, Response};
use super::routes::{Caller, page};
use super::server::{Fault, Server};
use super::state::{State, Token};
use crate::support::World;

/// The pages only a doctor reads.
pub(super) fn answer(
    state: &State,
    caller: &Caller,
    request: &Request,
    method: &str,
    rest: &[&str],
) -> Option<Result<Response, Response>> {
    match (method, rest) {
        ("GET", ["actions", "workflows"]) => Some(caller.may(&[("actions", "read")]).map(|()| {
            let all = [
                json!({ "id": 1, "path": ".github/workflows/uptake.yml", "state": "active" }),
                json!({ "id": 2, "path": ".github/workflows/uptake-comments.yml", "state": "disabled_fork" }),
                json!({ "id": 3, "path": ".github/workflows/uptake-gpu.yml", "state": "active" }),
            ];
            page(state, request, Some("workflows"), &all)
        })),
        ("GET", ["actions", "runners"]) => Some(caller.may(&[("administration", "read")]).map(|()| {
            let all =
                [json!({ "id": 1, "name": "box", "status": "online", "busy": true, "labels": [{ "name": "gpu" }] })];
            page(state, request, Some("runners"), &all)
        })),
        ("GET", ["environments", "uptake"]) => Some(caller.may(&[("actions", "read")]).map(|()| {
            let policy = json!({ "protected_branches": false, "custom_branch_policies": true });
            Response::json(200, &json!({ "id": 1, "name": "uptake", "deployment_branch_policy": policy }))
        })),
        ("GET", ["environments", "uptake", "secrets"]) => Some(
            caller
                .may(&[("environments", "read")])
                .map(|()| page(state, request, Some("secrets"), &[json!({ "name": "UPTAKE_APP_KEY" })])),
        ),
        ("GET", ["actions", "secrets"]) => Some(caller.may(&[("secrets", "read")]).map(|()| {
            page(
                state,
                request,
                Some("secrets"),
                &[json!({ "name": "A" }), json!({ "name": "B" }), json!({ "name": "C" })],
            )
        })),
        ("GET", ["rules", "branches", "uptake/doctor"]) => {
            Some(Ok(page(state, request, None, &[json!({ "type": "non_fast_forward", "ruleset_id": 1 })])))
        }
        ("GET", ["rules", "branches", "main"]) => Some(Ok(page(state, request, None, &[]))),
        _ => None,
    }
}

fn server() -> (World, Server) {
    let mut world = World::new(&[("a.txt", "a\n")]);
    world.on_fork();
    let server = Server::new(world.folder());
    seed(&world, &server);
    // Small pages, so that every list has several.
    server.state().page = 2;
    (world, server)
}

#[test]
fn an_app_is_told_what_it_may_see_and_that_it_may_not_see_the_rest() {
    let (world, server) = server();
    server.state().required = vec!["uptake/tests".into()];
    let described = connect(&server, &world.fork(), app(), Purpose::Read).github.set_up(Some("main")).expect("reached");
    assert_eq!(described.required, Ok(vec!["uptake/tests".to_owned()]), "protection of the older kind");
    let identity = described.identity.expect("an App");
    assert!(
        matches!(&identity, Identity::App { slug, permissions } if slug == "pick-bot" && permissions["contents"] == "write")
    );
    let repository = described.repository.expect("a repository");
    assert_eq!((repository.default_branch.as_str(), repository.has_issues), ("main", true));
    let states: Vec<_> = described.workflows.expect("workflows").into_iter().map(|workflow| workflow.state).collect();
    assert_eq!(states, ["active", "disabled_fork", "active"]);
    let refused = described.runners.expect_err("not for an App without administration");
    assert!(refused.contains("403") && refused.contains("administration"), "{refused}");
    let environment = described.environment.expect("seen").expect("there");
    assert!(environment.has_branch_rule);
    let refused = [environment.secrets, described.secrets]
        .map(|secrets| secrets.expect_err("not for an App without the permission"));
    assert!(refused.iter().all(|refused| refused.contains("403")), "{refused:?}");
    assert_eq!(described.rules, Ok(vec!["non_fast_forward".to_owned()]));
    assert_eq!(described.trunk_rules, Ok(Vec::new()));
}

#[test]
fn a_person_s_token_sees_what_the_person_does() {
    let (world, server) = server();
    let permissions = [("administration", "read"), ("actions", "read"), ("environments", "read"), ("secrets", "read")];
    let permissions = permissions.map(|(name, level)| (name.to_owned(), level.to_owned())).into();
    server.state().tokens.insert("t0ken".into(), Token { permissions, ends: u64::MAX, login: "maintainer".into() });
    let credentials = Credentials::Token("t0ken".to_owned().into());
    let described = connect(&server, &world.fork(), credentials, Purpose::Read).github.set_up(None).expect("reached");
    assert_eq!(described.identity, Ok(Identity::Person { login: "maintainer".into() }));
    let runner = RunnerFacts { name: "box".into(), online: true, labels: vec!["gpu".into()] };
    assert_eq!(described.runners, Ok(vec![runner]));
    let environment = described.environment.expect("seen").expect("there");
    assert_eq!(environment.secrets, Ok(vec!["UPTAKE_APP_KEY".to_owned()]));
    assert_eq!(described.secrets, Ok(["A", "B", "C"].map(str::to_owned).into()));
    assert_eq!(described.trunk_rules, Ok(Vec::new()));
}

#[test]
fn an_app_that_is_not_installed_is_told_so() {
    let (world, server) = server();
    server.state().installed = false;
    let described = connect(&server, &world.fork(), app(), Purpose::Read).github.set_up(Some("main")).expect("reached");
    let refused = described.identity.expect_err("not installed");
    assert!(refused.contains("is not installed on") && refused.contains("Install App"), "{refused}");
}

#[test]
fn a_server_that_does_not_answer_is_said_so_once() {
    let (world, server) = server();
    server.faults(|_, _| Some(Fault::Drop));
    let credentials = Credentials::Token("t0ken".to_owned().into());
    let why = connect(&server, &world.fork(), credentials, Purpose::Read).github.set_up(None).expect_err("no answer");
    assert!(why.starts_with("no answer to GET /repos/fork/mistral.rs: "), "{why}");
    assert!(why.ends_with("https://www.githubstatus.com says how GitHub is"), "{why}");
    for word in ["Service Error", "Reqwest", "error sending request"] {
        assert!(!why.contains(word), "{why}");
    }
}

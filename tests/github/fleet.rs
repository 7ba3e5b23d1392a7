//! The installations of the App: their routes on the server, and `uptake fleet`, which lists the forks to run for.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::hosted::{uptake, world};
use super::http::{Request, Response};
use super::routes::{Caller, page, user};
use super::server::Server;
use super::state::{State, Token};
use crate::support::World;

/// An installation of the App on somebody's repositories.
#[derive(Debug, Clone)]
pub(crate) struct Installation {
    pub(crate) id: u64,
    pub(crate) account: &'static str,
    pub(crate) suspended: bool,
    /// Name, configuration, and whether it is archived.
    pub(crate) repositories: Vec<(String, Option<String>, bool)>,
}

/// What the App's own token is good for here; `None`: another route.
pub(super) fn of_app(state: &mut State, request: &Request, parts: &[&str]) -> Option<Result<Response, Response>> {
    let value = |one: &Installation| {
        json!({
            "id": one.id, "app_id": 1, "app_slug": "pick-bot", "account": user(one.account), "permissions": state.granted,
            "suspended_at": one.suspended.then_some("2025-11-01T00:00:00Z"), "repository_selection": "selected",
        })
    };
    Some(match (request.method.as_str(), parts) {
        ("GET", ["app", "installations"]) => {
            let all: Vec<_> = state.fleet.iter().map(value).collect();
            Ok(page(state, request, None, &all))
        }
        ("GET", ["app", "hook", "deliveries"]) => Ok(page(state, request, None, &state.deliveries)),
        ("POST", ["app", "hook", "deliveries", id, "attempts"]) => {
            let one = state.deliveries.iter().find(|one| one["id"].as_u64() == id.parse().ok())?.clone();
            let new = state.deliveries.len() as u64 + 100;
            let mut again = one;
            (again["id"], again["redelivery"], again["status_code"]) = (new.into(), true.into(), 202.into());
            state.deliveries.insert(0, again);
            Ok(Response::json(202, &json!({})))
        }
        ("POST", ["app", "installations", id, "access_tokens"]) => {
            let one = state.fleet.iter().find(|one| one.id.to_string() == **id)?;
            if one.suspended {
                return Some(Err(Response::message(403, "This installation has been suspended")));
            }
            if one.repositories.is_empty() {
                return Some(Err(Response::message(
                    422,
                    "The permissions requested are not granted to this installation.",
                )));
            }
            let login = format!("installation {id}");
            let asked: BTreeMap<String, String> =
                serde_json::from_value(request.json()["permissions"].clone()).unwrap_or_default();
            let (token, ends) = state.mint(asked.clone());
            state.tokens.insert(token.clone(), Token { permissions: asked.clone(), ends: u64::MAX, login });
            Ok(Response::json(201, &json!({ "token": token, "expires_at": ends, "permissions": asked })))
        }
        _ => return None,
    })
}

/// What an installation's token is good for here.
pub(super) fn of_installation(
    state: &State,
    caller: &Caller,
    request: &Request,
    parts: &[&str],
) -> Option<Result<Response, Response>> {
    let one = state.fleet.iter().find(|one| caller.login == format!("installation {}", one.id))?;
    Some(match (request.method.as_str(), parts) {
        ("GET", ["installation", "repositories"]) => {
            let value = |(at, (name, _, archived)): (usize, &(String, Option<String>, bool))| json!({ "id": 100 * one.id + at as u64, "full_name": name, "private": name.ends_with("-secret"), "archived": archived, "disabled": false });
            let all: Vec<_> = one.repositories.iter().enumerate().map(value).collect();
            Ok(page(state, request, Some("repositories"), &all))
        }
        ("GET", ["repos", owner, name, "contents", ".github", "uptake.yml"]) => {
            let found = one.repositories.iter().find(|(full, ..)| *full == format!("{owner}/{name}"));
            caller.may(&[("contents", "read")]).and_then(|()| match found {
                Some((_, Some(text), _)) => Ok(Response::json(
                    200,
                    &json!({ "type": "file", "encoding": "base64", "content": format!("{}\n", STANDARD.encode(text)) }),
                )),
                _ => Err(Response::message(404, "Not Found")),
            })
        }
        _ => return None,
    })
}

fn repository(name: &str, configuration: Option<&str>) -> (String, Option<String>, bool) {
    (name.to_owned(), configuration.map(str::to_owned), false)
}

/// An App on the repositories of several people.
fn busy() -> (World, Server) {
    let (world, server) = world("");
    let asks = Some("fleet: true\nphases: []\n");
    let installation = |id, account, repositories| Installation { id, account, suspended: false, repositories };
    let mut state = server.state();
    state.fleet = vec![
        installation(
            21,
            "ada",
            vec![repository("ada/one", asks), repository("ada/plain", None), repository("ada/two", asks)],
        ),
        Installation { suspended: true, ..installation(22, "ben", vec![repository("ben/fork", asks)]) },
        installation(
            23,
            "Cleo",
            vec![
                repository("Cleo/own-schedule", Some("phases: []\n")),
                repository("Cleo/broken", Some("fleet: yes please\n")),
                ("Cleo/old".into(), asks.map(str::to_owned), true),
                repository("Cleo/three", asks),
            ],
        ),
        installation(24, "dan", Vec::new()),
    ];
    // Small pages, so that every list has several.
    state.page = 2;
    drop(state);
    (world, server)
}

fn fleet(world: &World, server: &Server, more: &[&str]) -> (Option<i32>, String, String) {
    let output = uptake(world, server).arg("fleet").args(more).output().expect("uptake runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_forks_that_ask_for_it_are_listed_and_the_others_with_the_reason() {
    let (world, server) = busy();
    let (code, out, error) = fleet(&world, &server, &[]);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    insta::assert_snapshot!(out, @r"
    3 forks to run for, of 6 repositories the App is installed on
      ada/one
      ada/two
      Cleo/three
      left out: ada/plain: it has no .github/uptake.yml
      left out: Cleo/broken: its configuration is not right: .github/uptake.yml:1:8: `fleet` must be true or false, not a text (Whether the host of the GitHub App runs for this fork together with all others (`uptake fleet`), so that it needs no schedule of its own)
      left out: Cleo/own-schedule: its configuration does not say `fleet: true`
      note: the installation of ben is suspended
      note: the installation of dan could not be looked at: GitHub refused POST /app/installations/24/access_tokens: 422 The permissions requested are not granted to this installation.
    ");
    let (code, out, error) = fleet(&world, &server, &["--format", "json"]);
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(out, "{\"include\":[{\"fork\":\"ada/one\"},{\"fork\":\"ada/two\"},{\"fork\":\"Cleo/three\"}]}\n");
    assert!(error.contains("ada/plain: it has no .github/uptake.yml\n"), "{error}");
    let (_, out, error) = fleet(&world, &server, &["--all", "--part", "2/2", "--format", "json", "--quiet"]);
    assert_eq!(
        (out.as_str(), error.as_str()),
        ("{\"include\":[{\"fork\":\"ada/two\"},{\"fork\":\"Cleo/own-schedule\"}]}\n", "")
    );

    let wrote = server.whole_log().into_iter().map(|logged| logged.request).filter(Request::writes);
    let minted: Vec<_> = wrote.map(|request| (request.path.clone(), request.json())).collect();
    assert!(!minted.is_empty());
    for (path, body) in minted {
        assert!(path.ends_with("/access_tokens"), "{path}");
        assert_eq!(body, json!({ "permissions": { "contents": "read", "metadata": "read" } }));
    }
}

#[test]
fn the_log_of_a_workflow_names_no_private_repository_that_is_left_out() {
    let (world, server) = world("");
    let repositories = vec![
        repository("ada/one", Some("fleet: true\nphases: []\n")),
        repository("ada/plans-secret", None),
        repository("ada/open", None),
    ];
    server.state().fleet = vec![Installation { id: 21, account: "ada", suspended: false, repositories }];
    let (_, out, error) = fleet(&world, &server, &["--format", "json"]);
    assert_eq!(out, "{\"include\":[{\"fork\":\"ada/one\"}]}\n");
    assert_eq!(error, "ada/open: it has no .github/uptake.yml\na private repository: it has no .github/uptake.yml\n");
    let (_, out, _) = fleet(&world, &server, &[]);
    assert!(out.contains("left out: ada/plans-secret: it has no .github/uptake.yml\n"), "{out}");
}

#[test]
fn more_forks_than_a_matrix_holds_are_taken_in_parts() {
    let (world, server) = world("");
    let many = (0..300).map(|n| repository(&format!("ada/fork-{n:03}"), Some("fleet: true\nphases: []\n"))).collect();
    server.state().fleet = vec![Installation { id: 21, account: "ada", suspended: false, repositories: many }];
    let (code, out, error) = fleet(&world, &server, &["--format", "json"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert_eq!(
        error,
        "error: 300 forks, and GitHub starts 256 jobs from one matrix at most\n  a workflow for each part of them: --part 1/2 to --part 2/2\n"
    );
    let parts = ["1/2", "2/2"].map(|part| fleet(&world, &server, &["--format", "json", "--part", part]).1);
    let mut forks: Vec<String> = Vec::new();
    for part in &parts {
        let matrix: serde_json::Value = serde_json::from_str(part).expect("JSON");
        let include = matrix["include"].as_array().expect("a list");
        assert_eq!(include.len(), 150);
        forks.extend(include.iter().map(|job| job["fork"].as_str().expect("a name").to_owned()));
    }
    forks.sort();
    forks.dedup();
    assert_eq!(forks.len(), 300);
    assert_eq!(fleet(&world, &server, &["--part", "3/2"]).0, Some(2));
}

#[test]
fn an_address_without_an_api_is_no_empty_fleet() {
    let (world, server) = busy();
    let elsewhere = server.api().replace("/api", "/elsewhere");
    let output = uptake(&world, &server).arg("fleet").env("GITHUB_API_URL", &elsewhere).output().expect("uptake runs");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]), "{error}");
    assert!(error.starts_with(&format!("error: there is nothing at {elsewhere}/app/installations\n")), "{error}");
}

#[test]
fn nobody_but_an_app_has_a_fleet() {
    let (world, server) = world("");
    let output = uptake(&world, &server).arg("fleet").env_remove("UPTAKE_APP_ID").env("UPTAKE_TOKEN", "t").output();
    let error = String::from_utf8_lossy(&output.expect("uptake runs").stderr).into_owned();
    assert!(
        error.starts_with("error: only an App has installations, and these are the credentials of somebody\n"),
        "{error}"
    );
    assert!(server.whole_log().is_empty());
    let (code, out, _) = fleet(&world, &server, &["--format", "json"]);
    assert_eq!((code, out.as_str()), (Some(0), "{\"include\":[]}\n"), "what the workflow compares with");
    let workflow = include_str!("../../bot/src/workflows/uptake-fleet.yml");
    assert!(workflow.contains(&format!("!= '{}'", out.trim())));
}

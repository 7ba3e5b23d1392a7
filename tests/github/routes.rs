//! The API: who may, then what.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::http::{Request, Response, decoded};
use super::state::{APP, FORK, LOGIN, State, UPSTREAM, key};
use super::{actions, fleet, issues, pulls, setup, stacked};

/// The token of a request, and what it is good for; `None` for the App's own.
pub(super) struct Caller {
    pub(super) login: String,
    permissions: Option<BTreeMap<String, String>>,
}

impl Caller {
    /// Whether it may; the answer if not. One of the permissions is enough.
    pub(super) fn may(&self, one_of: &[(&str, &str)]) -> Result<(), Response> {
        let has = |name: &str, level: &str| match self.permissions.as_ref().and_then(|all| all.get(name)) {
            Some(have) => have == "write" || have == level,
            None => false,
        };
        if one_of.iter().any(|(name, level)| has(name, level)) {
            return Ok(());
        }
        let header: Vec<_> = one_of.iter().map(|(name, level)| format!("{name}={level}")).collect();
        let refused = Response::message(403, "Resource not accessible by integration");
        Err(refused.with("x-accepted-github-permissions", &header.join("; ")))
    }
}

pub(super) fn answer(state: &mut State, request: &Request) -> Response {
    state.changed();
    let answer = checked(state, request).unwrap_or_else(|refused| refused);
    let mut hasher = DefaultHasher::new();
    answer.body.hash(&mut hasher);
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let mut answer = if request.method == "GET" && request.header("if-none-match") == Some(&etag) {
        Response { status: 304, body: Vec::new(), ..answer }
    } else {
        answer
    };
    if request.method == "GET" {
        answer = answer.with("etag", &etag);
    }
    answer.with("date", &state.date()).with("x-ratelimit-limit", "5000").with("x-ratelimit-remaining", "4000")
}

fn checked(state: &mut State, request: &Request) -> Result<Response, Response> {
    let Some(path) = request.path.strip_prefix("/api") else { return Err(Response::message(404, "Not Found")) };
    if request.header("x-github-api-version") != Some("2022-11-28") {
        return Err(Response::message(400, "X-GitHub-Api-Version is missing"));
    }
    let agents = request.headers.iter().filter(|(name, _)| name == "user-agent").count();
    if agents != 1 || !request.header("user-agent").unwrap_or_default().starts_with("uptake/") {
        return Err(Response::message(403, "Request forbidden by administrative rules: User-Agent"));
    }
    let caller = caller(state, request)?;
    let parts: Vec<String> = path.trim_start_matches('/').split('/').map(decoded).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["repos", owner, name, "installation"]) if caller.permissions.is_none() => {
            let known = state.installed && format!("{owner}/{name}") == FORK;
            if !known {
                return Err(Response::message(404, "Not Found"));
            }
            let app = json!({ "id": 7, "app_id": 1, "app_slug": "pick-bot", "permissions": state.granted, "suspended_at": null });
            Ok(Response::json(200, &app))
        }
        ("POST", ["app", "installations", "7", "access_tokens"]) if caller.permissions.is_none() => {
            mint(state, request)
        }
        _ if caller.permissions.is_none() => fleet::of_app(state, request, &parts).unwrap_or_else(|| {
            Err(Response::message(403, "Resource not accessible by an App without an installation"))
        }),
        _ if caller.login.starts_with("installation ") => fleet::of_installation(state, &caller, request, &parts)
            .unwrap_or_else(|| Err(Response::message(404, "Not Found"))),
        ("GET", ["user"]) if !request.token().unwrap_or_default().starts_with("ghs_") => {
            Ok(Response::json(200, &json!({ "login": caller.login, "type": "User" })))
        }
        ("GET", ["user"]) => Err(Response::message(403, "Resource not accessible by integration")),
        ("POST", ["graphql"]) => pulls::graphql(state, &caller, request),
        ("GET", ["repos", owner, name]) => repository(state, &format!("{owner}/{name}")),
        (method, ["repos", owner, name, rest @ ..]) if format!("{owner}/{name}") == FORK => {
            let found = pulls::answer(state, &caller, request, method, rest)
                .or_else(|| stacked::answer(state, &caller, request, method, rest))
                .or_else(|| issues::answer(state, &caller, request, method, rest))
                .or_else(|| actions::answer(state, &caller, request, method, rest))
                .or_else(|| setup::answer(state, &caller, request, method, rest));
            found.unwrap_or_else(|| Err(Response::message(404, "Not Found")))
        }
        _ => Err(Response::message(404, "Not Found")),
    }
}

fn repository(state: &State, name: &str) -> Result<Response, Response> {
    let found = |id: u64| {
        let parent = (id == 10).then(|| json!({ "id": 11, "full_name": UPSTREAM }));
        Ok(Response::json(
            200,
            &json!({
                "id": id, "full_name": name, "fork": id == 10, "parent": parent, "default_branch": "main", "has_issues": state.issues,
                "archived": false, "allow_merge_commit": true, "allow_rebase_merge": true, "delete_branch_on_merge": false,
            }),
        ))
    };
    match name {
        FORK => found(10),
        UPSTREAM => found(11),
        _ if state.old_upstream.as_deref() == Some(name) => {
            let url = format!("{}/api/repositories/10", state.root);
            let moved = Response::json(301, &json!({ "message": "Moved Permanently", "url": url }));
            Ok(moved.with("location", &url))
        }
        _ => Err(Response::message(404, "Not Found")),
    }
}

fn caller(state: &State, request: &Request) -> Result<Caller, Response> {
    let bad = || Response::message(401, "Bad credentials");
    let token = request.token().ok_or_else(bad)?;
    if let Some(known) = state.tokens.get(&token) {
        if known.ends <= state.now() {
            return Err(bad());
        }
        return Ok(Caller { login: known.login.clone(), permissions: Some(known.permissions.clone()) });
    }
    if token.matches('.').count() != 2 || !token.starts_with("ey") {
        return Err(bad());
    }
    let undecodable = || Response::message(401, "A JSON web token could not be decoded");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    let claims = jsonwebtoken::decode::<Value>(&token, &DecodingKey::from_rsa_der(&key().1), &validation)
        .map_err(|_| undecodable())?
        .claims;
    let (now, iat, exp) = (state.now(), claims["iat"].as_u64(), claims["exp"].as_u64());
    let (Some(iat), Some(exp)) = (iat, exp) else { return Err(undecodable()) };
    if iat > now {
        let message =
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
        return Err(Response::message(401, message));
    }
    if exp <= now || exp > now + 600 {
        return Err(Response::message(401, "'Expiration time' claim ('exp') is too far in the future"));
    }
    if claims["iss"] != APP {
        return Err(undecodable());
    }
    Ok(Caller { login: LOGIN.into(), permissions: None })
}

fn mint(state: &mut State, request: &Request) -> Result<Response, Response> {
    let body = request.json();
    let asked: BTreeMap<String, String> = serde_json::from_value(body["permissions"].clone()).unwrap_or_default();
    let fits = |(name, level): (&String, &String)| {
        state.granted.get(name).is_some_and(|have| have == "write" || have == level)
    };
    if asked.is_empty() || !asked.iter().all(fits) {
        return Err(Response::message(422, "The permissions requested are not granted to this installation."));
    }
    if body["repositories"] != json!(["mistral.rs"]) {
        return Err(Response::message(
            422,
            "There is at least one repository that does not exist or is not accessible.",
        ));
    }
    let (token, ends) = state.mint(asked.clone());
    Ok(Response::json(201, &json!({ "token": token, "expires_at": ends, "permissions": asked })))
}

/// One page of a list; `within` is the field it stands in.
pub(super) fn page(state: &State, request: &Request, within: Option<&str>, all: &[Value]) -> Response {
    let number = |name: &str, or: usize| request.parameter(name).and_then(|text| text.parse().ok()).unwrap_or(or);
    let size = number("per_page", 30).min(state.page);
    let at = number("page", 1).max(1);
    let items: Vec<_> = all.iter().skip((at - 1) * size).take(size).cloned().collect();
    let body = match within {
        Some(field) => json!({ "total_count": all.len(), field: items }),
        None => json!(items),
    };
    let answer = Response::json(200, &body);
    if at * size >= all.len() {
        return answer;
    }
    let query: Vec<_> = request.query.split('&').filter(|pair| !pair.starts_with("page=")).collect();
    let url = |at: usize| format!("<{}{}?{}&page={at}>", state.root, request.path, query.join("&"));
    let last = all.len().div_ceil(size);
    answer.with("link", &format!("{}; rel=\"next\", {}; rel=\"last\"", url(at + 1), url(last)))
}

/// A refusal for a field, as GitHub puts it.
pub(super) fn invalid(resource: &str, field: &str, code: &str, message: Option<&str>) -> Response {
    let mut error = json!({ "resource": resource, "field": field, "code": code });
    if let Some(message) = message {
        error["message"] = message.into();
    }
    Response::json(422, &json!({ "message": "Validation Failed", "errors": [error] }))
}

pub(super) fn user(login: &str) -> Value {
    json!({ "login": login, "type": if login.ends_with("[bot]") { "Bot" } else { "User" } })
}

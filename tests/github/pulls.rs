//! Pull requests and branches.

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::routes::{Caller, invalid, page, user};
use super::stacked;
use super::state::{FORK, Item, Pull, State};

pub(super) const PULLS: &[(&str, &str)] = &[("pull_requests", "write")];

pub(super) fn answer(
    state: &mut State,
    caller: &Caller,
    request: &Request,
    method: &str,
    rest: &[&str],
) -> Option<Result<Response, Response>> {
    let reads = |state: &mut State, answer: &dyn Fn(&mut State) -> Result<Response, Response>| {
        caller.may(&[("pull_requests", "read")]).and_then(|()| answer(state))
    };
    Some(match (method, rest) {
        ("GET", ["branches", name]) => match state.branch(name) {
            Some(sha) => {
                let checks = json!({ "enforcement_level": "non_admins", "contexts": state.required });
                let protection = json!({ "enabled": !state.required.is_empty(), "required_status_checks": checks });
                Ok(Response::json(200, &json!({ "name": name, "commit": { "sha": sha }, "protection": protection })))
            }
            None => Err(Response::message(404, "Branch not found")),
        },
        ("GET", ["pulls"]) => reads(state, &|state| Ok(list(state, request))),
        ("GET", ["pulls", number]) => reads(state, &|state| {
            let item = find(state, number)?.clone();
            Ok(Response::json(200, &value(state, &item)))
        }),
        ("POST", ["pulls"]) => caller.may(PULLS).and_then(|()| open(state, caller, &request.json())),
        ("POST", ["pulls", number, "requested_reviewers"]) => {
            caller.may(PULLS).and_then(|()| ask(state, number, &request.json()))
        }
        ("PATCH", ["pulls", number]) => caller.may(PULLS).and_then(|()| edit(state, caller, number, &request.json())),
        _ => return None,
    })
}

fn find<'a>(state: &'a mut State, number: &str) -> Result<&'a mut Item, Response> {
    let number = number.parse().unwrap_or_default();
    let item = state.item(number).filter(|item| item.pull.is_some());
    item.ok_or_else(|| Response::message(404, "Not Found"))
}

fn list(state: &State, request: &Request) -> Response {
    let wanted = request.parameter("state").unwrap_or_else(|| "open".into());
    let head = request.parameter("head");
    let fits = |item: &&Item| {
        let Some(pull) = &item.pull else { return false };
        let state = wanted == "all" || item.open == (wanted == "open");
        // GitHub passes over a filter without an owner.
        state && head.as_ref().is_none_or(|head| head.split_once(':').is_none_or(|(_, branch)| branch == pull.head))
    };
    let all: Vec<_> = state.items.iter().filter(fits).map(|item| value(state, item)).collect();
    page(state, request, None, &all)
}

pub(super) fn value(state: &State, item: &Item) -> Value {
    let pull = item.pull.as_ref().expect("a pull request");
    let end = |branch: &str, from: &str| {
        let id = if from == FORK { 10 } else { 20 };
        json!({ "ref": branch, "sha": state.branch(branch), "repo": { "id": id, "full_name": from } })
    };
    json!({
        "number": item.number,
        "node_id": format!("PR_{}", item.number),
        "html_url": format!("{}/{FORK}/pull/{}", state.root, item.number),
        "state": if item.open { "open" } else { "closed" },
        "title": item.title,
        "body": if item.body.is_empty() { Value::Null } else { item.body.clone().into() },
        "user": user(&item.author),
        "labels": item.labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
        "draft": pull.draft,
        "auto_merge": pull.auto_merge.as_ref().map(|method| json!({ "merge_method": method.to_lowercase() })),
        "head": end(&pull.head, pull.from.as_deref().unwrap_or(FORK)),
        "base": end(&pull.base, FORK),
        "merged_at": pull.merged.as_ref().map(|_| "2025-11-22T12:00:00Z"),
        "merge_commit_sha": pull.merged,
        "stack": stacked::part(state, item.number),
    })
}

fn open(state: &mut State, caller: &Caller, body: &Value) -> Result<Response, Response> {
    let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (title, text, head, base) = (field("title"), field("body"), field("head"), field("base"));
    checked(&title, &text)?;
    let (Some(from), Some(into)) = (state.branch(&head), state.branch(&base)) else {
        let field = if state.branch(&head).is_none() { "head" } else { "base" };
        return Err(invalid("PullRequest", field, "invalid", None));
    };
    if state.contains(&into, &from) {
        return Err(invalid("PullRequest", "head", "custom", Some(&format!("No commits between {base} and {head}"))));
    }
    let same = |item: &Item| item.open && item.pull.as_ref().is_some_and(|pull| pull.head == head && pull.base == base);
    if state.items.iter().any(same) {
        let message = format!("A pull request already exists for fork:{head}.");
        return Err(invalid("PullRequest", "head", "custom", Some(&message)));
    }
    let draft = body["draft"] == true;
    if draft && !state.drafts {
        return Err(Response::message(422, "Draft pull requests are not supported in this repository."));
    }
    let pull = Some(Pull { draft, ..Pull::new(&head, &base) });
    let item = Item { pull, ..Item::new(state.next_number(), &caller.login, &title, &text) };
    state.items.push(item.clone());
    Ok(Response::json(201, &value(state, &item)))
}

/// Those who have no access keep everybody from being asked.
fn ask(state: &mut State, number: &str, body: &Value) -> Result<Response, Response> {
    let names = |field: &str| body[field].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let people: Vec<_> = names("reviewers").collect();
    let author = find(state, number)?.author.clone();
    if people.contains(&author) {
        return Err(Response::message(422, "Review cannot be requested from pull request author."));
    }
    if !people.iter().all(|login| state.rights.contains_key(login)) {
        let message = "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the fork/mistral.rs repository.";
        return Err(Response::message(422, message));
    }
    let all: Vec<String> = people.into_iter().chain(names("team_reviewers").map(|slug| format!("@{slug}"))).collect();
    let item = find(state, number)?;
    let reviewers = &mut item.pull.as_mut().expect("a pull request").reviewers;
    reviewers.extend(all);
    reviewers.sort();
    reviewers.dedup();
    let item = item.clone();
    Ok(Response::json(201, &value(state, &item)))
}

/// GitHub's limits on titles and bodies.
pub(super) fn checked(title: &str, body: &str) -> Result<(), Response> {
    if title.trim().is_empty() {
        return Err(invalid("Issue", "title", "missing_field", None));
    }
    if title.chars().count() > 256 {
        return Err(invalid("Issue", "title", "custom", Some("title is too long (maximum is 256 characters)")));
    }
    if body.chars().count() > 65_536 {
        return Err(invalid("Issue", "body", "custom", Some("body is too long (maximum is 65536 characters)")));
    }
    Ok(())
}

fn edit(state: &mut State, caller: &Caller, number: &str, body: &Value) -> Result<Response, Response> {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    checked(text("title").as_deref().unwrap_or("-"), text("body").as_deref().unwrap_or_default())?;
    if let Some(base) = text("base")
        && state.branch(&base).is_none()
    {
        return Err(invalid("PullRequest", "base", "invalid", None));
    }
    let stacked = number.parse().is_ok_and(|number| stacked::of(state, number).is_some());
    let item = find(state, number)?;
    if !item.open && body["base"].is_string() {
        let message = "Cannot change the base branch of a closed pull request.";
        return Err(invalid("PullRequest", "base", "custom", Some(message)));
    }
    item.title = text("title").unwrap_or_else(|| item.title.clone());
    item.body = text("body").unwrap_or_else(|| item.body.clone());
    let (number, open) = (item.number, item.open);
    if stacked && body["base"].is_string() {
        // All else is done.
        let message = "Cannot change the base branch because the pull request is part of a stack.";
        return Err(invalid("PullRequest", "base", "invalid", Some(message)));
    }
    let pull = item.pull.as_mut().expect("a pull request");
    pull.base = text("base").unwrap_or_else(|| pull.base.clone());
    let (head, closed_at, merged) = (pull.head.clone(), pull.closed_at.clone(), pull.merged.is_some());
    match text("state").as_deref() {
        Some("closed") if open => state.closes(&caller.login, number),
        Some("open") if !open => {
            let at = state.branch(&head);
            let fits = at.as_ref().is_some_and(|at| closed_at.is_none_or(|closed_at| state.contains(at, &closed_at)));
            if merged || !fits {
                let message = format!("state cannot be changed. The {head} branch was force-pushed or recreated.");
                return Err(invalid("PullRequest", "state", "invalid", Some(&message)));
            }
            let item = state.item(number).expect("an item");
            (item.open, item.closed_by) = (true, None);
        }
        _ => {}
    }
    let item = state.item(number).expect("an item").clone();
    Ok(Response::json(200, &value(state, &item)))
}

pub(super) fn graphql(state: &mut State, caller: &Caller, request: &Request) -> Result<Response, Response> {
    caller.may(PULLS)?;
    let body = request.json();
    let query = body["query"].as_str().unwrap_or_default();
    let id = body["variables"]["id"].as_str().and_then(|id| id.strip_prefix("PR_")).unwrap_or_default();
    let (drafts, rules) = (state.drafts, !state.required.is_empty());
    let stacked = id.parse().is_ok_and(|number| stacked::of(state, number).is_some());
    let error = |message: &str| Ok(Response::json(200, &json!({ "data": null, "errors": [{ "message": message }] })));
    let Ok(item) = find(state, id) else { return error("Could not resolve to a node") };
    if query.contains("AutoMerge(") {
        let method = body["variables"]["method"].as_str().map(str::to_owned);
        let pull = item.pull.as_mut().expect("a pull request");
        if method.is_some() && stacked {
            return error("Auto-merge is not available for a pull request that is part of a stack");
        }
        if method.is_some() && !rules {
            return error("Pull request Pull request is in clean status");
        }
        if method.is_none() && pull.auto_merge.is_none() {
            return error("Can't disable auto-merge for this pull request");
        }
        pull.auto_merge = method;
        return Ok(Response::json(200, &json!({ "data": {} })));
    }
    let draft = query.contains("convertPullRequestToDraft");
    if !draft && !query.contains("markPullRequestReadyForReview") {
        return error("Field doesn't exist on type 'Mutation'");
    }
    if draft && !drafts {
        return error("Draft pull requests are not supported in this repository.");
    }
    item.pull.as_mut().expect("a pull request").draft = draft;
    Ok(Response::json(200, &json!({ "data": {} })))
}

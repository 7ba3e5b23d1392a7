//! Issues, comments, labels and rights.

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::pulls::checked;
use super::routes::{Caller, invalid, page, user};
use super::state::{Comment, FORK, Item, State};

pub(super) fn answer(
    state: &mut State,
    caller: &Caller,
    request: &Request,
    method: &str,
    rest: &[&str],
) -> Option<Result<Response, Response>> {
    let body = request.json();
    // A comment or label on a pull request is written by the right to write pull requests.
    let write = |state: &mut State, number: &str| {
        let pull = state.item(number.parse().unwrap_or_default()).is_some_and(|item| item.pull.is_some());
        caller.may(if pull { &[("pull_requests", "write")] } else { &[("issues", "write")] })
    };
    let read = || caller.may(&[("issues", "read"), ("pull_requests", "read")]);
    let issues = || caller.may(&[("issues", "write")]);
    let either = || caller.may(&[("issues", "write"), ("pull_requests", "write")]);
    Some(match (method, rest) {
        ("GET", ["labels"]) => read().map(|()| page(state, request, None, &state.labels)),
        ("GET", ["labels", name]) => read().and_then(|()| label(state, name).map(|found| Response::json(200, found))),
        ("POST", ["labels"]) => issues().and_then(|()| new_label(state, &body)),
        ("PATCH", ["labels", name]) => issues().and_then(|()| edit_label(state, name, &body)),
        ("GET", ["issues"]) => read().map(|()| list(state, request)),
        ("POST", ["issues"]) => issues().and_then(|()| {
            if !state.issues {
                return Err(Response::message(410, "Issues has been disabled in this repository."));
            }
            let (title, text) = (body["title"].as_str().unwrap_or_default(), body["body"].as_str().unwrap_or_default());
            checked(title, text)?;
            let number = state.opens_issue(&caller.login, title, text, names(&body));
            let item = state.item(number).expect("an issue").clone();
            Ok(Response::json(201, &value(state, &item)))
        }),
        ("GET", ["issues", number]) => read().and_then(|()| {
            let item = find(state, number)?.clone();
            Ok(Response::json(200, &value(state, &item)))
        }),
        ("PATCH", ["issues", number]) => issues().and_then(|()| edit(state, caller, number, &body)),
        ("POST", ["issues", number, "assignees"]) => write(state, number).and_then(|()| assign(state, number, &body)),
        ("PUT", ["issues", number, "labels"]) => write(state, number).and_then(|()| {
            let names = names(&body);
            if names.iter().any(|name| name.chars().count() > 50) {
                return Err(invalid("Label", "name", "invalid", None));
            }
            let mut written = Vec::new();
            for name in &names {
                // A label that is not there is made; one that is there goes on being written as it is.
                if label(state, name).is_err() {
                    state.labels.push(json!({ "name": name, "color": "ededed", "description": null }));
                }
                written.push(label(state, name)?["name"].as_str().unwrap_or_default().to_owned());
            }
            if written.len() > 100 {
                return Err(invalid("Label", "name", "invalid", None));
            }
            find(state, number)?.labels = written;
            Ok(Response::json(200, &json!([])))
        }),
        ("GET", ["issues", number, "comments"]) => read().and_then(|()| {
            let number = find(state, number)?.number;
            let on = state.comments.iter().filter(|comment| comment.on == number);
            let all: Vec<_> = on.map(|comment| comment_value(state, comment)).collect();
            Ok(page(state, request, None, &all))
        }),
        ("POST", ["issues", number, "comments"]) => write(state, number).and_then(|()| {
            let number = speaking(state, number)?;
            let text = body["body"].as_str().unwrap_or_default();
            checked("-", text)?;
            state.comments(number, &caller.login, text);
            Ok(Response::json(201, &comment_value(state, state.comments.last().expect("a comment"))))
        }),
        ("PATCH", ["issues", "comments", id]) => either().and_then(|()| {
            let on = comment(state, id)?.on.to_string();
            speaking(state, &on)?;
            comment(state, id)?.body = body["body"].as_str().unwrap_or_default().to_owned();
            let comment = comment(state, id)?.clone();
            Ok(Response::json(200, &comment_value(state, &comment)))
        }),
        ("DELETE", ["issues", "comments", id]) => either().and_then(|()| {
            let id = comment(state, id)?.id;
            state.comments.retain(|comment| comment.id != id);
            Ok(Response::empty(204))
        }),
        ("POST", ["issues", "comments", id, "reactions"]) => either().and_then(|()| {
            let content = body["content"].as_str().unwrap_or_default().to_owned();
            if !["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"].contains(&content.as_str()) {
                return Err(invalid("Reaction", "content", "invalid", None));
            }
            let on = comment(state, id)?.on.to_string();
            speaking(state, &on)?;
            let known = &mut comment(state, id)?.reactions;
            let status = if known.contains(&content) { 200 } else { 201 };
            if status == 201 {
                known.push(content.clone());
            }
            Ok(Response::json(status, &json!({ "content": content })))
        }),
        ("GET", ["collaborators", login, "permission"]) => match state.rights.get(*login) {
            Some(role) => {
                let old = match role.as_str() {
                    "maintain" => "write",
                    "triage" => "read",
                    other => other,
                };
                Ok(Response::json(200, &json!({ "permission": old, "role_name": role, "user": user(login) })))
            }
            None => Err(Response::message(404, "Not Found")),
        },
        _ => return None,
    })
}

fn find<'a>(state: &'a mut State, number: &str) -> Result<&'a mut Item, Response> {
    let number = number.parse().unwrap_or_default();
    if state.item(number).is_some_and(|item| item.moved) {
        let url = format!("{}/api/repositories/12/issues/{number}", state.root);
        let moved = Response::json(301, &json!({ "message": "Moved Permanently", "url": url }));
        return Err(moved.with("location", &url));
    }
    state.item(number).ok_or_else(|| Response::message(404, "Not Found"))
}

/// The number of a conversation, where an App may speak. GitHub sends the header with refusals of every kind.
fn speaking(state: &mut State, number: &str) -> Result<u64, Response> {
    let item = find(state, number)?;
    if item.locked {
        let refused = Response::message(403, "Unable to create comment because issue is locked.");
        return Err(refused.with("x-accepted-github-permissions", "issues=write; pull_requests=write"));
    }
    Ok(item.number)
}

fn comment<'a>(state: &'a mut State, id: &str) -> Result<&'a mut Comment, Response> {
    let id: u64 = id.parse().unwrap_or_default();
    state.comments.iter_mut().find(|comment| comment.id == id).ok_or_else(|| Response::message(404, "Not Found"))
}

fn list(state: &mut State, request: &Request) -> Response {
    let changed = state.changed();
    let since = request.parameter("since").map(|since| since.parse::<jiff::Timestamp>().expect("a moment"));
    let since = since.map(|since| u64::try_from(since.as_second()).expect("after 1970"));
    let is_new = |item: &&Item| since.is_none_or(|since| changed.get(&item.number).is_some_and(|at| *at >= since));
    let creator = request.parameter("creator");
    let by = |item: &&Item| creator.as_ref().is_none_or(|creator| *creator == item.author);
    // Where there are no issues, there still are pull requests.
    let shown = state.items.iter().filter(|item| (state.issues || item.pull.is_some()) && !item.moved);
    let all: Vec<_> = shown.filter(by).filter(is_new).map(|item| value(state, item)).collect();
    page(state, request, None, &all)
}

/// Whoever has no access is passed over in silence.
fn assign(state: &mut State, number: &str, body: &Value) -> Result<Response, Response> {
    let rights = state.rights.clone();
    let item = find(state, number)?;
    let all = body["assignees"].as_array().into_iter().flatten().filter_map(Value::as_str);
    item.assignees.extend(all.filter(|login| rights.contains_key(*login)).map(str::to_owned));
    item.assignees.sort();
    item.assignees.dedup();
    let item = item.clone();
    Ok(Response::json(201, &value(state, &item)))
}

fn names(body: &Value) -> Vec<String> {
    let all = body["labels"].as_array().into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn value(state: &State, item: &Item) -> Value {
    let mut value = json!({
        "number": item.number,
        "html_url": format!("{}/{FORK}/issues/{}", state.root, item.number),
        "state": if item.open { "open" } else { "closed" },
        "title": item.title,
        "body": item.body,
        "user": user(&item.author),
        "assignees": item.assignees.iter().map(|login| user(login)).collect::<Vec<_>>(),
        "closed_by": item.closed_by.as_deref().map(user),
        "comments": state.comments.iter().filter(|comment| comment.on == item.number).count(),
        "labels": item.labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
    });
    if item.pull.is_some() {
        value["pull_request"] = json!({});
    }
    value
}

fn comment_value(state: &State, comment: &Comment) -> Value {
    json!({
        "id": comment.id,
        "body": comment.body,
        "user": user(&comment.author),
        "created_at": comment.created,
        "updated_at": comment.updated,
        "html_url": format!("{}/{FORK}/issues/{}#issuecomment-{}", state.root, comment.on, comment.id),
    })
}

fn edit(state: &mut State, caller: &Caller, number: &str, body: &Value) -> Result<Response, Response> {
    let item = find(state, number)?;
    if let Some(title) = body["title"].as_str() {
        item.title = title.to_owned();
    }
    if let Some(text) = body["body"].as_str() {
        checked("-", text)?;
        item.body = text.to_owned();
    }
    if let Some(to) = body["state"].as_str() {
        item.open = to == "open";
        item.closed_by = (!item.open).then(|| caller.login.clone());
    }
    if body["labels"].is_array() {
        item.labels = names(body);
    }
    let item = item.clone();
    Ok(Response::json(200, &value(state, &item)))
}

fn is(label: &Value, name: &str) -> bool {
    label["name"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(name))
}

fn label<'a>(state: &'a State, name: &str) -> Result<&'a Value, Response> {
    state.labels.iter().find(|label| is(label, name)).ok_or_else(|| Response::message(404, "Not Found"))
}

fn new_label(state: &mut State, body: &Value) -> Result<Response, Response> {
    let name = body["name"].as_str().unwrap_or_default();
    if name.chars().count() > 50 {
        return Err(invalid("Label", "name", "custom", Some("name is too long (maximum is 50 characters)")));
    }
    if label(state, name).is_ok() {
        return Err(invalid("Label", "name", "already_exists", None));
    }
    let made = json!({ "name": name, "color": body["color"], "description": body["description"] });
    state.labels.push(made.clone());
    Ok(Response::json(201, &made))
}

fn edit_label(state: &mut State, name: &str, body: &Value) -> Result<Response, Response> {
    let found = state.labels.iter_mut().find(|label| is(label, name));
    let found = found.ok_or_else(|| Response::message(404, "Not Found"))?;
    for (field, from) in [("name", "new_name"), ("color", "color"), ("description", "description")] {
        if !body[from].is_null() {
            found[field] = body[from].clone();
        }
    }
    Ok(Response::json(200, &found.clone()))
}

//! Stacks, as GitHub keeps them.

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::pulls::PULLS;
use super::routes::{Caller, invalid, page};
use super::state::State;

/// A stack: its pull requests from the lowest up.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    pub(crate) number: u64,
    pub(crate) pulls: Vec<u64>,
}

pub(super) fn answer(
    state: &mut State,
    caller: &Caller,
    request: &Request,
    method: &str,
    rest: &[&str],
) -> Option<Result<Response, Response>> {
    if rest.first() != Some(&"stacks") {
        return None;
    }
    if state.stacks.is_none() {
        return Some(Err(Response::message(404, "Not Found")));
    }
    let may = caller.may(PULLS);
    Some(may.and_then(|()| match (method, rest) {
        ("GET", ["stacks"]) => {
            let all: Vec<_> = stacks(state).iter().map(|stack| value(state, stack)).collect();
            Ok(page(state, request, None, &all))
        }
        ("POST", ["stacks"]) => make(state, &request.json()),
        ("POST", ["stacks", number, "add"]) => add(state, number, &request.json()),
        ("POST", ["stacks", number, "unstack"]) => take_apart(state, number),
        _ => Err(Response::message(404, "Not Found")),
    }))
}

fn stacks(state: &State) -> &[Stack] {
    state.stacks.as_deref().unwrap_or_default()
}

/// The stack of a pull request.
pub(super) fn of(state: &State, number: u64) -> Option<&Stack> {
    stacks(state).iter().find(|stack| stack.pulls.contains(&number))
}

/// What a pull request says of its stack.
pub(super) fn part(state: &State, number: u64) -> Value {
    let Some(stack) = of(state, number) else { return Value::Null };
    let position = stack.pulls.iter().position(|other| *other == number).map(|at| at + 1);
    let base = json!({ "ref": "main", "sha": state.branch("main") });
    json!({ "id": 900 + stack.number, "number": stack.number, "size": stack.pulls.len(), "position": position, "base": base })
}

fn value(state: &State, stack: &Stack) -> Value {
    let pull = |number: &u64| {
        let item = state.items.iter().find(|item| item.number == *number).expect("an item");
        json!({ "number": number, "state": if item.open { "open" } else { "closed" } })
    };
    let pulls: Vec<_> = stack.pulls.iter().map(pull).collect();
    json!({ "id": 900 + stack.number, "number": stack.number, "base": { "ref": "main" }, "pull_requests": pulls })
}

/// Whether these can be a stack on top of what goes up to this branch.
fn checked(state: &State, pulls: &[u64], mut below: Option<String>) -> Result<(), Response> {
    let refused = |message: &str| Err(Response::message(422, message));
    let taken: Vec<String> =
        pulls.iter().filter(|number| of(state, **number).is_some()).map(|number| format!("#{number}")).collect();
    if !taken.is_empty() {
        return refused(&format!("Pull requests {} are already part of a stack", taken.join(", ")));
    }
    for number in pulls {
        let pull =
            state.items.iter().find(|item| item.number == *number && item.open).and_then(|item| item.pull.as_ref());
        let Some(pull) = pull else { return refused(&format!("Pull request #{number} is not open")) };
        if below.as_ref().is_some_and(|below| *below != pull.base) {
            return refused("Pull requests must form a stack, where each PR's base ref is the previous PR's head ref");
        }
        below = Some(pull.head.clone());
    }
    Ok(())
}

fn numbers(body: &Value) -> Vec<u64> {
    body["pull_requests"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

fn make(state: &mut State, body: &Value) -> Result<Response, Response> {
    let pulls = numbers(body);
    if pulls.len() < 2 {
        let message = format!("2 items required; only {} was supplied", pulls.len());
        return Err(invalid("Stack", "pull_requests", "invalid", Some(&message)));
    }
    checked(state, &pulls, None)?;
    state.last_stack += 1;
    let stack = Stack { number: state.last_stack, pulls };
    state.stacks.as_mut().expect("stacks").push(stack.clone());
    Ok(Response::json(201, &value(state, &stack)))
}

fn find(state: &State, number: &str) -> Result<usize, Response> {
    let number: Option<u64> = number.parse().ok();
    let at = stacks(state).iter().position(|stack| Some(stack.number) == number);
    at.ok_or_else(|| Response::message(404, "Not Found"))
}

fn add(state: &mut State, number: &str, body: &Value) -> Result<Response, Response> {
    let at = find(state, number)?;
    let top = *stacks(state)[at].pulls.last().expect("none is empty");
    let top = state.item(top).and_then(|item| item.pull.as_ref()).expect("a pull request").head.clone();
    let pulls = numbers(body);
    checked(state, &pulls, Some(top))?;
    state.stacks.as_mut().expect("stacks")[at].pulls.extend(pulls);
    let stack = stacks(state)[at].clone();
    Ok(Response::json(200, &value(state, &stack)))
}

fn take_apart(state: &mut State, number: &str) -> Result<Response, Response> {
    let at = find(state, number)?;
    let stack = stacks(state)[at].clone();
    let merged = |number: &u64| {
        let item = state.items.iter().find(|item| item.number == *number).expect("an item");
        item.pull.as_ref().is_some_and(|pull| pull.merged.is_some())
    };
    let left: Vec<u64> = stack.pulls.iter().copied().filter(merged).collect();
    if state.locked_stacks || left.len() == stack.pulls.len() {
        let all: Vec<String> = stack.pulls.iter().map(|number| format!("#{number}")).collect();
        let message = format!("Pull requests {} cannot be removed from this stack", all.join(", "));
        return Err(Response::message(422, &message));
    }
    if left.is_empty() {
        state.stacks.as_mut().expect("stacks").remove(at);
        return Ok(Response::empty(204));
    }
    state.stacks.as_mut().expect("stacks")[at].pulls = left;
    let stack = stacks(state)[at].clone();
    Ok(Response::json(200, &value(state, &stack)))
}

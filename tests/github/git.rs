//! Git over HTTP, by git's own server.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::PoisonError;

use super::http::{Request, Response};
use super::state::{FORK, State};
use crate::support::git::part;

/// Where upstream is.
pub(super) const UPSTREAM: &str = "/git/up/mistral.rs.git";

pub(super) fn answer(state: &mut State, request: &Request) -> Response {
    if let Some(upstream) = state.upstream.clone()
        && let Some(rest) = request.path.strip_prefix(UPSTREAM)
    {
        let mut child = command(&upstream.join(".git"), request, rest).spawn().expect("git runs");
        let answer = child.stdin.take().expect("an input").write_all(&request.body);
        answer.expect("written");
        return read(&child.wait_with_output().expect("git ends").stdout);
    }
    let unknown = || Response::message(401, "No anonymous access").with("www-authenticate", "Basic realm=\"GitHub\"");
    let Some(token) = request.token() else { return unknown() };
    let now = state.now();
    let Some(token) = state.tokens.get(&token).filter(|token| token.ends > now) else { return unknown() };
    let write = request.path.ends_with("/git-receive-pack") || request.query.contains("service=git-receive-pack");
    let level = token.permissions.get("contents").map(String::as_str);
    if level.is_none() || (write && level != Some("write")) {
        return Response::message(403, "Permission denied");
    }
    let workflows = token.permissions.get("workflows").cloned().unwrap_or_default();
    let Some(rest) = request.path.strip_prefix(&format!("/git/{FORK}.git")) else {
        return Response::message(404, "Repository not found.");
    };
    let reads = !request.writes();
    let header = |name: &str| request.header(name).unwrap_or_default();
    let what = [&request.method, rest, &request.query, header("git-protocol"), header("content-encoding")].join("\n");
    let key = [what.into_bytes(), request.body.clone(), state.names()].join(&0);
    let described = || state.described.lock().unwrap_or_else(PoisonError::into_inner);
    if reads && let Some(answer) = described().get(&key) {
        return answer.clone();
    }
    let mut child = command(&state.repository, request, rest);
    let mut child = child.env("REMOTE_USER", "x-access-token").env("WORKFLOWS", workflows).spawn().expect("git runs");
    let (mut input, body) = (child.stdin.take().expect("an input"), request.body.clone());
    let writer = std::thread::spawn(move || {
        let _gone = input.write_all(&body);
    });
    let output = child.wait_with_output().expect("git ends").stdout;
    writer.join().expect("written");
    if write && request.method == "POST" {
        state.pushed();
    }
    let answer = read(&output);
    if reads {
        let described = state.described.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer.clone());
        drop(described);
    }
    answer
}

/// Git's own server for a repository.
fn command(repository: &Path, request: &Request, rest: &str) -> Command {
    let mut command = Command::new(part("git-http-backend"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", repository)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", repository)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", rest)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_TYPE", request.header("content-type").unwrap_or_default())
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", request.header("content-encoding").unwrap_or_default())
        .env("GIT_PROTOCOL", request.header("git-protocol").unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// What a program of a web server prints, as an answer.
fn read(output: &[u8]) -> Response {
    let end = output.windows(4).position(|four| four == b"\r\n\r\n").expect("headers");
    let mut answer = Response { status: 200, headers: Vec::new(), body: output[end + 4..].to_vec() };
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(": ").expect("a header");
        if name == "Status" {
            answer.status = value[..3].parse().expect("a status");
        } else {
            answer.headers.push((name.to_lowercase(), value.to_owned()));
        }
    }
    answer
}

//! GitHub's own description of its API, and whether a request is one that it describes.
//!
//! `openapi.json` is the part of it that we use; `openapi.mjs` makes it from the published package. Where the description allows
//! fields that it does not name, we do not: GitHub passes over them without a word, so such a field is a mistake of ours.

use std::sync::OnceLock;

use serde_json::Value;

use super::http::{Request, decoded};

struct Operation {
    method: String,
    path: Vec<String>,
    value: Value,
}

fn operations() -> &'static [Operation] {
    static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();
    OPERATIONS.get_or_init(|| {
        let text = include_str!("openapi.json");
        let mut all: Value = serde_json::from_str(text).expect("JSON");
        let Value::Object(all) = all["operations"].take() else { panic!("no operations") };
        let operation = |(name, value): (String, Value)| {
            let (method, path) = name.split_once(' ').expect("method and path");
            let path = path.trim_start_matches('/').split('/').map(str::to_owned).collect();
            Operation { method: method.to_owned(), path, value }
        };
        all.into_iter().map(operation).collect()
    })
}

/// What is wrong with a request to the API, whose path is without what stands before it on this server.
pub(super) fn wrong(request: &Request, path: &str) -> Option<String> {
    check(request, path).err().map(|why| format!("{} {path}?{}: {why}", request.method, request.query))
}

fn check(request: &Request, path: &str) -> Result<(), String> {
    if request.header("accept") != Some("application/vnd.github+json") {
        return Err("it does not accept GitHub's JSON".into());
    }
    if request.header("x-github-api-version") != Some(uptake::forge::github::API_VERSION) {
        return Err("it does not say which version of the API it means".into());
    }
    if !request.body.is_empty() && request.header("content-type") != Some("application/json") {
        return Err("its body is not said to be JSON".into());
    }
    if path == "/graphql" {
        return graphql(request);
    }
    let parts: Vec<String> = path.trim_start_matches('/').split('/').map(decoded).collect();
    let found = operations().iter().find(|operation| operation.method == request.method && operation.fits(&parts));
    let operation = &found.ok_or("there is no such operation")?.value;
    query(request, parameters(operation, "query"))?;
    let body = &operation["body"];
    match (body.is_null(), request.body.is_empty()) {
        (true, true) => Ok(()),
        (true, false) => Err("it has a body, and none is described".into()),
        (false, true) if body["required"] == true => Err("it has no body".into()),
        (false, true) => Ok(()),
        (false, false) => {
            let value = serde_json::from_slice(&request.body).map_err(|error| format!("its body: {error}"))?;
            validate(&value, &body["schema"], "body")
        }
    }
}

/// The other API has another description: a query, and what its variables are.
fn graphql(request: &Request) -> Result<(), String> {
    let body: Value = serde_json::from_slice(&request.body).map_err(|error| format!("its body: {error}"))?;
    let fields = body.as_object().ok_or("its body is no object")?;
    let described = request.method == "POST" && request.query.is_empty() && fields.len() == 2;
    let right = described && fields["query"].is_string() && fields["variables"].is_object();
    if right { Ok(()) } else { Err("it is no query with variables".into()) }
}

fn parameters<'a>(operation: &'a Value, place: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = operation["parameters"].as_array().expect("parameters").iter();
    all.filter(move |parameter| parameter["in"] == place)
}

impl Operation {
    /// Whether a path is this one's: the same words, and between them what the parameters are said to be.
    fn fits(&self, parts: &[String]) -> bool {
        let fits = |(template, part): (&String, &String)| match template.strip_prefix('{') {
            Some(name) => {
                let name = name.trim_end_matches('}');
                let described = parameters(&self.value, "path").find(|parameter| parameter["name"] == name);
                let schema = &described.expect("every part of a path is described")["schema"];
                !part.is_empty() && validate(&typed(part, schema), schema, name).is_ok()
            }
            None => template == part,
        };
        // The path of a file may have many parts, though the description does not say so.
        let many = self.path.last().is_some_and(|last| last == "{path}") && parts.len() > self.path.len();
        (many || self.path.len() == parts.len()) && self.path.iter().zip(parts).all(fits)
    }
}

fn query<'a>(request: &Request, described: impl Iterator<Item = &'a Value>) -> Result<(), String> {
    let described: Vec<_> = described.collect();
    let mut given = Vec::new();
    for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| format!("{pair} has no value"))?;
        let (name, value) = (decoded(name), decoded(value));
        let known = described.iter().find(|parameter| parameter["name"] == name.as_str());
        let schema = &known.ok_or_else(|| format!("there is no parameter {name}"))?["schema"];
        validate(&typed(&value, schema), schema, &name)?;
        if given.contains(&name) {
            return Err(format!("{name} stands there twice"));
        }
        given.push(name);
    }
    let missing = |parameter: &&&Value| {
        parameter["required"] == true && !given.iter().any(|name| parameter["name"] == name.as_str())
    };
    match described.iter().find(missing) {
        Some(parameter) => Err(format!("{} is missing", parameter["name"])),
        None => Ok(()),
    }
}

/// Text of an address as the value it means.
fn typed(text: &str, schema: &Value) -> Value {
    let value = match schema["type"].as_str() {
        Some("integer" | "boolean") => serde_json::from_str(text).ok(),
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}

/// Whether a value is what a schema says. A word of schemas that this does not know is no schema.
fn validate(value: &Value, schema: &Value, at: &str) -> Result<(), String> {
    let words = schema.as_object().expect("a schema");
    if value.is_null() {
        return if schema["nullable"] == true { Ok(()) } else { Err(format!("{at} is null")) };
    }
    let unless = |fine: bool, why: &str| if fine { Ok(()) } else { Err(format!("{at} {why}: {value}")) };
    for (word, rule) in words {
        match (word.as_str(), value) {
            ("type", _) => {
                let kind = rule.as_str().expect("a type");
                let fine = match kind {
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    _ => panic!("what is a {kind}?"),
                };
                unless(fine, &format!("is no {kind}"))?;
            }
            ("enum", _) => unless(rule.as_array().expect("values").contains(value), "is none of the known")?,
            ("oneOf", _) => {
                let of = rule.as_array().expect("schemas").iter();
                unless(of.filter(|schema| validate(value, schema, at).is_ok()).count() == 1, "is not one of them")?;
            }
            ("format", Value::String(text)) => match rule.as_str().expect("a format") {
                "date-time" => {
                    // What is searched for may be a range.
                    let moment = text.strip_prefix(">=").filter(|_| at == "created").unwrap_or(text);
                    unless(moment.parse::<jiff::Timestamp>().is_ok(), "is no moment")?;
                }
                "repo.nwo" => unless(text.split('/').count() == 2, "names no repository")?,
                other => panic!("what is {other}?"),
            },
            ("properties", Value::Object(fields)) => {
                for (name, value) in fields {
                    match (rule.get(name), schema.get("additionalProperties")) {
                        (Some(schema), _) => validate(value, schema, &format!("{at}.{name}"))?,
                        (None, Some(Value::Bool(true))) => {}
                        (None, _) => return Err(format!("{at}.{name} is not described")),
                    }
                }
            }
            ("required", Value::Object(fields)) => {
                for name in rule.as_array().expect("names") {
                    unless(fields.contains_key(name.as_str().expect("a name")), &format!("lacks {name}"))?;
                }
            }
            ("maxProperties", Value::Object(fields)) => {
                unless(fields.len() as u64 <= rule.as_u64().expect("a number"), "has too many fields")?;
            }
            ("items", Value::Array(items)) => {
                for (nth, item) in items.iter().enumerate() {
                    validate(item, rule, &format!("{at}[{nth}]"))?;
                }
            }
            ("minItems", Value::Array(items)) => {
                unless(items.len() as u64 >= rule.as_u64().expect("a number"), "has too few items")?;
            }
            ("maxItems", Value::Array(items)) => {
                unless(items.len() as u64 <= rule.as_u64().expect("a number"), "has too many items")?;
            }
            // Of other kinds of values, or looked at beside the word it goes with.
            (
                "format" | "properties" | "required" | "maxProperties" | "items" | "minItems" | "maxItems" | "nullable",
                _,
            ) => {}
            ("additionalProperties", _) => assert!(rule.is_boolean(), "what else may there be? {rule}"),
            (other, _) => panic!("what does {other} say?"),
        }
    }
    Ok(())
}

#[test]
fn a_request_that_is_not_described_is_told() {
    let described = |line: &str, body: &str| {
        let (method, target) = line.split_once(' ').expect("method and target");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = [
            ("accept", "application/vnd.github+json"),
            ("content-type", "application/json"),
            ("x-github-api-version", "2022-11-28"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let (path, query, body) = (path.to_owned(), query.to_owned(), body.as_bytes().to_vec());
        let request = Request { method: method.to_owned(), path, query, headers, body };
        check(&request, &request.path).err().unwrap_or_default()
    };
    let right = [
        ("GET /repos/a/b/pulls?state=all&per_page=100", ""),
        ("GET /repos/a/b/branches/uptake%2Ffixes", ""),
        ("PATCH /repos/a/b/issues/comments/7", r#"{"body":"c"}"#),
        ("POST /repos/a/b/pulls", r#"{"title":"t","head":"h","base":"b","draft":true}"#),
        ("POST /app/installations/7/access_tokens", r#"{"repositories":["b"],"permissions":{"contents":"write"}}"#),
        ("POST /graphql", r#"{"query":"mutation { a }","variables":{}}"#),
    ];
    for (line, body) in right {
        assert_eq!(described(line, body), "", "{line} {body}");
    }
    let wrong = [
        ("GET /repos/a/b/pulls?stat=all", "", "there is no parameter stat"),
        ("GET /repos/a/b/pulls?state=al", "", r#"state is none of the known: "al""#),
        ("GET /repos/a/b/pulls?per_page=many", "", r#"per_page is no integer: "many""#),
        ("GET /repos/a/b/pulls?page=1&page=2", "", "page stands there twice"),
        ("GET /repos/a/b/branches/uptake/fixes", "", "there is no such operation"),
        ("GET /repos/a/b/pulls/one", "", "there is no such operation"),
        ("DELETE /repos/a/b/pulls/1", "", "there is no such operation"),
        ("GET /repos/a/b/pulls", "{}", "it has a body, and none is described"),
        ("POST /repos/a/b/pulls", "", "it has no body"),
        ("POST /repos/a/b/pulls", r#"{"head":"h"}"#, r#"body lacks "base": {"head":"h"}"#),
        ("POST /repos/a/b/pulls", r#"{"head":"h","base":"b","daft":true}"#, "body.daft is not described"),
        ("POST /repos/a/b/pulls", r#"{"head":"h","base":null}"#, "body.base is null"),
        ("PUT /repos/a/b/issues/1/labels", r#"{"labels":[]}"#, r#"body is not one of them: {"labels":[]}"#),
        (
            "POST /app/installations/7/access_tokens",
            r#"{"permissions":{"contents":"admin"}}"#,
            r#"body.permissions.contents is none of the known: "admin""#,
        ),
        ("POST /repos/a/b/stacks", r#"{"pull_requests":[1]}"#, "body.pull_requests has too few items: [1]"),
        ("POST /graphql", r#"{"query":"mutation { a }"}"#, "it is no query with variables"),
    ];
    for (line, body, why) in wrong {
        assert_eq!(described(line, body), why, "{line} {body}");
    }
    // Each word of the whole is known to the check: nothing is passed over for lack of understanding it.
    for operation in operations() {
        let schemas = parameters(&operation.value, "query").chain(parameters(&operation.value, "path"));
        for schema in schemas.map(|parameter| &parameter["schema"]).chain([&operation.value["body"]["schema"]]) {
            known(schema);
        }
    }
}

#[cfg(test)]
fn known(schema: &Value) {
    const WORDS: [&str; 13] = [
        "type",
        "enum",
        "oneOf",
        "format",
        "properties",
        "required",
        "maxProperties",
        "items",
        "minItems",
        "maxItems",
        "nullable",
        "additionalProperties",
        "schema",
    ];
    for (word, rule) in schema.as_object().into_iter().flatten() {
        assert!(WORDS.contains(&word.as_str()), "what does {word} say?");
        match word.as_str() {
            "properties" => rule.as_object().expect("fields").values().for_each(known),
            "oneOf" => rule.as_array().expect("schemas").iter().for_each(known),
            "items" => known(rule),
            _ => {}
        }
    }
}

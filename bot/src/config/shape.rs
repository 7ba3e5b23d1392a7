//! Whether a value has the shape the JSON schema asks for: every deviation, and the value put right so far that the meaning of
//! the rest can be checked in the same go.
//!
//! A walker of our own rather than a validator's: it speaks of keys and lists instead of JSON pointers, and knows the slips
//! YAML invites. It understands what [`super::schema`] makes of our types, and no more.

use std::collections::{HashMap, HashSet};

use regex::Regex;
use serde_json::Value as Json;
use serde_yaml_ng::{Mapping, Value};

use super::problem::Problem;
use super::source::{Positions, join};
use super::wording::{first_sentence, kind, listed, nearest, shown, subject};
use super::words::PATTERN_HELP;

/// A value of the right shape.
pub(super) struct Shaped {
    /// It will be read without an error.
    pub(super) value: Value,
    /// What was put right to get there.
    pub(super) problems: Vec<Problem>,
    /// Where: what stands there now is made up, and nothing more should be said of it.
    pub(super) settled: HashSet<String>,
    /// Mappings that had unknown keys: they may hold less than was meant.
    pub(super) incomplete: HashSet<String>,
}

/// Checks a value against a schema.
pub(super) fn check(value: Value, schema: &Json, positions: &Positions) -> Shaped {
    let mut walker = Walker {
        root: schema,
        positions,
        problems: Vec::new(),
        settled: HashSet::new(),
        incomplete: HashSet::new(),
        patterns: HashMap::new(),
    };
    let value = walker.walk(value, "", schema);
    Shaped { value, problems: walker.problems, settled: walker.settled, incomplete: walker.incomplete }
}

struct Walker<'a> {
    root: &'a Json,
    positions: &'a Positions,
    problems: Vec<Problem>,
    settled: HashSet<String>,
    incomplete: HashSet<String>,
    patterns: HashMap<&'a str, Option<Regex>>,
}

impl<'a> Walker<'a> {
    fn walk(&mut self, value: Value, path: &str, schema: &'a Json) -> Value {
        let schema = self.choose(&value, schema);
        if let Value::Tagged(tagged) = &value {
            let message = format!("the tag {} means nothing here", shown(&tagged.tag.to_string()));
            return self.replace(path, schema, Problem::new(self.positions.value(path), message).help("remove it"));
        }
        if let Some(words) = words(schema) {
            return self.word(value, path, schema, &words);
        }
        match (schema["type"].as_str().unwrap_or_default(), value) {
            ("object", Value::Mapping(mapping)) => Value::Mapping(self.mapping(mapping, path, schema)),
            ("array", Value::Sequence(items)) => self.list(items, path, schema),
            ("string", Value::String(text)) => self.text(text, path, schema),
            ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => {
                self.number(&number, path, schema)
            }
            ("boolean", value @ Value::Bool(_)) => value,
            (expected, value) => self.mismatch(value, path, schema, expected),
        }
    }

    /// The schema behind references; of several that may apply, the one for a value of this kind.
    fn choose(&self, value: &Value, schema: &'a Json) -> &'a Json {
        let mut schema = schema;
        loop {
            if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/definitions/")) {
                schema = &self.root["definitions"][name];
            } else if let Some([only]) = schema["allOf"].as_array().map(Vec::as_slice) {
                schema = only;
            } else if let Some(choices) = schema["anyOf"].as_array() {
                let fits = |choice: &&Json| self.choose(value, choice)["type"] == kind(value).0;
                match choices.iter().find(fits).or(choices.first()) {
                    Some(choice) => schema = choice,
                    None => return schema,
                }
            } else {
                return schema;
            }
        }
    }

    fn mapping(&mut self, mapping: Mapping, path: &str, schema: &'a Json) -> Mapping {
        let Some(known) = schema["properties"].as_object() else { return mapping };
        let mut result = Mapping::new();
        for (key, value) in mapping {
            let name = match &key {
                Value::String(name) => name.clone(),
                Value::Bool(word) => word.to_string(),
                Value::Number(number) => number.to_string(),
                _ => String::new(),
            };
            let below = join(path, &name);
            match known.get(&name) {
                Some(schema) => {
                    let value = self.walk(value, &below, schema);
                    result.insert(key, value);
                }
                None => {
                    self.incomplete.insert(path.to_owned());
                    self.unknown_key(&name, path, &below, &known.keys().map(String::as_str).collect::<Vec<_>>());
                }
            }
        }
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let missing: Vec<&'a str> = required.filter(|key| !result.contains_key(key)).collect();
        if !missing.is_empty() {
            let keys = if missing.len() == 1 { "the key" } else { "the keys" };
            let message =
                format!("{} lacks {keys} {}", subject(path, "a mapping"), listed(missing.iter().copied(), "and"));
            let mut problem = Problem::new(self.positions.value(path), message);
            if let [only] = missing[..] {
                problem = problem.help(format!("`{only}`: {}", first_sentence(&known[only])));
            }
            self.problems.push(problem);
            for key in missing {
                self.settled.insert(join(path, key));
                result.insert(key.into(), self.made_up(&known[key]));
            }
        }
        result
    }

    fn unknown_key(&mut self, name: &str, path: &str, below: &str, known: &[&str]) {
        let within = if path.is_empty() { String::new() } else { format!(" in {}", subject(path, "the mapping")) };
        let problem = Problem::new(self.positions.key(below), format!("unknown key {}{within}", shown(name)));
        let known_keys = format!("known here: {}", known.join(", "));
        self.problems.push(match (name, nearest(name, known)) {
            ("<<", _) => {
                problem.help("merge keys are not read; write the keys out, or repeat a whole value by an alias")
            }
            (_, Some(near)) => problem.help(format!("did you mean `{near}`? {known_keys}")),
            (_, None) => problem.help(known_keys),
        });
    }

    fn list(&mut self, items: Vec<Value>, path: &str, schema: &'a Json) -> Value {
        let least = schema["minItems"].as_u64().and_then(|least| usize::try_from(least).ok()).unwrap_or_default();
        if items.len() < least {
            let count = match items.len() {
                0 => "is empty".to_owned(),
                1 => "has 1 item".to_owned(),
                count => format!("has {count} items"),
            };
            let message = format!("{} {count}, and needs at least {least}", subject(path, "a list"));
            self.problems.push(Problem::new(self.positions.key(path), message).help(first_sentence(schema)));
        }
        let walked =
            items.into_iter().enumerate().map(|(index, item)| self.walk(item, &join(path, index), &schema["items"]));
        Value::Sequence(walked.collect())
    }

    fn text(&mut self, text: String, path: &str, schema: &'a Json) -> Value {
        if let Some((message, help)) = self.unfit(&text, path, schema) {
            let problem = Problem::new(self.positions.value(path), message);
            self.problems.push(match help {
                Some(help) => problem.help(help),
                None => problem,
            });
            self.settled.insert(path.to_owned());
        }
        Value::String(text)
    }

    /// What is wrong with a text, and what would be right.
    fn unfit(&mut self, text: &str, path: &str, schema: &'a Json) -> Option<(String, Option<&'a str>)> {
        let length = text.chars().count();
        let bound = |key: &str| schema[key].as_u64().and_then(|bound| usize::try_from(bound).ok());
        let what = subject(path, "the text");
        if let Some(pattern) = schema["pattern"].as_str() {
            // A pattern that does not compile cannot be in the schema: a test compiles them all.
            let regex = self.patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
            if regex.as_ref().is_some_and(|regex| !regex.is_match(text)) {
                let message = if text.is_empty() {
                    format!("{what} is empty")
                } else {
                    format!("{what} cannot be {}", shown(text))
                };
                return Some((message, schema[PATTERN_HELP].as_str()));
            }
        }
        if bound("minLength").is_some_and(|least| length < least) {
            return Some((format!("{what} is empty"), Some("give it a value or leave it out")));
        }
        let most = bound("maxLength").filter(|most| length > *most)?;
        Some((format!("{what} is too long: {length} characters, at most {most}"), None))
    }

    fn word(&mut self, value: Value, path: &str, schema: &'a Json, words: &[&'a str]) -> Value {
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Bool(_) | Value::Number(_) => self.positions.written(path).unwrap_or_default().to_owned(),
            _ => return self.mismatch(value, path, schema, "string"),
        };
        if words.contains(&text.as_str()) {
            return value;
        }
        let message = format!("{} cannot be {}", subject(path, "the word"), shown(&text));
        let choices = format!("one of {}", words.join(", "));
        let help = match nearest(&text, words) {
            Some(near) => format!("did you mean `{near}`? {choices}"),
            None => choices,
        };
        self.replace(path, schema, Problem::new(self.positions.value(path), message).help(help))
    }

    fn number(&mut self, number: &serde_yaml_ng::Number, path: &str, schema: &'a Json) -> Value {
        let least = schema["minimum"].as_u64().unwrap_or(0);
        let most = schema["maximum"].as_u64().unwrap_or(u64::MAX);
        if number.as_u64().is_some_and(|number| (least..=most).contains(&number)) {
            return Value::Number(number.clone());
        }
        let message = format!("{} cannot be {number}", subject(path, "the number"));
        let problem =
            Problem::new(self.positions.value(path), message).help(format!("a whole number from {least} to {most}"));
        self.replace(path, schema, problem)
    }

    /// A value of another kind than is asked for. Where the meaning is plain it is read as meant; otherwise made up.
    fn mismatch(&mut self, value: Value, path: &str, schema: &'a Json, expected: &str) -> Value {
        let wanted = match expected {
            "object" => "a mapping (`key: value` lines)",
            "array" => "a list",
            "integer" => "a whole number",
            "boolean" => "true or false",
            _ => "a text",
        };
        let message = match &value {
            Value::Null => format!("{} has no value", subject(path, "the file")),
            value => format!("{} must be {wanted}, not {}", subject(path, "the file"), kind(value).1),
        };
        let problem = Problem::new(self.positions.value(path), message);
        let written = self.positions.written(path).unwrap_or_default().to_owned();
        let plain = matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_)) && !written.is_empty();
        match (expected, plain) {
            // A version or an all-digit SHA: YAML's best known trap.
            ("string", true) => {
                let Some((_, help)) = self.unfit(&written, path, schema) else {
                    self.problems.push(problem.help(format!("put it in quotes: \"{written}\"")));
                    return Value::String(written);
                };
                self.replace(path, schema, problem.help(help.unwrap_or("put it in quotes")))
            }
            ("array", true) => {
                let item =
                    if matches!(value, Value::String(_)) { shown(&written) } else { shown(&format!("\"{written}\"")) };
                let help = format!(
                    "put it in a list: {}",
                    item.replacen('`', "`[", 1).trim_end_matches('`').to_owned() + "]`"
                );
                self.replace(path, schema, problem.help(help))
            }
            _ if value.is_null() => {
                let help = format!("give it {wanted}, or leave the key out");
                self.replace(path, schema, problem.help(help))
            }
            _ => {
                let help = first_sentence(schema);
                self.replace(path, schema, if help.is_empty() { problem } else { problem.help(help) })
            }
        }
    }

    fn replace(&mut self, path: &str, schema: &'a Json, problem: Problem) -> Value {
        self.problems.push(problem);
        self.settled.insert(path.to_owned());
        self.made_up(schema)
    }

    /// The least value of the right shape.
    fn made_up(&self, schema: &'a Json) -> Value {
        let schema = self.choose(&Value::Null, schema);
        if let Some([first, ..]) = words(schema).as_deref() {
            return Value::String((*first).to_owned());
        }
        match schema["type"].as_str().unwrap_or_default() {
            "object" => {
                let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
                let pairs = required.map(|key| (key.into(), self.made_up(&schema["properties"][key])));
                Value::Mapping(pairs.collect())
            }
            "array" => Value::Sequence(Vec::new()),
            "integer" => Value::Number(1.into()),
            "boolean" => Value::Bool(false),
            _ => Value::String(String::new()),
        }
    }
}

/// The words of an enumeration.
fn words(schema: &Json) -> Option<Vec<&str>> {
    schema["oneOf"].as_array().map(|choices| choices.iter().filter_map(|choice| choice["const"].as_str()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::schema::schema;

    /// The patterns the walker would skip if they did not compile, and the keywords it would not see.
    #[test]
    fn the_walker_knows_all_that_the_schema_says() {
        const KNOWN: [&str; 20] = [
            "$schema",
            "$ref",
            "title",
            "description",
            "default",
            "definitions",
            "properties",
            "required",
            "additionalProperties",
            "type",
            "items",
            "minItems",
            "pattern",
            PATTERN_HELP,
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "format",
            "const",
        ];
        fn walk(value: &Json, names: bool) {
            match value {
                Json::Object(object) => {
                    for (key, value) in object {
                        let choice = matches!(key.as_str(), "oneOf" | "anyOf" | "allOf");
                        assert!(names || choice || KNOWN.contains(&key.as_str()), "{key}");
                        if key == "pattern" && !names {
                            Regex::new(value.as_str().unwrap()).unwrap();
                        }
                        if key != "default" {
                            walk(value, !names && matches!(key.as_str(), "properties" | "definitions"));
                        }
                    }
                }
                Json::Array(items) => items.iter().for_each(|item| walk(item, false)),
                _ => {}
            }
        }
        walk(&schema(), false);
    }
}

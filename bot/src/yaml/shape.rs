//! Whether a value has the shape the JSON schema asks for: every deviation, and the value put right so far that the meaning of
//! the rest can be checked in the same go.
//!
//! A walker of our own rather than a validator's: it speaks of keys and lists instead of JSON pointers, and knows the slips
//! YAML invites. It understands what [`super::schema`] makes of our types, and no more.

use std::collections::{HashMap, HashSet};

use regex::Regex;
use serde_json::Value as Json;
use serde_yaml_ng::{Mapping, Value};

use super::choice::{Tagged, tagged, words};
use super::problem::Problem;
use super::schema::PATTERN_HELP;
use super::source::{Positions, join};
use super::wording::{first_sentence, kind, nearest, quoted, quoted_list, subject};

/// A value of the right shape.
pub(crate) struct Shaped {
    /// It will be read without an error.
    pub(crate) value: Value,
    /// What was put right to get there.
    pub(crate) problems: Vec<Problem>,
    /// Where: what stands there now is made up, and nothing more should be said of it.
    pub(crate) resolved: HashSet<String>,
    /// Mappings that had unknown keys: they may hold less than was meant.
    pub(crate) incomplete: HashSet<String>,
}

/// The shape asked for: the schema, and its patterns compiled.
pub(crate) struct Form {
    schema: Json,
    patterns: HashMap<String, Regex>,
}

impl Form {
    /// The form a schema describes. A pattern that does not compile is passed over; a test tells that there is none.
    pub(crate) fn new(schema: Json) -> Self {
        let mut patterns = HashMap::new();
        let mut rest = vec![&schema];
        while let Some(value) = rest.pop() {
            if let Some(pattern) = value["pattern"].as_str()
                && let Ok(regex) = Regex::new(pattern)
            {
                patterns.insert(pattern.to_owned(), regex);
            }
            rest.extend(value.as_object().into_iter().flatten().map(|(_, value)| value));
            rest.extend(value.as_array().into_iter().flatten());
        }
        Self { schema, patterns }
    }
}

/// Checks a value against a form.
pub(crate) fn check(value: Value, form: &Form, positions: &Positions) -> Shaped {
    let mut walker =
        Walker { form, positions, problems: Vec::new(), resolved: HashSet::new(), incomplete: HashSet::new() };
    let value = walker.walk(value, "", &form.schema);
    Shaped { value, problems: walker.problems, resolved: walker.resolved, incomplete: walker.incomplete }
}

struct Walker<'a> {
    form: &'a Form,
    positions: &'a Positions,
    problems: Vec<Problem>,
    resolved: HashSet<String>,
    incomplete: HashSet<String>,
}

impl<'a> Walker<'a> {
    fn walk(&mut self, value: Value, path: &str, schema: &'a Json) -> Value {
        let schema = self.choose(&value, schema);
        if let Value::Tagged(tagged) = &value {
            let message = format!("the tag {} means nothing here", quoted(&tagged.tag.to_string()));
            return self.replace(path, schema, Problem::new(self.positions.value(path), message).help("remove it"));
        }
        if let Some(words) = words(schema) {
            return self.word(value, path, schema, &words);
        }
        if let Some(tagged) = tagged(schema) {
            return self.untold(&value, path, &tagged);
        }
        match (schema["type"].as_str().unwrap_or_default(), value) {
            ("object", Value::Mapping(mapping)) => Value::Mapping(self.mapping(mapping, path, schema)),
            ("array", Value::Sequence(items)) => self.list(items, path, schema),
            ("string", Value::String(text)) => self.text(text, path, schema),
            ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => {
                self.number(&number, path, schema)
            }
            ("boolean", value @ Value::Bool(_)) => value,
            (expected, value) => self.mismatch(&value, path, schema, expected),
        }
    }

    /// The schema behind references; of several that may apply, the one for a value of this kind.
    fn choose(&self, value: &Value, schema: &'a Json) -> &'a Json {
        let mut schema = schema;
        loop {
            if let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix("#/definitions/")) {
                schema = &self.form.schema["definitions"][name];
            } else if let Some([only]) = schema["allOf"].as_array().map(Vec::as_slice) {
                schema = only;
            } else if let Some(choices) = schema["anyOf"].as_array() {
                let fits = |choice: &&Json| self.choose(value, choice)["type"] == kind(value).0;
                match choices.iter().find(fits).or(choices.first()) {
                    Some(choice) => schema = choice,
                    None => return schema,
                }
            } else if let Some(choice) = tagged(schema).and_then(|tagged| tagged.choice(value)) {
                schema = choice;
            } else {
                return schema;
            }
        }
    }

    /// A mapping that does not say by its key which of several it is.
    fn untold(&mut self, value: &Value, path: &str, tagged: &Tagged<'a>) -> Value {
        let Tagged { tag, .. } = tagged;
        let below = join(path, tag);
        match value.get(tag) {
            Some(word) => drop(self.word(word.clone(), &below, tagged.any(), &tagged.words())),
            None if value.is_mapping() => {
                let message = format!("{} lacks the key {}", subject(path, "a mapping"), quoted(tag));
                let help = format!("`{tag}`: one of {}", tagged.words().join(", "));
                self.problems.push(Problem::new(self.positions.value(path), message).help(help));
            }
            None => return self.mismatch(value, path, tagged.any(), "object"),
        }
        self.resolved.insert(path.to_owned());
        self.made_up(tagged.any())
    }

    fn mapping(&mut self, mapping: Mapping, path: &str, schema: &'a Json) -> Mapping {
        let Some(known) = schema["properties"].as_object() else { return self.map(mapping, path, schema) };
        let mut result = Mapping::new();
        let mut meant = HashSet::new();
        for (key, value) in mapping {
            let name = key_text(&key);
            let below = join(path, &name);
            match known.get(&name) {
                Some(schema) => {
                    let value = self.walk(value, &below, schema);
                    result.insert(key, value);
                }
                None => {
                    self.incomplete.insert(path.to_owned());
                    meant.extend(self.unknown_key(
                        &name,
                        path,
                        &below,
                        &known.keys().map(String::as_str).collect::<Vec<_>>(),
                    ));
                }
            }
        }
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let absent: Vec<&'a str> = required.filter(|key| !result.contains_key(key)).collect();
        // A key that is there, misspelt, has been reported.
        let missing: Vec<&'a str> = absent.iter().copied().filter(|key| !meant.contains(key)).collect();
        if !missing.is_empty() {
            let keys = if missing.len() == 1 { "the key" } else { "the keys" };
            let message =
                format!("{} lacks {keys} {}", subject(path, "a mapping"), quoted_list(missing.iter().copied(), "and"));
            let mut problem = Problem::new(self.positions.value(path), message);
            if let [only] = missing[..] {
                problem = problem.help(format!("`{only}`: {}", first_sentence(&known[only])));
            }
            self.problems.push(problem);
        }
        for key in absent {
            self.resolved.insert(join(path, key));
            result.insert(key.into(), self.made_up(&known[key]));
        }
        result
    }

    /// A mapping whose keys are anybody's choice, of values that are all of one kind.
    fn map(&mut self, mapping: Mapping, path: &str, schema: &'a Json) -> Mapping {
        let (names, values) = (&schema["propertyNames"], &schema["additionalProperties"]);
        if !values.is_object() {
            return mapping;
        }
        let mut result = Mapping::new();
        for (key, value) in mapping {
            let name = key_text(&key);
            let below = join(path, &name);
            if let Some((_, help)) = self.text_problem(&name, path, names) {
                let message = format!("{} cannot have the key {}", subject(path, "the mapping"), quoted(&name));
                let problem = Problem::new(self.positions.key(&below), message);
                self.problems.push(match help {
                    Some(help) => problem.help(help),
                    None => problem,
                });
                self.incomplete.insert(path.to_owned());
                continue;
            }
            let value = self.walk(value, &below, values);
            result.insert(name.into(), value);
        }
        result
    }

    /// Reports an unknown key; gives the key that was probably meant.
    fn unknown_key<'k>(&mut self, name: &str, path: &str, below: &str, known: &[&'k str]) -> Option<&'k str> {
        let within = if path.is_empty() { String::new() } else { format!(" in {}", subject(path, "the mapping")) };
        let problem = Problem::new(self.positions.key(below), format!("unknown key {}{within}", quoted(name)));
        let known_keys = format!("known here: {}", known.join(", "));
        let near = nearest(name, known);
        self.problems.push(match (name, near) {
            ("<<", _) => {
                problem.help("merge keys are not read; write the keys out, or repeat a whole value by an alias")
            }
            (_, Some(near)) => problem.help(format!("did you mean `{near}`? {known_keys}")),
            (_, None) => problem.help(known_keys),
        });
        near
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
        if let Some((message, help)) = self.text_problem(&text, path, schema) {
            let problem = Problem::new(self.positions.value(path), message);
            self.problems.push(match help {
                Some(help) => problem.help(help),
                None => problem,
            });
            self.resolved.insert(path.to_owned());
        }
        Value::String(text)
    }

    /// What is wrong with a text, and what would be right.
    fn text_problem(&self, text: &str, path: &str, schema: &'a Json) -> Option<(String, Option<&'a str>)> {
        let length = text.chars().count();
        let bound = |key: &str| schema[key].as_u64().and_then(|bound| usize::try_from(bound).ok());
        let what = subject(path, "the text");
        let pattern = schema["pattern"].as_str().and_then(|pattern| self.form.patterns.get(pattern));
        if pattern.is_some_and(|regex| !regex.is_match(text)) {
            let message =
                if text.is_empty() { format!("{what} is empty") } else { format!("{what} cannot be {}", quoted(text)) };
            return Some((message, schema[PATTERN_HELP].as_str()));
        }
        if bound("minLength").is_some_and(|least| length < least) {
            return Some((format!("{what} is empty"), Some("give it a value or leave it out")));
        }
        let most = bound("maxLength").filter(|most| length > *most)?;
        Some((format!("{what} is too long: {length} characters, at most {most}"), None))
    }

    fn word(&mut self, value: Value, path: &str, schema: &'a Json, words: &[&'a str]) -> Value {
        let text = match (&value, self.positions.written(path)) {
            (Value::String(text), _) => text.clone(),
            (Value::Bool(_) | Value::Number(_), Some(written)) => written.to_owned(),
            _ => return self.mismatch(&value, path, schema, "string"),
        };
        if words.contains(&text.as_str()) {
            return value;
        }
        let message = format!("{} cannot be {}", subject(path, "the word"), quoted(&text));
        let choices = format!("one of {}", words.join(", "));
        let help = match nearest(&text, words) {
            Some(near) => format!("did you mean `{near}`? {choices}"),
            None => choices,
        };
        self.replace(path, schema, Problem::new(self.positions.value(path), message).help(help))
    }

    fn number(&mut self, number: &serde_yaml_ng::Number, path: &str, schema: &'a Json) -> Value {
        let (least, most) = range(schema);
        if number.as_u64().is_some_and(|number| (least..=most).contains(&number)) {
            return Value::Number(number.clone());
        }
        let message = format!("{} cannot be {number}", subject(path, "the number"));
        let help = format!("a whole number from {least} to {most}");
        self.replace(path, schema, Problem::new(self.positions.value(path), message).help(help))
    }

    /// A value of another kind than is asked for. A text written as a number is read as meant; all else is made up.
    fn mismatch(&mut self, value: &Value, path: &str, schema: &'a Json, expected: &str) -> Value {
        let wanted = match expected {
            "object" => "a mapping (`key: value` lines)",
            "array" => "a list",
            "integer" => "a whole number",
            "boolean" => "true or false",
            _ => "a text",
        };
        let written = self.positions.written(path).unwrap_or_default().to_owned();
        let what = subject(path, "the file");
        let message = match value {
            Value::Null => format!("{what} has no value"),
            Value::Number(number) if expected == "integer" => format!("{what} must be {wanted}, not {number}"),
            value => format!("{what} must be {wanted}, not {}", kind(value).1),
        };
        let problem = Problem::new(self.positions.value(path), message);
        let plain = matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_)) && !written.is_empty();
        let help = match (expected, value) {
            (_, Value::Null) => format!("write {wanted} there, or remove it"),
            // A version or an all-digit SHA: YAML's best known trap.
            ("string", _) if plain => match self.text_problem(&written, path, schema) {
                None => {
                    self.problems.push(problem.help(format!("put it in quotes: \"{written}\"")));
                    return Value::String(written);
                }
                Some((_, help)) => help.unwrap_or("put it in quotes").to_owned(),
            },
            // A command is a list of words, so that it needs no shell.
            ("array", Value::String(text)) if path.ends_with("command") => {
                format!(
                    "write a word per item: {}",
                    quoted(&format!("[{}]", text.split_whitespace().collect::<Vec<_>>().join(", ")))
                )
            }
            ("array", Value::String(_)) => format!("put it in a list: {}", quoted(&format!("[{written}]"))),
            ("array", _) if plain => format!("put it in a list: {}", quoted(&format!("[\"{written}\"]"))),
            ("integer", Value::String(_)) if written.parse::<u32>().is_ok() => "write it without quotes".to_owned(),
            ("integer", _) => format!("a whole number from {} to {}", range(schema).0, range(schema).1),
            ("object", _) if path.is_empty() => "it begins with a key, such as `phases:`".to_owned(),
            ("object", _) => {
                let keys: Vec<&str> =
                    schema["properties"].as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
                format!("its keys: {}", keys.join(", "))
            }
            _ => first_sentence(schema).to_owned(),
        };
        self.replace(path, schema, if help.is_empty() { problem } else { problem.help(help) })
    }

    fn replace(&mut self, path: &str, schema: &'a Json, problem: Problem) -> Value {
        self.problems.push(problem);
        self.resolved.insert(path.to_owned());
        self.made_up(schema)
    }

    /// The least value of the right shape.
    fn made_up(&self, schema: &'a Json) -> Value {
        let schema = self.choose(&Value::Null, schema);
        let word = schema["const"].as_str().or_else(|| words(schema)?.first().copied());
        if let Some(word) = word {
            return Value::String(word.to_owned());
        }
        let schema = tagged(schema).map_or(schema, |tagged| tagged.any());
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

/// The least and the most a number may be.
fn range(schema: &Json) -> (u64, u64) {
    (schema["minimum"].as_u64().unwrap_or(0), schema["maximum"].as_u64().unwrap_or(u64::MAX))
}

/// A key as a text.
fn key_text(key: &Value) -> String {
    match key {
        Value::String(name) => name.clone(),
        Value::Bool(word) => word.to_string(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

//! That the walker understands every schema it is given.

use super::*;
use crate::config::schema::{of, schema};
use crate::decision::Decision;

/// The patterns the walker would skip if they did not compile, and the keywords it would not see.
#[test]
fn the_walker_knows_all_that_the_schema_says() {
    // `minProperties` is for editors: a rule that says nothing is a matter of meaning, and reported there.
    const KNOWN: [&str; 21] = [
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
        "minProperties",
    ];
    fn walk(value: &Json, names: bool) {
        match value {
            Json::Object(object) => {
                for (key, value) in object {
                    let choice = matches!(key.as_str(), "oneOf" | "anyOf" | "allOf");
                    assert!(names || choice || KNOWN.contains(&key.as_str()), "{key}");
                    if key == "pattern" && !names {
                        Regex::new(value.as_str().expect("a text")).expect("a pattern that compiles");
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
    walk(&of::<Decision>(), false);
}

//! The JSON schema of the configuration, made from the types of [`super::raw`].

use serde_json::Value;

use super::raw::RawConfig;
use crate::yaml::schema::of;

/// The schema of the configuration, for editors.
#[must_use]
pub fn schema() -> Value {
    let mut value = of::<RawConfig>();
    if let Value::Object(object) = &mut value {
        object.insert("title".into(), "Configuration of Uptake".into());
    }
    if let Value::Object(object) = &mut value {
        // What people look for first stands first.
        let head: Vec<_> = HEAD.iter().filter_map(|key| object.shift_remove_entry(*key)).collect();
        *object = head.into_iter().chain(std::mem::take(object)).collect();
    }
    value
}

const HEAD: [&str; 3] = ["$schema", "title", "description"];

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::decision::Decision;
    use crate::yaml::schema::PATTERN_HELP;

    #[test]
    fn nothing_may_be_null_and_nothing_lies_outside() {
        let text = schema().to_string();
        assert!(!text.contains("null"), "{text}");
        assert!(!text.contains("$id"), "{text}");
    }

    /// The patterns the walker would skip if they did not compile, and the keywords it would not see.
    #[test]
    fn the_walker_knows_all_that_the_schema_says() {
        // `minProperties` is for editors: a rule that says nothing is a matter of meaning, and reported there.
        const KNOWN: [&str; 22] = [
            "$schema",
            "$ref",
            "title",
            "description",
            "default",
            "definitions",
            "properties",
            "required",
            "additionalProperties",
            "propertyNames",
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
        fn walk(value: &Value, names: bool) {
            match value {
                Value::Object(object) => {
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
                Value::Array(items) => items.iter().for_each(|item| walk(item, false)),
                _ => {}
            }
        }
        walk(&schema(), false);
        walk(&of::<Decision>(), false);
    }
}

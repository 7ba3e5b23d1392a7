//! The configuration as people would write it, without what is the default anyway.

use serde_yaml_ng::{Mapping, Value};

use super::raw::RawConfig;
use crate::yaml::write::YamlWriter;

/// Where editors look for the schema, beside the configuration: `uptake schema > .github/uptake.schema.json` puts it there.
const SCHEMA: &str = "uptake.schema.json";

impl RawConfig {
    /// The configuration as YAML. Read again, it is the same configuration.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        self.to_yaml_with(&|_| None)
    }

    /// The configuration with comments: `comment` gives the text to stand above what is at a path, such as `phases/0`; above
    /// everything, at the empty path. Whatever it holds stays a comment.
    #[must_use]
    pub fn to_yaml_with(&self, comment: &dyn Fn(&str) -> Option<String>) -> String {
        let head = format!("# yaml-language-server: $schema={SCHEMA}\n");
        YamlWriter::new(head, comment, &is_flat).document(&self.to_mapping())
    }

    /// What is written: what differs from the default, and the phases in any case.
    fn to_mapping(&self) -> Mapping {
        // The types are plain strings, numbers and words: none of them can fail to become a value.
        let whole = |config: &Self| match serde_yaml_ng::to_value(config) {
            Ok(Value::Mapping(mapping)) => mapping,
            _ => Mapping::new(),
        };
        let default = whole(&Self::default());
        let written = whole(self).into_iter().filter(|(key, value)| key == "phases" || default.get(key) != Some(value));
        written.collect()
    }
}

/// Which lists and mappings read better on one line, where they are short, than on one line each.
fn is_flat(value: &Value, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match (value, parts.as_slice()) {
        // Lists that grow, or whose items are long: a line each keeps their changes readable.
        (Value::Sequence(_), ["local" | "phases", ..])
            if !matches!(parts.last(), Some(&("cuda" | "types" | "paths" | "only"))) =>
        {
            false
        }
        (Value::Sequence(items), [.., key]) => *key != "validate" && items.iter().all(is_scalar),
        (
            Value::Mapping(mapping),
            [.., "commits" | "rules" | "steps", _] | ["conflicts" | "format" | "notes", _] | [.., "match"],
        ) => {
            let plain = |value: &Value| {
                is_scalar(value) || value.as_sequence().is_some_and(|items| items.iter().all(is_scalar))
            };
            mapping.values().all(plain)
        }
        _ => false,
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Sequence(_) | Value::Mapping(_))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_comment_stays_a_comment(text in "[a:\n\r\u{7}\u{85}\u{2028}\u{feff}]{0,12}") {
            let written = RawConfig::default().to_yaml_with(&|_| Some(text.clone()));
            prop_assert_eq!(serde_yaml_ng::from_str::<RawConfig>(&written).expect("YAML"), RawConfig::default());
        }
    }
}

//! Of several things a schema allows in one place, the one that is meant: a word of an enumeration, or a mapping known by one of
//! its keys.

use serde_json::Value as Json;
use serde_yaml_ng::Value;

/// The words of an enumeration.
pub(super) fn words(schema: &Json) -> Option<Vec<&str>> {
    let words = schema["oneOf"].as_array()?.iter().map(|choice| choice["const"].as_str());
    words.collect()
}

/// Mappings distinguished by the word under one key.
pub(super) struct Tagged<'a> {
    /// The key.
    pub(super) tag: &'a str,
    choices: &'a [Json],
}

/// The mappings a schema tells apart by one key, if it does.
pub(super) fn tagged(schema: &Json) -> Option<Tagged<'_>> {
    let choices = schema["oneOf"].as_array()?;
    let properties = choices.first()?["properties"].as_object()?;
    let (tag, _) = properties.iter().find(|(_, property)| property["const"].is_string())?;
    Some(Tagged { tag, choices })
}

impl<'a> Tagged<'a> {
    fn word(&self, choice: &'a Json) -> Option<&'a str> {
        choice["properties"][self.tag]["const"].as_str()
    }

    /// The mapping with this value's word.
    pub(super) fn choice(&self, value: &Value) -> Option<&'a Json> {
        let word = value.get(self.tag)?.as_str()?;
        self.choices.iter().find(|choice| self.word(choice) == Some(word))
    }

    /// The mapping that stands in for one that was not understood.
    pub(super) fn any(&self) -> &'a Json {
        &self.choices[0]
    }

    /// The words, as a schema of their own.
    pub(super) fn words(&self) -> Vec<&'a str> {
        self.choices.iter().filter_map(|choice| self.word(choice)).collect()
    }
}

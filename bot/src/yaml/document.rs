//! Other YAML files that people edit, read with the same care as the configuration: every problem at once, each with its place.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::problem::{Problem, Problems, SourcePos};
use super::source::{YamlSource, text_of};
use super::{schema, shape};

/// Reads a file of this type; `None` where it says nothing but comments. `name` is what the file is called in messages.
///
/// # Errors
/// All that is wrong with it.
pub fn document<T: DeserializeOwned + JsonSchema>(bytes: &[u8], name: &str) -> Result<Option<T>, Problems> {
    read(bytes).map_err(|list| Problems::new(name, list))
}

fn read<T: DeserializeOwned + JsonSchema>(bytes: &[u8]) -> Result<Option<T>, Vec<Problem>> {
    let text = text_of(bytes).map_err(|problem| vec![problem])?;
    if text.lines().all(|line| matches!(line.trim_start().chars().next(), None | Some('#'))) {
        return Ok(None);
    }
    let source = YamlSource::read(text)?;
    let shaped = shape::check(source.value, &shape::Form::new(schema::of::<T>()), &source.positions);
    if !shaped.problems.is_empty() {
        return Err(shaped.problems);
    }
    let value = serde_yaml_ng::from_value(shaped.value);
    // The shape is right by now, so an error is a fault of ours; it must still reach people as a message.
    value.map(Some).map_err(|error| vec![Problem::new(SourcePos::START, format!("cannot be read: {error}"))])
}

//! The form of a decision's texts, for those who read one that was written by hand.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::names::CellName;

/// A phase's id.
pub(super) fn phase(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
        "patternErrorMessage": "a phase is named by its id in the configuration, such as `build-fixes`",
        "maxLength": 40
    })
}

/// A line of text.
pub(super) fn line(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": r"^\S(.*\S)?$",
        "patternErrorMessage": "it is one line of text",
        "maxLength": 1000
    })
}

/// Lines of text.
pub(super) fn lines(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": line(generator) })
}

/// The key `cells` as it was once: `cuda`, with one version alone.
pub(super) fn cells_or_cuda(schema: &mut Schema) {
    let properties = schema.as_object_mut().and_then(|object| object.get_mut("properties"));
    if let Some(properties) = properties.and_then(|value| value.as_object_mut())
        && let Some(one) = properties.get("cells").and_then(|cells| cells.get("items")).cloned()
    {
        properties.insert("cuda".to_owned(), one);
    }
}

/// Cells, or one.
pub(super) fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<CellName>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Cells {
        One(CellName),
        More(Vec<CellName>),
    }
    Ok(match Cells::deserialize(deserializer)? {
        Cells::One(cell) => vec![cell],
        Cells::More(cells) => cells,
    })
}

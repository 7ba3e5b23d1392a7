//! The form of a decision's texts, for those who read one that was written by hand.

use schemars::{Schema, SchemaGenerator, json_schema};

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

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

/// A moment.
pub(super) fn moment(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$",
        "patternErrorMessage": "a moment is written like `2025-11-22T10:00:00Z`"
    })
}

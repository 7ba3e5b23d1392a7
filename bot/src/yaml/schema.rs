//! The JSON schema of a type, as editors know it best.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

/// The keyword under which editors (and [`super::shape`]) find the sentence to show when a pattern does not fit.
pub(crate) const PATTERN_HELP: &str = "patternErrorMessage";

/// The schema of a type. It refers to nothing outside itself.
///
/// Draft 7, since that is the draft the YAML language server and the other editors know best.
pub(crate) fn of<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.transforms.push(Box::new(RecursiveTransform(forbid_null)));
    settings.transforms.push(Box::new(RecursiveTransform(join_lines)));
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// A key with nothing after it is a slip, not a wish for the default: whoever wants the default leaves the key out.
fn forbid_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|kind| kind != "null"));
        // Draft 7 ignores what stands beside `$ref`; `allOf` of one keeps the description beside it alive.
        if choices.len() == 1 {
            let only = object.remove("anyOf").unwrap_or_default();
            object.insert("allOf".into(), only);
        }
    }
}

/// Doc comments are wrapped for the source; an editor wraps them again.
fn join_lines(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.split("\n\n").map(|part| part.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
    }
}

//! JSON, with comments where it has them: read as nodes, and the fork's text changed in place.
//!
//! Kept are indentation, line breaks, comments and the spelling of all that does not change; what is new is written as the text
//! around it is indented. Comments of upstream's do not come along.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode};

use super::node::{Entries, ManifestNode};
use super::order::ordered;

/// JSON, and what editors' settings files add to it.
fn parse(text: &str) -> Result<CstRootNode, String> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    CstRootNode::parse(text, &options).map_err(|error| format!("file is no JSON: {error}"))
}

/// What a file says.
pub(super) fn read(text: &str) -> Result<Entries, String> {
    let root = parse(text)?;
    let top = root.object_value().ok_or("file has no object at its top")?;
    object(&top)
}

fn object(object: &CstObject) -> Result<Entries, String> {
    let mut entries = Entries::new();
    for property in object.properties() {
        let (Some(name), Some(value)) = (property.decoded_name(), property.value()) else {
            return Err("file has a key that cannot be read".into());
        };
        if entries.insert(name.clone(), node(&value)?).is_some() {
            return Err(format!("file has the key `{name}` twice"));
        }
    }
    Ok(entries)
}

fn node(value: &CstNode) -> Result<ManifestNode, String> {
    if let Some(inner) = value.as_object() {
        return object(&inner).map(ManifestNode::Table);
    }
    if let Some(list) = value.as_array() {
        return list.elements().iter().map(node).collect::<Result<_, _>>().map(ManifestNode::List);
    }
    match value.as_string_lit() {
        Some(text) => {
            text.decoded_value().map(ManifestNode::Text).map_err(|error| format!("file has an odd text: {error}"))
        }
        None => Ok(ManifestNode::Plain(value.to_string())),
    }
}

/// The text changed to say what is wanted.
pub(super) fn write(ours: &str, wanted: &Entries) -> Option<String> {
    let root = parse(ours).ok()?;
    change(&root.object_value()?, wanted)?;
    Some(root.to_string())
}

fn change(object: &CstObject, wanted: &Entries) -> Option<()> {
    for property in object.properties() {
        if !wanted.contains_key(&property.decoded_name()?) {
            property.remove();
        }
    }
    let own: Vec<String> = object.properties().iter().filter_map(CstObjectProp::decoded_name).collect();
    let all = wanted.keys().cloned().collect::<Vec<_>>();
    for (at, key) in ordered(&own, &all, &wanted.keys().cloned().collect()).iter().enumerate() {
        let value = wanted.get(key)?;
        let Some(property) = object.get(key) else {
            object.insert(at, key, input(value));
            continue;
        };
        let there = property.value()?;
        if node(&there).ok()? == *value {
            continue;
        }
        match (there.as_object(), there.as_array(), value) {
            (Some(inner), _, ManifestNode::Table(wanted)) => change(&inner, wanted)?,
            // A list on one line is rewritten on one line.
            (_, Some(list), ManifestNode::List(wanted)) if list.to_string().contains('\n') => elements(&list, wanted)?,
            _ => property.set_value(input(value)),
        }
    }
    Some(())
}

/// What stays keeps its place and form; what is not wanted goes, what is new is put where it is wanted.
fn elements(list: &CstArray, wanted: &[ManifestNode]) -> Option<()> {
    for element in list.elements() {
        if !wanted.contains(&node(&element).ok()?) {
            element.remove();
        }
    }
    for (at, value) in wanted.iter().enumerate() {
        match list.elements().get(at) {
            Some(there) if node(there).ok()? == *value => {}
            _ => drop(list.insert(at, input(value))),
        }
    }
    // What was there in another order is now there twice.
    for left in list.elements().into_iter().skip(wanted.len()) {
        left.remove();
    }
    Some(())
}

fn input(value: &ManifestNode) -> CstInputValue {
    match value {
        ManifestNode::Text(text) => CstInputValue::String(text.clone()),
        ManifestNode::Plain(text) => match text.as_str() {
            "null" => CstInputValue::Null,
            "true" => CstInputValue::Bool(true),
            "false" => CstInputValue::Bool(false),
            number => CstInputValue::Number(number.to_owned()),
        },
        ManifestNode::List(elements) => CstInputValue::Array(elements.iter().map(input).collect()),
        ManifestNode::Table(entries) => {
            CstInputValue::Object(entries.iter().map(|(key, value)| (key.clone(), input(value))).collect())
        }
    }
}

/// The comments of a text, as they are written.
pub(super) fn comments(text: &str) -> Vec<String> {
    fn gather(node: &CstNode, found: &mut Vec<String>) {
        if let Some(comment) = node.as_comment() {
            found.extend(comment.raw_value().lines().map(|line| line.trim().to_owned()));
        }
        for child in node.children() {
            gather(&child, found);
        }
    }
    let mut found = Vec::new();
    if let Ok(root) = parse(text) {
        for child in root.children() {
            gather(&child, &mut found);
        }
    }
    found
}

//! TOML: read as nodes, and the fork's text changed in place, item by item, with upstream's items where they are new.

mod array;
mod decor;
mod header;
mod write;

use toml_edit::{Document, DocumentMut, Item, TableLike, Value};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::node::{Entries, ManifestNode};

/// What a file says.
pub(super) fn read(text: &str) -> Result<Entries, String> {
    let document = parse(text)?;
    Ok(entries(document.as_table()))
}

pub(super) fn parse(text: &str) -> Result<Document<&str>, String> {
    Document::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("file is no TOML: line {line}, column {column}: {}", error.message().replace('\n', " "))
    })
}

pub(super) fn entries(table: &dyn TableLike) -> Entries {
    table.iter().filter_map(|(key, item)| Some((key.to_owned(), node(item)?))).collect()
}

/// What an item says; nothing for one that is not there.
fn node(item: &Item) -> Option<ManifestNode> {
    match item {
        Item::None => None,
        Item::Value(value) => Some(value_node(value)),
        Item::Table(table) => Some(ManifestNode::Table(entries(table))),
        Item::ArrayOfTables(tables) => {
            Some(ManifestNode::List(tables.iter().map(|table| ManifestNode::Table(entries(table))).collect()))
        }
    }
}

fn value_node(value: &Value) -> ManifestNode {
    match value {
        Value::String(text) => ManifestNode::Text(text.value().clone()),
        Value::Integer(number) => ManifestNode::Plain(number.value().to_string()),
        Value::Float(number) => ManifestNode::Plain(format!("{:?}", number.value())),
        Value::Boolean(truth) => ManifestNode::Plain(truth.value().to_string()),
        Value::Datetime(date) => ManifestNode::Plain(date.value().to_string()),
        Value::Array(array) => ManifestNode::List(array.iter().map(value_node).collect()),
        Value::InlineTable(table) => ManifestNode::Table(entries(table)),
    }
}

/// The fork's text changed to say what is wanted.
pub(super) fn write(
    base: Option<&DocumentMut>,
    mut ours: DocumentMut,
    theirs: &DocumentMut,
    wanted: &Entries,
) -> String {
    let headers = header::spread(&mut ours);
    let was = base.map(|base| base.as_table() as &dyn TableLike);
    write::table(ours.as_table_mut(), write::Other { base: was, theirs: Some(theirs.as_table()) }, wanted);
    header::place(&mut ours, theirs, headers);
    let text = |document: &DocumentMut| document.trailing().as_str().unwrap_or_default().to_owned();
    let end = decor::merged(&base.map(text).unwrap_or_default(), &text(&ours), &text(theirs));
    ours.set_trailing(end);
    ours.to_string()
}

/// The comments of a text, as they are written.
pub(super) fn comments(text: &str) -> Vec<String> {
    let comment = |token: toml_parser::lexer::Token| {
        (token.kind() == TokenKind::Comment).then(|| text.get(token.span().start()..token.span().end()))
    };
    Source::new(text).lex().filter_map(comment).flatten().map(|comment| comment.trim().to_owned()).collect()
}

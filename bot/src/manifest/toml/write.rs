//! Changes items of the fork's file until they say what is wanted.

use std::collections::HashSet;

use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Key, TableLike, Value};

use super::{array, decor, header, node};
use crate::manifest::node::{Entries, ManifestNode};
use crate::manifest::order::ordered;
use crate::manifest::place::describe;

/// The same place on the other two sides, for their comments and their form.
pub(super) struct Other<'a, T: ?Sized> {
    pub(super) base: Option<&'a T>,
    pub(super) theirs: Option<&'a T>,
}

impl<T: ?Sized> Clone for Other<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Other<'_, T> {}

impl<T: ?Sized> Default for Other<'_, T> {
    fn default() -> Self {
        Self { base: None, theirs: None }
    }
}

type Tables<'a> = Other<'a, dyn TableLike + 'a>;

impl<'a> Other<'a, Item> {
    fn tables(self) -> Tables<'a> {
        Other { base: self.base.and_then(Item::as_table_like), theirs: self.theirs.and_then(Item::as_table_like) }
    }
}

/// Makes a table say what is wanted.
pub(super) fn table(ours: &mut dyn TableLike, other: Tables<'_>, wanted: &Entries) {
    let gone: Vec<String> =
        ours.iter().map(|(key, _)| key.to_owned()).filter(|key| !wanted.contains_key(key)).collect();
    for key in &gone {
        ours.remove(key);
    }
    let own: Vec<String> = ours.iter().map(|(key, _)| key.to_owned()).collect();
    for (key, value) in wanted {
        let place = Other {
            base: other.base.and_then(|table| table.get(key)),
            theirs: other.theirs.and_then(|table| table.get(key)),
        };
        if let Some((mut name, item)) = ours.get_key_value_mut(key) {
            let of = |table: Option<&dyn TableLike>| {
                table.and_then(|table| table.key(key)).map(|key| key.leaf_decor().clone())
            };
            decor::merge(name.leaf_decor_mut(), of(other.base).as_ref(), of(other.theirs).as_ref());
            write_value(item, place, value);
        } else {
            let (name, item) = arriving(key, other.theirs, value);
            ours.entry_format(&name).or_insert(item);
        }
    }
    let all: Vec<String> = wanted.keys().cloned().collect();
    if own.len() < all.len() {
        let stays: HashSet<String> = all.iter().cloned().collect();
        let order = ordered(&own, &all, &stays);
        let entry = |key: &String| ours.get_key_value(key).map(|(key, item)| (key.clone(), item.clone()));
        let sorted: Vec<(Key, Item)> = order.iter().filter_map(entry).collect();
        ours.clear();
        for (key, item) in sorted {
            ours.entry_format(&key).or_insert(item);
        }
    }
}

/// An entry the fork does not have: as upstream wrote it, if that says what is wanted.
fn arriving(key: &str, theirs: Option<&dyn TableLike>, wanted: &ManifestNode) -> (Key, Item) {
    match theirs.and_then(|table| table.get_key_value(key)) {
        Some((name, item)) => {
            let mut item = item.clone();
            header::forget(&mut item);
            write_value(&mut item, Other::default(), wanted);
            let mut name = name.clone();
            decor::bare(name.leaf_decor_mut());
            if let Item::Value(value) = &mut item {
                decor::bare(value.decor_mut());
            }
            (name, item)
        }
        None => (Key::new(key), Item::Value(fresh(wanted))),
    }
}

/// Makes an item say what is wanted, and merges the comments around it.
pub(super) fn write_value(ours: &mut Item, other: Other<'_, Item>, wanted: &ManifestNode) {
    around(ours, other);
    let says = node(ours);
    match (&mut *ours, wanted) {
        // Into tables even where nothing is to change: there may be comments.
        (Item::Table(inner), ManifestNode::Table(wanted)) => table(inner, other.tables(), wanted),
        (Item::Value(Value::InlineTable(inner)), ManifestNode::Table(wanted)) => inline(inner, other, wanted),
        (Item::ArrayOfTables(inner), ManifestNode::List(wanted)) => tables(inner, other, wanted),
        _ if says.as_ref() == Some(wanted) => {}
        (Item::Value(Value::Array(inner)), ManifestNode::List(wanted)) => list(inner, other, wanted),
        _ => *ours = replaced(ours, other.theirs, wanted),
    }
}

fn around(ours: &mut Item, other: Other<'_, Item>) {
    fn of(item: Option<&Item>) -> Option<&toml_edit::Decor> {
        match item? {
            Item::Value(value) => Some(value.decor()),
            Item::Table(table) => Some(table.decor()),
            Item::None | Item::ArrayOfTables(_) => None,
        }
    }
    // Between a line and a header there is nothing to compare.
    let alike = |side: Option<&Item>| side.is_none_or(|side| side.is_value() == matches!(ours, Item::Value(_)));
    if !alike(other.base) || !alike(other.theirs) {
        return;
    }
    match ours {
        Item::Value(value) => decor::merge(value.decor_mut(), of(other.base), of(other.theirs)),
        Item::Table(table) => decor::merge(table.decor_mut(), of(other.base), of(other.theirs)),
        Item::None | Item::ArrayOfTables(_) => {}
    }
}

/// A table within braces. Where its keys change, the spaces between them are made regular, unless it has several lines.
fn inline(ours: &mut InlineTable, other: Other<'_, Item>, wanted: &Entries) {
    let says = super::entries(ours);
    let keys = |entries: &Entries| entries.keys().cloned().collect::<HashSet<_>>();
    if says == *wanted {
        return;
    }
    let lines = ours.to_string().contains('\n');
    table(ours, Other { base: None, ..other.tables() }, wanted);
    if keys(&says) != keys(wanted) && !lines {
        ours.fmt();
    }
}

/// A list within brackets, element by element, so that the fork's keep their form and their comments.
fn list(ours: &mut Array, other: Other<'_, Item>, wanted: &[ManifestNode]) {
    let arrays = |item: Option<&Item>| item.and_then(Item::as_array).cloned();
    let (base, theirs) = (arrays(other.base), arrays(other.theirs));
    let body = |array: &Array| {
        let mut array = array.clone();
        array.decor_mut().clear();
        array.to_string()
    };
    match (base, theirs) {
        // Upstream's change alone: as upstream wrote it.
        (Some(base), Some(theirs))
            if body(&base) == body(ours)
                && super::value_node(&Value::Array(theirs.clone())).elements() == Some(wanted) =>
        {
            let around = ours.decor().clone();
            *ours = theirs;
            *ours.decor_mut() = around;
        }
        (_, theirs) => array::change(ours, theirs.as_ref(), wanted),
    }
}

/// The tables of a list, distinguished by their names.
fn tables(ours: &mut ArrayOfTables, other: Other<'_, Item>, wanted: &[ManifestNode]) {
    let names: HashSet<String> = wanted.iter().map(describe).collect();
    let says: Vec<ManifestNode> = ours.iter().map(|table| ManifestNode::Table(super::entries(table))).collect();
    if names.len() < wanted.len() && says == wanted {
        return;
    }
    let find = |item: Option<&'_ Item>, name: &str| -> Option<Item> {
        let tables = item.and_then(Item::as_array_of_tables)?;
        tables
            .iter()
            .find(|table| describe(&ManifestNode::Table(super::entries(*table))) == name)
            .map(|table| Item::Table(table.clone()))
    };
    let mut sorted = ArrayOfTables::new();
    for element in wanted {
        let name = describe(element);
        let (base, theirs) = (find(other.base, &name), find(other.theirs, &name));
        let own = ours
            .iter()
            .find(|table| describe(&ManifestNode::Table(super::entries(*table))) == name)
            .cloned()
            .map(Item::Table);
        let mut item = own.or_else(|| {
            let mut theirs = theirs.clone()?;
            header::forget(&mut theirs);
            Some(theirs)
        });
        if let Some(item) = &mut item {
            write_value(item, Other { base: base.as_ref(), theirs: theirs.as_ref() }, element);
        }
        let item = item.unwrap_or_else(|| Item::Value(fresh(element)));
        if let Ok(table) = item.into_table() {
            sorted.push(table);
        }
    }
    *ours = sorted;
}

/// What stands instead of an item of the fork's: upstream's, if that says what is wanted, on the fork's line.
fn replaced(ours: &Item, theirs: Option<&Item>, wanted: &ManifestNode) -> Item {
    let mut item = match theirs {
        Some(theirs) if node(theirs).as_ref() == Some(wanted) => theirs.clone(),
        Some(theirs) if theirs.is_table_like() && wanted.entries().is_some() => {
            let mut item = theirs.clone();
            write_value(&mut item, Other::default(), wanted);
            item
        }
        _ => Item::Value(fresh(wanted)),
    };
    header::forget(&mut item);
    let dotted = item.as_table_like().is_some_and(TableLike::is_dotted);
    if let Item::Value(line) = ours {
        if !dotted {
            item.make_value();
        }
        if let Item::Value(new) = &mut item {
            *new.decor_mut() = line.decor().clone();
        }
    }
    item
}

/// A value nobody wrote like this.
pub(super) fn fresh(wanted: &ManifestNode) -> Value {
    match wanted {
        ManifestNode::Text(text) => Value::from(text.as_str()),
        ManifestNode::Plain(text) => text.parse().unwrap_or_else(|_| Value::from(text.as_str())),
        ManifestNode::List(elements) => Value::Array(elements.iter().map(fresh).collect()),
        ManifestNode::Table(entries) => {
            let mut table: InlineTable = entries.iter().map(|(key, value)| (key.as_str(), fresh(value))).collect();
            table.fmt();
            Value::InlineTable(table)
        }
    }
}

//! Where the headers of tables stand in the file, which is free of where they stand in the tree.

use std::collections::HashMap;

use toml_edit::{DocumentMut, Item, Table};

use crate::manifest::node::ManifestNode;
use crate::manifest::place::describe;

/// Room between the headers of the fork's file for those that come in.
const ROOM: isize = 1 << 20;

/// A header: the keys that lead to it, and which element of its list it is.
type TomlHeader = Vec<String>;

/// Makes room between all headers, and returns where the last one stands.
pub(super) fn spread(document: &mut DocumentMut) -> isize {
    let mut last = 0;
    each(document.as_table_mut(), &mut Vec::new(), &mut |_, table| {
        if let Some(at) = table.position() {
            table.set_position(Some(at * ROOM));
            last = last.max(at * ROOM);
        }
    });
    last
}

/// Forgets where an item of another file stood.
pub(super) fn forget(item: &mut Item) {
    match item {
        Item::Table(table) => each(table, &mut Vec::new(), &mut |_, table| table.set_position(None)),
        Item::ArrayOfTables(tables) => {
            for table in tables.iter_mut() {
                each(table, &mut Vec::new(), &mut |_, table| table.set_position(None));
            }
        }
        Item::None | Item::Value(_) => {}
    }
}

/// Puts the tables that came into a list of the fork's between its others, with all that is below them: there the order counts.
fn line_up(table: &mut Table) {
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(table) => line_up(table),
            Item::ArrayOfTables(tables) => {
                let mut follows: Option<isize> = tables.iter().find_map(Table::position).map(|first| first - ROOM / 2);
                for table in tables.iter_mut() {
                    line_up(table);
                    if table.position().is_none()
                        && let Some(last) = follows
                    {
                        each(table, &mut Vec::new(), &mut |_, table| table.set_position(Some(last + 1)));
                    }
                    each(table, &mut Vec::new(), &mut |_, table| follows = follows.max(table.position()));
                }
            }
            Item::None | Item::Value(_) => {}
        }
    }
}

/// Gives each header that came in its place: after the one it follows in upstream's file, and at the end where it follows none.
pub(super) fn place(ours: &mut DocumentMut, theirs: &DocumentMut, mut last: isize) {
    line_up(ours.as_table_mut());
    let mut places: HashMap<TomlHeader, isize> = HashMap::new();
    let mut new: Vec<TomlHeader> = Vec::new();
    each(ours.as_table_mut(), &mut Vec::new(), &mut |header, table| match table.position() {
        Some(at) => drop(places.insert(header.to_vec(), at)),
        None if is_shown(table) && !header.is_empty() => new.push(header.to_vec()),
        None => {}
    });
    if new.is_empty() {
        return;
    }
    let mut order: Vec<(isize, TomlHeader)> = Vec::new();
    each(&mut theirs.as_table().clone(), &mut Vec::new(), &mut |header, table| {
        order.extend(table.position().map(|at| (at, header.to_vec())));
    });
    order.sort();
    let mut before = None;
    for (_, header) in order {
        if new.contains(&header) {
            let at = before.map_or_else(
                || {
                    last += ROOM;
                    last
                },
                |at| at + 1,
            );
            places.insert(header.clone(), at);
        }
        before = places.get(&header).copied().or(before);
    }
    each(ours.as_table_mut(), &mut Vec::new(), &mut |header, table| {
        if table.position().is_none() && new.iter().any(|new| new == header) {
            let at = places.get(header).copied().unwrap_or_else(|| {
                last += ROOM;
                last
            });
            table.set_position(Some(at));
        }
    });
}

fn is_shown(table: &Table) -> bool {
    !(table.is_dotted() || table.is_implicit() && table.get_values().is_empty())
}

/// Every table that may have a header, with what leads to it.
fn each(table: &mut Table, header: &mut TomlHeader, act: &mut dyn FnMut(&[String], &mut Table)) {
    act(header, table);
    for (key, item) in table.iter_mut() {
        header.push(key.get().to_owned());
        match item {
            Item::Table(table) => each(table, header, act),
            Item::ArrayOfTables(tables) => {
                for table in tables.iter_mut() {
                    header.push(describe(&ManifestNode::Table(super::entries(table))));
                    each(table, header, act);
                    header.pop();
                }
            }
            Item::None | Item::Value(_) => {}
        }
        header.pop();
    }
}

//! Lists within brackets: elements with the comments that belong to them.

use toml_edit::{Array, Item, RawString, Value};

use super::value_node;
use super::write::{Other, fresh, write_value};
use crate::manifest::node::ManifestNode;
use crate::manifest::place::describe;

/// An element, and the text around it.
#[derive(Clone)]
struct Element {
    /// From the end of the line before (or the comma) to the value.
    before: String,
    value: Value,
    /// Between the value and its comma.
    gap: String,
    /// Between the comma and the end of its line: a comment that is about this element.
    after: String,
}

/// A list taken apart.
struct Parts {
    /// After the bracket, on its line.
    open: String,
    elements: Vec<Element>,
    /// Before the closing bracket.
    close: String,
}

/// The text up to the end of its first line, and the rest; all of it is rest where it is on one line.
fn line_end(text: &str) -> (String, String) {
    match text.find('\n') {
        Some(end) => (text[..end].to_owned(), text[end..].to_owned()),
        None => (String::new(), text.to_owned()),
    }
}

fn parts(array: &Array) -> Parts {
    let text = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let mut parts = Parts { open: String::new(), elements: Vec::new(), close: text(Some(array.trailing())) };
    for value in array {
        let (line, before) = line_end(&text(value.decor().prefix()));
        match parts.elements.last_mut() {
            Some(last) => last.after = line,
            None => parts.open = line,
        }
        let gap = text(value.decor().suffix());
        let mut value = value.clone();
        value.decor_mut().clear();
        parts.elements.push(Element { before, value, gap, after: String::new() });
    }
    if let Some(last) = parts.elements.last_mut() {
        // Without a comma after the last element, what follows it is all its own.
        if !array.trailing_comma() {
            parts.close = format!("{}{}", std::mem::take(&mut last.gap), parts.close);
        }
        (last.after, parts.close) = line_end(&parts.close);
    }
    parts
}

/// Makes the fork's list have these elements. New ones come with upstream's comments and the fork's indentation.
pub(super) fn change(ours: &mut Array, theirs: Option<&Array>, wanted: &[ManifestNode]) {
    let mut own = parts(ours);
    let mut other = theirs.map(parts);
    let form = if own.elements.is_empty() { other.as_ref() } else { Some(&own) };
    let indent = form.and_then(|form| form.elements.iter().find(|element| element.before.contains('\n'))).map(indent);
    if own.elements.is_empty()
        && let Some(other) = &other
    {
        own.close.clone_from(&other.close);
        ours.set_trailing_comma(theirs.is_some_and(Array::trailing_comma));
    }
    let first = own.elements.first().map(|first| first.before.clone()).unwrap_or_default();
    let mut elements: Vec<Element> = Vec::with_capacity(wanted.len());
    for value in wanted {
        let mut element = take(&mut own.elements, value)
            .or_else(|| {
                other
                    .as_mut()
                    .and_then(|other| take(&mut other.elements, value))
                    .map(|new| dressed(new, indent.as_deref()))
            })
            .unwrap_or_else(|| {
                dressed(
                    Element { before: String::new(), value: fresh(value), gap: String::new(), after: String::new() },
                    indent.as_deref(),
                )
            });
        let follows_comment = elements.last().map_or(&own.open, |last| &last.after).contains('#');
        if !element.before.contains('\n') {
            if follows_comment {
                element.before = format!("\n{}", element.before);
            } else if elements.is_empty() {
                element.before.clone_from(&first);
            } else if element.before.is_empty() {
                element.before.push(' ');
            }
        }
        elements.push(element);
    }
    ours.clear();
    let mut line = own.open;
    for element in elements {
        let Element { before, mut value, gap, after } = element;
        *value.decor_mut() = toml_edit::Decor::new(format!("{line}{before}"), gap);
        ours.push_formatted(value);
        line = after;
    }
    let close = if line.contains('#') && !own.close.starts_with('\n') { format!("\n{}", own.close) } else { own.close };
    ours.set_trailing(format!("{line}{close}"));
}

/// The element that says this, or the one of the same name, made to say it.
fn take(elements: &mut Vec<Element>, wanted: &ManifestNode) -> Option<Element> {
    let same = elements.iter().position(|element| value_node(&element.value) == *wanted);
    let named = || elements.iter().position(|element| describe(&value_node(&element.value)) == describe(wanted));
    let mut element = elements.remove(same.or_else(named)?);
    if same.is_none() {
        let mut item = Item::Value(element.value);
        write_value(&mut item, Other::default(), wanted);
        element.value = item.into_value().unwrap_or_else(|_| fresh(wanted));
        element.value.decor_mut().clear();
    }
    Some(element)
}

/// An element in the form of the list it comes into.
fn dressed(element: Element, indent: Option<&str>) -> Element {
    let comments = element.before.lines().map(str::trim).filter(|line| line.starts_with('#'));
    match indent {
        Some(indent) => {
            let lines: String = comments.map(|line| format!("\n{indent}{line}")).collect();
            Element { before: format!("{lines}\n{indent}"), gap: String::new(), ..element }
        }
        None => Element { before: String::new(), gap: String::new(), after: String::new(), ..element },
    }
}

fn indent(element: &Element) -> String {
    element.before.rsplit('\n').next().unwrap_or_default().to_owned()
}

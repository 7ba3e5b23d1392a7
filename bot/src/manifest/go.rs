//! `go.mod` and `go.work`: read as nodes, and the fork's text changed in place.
//!
//! What a directive names once is a text (`go`, `toolchain`, `module`); what it lists is a table: of `require` the version of each
//! module, of `replace` what stands in its place, of all others nothing more.

use super::node::{Entries, ManifestNode};
use super::order::ordered;

/// Directives of which there is one.
const SINGLE: [&str; 3] = ["module", "go", "toolchain"];

/// Nobody's file has more lines; one that has is compared as text.
const MOST: usize = 5_000;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum GoLine<'t> {
    /// What a directive says: its name, the key it is known by, and its value.
    Says { directive: &'t str, key: String, value: String },
    /// `require (`
    Open,
    /// `)`
    Close,
    /// Nothing but space and comments.
    Blank,
}

/// The words of a line, without its comment.
fn words(line: &str) -> Vec<&str> {
    line.split("//").next().unwrap_or_default().split_whitespace().collect()
}

/// The comment of a line, from its slashes on.
fn comment(line: &str) -> Option<&str> {
    let at = line.find("//")?;
    Some(line[at..].trim_end())
}

/// Takes a text apart line by line.
fn lines(text: &str) -> Result<Vec<GoLine<'_>>, String> {
    let mut block: Option<&str> = None;
    let mut all = Vec::new();
    for line in text.lines() {
        let words = words(line);
        all.push(match (block, words.as_slice()) {
            (_, []) => GoLine::Blank,
            (Some(_), [")"]) => {
                block = None;
                GoLine::Close
            }
            (Some(directive), said) => said_by(directive, said)?,
            (None, [directive, "("]) => {
                block = Some(directive);
                GoLine::Open
            }
            (None, [directive, said @ ..]) => said_by(directive, said)?,
        });
    }
    match block {
        Some(directive) => Err(format!("file has a block `{directive}` without an end")),
        None => Ok(all),
    }
}

fn said_by<'t>(directive: &'t str, words: &[&'t str]) -> Result<GoLine<'t>, String> {
    let fault = || format!("file has a line that cannot be read: `{directive} {}`", words.join(" "));
    let says = |key: &str, value: &str| GoLine::Says { directive, key: key.to_owned(), value: value.to_owned() };
    if !directive.chars().all(|sign| sign.is_ascii_lowercase()) || words.is_empty() {
        return Err(fault());
    }
    Ok(match (directive, words) {
        (single, [value]) if SINGLE.contains(&single) => says("", value),
        (single, _) if SINGLE.contains(&single) => return Err(fault()),
        ("require", [module, version]) => says(module, version),
        ("require", _) => return Err(fault()),
        ("replace", words) => {
            let arrow = words.iter().position(|word| *word == "=>").ok_or_else(fault)?;
            let (old, new) = (words[..arrow].join(" "), words[arrow + 1..].join(" "));
            if old.is_empty() || new.is_empty() {
                return Err(fault());
            }
            says(&old, &new)
        }
        (_, words) => says(&words.join(" "), ""),
    })
}

/// What a file says.
pub(super) fn read(text: &str) -> Result<Entries, String> {
    if text.lines().nth(MOST).is_some() {
        return Err(format!("file has more than {MOST} lines"));
    }
    let mut entries = Entries::new();
    for line in lines(text)? {
        let GoLine::Says { directive, key, value } = line else { continue };
        if SINGLE.contains(&directive) {
            if entries.insert(directive.to_owned(), ManifestNode::Text(value)).is_some() {
                return Err(format!("file has `{directive}` twice"));
            }
            continue;
        }
        let table = entries.entry(directive.to_owned()).or_insert_with(|| ManifestNode::Table(Entries::new()));
        let ManifestNode::Table(table) = table else { return Err(format!("file has an odd `{directive}`")) };
        if table.insert(key.clone(), ManifestNode::Text(value)).is_some() {
            return Err(format!("file has `{directive} {key}` twice"));
        }
    }
    Ok(entries)
}

/// The comments of a text that say something to people: not the mark of what is needed by others alone.
pub(super) fn comments(text: &str) -> Vec<String> {
    let said = |line: &str| comment(line).map(|comment| comment.trim_start_matches('/').trim().to_owned());
    text.lines().filter_map(said).filter(|comment| !comment.is_empty() && comment != "indirect").collect()
}

/// The fork's text changed to say what is wanted. What is new stands after what it follows in upstream's, with its comment there.
pub(super) fn write(ours: &str, theirs: &str, wanted: &Entries) -> Option<String> {
    let value = |directive: &str, key: &str| match wanted.get(directive)? {
        ManifestNode::Table(table) => table.get(key)?.text().map(str::to_owned),
        single => single.text().map(str::to_owned),
    };
    let mut written: Vec<(Option<(String, String)>, String)> = Vec::new();
    for (line, said) in ours.lines().zip(lines(ours).ok()?) {
        let GoLine::Says { directive, key, value: old } = said else {
            written.push((None, line.to_owned()));
            continue;
        };
        if let Some(new) = value(directive, &key) {
            let line = if new == old { line.to_owned() } else { with_value(line, &old, &new)? };
            written.push((Some((directive.to_owned(), key)), line));
        }
    }
    let there = |written: &[(Option<(String, String)>, String)], directive: &str, key: &str| {
        written.iter().position(|(said, _)| said.as_ref().is_some_and(|(d, k)| d == directive && k == key))
    };
    for (directive, node) in wanted {
        let ManifestNode::Table(table) = node else {
            if there(&written, directive, "").is_none() {
                written.push((Some((directive.clone(), String::new())), format!("{directive} {}", node.text()?)));
            }
            continue;
        };
        let own: Vec<String> = written
            .iter()
            .filter_map(|(said, _)| said.clone())
            .filter(|(d, _)| d == directive)
            .map(|(_, key)| key)
            .collect();
        let all: Vec<String> = keys(theirs, directive)?;
        let order = ordered(&own, &all, &table.keys().cloned().collect());
        for (at, key) in order.iter().enumerate() {
            if there(&written, directive, key).is_some() {
                continue;
            }
            let text = line_of(directive, key, table.get(key)?.text()?, theirs);
            let after = at.checked_sub(1).and_then(|before| there(&written, directive, &order[before]));
            let before = order.get(at + 1).and_then(|next| there(&written, directive, next));
            let (place, like) = match (after, before) {
                (Some(after), _) => (after + 1, after),
                (None, Some(before)) => (before, before),
                (None, None) => {
                    written.push((None, String::new()));
                    written.push((Some((directive.clone(), key.clone())), format!("{directive} {text}")));
                    continue;
                }
            };
            let in_block = written[like].1.starts_with(char::is_whitespace);
            let text = if in_block { format!("\t{text}") } else { format!("{directive} {text}") };
            written.insert(place, (Some((directive.clone(), key.clone())), text));
        }
    }
    let text: String = written.into_iter().map(|(_, line)| line + "\n").collect();
    Some(text)
}

/// The keys of a directive in a text, in its order.
fn keys(text: &str, directive: &str) -> Option<Vec<String>> {
    let of = |line| match line {
        GoLine::Says { directive: of, key, .. } if of == directive => Some(key),
        _ => None,
    };
    Some(lines(text).ok()?.into_iter().filter_map(of).collect())
}

/// A line within a block, with upstream's comment.
fn line_of(directive: &str, key: &str, value: &str, theirs: &str) -> String {
    let same =
        |said: &GoLine<'_>| matches!(said, GoLine::Says { directive: d, key: k, .. } if *d == directive && k == key);
    let comment = lines(theirs).ok().and_then(|said| {
        let at = said.iter().position(same)?;
        comment(theirs.lines().nth(at)?).map(|comment| format!(" {comment}"))
    });
    let said = match (directive, value) {
        ("replace", value) => format!("{key} => {value}"),
        (_, "") => key.to_owned(),
        (_, value) => format!("{key} {value}"),
    };
    said + &comment.unwrap_or_default()
}

/// A line with another value at its end, its comment kept.
fn with_value(line: &str, old: &str, new: &str) -> Option<String> {
    let end = line.find("//").unwrap_or(line.len());
    let (said, comment) = line.split_at(end);
    let last = old.split_whitespace().next()?;
    let from = match said.find("=>") {
        Some(arrow) => arrow + 2 + said[arrow + 2..].find(last)?,
        None => said.rfind(last)?,
    };
    let space = &said[said.trim_end().len()..];
    Some(format!("{}{new}{space}{comment}", &said[..from]))
}

/// Which of two versions is the higher, as Go orders them; `None` where one is none.
pub(super) fn compare(one: &str, other: &str) -> Option<std::cmp::Ordering> {
    Some(Version::read(one)?.cmp(&Version::read(other)?))
}

/// A version: numbers, then what comes before the release of that number, of which nothing is the highest.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Version(Vec<u64>, bool, Vec<Part>);

/// Numbers come before words.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Word(String),
}

impl Version {
    fn read(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').or_else(|| text.strip_prefix("go")).unwrap_or(text);
        let text = text.split('+').next()?;
        let (numbers, before) = match text.split_once('-') {
            Some((numbers, before)) => (numbers, Some(before)),
            None => (text, None),
        };
        let mut read: Vec<u64> = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        read.resize(3, 0);
        let part = |part: &str| part.parse().map_or_else(|_| Part::Word(part.to_owned()), Part::Number);
        let parts = before.map(|before| before.split('.').map(part).collect()).unwrap_or_default();
        Some(Self(read, before.is_none(), parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_the_order_of_go() {
        let row = [
            "v0.0.0-20190101000000-abcdefabcdef",
            "v0.0.0-20240101000000-0123456789ab",
            "v0.9.9",
            "v1.0.0-alpha.1",
            "v1.0.0-alpha.beta",
            "v1.0.0-rc.1",
            "v1.0.0",
            "v1.2.0+incompatible",
            "v1.10.0",
        ];
        for pair in row.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Some(std::cmp::Ordering::Less), "{pair:?}");
        }
        assert_eq!(compare("1.24.0", "1.23"), Some(std::cmp::Ordering::Greater));
        assert_eq!(compare("latest", "v1.0.0"), None);
    }

    #[test]
    fn what_is_no_such_file_is_not_read() {
        for text in [
            "require (\n",
            "require x\n",
            "go 1 2\n",
            "module a\nmodule b\n",
            "replace a b\n",
            "<html>\n",
            "require a v1\nrequire a v2\n",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}

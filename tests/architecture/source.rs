//! The crate's own source files, as far as their shape goes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// Comments, strings and characters: what is in them is not code. Leftmost wins, so a quote in a comment opens no string.
static NOT_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r###"(?s)//[^\n]*|/\*.*?\*/|r##".*?"##|r#".*?"#|r"[^"]*"|"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^'\\])'"###)
        .expect("readable source")
});

/// The start of a path through the crate's root, or possibly through it.
static ROOT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(crate|uptake|engine|super(?:::super)*)::").expect("readable source"));

/// One source file.
pub(super) struct Source {
    /// Its path in the repository, with slashes.
    pub(super) path: String,
    /// Its text with comments and strings blanked out, byte for byte and line for line.
    pub(super) code: String,
    /// The names of its module, from the crate's root down.
    modules: Vec<String>,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let blank = |found: &Captures<'_>| {
            found[0].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>()
        };
        let inside = path.trim_start_matches("bot/src/").replace("bot/engine/src/", "engine/");
        let inside = inside.trim_end_matches(".rs");
        let modules = inside.split('/').filter(|name| *name != "mod").map(str::to_owned).collect();
        Self { path: path.to_owned(), code: NOT_CODE.replace_all(text, blank).into_owned(), modules }
    }

    /// The folder or file right below `bot/src`; below `view` each folder is a room of its own.
    pub(super) fn room(&self) -> String {
        room_of(&self.modules.join("::")).to_owned()
    }

    pub(super) fn lines(&self) -> usize {
        self.code.lines().count()
    }

    /// The line a byte is on, from 1.
    pub(super) fn line_of(&self, at: usize) -> usize {
        1 + self.code[..at].matches('\n').count()
    }

    /// What it names through the crate's root, as line and path from there: `use crate::{ids, git::Repo}` gives `ids` and
    /// `git::Repo`.
    pub(super) fn imports(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for root in ROOT.find_iter(&self.code) {
            let supers = root.as_str().matches("super").count();
            let before = found.len();
            if root.as_str() == "engine::" {
                self.paths_at(root.end(), &mut found);
                for (_, path) in &mut found[before..] {
                    path.insert_str(0, "engine::");
                }
                continue;
            }
            // Each `super` leads one module up, but not from a module inside the file: what is then no room stayed inside.
            let Some(above) = self.modules.len().checked_sub(supers) else { continue };
            self.paths_at(root.end(), &mut found);
            if supers > 0 {
                let above = self.modules[..above].join("::");
                let inside = found.split_off(before);
                let whole = |(line, path): (usize, String)| {
                    (line, if above.is_empty() { path } else { format!("{above}::{path}") })
                };
                found.extend(inside.into_iter().map(whole).filter(|(_, path)| is_room(path)));
            }
        }
        found
    }

    /// The path that starts at a byte, or each path of the group there.
    fn paths_at(&self, at: usize, found: &mut Vec<(usize, String)>) {
        let rest = &self.code[at..];
        let blanks = rest.len() - rest.trim_start().len();
        let at = at + blanks;
        let rest = &rest[blanks..];
        if !rest.starts_with('{') {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
            let path = rest[..end].trim_end_matches(':');
            if !path.is_empty() {
                found.push((self.line_of(at), path.to_owned()));
            }
            return;
        }
        let mut depth = 0;
        for (offset, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 1 && (c == '{' || c == ',') {
                self.paths_at(at + offset + 1, found);
            } else if depth == 0 {
                return;
            }
        }
    }
}

/// The room that a path from the crate's root is in.
pub(super) fn room_of(path: &str) -> &str {
    let names = if path.starts_with("view::") { 2 } else { 1 };
    path.match_indices("::").nth(names - 1).map_or(path, |(end, _)| &path[..end])
}

/// Whether a path from the crate's root starts at a room.
fn is_room(path: &str) -> bool {
    let room = room_of(path).replace("::", "/");
    let source = repository().join("bot/src");
    source.join(&room).is_dir() || source.join(format!("{room}.rs")).is_file()
}

/// The root of the repository.
pub(super) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every source file of the crate.
pub(super) fn sources() -> Vec<Source> {
    let root = repository();
    let mut folders = vec![PathBuf::from("bot/src"), PathBuf::from("bot/engine/src")];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).expect("readable source") {
            let entry = entry.expect("readable source");
            let path = folder.join(entry.file_name());
            if entry.file_type().expect("readable source").is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.to_str().expect("readable source").replace('\\', "/");
                sources.push(Source::new(&name, &fs::read_to_string(root.join(&path)).expect("readable source")));
            }
        }
    }
    assert!(sources.len() > 20, "bot/src was not found whole: {} files", sources.len());
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

//! What a document says of paths: rules for their conflicts where it names a side, and words for people where it says more.

use super::analysis::Analysis;
use super::config::{cut, distinct};
use super::document::StatedSide;
use crate::config::literal_glob;
use crate::config::raw::{RawPathNote, RawPathRule, ResolveBy};

/// The longest note, in characters.
const NOTE: usize = 1_200;

/// Files that are meant to be those at the top where they are named without a folder.
const AT_TOP: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "package.json",
    "package-lock.json",
    "go.mod",
    "go.sum",
    "pyproject.toml",
    "Makefile",
    "Dockerfile",
];

/// What is said of each path, in the order it is said.
pub(super) fn notes(analysis: &Analysis) -> Vec<RawPathNote> {
    let mut notes: Vec<(String, Vec<String>)> = Vec::new();
    for said in &analysis.paths {
        // The side alone is a rule, and says no more than that.
        let path = whole(&said.path);
        match notes.iter_mut().find(|(known, _)| *known == path) {
            Some((_, texts)) => texts.push(said.text.clone()),
            None => notes.push((path, vec![said.text.clone()])),
        }
    }
    let one = |(path, texts): (String, Vec<String>)| RawPathNote {
        path,
        note: cut(&distinct(texts.into_iter()).join("; "), NOTE),
    };
    notes.into_iter().map(one).collect()
}

/// A folder is all that is in it, and a bare file name may be anywhere.
fn whole(path: &str) -> String {
    if let Some(folder) = path.strip_suffix('/') {
        return format!("{folder}/**");
    }
    // A folder of a web project may be called `[id]`.
    if path.contains('[') && !path.contains('*') {
        return literal_glob(path);
    }
    let bare = !path.contains(['/', '*']) && !path.starts_with('.') && !AT_TOP.contains(&path);
    if bare { format!("**/{path}") } else { path.to_owned() }
}

/// Path rules: where the document names a side, and for the conflicts said to come, where the kind of file says how they are resolved.
pub(super) fn path_rules(analysis: &Analysis) -> Vec<RawPathRule> {
    let mut rules: Vec<RawPathRule> = Vec::new();
    for (path, side) in analysis.paths.iter().filter_map(|said| Some((whole(&said.path), said.side?))) {
        // How a lock file is regenerated is known better than whose it is.
        let file = path.rsplit('/').next().unwrap_or_default();
        if resolve_by(file).is_none() && rules.iter().all(|rule| rule.path != path) {
            let r#use = match side {
                StatedSide::Theirs => ResolveBy::Upstream,
                StatedSide::Ours => ResolveBy::Fork,
                StatedSide::OursWhole => ResolveBy::KeepLocal,
                StatedSide::Both => ResolveBy::Union,
            };
            rules.push(RawPathRule { path, r#use, command: Vec::new(), name: None, network: false, seconds: None });
        }
    }
    for expected in &analysis.expected {
        let file = expected.path.rsplit('/').next().unwrap_or_default();
        let Some((r#use, command)) = resolve_by(file) else { continue };
        if rules.iter().all(|rule| rule.path != expected.path) {
            let command = command.iter().map(|word| (*word).to_owned()).collect();
            rules.push(RawPathRule {
                path: expected.path.clone(),
                r#use,
                command,
                name: None,
                network: false,
                seconds: None,
            });
        }
    }
    rules
}

/// How a conflict in a file of this name is resolved, and by which command a lock file is regenerated.
fn resolve_by(file: &str) -> Option<(ResolveBy, &'static [&'static str])> {
    Some(match file {
        "Cargo.toml" | "package.json" | "pyproject.toml" => (ResolveBy::Manifest, &[]),
        "Cargo.lock" => (ResolveBy::Lockfile, &["cargo", "update", "--workspace"]),
        "package-lock.json" => (ResolveBy::Lockfile, &["npm", "install", "--package-lock-only", "--ignore-scripts"]),
        "pnpm-lock.yaml" => (ResolveBy::Lockfile, &["pnpm", "install", "--lockfile-only"]),
        "poetry.lock" => (ResolveBy::Lockfile, &["poetry", "lock"]),
        "uv.lock" => (ResolveBy::Lockfile, &["uv", "lock"]),
        "go.sum" => (ResolveBy::Lockfile, &["go", "mod", "tidy"]),
        _ => return None,
    })
}

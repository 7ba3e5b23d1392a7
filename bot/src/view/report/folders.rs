//! Expected conflicts by folder, each with what resolves them.

use std::collections::{BTreeMap, BTreeSet};

use super::index::ReportIndex;
use super::prose::Prose;
use super::view::{ExpectedFile, FolderRow};
use crate::config::raw::ResolveBy;
use crate::text::{grouped_count, short, visible};
use engine::path::RepoPath;

/// How much of a note on a path is shown, in characters.
const NOTE: usize = 90;

/// The folders of some files, those with the most first. Files at the top stand for themselves.
pub(super) fn folders(index: &ReportIndex<'_>, files: &[ExpectedFile]) -> Vec<FolderRow> {
    let mut folders: BTreeMap<String, Vec<&ExpectedFile>> = BTreeMap::new();
    for file in files {
        folders.entry(folder(&file.path)).or_default().push(file);
    }
    let mut rows: Vec<FolderRow> = folders
        .into_iter()
        .map(|(folder, files)| FolderRow {
            commits: files.iter().flat_map(|file| &file.commits).collect::<BTreeSet<_>>().len(),
            files: files.len(),
            resolution: resolution(index, &files),
            folder,
        })
        .collect();
    rows.sort_by_key(|row| (std::cmp::Reverse((row.commits, row.files)), row.folder.clone()));
    rows
}

/// The folder a file is grouped under: two levels at most.
fn folder(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [file] => (*file).to_owned(),
        [folder, _] => format!("{folder}/"),
        [outer, inner, ..] => format!("{outer}/{inner}/"),
        [] => String::new(),
    }
}

/// What resolves conflicts there: the rules of the configuration, what people said of the paths, or a person.
fn resolution(index: &ReportIndex<'_>, files: &[&ExpectedFile]) -> Prose {
    let config = index.facts.config;
    let mut by: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut said: BTreeSet<&str> = BTreeSet::new();
    for file in files {
        let path = RepoPath::shown(&file.path);
        let text = path.to_text();
        // What only proposes resolves nothing by itself.
        let mut rules = config.conflicts.iter().filter(|rule| rule.resolve != ResolveBy::Propose);
        let rule = rules.find(|rule| rule.path.is_match(&*text));
        *by.entry(rule.map_or("by a person", |rule| word(rule.resolve))).or_default() += 1;
        said.extend(index.links.said(&path));
    }
    let one = by.len() == 1;
    let mut prose = Prose::default();
    for (at, (how, count)) in by.into_iter().enumerate() {
        let gap = if at == 0 { "" } else { ", " };
        prose = prose.plain(match one {
            true => format!("{gap}{how}"),
            false => format!("{gap}{} {how}", grouped_count(count, "file")),
        });
    }
    match said.first() {
        Some(first) => prose.plain(": ").foreign(&short(&visible(first), NOTE)),
        None => prose,
    }
}

fn word(resolve: ResolveBy) -> &'static str {
    match resolve {
        ResolveBy::Upstream => "upstream's lines",
        ResolveBy::Fork => "the fork's lines",
        ResolveBy::Union => "both sides' lines",
        ResolveBy::Manifest => "merged as a manifest",
        ResolveBy::Lockfile => "regenerated",
        ResolveBy::KeepLocal => "the fork's file",
        ResolveBy::Follow => "follows a moved folder",
        ResolveBy::Driver => "by a merge driver",
        ResolveBy::Propose => "proposed by a command",
    }
}

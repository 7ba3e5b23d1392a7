//! Folders that gather enough commits to be a topic, the deepest first.

use std::collections::BTreeMap;

use crate::survey::{FileKind, Surveyed};

/// The folders of the project, each with the commits whose home it is, deeper ones before those they are in. A folder with more than
/// `most` is taken apart; one with fewer than `least` goes into the one above.
pub(super) fn of(commits: &[&Surveyed], least: usize, most: usize) -> Vec<String> {
    let mut homes: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for commit in commits {
        if let Some(home) = home(commit) {
            *homes.entry(home).or_default() += 1;
        }
    }
    let mut found = Vec::new();
    divide(&homes, &[], (least, most), &mut found);
    // Those with the most parts first: a rule takes what touches any path of its folder.
    found.sort_by_key(|folder| std::cmp::Reverse(folder.split('/').count()));
    found
}

/// The folder that most of what a commit changes is in; tests, documents and what tools write do not count where there is more.
fn home(commit: &Surveyed) -> Option<Vec<String>> {
    let folders = |of: &dyn Fn(Option<FileKind>) -> bool| -> Vec<Vec<String>> {
        let paths = commit.paths.iter().filter(|path| of(FileKind::of(path)));
        paths.map(|path| folder(&path.to_text())).collect()
    };
    let code = folders(&|kind| kind.is_none() || kind == Some(FileKind::Interface));
    let all = if code.is_empty() { folders(&|_| true) } else { code };
    let mut home: Vec<String> = Vec::new();
    loop {
        let mut next: BTreeMap<&String, usize> = BTreeMap::new();
        for folder in all.iter().filter(|folder| folder.starts_with(&home) && folder.len() > home.len()) {
            *next.entry(&folder[home.len()]).or_default() += 1;
        }
        let Some((name, count)) = next.into_iter().max_by_key(|(_, count)| *count) else { break };
        if count * 3 < all.len() * 2 {
            break;
        }
        home.push(name.clone());
    }
    (!home.is_empty()).then_some(home)
}

fn folder(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    parts.pop();
    parts
}

fn divide(
    homes: &BTreeMap<Vec<String>, usize>,
    above: &[String],
    (least, most): (usize, usize),
    found: &mut Vec<String>,
) {
    let mut children: BTreeMap<&String, usize> = BTreeMap::new();
    for (home, count) in homes.iter().filter(|(home, _)| home.starts_with(above) && home.len() > above.len()) {
        *children.entry(&home[above.len()]).or_default() += count;
    }
    for (name, count) in children {
        if count < least {
            continue;
        }
        let folder: Vec<String> = above.iter().chain([name]).cloned().collect();
        if count > most {
            divide(homes, &folder, (least, most), found);
        }
        found.push(folder.join("/"));
    }
}

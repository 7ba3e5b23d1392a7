//! What the fork has for itself, and which of upstream's releases it follows.

use std::collections::{BTreeMap, BTreeSet};

use super::RunError;
use crate::survey::{FileKind, Survey};
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{GitError, Repo};

/// How many of them are suggested, those with the most files.
const SUGGESTED: usize = 40;

/// The folders that only the fork has, in any place, sorted; of one in another, the outer. Other projects' code is nobody's own.
///
/// # Errors
/// The repository cannot be read.
pub fn own_folders(repo: &Repo, survey: &Survey) -> Result<Vec<String>, RunError> {
    let files = |commit: CommitId| -> Result<Vec<RepoPath>, GitError> { repo.files(repo.commit(commit)?.tree) };
    let mut theirs: BTreeSet<String> = BTreeSet::new();
    for commit in [survey.merge_base, survey.upstream_head] {
        for path in files(commit)? {
            let path = path.to_text();
            theirs.extend(
                folders(&path).filter(|folder| !theirs.contains(*folder)).map(str::to_owned).collect::<Vec<_>>(),
            );
        }
    }
    let mut own: BTreeMap<String, usize> = BTreeMap::new();
    for path in files(survey.fork_head)?.iter().filter(|path| FileKind::of(path) != Some(FileKind::Vendored)) {
        let path = path.to_text();
        if let Some(folder) = folders(&path).find(|folder| !theirs.contains(*folder)) {
            *own.entry(folder.to_owned()).or_default() += 1;
        }
    }
    let mut own: Vec<(String, usize)> = own.into_iter().collect();
    own.sort_by_key(|(folder, files)| (std::cmp::Reverse(*files), folder.matches('/').count()));
    own.truncate(SUGGESTED);
    let mut own: Vec<String> = own.into_iter().map(|(folder, _)| folder).collect();
    own.sort();
    Ok(own)
}

/// The folders a path is in, the outermost first.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

/// The pattern of upstream's releases, where they have versions for names and the fork stands on one of them.
///
/// # Errors
/// The repository cannot be read.
pub fn followed_releases(repo: &Repo, survey: &Survey) -> Result<Option<String>, RunError> {
    let mut prefixes: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    for (name, commit) in repo.references("refs/tags/")? {
        let name = name.strip_prefix("refs/tags/").unwrap_or(&name);
        let start = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
        let (prefix, version) = name.split_at(start);
        let plain = version.split('.').count() > 1 && version.split('.').all(|part| part.parse::<u32>().is_ok());
        if plain {
            let known = prefixes.entry(prefix.to_owned()).or_default();
            known.0 += 1;
            known.1 |= commit == survey.merge_base;
        }
    }
    let followed = prefixes.into_iter().find(|(_, (count, here))| *count > 2 && *here);
    Ok(followed.map(|(prefix, _)| format!("{prefix}[0-9]*")))
}

//! Files both sides changed, and the fork's own paths. Pure.

use std::collections::{BTreeMap, HashMap};

use super::taken::CommitPaths;
use super::{OwnPaths, SharedFile, TouchedFiles};
use crate::config::Config;
use engine::path::RepoPath;

/// Counts who touched what.
///
/// `upstream_files` and `fork_files` are how many files differ between the common ancestor and either head, a renamed file
/// counted once, as `git diff --name-only` counts them; `fork_tree` is what the fork's head holds.
pub(super) fn files(
    upstream: &[CommitPaths],
    fork: &[CommitPaths],
    (upstream_files, fork_files): (usize, usize),
    fork_tree: &[RepoPath],
    config: &Config,
) -> TouchedFiles {
    let theirs = touches(upstream);
    let ours = touches(fork);
    let mut both: Vec<SharedFile> = theirs
        .iter()
        .filter_map(|(path, upstream_commits)| {
            let fork_commits = *ours.get(path)?;
            Some(SharedFile { path: (*path).clone(), upstream_commits: *upstream_commits, fork_commits })
        })
        .collect();
    both.sort_by(|a, b| {
        (b.upstream_commits, b.fork_commits)
            .cmp(&(a.upstream_commits, a.fork_commits))
            .then_with(|| a.path.cmp(&b.path))
    });
    let local = config
        .local
        .iter()
        .map(|(pattern, glob)| {
            let matches = |path: &RepoPath| glob.is_match(&*path.to_text());
            OwnPaths {
                pattern: pattern.clone(),
                files: fork_tree.iter().filter(|path| matches(path)).count(),
                upstream_commits: upstream
                    .iter()
                    .filter(|change| change.paths.iter().any(matches))
                    .map(|change| change.commit.id)
                    .collect(),
            }
        })
        .collect();
    TouchedFiles { upstream: upstream_files, fork: fork_files, both, local }
}

fn touches(changes: &[CommitPaths]) -> BTreeMap<&RepoPath, usize> {
    let mut counts: HashMap<&RepoPath, usize> = HashMap::new();
    for path in changes.iter().filter(|change| !change.commit.is_merge()).flat_map(|change| &change.paths) {
        *counts.entry(path).or_default() += 1;
    }
    counts.into_iter().collect()
}

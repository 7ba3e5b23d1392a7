//! Where in history something missing is.

use std::collections::HashSet;

use super::Repo;
use crate::error::GitError;
use crate::ids::CommitId;
use crate::objects::Id;
use crate::path::RepoPath;

impl Repo {
    /// The error with the commit and the path of what is missing, where two heads, or what either has and the other lacks, have it.
    #[must_use]
    pub fn located(&self, error: GitError, [upstream, fork]: [CommitId; 2]) -> GitError {
        let (what, object) = match &error {
            GitError::Missing { what, object: Some(object), .. } | GitError::Damaged { what, object: Some(object) } => {
                (what.clone(), *object)
            }
            _ => return error,
        };
        // What both have comes first: a file is then named where it was before anybody changed it.
        let mut commits = self.merge_bases(upstream, &[fork]).unwrap_or_default();
        for (hidden, tip) in [(fork, upstream), (upstream, fork)] {
            commits.extend(self.beyond(hidden, &[tip]).unwrap_or_default());
        }
        let mut seen = HashSet::new();
        let place = commits.into_iter().find_map(|commit| {
            let tree = self.commit(commit).ok()?.tree;
            Some((commit, self.path_of(&object, *tree.as_bytes(), &mut seen)?))
        });
        let what = match place {
            None => what,
            Some((commit, path)) if path.as_bytes().is_empty() => format!("{what} of commit {}", commit.short()),
            Some((commit, path)) => format!("{what} ({path} at commit {})", commit.short()),
        };
        match error {
            GitError::Missing { object, hint, .. } => GitError::Missing { what, object, hint },
            GitError::Damaged { object, .. } => GitError::Damaged { what, object },
            other => other,
        }
    }

    /// Where in a tree an object is. Folders that are missing themselves, or were seen before, are not looked into.
    fn path_of(&self, object: &Id, tree: Id, seen: &mut HashSet<Id>) -> Option<RepoPath> {
        let mut pending = vec![(RepoPath::from(""), tree)];
        while let Some((folder, tree)) = pending.pop() {
            if tree == *object {
                return Some(folder);
            }
            if !seen.insert(tree) {
                continue;
            }
            let Ok(tree) = self.tree_at(&tree) else { continue };
            for (name, version) in tree.entries() {
                match version.tree() {
                    Some(inner) => pending.push((folder.join(name), inner)),
                    None if version.id == *object => return Some(folder.join(name)),
                    None => {}
                }
            }
        }
        None
    }
}

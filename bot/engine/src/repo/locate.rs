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
        let GitError::Missing { what, object: Some(object), hint } = error else { return error };
        // What both have comes first: a file is then named where it was before anybody changed it.
        let mut commits = self.merge_bases(upstream, &[fork]).unwrap_or_default();
        for (hidden, tip) in [(fork, upstream), (upstream, fork)] {
            commits.extend(self.beyond(hidden, &[tip]).unwrap_or_default());
        }
        let mut seen = HashSet::new();
        let place = commits.into_iter().find_map(|commit| {
            let tree = self.commit(commit).ok()?.tree;
            Some((commit, self.path_of(&object, *tree.as_bytes(), &RepoPath::from(""), &mut seen)?))
        });
        let what = match place {
            None => what,
            Some((commit, path)) if path.as_bytes().is_empty() => format!("{what} of commit {}", commit.short()),
            Some((commit, path)) => format!("{what} ({path} at commit {})", commit.short()),
        };
        GitError::Missing { what, object: Some(object), hint }
    }

    /// Where in a tree an object is. Folders that are missing themselves, or were seen before, are not looked into.
    fn path_of(&self, object: &Id, tree: Id, at: &RepoPath, seen: &mut HashSet<Id>) -> Option<RepoPath> {
        if tree == *object {
            return Some(at.clone());
        }
        if !seen.insert(tree) {
            return None;
        }
        self.tree_at(&tree).ok()?.entries().find_map(|(name, version)| match version.tree() {
            Some(folder) => self.path_of(object, folder, &at.join(name), seen),
            None => (version.id == *object).then(|| at.join(name)),
        })
    }
}

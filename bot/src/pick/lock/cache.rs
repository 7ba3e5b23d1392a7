//! What was regenerated before: it is on the branches, with a message that says from what, so no program is started for the same again.

use std::collections::HashMap;

use crate::pick::runner::CommandFiles;
use crate::text::inert_message;
use engine::commit::Entry;
use engine::ids::{CommitId, TreeId};
use engine::path::RepoPath;
use engine::{GitError, Repo};

/// The trailers that say what was made, by which command, and from which files.
const MADE: &str = "Uptake-Made-Anew: ";
const COMMAND: &str = "Uptake-Command: ";
const INPUTS: &str = "Uptake-Inputs: ";

/// Lock files made before: by path, command and the tree they were made from.
#[derive(Debug, Clone, Default)]
pub struct LockfileCache(HashMap<(RepoPath, String, TreeId), CommandFiles>);

impl LockfileCache {
    /// Adds the lock files made in the last commits of a branch, as they are in a repository that has it.
    ///
    /// # Errors
    /// A commit is missing.
    pub fn learn(&mut self, repo: &Repo, head: CommitId) -> Result<(), GitError> {
        let mut next = Some(head);
        while let Some(id) = next.take() {
            let commit = repo.commit(id)?;
            let trailer = |name: &str| commit.message.lines().find_map(|line| line.strip_prefix(name));
            let (Some(path), Some(command), Some(inputs)) = (trailer(MADE), trailer(COMMAND), trailer(INPUTS)) else {
                break;
            };
            let (path, Ok(inputs)) = (RepoPath::from(path), inputs.parse()) else { break };
            // A picked commit may have such lines too, but never this message and no other.
            if commit.message != repo.message_of_bot(&message(&path, command, inputs)) {
                break;
            }
            if let Some(entry) = repo.entry(commit.tree, &path)? {
                let made = if entry.is_file() { vec![(path.clone(), entry)] } else { below(repo, commit.tree, &path)? };
                let mut files = CommandFiles::new();
                for (path, entry) in made {
                    files.extend(repo.content(entry)?.map(|content| (path, content)));
                }
                self.0.insert((path, command.to_owned(), inputs), files);
            }
            next = commit.parents.first().copied();
        }
        Ok(())
    }

    pub(super) fn known(&self, path: &RepoPath, command: &str, inputs: TreeId) -> Option<&CommandFiles> {
        self.0.get(&(path.clone(), command.to_owned(), inputs))
    }
}

/// The message of a commit that makes a lock file or a folder again.
pub(super) fn message(path: &RepoPath, command: &str, inputs: TreeId) -> String {
    inert_message(&format!(
        "Regenerate {path}\n\nAfter the picks, which leave it alone.\n\n{MADE}{path}\n{COMMAND}{command}\n{INPUTS}{inputs}\n"
    ))
}

/// All files of a tree that are in a folder.
pub(super) fn below(repo: &Repo, tree: TreeId, folder: &RepoPath) -> Result<Vec<(RepoPath, Entry)>, GitError> {
    let inside = folder.join(b"");
    let all = repo.entries(tree)?.into_iter();
    Ok(all.filter(|(path, _)| path.as_bytes().starts_with(inside.as_bytes())).collect())
}

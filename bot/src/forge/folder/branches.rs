//! Branches in a folder.

use super::Folder;
use crate::branch::PREFIX;
use crate::forge::branches::full;
use crate::forge::{Branches, ForgeBranch, ForgeError, Pulls, people};
use engine::Repo;
use engine::ids::CommitId;

impl Branches for Folder {
    fn branches(&self, repo: &Repo, prefix: &str, base: &str) -> Result<Vec<ForgeBranch>, ForgeError> {
        let Some(from) = self.open()? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let base_head = from.reference(&full(base))?;
        if let Some(head) = base_head {
            found.push(ForgeBranch { name: base.into(), head, people: true });
        }
        for (name, head) in from.references(&full(prefix))? {
            let name = name.trim_start_matches("refs/heads/");
            if name != base {
                found.push(ForgeBranch { name: name.into(), head, people: people(repo, &from, base_head, head)? });
            }
        }
        if found.iter().any(|branch| !repo.has_commit(branch.head)) {
            repo.borrow_objects(&from)?;
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    fn fetch_branch(&self, repo: &Repo, branch: &str) -> Result<Option<CommitId>, ForgeError> {
        let Some(from) = self.open()? else { return Ok(None) };
        let head = from.reference(&full(branch))?;
        if head.is_some_and(|head| !repo.has_commit(head)) {
            repo.borrow_objects(&from)?;
        }
        Ok(head)
    }

    fn mirrors_trunk(&self) -> bool {
        true
    }

    fn push_branch(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        _known: Option<CommitId>,
    ) -> Result<(), ForgeError> {
        self.lock()?;
        let to = match self.open()? {
            Some(to) => to,
            // A clone comes up on the fork's own branch, which mostly is the first to come; a decision may come before it.
            None => {
                let own = repo.head_name().and_then(|name| name.strip_prefix("refs/heads/").map(str::to_owned));
                let first = if branch.starts_with(PREFIX) { own.as_deref().unwrap_or(branch) } else { branch };
                Repo::init_borrowing(&self.repository(), first, repo)?
            }
        };
        if to.reference(&full(branch))? == Some(head) {
            return Ok(());
        }
        repo.send(&to, head)?;
        to.move_reference(&full(branch), head, expected)?;
        Ok(())
    }

    fn delete_branch(&mut self, branch: &str, expected: CommitId) -> Result<(), ForgeError> {
        self.lock()?;
        let Some(repo) = self.open()? else { return Ok(()) };
        // Closing first remembers where the branch was; a run cut short in between closes nothing it should not, since a pull
        // request is closed by this anyway.
        if repo.reference(&full(branch))? == Some(expected) {
            for pull in self.all_pulls()? {
                if pull.text.head == branch || pull.text.base == branch {
                    self.close_pull(pull.number)?;
                }
            }
        }
        Ok(repo.delete_reference(&full(branch), expected)?)
    }
}

//! Writing to the fork on GitHub.

use super::{GitHub, Writing};
use crate::forge::{Dispatch, ForgeError, ForgeWrite, Label, PullText, Reaction, Status};
use engine::Repo;
use engine::ids::CommitId;

impl ForgeWrite for GitHub<Writing> {
    fn push(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        known: Option<CommitId>,
    ) -> Result<(), ForgeError> {
        self.push_branch(repo, branch, head, expected, known)
    }

    fn delete_branch(&mut self, branch: &str, expected: CommitId) -> Result<(), ForgeError> {
        self.move_branch(branch, None, Some(expected), false)
    }

    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError> {
        self.new_pull(text)
    }

    fn edit_pull(&mut self, number: u64, text: &PullText) -> Result<(), ForgeError> {
        self.old_pull(number, text)
    }

    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        self.closed_pull(number)
    }

    fn reopen_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        self.reopened_pull(number)
    }

    fn put_label(&mut self, label: &Label) -> Result<(), ForgeError> {
        self.label(label)
    }

    fn open_issue(&mut self, title: &str, body: &str, labels: &[String]) -> Result<u64, ForgeError> {
        self.new_issue(title, body, labels)
    }

    fn edit_issue(&mut self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        self.old_issue(number, title, body)
    }

    fn comment(&mut self, number: u64, body: &str) -> Result<u64, ForgeError> {
        self.new_comment(number, body)
    }

    fn edit_comment(&mut self, id: u64, body: &str) -> Result<(), ForgeError> {
        self.old_comment(id, body)
    }

    fn react(&mut self, comment: u64, reaction: Reaction) -> Result<(), ForgeError> {
        self.new_reaction(comment, reaction)
    }

    fn put_status(&mut self, commit: CommitId, status: &Status) -> Result<(), ForgeError> {
        self.new_status(commit, status)
    }

    fn dispatch(&mut self, dispatch: &Dispatch) -> Result<Option<u64>, ForgeError> {
        self.new_run(dispatch)
    }

    fn cancel(&mut self, run: u64) -> Result<(), ForgeError> {
        self.cancelled_run(run)
    }
}

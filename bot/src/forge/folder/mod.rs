//! A forge in a folder: a bare repository for the branches, and for each pull request a Markdown file to read and a JSON file
//! with the rest. The way to see a run's whole result without GitHub, and the test double of everything that publishes.
//!
//! ```text
//! branches.git/       the branches; borrows the objects of the fork's clone
//! pulls/1.md          the title as a heading, then the body
//! pulls/1.json        branch, base, labels, draft, state; to merge it by hand: state "merged", and "merged" the commit
//! issues/2.md, .json  likewise; numbered with the pull requests
//! comments/1.md       the text of a comment
//! comments/1.json     the number it is on, author, whether a program wrote it, when, reactions
//! labels.json         name, colour, description
//! permissions.json    login -> none, read, triage, write, maintain or admin
//! statuses/SHA.json   what each check says of a commit
//! dispatches/1.json   what was asked of a workflow
//! runs/1.json         the run of it, waiting until somebody edits it
//! ```
//!
//! All are files to read and to edit: what a person does on GitHub, a person or a test does here with an editor.
//!
//! A Markdown file is written before its JSON file, and a pull request without a JSON file does not exist yet: a run that
//! is cut short between the two leaves nothing half done.

mod issues;
mod pulls;
mod runs;
mod store;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::{
    Branch, Comment, Dispatch, ForgeError, ForgeRead, ForgeWrite, Issue, Job, Label, Permission, PullRequest, PullText,
    Reaction, Run, State, Status, full,
};
use engine::Repo;
use engine::commit::BOT;
use engine::ids::CommitId;

/// A forge in a folder; the folder need not exist before the first write.
pub struct Folder {
    path: PathBuf,
    lock: Option<File>,
}

impl Folder {
    /// The forge in this folder.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_path_buf(), lock: None }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the branches are.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.path.join("branches.git")
    }

    /// The file people read a pull request in.
    #[must_use]
    pub fn page(&self, number: u64) -> PathBuf {
        self.path.join("pulls").join(format!("{number}.md"))
    }

    fn open(&self) -> Result<Option<Repo>, ForgeError> {
        let path = self.repository();
        if path.is_dir() { Ok(Some(Repo::open_to_write(&path)?)) } else { Ok(None) }
    }

    /// The number of the next pull request or issue.
    fn next_number(&self) -> Result<u64, ForgeError> {
        let last =
            |kind| Ok::<_, ForgeError>(store::numbers(&self.path.join(kind))?.last().copied().unwrap_or_default());
        Ok(last("pulls")?.max(last("issues")?) + 1)
    }

    /// Makes the folder this run's alone until it ends, however it ends.
    fn lock(&mut self) -> Result<(), ForgeError> {
        if self.lock.is_some() {
            return Ok(());
        }
        let pulls = self.path.join("pulls");
        fs::create_dir_all(&pulls).map_err(|source| store::failed(&pulls, source))?;
        let path = self.path.join(".lock");
        let file = File::options().create(true).append(true).open(&path);
        let file = file.map_err(|source| store::failed(&path, source))?;
        match file.try_lock() {
            Ok(()) => self.lock = Some(file),
            Err(fs::TryLockError::WouldBlock) => return Err(ForgeError::Busy(self.path.display().to_string())),
            Err(fs::TryLockError::Error(source)) => return Err(store::failed(&path, source)),
        }
        match self.open()? {
            Some(repo) => Ok(repo.sweep()?),
            None => Ok(()),
        }
    }
}

impl Drop for Folder {
    /// Closing the file would free the lock too, but not while a program that was started meanwhile still has it open.
    fn drop(&mut self) {
        if let Some(lock) = &self.lock {
            let _freed = lock.unlock();
        }
    }
}

impl ForgeRead for Folder {
    fn login(&self) -> Result<String, ForgeError> {
        Ok(BOT.0.to_owned())
    }

    fn pulls(&self, prefix: &str) -> Result<Vec<PullRequest>, ForgeError> {
        self.read_pulls(prefix)
    }

    fn going_into(&self, prefix: &str) -> Result<Vec<(u64, String)>, ForgeError> {
        let open = self.read_pulls("")?.into_iter().filter(|pull| pull.state == State::Open);
        let into = open.map(|pull| (pull.number, pull.text.base));
        Ok(into.filter(|(_, base)| base.starts_with(prefix)).collect())
    }

    fn merged(&self, number: u64) -> Result<Option<CommitId>, ForgeError> {
        self.read_merged(number)
    }

    fn branches(&self, prefix: &str, base: &str) -> Result<Vec<Branch>, ForgeError> {
        self.read_branches(prefix, base)
    }

    fn fetch(&self, repo: &Repo, branch: &str) -> Result<Option<CommitId>, ForgeError> {
        let Some(from) = self.open()? else { return Ok(None) };
        let head = from.reference(&full(branch))?;
        if head.is_some_and(|head| !repo.has_commit(head)) {
            repo.borrow_objects(&from)?;
        }
        Ok(head)
    }

    fn labels(&self) -> Result<Vec<Label>, ForgeError> {
        self.read_labels()
    }

    fn has_issues(&self) -> Result<bool, ForgeError> {
        Ok(true)
    }

    fn issue(&self, marker: &str) -> Result<Option<Issue>, ForgeError> {
        self.read_issue(marker)
    }

    fn comments(&self, number: u64) -> Result<Vec<Comment>, ForgeError> {
        self.read_comments(number)
    }

    fn permission(&self, login: &str) -> Result<Permission, ForgeError> {
        self.read_permission(login)
    }

    fn statuses(&self, commit: CommitId) -> Result<Vec<Status>, ForgeError> {
        self.read_statuses(commit)
    }

    fn runs(&self, workflow: &str, head: Option<CommitId>) -> Result<Vec<Run>, ForgeError> {
        self.read_runs(workflow, head)
    }

    fn run(&self, id: u64) -> Result<Option<Run>, ForgeError> {
        self.read_run(id)
    }

    fn jobs(&self, run: u64) -> Result<Vec<Job>, ForgeError> {
        self.read_jobs(run)
    }
}

impl ForgeWrite for Folder {
    fn push(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        known: Option<CommitId>,
    ) -> Result<(), ForgeError> {
        self.lock()?;
        let to = match self.open()? {
            Some(to) => to,
            // A clone comes up on the fork's own branch, which mostly is the first to come; a decision may come before it.
            None => {
                let own = repo.head_name().and_then(|name| name.strip_prefix("refs/heads/").map(str::to_owned));
                let first = if branch.starts_with("uptake/") { own.as_deref().unwrap_or(branch) } else { branch };
                Repo::init_borrowing(&self.repository(), first, repo)?
            }
        };
        if to.reference(&full(branch))? == Some(head) {
            return Ok(());
        }
        repo.send(&to, head, known)?;
        to.move_reference(&full(branch), head, expected)?;
        Ok(())
    }

    fn delete_branch(&mut self, branch: &str, expected: CommitId) -> Result<(), ForgeError> {
        self.lock()?;
        self.remove_branch(branch, expected)
    }

    fn open_pull(&mut self, text: &PullText) -> Result<u64, ForgeError> {
        self.lock()?;
        self.write_new_pull(text)
    }

    fn edit_pull(&mut self, number: u64, text: &PullText) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_old_pull(number, text)
    }

    fn close_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_closed(number)
    }

    fn reopen_pull(&mut self, number: u64) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_reopened(number)
    }

    fn put_label(&mut self, label: &Label) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_label(label)
    }

    fn open_issue(&mut self, title: &str, body: &str, labels: &[String]) -> Result<u64, ForgeError> {
        self.lock()?;
        self.write_new_issue(title, body, labels)
    }

    fn edit_issue(&mut self, number: u64, title: &str, body: &str) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_old_issue(number, title, body)
    }

    fn comment(&mut self, number: u64, body: &str) -> Result<u64, ForgeError> {
        self.lock()?;
        self.write_comment(number, body)
    }

    fn edit_comment(&mut self, id: u64, body: &str) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_old_comment(id, body)
    }

    fn react(&mut self, comment: u64, reaction: Reaction) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_reaction(comment, reaction)
    }

    fn put_status(&mut self, commit: CommitId, status: &Status) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_status(commit, status)
    }

    fn dispatch(&mut self, dispatch: &Dispatch) -> Result<Option<u64>, ForgeError> {
        self.lock()?;
        self.write_dispatch(dispatch).map(Some)
    }

    fn cancel(&mut self, run: u64) -> Result<(), ForgeError> {
        self.lock()?;
        self.write_cancelled(run)
    }
}

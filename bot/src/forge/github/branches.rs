//! Branches, by git over HTTPS. They are fetched into a repository of the run's own, which borrows what the clone has: the clone
//! itself is not written to, and everything goes when the run ends.

use tempfile::TempDir;

use super::GitHub;
use super::client::Client;
use super::error::GitHubError;
use super::refusal::{NOT_TAKEN, advice};
use super::throttle::TRIES;
use crate::branch::LEDGER;
use crate::forge::{Branches, ForgeBranch, ForgeError, full, people};
use crate::names::BranchName;
use engine::ids::CommitId;
use engine::path::RepoPath;
use engine::{GitError, Hosted, Repo};

/// Where GitHub keeps what it runs.
const WORKFLOWS: &str = ".github/workflows";

/// The run's own copy of the fork's branches.
pub(super) struct Mirror {
    repo: Repo,
    /// Removed with what is in it.
    _folder: TempDir,
}

impl GitHub {
    fn remote(&self, workflows: bool) -> Result<Hosted, GitHubError> {
        Ok(Hosted::new(&self.url, Some(self.client.token(workflows)?)))
    }

    fn mirror(&self) -> Result<&Repo, ForgeError> {
        if self.mirror.get().is_none() {
            let folder = tempfile::Builder::new().prefix("uptake-").tempdir();
            let folder = folder.map_err(|source| ForgeError::File { path: std::env::temp_dir(), source })?;
            let lender = Repo::open(&self.clone)?;
            let repo = Repo::init_borrowing(&folder.path().join("fork.git"), "main", &lender)?;
            let _new = self.mirror.set(Mirror { repo, _folder: folder });
        }
        match self.mirror.get() {
            Some(mirror) => Ok(&mirror.repo),
            None => Err(ForgeError::Missing("copy of the fork's branches".into())),
        }
    }

    /// The branches with these full names, or patterns of such.
    fn list(&self, patterns: &[String]) -> Result<Vec<(String, CommitId)>, ForgeError> {
        let work = || Ok(self.remote(false)?.list(patterns)?);
        retry(&self.client, work).map_err(|error| self.with_advice(error))
    }

    /// Brings these branches into the mirror.
    fn fetch(&self, patterns: &[String]) -> Result<Vec<(String, CommitId)>, ForgeError> {
        let mirror = self.mirror()?;
        let work = || match mirror.fetch_from(&self.remote(false)?, patterns) {
            Ok(()) => Ok(()),
            Err(error) => Err(ForgeError::from(error)),
        };
        match retry(&self.client, work) {
            Ok(()) => {}
            // Git asks for a branch that is not there as for one that is: the others are listed then.
            Err(error) if mentions(&error, &["couldn't find remote ref"]) => return self.fetch_listed(patterns),
            Err(error) => return Err(self.with_advice(error)),
        }
        let mut found = Vec::new();
        for pattern in patterns {
            match pattern.strip_suffix('*') {
                Some(beginning) => {
                    let folder = &beginning[..=beginning.rfind('/').unwrap_or_default()];
                    let all = mirror.references(folder)?.into_iter();
                    found.extend(all.filter(|(name, _)| name.starts_with(beginning)));
                }
                None => found.extend(mirror.reference(pattern)?.map(|head| (pattern.clone(), head))),
            }
        }
        Ok(found)
    }

    /// Brings those of these branches into the mirror that are there.
    fn fetch_listed(&self, patterns: &[String]) -> Result<Vec<(String, CommitId)>, ForgeError> {
        let mirror = self.mirror()?;
        let work = || {
            let found = self.list(patterns)?;
            let names: Vec<_> = found.iter().map(|(name, _)| name.clone()).collect();
            let mut news = false;
            for (name, head) in &found {
                news |= mirror.reference(name)? != Some(*head);
            }
            if news {
                mirror.fetch_from(&self.remote(false)?, &names)?;
            }
            let head = |name: String| Ok(mirror.reference(&name)?.map(|head| (name, head)));
            names.into_iter().filter_map(|name| head(name).transpose()).collect()
        };
        // A branch may go between the list and the fetch: then the list is asked for again.
        retry(&self.client, work).map_err(|error| self.with_advice(error))
    }

    /// Makes the clone that [`super::GitHubConfig::clone`] names, where there is none, and brings its branches up to date; `false`: there
    /// is nothing in the fork yet, and so no clone. A clone that somebody works in is refused. `most` is how many bytes it may take.
    ///
    /// # Errors
    /// The fork cannot be fetched, is larger, or the folder cannot be written.
    pub fn refresh_clone(&self, most: Option<u64>) -> Result<bool, ForgeError> {
        let work = || {
            let remote = self.remote(false)?;
            let Some(branch) = remote.default_branch()? else { return Ok(false) };
            let clone = Repo::clone_for(&self.clone, &branch, &self.url)?;
            clone.refresh(&remote, &branch, most)?;
            Ok(true)
        };
        retry(&self.client, work).map_err(|error| self.with_advice(error))
    }

    /// A push or fetch that was refused, with what to do about it.
    fn with_advice(&self, error: ForgeError) -> ForgeError {
        let ForgeError::Git(GitError::Command { operation, message }) = error else { return error };
        let advice = advice(&message);
        GitHubError::Git { operation, repo: self.repo().to_string(), message, advice }.into()
    }

    fn move_branch(
        &self,
        branch: &str,
        to: Option<CommitId>,
        expected: Option<CommitId>,
        mut workflows: bool,
    ) -> Result<(), ForgeError> {
        self.client.must_write()?;
        let is_ledger = branch == LEDGER;
        if is_ledger {
            self.ledger.set(None);
        }
        let moved = || {
            if is_ledger {
                self.ledger.set(Some(to));
            }
        };
        let (mut tries, mut renewed) = (1, false);
        loop {
            let remote = match self.remote(workflows) {
                Err(why @ GitHubError::Setup { .. }) if workflows => {
                    return Err(ForgeError::BranchRefused { branch: branch.into(), why: why.into() });
                }
                remote => remote?,
            };
            self.client.throttle();
            let Err(error) = self.mirror()?.push_to(&remote, &full(branch), to, expected) else {
                moved();
                return Ok(());
            };
            // The branch may have moved and the answer been lost.
            let at = self.list(&[full(branch)])?.into_iter().find(|(name, _)| *name == full(branch)).map(|(_, at)| at);
            if at == to {
                moved();
                return Ok(());
            }
            if at != expected {
                return Err(GitError::RefMoved { name: full(branch) }.into());
            }
            let error = ForgeError::from(error);
            if !renewed && renew_token(&self.client, &error) {
                renewed = true;
                continue;
            }
            // Workflow files that none of ours touched count too, where the default branch has others by now.
            if !workflows && self.client.auth.is_app() && mentions(&error, &["without `workflows` permission"]) {
                workflows = true;
                continue;
            }
            if tries == TRIES || !is_transient(&error) {
                return Err(self.refused(branch, error));
            }
            self.client.pause_git(tries, &error.to_string())?;
            tries += 1;
        }
    }

    /// A push that did not go through; where the server looked at it and said no, that is of this branch alone.
    fn refused(&self, branch: &str, error: ForgeError) -> ForgeError {
        let said_no = mentions(&error, &["[remote rejected]"]);
        match self.with_advice(error) {
            ForgeError::GitHub(why) if said_no => ForgeError::BranchRefused { branch: branch.into(), why },
            other => other,
        }
    }
}

impl Branches for GitHub {
    fn branches(&self, repo: &Repo, prefix: &str, base: &str) -> Result<Vec<ForgeBranch>, ForgeError> {
        let found = self.fetch(&[full(base), format!("{}*", full(prefix))])?;
        let mirror = self.mirror()?;
        if found.iter().any(|(_, head)| !repo.has_commit(*head)) {
            repo.borrow_objects(mirror)?;
        }
        let base_head = found.iter().find(|(name, _)| *name == full(base)).map(|(_, head)| *head);
        let branch = |(name, head): (String, CommitId)| {
            let name: BranchName = name.trim_start_matches("refs/heads/").into();
            let people = name == base || people(repo, mirror, base_head, head)?;
            Ok(ForgeBranch { name, head, people })
        };
        let mut all = found.into_iter().map(branch).collect::<Result<Vec<_>, ForgeError>>()?;
        all.sort_by(|a, b| a.name.cmp(&b.name));
        self.ledger.set(Some(all.iter().find(|branch| branch.name == LEDGER).map(|branch| branch.head)));
        Ok(all)
    }

    fn fetch_branch(&self, repo: &Repo, branch: &str) -> Result<Option<CommitId>, ForgeError> {
        // Whoever writes to it names where it must be for that, so that nothing is lost by not asking again.
        if branch == LEDGER
            && let Some(known) = self.ledger.get()
        {
            return Ok(known);
        }
        let found = self.fetch_listed(&[full(branch)])?;
        let head = found.into_iter().find(|(name, _)| *name == full(branch)).map(|(_, head)| head);
        if head.is_some_and(|head| !repo.has_commit(head)) {
            repo.borrow_objects(self.mirror()?)?;
        }
        Ok(head)
    }

    fn mirrors_trunk(&self) -> bool {
        false
    }

    fn push_branch(
        &mut self,
        repo: &Repo,
        branch: &str,
        head: CommitId,
        expected: Option<CommitId>,
        known: Option<CommitId>,
    ) -> Result<(), ForgeError> {
        repo.send(self.mirror()?, head)?;
        self.move_branch(branch, Some(head), expected, touches_workflows(repo, head, known)?)
    }

    fn delete_branch(&mut self, branch: &str, expected: CommitId) -> Result<(), ForgeError> {
        self.move_branch(branch, None, Some(expected), false)
    }
}

/// Does something that is safe to repeat until it works, it cannot, or it was tried often enough.
fn retry<T>(client: &Client, work: impl Fn() -> Result<T, ForgeError>) -> Result<T, ForgeError> {
    let (mut tries, mut renewed) = (1, false);
    loop {
        match work() {
            Err(error) if !renewed && renew_token(client, &error) => renewed = true,
            Err(error) if tries < TRIES && is_transient(&error) => {
                client.pause_git(tries, &error.to_string())?;
                tries += 1;
            }
            result => return result,
        }
    }
}

/// Whether a token of the App was refused and is forgotten now: by GitHub's clock it may have ended before it did by ours.
fn renew_token(client: &Client, error: &ForgeError) -> bool {
    let refused = client.auth.is_app() && mentions(error, &NOT_TAKEN);
    if refused {
        client.auth.forget();
    }
    refused
}

fn mentions(error: &ForgeError, texts: &[&str]) -> bool {
    match error {
        ForgeError::Git(GitError::Command { message, .. }) => texts.iter().any(|text| message.contains(text)),
        _ => false,
    }
}

/// Whether a failure of git may pass by itself: all but what the server said no to.
fn is_transient(error: &ForgeError) -> bool {
    const FINAL: [&str; 11] = [
        "returned error: 4",
        NOT_TAKEN[0],
        NOT_TAKEN[1],
        "Could not resolve host",
        "SSL certificate problem",
        "certificate verification failed",
        "not found",
        "[remote rejected]",
        "[rejected]",
        "could not be started",
        "redirect",
    ];
    match error {
        ForgeError::Git(GitError::Command { message, .. }) => {
            message.contains("returned error: 429") || !FINAL.iter().any(|text| message.contains(text))
        }
        _ => false,
    }
}

/// Whether the files that GitHub runs are others at `head` than at `known`: a token must be made for that.
fn touches_workflows(repo: &Repo, head: CommitId, known: Option<CommitId>) -> Result<bool, ForgeError> {
    let at = |commit: CommitId| repo.entry(repo.commit(commit)?.tree, &RepoPath::from(WORKFLOWS));
    let (new, old) = (at(head)?, known.map(at).transpose()?.flatten());
    Ok(new.is_some() && new != old)
}
